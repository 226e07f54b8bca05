"""Made-up people go through whatever programme there is, the page says where they got stuck, and nothing of them is kept."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from applications.actions import dry_runs
from applications.dry_run import copies, dry_run, kinds_of, stage
from applications.dry_run.cast import Kind
from applications.models import EligibilityQuestion, Grade, Window
from applications.readiness import DRY_RUN
from applications.states import Verdict
from cohorts.actions.programmes import start
from cohorts.models import Cohort, CompletionRule, Component, Programme, Session
from cohorts.programme_files.loading import shipped
from cohorts.states import Counterpart, Recording, Selection, Standing, Unit
from funding.models import FeeTerms, Invoice, InvoiceSeries
from funding.rules import Payer
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.jobs.states import RECENT, JobStatus
from steppingup.messaging.models import Message
from tests.factories import funding as money
from tests.factories import review as make
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.agreements import three_texts
from tests.factories.applications import ask_more
from tests.factories.cohorts import SessionFactory
from tests.factories.modules import CourseFactory, QualificationFactory
from tests.factories.standings import accept
from tests.staff import with_second_factor
from tests.sweeps.fingerprints import fingerprints

pytestmark = pytest.mark.django_db
EMPLOYED = Kind("Employed")


def everything():
    return fingerprints("everything", lambda table: table != "django_session")


@contextmanager
def nothing_kept(files):
    """No table and no file is another afterwards."""
    tables, stored = everything(), sorted(files.rglob("*"))
    yield
    assert everything() == tables
    assert sorted(files.rglob("*")) == stored


def fresh(cohort):
    return Cohort.objects.for_steps().select_related("rule_set").get(pk=cohort.pk)


def said_of(report, state="lacking"):
    return {line.what: line.said for line in report.lines if line.state == state}


def ready(selection=Selection.WITH_INTERVIEW, **fields):
    """A cohort that lacks nothing: with dates, people, money and a completion rule."""
    window = make.chosen_by(selection, **fields)
    cohort, provider = window.cohort, window.cohort.programme.provider
    Window.objects.filter(pk=window.pk).update(assessors_each=1)
    starts = timezone.localdate() + timedelta(days=120)
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=starts, ends_on=starts + timedelta(days=300))
    cohort = fresh(cohort)
    SessionFactory(cohort=cohort, starts_at=in_it(cohort, 1), ends_at=in_it(cohort, 1) + timedelta(hours=7))
    CompletionRule.objects.create(cohort=cohort, component=None, minimum=1)
    for role in ("coordinator", "assessor", "finance", "finance"):
        staff(role, provider)
    money.InvoiceSeriesFactory(provider=provider)
    return fresh(cohort)


def in_it(cohort, days):
    return timezone.now() + timedelta(days=(cohort.starts_on - timezone.localdate()).days + days)


# -- to the end ------------------------------------------------------------------------------------


@pytest.fixture(params=sorted(shipped()))
def drafted(request):
    """A programme that began as one that is shipped, in preparation."""
    by = staff(provider=ProviderFactory())
    text = shipped()[request.param].read_text(encoding="utf-8")
    starts = timezone.localdate() + timedelta(days=200)
    return start(provider=by.role_assignments.get().provider, text=text, name="Rising", starts_on=starts, by=by)


def test_whatever_is_shipped_leads_to_the_certificate_and_nothing_of_it_is_kept(drafted, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with nothing_kept(tmp_path):
        for cohort in drafted.cohorts.all():
            report = dry_run(fresh(cohort), kinds_of(cohort)[0])
            assert report.stuck is None, report.stuck
            assert report.lines[-1].what == "Finishes the cohort"
            assert "Opens their page, with the certificate" in [line.what for line in report.lines]
            assert report.letters > 5
            days = [line.on for line in report.lines]
            assert days == sorted(days)
            assert "Plans the dates" in said_of(report), "nobody has planned dates yet"
    assert not Programme.objects.get(pk=drafted.pk).is_published


@pytest.mark.parametrize("selection", Selection.values)
def test_whatever_the_way_to_choose(selection):
    cohort = ready(selection)
    report = dry_run(cohort, EMPLOYED)
    assert report.stuck is None, report.stuck
    scored = "Score the application, without its name" in [line.what for line in report.lines]
    assert scored == Selection(selection).value.endswith("interview")
    assert fresh(cohort).admission_began_at is None
    assert fresh(cohort).rule_set.frozen_at is None


def test_everybody_signs_what_the_rules_ask_for_and_answers_whatever_is_asked():
    cohort = ready()
    three_texts(cohort.rule_set)
    ask_more(cohort.rule_set)
    done = [line.what for line in dry_run(fresh(cohort), EMPLOYED).lines if line.state == "done"]
    assert {"Signs “Learning contract”", "Fills in “Further questions: more”", "Finishes the cohort"} <= set(done)
    assert "Fills in “Further questions: papers”" in done


def test_each_way_of_working_and_whoever_needs_a_bursary_is_somebody_else():
    cohort = ready(Selection.WITHOUT_INTERVIEW)
    Cohort.objects.filter(pk=cohort.pk).update(fee=900, cost=900)
    accept(cohort.rule_set, Standing.SELF_EMPLOYED, Standing.VOLUNTEER, Standing.SEVERAL)
    pot = money.PotFactory(programme=cohort.programme, budget=900)
    cohort = fresh(cohort)
    kinds = kinds_of(cohort)
    assert [kind.title for kind in kinds] == [
        *("Self-employed", "Volunteer", "Employed by several"),
        "Self-employed, with a bursary",
    ]
    for kind in kinds:
        report = dry_run(cohort, kind)
        assert report.stuck is None, (kind, report.stuck)
        paid = "Records that it was paid" in [line.what for line in report.lines]
        assert paid != kind.bursary
    pot.refresh_from_db()
    assert (pot.committed, Invoice.objects.count(), InvoiceSeries.objects.get().last_number) == (0, 0, 0)


@pytest.mark.parametrize("counterpart", Counterpart.values)
@pytest.mark.parametrize("unit", Unit.values)
def test_days_of_every_kind_are_done_to_the_last(counterpart, unit):
    cohort = ready()
    Component.objects.filter(plan=cohort.plan).update(
        counterpart=counterpart, unit=unit, least=2, most=2, minutes_each=120, recording=Recording.OWN
    )
    for key, recording in (("modules", Recording.REGISTER), ("stretch", Recording.HOST), ("mentoring", Recording.PAIR)):
        Component.objects.filter(plan=cohort.plan, key=key).update(recording=recording)
    for part in Component.objects.filter(plan=cohort.plan):
        CompletionRule.objects.create(cohort=cohort, component=part, minimum=None)
    Session.objects.all().delete()
    report = dry_run(fresh(cohort), EMPLOYED)
    assert report.stuck is None, report.stuck


def test_a_qualification_beside_it_is_earned():
    cohort = ready()
    QualificationFactory(
        programme=cohort.programme, credits=13, least_courses=3, most_courses=5, least_pages=2, most_pages=3
    )
    for credits in (5, 4, 4):
        CourseFactory(provider=cohort.programme.provider, credits=credits)
    report = dry_run(fresh(cohort), EMPLOYED)
    assert report.stuck is None, report.stuck
    assert "Passes the assignment" in [line.what for line in report.lines]
    assert not [line for line in report.lacking if line.what != "Plans the dates"]


def test_a_cohort_of_last_year_is_tried_as_if_it_were_to_come():
    cohort = ready()
    Window.objects.update(opens_at=timezone.now() - timedelta(days=400), closes_at=timezone.now() - timedelta(days=380))
    Cohort.objects.update(
        starts_on=timezone.localdate() - timedelta(days=300), ends_on=timezone.localdate() - timedelta(days=30)
    )
    report = dry_run(fresh(cohort), EMPLOYED)
    assert report.stuck is None, report.stuck
    assert min(line.on for line in report.lines) >= timezone.localdate()


# -- where they get stuck --------------------------------------------------------------------------


def no_window(cohort):
    Window.objects.all().delete()
    return "There are no application dates"


def no_way_in(cohort):
    EligibilityQuestion.objects.create(
        rule_set=cohort.rule_set, key="a", text="Are you new?", alternative="", allows_not_sure=False,
        if_no=Verdict.NO, explanation="Only for those who are new.", kind="grade",
    )  # fmt: skip
    Grade.objects.create(rule_set=cohort.rule_set, key="old", name="Old hand", is_in_range=False)
    return "Whatever somebody answers, the programme is not for them: Only for those who are new."


def no_rule(cohort):
    CompletionRule.objects.all().delete()
    return "no completion rule"


def too_much(cohort):
    CompletionRule.objects.update(minimum=Decimal(99))
    return "99"


@pytest.mark.parametrize("spoil", [no_window, no_way_in, no_rule, too_much])
def test_where_it_cannot_go_on_is_said_with_the_page_that_puts_it_right(spoil):
    cohort = ready()
    sentence = spoil(cohort)
    report = dry_run(fresh(cohort), EMPLOYED)
    assert report.stuck is not None
    assert sentence in report.stuck.said
    assert report.lines[-1] == report.stuck
    assert report.stuck.mend is not None
    assert report.stuck.mend.url.startswith("/admin/")


def test_a_bursary_without_money_is_where_somebody_gets_stuck_who_needs_one():
    cohort = ready()
    Cohort.objects.update(fee=900, cost=900)
    money.PotFactory(programme=cohort.programme, budget=100)
    cohort = fresh(cohort)
    report = dry_run(cohort, kinds_of(cohort)[-1])
    assert "£900 is needed and £100 is left" in report.stuck.said
    assert report.title == "Employed, with a bursary"


def test_whoever_is_missing_is_named_and_made_up_people_do_it():
    cohort = ready()
    User.objects.all().update(is_active=False)
    Cohort.objects.update(fee=900, cost=900)
    FeeTerms.objects.create(programme=cohort.programme, payer=Payer.EMPLOYER)
    report = dry_run(fresh(cohort), EMPLOYED)
    assert report.stuck is None
    lacking = [line for line in report.lacking if line.what != "Plans the dates"]
    assert {line.who for line in lacking} == {"The assessors", "The finance officer"}
    assert all("role of" in line.said for line in lacking)


def test_a_place_that_is_taken_after_the_start_is_said_with_the_dates():
    cohort = ready()
    Cohort.objects.update(starts_on=timezone.localdate() + timedelta(days=30))
    late = next(
        line for line in dry_run(fresh(cohort), EMPLOYED).lacking if line.what == "Comes too late for the first day"
    )
    assert "Let applications close earlier" in late.said
    assert late.mend.url == reverse("admin:applications_window_change", args=[cohort.window.pk])


def test_a_fault_of_ours_is_said_to_be_ours_and_stands_in_the_log(monkeypatch, caplog):
    def fails(**_):
        raise ValueError("secret")

    monkeypatch.setattr(stage.Stage, "lack", lambda *a, **k: None)
    monkeypatch.setattr("applications.dry_run.admission.decisions.shortlist", fails)
    report = dry_run(ready(), EMPLOYED)
    assert report.stuck.said == stage.OUR_FAULT
    assert "secret" not in str(report)
    assert "fault of ours" in caplog.text


# -- beside others -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nobody_else_waits_for_a_row_while_it_runs(django_db_blocker):
    """Whoever works on the real programme meanwhile finds every row of it free."""
    cohort = ready()
    Cohort.objects.update(fee=900, cost=900)
    money.PotFactory(programme=cohort.programme, budget=9000)
    cohort, other, held = fresh(cohort), connection.copy(), []
    write = stage.Stage._write
    tables = sorted({model._meta.db_table for model in copies.COPIED})

    def looks(self, *args, **kwargs):
        write(self, *args, **kwargs)
        with other.cursor() as cursor:
            for table in tables:
                # As steps lock what they change; a reference to a row does not keep anybody from that.
                cursor.execute(f"SELECT id FROM {table} ORDER BY id FOR NO KEY UPDATE NOWAIT")
                held.append(len(cursor.fetchall()))
        other.rollback()

    try:
        other.set_autocommit(False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stage.Stage, "_write", looks)
            for kind in kinds_of(cohort):
                assert dry_run(cohort, kind).stuck is None
    finally:
        other.close()
    assert len(held) > 1000
    assert max(held) > 0


def test_every_model_is_copied_or_is_somebody_s_or_is_shared():
    """A new table of a programme's rules would otherwise be forgotten by dry runs."""
    ours = {"applications", "cohorts", "modules", "mentoring", "funding"}
    models = {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in ours and not model.__name__.endswith("Event") and not model._meta.proxy
    }
    assert (
        models == {model.__name__ for model in copies.COPIED} - {"Organisation", "MessageTemplate"} | OF_PEOPLE | SHARED
    )


