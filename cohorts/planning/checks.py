"""What a coordinator would have wanted to know before a session is put into people's calendars.

Two sessions for the same people at one time are refused. All else is said on the page before it is saved, and can be
confirmed: a day off, a time that is over or outside the cohort's dates, a room or a person who is elsewhere at that time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from cohorts.extensions import about_a_room, about_a_session
from cohorts.models import Booking, Cohort, Membership, Pause, PeerGroup, SchoolHoliday, Session
from cohorts.models.enrolment import still_there
from cohorts.models.joint import others_of
from cohorts.models.membership import MembershipQuerySet
from cohorts.models.session import CohortSessionQuerySet
from cohorts.planning.bank_holidays import about_day
from cohorts.planning.rooms import room
from cohorts.states.events import BookingStatus
from steppingup import clock
from steppingup.formats import english
from steppingup.formats.recurring import WEEKDAYS

LONGEST = timedelta(hours=14)
#: So many people are named before the others are counted.
NAMED = 5


@dataclass(frozen=True)
class Meeting:
    """A session as it would be: for a cohort or one of its groups, from when to when, where, and how many days it counts in all.
    `session` is the one that it is now, where there is one."""

    cohort: Cohort
    peer_group: PeerGroup | None
    starts_at: datetime
    ends_at: datetime
    venue: str = ""
    session: Session | None = None
    days: Decimal = Decimal(0)
    #: How many people the room holds, where that is known.
    seats: int | None = None
    #: Sessions of the same joint day, by their keys: in the same room at the same time.
    joint: frozenset[int] = frozenset()

    def beside(self, session: Session) -> "Meeting":
        """The same, as a part of the joint day of this session."""
        return replace(self, joint=frozenset(one.pk for one in (session, *others_of(session))))

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
    return [
        *_about_the_day(meeting),
        *_about_the_days(meeting),
        *_about_the_room(meeting),
        *_about_the_seats(meeting),
        *_about_people(meeting),
        *_about_working_days(meeting),
        *_from_others(meeting),
    ]


def _about_the_day(meeting: Meeting) -> list[str]:
    cohort, day = meeting.cohort, timezone.localdate(meeting.starts_at)
    said = about_day(day, cohort.programme.nation)
    said += [
        f"It is in the school holidays ({one.name})."
        for one in SchoolHoliday.objects.of(cohort.programme.provider_id).at(day)
    ]
    if day < cohort.starts_on:
        said.append(f"It is before the cohort's first day, {english.day_date(cohort.starts_on)}.")
    if day > cohort.ends_on:
        said.append(f"It is after the cohort's last day, {english.day_date(cohort.ends_on)}.")
    if meeting.ends_at <= clock.now():
        said.append("It is in the past. Nobody is told or reminded; you can take its register.")
    if meeting.ends_at - meeting.starts_at > LONGEST:
        said.append(f"It ends on {english.when(meeting.ends_at)}, long after it starts.")
    return said


def _about_the_days(meeting: Meeting) -> list[str]:
    """Sessions of the same people on that date which together come to more than the one day that a person has."""
    day = timezone.localdate(meeting.starts_at)
    there = Session.objects.going_ahead().with_parts().filter(cohort=meeting.cohort, starts_at__date=day)
    others = [other for other in there if other != meeting.session]
    group = meeting.peer_group.pk if meeting.peer_group else None
    for each in dict.fromkeys([group] if group else [None, *(other.peer_group_id for other in others)]):
        due = [other for other in others if other.peer_group_id in (None, each)]
        together = meeting.days + sum((other.whole for other in due), Decimal(0))
        if due and together > 1:
            return [
                f"On {english.day_date(day)} they are due at {english.listed([f'“{other}”' for other in due])} too. Together that is "
                f"{english.days_counted(together)}, and nobody can be marked as there for more than one day a day."
            ]
    return []


def _about_the_room(meeting: Meeting) -> list[str]:
    if not (wanted := room(meeting.venue)):
        return []
    venue, provider = meeting.venue.strip(), meeting.cohort.programme.provider
    there = [other for other in meeting.meanwhile() if room(other.venue) == wanted and other.pk not in meeting.joint]
    return [
        *(f"{_said(other)} of {other.cohort} is at {venue} at the same time." for other in there[:3]),
        *(sentence for said in about_a_room(provider, venue, meeting.starts_at, meeting.ends_at) for sentence in said),
    ]


def expected_at(meeting: Meeting) -> list[tuple[int, tuple[str, str]]]:
    """How many people would be in the room, and who they are: participants, those of other cohorts on a joint day, guests. Before a cohort
    begins, all its places count."""
    due = _due(meeting).count()
    if meeting.peer_group is None and meeting.cohort.starts_on > clock.today():
        due = max(due, meeting.cohort.capacity)
    found = [(due, ("participant", "participants"))]
    if meeting.session is not None:
        others = [replace(meeting, cohort=one.cohort, peer_group=one.peer_group) for one in others_of(meeting.session)]
        found.append(
            (
                sum(_due(other).count() for other in others),
                ("participant of other cohorts", "participants of other cohorts"),
            )
        )
        booked = Booking.objects.filter(occasion__session=meeting.session, status=BookingStatus.BOOKED)
        found.append((booked.count(), ("guest", "guests")))
    return [(number, who) for number, who in found if number]


def _about_the_seats(meeting: Meeting) -> list[str]:
    if not meeting.seats:
        return []
    expected = expected_at(meeting)
    if sum(number for number, _ in expected) <= meeting.seats:
        return []
    who = [english.counted(number, *who) for number, who in expected]
    return [
        f"The room holds {english.counted(meeting.seats, 'person', 'people')}, and {english.listed(who)} are expected."
    ]


def _due(meeting: Meeting) -> MembershipQuerySet:
    """Who is due on that day."""
    day = timezone.localdate(meeting.starts_at)
    found = Membership.objects.on(day).filter(still_there(meeting.starts_at, "enrolment__"), cohort=meeting.cohort)
    found = found.exclude(enrolment__in=Pause.objects.on(day).values("enrolment"))
    return found if meeting.peer_group is None else found.filter(peer_group=meeting.peer_group)


def _about_people(meeting: Meeting) -> list[str]:
    """Participants of this cohort who are due at a session of another cohort of the provider meanwhile."""
    own = _due(meeting)
    said = []
    for other in meeting.meanwhile().exclude(cohort=meeting.cohort):
        due = _due(Meeting(other.cohort, other.peer_group, other.starts_at, other.ends_at))
        both = own.filter(enrolment__participant__in=due.values("enrolment__participant"))
        names = list(
            both.values_list("enrolment__participant__full_name", flat=True).order_by("enrolment__participant")
        )
        if names:
            said.append(
                f"{english.listed(names)} {'is' if len(names) == 1 else 'are'} due at {_said(other)} of {other.cohort}."
            )
    return said


def _about_working_days(meeting: Meeting) -> list[str]:
    """Participants who have said that they do not work on this day of the week (B7)."""
    weekday = timezone.localdate(meeting.starts_at).weekday()
    away = _due(meeting).exclude(enrolment__works_on=[]).exclude(enrolment__works_on__contains=[weekday])
    names = list(away.values_list("enrolment__participant__full_name", flat=True).order_by("enrolment__participant"))
    if not names:
        return []
    more = [english.counted(len(names) - NAMED, "other")] if len(names) > NAMED else []
    do = "does" if len(names) == 1 else "do"
    return [f"{english.listed([*names[:NAMED], *more])} {do} not work on {WEEKDAYS[weekday]}s."]


def _from_others(meeting: Meeting) -> list[str]:
    """What other apps know: a speaker who is elsewhere."""
    if meeting.session is None:
        return []
    return [
        sentence for said in about_a_session(meeting.session, meeting.starts_at, meeting.ends_at) for sentence in said
    ]
