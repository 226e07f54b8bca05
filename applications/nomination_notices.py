"""What nominators are told, and those whom they nominate."""

from applications.models import Nomination, NominationRequest
from steppingup.formats.english import when
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind, add_message_kind

NOMINATOR, NOMINATED = "Whoever nominates at an employer", "Whoever was nominated"
COHORT = {"programme": "the programme", "cohort": "the cohort"}
WHO = {"nominator": "who nominates", "organisation": "the employer"}
CLOSES = {"closes": "when applications close"}
SAMPLES = {
    "programme": "Stepping Up",
    "cohort": "2020",
    "nominator": "Denise Hallam",
    "organisation": "Avonreach Health",
}

NOMINATIONS_ASKED = add_message_kind(
    MessageKind(
        "applications.nominations_asked",
        "An employer is asked whom it nominates",
        NOMINATOR,
        {**COHORT, **WHO, **CLOSES, "places": "how many they may nominate: “3 people”", "link": "where they nominate"},
        {"link"},
        "link",
        SAMPLES,
    )
)
YOU_ARE_NOMINATED = add_message_kind(
    MessageKind(
        "applications.nominated",
        "Somebody has been nominated, and can apply",
        NOMINATED,
        {**COHORT, **WHO, **CLOSES, "link": "where they apply"},
        set(),
        "link",
        SAMPLES,
    )
)
NOT_NOMINATED = add_message_kind(
    MessageKind(
        "applications.not_nominated",
        "A nomination has been taken back",
        NOMINATED,
        {**COHORT, **WHO, "link": "the programme's page"},
        set(),
        "link",
        SAMPLES,
    )
)


def ask_for_nominations(request: NominationRequest, link: str) -> None:
    words = {**request.message_facts, "closes": when(request.cohort.window.last_moment)}
    send(Notice(NOMINATIONS_ASKED, request.email, request, words, {"link": link}, name=request.name))


def tell_nominated(nomination: Nomination) -> None:
    request = nomination.request
    facts = {name: text for name, text in request.message_facts.items() if name != "places"}
    words = {
        **facts,
        "closes": when(request.cohort.window.last_moment),
        "link": address("applications:start", request.cohort_id),
    }
    send(Notice(YOU_ARE_NOMINATED, nomination.email, request, words, name=nomination.name))


def tell_not_nominated(nomination: Nomination) -> None:
    request = nomination.request
    facts = {name: text for name, text in request.message_facts.items() if name != "places"}
    words = {**facts, "link": address("cohorts:programme", request.cohort.programme.path)}
    send(Notice(NOT_NOMINATED, nomination.email, request, words, name=nomination.name))
