"""Marks that an attendance file of Teams or Zoom proposes: who is who, and what their minutes come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cohorts.models import Enrolment, Session
from cohorts.states import Mark
from cohorts.states.registers import Given
from steppingup.formats import sameness
from steppingup.formats.meetings import Attended

#: From which part of its time somebody counts as having been there, where nobody says otherwise; in percent.
USUAL = 80
QUARTERS = 4


@dataclass(frozen=True)
class Proposal:
    """One person of the register: what the file says of them, and the mark that it comes to."""

    enrolment: Enrolment
    row: Attended | None
    said: str


@dataclass(frozen=True)
class Doubtful:
    """A row of the file that is nobody's by its address or name, and whom it may mean."""

    number: int
    row: Attended
    maybe: list[Enrolment]


def minutes_of(session: Session) -> int:
    return max(1, round((session.ends_at - session.starts_at).total_seconds() / 60))


def mark_for(minutes: int, whole: int, present_from: int) -> Given:
    """Present from so many percent of the time; else the nearest quarter of it; absent below an eighth."""
    if minutes * 100 >= whole * present_from:
        return Given(Mark.PRESENT)
    quarters = int((Decimal(minutes) * QUARTERS / whole).quantize(Decimal(1), ROUND_HALF_UP))
    if quarters == 0:
        return Given(Mark.ABSENT)
    return Given(Mark.PART, Decimal(min(quarters, QUARTERS - 1)) / QUARTERS)


def whose(
    rows: Sequence[Attended], people: Sequence[Enrolment], told: Mapping[int, int]
) -> tuple[dict[int, list[Attended]], list[Doubtful]]:
    """Which rows are whose: as somebody has told (number of the row to enrolment), by the address, or by a name that only one of them
    has. What remains is doubtful."""
    by_pk = {one.pk: one for one in people}
    by_email = {sameness.address(one.participant.email): one for one in people}
    names: dict[str, list[Enrolment]] = {}
    for one in people:
        names.setdefault(sameness.person(one.participant.full_name), []).append(one)
    found: dict[int, list[Attended]] = {}
    open_: list[tuple[int, Attended]] = []
    for number, row in enumerate(rows):
        same = names.get(sameness.person(row.name), [])
        known = by_pk.get(told.get(number, 0)) or by_email.get(row.email) or (same[0] if len(same) == 1 else None)
        if known is None:
            open_.append((number, row))
        else:
            found.setdefault(known.pk, []).append(row)
    left = {str(one.participant): one for one in people if one.pk not in found}
    return found, [
        Doubtful(number, row, [left[name] for name in sameness.alike(row.name, left)]) for number, row in open_
    ]


def proposals(
    session: Session, people: Sequence[Enrolment], found: Mapping[int, Sequence[Attended]], present_from: int
) -> list[Proposal]:
    """A mark for each person: by their minutes, and absent for whoever is not in the file."""
    whole, made = minutes_of(session), []
    for one in people:
        rows = found.get(one.pk, [])
        minutes = min(sum(row.minutes for row in rows), whole)
        row = Attended(rows[0].name, rows[0].email, minutes) if rows else None
        made.append(Proposal(one, row, mark_for(minutes, whole, present_from).said if row else str(Mark.ABSENT)))
    return made
