"""What a coordinator would have wanted to know before a session is put into people's calendars.

Two sessions for the same people at one time are refused. All else is said on the page before it is saved, and can be
confirmed: a day off, a time that is over or outside the cohort's dates, a room or a person who is elsewhere at that time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from cohorts.extensions import about_a_session
from cohorts.models import Cohort, Membership, PeerGroup, Session
from cohorts.models.session import CohortSessionQuerySet
from cohorts.planning.bank_holidays import why_day_off
from steppingup.formats import english

LONGEST = timedelta(hours=14)


@dataclass(frozen=True)
class Meeting:
    """A session as it would be: for a cohort or one of its groups, from when to when, and where. `session` is the one that it
    is now, where there is one."""

    cohort: Cohort
    peer_group: PeerGroup | None
    starts_at: datetime
    ends_at: datetime
    venue: str = ""
    session: Session | None = None

    def meanwhile(self) -> CohortSessionQuerySet:
        """Other sessions of the same provider at the same time."""
        found = Session.objects.going_ahead().filter(
            cohort__programme__provider=self.cohort.programme.provider_id,
            starts_at__lt=self.ends_at,
            ends_at__gt=self.starts_at,
        )
        others = found.exclude(pk=self.session.pk) if self.session else found
        return others.select_related("cohort__programme", "peer_group")


def _said(session: Session) -> str:
    group = f" of {session.peer_group}" if session.peer_group else ""
    return f"“{session}”{group} ({english.span(session.starts_at, session.ends_at)})"


def why_not(meeting: Meeting) -> str:
    """A sentence when the same people are due at another session at that time; empty when they are free."""
    same = meeting.meanwhile().filter(cohort=meeting.cohort)
    if meeting.peer_group is not None:
        same = same.filter(Q(peer_group=None) | Q(peer_group=meeting.peer_group))
    other = same.first()
    if other is None:
        return ""
    who = other.peer_group or meeting.peer_group or "the cohort"
    return f"At that time {who} is due at {_said(other)}. Choose another time, or move or cancel that session first."


def warnings(meeting: Meeting) -> list[str]:
    """Sentences about what speaks against it, the day first; none when nothing does."""
    return [*_about_the_day(meeting), *_about_the_room(meeting), *_about_people(meeting), *_from_others(meeting)]


def _about_the_day(meeting: Meeting) -> list[str]:
    cohort, day = meeting.cohort, timezone.localdate(meeting.starts_at)
    said = []
    if off := why_day_off(day, cohort.programme.nation):
        said.append(f"{english.day_date(day)} is {off}.")
    if day < cohort.starts_on:
        said.append(f"It is before the cohort's first day, {english.day_date(cohort.starts_on)}.")
    if day > cohort.ends_on:
        said.append(f"It is after the cohort's last day, {english.day_date(cohort.ends_on)}.")
    if meeting.ends_at <= timezone.now():
        said.append("It is in the past. Nobody is told or reminded; you can take its register.")
    if meeting.ends_at - meeting.starts_at > LONGEST:
        said.append(f"It ends on {english.when(meeting.ends_at)}, long after it starts.")
    return said


def _about_the_room(meeting: Meeting) -> list[str]:
    venue = " ".join(meeting.venue.split())
    if not venue:
        return []
    pattern = r"^\s*" + r"\s+".join(_escaped(word) for word in venue.split()) + r"\s*$"
    there = meeting.meanwhile().filter(venue__iregex=pattern)
    return [f"{_said(other)} of {other.cohort} is at {venue} at the same time." for other in there[:3]]


def _escaped(word: str) -> str:
    """The word as a pattern of PostgreSQL that means itself."""
    return "".join(sign if sign.isalnum() else f"\\{sign}" for sign in word)


def _about_people(meeting: Meeting) -> list[str]:
    """Participants of this cohort who are due at a session of another cohort of the provider meanwhile."""
    day = timezone.localdate(meeting.starts_at)
    own = Membership.objects.on(day).filter(cohort=meeting.cohort)
    if meeting.peer_group is not None:
        own = own.filter(peer_group=meeting.peer_group)
    said = []
    for other in meeting.meanwhile().exclude(cohort=meeting.cohort):
        due = Membership.objects.on(timezone.localdate(other.starts_at)).filter(cohort=other.cohort_id)
        if other.peer_group_id:
            due = due.filter(peer_group=other.peer_group_id)
        both = own.filter(enrolment__participant__in=due.values("enrolment__participant"))
        names = list(
            both.values_list("enrolment__participant__full_name", flat=True).order_by("enrolment__participant")
        )
        if names:
            said.append(
                f"{english.listed(names)} {'is' if len(names) == 1 else 'are'} due at {_said(other)} of {other.cohort}."
            )
    return said


def _from_others(meeting: Meeting) -> list[str]:
    """What other apps know: a speaker who is elsewhere."""
    if meeting.session is None:
        return []
    return [
        sentence for said in about_a_session(meeting.session, meeting.starts_at, meeting.ends_at) for sentence in said
    ]
