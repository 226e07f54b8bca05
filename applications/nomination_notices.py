"""What nominators are told, and those whom they nominate."""

from applications.letter_words import NOMINATED, NOMINATOR, OF_COHORT, WAS_NOMINATED, WORDS
from applications.models import Nomination, NominationRequest
from steppingup.formats.english import when
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address

CLOSES = {"closes": ("when applications close", WORDS["closes"][1])}

NOMINATIONS_ASKED = OF_COHORT.add(
    "nominations_asked",
    "An employer is asked whom it nominates",
    NOMINATOR,
    *("nominator", "organisation"),
    own={**CLOSES, "places": ("how many they may nominate: “3 people”", "3 people")},
)
YOU_ARE_NOMINATED = OF_COHORT.add(
    "nominated",
    "Somebody has been nominated, and can apply",
    NOMINATED,
    *("nominator", "organisation"),
    own=CLOSES,
)
NOT_NOMINATED = OF_COHORT.add(
    "not_nominated", "A nomination has been taken back", WAS_NOMINATED, "nominator", "organisation"
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
