"""The register of a session. Being there posts days to the ledger (B4, B5, B11)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.utils import timezone

from cohorts.actions import days as ledger
from cohorts.models import Apology, Attendance, Component, Enrolment, Session, SessionPart
from cohorts.models.joint import is_open_together, others_of
from cohorts.models.plan import HUNDREDTH, MILLIONTH
from cohorts.permissions import CohortPermission
from cohorts.queries import people_of
from cohorts.states import CohortStatus, Mark, Unit
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.formats.keys import is_key
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, Waiting, Weight, step

HALF = Decimal("0.5")
THERE = (Mark.PRESENT, Mark.PART)


@dataclass(frozen=True)
class Line:
    """One person in the register, how they are marked (empty: not yet), what was chosen on the page but not saved, and whether they
    have said that they cannot come."""

    enrolment: Enrolment
    mark: str
    chosen: str = ""
    has_said_no: bool = False

    @property
    def shown(self) -> str:
        """Whoever said that they cannot come is excused, unless somebody marks them otherwise."""
        return self.chosen or self.mark or (Mark.EXCUSED if self.has_said_no else "")


def days_for(component: Component, days: Decimal, mark: str) -> Decimal:
    """What a mark is worth of a part: the session's days of it, half of them, or none."""
    if mark == Mark.PRESENT:
        return days
    if mark == Mark.PART:
        finest = HUNDREDTH if component.unit == Unit.DAYS else MILLIONTH
        return (days * HALF).quantize(finest, ROUND_HALF_UP)
    return Decimal(0)


def register_of(session: Session, chosen: Mapping[int, str] | None = None) -> list[Line]:
    """Everybody who belongs to the session, by name, with their mark."""
    marks = dict(Attendance.objects.filter(session=session).values_list("enrolment", "mark"))
    people = sorted(people_of(session), key=lambda enrolment: fold(str(enrolment.participant)))
    excused = set(Apology.objects.standing().at([session]).values_list("enrolment", flat=True))
    given = chosen or {}
    return [Line(person, marks.get(person.pk, ""), given.get(person.pk, ""), person.pk in excused) for person in people]


@dataclass(frozen=True)
class Group:
    """Those of one cohort in the register of a day."""

    session: Session
    lines: list[Line]


def registers_of(session: Session, chosen: Mapping[int, str] | None = None) -> list[Group]:
    """The register, and on a joint day those of the other cohorts below it, for as long as it is open to all who run them."""
    others = others_of(session) if is_open_together(session) else []
    return [Group(one, register_of(one, chosen)) for one in (session, *others)]


class RegisterForm(StepForm):
    """The marks that a page changed. One that stands as it was shown may have been corrected on another page since."""

    @classmethod
    def as_it_is(cls, session: Session) -> "RegisterForm":
        """The register as its page shows it now: a mark for each person."""
        form = cls(subject=session)
        for line in (line for group in registers_of(session) for line in group.lines):
            name = f"mark-{line.enrolment.pk}"
            label = f"mark of {line.enrolment.participant}"
            form.fields[name] = forms.ChoiceField(
                label=label, choices=Mark.choices, initial=line.mark, widget=forms.RadioSelect
            )
        return form

    def values(self) -> dict[str, Any]:
        given = {
            name.removeprefix("mark-"): str(value) for name, value in self.data.items() if name.startswith("mark-")
        }
        changed = {pk: value for pk, value in given.items() if value and self.data.get(f"was-{pk}") != value}
        return {"marks": {int(pk): value for pk, value in changed.items() if is_key(pk)}}


def require_due(session: Session) -> None:
    """Raises NotPossible before the day, and for a cancelled session."""
    refuse_if(session.cancelled_at, "This session was cancelled, so it has no register.", "cancelled")
    refuse_if(
        timezone.localdate(session.starts_at) > clock.today(),
        "This session has not taken place yet. Take the register on the day, or afterwards.",
        "too_early",
    )


