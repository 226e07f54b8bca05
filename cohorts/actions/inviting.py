"""Invitations to sessions by email, for people’s own calendars (iTIP): exactly those concerned have each session as it stands.

Nobody sends them: the clock compares, each minute, what everybody was sent with what is so, and sends the difference. So it makes no odds
by which of many steps somebody joins, leaves, pauses or changes groups, says that they cannot come, or a session comes back. Where they
are written to anyway, as a session moves or is cancelled, that letter carries it."""

import re
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q

from cohorts.models import Apology, Enrolment, Session, SessionInvitation
from cohorts.models.inviting import Answer
from cohorts.notices import inviting as notices
from cohorts.progress.feeds import own_event
from cohorts.queries import people_of
from cohorts.states import CohortStatus, EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, System
from steppingup.accounts.naming import is_own_address
from steppingup.calendars.answers import answers_in
from steppingup.calendars.invitations import cancellation, invitation

OUR_SESSION = re.compile(r"session-(\d{1,9})@")
ANSWERS = {"ACCEPTED": Answer.ACCEPTED, "DECLINED": Answer.DECLINED, "TENTATIVE": Answer.TENTATIVE}


def keep_invited(*, by: System = SYSTEM) -> int:
    """Send what is missing, and take back what is too much. Returns how many emails were written."""
    return sum(_bring(session, enrolment, is_in) for session, enrolment, is_in in list(_differences()))


def _sessions() -> Any:
    """Those to come, and those that stand otherwise in somebody’s calendar. Of a programme that has stopped sending invitations, those to
    come that somebody still has: nobody would keep them right."""
    outdated = SessionInvitation.objects.outdated().values("session")
    to_come = Q(ends_at__gt=clock.now())
    stopped = SessionInvitation.objects.filter(is_in=True, session__cohort__programme__sends_invitations=False)
    goes_on = Q(cohort__programme__sends_invitations=True) & (to_come | Q(pk__in=outdated))
    found = Session.objects.filter(goes_on | (to_come & Q(pk__in=stopped.values("session"))))
    people = Enrolment.objects.filter(
        status=EnrolmentStatus.ENROLLED, participant__is_active=True, cohort__programme__sends_invitations=True
    )
    related = ("cohort__programme__provider", "component", "cohort__plan")
    return found.with_those_there(people).select_related(*related).prefetch_related("parts__component").order_by("pk")


def _lacks(session: Session, has: SessionInvitation | None) -> bool:
    """Is somebody who comes to be sent it as it stands by now?"""
    if has is not None and has.is_in:
        return has.sequence != session.sequence
    return session.ends_at > clock.now()


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
        come = [key for key in sorted(session.due) if (session.pk, key) not in said_no] if goes else []
        yield from ((session, key, True) for key in come if _lacks(session, theirs.get(key)))
        yield from ((session, key, False) for key, has in sorted(theirs.items()) if has.is_in and key not in come)


@transaction.atomic
def _bring(session: Session, key: int, is_in: bool) -> bool:
    """One email, once, whichever of two processes comes first."""
    _, is_first = SessionInvitation.objects.get_or_create(session=session, enrolment_id=key)
    one = SessionInvitation.objects.select_for_update(of=("self",)).get(session=session, enrolment=key)
    if one.is_in == is_in and (not is_in or one.sequence >= session.sequence):
        return False
    enrolment = Enrolment.objects.for_steps().select_related("participant").get(pk=key)
    if not is_first and one.sequence >= session.sequence:
        one.turns += 1
    notices.send_for_calendar(session, enrolment, _written(session, enrolment, is_in, one.turns), is_in=is_in)
    _keep(one, session, is_in)
    return True


def _written(session: Session, enrolment: Enrolment, is_in: bool, turns: int) -> str:
    """What goes with an email, for the reader's calendar."""
    write, person = invitation if is_in else cancellation, enrolment.participant
    return write(own_event(session, enrolment, turns), person.email, person.full_name)


def _keep(one: SessionInvitation, session: Session, is_in: bool) -> None:
    one.is_in, one.sequence, one.sent_at, one.answer, one.answered_at = is_in, session.sequence, clock.now(), "", None
    one.save(update_fields=["is_in", "sequence", "turns", "sent_at", "answer", "answered_at"])


def carried(session: Session) -> dict[int, str]:
    """What the letter that says how a session has changed carries for the calendar of each who has it, so that they get one email and not
    two: by the key of the enrolment. It is kept as sent. The caller holds the session's lock, and writes these letters."""
    if not session.cohort.programme.sends_invitations:
        return {}
    session.refresh_from_db(fields=["sequence"])  # the database has counted
    is_in = session.cancelled_at is None
    people = {one.pk: one for one in people_of(session) if one.status == EnrolmentStatus.ENROLLED}
    rows = SessionInvitation.objects.select_for_update(of=("self",)).filter(session=session, is_in=True)
    given = {}
    for one in rows.filter(enrolment__in=people).order_by("pk"):
        if is_in and one.sequence >= session.sequence:
            continue
        given[one.enrolment_id] = _written(session, people[one.enrolment_id], is_in, one.turns)
        _keep(one, session, is_in)
    return given


def record_answer(text: str, from_email: str, *, by: System = SYSTEM) -> bool:
    """What a calendar answered by email. It changes nothing but what staff read: nobody has checked who wrote it. Returns whether it was an
    answer to an invitation that stands, as it stands by now, from the address to which it went."""
    kept = False
    for answer in answers_in(text):
        found, said = OUR_SESSION.match(answer.uid), ANSWERS.get(answer.status)
        if not found or said is None:
            continue
        for one in SessionInvitation.objects.filter(session=int(found[1]), is_in=True).select_related(
            "enrolment__participant"
        ):
            who = one.enrolment.participant
            if answer.sequence is not None and answer.sequence < one.sequence + one.turns:
                continue  # of a time or a place that is not so any more; they have been asked anew
            if is_own_address(who, answer.email) and is_own_address(who, from_email):
                one.answer, one.answered_at = said, clock.now()
                one.save(update_fields=["answer", "answered_at"])
                kept = True
    return kept
