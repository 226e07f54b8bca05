"""The meetings of a cohort: drafted from its plan, moved, cancelled, opened to line managers (B5, B11, B30)."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cohorts import messages
from cohorts.access import require_staff
from cohorts.links import absolute
from cohorts.models import Cohort, Component, Enrolment, Session
from cohorts.planning import Draft, Pattern, propose
from cohorts.queries import people_of
from cohorts.states import FROM_SESSIONS, CohortStatus, EnrolmentStatus
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import MessagePreview, preview, send_as
from steppingup.messaging.kinds import MessageKind

OVER = (CohortStatus.FINISHED, CohortStatus.CANCELLED)


def drafts_for(cohort: Cohort, pattern: Pattern) -> list[Draft]:
    """What `draft_from_plan` would make: sessions of those components that have none yet."""
    taken = Session.objects.filter(cohort=cohort).going_ahead().values("component")
    components = Component.objects.filter(plan=cohort.plan_id, kind__in=FROM_SESSIONS).exclude(pk__in=taken)
    return propose(components, list(cohort.peer_groups.all()), pattern)


@transaction.atomic
def draft_from_plan(*, cohort: Cohort, pattern: Pattern, by: Actor) -> list[Session]:
    """Make the sessions that the plan asks for, in sequence from the pattern's first day; peer learning in the gaps.

    Components that have sessions already are left alone. Raises NotPossible when nothing is left to make."""
    require_staff(by, Permission.RUN_COHORTS, cohort)
    locked = Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=cohort.pk)
    if locked.status in OVER:
        raise NotPossible(f"This cohort is {locked.get_status_display().lower()}, so it gets no more sessions.")
    drafts = drafts_for(locked, pattern)
    if not drafts:
        raise NotPossible(
            "Every part of the plan that needs sessions has some already. You can add single ones by hand."
        )
    return [
        Session.objects.create(
            cohort=locked,
            component=draft.component,
            peer_group=draft.peer_group,
            title=draft.title,
            starts_at=draft.starts_at,
            ends_at=draft.ends_at,
            days=draft.days,
            venue=locked.venue,
        )
        for draft in drafts
    ]


def _locked(session: Session) -> Session:
    found = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if found.cancelled_at:
        raise NotPossible("This session was cancelled.")
    if found.attendances.exists():
        raise NotPossible("The register of this session has been taken, so it cannot be moved or cancelled any more.")
    return found


def before_of(session: Session) -> str:
    """When and where it was to be."""
    return f"{english.span(session.starts_at, session.ends_at)}, {messages.place_of(session)}"


@transaction.atomic
def move(
    *, session: Session, starts_at: datetime, ends_at: datetime, venue: str, online_link: str = "", by: Actor
) -> Session:
    """Another time or another place. Everybody who belongs to the session is told, unless it is over; so are line
    managers who were invited to it.

    Raises NotPossible when it ends before it begins, is cancelled, or its register has been taken."""
    require_staff(by, Permission.RUN_COHORTS, session.cohort)
    found = _locked(session)
    if ends_at <= starts_at:
        raise NotPossible("The session must end after it begins.")
    new = (starts_at, ends_at, venue.strip(), online_link.strip())
    if new == (found.starts_at, found.ends_at, found.venue, found.online_link):
        raise NotPossible("Nothing is different: give another time or another place.")
    before, was_over = before_of(found), found.ends_at <= timezone.now()
    found.starts_at, found.ends_at, found.venue, found.online_link = new
    found.save(update_fields=["starts_at", "ends_at", "venue", "online_link"])
    if not (was_over and ends_at <= timezone.now()):
        _send(_letters_of_moving(found, before))
    return found


@transaction.atomic
def cancel(*, session: Session, by: Actor) -> Session:
    """The session does not take place. It stays in the calendar, crossed out; everybody who belongs to it is told."""
    require_staff(by, Permission.RUN_COHORTS, session.cohort)
    found = _locked(session)
    found.cancelled_at = timezone.now()
    found.save(update_fields=["cancelled_at"])
    if found.ends_at > timezone.now():
        _send(_letters_of_cancelling(found))
    return found


# -- who is told ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """One email about a session to somebody whom it concerns."""

    kind: MessageKind
    session: Session
    enrolments: list[Enrolment]  # those whom it is about, one at least
    to: User
    context: dict[str, Any]

    def send(self) -> None:
        send_as(
            kind=self.kind.key,
            to=self.to,
            about=self.session,
            related=[*self.enrolments, self.to],
            scopes=self.enrolments[0].message_scopes,
            context=self.context,
            reply_to=self.enrolments[0].cohort.programme.contact_email,
        )

    def preview(self) -> MessagePreview:
        scopes = self.enrolments[0].message_scopes
        return preview(kind=self.kind.key, to=self.to, scopes=scopes, context=self.context)


def _enrolled(session: Session) -> list[Enrolment]:
    return [enrolment for enrolment in people_of(session) if enrolment.status == EnrolmentStatus.ENROLLED]


def _to_participants(kind: MessageKind, session: Session, **more: Any) -> list[Letter]:
    return [
        Letter(
            kind, session, [enrolment], enrolment.participant, {**messages.about_session(session, enrolment), **more}
        )
        for enrolment in _enrolled(session)
    ]


def _to_managers(kind: MessageKind, session: Session, **more: Any) -> list[Letter]:
    """To each line manager once, whoever of their people takes part."""
    people: dict[User, list[Enrolment]] = defaultdict(list)
    for enrolment in _enrolled(session):
        if enrolment.line_manager is not None:
            people[enrolment.line_manager].append(enrolment)
    letters = []
    for manager, theirs in people.items():
        page = messages.MANAGER_WELCOME.context(theirs[0])["link"]
        context = {
            **messages.about_session(session, theirs[0]),
            "participant": english.listed(sorted(str(enrolment.participant) for enrolment in theirs)),
            "link": page if len(theirs) == 1 else absolute("cohorts:team"),
            **more,
        }
        letters.append(Letter(kind, session, theirs, manager, context))
    return letters


def _letters_of_moving(session: Session, before: str) -> list[Letter]:
    """To those who take part, and to their line managers if they were invited."""
    letters = _to_participants(messages.SESSION_MOVED, session, before=before)
    if session.managers_invited_at:
        letters += _to_managers(messages.MANAGERS_SESSION_MOVED, session, before=before)
    return letters


def _letters_of_cancelling(session: Session) -> list[Letter]:
    letters = _to_participants(messages.SESSION_CANCELLED, session)
    if session.managers_invited_at:
        letters += _to_managers(messages.MANAGERS_SESSION_CANCELLED, session)
    return letters


def _send(letters: Iterable[Letter]) -> None:
    for letter in letters:
        letter.send()


def _previews(letters: Iterable[Letter]) -> list[MessagePreview]:
    return [letter.preview() for letter in letters]


def told_of_moving(
    session: Session, *, starts_at: datetime, ends_at: datetime, venue: str, online_link: str = ""
) -> list[MessagePreview]:
    """Who would be told what if the session were moved like this: nobody, if it is over before and after."""
    now = timezone.now()
    if session.ends_at <= now and ends_at <= now:
        return []
    moved = copy(session)  # as it would be; nothing is saved
    moved.starts_at, moved.ends_at = starts_at, ends_at
    moved.venue, moved.online_link = venue.strip(), online_link.strip()
    return _previews(_letters_of_moving(moved, before_of(session)))


def told_of_cancelling(session: Session) -> list[MessagePreview]:
    return _previews(_letters_of_cancelling(session)) if session.ends_at > timezone.now() else []


def told_of_inviting(session: Session) -> list[MessagePreview]:
    return _previews(_to_managers(messages.MANAGERS_INVITED, session))


# -- line managers -------------------------------------------------------------------------------


@transaction.atomic
def invite_managers(*, session: Session, by: Actor) -> Session:
    """Invite the line managers of those who take part to a session that they are welcome at, once (B30)."""
    require_staff(by, Permission.RUN_COHORTS, session.cohort)
    found = Session.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if not found.open_to_managers:
        raise NotPossible("Say first that line managers are welcome at this session.")
    if found.managers_invited_at:
        raise NotPossible("The line managers have been invited already.")
    if found.cancelled_at or found.starts_at <= timezone.now():
        raise NotPossible("This session is over or cancelled.")
    _send(_to_managers(messages.MANAGERS_INVITED, found))
    found.managers_invited_at = timezone.now()
    found.save(update_fields=["managers_invited_at"])
    return found
