"""Moments at which letters are written that no step writes as the other sweeps take it: clocks, links, and what has to come before."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from applications.actions import applications, closing, decisions, offers, places, rules
from applications.actions import interest as interests
from applications.models import Interest, InterestTold, Window
from cohorts.actions import agreements as signing
from cohorts.actions import certificates, cohorts, directory, directory_letters, enrolments, joint, proposals, sessions
from cohorts.actions import concerns as confidential
from cohorts.actions.preparing import ask_colleague
from cohorts.agreement_notices import SIGNING_LINK
from cohorts.models import PlacementProposal
from funding.actions import adjustments, agreements, answers, payments
from funding.links import AGREEMENT_LINK
from funding.models import Adjustment, FundingSource
from funding.states import Route
from mentoring.actions import sessions as meetings
from mentoring.models import MentoringWish
from modules.actions import courses
from modules.models import CourseChoice
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import Lifecycle
from steppingup.jobs import actions as jobs
from steppingup.messaging.actions import send
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import ReminderKind, all_kinds
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.applications.test_first_come import draft, in_order, sent
from tests.factories import funding as money
from tests.factories import review
from tests.factories.cohorts import CohortFactory, complete, day
from tests.factories.directory import joined
from tests.sweeps.refusals import change
from tests.sweeps.states_table import SUBJECTS, WAYS
from tests.sweeps.ways import Way, now, put
from tests.sweeps.world import World

Moment = Callable[[World], Any]
MOMENTS: dict[str, Moment] = {}


def moment(happens: Moment) -> Moment:
    MOMENTS[happens.__name__] = happens
    return happens


def from_now_on(w: World) -> None:
    """What was written before only led here."""
    w.things.written_before = Message.objects.latest("pk").pk


# -- clocks ----------------------------------------------------------------------------------------


def by_clock(name: str, way: Way, state: str) -> Moment:
    subject = SUBJECTS[name]
    return lambda w: way.call(w, put(getattr(w, subject.thing), state, **subject.also(w, state)))


for _name, _move, _step, _way in WAYS:
    if _move == _step and _name in ("application", "offer"):  # what no person does: an offer ends, no place was left
        for _state in sorted(Lifecycle.registry[_name].moves[_move].sources):
            MOMENTS[f"{_name} {_move} from {_state}"] = by_clock(_name, _way, _state)


def of_kind(kind: ReminderKind) -> Moment:
    """A reminder, whenever it is due."""

    def remind(w: World) -> None:
        ReminderRule.objects.update(active=False)  # else the second waits for the first
        change(w.invoice, issued_on=day(-70), due_on=day(-40))
        change(w.agreement, finance_email="accounts@example.org", finance_name="Accounts")
        MentoringWish.objects.all().delete()
        change(w.alone, enrolled_at=now())
        put(w.case, "open")
        joined(w.completed)
        for item in kind.due(ReminderRule(kind=kind.key), day(-60), day(500)):
            send(item.notice)

    return remind


MOMENTS |= {f"reminder of {kind.key}": of_kind(kind) for kind in all_kinds()}


@moment
def the_closing_time_moves(w: World) -> None:
    told_of_the_window(w)
    before = w.window.closes_at
    window = change(w.window, closes_at=before - timedelta(days=1))
    if window.has_closed():
        before = now() + timedelta(days=2)
    job = closing.tell_of_moved_closing(window=Window.objects.get(pk=window.pk), before=before, by=w.coordinator)
    jobs.run(job.pk)


def told_of_the_window(w: World) -> None:
    Interest.objects.update(confirmed_at=now())
    for interest in Interest.objects.all():
        InterestTold.objects.get_or_create(interest=interest, window=w.window)


# -- getting ready ---------------------------------------------------------------------------------


@moment
def a_colleague_is_asked(w: World) -> None:
    """The other provider has no invoice numbers, which its finance officer sets up."""
    cohort = CohortFactory(programme=w.far_cohort.programme, plan=w.far_cohort.plan, fee=100)
    ask_colleague(cohort=cohort, what="Invoice numbers", message="By Friday, if you can.", by=w.far_coordinator)


# -- joint days ------------------------------------------------------------------------------------


@moment
def a_joint_day_moves(w: World) -> None:
    later = {"starts_at": w.joint.starts_at + timedelta(days=1), "ends_at": w.joint.ends_at + timedelta(days=1)}
    sessions.move(session=w.joint, venue="Here", by=w.coordinator, **later)


@moment
def a_joint_day_is_cancelled(w: World) -> None:
    sessions.cancel(session=w.joint, by=w.coordinator)


@moment
def a_guest_goes_alone(w: World) -> None:
    joint.withdraw(invitation=w.joint_accepted, then="alone", venue="Our hall", reason="Too far.", by=w.far_coordinator)


# -- the directory ---------------------------------------------------------------------------------


@moment
def somebody_writes_to_another(w: World) -> None:
    directory_letters.write(enrolment=w.other_enrolment, text="Hello.", by=w.participant)


@moment
def somebody_reports_another(w: World) -> None:
    directory_letters.report(enrolment=w.other_enrolment, reason="Adverts.", by=w.participant)


@moment
def a_graduate_does_not_confirm(w: World) -> None:
    complete(w.enrolment, by=w.coordinator)
    long_ago = now() - timedelta(days=900)
    change(w.entry, confirmed_at=long_ago)
    change(w.enrolment, completed_at=long_ago)
    from_now_on(w)
    assert directory.end_unconfirmed() == 1


# -- assignments -----------------------------------------------------------------------------------


@moment
def nothing_suits_one_of_them(w: World) -> None:
    PlacementProposal.objects.create(choosing=w.choosing, enrolment=w.alone)
    proposals.publish(choosing=w.choosing, by=w.coordinator)


# -- agreements ------------------------------------------------------------------------------------


@moment
def an_employer_signs_by_a_link(w: World) -> None:
    link = TokenLink.objects.usable().filter(purpose=SIGNING_LINK, object_id=w.signing_request.pk).latest("pk")
    signing.sign(agreement=w.contract, name="Hal Head", by=LinkHolder(link))


# -- the register of interest ----------------------------------------------------------------------


def _confirmed() -> Interest:
    link = TokenLink.objects.filter(purpose=interests.CONFIRM).first()
    return interests.confirm(by=LinkHolder(link))


@moment
def somebody_registers(w: World) -> None:
    interests.register_interest(programme=w.programme, email="new@example.org", name="New")


@moment
def somebody_confirms(w: World) -> None:
    _confirmed()


@moment
def somebody_registers_again(w: World) -> None:
    Interest.objects.update(confirmed_at=now())
    interests.register_interest(programme=w.programme, email=w.interest.email, name="Curious")


@moment
def applications_open(w: World) -> None:
    Interest.objects.update(confirmed_at=now())
    interests.tell_interested()


# -- applications ----------------------------------------------------------------------------------


@moment
def the_questions_change(w: World) -> None:
    change(w.draft, changed_at=now() - timedelta(days=9))
    rules.tell_of_change(rules=w.rule_set, parts={"work"}, by=w.coordinator)


@moment
def a_decision_that_was_sent_is_taken_back(w: World) -> None:
    decisions.shortlist(application=w.application, by=w.coordinator)
    letter = Message.objects.filter(kind="applications.shortlisted").latest("pk")
    change(letter, status="sent", sent_at=now(), next_attempt_at=None)
    from_now_on(w)
    take_back(taking=Taking.objects.latest("pk"), reason="A slip.", by=w.superuser)


@moment
def an_offer_is_declined_while_somebody_waits(w: World) -> None:
    review.waiting(w.offer_window, w.coordinator)
    from_now_on(w)
    offers.decline(offer=w.offer, by=w.offer.application.applicant)


@moment
def somebody_waits_while_all_places_are_offered(w: World) -> None:
    interviewed = review.interviewed(w.offer_window, w.coordinator)
    change(w.offer_cohort, capacity=w.offer_cohort.enrolments.holding_a_place().count() + 1)
    from_now_on(w)
    offers.put_on_waiting_list(application=interviewed, by=w.coordinator)


# -- first come, first served ----------------------------------------------------------------------


def with_one_place() -> Window:
    window = review.first_come(capacity=1)
    review.coordinator(window)
    return window


@moment
def somebody_submits_where_places_go_in_order(w: World) -> None:
    window = with_one_place()
    drafts = [draft(window), draft(window), draft(window, unsure=True)]
    from_now_on(w)
    for one in drafts:
        sent(one)


@moment
def a_place_is_held_for_whoever_comes_next(w: World) -> None:
    window = with_one_place()
    first, _ = in_order(window, False, True)
    applications.withdraw(application=first, by=first.applicant)
    from_now_on(w)
    places.fill(window.cohort)


@moment
def a_place_that_was_held_passes_on(w: World) -> None:
    window = with_one_place()
    in_order(window, True)
    from_now_on(w)
    places.fill(window.cohort, now=now() + timedelta(days=40))


@moment
def people_are_to_be_chosen_in_another_way(w: World) -> None:
    from_now_on(w)
    rules.tell_of_choosing(rules=w.rule_set, by=w.coordinator)


# -- the year --------------------------------------------------------------------------------------


@moment
def a_certificate_is_made(w: World) -> None:
    enrolment = complete(w.other_enrolment, by=w.coordinator)
    certificates.make(enrolment=enrolment, by=w.coordinator)


@moment
def a_running_cohort_is_cancelled(w: World) -> None:
    cohorts.cancel(cohort=w.running, by=w.superuser)


@moment
def somebody_whose_fee_was_still_owed_comes_back(w: World) -> None:
    agreement = money.taken_up(agreement=money.AgreementFactory(cohort=w.running))
    change(agreement, after_leaving="whole")
    place = agreement.enrolment
    enrolments.withdraw(enrolment=place, reason="Ill.", by=w.coordinator)
    from_now_on(w)
    enrolments.come_back(enrolment=place, by=w.coordinator)


@moment
def a_session_of_managers_moves(w: World) -> None:
    session = change(w.session, open_to_managers=True)
    sessions.invite_managers(session=session, by=w.coordinator)
    from_now_on(w)
    starts = session.starts_at + timedelta(days=1)
    ends = session.ends_at + timedelta(days=1)
    sessions.move(session=session, starts_at=starts, ends_at=ends, venue="There", by=w.coordinator)


@moment
def a_session_of_managers_is_cancelled(w: World) -> None:
    session = change(w.session, open_to_managers=True)
    sessions.invite_managers(session=session, by=w.coordinator)
    from_now_on(w)
    sessions.cancel(session=session, by=w.coordinator)


@moment
def a_mentoring_session_is_removed_by_staff(w: World) -> None:
    w.things.removed_on = w.mentoring_session.on
    meetings.remove(session=w.mentoring_session, by=w.coordinator)


@moment
def a_course_is_chosen_for_them(w: World) -> None:
    CourseChoice.objects.filter(registration=w.registration).delete()
    courses.choose_course(registration=w.registration, course=w.course, by=w.coordinator, anyway=True)


@moment
def a_job_is_ended(w: World) -> None:
    job = change(w.job, status="running", claim="00000000-0000-4000-8000-000000000001", heartbeat_at=now())
    w.things.job_stopped = job
    jobs.end_stuck(job)
    w.things.job_stopped = type(job).objects.get(pk=job.pk)


# -- money -----------------------------------------------------------------------------------------


def _pot() -> FundingSource:
    return FundingSource.objects.get(route=Route.BURSARY)


@moment
def a_bursary_pays_all(w: World) -> None:
    given = {"source": _pot(), "amount": w.bursary.agreement.fee, "reason": "Yes."}
    money.granted(request=w.bursary, by=w.finance, **given)


@moment
def a_bursary_is_refused(w: World) -> None:
    money.refused(request=w.bursary, reason="No.", by=w.finance)


@moment
def too_much_is_paid_back(w: World) -> None:
    Adjustment.objects.update(status="withdrawn", decided_by=None, decided_at=None)
    payments.record(invoice=w.invoice, amount=w.invoice.outstanding + 9, on=timezone.localdate(), by=w.finance)
    refund = money.proposed(w.invoice, amount=Decimal(9), kind="refund")
    adjustments.confirm_refund(adjustment=refund, on=timezone.localdate(), by=w.finance)


@moment
def a_participant_leaves_and_the_fee_is_owed(w: World) -> None:
    change(w.agreement, after_leaving="whole")
    enrolments.withdraw(enrolment=w.enrolment, reason="Moved away.", by=w.coordinator)


@moment
def the_fee_of_a_place_is_asked_for(w: World) -> None:
    """Another employer, say: somebody has a place, and nobody pays for it yet."""
    agreements.ask_again(agreement=asked_for_a_place(w), by=w.finance)


@moment
def the_fee_of_a_place_is_declined(w: World) -> None:
    agreement = asked_for_a_place(w)
    link, _ = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email=agreement.sponsor_email, days=3)
    answers.decline(agreement=agreement, reason="No.", by=LinkHolder(link))


def asked_for_a_place(w: World) -> Any:
    return change(w.agreement, status="asked", asked_at=now(), answered_at=None, answered_by="")


@moment
def somebody_writes_in_confidence(w: World) -> Any:
    given = {"what": "He shouted.", "name": "Amara", "email": w.participant.email}
    return confidential.raise_concern(provider=w.provider, readers=[w.people["confidant"]], **given)
