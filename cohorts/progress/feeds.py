"""What cohorts have in a person's own calendar: their sessions, and as a line manager those of their people that are to come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cohorts.models import Enrolment, Placement, Session, SessionInvitation
from cohorts.progress.planned import PlannedDay, planned_of
from cohorts.relations import LINE_MANAGER, SELF, enrolments_of
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.calendars.events import Event
from steppingup.formats import english
from steppingup.messaging.addresses import address


def own_sessions(user: User) -> Iterator[Event]:
    """The sessions of everything that somebody takes or took part in."""
    own = SessionInvitation.objects.filter(enrolment__participant=user.pk).exclude(turns=0)
    turns = {(one.session_id, one.enrolment_id): one.turns for one in own}
    for session, enrolment in _with_whom(enrolments_of(user, SELF), Q()):
        yield own_event(session, enrolment, turns.get((session.pk, enrolment.pk), 0))


def own_event(session: Session, enrolment: Enrolment, turns: int = 0) -> Event:
    """One of these, as it stands: what an invitation by email says of it too. `turns`: how many versions more than the session itself has
    were sent to them."""
    page = address("cohorts:session", enrolment.pk, session.pk)
    found = _event(session, f"session-{session.pk}", f"{session.cohort.programme}: {session}", page)
    return replace(found, sequence=found.sequence + turns)


def own_assignments(user: User) -> Iterator[Event]:
    """The days at a host that were planned, as whole days: how long each of them is stands in it."""
    for placement in _assignments(enrolments_of(user, SELF)):
        page = address("cohorts:one_assignment", placement.enrolment_id, placement.pk)
        title = f"{placement.enrolment.cohort.programme}: {placement.title}"
        contact = f"Ask for {placement.host_contact}." if placement.host_contact else ""
        for one in planned_of(placement).all:
            yield _at_host(placement, one, f"assignment-{placement.pk}-{one.on:%Y%m%d}", title, page, contact)


def managed_assignments(user: User) -> Iterator[Event]:
    """The same of somebody's people, from today on, as long as they are their people."""
    for placement in _assignments(enrolments_of(user, LINE_MANAGER)):
        page = address("cohorts:managed_calendar", placement.enrolment_id)
        title = f"{placement.enrolment.participant} at {placement.host}: {placement.title}"
        for one in planned_of(placement).coming:
            yield _at_host(placement, one, f"assignment-{placement.pk}-{one.on:%Y%m%d}-of", title, page)


def _assignments(people: Any) -> Any:
    rows = Placement.objects.filter(enrolment__in=people, enrolment__status=EnrolmentStatus.ENROLLED)
    related = ("enrolment__cohort__programme", "enrolment__participant", "component", "host")
    return rows.exclude(weekdays=[]).select_related(*related).order_by("pk")


def _at_host(placement: Placement, one: PlannedDay, key: str, title: str, page: str, contact: str = "") -> Event:
    return Event(
        key=key,
        sequence=placement.sequence,
        title=title,
        starts_at=_start(one.on),
        ends_at=_start(one.on + timedelta(days=1)),
        place=str(placement.host),
        about="\n\n".join(filter(None, (english.days_counted(one.days), contact))),
        page=page,
        is_all_day=True,
    )


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def managed_sessions(user: User) -> Iterator[Event]:
    """When somebody's people are away at the programme from now on, as long as they are their people; and days to which line
    managers were invited. What is over was perhaps another manager's."""
    people = enrolments_of(user, LINE_MANAGER).filter(status=EnrolmentStatus.ENROLLED)
    for session, enrolment in _with_whom(people, Q(ends_at__gt=clock.now())):
        page = address("cohorts:managed_calendar", enrolment.pk)
        title = f"{enrolment.participant} at {session.cohort.programme}: {session}"
        yield _event(session, f"session-{session.pk}-of-{enrolment.pk}", title, page)
        if session.managers_invited_at:
            yield _event(session, f"session-{session.pk}-invited", f"You are invited: {session}", page)


def _with_whom(people: Any, which: Q) -> Iterator[tuple[Any, Enrolment]]:
    """Sessions with those of the people who are due or were marked there, in three queries however many there are."""
    rows = {one.pk: one for one in people.select_related("participant")}
    if not rows:
        return
    related = ("cohort__programme", "component")
    sessions: Any = Session.objects.for_enrolments(list(rows)).filter(which).with_those_there(list(rows))
    for session in sessions.select_related(*related).prefetch_related("parts__component"):
        for key in sorted({*session.due, *session.marked}):
            yield session, rows[key]


def _event(session: Session, key: str, title: str, page: str) -> Event:
    about = [
        f"Counts {session.in_words}.",
        f"Join online: {session.online_link}" if session.online_link and session.venue else "",
        session.what_to_bring and f"Please bring: {session.what_to_bring}",
        session.staying_in_words,
    ]
    return Event(
        key=key,
        sequence=session.sequence,
        title=title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.venue or session.online_link,
        about="\n\n".join(filter(None, about)),
        page=page,
        is_cancelled=session.cancelled_at is not None,
        is_tentative=session.to_be_confirmed,
    )
