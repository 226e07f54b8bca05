"""The rules of a qualification as pure functions: credits, courses, months (B41, B46). Nothing here asks the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from steppingup.formats.english import counted


@dataclass(frozen=True)
class Target:
    """What must be reached: so many credits, in at least and at most so many courses."""

    credits: int
    least_courses: int
    most_courses: int


@dataclass(frozen=True)
class Standing:
    """Where a choice of courses stands. Each course that was not dropped takes one place."""

    target: Target
    chosen: tuple[int, ...] = ()
    passed: tuple[int, ...] = ()
    offered: tuple[int, ...] | None = None

    @property
    def credits(self) -> int:
        """Credits of all courses that were chosen."""
        return sum(self.chosen)

    @property
    def credits_passed(self) -> int:
        return sum(self.passed)

    @property
    def courses(self) -> int:
        return len(self.chosen)

    @property
    def room(self) -> int:
        """How many more courses may be chosen."""
        return max(0, self.target.most_courses - self.courses)

    @property
    def missing_credits(self) -> int:
        return max(0, self.target.credits - self.credits)

    @property
    def missing_courses(self) -> int:
        return max(0, self.target.least_courses - self.courses)

    @property
    def is_complete(self) -> bool:
        """Would it do, if every course is passed?"""
        return not self.missing_credits and not self.missing_courses and self.courses <= self.target.most_courses

    @property
    def is_reached(self) -> bool:
        """Are the courses that are passed enough?"""
        enough = self.credits_passed >= self.target.credits
        return enough and self.target.least_courses <= len(self.passed) <= self.target.most_courses

    @property
    def reachable(self) -> int:
        """The most credits that this choice can still come to, with what is on offer."""
        return most_credits(self.target, self.chosen, self.offered or ())

    @property
    def is_dead_end(self) -> bool:
        """Can no further choice make it complete? Where the offer is not known, only a full choice is one."""
        if self.offered is None:
            return not self.is_complete and not self.room
        return not can_complete(self.target, self.chosen, self.offered)

    @property
    def of_credits(self) -> str:
        """“of 13 credits”, after a number."""
        return f"of {counted(self.target.credits, 'credit', 'credits')}"

    @property
    def chosen_in_words(self) -> str:
        """“chosen, in 2 courses”."""
        return f"chosen, in {counted(self.courses, 'course', 'courses')}" if self.courses else "chosen so far"

    @property
    def counts_in_words(self) -> str:
        """“passed, 4 more chosen”."""
        more = self.credits - self.credits_passed
        return f"passed, {more} more chosen" if more else "passed"

    @property
    def in_words(self) -> str:
        """What is missing, and what to do about it, in a sentence or two."""
        if self.is_complete:
            return "You have chosen all your courses."
        if self.is_dead_end:
            return self._dead_end_in_words
        if self.missing_credits:
            again = "more " if self.courses else ""
            need = counted(self.missing_credits, f"{again}credit", f"{again}credits")
            least, most = self.missing_courses, counted(self.room, f"{again}course", f"{again}courses")
            if least > 1:
                return f"Choose {need}, in {f'{least} to ' if least < self.room else ''}{most}."
            return f"Choose {need}; you can take {most}."
        need = counted(self.missing_courses, "more course", "more courses")
        return f"You have enough credits. Choose {need}, because at least {self.target.least_courses} are needed."

    @property
    def _dead_end_in_words(self) -> str:
        have = f"Your {counted(self.courses, 'course gives', 'courses give')} {self.credits} of {self.target.credits}"
        if not self.room:
            return f"{have} credits, and you cannot take any more courses. Drop one and choose one with more credits."
        if not self.offered:
            return f"{have} credits, and there are no other courses to choose. Ask us which courses are coming up."
        more = counted(self.room, "more course", "more courses")
        reach = f"With {more} you could reach at most {self.reachable}."
        return f"{have} credits. {reach} Drop one, and choose one with more credits."


def most_credits(target: Target, chosen: Sequence[int], offered: Iterable[int]) -> int:
    """The most credits that `chosen` can come to by adding courses on offer, within the most courses."""
    room = max(0, target.most_courses - len(chosen))
    return sum(chosen) + sum(sorted(offered, reverse=True)[:room])


def can_complete(target: Target, chosen: Sequence[int], offered: Sequence[int]) -> bool:
    """Is there any way from this choice to a complete one? Adding the largest courses first decides it."""
    if len(chosen) > target.most_courses or len(chosen) + len(offered) < target.least_courses:
        return False
    return most_credits(target, chosen, offered) >= target.credits


@dataclass(frozen=True)
class Verdict:
    """May this course be added? `refused` is a sentence why not; `warning` a sentence why it is unwise."""

    refused: str = ""
    warning: str = ""


def check_adding(target: Target, chosen: Sequence[int], credits: int, others: Sequence[int]) -> Verdict:
    """Look at adding a course of so many credits. `others` are the courses on offer besides it and those chosen.

    It is refused when there is no place left, and warned about when no further choice could then reach the target
    without dropping something again."""
    if len(chosen) >= target.most_courses:
        most = counted(target.most_courses, "course", "courses")
        return Verdict(refused=f"You have chosen {most}, which is the maximum. Drop one before you choose another.")
    after = [*chosen, credits]
    if can_complete(target, after, others) or not can_complete(target, chosen, [credits, *others]):
        return Verdict()
    reach = most_credits(target, after, others)
    return Verdict(
        warning=f"With this course you could reach at most {reach} of {target.credits} credits, because no more than "
        f"{counted(target.most_courses, 'course counts', 'courses count')}. Choose one with more credits instead."
    )
