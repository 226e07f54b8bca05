"""What people’s calendars ask of staff by email: another time for a session, and that somebody does not come to an event that they had
booked. It does nothing but stand among the replies: nobody has checked who wrote it."""

import re
from typing import Any

from django.contrib.contenttypes.models import ContentType

from cohorts.models import Booking, Session, SessionInvitation
from cohorts.notices.events import version_for
from cohorts.states.events import EventStatus
from steppingup.accounts.naming import is_own_address
from steppingup.calendars.answers import CalendarAnswer, Proposal, answers_in, proposals_in
from steppingup.formats import english
from steppingup.formats.sameness import same_address
from steppingup.messaging.models import Message

OUR_SESSION = re.compile(r"session-(\d{1,9})@")
OUR_EVENT = re.compile(r"event-(\d{1,9})@")
NOT_COMING = {"DECLINED": "they do not come", "TENTATIVE": "they may not come"}
SAID = {"ACCEPTED": "they come", **NOT_COMING}


def accepts_booking(text: str, from_email: str) -> bool:
    """Somebody’s calendar says that they come to what they have booked: nobody has to read that."""
    return any(
        answer.status == "ACCEPTED" and _booking(answer, from_email, answer.sequence) for answer in answers_in(text)
    )


def asked_of_staff(text: str, from_email: str) -> tuple[Message | None, str] | None:
    """What staff are to read, in a sentence, and the email that it is about; without one, where it says itself which it answers, if any."""
    for one in proposals_in(text):
        if (found := _entry_of(one, from_email)) is not None:
            return found, f"Their calendar proposes another time: {english.span(one.starts_at, one.ends_at)}."
    answers = answers_in(text)
    for answer in answers:
        booking = _booking(answer, from_email, answer.sequence)
        if booking and answer.status in NOT_COMING and (about := _latest(Booking, booking.pk)):
            return about, f"Their calendar says that {NOT_COMING[answer.status]}. Their booking stands as it was."
    said = next((SAID[one.status] for one in answers if one.status in SAID), "")
    return (None, f"Their calendar says that {said}.") if said else None


def _entry_of(one: Proposal, from_email: str) -> Message | None:
    """The email with which they got what they would like to be at another time."""
    if booking := _booking(one, from_email, None):
        return _latest(Booking, booking.pk)
    if not (key := OUR_SESSION.match(one.uid)):
        return None
    rows = SessionInvitation.objects.filter(session=int(key[1]), is_in=True).select_related("enrolment__participant")
    for row in rows:
        who = row.enrolment.participant
        if is_own_address(who, one.email) and is_own_address(who, from_email):
            return _latest(Session, row.session_id, to=who)
    return None


def _booking(one: CalendarAnswer | Proposal, from_email: str, sequence: int | None) -> Booking | None:
    """Whose place it is about, as it stands by now, if it comes from the address that has it."""
    key = OUR_EVENT.match(one.uid)
    if not key or not same_address(one.email, from_email):
        return None
    rows = Booking.objects.booked().filter(occasion=int(key[1]), occasion__status=EventStatus.OPEN)
    found = next((row for row in rows.for_steps() if same_address(row.email, from_email)), None)
    return found if found and (sequence is None or sequence >= version_for(found)) else None


def _latest(model: Any, pk: int, **to: Any) -> Message | None:
    kind = ContentType.objects.get_for_model(model)
    return Message.objects.filter(content_type=kind, object_id=pk, **to).exclude(calendar="").order_by("-pk").first()
