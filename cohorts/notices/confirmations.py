"""What is said to somebody at the employer who may confirm a step up, by their link, and to the graduate who let us ask."""

from django.contrib.contenttypes.models import ContentType

from cohorts.models.confirmations import StepConfirmation
from cohorts.states.confirmations import SAID, Confirmed
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.models import TokenLink
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told
from steppingup.messaging.models import Message
from steppingup.messaging.states import DUE, MESSAGE, MessageStatus

CONFIRMATION_LINK = "step-confirmation"
EMPLOYER = Told(
    "Somebody at a graduate's employer, who has no account",
    "the page with the question",
    lets_in=True,
    called="Sam Marsh",
)
GRADUATE = Told("The graduate", "their own page, where it stands")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "provider": ("who runs the programme", "Bristol City Council"),
    "graduate": ("the graduate's name", "Amara Okafor"),
    "until": ("the last day on which the link works", "12 April 2020"),
    "who": ("whoever was asked", "Sam Marsh"),
    "said": ("what they have said", "has confirmed it"),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort"))
ASKS = ("provider", "graduate", "until")
ASKED = KINDS.add("confirmation_asked", "An employer is asked to confirm a step up", EMPLOYER, *ASKS)
REMINDER = KINDS.add("confirmation_reminder", "An employer has not said whether a step up is right", EMPLOYER, *ASKS)
ANSWERED = KINDS.add("confirmation_answered", "A graduate hears what their employer has said", GRADUATE, "who", "said")


def new_link(confirmation: StepConfirmation) -> str:
    """Issue the link anew, until the last day; earlier ones stop working. Returns the address."""
    days = max(0, (confirmation.until - clock.today()).days)
    raw = issue_link(purpose=CONFIRMATION_LINK, target=confirmation, email=confirmation.email, days=days)
    return address("cohorts:confirm_step", raw)


def of_question(kind: MessageKind, confirmation: StepConfirmation) -> Notice:
    """To whoever is asked, with a new link."""
    enrolment = confirmation.answer.destination.enrolment
    return Notice(
        kind,
        confirmation.email,
        confirmation,
        {
            "provider": str(enrolment.cohort.programme.provider),
            "graduate": str(enrolment.participant),
            "until": english.day_date(confirmation.until),
        },
        lambda: {"link": new_link(confirmation)},
        name=confirmation.name,
        related=[enrolment.cohort, enrolment],
    )


def let_go(confirmation: StepConfirmation, why: str) -> None:
    """Whoever was asked is not asked any more: the link stops working, and an email that has not left yet does not leave."""
    TokenLink.revoke_all(purpose=CONFIRMATION_LINK, target=confirmation)
    kind = ContentType.objects.get_for_model(StepConfirmation)
    waiting = Message.objects.select_for_update(of=("self",)).filter(
        kind__in=(ASKED.key, REMINDER.key),
        status__in=(*DUE, MessageStatus.TO_POST),
        content_type=kind,
        object_id=confirmation.pk,
    )
    for message in waiting.order_by("pk"):
        MESSAGE.move(message, "stop", last_error=why)


def ask(confirmation: StepConfirmation) -> None:
    send(of_question(ASKED, confirmation))


def tell_answered(confirmation: StepConfirmation) -> None:
    """The graduate, once."""
    enrolment = confirmation.answer.destination.enrolment
    to = enrolment.participant
    context = {
        "who": confirmation.name,
        "said": SAID[Confirmed(confirmation.said)],
        "link": address("cohorts:where_now", enrolment.pk),
    }
    send(Notice(ANSWERED, to, confirmation, context, related=[enrolment.cohort, enrolment, to]))
