"""The only writer of registers. Every mark is a row that is added; what stands of them is the register, and posts its days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from django.utils import timezone

from cohorts.actions import days as ledger
from cohorts.models import Attendance, Component, Enrolment, RegisterMark, Session
from cohorts.models.plan import HUNDREDTH, MILLIONTH
from cohorts.models.together import registered_with
from cohorts.queries import people_of
from cohorts.states import Mark, Unit
from cohorts.states.registers import HALF, Given, Tap, Way, what_stands
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.restoring import Back, keep

THERE = (Mark.PRESENT, Mark.PART)


def days_for(component: Component, days: Decimal, mark: str, share: Decimal | None = None) -> Decimal:
    """What a mark is worth of a part: the session's days of it, so much of them, or none."""
    if mark == Mark.PRESENT:
        return days
    if mark == Mark.PART:
        finest = HUNDREDTH if component.unit == Unit.DAYS else MILLIONTH
        return (days * (share or HALF)).quantize(finest, ROUND_HALF_UP)
    return Decimal(0)


@dataclass(frozen=True)
class Marked:
    """A mark that is to be entered: which, and how it was made."""

    given: Given
    way: Way = Way.DESK
    key: UUID = field(default_factory=uuid4)
    device: str = ""
    made_at: datetime = field(default_factory=clock.now)
    saw: str = ""
    settles: bool = True


def key_before(attendance: Attendance) -> UUID:
    """The key of a mark that was made before marks were kept one by one."""
    return uuid5(NAMESPACE_OID, f"cohorts.attendance.{attendance.pk}")


class Register:
    """The registers of a session, and of those with which it is taken together (`registered_with`), under their locks.

    Whoever moves or cancels a session takes its lock too: a register is of the session as it took place. Several are taken in
    one order, from whichever of its pages."""

    def __init__(self, session: Session, by: Actor) -> None:
        self.by = by
        self.keys = [one.pk for one in (session, *registered_with(session))]
        held = Session.objects.select_for_update(of=("self",)).select_related("component").filter(pk__in=self.keys)
        self.rows = {one.pk: one for one in held.order_by("pk")}
        self.session = self.rows[session.pk]
        found = Attendance.objects.filter(session__in=self.keys)
        self.attendances = {(one.session_id, one.enrolment_id): one for one in found}
        self.people: dict[int, tuple[Session, Enrolment]] = {}
        for key in self.keys:
            for enrolment in people_of(self.rows[key]):
                at = self.people.setdefault(enrolment.pk, (self.rows[key], enrolment))[0].pk
                # Whoever sat with another group is marked where they sat.
                if (at, enrolment.pk) not in self.attendances and (key, enrolment.pk) in self.attendances:
                    self.people[enrolment.pk] = self.rows[key], enrolment
        self._taps: dict[int, list[Tap]] = {pk: [] for pk in self.people}
        for row in RegisterMark.objects.counted().filter(session__in=self.keys):
            self._taps.setdefault(row.enrolment_id, []).append(row.tap)

    def attendance_of(self, pk: int) -> Attendance | None:
        return self.attendances.get((self.people[pk][0].pk, pk))

    def require_colleague(self, pk: int) -> None:
        require_colleague(
            self.by, self.people[pk][1].participant, "You cannot mark your own attendance. Ask a colleague."
        )

    def enter(self, pk: int, marked: Marked) -> Attendance | None:
        """Add a mark for this person, and let the register follow. Returns what changed in it, if anything did."""
        session, enrolment = self.people[pk]
        attendance, taps = self.attendance_of(pk), self._taps[pk]
        if attendance is not None and not taps:
            kept = Marked(
                attendance.given, Way.KEPT, key_before(attendance), made_at=attendance.marked_at, settles=False
            )
            taps.append(self._add(session, enrolment, kept, attendance.marked_by).tap)
        taps.append(self._add(session, enrolment, marked, person(self.by)).tap)
        stands = what_stands(taps).tap
        if stands is None or stands.key != str(marked.key):
            return None
        if attendance is not None and attendance.given.said == marked.given.said:
            return None
        changed = _change(session, enrolment, attendance, marked.given, self.by)
        self.attendances[session.pk, pk] = changed
        return changed

    def forget(self, pk: int) -> None:
        """What was entered for this person was undone: read anew what there is."""
        session, enrolment = self.people[pk]
        rows = RegisterMark.objects.counted().filter(session=session, enrolment=enrolment)
        self._taps[pk] = [row.tap for row in rows]
        self.attendances.pop((session.pk, pk), None)
        if found := Attendance.objects.filter(session=session, enrolment=enrolment).first():
            self.attendances[session.pk, pk] = found

    def keep_refused(self, pk: int, marked: Marked, why: str) -> None:
        """A mark that cannot be entered is kept all the same, with why."""
        session, enrolment = self.people[pk]
        self._add(session, enrolment, marked, person(self.by), refused=why[:400])

    @staticmethod
    def _add(session: Session, enrolment: Enrolment, marked: Marked, by: Any, refused: str = "") -> RegisterMark:
        return RegisterMark.objects.create(
            session=session,
            enrolment=enrolment,
            key=marked.key,
            mark=marked.given.mark,
            share=marked.given.share,
            way=marked.way,
            device=marked.device,
            made_at=marked.made_at,
            made_by=by,
            saw=marked.saw,
            settles=marked.settles,
            refused=refused,
        )


def require_one_place_at_a_time(session: Session, people: list[Enrolment]) -> None:
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


def _change(
    session: Session, enrolment: Enrolment, attendance: Attendance | None, given: Given, by: Actor
) -> Attendance:
    if attendance is None:
        attendance = Attendance(session=session, enrolment=enrolment)
    attendance.mark, attendance.share = given
    attendance.marked_at, attendance.marked_by = clock.now(), person(by)
    attendance.save()
    # Reversed and posted anew rather than changed: the ledger is append-only.
    ledger.reverse_all(source=attendance, note="The register was corrected", by=by)
    parts = session.parts.select_related("component")
    for part, whole in [(session.component, session.days), *((one.component, one.days) for one in parts)]:
        if days := days_for(part, whole, *given):
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


def taps_of(session: Session) -> Mapping[int, list[RegisterMark]]:
    """What was tapped at a session, by enrolment, in the order in which it was received; also what could not be entered."""
    found: dict[int, list[RegisterMark]] = {}
    for row in RegisterMark.objects.filter(session=session).select_related("made_by").order_by("pk"):
        found.setdefault(row.enrolment_id, []).append(row)
    return found


def _said_no_more(row: RegisterMark, back: Back) -> None:
    """Marks are only ever added: a mark that is taken back is followed by what stood before it."""
    if row.way == Way.KEPT:
        return
    rows = RegisterMark.objects.counted().filter(session=row.session_id, enrolment=row.enrolment_id, pk__lt=row.pk)
    before = what_stands(one.tap for one in rows).tap
    stood = next((one.given for one in rows if before and str(one.key) == before.key), Given(""))
    RegisterMark.objects.create(
        session_id=row.session_id,
        enrolment_id=row.enrolment_id,
        key=uuid4(),
        mark=stood.mark,
        share=stood.share,
        way=Way.BACK,
        made_by=person(back.by),
        settles=True,
    )


keep(
    RegisterMark, made=_said_no_more, unless="a mark stays in the record of the register, followed by what stood before"
)
