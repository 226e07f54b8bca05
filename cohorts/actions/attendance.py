"""The register of a session. Being there posts days to the ledger (B4, B5, B11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from cohorts.actions.marking import THERE, Marked, Register, key_before, require_one_place_at_a_time, taps_of
from cohorts.models import Apology, Attendance, Enrolment, Needs, RegisterMark, Session
from cohorts.models.together import registered_with
from cohorts.permissions import CohortPermission
from cohorts.queries import people_of
from cohorts.states import CohortStatus, Mark
from cohorts.states.registers import CHOICES, GIVEN, Way, what_stands
from cohorts.states.staying import NeedsReader
from steppingup import clock
from steppingup.accounts.actors import Actor, require
from steppingup.formats import english
from steppingup.formats.keys import is_key
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, Waiting, Weight, step


@dataclass(frozen=True)
class Other:
    """What another device says of somebody."""

    said: str
    label: str
    who: str
    when: datetime

    @property
    def in_words(self) -> str:
        """“Absent, by Ana Obi at 10:42am”."""
        local = timezone.localtime(self.when)
        who = f", by {self.who}" if self.who else ""
        return f"{self.label}{who} at {english.clock(local)}"


@dataclass(frozen=True)
class Line:
    """One person in the register, how they are marked (empty: not yet), what was chosen on the page but not saved, and whether they
    have said that they cannot come. `key` is the mark that stands; `others` is what other devices say of them, `lost` what could not be
    entered. `needs`: what they need to take part, where they let whoever takes the register know it."""

    enrolment: Enrolment
    mark: str
    chosen: str = ""
    has_said_no: bool = False
    key: str = ""
    stands: str = ""
    others: list[Other] = field(default_factory=list)
    lost: str = ""
    needs: str = ""

    @property
    def kind(self) -> str:
        """Present, for a part, absent or excused, whatever the part."""
        return GIVEN[self.mark].mark if self.mark else ""

    @property
    def label(self) -> str:
        return GIVEN[self.mark].label if self.mark else ""

    @property
    def shown(self) -> str:
        """Whoever said that they cannot come is excused, unless somebody marks them otherwise."""
        return self.chosen or self.mark or (Mark.EXCUSED if self.has_said_no else "")


def _other(row: RegisterMark) -> Other:
    return Other(row.given.said, row.given.label, str(row.made_by or ""), row.made_at)


def _line(enrolment: Enrolment, found: Attendance | None, rows: list[RegisterMark], **more: Any) -> Line:
    """One line, with what was tapped for this person."""
    counted = [row for row in rows if not row.refused]
    # What could not be entered is shown until something is.
    late = rows[-1] if rows and rows[-1].refused else None
    more["lost"] = f"Not entered: {_other(late).in_words}. {late.refused}" if late else ""
    if found is None:
        return Line(enrolment, "", **more)
    stands = what_stands(row.tap for row in counted)
    key = stands.tap.key if stands.tap else str(key_before(found))
    by_key = {str(row.key): row for row in counted}
    others = [_other(by_key[tap.key]) for tap in stands.others]
    words = _other(by_key[key]).in_words if others else ""
    return Line(enrolment, found.given.said, key=key, stands=words, others=others, **more)


def register_of(session: Session, chosen: Mapping[int, str] | None = None) -> list[Line]:
    """Everybody who belongs to the session, by name, with their mark."""
    marks = {one.enrolment_id: one for one in Attendance.objects.filter(session=session)}
    people = sorted(people_of(session), key=lambda enrolment: fold(str(enrolment.participant)))
    excused = set(Apology.objects.standing().at([session]).values_list("enrolment", flat=True))
    given, rows = chosen or {}, taps_of(session)
    here = session.cohort.programme.provider_id  # on a joint day they know nothing of those of others
    own = [one.participant_id for one in people if one.cohort.programme.provider_id == here]
    needs = Needs.objects.shown(NeedsReader.REGISTER, own) if clock.today() <= session.over_on else {}
    return [
        _line(
            one,
            marks.get(one.pk),
            rows.get(one.pk, []),
            chosen=given.get(one.pk, ""),
            has_said_no=one.pk in excused,
            needs=needs.get(one.participant_id, ""),
        )
        for one in people
    ]


@dataclass(frozen=True)
class Group:
    """Those of one session in a register: of one cohort on a joint day, or of one peer group of several in a room."""

    session: Session
    lines: list[Line]

    @property
    def is_of_peers(self) -> bool:
        return self.session.peer_group_id is not None


def registers_of(session: Session, chosen: Mapping[int, str] | None = None) -> list[Group]:
    """The register, and below it those with which it is taken together. Whoever sat with another group stands once, where they are
    marked."""
    groups = [Group(one, register_of(one, chosen)) for one in (session, *registered_with(session))]
    once: dict[int, Line] = {}
    for line in (line for group in groups for line in group.lines):
        known = once.setdefault(line.enrolment.pk, line)
        if line.mark and not known.mark:
            once[line.enrolment.pk] = line
    return [Group(one.session, [line for line in one.lines if once[line.enrolment.pk] is line]) for one in groups]


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
                label=label, choices=CHOICES, initial=line.mark, widget=forms.RadioSelect
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
def mark(*, session: Session, marks: Mapping[int, str], by: Actor, way: Way = Way.DESK) -> list[Attendance]:
    """Save the register: a mark for each enrolment id. Returns those that changed. Nobody marks themselves. On a joint day the people of
    the other cohorts are marked in the same register, each at the session of their own cohort (C5).

    Saving the same again changes nothing. A changed mark reverses what was posted for the one before and posts anew.
    Raises NotPossible before the day, for a cancelled session, for an unknown mark, for somebody who does not belong, and
    for somebody who was at another session at the time or has done a whole day of something else."""
    register = Register(session, by)
    require_due(register.session)
    refuse_if(set(marks.values()) - set(GIVEN), "Choose one of the marks for each person.", "unknown_mark")
    refuse_if(
        set(marks) - set(register.people),
        "Somebody on this page is no longer on the list for this session. Reload the page.",
        "strangers",
    )
    changed: list[Attendance] = []
    for key in register.keys:
        given = {pk: GIVEN[said] for pk, said in sorted(marks.items()) if register.people[pk][0].pk == key}
        there = [register.people[pk][1] for pk, one in given.items() if one.mark in THERE]
        require_one_place_at_a_time(register.rows[key], there)
        for pk, one in given.items():
            before = register.attendance_of(pk)
            if before is not None and before.given.said == one.said:
                continue
            register.require_colleague(pk)
            if made := register.enter(pk, Marked(one, way)):
                changed.append(made)
    return changed


@transaction.atomic
def settle(*, session: Session, enrolment: int, said: str, by: Actor) -> None:
    """Where two devices disagree about somebody: this is so. Raises NotPossible where nobody disagrees, or for an unknown mark."""
    require(by, CohortPermission.RUN_COHORTS, session)
    register = Register(session, by)
    require_due(register.session)
    refuse_if(said not in GIVEN, "Choose one of the marks for each person.", "unknown_mark")
    lines = {line.enrolment.pk: line for group in registers_of(session) for line in group.lines}
    refuse_if(
        enrolment not in lines or not lines[enrolment].others,
        "This was settled in the meantime. Look at the register as it stands now.",
        "same",
    )
    register.require_colleague(enrolment)
    if GIVEN[said].mark in THERE:
        require_one_place_at_a_time(register.people[enrolment][0], [register.people[enrolment][1]])
    register.enter(enrolment, Marked(GIVEN[said]))
