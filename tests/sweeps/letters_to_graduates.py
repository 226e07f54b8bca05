"""Moments at which letters to graduates are written, and those about mentors at work and about coaching."""

from datetime import timedelta
from decimal import Decimal

from cohorts.actions import coaching, coaching_support, destinations, internal, openings
from cohorts.models import CoachingRequest, Destination, StepConfirmation
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.coaching import supporter
from tests.factories.cohorts import day
from tests.factories.confirmations import asked, confirmed
from tests.factories.internal import holder_of, named
from tests.sweeps.at_work import OTHER
from tests.sweeps.letters_moments import moment
from tests.sweeps.ways import now
from tests.sweeps.world import World


@moment
def graduates_are_asked_where_they_are(w: World) -> int:
    """By the clock, the day after they completed."""
    Destination.objects.all().delete()
    return destinations.ask_graduates(day(1))


@moment
def an_employer_is_asked_to_confirm_a_step_up(w: World) -> None:
    StepConfirmation.objects.all().delete()
    asked(Destination.objects.for_steps().get(pk=w.stepped.pk))


@moment
def an_employer_confirms_a_step_up(w: World) -> None:
    """The graduate hears of it."""
    confirmed(w.confirmation)


@moment
def an_employer_has_not_confirmed_a_step_up(w: World) -> None:
    """They are reminded before their last day."""
    StepConfirmation.objects.filter(pk=w.confirmation.pk).update(asked_at=now() - timedelta(days=46))
    work_out_reminders()


@moment
def an_employer_is_asked_for_openings(w: World) -> None:
    given = {"name": "Ola Kent", "email": "ola@example.org"}
    openings.ask_for_openings(programme=w.programme, organisation=w.partner.organisation, by=w.coordinator, **given)


@moment
def a_line_manager_names_a_mentor_at_work(w: World) -> None:
    """The participant hears of it."""
    named(w.enrolment, by=w.manager, **OTHER)


@moment
def a_question_to_a_mentor_at_work_is_taken_back(w: World) -> None:
    internal.end(mentor=w.internal_mentor, by=w.participant)


@moment
def a_mentor_at_work_agrees(w: World) -> None:
    """Participant and line manager hear of it."""
    internal.agree(mentor=w.internal_mentor, by=holder_of(w.internal_mentor))


@moment
def a_mentor_at_work_ends_it(w: World) -> None:
    internal.end(mentor=w.internal_mentor, by=holder_of(w.internal_mentor))


@moment
def an_employer_supports_coaching(w: World) -> None:
    coaching_support.support(coaching=w.coaching_asked, by=supporter(w.coaching_asked))


@moment
def an_employer_does_not_support_coaching(w: World) -> None:
    coaching_support.refuse(coaching=w.coaching_asked, words="No cover.", by=supporter(w.coaching_asked))


@moment
def an_employer_has_said_nothing_about_coaching(w: World) -> int:
    """They are reminded after a week."""
    CoachingRequest.objects.filter(pk=w.coaching_asked.pk).update(employer_asked_at=now() - timedelta(days=8))
    return coaching_support.remind_employers()


@moment
def coaching_is_arranged_of_which_the_line_manager_hears(w: World) -> None:
    CoachingRequest.objects.filter(pk=w.coaching.pk).update(tells_manager=True)
    one = CoachingRequest.objects.for_steps().get(pk=w.coaching.pk)
    coaching.arrange(coaching=one, coach=w.coach, dates="Tuesdays", cost=Decimal(0), is_within=True, by=w.coordinator)


@moment
def staff_end_coaching(w: World) -> None:
    coaching.end(coaching=w.coaching_arranged, reason="The budget is spent.", by=w.coordinator)
