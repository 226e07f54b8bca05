"""Invitations to sessions by email, for people’s own calendars (iTIP): exactly those concerned have each session as it stands.

Nobody sends them: the clock compares, each minute, what everybody was sent with what is so, and sends the difference. So it makes no odds
by which of many steps somebody joins, leaves, pauses or changes groups, or a session moves, is cancelled, or comes back."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q

from cohorts.models import Apology, Enrolment, Session, SessionInvitation
from cohorts.models.inviting import Answer
from cohorts.notices import inviting as notices
from cohorts.progress.feeds import own_event
from cohorts.states import CohortStatus, EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, System
from steppingup.accounts.naming import is_own_address
from steppingup.calendars.answers import answers_in
from steppingup.calendars.invitations import cancellation, invitation

OUR_SESSION = re.compile(r"session-(\d+)@")
ANSWERS = {"ACCEPTED": Answer.ACCEPTED, "DECLINED": Answer.DECLINED, "TENTATIVE": Answer.TENTATIVE}


def keep_invited(*, by: System = SYSTEM) -> int:
    """Send what is missing, and take back what is too much. Returns how many emails were written."""
    return sum(_bring(session, enrolment, is_in) for session, enrolment, is_in in list(_differences()))


def _sessions() -> Any:
    """Those to come, and those that stand otherwise in somebody’s calendar."""
    outdated = SessionInvitation.objects.outdated().values("session")
    found = Session.objects.filter(cohort__programme__sends_invitations=True)
    found = found.filter(Q(ends_at__gt=clock.now()) | Q(pk__in=outdated))
    people = Enrolment.objects.filter(
        status=EnrolmentStatus.ENROLLED, participant__is_active=True, cohort__programme__sends_invitations=True
    )
    related = ("cohort__programme__provider", "component", "cohort__plan")
    return found.with_those_there(people).select_related(*related).prefetch_related("parts__component").order_by("pk")


def _lacks(session: Session, has: SessionInvitation | None, has_said_no: bool) -> bool:
    """Whoever said that they cannot come is not invited anew, and keeps what they have."""
    if has is not None and has.is_in:
        return has.sequence != session.sequence
    return not has_said_no and session.ends_at > clock.now()


def _differences() -> Iterator[tuple[Session, int, bool]]:
    """Each session with whoever is to have it as it is by now, or not any more, by key."""
    sessions = list(_sessions())
    sent: dict[int, dict[int, SessionInvitation]] = {}
    for one in SessionInvitation.objects.filter(session__in=sessions):
        sent.setdefault(one.session_id, {})[one.enrolment_id] = one
    said_no = set(Apology.objects.standing().at(sessions).values_list("session", "enrolment"))
    for session in sessions:
        theirs = sent.get(session.pk, {})
        goes = session.cancelled_at is None and session.cohort.status != CohortStatus.CANCELLED
        due = sorted(session.due) if goes else []
        for key in due:
            if _lacks(session, theirs.get(key), (session.pk, key) in said_no):
                yield session, key, True
        yield from ((session, key, False) for key, has in sorted(theirs.items()) if has.is_in and key not in due)


@transaction.atomic
def _bring(session: Session, key: int, is_in: bool) -> bool:
    """One email, once, whichever of two processes comes first."""
    SessionInvitation.objects.get_or_create(session=session, enrolment_id=key)
    one = SessionInvitation.objects.select_for_update(of=("self",)).get(session=session, enrolment=key)
    if one.is_in == is_in and (not is_in or one.sequence == session.sequence):
        return False
    enrolment = Enrolment.objects.for_steps().select_related("participant").get(pk=key)
    event, person = own_event(session, enrolment), enrolment.participant
    write = invitation if is_in else cancellation
    notices.send_for_calendar(session, enrolment, write(event, person.email, person.full_name), is_in=is_in)
    one.is_in, one.sequence, one.sent_at, one.answer, one.answered_at = is_in, session.sequence, clock.now(), "", None
    one.save(update_fields=["is_in", "sequence", "sent_at", "answer", "answered_at"])
    return True


def record_answer(text: str, from_email: str, *, by: System = SYSTEM) -> bool:
    """What a calendar answered by email. It changes nothing but what staff read: nobody has checked who wrote it. Returns whether it was an
    answer to an invitation that stands, from the address to which it went."""
    kept = False
    for answer in answers_in(text):
        found, said = OUR_SESSION.match(answer.uid), ANSWERS.get(answer.status)
        if not found or said is None:
            continue
        for one in SessionInvitation.objects.filter(session=int(found[1]), is_in=True).select_related(
            "enrolment__participant"
        ):
            who = one.enrolment.participant
            if is_own_address(who, answer.email) and is_own_address(who, from_email):
                one.answer, one.answered_at = said, clock.now()
                one.save(update_fields=["answer", "answered_at"])
                kept = True
    return kept
