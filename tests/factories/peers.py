"""Peer groups at work, named after what their members do."""

from datetime import timedelta
from typing import Any

from cohorts.actions import grouping, peers
from cohorts.models import Enrolment, Grouping, PeerGroup, PeerPaper, PeerPoll
from cohorts.states.peers import Half
from tests.factories.cohorts import ParticipantFactory, day

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)


def member_of(group: PeerGroup, name: str = "", **more: Any) -> Enrolment:
    named = {"participant__full_name": name} if name else {}
    found: Enrolment = ParticipantFactory(cohort=group.cohort, peer_group=group, **named, **more)
    return found


def proposed(cohort: Any, by: Any, number: int = 2) -> Grouping:
    """Worked out, and not made."""
    found = Grouping.objects.create(cohort=cohort, number=number)
    return grouping.work_out(grouping=found, by=by)


def paper_of(enrolment: Enrolment, title: str = "First meeting", text: str = "What we heard.") -> PeerPaper:
    return peers.write(enrolment=enrolment, kind="notes", title=title, text=text, by=enrolment.participant)


def poll_of(enrolment: Enrolment, title: str = "Peer learning", **more: Any) -> PeerPoll:
    """Each half-day of two weeks from tomorrow."""
    given = {"first": day(1), "last": day(14), "weekdays": MONDAY_TO_FRIDAY, "halves": tuple(Half), **more}
    return peers.ask_when(enrolment=enrolment, title=title, by=enrolment.participant, **given)


def chosen_for(enrolment: Enrolment, session: Any) -> PeerPoll:
    """A half-day for a session, which is still at another time."""
    poll = poll_of(enrolment, str(session), session=session)
    half_day = poll.half_days.order_by("-on", "half").first()
    assert half_day is not None
    return peers.choose(poll=poll, enrolment=enrolment, half_day=half_day, by=enrolment.participant)


SHORT = timedelta(hours=3)
