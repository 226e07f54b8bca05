"""How a place stands, in lines: read before and after a step on the page before it, so that nobody has to say what it will bring about."""

from collections.abc import Sequence
from typing import Any

from cohorts.extensions import Stand, stands
from cohorts.models import Agreement, DirectoryEntry, Enrolment, MakeUp, Placement, Session, Supervisor
from cohorts.progress import progress_of
from cohorts.states import HOLDS_A_PLACE, EnrolmentStatus
from steppingup import clock
from steppingup.formats import english

NO_SESSION = "None to come in registers, calendar and reminders"


def standing_of_place(enrolment: Enrolment, viewer: Any) -> Sequence[tuple[str, str]]:
    """What every app says of this place, as the database has it now."""
    fresh = Enrolment.objects.for_steps().get(pk=enrolment.pk)
    return [(one.what, one.says) for each in stands(fresh, viewer) for one in each]


def _place(enrolment: Enrolment) -> str:
    cohort = enrolment.cohort
    free = cohort.capacity - cohort.enrolments.holding_a_place().count()
    said = f"{enrolment.get_status_display()}, {cohort.name}"
    if enrolment.status not in HOLDS_A_PLACE:
        said = f"None any more, {cohort.name}"
    return f"{said}; {english.counted(free, 'place')} free there"


def _sessions(enrolment: Enrolment) -> str:
    if enrolment.status != EnrolmentStatus.ENROLLED:
        return NO_SESSION
    coming = Session.objects.for_enrolment(enrolment).going_ahead().after(clock.now()).count()
    return f"{english.counted(coming, 'session')} to come" if coming else NO_SESSION


def _assignments(enrolment: Enrolment) -> list[Stand]:
    found = Placement.objects.filter(enrolment=enrolment).select_related("host", "component")
    said = []
    for one in found:
        days = one.days.standing()
        waiting = days.waiting().count()
        parts = [f"“{one.title}”, {one.host}", f"{english.counted(days.count() - waiting, 'day')} recorded"]
        if waiting:
            parts.append(f"{english.counted(waiting, 'day')} not confirmed")
        if one.lost_on:
            parts.append(f"no host since {english.day_date(one.lost_on)}")
        elif Supervisor.objects.working().filter(placement=one).exists():
            parts.append("the supervisor has a page")
        else:
            parts.append("nobody at the host has a page")
        said.append(Stand(f"{one.component.word[:1].upper()}{one.component.word[1:]}", "; ".join(parts)))
    return said


def _agreements(enrolment: Enrolment) -> str:
    found = Agreement.objects.standing().filter(enrolment=enrolment)
    on_it = enrolment.status == EnrolmentStatus.ENROLLED
    waiting = sum(bool(one.missing) for one in found.prefetch_related("signatures", "template")) if on_it else 0
    kept = f"{english.counted(len(found), 'agreement')} kept"
    return f"{kept}, {waiting} not signed by everybody" if waiting else f"{kept}, nobody is asked to sign"


def _others(enrolment: Enrolment) -> list[Stand]:
    said = []
    made_up = MakeUp.objects.to_do().filter(enrolment=enrolment).count()
    if made_up and enrolment.status == EnrolmentStatus.ENROLLED:
        said.append(Stand("Make-ups", f"{english.counted(made_up, 'make-up')} agreed"))
    pause = enrolment.pauses.on(clock.today()).first()
    if pause:
        said.append(Stand("Pause", pause.in_words))
    entry = DirectoryEntry.objects.filter(enrolment=enrolment).exists()
    if entry:
        said.append(Stand("Directory", "In it"))
    return said


def of_cohort(enrolment: Enrolment, viewer: Any) -> list[Stand]:
    """What cohorts themselves say."""
    done = progress_of(enrolment).in_quarters().in_words
    return [
        Stand("Place", _place(enrolment)),
        Stand("Sessions", _sessions(enrolment)),
        Stand("Days done", done),
        *_assignments(enrolment),
        Stand("Agreements", _agreements(enrolment)),
        *_others(enrolment),
    ]
