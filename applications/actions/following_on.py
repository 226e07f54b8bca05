"""From one programme to the next: graduates ask to hear when it opens, on its register of interest, and say so no longer (C3)."""

from django.db import transaction

from applications.models import Interest
from cohorts.models import Enrolment, NextProgramme, Programme
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.history.lifecycle import refuse_if


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    if not isinstance(by, User) or by.pk != enrolment.participant_id:
        raise NotAllowed("Only they themselves ask to be told.")


@transaction.atomic
def hear_of(*, enrolment: Enrolment, programme: Programme, by: Actor) -> Interest:
    """A graduate is told of each opening of a programme that comes next, once, like everybody on its register of interest: they leave it
    by the link in every email, or on their page.

    Raises NotPossible for whoever has not completed, and for a programme that does not come next."""
    _require_own(by, enrolment)
    refuse_if(
        enrolment.status != EnrolmentStatus.COMPLETED,
        "This is for people who have completed the programme.",
        "no_graduate",
    )
    leads_on = NextProgramme.objects.public().filter(programme=enrolment.cohort.programme).filter(to=programme).exists()
    refuse_if(not leads_on, f"{enrolment.cohort.programme} does not lead on to {programme}.", "not_next")
    person = enrolment.participant
    found, _ = Interest.objects.get_or_create(programme=programme, email=person.email)
    found.name, found.graduate = person.full_name, enrolment
    found.confirmed_at, found.left_at = found.confirmed_at or clock.now(), None
    found.save(update_fields=["name", "graduate", "confirmed_at", "left_at"])
    return found


@transaction.atomic
def hear_no_more_of(*, enrolment: Enrolment, programme: Programme, by: Actor) -> None:
    """Off the register at once."""
    _require_own(by, enrolment)
    for interest in Interest.objects.of_person(enrolment.participant).standing().filter(programme=programme):
        interest.left_at = clock.now()
        interest.save(update_fields=["left_at"])
