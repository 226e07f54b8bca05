"""Who may act on a registration: the participant, and those who keep qualifications for the cohort."""

from cohorts.access import may
from cohorts.models import Enrolment
from cohorts.states import HOLDS_A_PLACE
from modules.models import Registration
from modules.states import RegistrationStatus
from steppingup.accounts.actors import Actor, NotAllowed, require_colleague
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible


def require_own(by: Actor, enrolment: Enrolment) -> None:
    """The participant, or staff who keep qualifications for the cohort. Raises NotAllowed."""
    if by != enrolment.participant and not may(by, Permission.RUN_QUALIFICATIONS, enrolment.cohort):
        raise NotAllowed(f"{by} may not change the qualification of {enrolment.participant}.")


def require_keeper(by: Actor, enrolment: Enrolment) -> None:
    """Staff who keep qualifications for the cohort; nobody records results of their own. Raises NotAllowed."""
    require_colleague(by, enrolment.participant_id, "Nobody records results of their own. Ask a colleague.")
    if not may(by, Permission.RUN_QUALIFICATIONS, enrolment.cohort):
        raise NotAllowed(f"{by} may not record results of {enrolment.participant}.")


def lock(registration: Registration) -> Registration:
    """Lock the row and bring the object's status and dates up to date, so that everything after sees one state."""
    locked = Registration.objects.select_for_update(of=("self",), no_key=True).get(pk=registration.pk)
    for name in ("status", "due_on", "achieved_on", "withdrawn_on"):
        setattr(registration, name, getattr(locked, name))
    return registration


def require_open(registration: Registration) -> None:
    """Somebody works towards it now. Raises NotPossible with what stands in the way."""
    if registration.status == RegistrationStatus.ACHIEVED:
        raise NotPossible("The qualification is achieved, so nothing about it can be changed any more.")
    if registration.status == RegistrationStatus.WITHDRAWN:
        raise NotPossible("The registration is withdrawn. Take it up again first.")
    require_place(registration.enrolment)


def require_place(enrolment: Enrolment) -> None:
    """Raises NotPossible for somebody who has left the programme."""
    if enrolment.status not in HOLDS_A_PLACE:
        raise NotPossible("This is possible only for somebody who holds a place on the programme.")


def words_needed(text: str, otherwise: str) -> str:
    """The text without spaces around it. Raises NotPossible with `otherwise` when there is none."""
    if not text.strip():
        raise NotPossible(otherwise)
    return text.strip()
