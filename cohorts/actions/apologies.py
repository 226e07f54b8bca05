"""“I cannot come”: one tap by the participant, taken back by another. Whoever takes the register finds them excused."""

from typing import Any

from cohorts.models import Apology, Attendance, Enrolment, Session
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, System, may, person
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import ChosenFrom, StepForm, step

RUN = CohortPermission.RUN_COHORTS
WHICH = "Choose the session."


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    """The participant, or whoever runs the cohort for them."""
    if isinstance(by, System) or (isinstance(by, User) and by.pk == enrolment.participant_id):
        return
    if not may(by, RUN, enrolment):
        raise NotAllowed(f"{by} may not say whether {enrolment.participant} comes.")


def theirs(enrolment: Enrolment) -> Any:
    """All sessions that this participant was or is due at."""
    return Session.objects.for_enrolment(enrolment)


def to_miss(enrolment: Enrolment) -> Any:
    """The sessions of this participant that are not over, of which they can say that they cannot come, or that they can after all."""
    coming = theirs(enrolment).going_ahead().after(clock.now())
    marked = Attendance.objects.filter(enrolment=enrolment).values("session")
    return coming.exclude(pk__in=marked).for_steps().order_by("starts_at", "pk")


def _said(enrolment: Enrolment) -> Any:
    return Apology.objects.standing().filter(enrolment=enrolment)


def to_come(enrolment: Enrolment) -> Any:
    """Those that they have not said they cannot come to."""
    return to_miss(enrolment).exclude(pk__in=_said(enrolment).values("session"))


def said_no(enrolment: Enrolment) -> Any:
    """Those that they have said they cannot come to."""
    return to_miss(enrolment).filter(pk__in=_said(enrolment).values("session"))


def _require_on_it(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is not on the programme.", "not_on_it"
    )


def _require_to_come(enrolment: Enrolment) -> None:
    _require_on_it(enrolment)
    refuse_if(not to_come(enrolment).exists(), "There is no session to come to be excused from.", "none")


def _require_said(enrolment: Enrolment) -> None:
    _require_on_it(enrolment)
    refuse_if(not said_no(enrolment).exists(), "No session to come is marked “cannot come”.", "none")


class _WhichForm(StepForm):
    """Which session, with its day: two of them may have one name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which: Any = self.fields["session"]
        which.label_from_instance = lambda one: f"{one}, {english.span(one.starts_at, one.ends_at)}"


class CannotComeForm(_WhichForm):
    session = ChosenFrom(
        Session, to_come, label="To which session can they not come?", error_messages={"required": WHICH}
    )


class CanComeForm(_WhichForm):
    session = ChosenFrom(Session, said_no, label="To which session do they come?", error_messages={"required": WHICH})


@step(
    Enrolment,
    "Say that they cannot come",
    name="cannot_come",
    past="Said that they cannot come",
    story="You said that you cannot come",
    meaning="Whoever takes the register finds them excused, and can still mark them as present. Nobody else is told; where the programme "
    "sends invitations, an email takes the session out of their own calendar.",
    guard=_require_own,
    policy=_require_to_come,
    form=CannotComeForm,
    undo="can_come",
    back_by=RUN,
)
def cannot_come(*, enrolment: Enrolment, session: Session, by: Actor) -> Apology:
    """This participant cannot come to a session that is not over. Said again it changes nothing. Nobody is asked why.

    Raises NotPossible for a session that is not theirs, is over or cancelled, or whose register has a mark for them."""
    _require_on_it(locked := Enrolment.objects.locked(enrolment.pk))
    found = to_miss(locked).filter(pk=session.pk).first()
    if found is None:
        raise NotPossible(
            "This session is over or cancelled, or you have been marked in its register.", "over", field="session"
        )
    if same := _said(enrolment).filter(session=found).first():
        return same
    given = {"starts_at": found.starts_at, "said_at": clock.now(), "said_by": person(by)}
    apology, _ = Apology.objects.update_or_create(session=found, enrolment=enrolment, defaults=given)
    return apology


@step(
    Enrolment,
    "Say that they can come after all",
    name="can_come",
    past="Said that they can come after all",
    story="You said that you can come after all",
    meaning="The register has no mark for them any more until it is taken. Nobody else is told; where the programme sends invitations, "
    "they get one for their calendar again.",
    guard=_require_own,
    policy=_require_said,
    form=CanComeForm,
    undo="cannot_come",
    back_by=RUN,
)
def can_come(*, enrolment: Enrolment, session: Session, by: Actor) -> Enrolment:
    """They come after all. Raises NotPossible where they have not said otherwise, or the session is over, cancelled or marked."""
    _require_on_it(locked := Enrolment.objects.locked(enrolment.pk))
    found = said_no(locked).filter(pk=session.pk).first()
    if found is None:
        raise NotPossible(
            "Nothing says that you cannot come to this session, or it is over by now.", "over", field="session"
        )
    Apology.objects.filter(session=found, enrolment=enrolment).delete()
    return enrolment