#: What people have and do; a dry run has people of its own.
OF_PEOPLE = {
    *(
        "AccessNeeds",
        "Answer",
        "Application",
        "Decision",
        "EligibilityAnswer",
        "EqualityResponse",
        "Interest",
        "InterestTold",
    ),
    *(
        "Interview",
        "InterviewCorrection",
        "InterviewScore",
        "LateEntry",
        "Nomination",
        "NominationRequest",
        "Offer",
        "PartDraft",
    ),
    *("PlannedDecision", "Review", "Score", "Statement", "EqualityLook", "EqualityRelease"),
    *(
        "Agreement",
        "Attendance",
        "Certificate",
        "CompletionWaiver",
        "DayEntry",
        "Enrolment",
        "Hosting",
        "JointInvitation",
    ),
    *("Membership", "Needs", "PeerGroup", "Placement", "PlacementDay", "Signature", "SigningRequest", "Stay", "Study"),
    *("Assignment", "CourseChoice", "Extension", "Registration", "SessionSpeaker", "Speaker"),
    *("MatchRun", "Mentor", "MentoringSession", "MentoringWish", "Pair"),
    *("Adjustment", "Allocation", "BursaryRequest", "Commitment", "CreditNote", "Evidence", "FeeAgreement", "Invoice"),
    *("LiabilityCase", "NumberRun", "Payment"),
}
#: What nobody changes by taking part.
SHARED = {"EqualityOption", "EqualityQuestion", "ProgrammeDocument", "ShippedFile"}


