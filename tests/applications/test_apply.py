"""Beginning, submitting and withdrawing: the window, the gates, and nothing twice."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from applications.actions import applications as actions
from applications.actions import sponsors
from applications.fee.standing import fee_state
from applications.models import Application, EqualityResponse, PartDraft, Statement
from applications.states import ApplicationStatus, SupportRoute, Verdict
from cohorts.states import COHORT
from funding.actions import answers
from funding.models import FundingSource
from funding.queries import agreement_of
from funding.states import AgreementStatus, Route
from steppingup.accounts.actors import NotAllowed
from steppingup.files.models import StoredFile
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.applications import (
    WindowFactory,
    completed,
    internal_fund,
    part_values,
    sponsor_agrees,
    sponsor_asked,
    sponsor_link,
    started,
    submitted,
)
from tests.staff import take_step

pytestmark = pytest.mark.django_db


def submit(application: Application, **more) -> Application:
    return actions.submit(application=application, by=application.applicant, **{"notice_read": True, **more})


def refused(application: Application, **more) -> str:
    """Submitting is refused, nothing changes, and this is the sentence."""
    with pytest.raises(NotPossible) as caught:
        submit(application, **more)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.DRAFT
    assert application.submitted_at is None
    return str(caught.value)


# -- the window ------------------------------------------------------------------------------------


@pytest.mark.requirement("B33")
def test_the_window_opens_and_closes_to_the_second(time_machine):
    opens = timezone.now() + timedelta(days=3)
    window = WindowFactory(opens_at=opens, closes_at=opens + timedelta(days=30))
    time_machine.move_to(opens - timedelta(seconds=1), tick=False)
    with pytest.raises(NotPossible, match="Applications open on"):
        started(window)
    time_machine.move_to(opens, tick=False)
    application = completed(window)
    late = completed(window)
    time_machine.move_to(window.closes_at - timedelta(seconds=1), tick=False)
    assert submit(application).status == ApplicationStatus.SUBMITTED
    time_machine.move_to(window.closes_at, tick=False)
    assert refused(late).startswith("Applications closed on")
    with pytest.raises(NotPossible, match="Applications closed on"):
        started(window)


@pytest.mark.requirement("B33")
def test_a_cohort_that_is_not_published_takes_no_applications():
    application = completed()
    COHORT.move(application.cohort, "unpublish")
    assert refused(application) == "Applications for this programme are not open."


def test_an_application_is_begun_once_and_found_again():
    window, person = WindowFactory(), UserFactory(full_name="Amara Okafor")
    first = started(window, person)
    assert started(window, person) == first
    assert first.full_name == "Amara Okafor"
    assert re.fullmatch("TRY7-[2-9A-HJKMNP-TV-Z]{5}", first.reference)


def test_the_part_about_eligibility_is_complete_from_the_start_once_every_question_was_answered_in_the_check():
    assert started(groups="yes", led="yes").parts_done == ["eligibility"]
    assert started(groups="yes").parts_done == []
    assert started().parts_done == []


# -- what submitting needs -------------------------------------------------------------------------


@pytest.mark.requirement("B22", "B23")
@pytest.mark.parametrize("part", ["details", "eligibility", "work", "support", "statement-motivation", "cv", "access"])
def test_a_part_that_is_missing_is_named(part):
    application = completed()
    application.parts_done.remove(part)
    application.save()
    sentence = refused(application)
    assert sentence.startswith("Before you can submit, complete “")
    assert sentence.count("“") == 1


@pytest.mark.requirement("B15")
def test_whose_own_answers_say_no_cannot_submit_and_reads_why():
    application = completed()
    question = application.cohort.rule_set.eligibility_questions.get(key="groups")
    application.eligibility_answers.filter(question=question).update(answer="no")
    assert "What groups means." in refused(application)
    question.if_no = Verdict.ASK
    question.save()
    assert submit(application).status == ApplicationStatus.SUBMITTED


@pytest.mark.requirement("B19", "B21")
def test_neither_education_nor_a_grade_is_a_gate():
    application = completed()
    values = part_values(application, application.employer)
    for part, more in (("details", {"education": ""}), ("work", {"grade": ""})):
        actions.save_part(application=application, part=part, values=values[part] | more, by=application.applicant)
    assert submit(application).status == ApplicationStatus.SUBMITTED


@pytest.mark.requirement("B57")
def test_the_notice_must_be_acknowledged_and_is_dated():
    application = completed()
    assert "what to expect after the programme" in refused(application, notice_read=False)
    assert submit(application).notice_acknowledged_at is not None


@pytest.mark.requirement("B36")
def test_nothing_is_submitted_before_the_employer_agrees_the_fee():
    application = completed(settle=False)
    assert "must agree the fee of £1,000" in refused(application)
    sponsor_asked(application)
    assert refused(application).startswith("Sam Sponsor has not answered about the fee of £1,000 yet.")
    answers.decline(
        agreement=agreement_of(application.applicant_id, application.cohort_id),
        reason="No money.",
        by=sponsor_link(application),
    )
    assert refused(application).startswith("Sam Sponsor did not agree the fee")
    sponsor_agrees(application)
    assert submit(application).fee_agreement.status == AgreementStatus.AGREED


@pytest.mark.requirement("B38")
@pytest.mark.parametrize("allowed", [True, False])
def test_a_bursary_that_is_being_decided_is_enough_only_where_the_window_says_so(allowed):
    application = completed(WindowFactory(submit_while_bursary_pending=allowed), settle=False)
    FundingSource.objects.create(
        programme=application.cohort.programme, key="pot", name="Pot", route=Route.BURSARY, budget=5000
    )
    sponsor_asked(application)
    answers.ask_for_bursary(
        agreement=agreement_of(application.applicant_id, application.cohort_id),
        reason="We are a small charity.",
        by=sponsor_link(application),
    )
    if allowed:
        assert submit(application).status == ApplicationStatus.SUBMITTED
    else:
        assert "Somebody has asked for a bursary, and we have not decided yet." in refused(application)


@pytest.mark.requirement("B34", "B37")
def test_council_staff_need_no_approval_and_their_fund_pays_when_they_submit():
    window, council = WindowFactory(), OrganisationFactory()
    fund = internal_fund(window, council).funded_by
    application = completed(window, employer=council, settle=False)
    assert fee_state(application).words == "Corporate Fund pays"
    assert fund.committed == 0  # a draft ties up no money
    application = submit(application)
    fund.refresh_from_db()
    assert fund.committed == application.cohort.fee
    assert application.support_route == SupportRoute.NOT_NEEDED
    assert application.fee_agreement.route == Route.INTERNAL


@pytest.mark.requirement("B37")
def test_a_fund_that_is_used_up_stops_the_submission():
    window, council = WindowFactory(), OrganisationFactory()
    internal_fund(window, council, budget="1500")
    submit(completed(window, employer=council, settle=False))
    second = completed(window, employer=council, settle=False)
    assert "Corporate Fund cannot pay for this place: £1,000 is needed and £500 is left." in refused(second)
    assert not Message.objects.filter(kind="applications.submitted", to=second.applicant).exists()


@pytest.mark.requirement("B35")
def test_everybody_else_was_nominated_or_has_told_the_employer():
    application = started()
    values = part_values(application)
    save = {"application": application, "by": application.applicant}
    actions.save_part(**save, part="work", values=values["work"])
    for wrong in (
        {"support_route": ""},
        {"support_route": SupportRoute.NOT_NEEDED},
        {"support_route": SupportRoute.NOMINATED, "nominator_name": ""},
        {"support_route": SupportRoute.TOLD, "told_on": None},
        {"support_route": SupportRoute.TOLD, "told_on": timezone.localdate() + timedelta(days=1)},
    ):
        with pytest.raises(NotPossible):
            actions.save_part(**save, part="support", values=wrong)
    nominated = {"support_route": SupportRoute.NOMINATED, "nominator_name": "Mo", "told_on": timezone.localdate()}
    application = actions.save_part(**save, part="support", values=nominated)
    assert (application.nominator_name, application.told_on) == ("Mo", None)


@pytest.mark.requirement("B23")
def test_a_statement_is_counted_in_words():
    application = started()
    limit = application.cohort.rule_set.criteria.get(key="motivation").word_limit
    save = {"application": application, "part": "statement-motivation", "by": application.applicant}
    with pytest.raises(NotPossible, match="Shorten it by 1 word: the limit is 20"):
        actions.save_part(**save, values={"text": "word\u00a0\n " * (limit + 1)})
    actions.save_part(**save, values={"text": "word " * limit})
    assert Statement.objects.get().text.split() == ["word"] * limit


# -- once, and by whom -----------------------------------------------------------------------------


def test_submitting_twice_sends_one_message(client):
    application = completed()
    client.force_login(application.applicant)
    address = reverse("applications:submit", args=[application.pk])
    for _ in range(2):
        response = client.post(address, {"notice_read": "on", "is_true": "on"})
        assert response.status_code == 302
    with pytest.raises(NotPossible, match="submitted already"):
        submit(application)
    assert Message.objects.filter(kind="applications.submitted").count() == 1
    page = client.get(reverse("applications:submitted", args=[application.pk]))
    assert application.reference in page.text
    assert not mail.outbox  # it is the outbox's work, after the transaction


def test_after_submitting_nothing_can_be_changed():
    application = submitted()
    by = application.applicant
    with pytest.raises(NotPossible, match="You have submitted this application"):
        actions.save_part(application=application, part="details", values={"full_name": "X"}, by=by)
    with pytest.raises(NotPossible, match="You have submitted this application"):
        actions.keep_draft(application=application, part="details", typed={}, by=by)


def test_only_the_applicant_does_these_things():
    application, stranger = completed(), UserFactory()
    for action in (
        lambda: actions.save_part(application=application, part="details", values={"full_name": "X"}, by=stranger),
        lambda: actions.keep_draft(application=application, part="details", typed={}, by=stranger),
        lambda: actions.submit(application=application, by=stranger, notice_read=True),
        lambda: actions.withdraw(application=application, by=stranger),
        lambda: actions.delete_equality_answers(application=application, by=stranger),
        lambda: sponsors.ask(application=application, name="A", email="a@b.example", job_title="", by=stranger),
    ):
        with pytest.raises(NotAllowed):
            action()


def test_withdrawing_gives_the_money_back_and_tells_who_it_said():
    window, council = WindowFactory(), OrganisationFactory()
    fund = internal_fund(window, council).funded_by
    application = submit(completed(window, employer=council, settle=False))
    application = actions.withdraw(application=application, by=application.applicant)
    assert application.status == ApplicationStatus.WITHDRAWN
    assert application.withdrawn_at is not None
    fund.refresh_from_db()
    assert fund.committed == 0
    assert Message.objects.filter(kind="applications.withdrawn").count() == 1


def test_the_page_before_withdrawing_lists_exactly_who_is_told(client):
    application = submitted()
    client.force_login(application.applicant)
    address = reverse("applications:withdraw", args=[application.pk])
    page = client.post(address)
    before = set(Message.objects.values_list("pk", flat=True))
    take_step(client, address)
    told = Message.objects.exclude(pk__in=before)
    assert {m.to_email for m in told} == {application.applicant.email, f"sponsor{application.pk}@example.org"}
    for message in told:
        assert message.to_email in page.text
        assert message.subject in page.text.replace("&#x27;", "'")


# -- throwing away ---------------------------------------------------------------------------------


def test_a_draft_is_thrown_away_by_its_owner_and_the_sponsor_who_was_asked_is_told(client):
    application = sponsor_asked(started())
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    address = reverse("applications:delete", args=[application.pk])
    client.force_login(UserFactory())
    assert client.post(address).status_code == 404
    client.force_login(application.applicant)
    assert agreement.sponsor_name in client.post(address).text
    assert Application.objects.filter(pk=application.pk).exists()
    assert take_step(client, address).url == reverse("applications:list")
    assert not Application.objects.filter(pk=application.pk).exists()
    agreement.refresh_from_db()
    assert agreement.status == AgreementStatus.RELEASED
    assert Message.objects.filter(kind="funding.not_needed", to_email=agreement.sponsor_email).exists()
    assert started(application.cohort.window, application.applicant).pk != application.pk


def test_nothing_is_left_of_a_draft_that_is_thrown_away(run_on_commit):
    application = completed(settle=False)
    by, cv = application.applicant, application.cv
    actions.save_part(application=application, part="equality", values={"religion": "sikh"}, by=by)
    actions.keep_draft(application=application, part="statement-motivation", typed={"text": ["half a word"]}, by=by)
    events, stored = type(application).events.rel.related_model.objects, cv.file.name
    assert events.filter(pgh_obj_id=application.pk, full_name="Amara Okafor").exists()
    assert cv.file.storage.exists(stored)
    with run_on_commit():
        actions.delete_draft(application=application, by=by)
    assert not events.filter(pgh_obj_id=application.pk).exists()
    assert not EqualityResponse.objects.exists()
    assert not PartDraft.objects.exists()
    assert not StoredFile.objects.filter(pk=cv.pk).exists()
    assert not cv.file.storage.exists(stored)


def test_what_was_submitted_is_withdrawn_not_deleted():
    application = submitted()
    with pytest.raises(NotPossible, match="You can withdraw it"):
        actions.delete_draft(application=application, by=application.applicant)
    with pytest.raises(NotAllowed):
        actions.delete_draft(application=started(), by=application.applicant)
