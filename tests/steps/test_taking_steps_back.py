"""A mistake is put right exactly, for one or for many, and nobody is told more than the page said."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.actions import applications, decisions, offers
from applications.models import Application
from applications.roles import RoleName
from applications.states import ApplicationStatus, OfferStatus
from cohorts.actions import attendance, certificates, cohorts, completion, enrolments
from cohorts.models import Attendance, CompletionRule, Enrolment
from cohorts.states import Mark
from funding.actions import bursaries
from funding.models import FundingSource
from funding.states import AgreementStatus
from mentoring.actions import sessions
from mentoring.states import Mode
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import previewing
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from steppingup.steps.actions.back import require_possible, take_back
from steppingup.steps.models import Taking
from tests.factories import applications as applying
from tests.factories import funding as money
from tests.factories import mentoring, modules
from tests.factories import review as make
from tests.factories.accounts import staff
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import CohortFactory, ParticipantFactory, PublishedCohortFactory, SessionFactory, day

pytestmark = pytest.mark.django_db
FEE = Decimal(2500)
WHY = "The wrong rows were ticked."


@pytest.fixture
def window():
    return WindowFactory(cohort=PublishedCohortFactory(capacity=20, fee=FEE))


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


@pytest.fixture
def pot(window):
    return money.PotFactory(programme=window.cohort.programme, budget=Decimal(25000))


def with_bursary(window, pot, name: str) -> Application:
    """Arrived, and a bursary pays the whole fee."""
    application = make.arrived(window, name=name)
    request = money.bursary_asked(cohort=window.cohort, person=application.applicant, employer=application.employer)
    officers = list(User.objects.filter(role_assignments__role=RoleName.FINANCE).order_by("pk"))
    while len(officers) < 2:
        officers.append(staff(RoleName.FINANCE, window.cohort.programme.provider))
    bursaries.propose_grant(request=request, source=pot, amount=FEE, reason="Yes.", by=officers[0])
    bursaries.confirm(request=request, by=officers[1])
    Application.objects.filter(pk=application.pk).update(fee_agreement=request.agreement)
    return make.fresh(application)


def last(record) -> Taking:
    return Taking.objects.standing().on(record).first()


def sent() -> None:
    """Everything that waits has left."""
    Message.objects.filter(status=MessageStatus.QUEUED).update(status=MessageStatus.SENDING)
    Message.objects.filter(status=MessageStatus.SENDING).update(status=MessageStatus.HANDING_OVER)
    Message.objects.filter(status=MessageStatus.HANDING_OVER).update(
        status=MessageStatus.SENT, sent_at=timezone.now(), sealed=None
    )


def everything_of(application: Application) -> list:
    application = Application.objects.get(pk=application.pk)
    agreement = application.fee_agreement
    return [
        {f.attname: getattr(row, f.attname) for f in row._meta.fields}
        for row in [application, agreement, *agreement.bursary_requests.all(), *application.reviews.order_by("pk")]
    ]


def test_ten_that_were_turned_down_by_mistake_come_back_at_once(in_admin, window, pot, coordinator):
    ten = [make.reviewed(with_bursary(window, pot, f"Person {n}"), 3, by=coordinator) for n in range(10)]
    before, left = [everything_of(one) for one in ten], FundingSource.objects.get(pk=pot.pk).left
    sent()
    for one in ten:
        decisions.turn_down(application=one, reason="not_ready", by=coordinator)
    assert FundingSource.objects.get(pk=pot.pk).left == left + 10 * FEE
    sent()
    browser, written = in_admin(coordinator), set(Message.objects.values_list("pk", flat=True))
    ranking = reverse("admin:applications_application_decide", args=[window.cohort_id])
    asked = browser.post(ranking, {"application": [one.pk for one in ten], "step": "take_back"})
    url, ids = reverse("admin:steps_taking_steps", args=["take_back"]), asked.context["ids"]
    looked = browser.post(url, {"ids": ids, "filled": "yes", "reason": WHY, "words": "Please forgive us."})
    assert len(looked.context["possible"]) == 10
    shown = {(one["to_email"], one["text"]) for one in looked.context["letters"]}
    digests = ",".join(f"{one['pk']}:{one['digest']}" for one in looked.context["possible"])
    values = {"ids": ids, "filled": "yes", "reason": WHY, "words": "Please forgive us.", "digests": digests}
    done = browser.post(url, values | {"confirm": "yes"}, follow=True)
    assert done.text.count("Taken back.") == 10
    assert [everything_of(one) for one in ten] == before
    assert FundingSource.objects.get(pk=pot.pk).left == left
    letters = Message.objects.exclude(pk__in=written)
    assert {(one.to_email, one.text) for one in letters} == shown
    assert {one.kind for one in letters} == {"steps.taken_back"}
    to_applicant = letters.filter(to=ten[0].applicant).get()
    assert "It was our mistake, and we are sorry." in to_applicant.text
    assert "Please forgive us." in to_applicant.text
    assert "“Your application is being read”" in to_applicant.text
    to_sponsors = letters.filter(to_email="jo@employer.example")
    assert to_sponsors.count() == 10
    assert all("What was agreed about the fee still holds." in one.text for one in to_sponsors)


def test_a_line_ticked_too_many_takes_back_nothing_that_others_did(window, coordinator, in_admin):
    decided, sent = (applying.submitted(window=window) for _ in range(2))
    applications_page = reverse("admin:applications_application_decide", args=[window.cohort_id])
    decisions.turn_down(application=decided, reason="not_ready", by=coordinator)
    ticked = {"application": [decided.pk, sent.pk], "step": "take_back"}
    page = in_admin(coordinator).post(applications_page, ticked)
    assert page.context["ids"] == str(last(decided).pk)
    assert "1 record is left out, as its last step is not one that is taken for many" in page.text
    none = in_admin(coordinator).post(applications_page, ticked | {"application": [sent.pk]}, follow=True)
    assert "None of those selected has a step that can be taken back from here." in none.text


def test_what_was_spent_since_is_said_before_and_all_else_comes_back(window, coordinator):
    pot = money.PotFactory(programme=window.cohort.programme, budget=FEE)
    application = with_bursary(window, pot, "Amara Okafor")
    decisions.turn_down(application=application, reason="not_ready", by=coordinator)
    with_bursary(window, pot, "Blessing")
    with previewing() as preview:
        take_back(taking=last(application), reason=WHY, by=coordinator)
    assert any("does not come back" in one and "£0 is left" in one for one in preview.notes)
    take_back(taking=last(application), reason=WHY, by=coordinator)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.SUBMITTED
    assert application.fee_agreement.status == AgreementStatus.RELEASED
    assert FundingSource.objects.get(pk=pot.pk).left == 0


def test_letters_that_have_not_left_are_stopped_and_nobody_else_hears_of_it(coordinator, window):
    enrolment = ParticipantFactory(cohort=window.cohort)
    enrolments.withdraw(enrolment=enrolment, reason="The wrong person.", by=coordinator)
    waiting = Message.objects.filter(kind__contains="withdrawn")
    assert waiting.exists()
    assert not waiting.due(timezone.now() + timedelta(minutes=9)).exists()
    assert waiting.due(timezone.now() + timedelta(minutes=11)).count() == waiting.count()
    take_back(taking=last(enrolment), reason=WHY, by=coordinator)
    assert set(waiting.values_list("status", flat=True)) == {MessageStatus.STOPPED}
    assert not Message.objects.filter(kind="steps.taken_back").exists()


def test_a_place_that_was_taken_since_is_not_given_twice(coordinator):
    window = make.window(capacity=1)
    coordinator = make.coordinator(window)
    enrolment = ParticipantFactory(cohort=window.cohort)
    enrolments.withdraw(enrolment=enrolment, reason="Moved.", by=coordinator)
    ParticipantFactory(cohort=window.cohort)
    with pytest.raises(NotPossible, match="The place has been taken since"):
        take_back(taking=last(enrolment), reason=WHY, by=coordinator)
    assert Enrolment.objects.holding_a_place().filter(cohort=window.cohort).count() == 1


def test_what_came_later_is_named_and_goes_back_first(window, coordinator):
    application = make.arrived(window)
    decisions.hold(application=application, by=coordinator)
    first = last(application)
    decisions.shortlist(application=application, by=coordinator)
    with pytest.raises(NotPossible, match="“Shortlisted”, by .* came after it. Take that back first"):
        take_back(taking=first, reason=WHY, by=coordinator)
    take_back(taking=last(application), reason=WHY, by=coordinator)
    take_back(taking=first, reason=WHY, by=coordinator)
    assert make.fresh(application).status == ApplicationStatus.SUBMITTED
    with pytest.raises(NotPossible, match="already"):
        take_back(taking=first, reason=WHY, by=coordinator)


def test_a_reason_is_kept_and_missed(window, coordinator):
    application = make.arrived(window)
    decisions.hold(application=application, by=coordinator)
    with pytest.raises(NotPossible, match="Say why"):
        take_back(taking=last(application), reason=" ", by=coordinator)
    taking = take_back(taking=last(application), reason=WHY, by=coordinator)
    assert (taking.reason, taking.taken_back_by) == (WHY, coordinator)
    assert application.decisions.last().note.endswith(WHY)


def test_applicants_take_back_what_they_did_themselves_and_nobody_else_does(coordinator):
    window = make.window()
    coordinator = make.coordinator(window)
    offer = make.offered(window, coordinator)
    application = offer.application
    offers.decline(offer=offer, by=application.applicant)
    taking = last(application)
    with pytest.raises(NotAllowed):
        take_back(taking=taking, by=make.arrived(window).applicant)
    with pytest.raises(NotAllowed):
        take_back(taking=taking, reason=WHY, by=make.coordinator(make.window()))
    take_back(taking=taking, by=application.applicant)
    offer.refresh_from_db()
    assert (offer.status, make.fresh(application).status) == (OfferStatus.MADE, ApplicationStatus.OFFERED)


def test_an_offer_whose_day_has_passed_comes_back_with_a_new_one(coordinator):
    window = make.window()
    coordinator = make.coordinator(window)
    offer = make.offered(window, coordinator)
    offers.decline(offer=offer, by=offer.application.applicant)
    with time_machine.travel(timezone.localtime() + timedelta(days=60), tick=False):
        with previewing() as preview:
            take_back(taking=last(offer.application), reason=WHY, by=coordinator)
        assert any("The offer ended on" in one for one in preview.notes)
        take_back(taking=last(offer.application), reason=WHY, by=coordinator)
        offer.refresh_from_db()
        assert offers.is_open(offer)


def test_an_application_that_was_withdrawn_by_mistake_comes_back_with_its_reviews(coordinator):
    window = make.window()
    coordinator = make.coordinator(window)
    application = make.reviewed(make.arrived(window), 3, 4, by=coordinator)
    applications.withdraw(application=application, by=application.applicant)
    take_back(taking=last(application), by=application.applicant)
    found = make.fresh(application)
    assert (found.status, found.reviews_given, found.withdrawn_at) == (ApplicationStatus.IN_REVIEW, 2, None)


def test_what_is_needed_to_take_a_step_back_is_not_kept_for_ever(window, coordinator):
    application = make.arrived(window)
    decisions.hold(application=application, by=coordinator)
    taking = last(application)
    taking.changes.all().delete()
    with pytest.raises(NotPossible, match="too long ago"):
        take_back(taking=taking, reason=WHY, by=coordinator)


def test_considering_again_keeps_the_bursary_and_asks_nobody_to_pay(window, pot, coordinator):
    application = with_bursary(window, pot, "Amara Okafor")
    before = everything_of(application)[1:]
    sent()
    decisions.turn_down(application=application, reason="not_ready", by=coordinator)
    sent()
    written = set(Message.objects.values_list("pk", flat=True))
    decisions.reconsider(application=make.fresh(application), note="An appeal.", by=coordinator)
    assert everything_of(application)[1:] == before
    letters = Message.objects.exclude(pk__in=written)
    assert set(letters.values_list("kind", flat=True)) == {"applications.reconsidered", "steps.taken_back"}
    to_sponsor = letters.get(to_email="jo@employer.example")
    assert "What was agreed about the fee still holds." in to_sponsor.text
    assert "sorry" not in to_sponsor.text


def test_nobody_takes_back_what_is_final_was_removed_or_is_anothers_own(window, coordinator):
    application = make.arrived(window)
    decisions.hold(application=application, by=coordinator)
    taking = last(application)
    stale = Taking.objects.get(pk=taking.pk)
    take_back(taking=taking, reason=WHY, by=coordinator)
    with pytest.raises(NotPossible, match="already"):
        take_back(taking=stale, reason=WHY, by=coordinator)  # the second of two clicks
    for step, why in (
        ("applications.application.remind_sponsor", "Only whoever took this step"),
        ("applications.application.unknown", "Only somebody who could take this step"),
    ):
        Taking.objects.filter(pk=taking.pk).update(step=step, taken_back_at=None, taken_back_by=None)
        with pytest.raises(NotAllowed, match=why):
            take_back(taking=Taking.objects.get(pk=taking.pk), reason=WHY, by=make.coordinator(window))
    Taking.objects.filter(pk=taking.pk).update(step="funding.feeagreement.issue")
    final = Taking.objects.get(pk=taking.pk)
    final.subject = money.AgreementFactory(cohort=window.cohort)
    with pytest.raises(NotPossible, match="This cannot be taken back. An invoice keeps its number"):
        require_possible(final)


def test_a_row_that_was_removed_since_or_that_others_belong_to_stands_against_it(coordinator):
    enrolment = ParticipantFactory()
    coordinator = staff(RoleName.COORDINATOR, enrolment.cohort.programme.provider)
    session = SessionFactory(cohort=enrolment.cohort, starts_at=timezone.now() - timedelta(days=1))
    attendance.mark(session=session, marks={enrolment.pk: Mark.ABSENT}, by=coordinator)
    taking = last(session)
    Attendance.objects.all().delete()
    with pytest.raises(NotPossible, match="The attendance has been removed since"):
        take_back(taking=taking, reason=WHY, by=coordinator)
    registration = modules.registered(enrolment)
    modules.chosen(registration, 4)
    with pytest.raises(NotPossible, match="belongs to it"):
        take_back(taking=last(enrolment), by=enrolment.participant)


def test_what_rests_on_a_step_is_said(coordinator):
    enrolment = ParticipantFactory(cohort=PublishedCohortFactory(), enrolled_at=timezone.now() - timedelta(days=2))
    cohort = enrolment.cohort
    coordinator = staff(RoleName.COORDINATOR, cohort.programme.provider)
    cohorts.start(cohort=cohort, by=coordinator)
    session = SessionFactory(cohort=cohort, starts_at=timezone.now() - timedelta(days=1))
    attendance.mark(session=session, marks={enrolment.pk: Mark.PRESENT}, by=coordinator)
    with pytest.raises(NotPossible, match="Days have been recorded"):
        take_back(taking=last(cohort), reason=WHY, by=coordinator)
    CompletionRule.objects.create(cohort=cohort, component=None, minimum=Decimal("0.25"))
    completion.complete(enrolment=enrolment, by=coordinator)
    certificates.make(enrolment=enrolment, by=coordinator)
    with pytest.raises(NotPossible, match="Revoke it first"):
        take_back(taking=last(enrolment), reason=WHY, by=coordinator)


def test_a_cohort_that_has_people_stays_on_the_site_and_a_pair_that_has_met_stays_a_pair():
    cohort = CohortFactory()
    coordinator = staff(RoleName.COORDINATOR, cohort.programme.provider)
    cohorts.publish(cohort=cohort, by=coordinator)
    ParticipantFactory(cohort=cohort)
    with pytest.raises(NotPossible, match="it has to stay on the site"):
        take_back(taking=last(cohort), reason=WHY, by=coordinator)
    pair = mentoring.confirmed_pair()
    sessions.record(pair=pair, on=day(-1), minutes=60, mode=Mode.VIDEO, by=pair.mentor.user)
    confirmed = Taking.objects.get(step="mentoring.pair.confirm", object_id=pair.pk)
    with pytest.raises(NotPossible, match="End the pair instead"):
        take_back(taking=confirmed, reason=WHY, by=mentoring.coordinator_of(pair.enrolment))


def test_an_application_goes_back_to_its_writer_only_while_applications_are_open():
    application = applying.submitted()
    coordinator = make.coordinator(application.cohort.window)
    taking = last(application)
    later = time_machine.travel(application.cohort.window.closes_at + timedelta(days=1), tick=False)
    with later, pytest.raises(NotPossible, match="Applications have closed since"):
        take_back(taking=taking, reason=WHY, by=coordinator)
    take_back(taking=taking, by=application.applicant)
    assert make.fresh(application).status == ApplicationStatus.DRAFT
