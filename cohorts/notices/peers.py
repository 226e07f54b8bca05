"""What is said of peer groups: to their members."""

from cohorts.models import Enrolment, PeerGroup, PeerPoll
from cohorts.states import HOLDS_A_PLACE
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

MEMBER = Told("The participant", "the page of the peer group")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "group": ("the peer group's name", "Blue"),
    "people": ("how many are in it", "8 people"),
    "member": ("who asks", "Ben Okri"),
    "what": ("what a half-day is looked for", "Peer learning 2"),
    "number": ("how many there are to choose from", "12 half-days"),
    "half_day": ("which one was chosen", "Tuesday 3 March 2020, morning"),
    "what_next": ("what happens then", "The coordinator moves the session, and you hear the exact time."),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort"))
IN_GROUP = KINDS.add("peer_group", "A participant is in a peer group", MEMBER, "group", "people")
ASK_WHEN = KINDS.add("peer_ask_when", "A peer group looks for a half-day", MEMBER, "group", "member", "what", "number")
CHOSEN = KINDS.add(
    "peer_chosen", "A peer group has chosen a half-day", MEMBER, "group", "what", "half_day", "what_next"
)


def _send(kind: MessageKind, about: Enrolment | PeerPoll, enrolment: Enrolment, context: dict[str, str]) -> None:
    context["link"] = address("cohorts:peer_group", enrolment.pk)
    related = [enrolment.cohort, enrolment, enrolment.participant]
    send(Notice(kind, enrolment.participant, about, context, related=related))


def tell_of_group(enrolment: Enrolment, group: PeerGroup) -> None:
    """Which group somebody is in."""
    number = Enrolment.objects.filter(peer_group=group, status__in=HOLDS_A_PLACE).count()
    _send(IN_GROUP, enrolment, enrolment, {"group": group.name, "people": english.counted(number, "person", "people")})


def ask_when(poll: PeerPoll, enrolment: Enrolment) -> None:
    context = {
        "group": poll.peer_group.name,
        "member": str(poll.opened_by.participant),
        "what": poll.title,
        "number": english.counted(poll.half_days.count(), "half-day"),
    }
    _send(ASK_WHEN, poll, enrolment, context)


def tell_chosen(poll: PeerPoll, enrolment: Enrolment) -> None:
    moves = "The coordinator moves the session to it, and you hear the exact time."
    context = {
        "group": poll.peer_group.name,
        "what": poll.title,
        "half_day": str(poll.chosen),
        "what_next": moves if poll.session_id else "Agree among yourselves where you meet.",
    }
    _send(CHOSEN, poll, enrolment, context)
