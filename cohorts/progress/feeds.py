"""What cohorts have in a person's own calendar: their sessions, and as a line manager those of their people that are to come."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from cohorts.models import Enrolment, Session
from cohorts.relations import LINE_MANAGER, SELF, enrolments_of
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.calendars.events import Event
from steppingup.messaging.addresses import address


def own_sessions(user: User) -> Iterator[Event]:
    """The sessions of everything that somebody takes or took part in."""
    for session, enrolment in _with_whom(enrolments_of(user, SELF), Q()):
        yield own_event(session, enrolment)


def own_event(session: Session, enrolment: Enrolment) -> Event:
    """One of these, as it stands: what an invitation by email says of it too."""
    page = address("cohorts:session", enrolment.pk, session.pk)
    return _event(session, f"session-{session.pk}", f"{session.cohort.programme}: {session}", page)


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