@step(
    Session,
    "Take the register",
    past="Register saved",
    permission=CohortPermission.RUN_COHORTS,
    policy=require_due,
    form=RegisterForm,
    undo="mark",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda sessions: sessions.without_a_register().filter(cohort__status=CohortStatus.RUNNING),
        "register to take",
        "registers to take",
        order=30,
    ),
)
def mark(*, session: Session, marks: Mapping[int, str], by: Actor) -> list[Attendance]:
    """Save the register: a mark for each enrolment id. Returns those that changed. Nobody marks themselves. On a joint day the people of
    the other cohorts are marked in the same register, each at the session of their own cohort (C5).

    Saving the same again changes nothing. A changed mark reverses what was posted for the one before and posts anew.
    Raises NotPossible before the day, for a cancelled session, for an unknown mark, for somebody who does not belong, and
    for somebody who was at another session at the time or has done a whole day of something else."""
    # Whoever moves or cancels the session takes this lock too: a register is of the session as it took place. Those of a joint day are
    # taken in one order, from whichever of its pages.
    others = others_of(session) if is_open_together(session) else []
    keys = [one.pk for one in (session, *others)]
    held = Session.objects.select_for_update(of=("self",)).select_related("component").filter(pk__in=keys)
    rows = {one.pk: one for one in held.order_by("pk")}
    require_due(rows[session.pk])
    refuse_if(set(marks.values()) - set(Mark.values), "Choose one of the marks for each person.", "unknown_mark")
    people: dict[int, tuple[Session, Enrolment]] = {}
    for key in keys:
        for enrolment in people_of(rows[key]):
            people.setdefault(enrolment.pk, (rows[key], enrolment))
    refuse_if(
        set(marks) - set(people),
        "Somebody on this page is no longer on the list for this session. Reload the page.",
        "strangers",
    )
    changed: list[Attendance] = []
    for key in keys:
        given = {pk: mark for pk, mark in marks.items() if people[pk][0].pk == key}
        changed += _mark_at(rows[key], {pk: people[pk][1] for pk in given}, given, by)
    return changed


def _mark_at(
    session: Session, people: Mapping[int, Enrolment], marks: Mapping[int, str], by: Actor
) -> Iterator[Attendance]:
    """The marks of those who belong to one session."""
    _require_one_place_at_a_time(session, [people[pk] for pk, given in marks.items() if given in THERE])
    existing = {found.enrolment_id: found for found in Attendance.objects.filter(session=session)}
    for pk, given in sorted(marks.items()):
        attendance = existing.get(pk)
        if attendance is not None and attendance.mark == given:
            continue
        require_colleague(by, people[pk].participant, "You cannot mark your own attendance. Ask a colleague.")
        yield _change(session, people[pk], attendance, given, by)


def _require_one_place_at_a_time(session: Session, people: list[Enrolment]) -> None:
    """Nobody is at two sessions at the same time, of whichever of their cohorts. Raises NotPossible with everybody's name."""
    others = Attendance.objects.filter(
        mark__in=THERE,
        enrolment__participant__in=[person.participant_id for person in people],
        session__starts_at__lt=session.ends_at,
        session__ends_at__gt=session.starts_at,
    ).exclude(session=session)
    found = list(
        others.select_related("session", "enrolment__participant").order_by("enrolment__participant__full_name")
    )
    refuse_if(
        found,
        "Nobody can be at two sessions at the same time: "
        + ", ".join(
            f"{other.enrolment.participant} is marked at "
            + (f"“{other.session}”" if other.session.cohort_id == session.cohort_id else "a session of another cohort")
            for other in found
        )
        + ". Correct that register first, or mark them as absent here.",
        "two_places",
    )


def _parts(session: Session) -> list[SessionPart]:
    return list(session.parts.select_related("component"))


def _change(session: Session, enrolment: Enrolment, attendance: Attendance | None, given: str, by: Actor) -> Attendance:
    if attendance is None:
        attendance = Attendance(session=session, enrolment=enrolment)
    attendance.mark, attendance.marked_at, attendance.marked_by = given, clock.now(), person(by)
    attendance.save()
    # Reversed and posted anew rather than changed: the ledger is append-only.
    ledger.reverse_all(source=attendance, note="The register was corrected", by=by)
    worth = [
        (part, days)
        for part, whole in [(session.component, session.days), *((one.component, one.days) for one in _parts(session))]
        if (days := days_for(part, whole, given))
    ]
    for part, days in worth:
        ledger.post(
            enrolment=enrolment,
            component=part,
            days=days,
            on=timezone.localdate(session.starts_at),
            source=attendance,
            note=session.title,
            by=by,
        )
    return attendance
