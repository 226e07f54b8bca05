"""How the people of a line manager are getting on, and who of them needs attention first: what the manager may see, and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef

from cohorts.agreements import on_page
from cohorts.journal import read_by
from cohorts.models import Attendance, CoachingRequest, Enrolment, Membership, Session, ThreeWayReview
from cohorts.models.enrolment import EnrolmentQuerySet
from cohorts.models.membership import DayOf
from cohorts.progress import Progress, progress_of_many
from cohorts.progress.conversations import overdue
from cohorts.progress.forecast import Forecast, forecasts_of
from cohorts.relations import LINE_MANAGER
from cohorts.states import EnrolmentStatus, Mark, Signatory
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats import english

#: So many sessions one after the other.
RUNNING = 2


@dataclass(frozen=True)
class Member:
    """One of the manager's people: `waits` is what is asked of the manager, `worries` is what speaks for talking with them soon."""

    enrolment: Enrolment
    progress: Progress
    forecast: Forecast | None
    next: Session | None
    marks: tuple[str, ...]
    waits: tuple[str, ...]
    worries: tuple[str, ...]

    @property
    def attended(self) -> int:
        return sum(mark in (Mark.PRESENT, Mark.PART) for mark in self.marks)

    @property
    def marked(self) -> int:
        return len(self.marks)

    @property
    def order(self) -> tuple[bool, bool, bool, int, str, int]:
        """Who needs attention comes first; whoever is not on it any more comes last."""
        one = self.enrolment
        is_lost = bool(self.forecast and self.forecast.is_out_of_reach)
        number = len(self.waits) + len(self.worries)
        has_left = one.status != EnrolmentStatus.ENROLLED
        return has_left, not is_lost, not self.worries, -number, str(one.participant), one.pk


def with_asks(people: EnrolmentQuerySet, manager: User) -> EnrolmentQuerySet:
    """With what `team_of` reads of each: the marks of the days on which they were the manager's (what was before is not theirs to see),
    reviews to sign, coaching to support or not, and journal entries to read."""
    theirs = Membership.objects.filter(enrolment=OuterRef("enrolment"), line_manager=manager)
    marks = Attendance.objects.filter(
        Exists(theirs.on(DayOf(OuterRef("session__starts_at")))), enrolment=OuterRef("pk")
    )
    reviews = ThreeWayReview.objects.of_manager(manager).lacking(Signatory.EMPLOYER).filter(enrolment=OuterRef("pk"))
    entries = read_by(manager, as_what=LINE_MANAGER).to_read().filter(entry__enrolment=OuterRef("pk"))
    coaching = CoachingRequest.objects.with_employer().filter(enrolment=OuterRef("pk"))
    return people.annotate(
        marks_seen=ArraySubquery(marks.order_by("session__starts_at").values("mark")),
        reviews_due=ArraySubquery(reviews.order_by().values("pk")),
        coaching_due=ArraySubquery(coaching.order_by().values("pk")),
        entries_due=ArraySubquery(entries.order_by().values("pk")),
    )


def team_of(people: Sequence[Any]) -> list[Member]:
    """The same number of queries for one person as for thirty. They come with their participant, cohort, programme, what is to be
    signed (`with_agreements`) and what is asked (`with_asks`)."""
    here = [one for one in people if one.status == EnrolmentStatus.ENROLLED]
    progress = progress_of_many(people)
    begun = [one for one in here if one.cohort.starts_on <= clock.today()]
    forecasts = forecasts_of(begun, progress) if begun else {}
    coming = _coming(here)
    silent = overdue(here)
    members = []
    for one in people:
        found = forecasts.get(one.pk)
        given = one.marks_seen
        since = silent[one.pk][0] if one.pk in silent else None
        members.append(
            Member(
                one,
                progress[one.pk].in_quarters(),
                found,
                next((each for each in coming if _is_for(each, one)), None),
                tuple(given),
                tuple(_waits(one)),
                tuple(_worries(found, given, f"no conversation since {english.day_date(since)}" if since else "")),
            )
        )
    return sorted(members, key=lambda member: member.order)


def _coming(people: Sequence[Enrolment]) -> list[Session]:
    cohorts = {one.cohort_id for one in people}
    return list(Session.objects.going_ahead().after(clock.now()).filter(cohort__in=cohorts)) if cohorts else []


def _is_for(session: Session, one: Enrolment) -> bool:
    if one.status != EnrolmentStatus.ENROLLED:
        return False
    return session.cohort_id == one.cohort_id and session.peer_group_id in (None, one.peer_group_id)


def _waits(one: Any) -> list[str]:
    """What their own page asks of the manager, but for a talk, which is a worry."""
    if one.status != EnrolmentStatus.ENROLLED:
        return []
    agreements = sum(Signatory.EMPLOYER in each.missing for each in on_page(one))
    numbers = (
        (agreements, "agreement to sign", "agreements to sign"),
        (len(one.reviews_due), "review to sign", "reviews to sign"),
        (len(one.coaching_due), "question about coaching", "questions about coaching"),
        (len(one.entries_due), "journal entry to read", "journal entries to read"),
    )
    return [english.counted(number, *words) for number, *words in numbers if number]


def _worries(forecast: Forecast | None, marks: list[str], silence: str) -> list[str]:
    found = []
    if forecast and forecast.is_out_of_reach:
        found.append("completing is out of reach without making up for something")
    elif forecast and forecast.is_short:
        found.append(f"{max(forecast.gaps, key=lambda gap: gap.short).short_in_words} short at this pace")
    if marks[-RUNNING:] == [Mark.ABSENT] * RUNNING:
        found.append("absent the last two times")
    return [*found, *filter(None, (silence,))]
