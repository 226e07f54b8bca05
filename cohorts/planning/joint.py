"""A joint day in numbers, programme by programme: what each of those who run it may know of the others (C5)."""

from collections import Counter
from dataclasses import dataclass

from cohorts.models import Attendance, Session
from cohorts.models.joint import others_of
from cohorts.queries import people_of
from cohorts.states import Mark


@dataclass(frozen=True)
class Count:
    """How many of one cohort were expected, and how they are marked."""

    session: Session
    expected: int
    marks: Counter[str]

    @property
    def programme(self) -> str:
        return str(self.session.cohort.programme)

    @property
    def provider(self) -> str:
        return str(self.session.cohort.programme.provider)

    @property
    def present(self) -> int:
        return self.marks[Mark.PRESENT]

    @property
    def part(self) -> int:
        return self.marks[Mark.PART]

    @property
    def absent(self) -> int:
        return self.marks[Mark.ABSENT]

    @property
    def excused(self) -> int:
        return self.marks[Mark.EXCUSED]

    @property
    def unmarked(self) -> int:
        return self.expected - self.marks.total()


def counts_of(session: Session) -> list[Count]:
    """The session's own cohort first, then the others of the day."""
    every = [session, *others_of(session)]
    marks: dict[int, Counter[str]] = {one.pk: Counter() for one in every}
    for key, mark in Attendance.objects.filter(session__in=every).values_list("session", "mark"):
        marks[key][mark] += 1
    return [Count(one, len(people_of(one)), marks[one.pk]) for one in every]
