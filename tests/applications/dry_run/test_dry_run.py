"""Made-up people go through whatever programme there is, the page says where they got stuck, and nothing of them is kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.dry_run import dry_run, kinds_of
from applications.models import Window
from cohorts.actions.programmes import start
from cohorts.models import Cohort, CompletionRule, Component, Programme, Session
from cohorts.programme_files.loading import shipped
from cohorts.states import Counterpart, Recording, Selection, Standing, Unit
from funding.models import Invoice, InvoiceSeries
from tests.applications.dry_run.scenes import EMPLOYED, fresh, nothing_kept, ready, said_of
from tests.factories import funding as money
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.agreements import three_texts
from tests.factories.applications import ask_more
from tests.factories.modules import CourseFactory, QualificationFactory
from tests.factories.standings import accept

pytestmark = pytest.mark.django_db


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