# -- the page --------------------------------------------------------------------------------------


def test_a_coordinator_asks_for_it_and_reads_what_came_of_it(client):
    cohort = ready()
    by = User.objects.get(role_assignments__role="coordinator")
    InvoiceSeries.objects.all().delete()
    Cohort.objects.update(fee=900, cost=900)
    browser = with_second_factor(client, by)
    url = reverse("admin:applications_application_dry_run", args=[cohort.pk])
    assert url in browser.get(reverse("admin:cohorts_cohort_ready", args=[cohort.pk])).text
    assert "Do a dry run" in browser.get(url).text
    before = Message.objects.count()
    answer = browser.post(url)
    job = Job.objects.get(kind=DRY_RUN)
    assert answer.url == job.get_absolute_url()
    assert browser.post(url).url == answer.url, "a second click is the same run"
    assert "It is under way" in browser.get(url).text
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.result["url"]) == (JobStatus.DONE, url)
    assert job.result["message"] == "Everybody came to the certificate."
    text = browser.get(url).text
    assert "Came to the certificate" in text
    assert "First set up the invoice numbers and bank details of" in text
    assert "(dry run)" not in text
    assert "This is for: finance officer." in text
    assert reverse("admin:cohorts_cohort_step", args=[cohort.pk, "ask_colleague"]) in text
    assert "Email to Make-believe Applicant" in text
    assert (Message.objects.count(), User.objects.filter(email__endswith="make-believe.invalid").count()) == (before, 0)
    Job.objects.update(finished_at=timezone.now() - RECENT - timedelta(days=1))
    jobs.forget_old()
    assert "What it said in detail is kept for 30 days" in browser.get(url).text


def test_only_whoever_edits_the_programme_asks_for_it(client):
    cohort = ready()
    url = reverse("admin:applications_application_dry_run", args=[cohort.pk])
    for other in (staff("finance", cohort.programme.provider), staff(provider=ProviderFactory())):
        assert with_second_factor(client, other).post(url).status_code == 404
        with pytest.raises(NotAllowed):
            dry_runs.ask_for(cohort=cohort, by=other)
    assert not Job.objects.filter(kind=DRY_RUN).exists()


def test_a_cohort_that_is_gone_is_said():
    job = dry_runs.ask_for(cohort=ready(), by=staff(provider=Cohort.objects.get().programme.provider))
    Job.objects.update(object_id=0)
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert job.error == "This cohort no longer exists."
