"""What is told about conversations of participants with their line managers: that there was one, that one is due; no word of any."""

from cohorts.models import Enrolment
from cohorts.states.conversations import Side
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

#: The line manager writes one down by a link, without an account.
CONVERSATION_LINK = "managers-conversation"
LINK_DAYS = 60
PAGE = "the page of their conversations"
PARTICIPANT, MANAGER = Told("The participant", PAGE), Told("The line manager", PAGE, lets_in=True, called="Jo Maddern")
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "manager": ("what the line manager is called", "Jo Maddern"),
    "talked_on": ("the day of the conversation", "4 February 2020"),
    "since": ("since when there was none", "4 February 2020"),
    "about": (
        "what the participant would like to talk about, if they have said so",
        "Amara Okafor would like to talk with you about where they go from here.",
    ),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort", "participant", "manager"))
LOGGED = KINDS.add("conversation_logged", "A line manager has written down a conversation", PARTICIPANT, "talked_on")
LOGGED_BY_THEM = KINDS.add("conversation_told", "A participant has written down a conversation", MANAGER, "talked_on")
DUE = KINDS.add(
    "conversation_due", "A participant has not talked with their line manager for long", PARTICIPANT, "since"
)
DUE_TO_MANAGER = KINDS.add(
    "conversation_due_manager", "A line manager has not talked with a participant for long", MANAGER, "since", "about"
)


def new_link(enrolment: Enrolment) -> str:
    """Issue the line manager's link anew; earlier ones stop working. Returns the address."""
    email = enrolment.manager_address
    return address(
        "cohorts:talked", issue_link(purpose=CONVERSATION_LINK, target=enrolment, email=email, days=LINK_DAYS)
    )


def to_participant(kind: MessageKind, enrolment: Enrolment, **more: str) -> Notice:
    to, link = enrolment.participant, address("cohorts:conversations", enrolment.pk)
    context = {"link": link, "manager": enrolment.manager, **more}
    return Notice(kind, to, enrolment, context, related=[enrolment.cohort, to])


def to_manager(kind: MessageKind, enrolment: Enrolment, **more: str) -> Notice:
    to = enrolment.line_manager
    assert to is not None
    return Notice(
        kind,
        to,
        enrolment,
        {"manager": enrolment.manager, **more},
        lambda: {"link": new_link(enrolment)},
        called=enrolment.manager,
        email=enrolment.manager_email,
        related=[enrolment.cohort, to],
    )


def tell_logged(enrolment: Enrolment, by: Side, on: object) -> None:
    """The other of the two."""
    told = {"talked_on": english.day_date(on)}  # type: ignore[arg-type]
    is_theirs = by == Side.MANAGER
    send(to_participant(LOGGED, enrolment, **told) if is_theirs else to_manager(LOGGED_BY_THEM, enrolment, **told))
