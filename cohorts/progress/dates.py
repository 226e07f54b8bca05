"""A participant's dates: the cohort's sessions and those of their own peer group, past and coming."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Subquery, Window
from django.utils import timezone

from cohorts.models import Apology, Attendance, Enrolment, Session
from cohorts.states import Mark
from cohorts.states.registers import HALF, SHARE_WORDS, Given
from steppingup import clock
from steppingup.site.sections import once

NEXT = 3  # sessions on a front page
#: How a mark reads to the participant, and which group of colours its tag has.
TAGS = {
    Mark.PRESENT: ("You were there", "good"),
    Mark.ABSENT: ("You were not there", "bad"),
    Mark.EXCUSED: ("You were excused", "over"),
}


@dataclass(frozen=True)
class Date:
    """One session as the participant, or their line manager, sees it."""

    session: Session
    mark: str
    is_past: bool
    is_next: bool = False
    has_said_no: bool = False
    share: Decimal | None = None
    #: It is to come, on a day on which they do not work.
    is_day_off: bool = False

    @property
    def is_cancelled(self) -> bool:
        return self.session.cancelled_at is not None

    @property
    def tag(self) -> tuple[str, str]:
        """Words and colour group for the participant."""
        if self.is_cancelled:
            return "Cancelled", "bad"
        if self.mark == Mark.PART:
            return f"You were there for {SHARE_WORDS[self.share or HALF]} of it", "good"
        if self.mark:
            return TAGS[Mark(self.mark)]
        if self.has_said_no:
            return ("You said you could not come" if self.is_past else "You said you cannot come"), "waiting"
        if self.is_past:
            return "Register not taken yet", "waiting"
        if self.session.to_be_confirmed:
            return "To be confirmed", "waiting"
        return ("Next", "open") if self.is_next else ("To come", "over")

    @property
    def has_news(self) -> bool:
        """A date that is simply to come needs no tag."""
        return bool(
            self.is_cancelled
            or self.mark
            or self.is_past
            or self.is_next
            or self.has_said_no
            or self.session.to_be_confirmed
        )

    @property
    def can_answer(self) -> bool:
        """Can the participant still say that they cannot come, or that they can?"""
        return not (self.is_cancelled or self.mark or self.is_past)

    @property
    def plain_tag(self) -> str:
        """The same for somebody else's eyes."""
        if self.is_cancelled or not (self.mark or self.has_said_no):
            return self.tag[0]
        return Given(self.mark, self.share).label if self.mark else "Has said they cannot come"


@dataclass(frozen=True)
class Month:
    title: str
    dates: list[Date]
    is_past: bool


def dates_of(enrolment: Enrolment, now: datetime | None = None) -> list[Date]:
    """Every session of this participant in order, in one query: from when they joined, until they left, each as of its
    day."""
    now = now or clock.now()
    own = Attendance.objects.filter(session=OuterRef("pk"), enrolment=enrolment).order_by()
    mark, share = Subquery(own.values("mark")[:1]), Subquery(own.values("share")[:1])
    found = Session.objects.for_enrolment(enrolment).select_related("component")
    apology = Apology.objects.standing().filter(session=OuterRef("pk"), enrolment=enrolment)
    found = found.with_parts().annotate(own_mark=mark, own_share=share, said_no=Exists(apology))
    sessions: list[Any] = list(found)
    coming = (s for s in sessions if s.ends_at > now and s.cancelled_at is None and not s.own_mark)
    first = next(coming, None)
    return [
        Date(
            session,
            session.own_mark or "",
            session.ends_at <= now,
            first is not None and session.pk == first.pk,
            session.said_no,
            session.own_share,
            bool(enrolment.works_on)
            and session.ends_at > now
            and not enrolment.works_at(timezone.localdate(session.starts_at)),
        )
        for session in sessions
    ]


def date_of(session: Session, enrolment: Enrolment) -> Date:
    """One of them."""
    return next(date for date in dates_on_page(enrolment) if date.session.pk == session.pk)


def coming_of(enrolment: Enrolment) -> Any:
    """The sessions to come of this participant: not over, going ahead, and not marked yet; in order of time."""
    marked = Attendance.objects.filter(session=OuterRef("pk"), enrolment=enrolment)
    coming = Session.objects.for_enrolment(enrolment).going_ahead().after(clock.now())
    return coming.filter(~Exists(marked)).order_by("starts_at", "pk")


class Ahead(NamedTuple):
    """The next sessions, and how many there are to come with these."""

    next: list[Session]
    number: int


def ahead_on_page(enrolment: Enrolment) -> Ahead:
    """What is next, in one query and with no more than the next few sessions; worked out once for a page."""

    def found() -> Ahead:
        rows: list[Any] = list(
            coming_of(enrolment).annotate(number=Window(Count("pk"))).order_by("starts_at", "pk")[:NEXT]
        )
        return Ahead(rows, rows[0].number if rows else 0)

    return once(("ahead", enrolment.pk), found)


def dates_on_page(enrolment: Enrolment) -> list[Date]:
    """The same as `dates_of`, worked out once for a page of sections."""
    return once(("dates", enrolment.pk), lambda: dates_of(enrolment))


def months(dates: list[Date]) -> list[Month]:
    """The dates by month (“March 2020”), in order."""

    def month_of(date: Date) -> str:
        return f"{timezone.localtime(date.session.starts_at):%B %Y}"

    grouped = ((title, list(group)) for title, group in groupby(dates, month_of))
    return [Month(title, group, all(date.is_past for date in group)) for title, group in grouped]
