"""Emails that carry an entry for a participant’s own calendar, or take one away."""

from cohorts.models import Enrolment, Session
from cohorts.notices import KINDS, PARTICIPANT
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address

INVITED = KINDS.add("calendar_entry", "A session for their calendar", PARTICIPANT, "session", "when", "place")
UNINVITED = KINDS.add("calendar_entry_gone", "A session goes from their calendar", PARTICIPANT, "session", "when")


def send_for_calendar(session: Session, enrolment: Enrolment, calendar: str, *, is_in: bool) -> None:
    kind, to = INVITED if is_in else UNINVITED, enrolment.participant
    context = {"link": address("cohorts:calendar" if is_in else "cohorts:participant", enrolment.pk)}
    send(Notice(kind, to, session, context, related=[enrolment, to], calendar=calendar))
