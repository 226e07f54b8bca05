"""Words of letters and pages that depend on who pays for a place: somebody at an employer, or the person themselves."""

from typing import Any

#: What each is, and how it reads where an employer pays.
PAYER_WORDS = {
    "their_place": ("whose place it is: “Amara Okafor’s place”, or “your place”", "Amara Okafor’s place"),
    "who_pays": ("who pays: “Harbour Housing pays”, or “you pay”", "Harbour Housing pays"),
    "who_owes": ("who owes: “Harbour Housing owes”, or “you owe”", "Harbour Housing owes"),
    "who_asked": (
        "who has asked: “Jo Harris of Harbour Housing has asked”, or “You have asked”",
        "Jo Harris of Harbour Housing has asked",
    ),
    "asker": (
        "who asks, for staff: “Jo Harris of Harbour Housing”, or the participant",
        "Jo Harris of Harbour Housing",
    ),
    "who_wanted": ("who asked for the bursary: “Harbour Housing”, or “you”", "Harbour Housing"),
    "we_tell": ("whom we tell of the decision, in a sentence", "We will decide and tell you both."),
    "told": ("that the participant has been told; nothing where they pay themselves", "We have told Amara Okafor."),
    "told_payer": (
        "that the employer has been told; nothing where they pay themselves",
        "We have told Harbour Housing.",
    ),
    "rest_asked": (
        "who is asked for the rest of the fee, in a sentence",
        "We have asked Harbour Housing to agree to it, and will tell you as soon as there is an answer.",
    ),
    "who_is": ("“Amara Okafor is”, or “You are”", "Amara Okafor is"),
    "who_has": ("“Amara Okafor has”, or “You have”", "Amara Okafor has"),
    "invoice_for": ("“the invoice for Harbour Housing”, or “your invoice”", "the invoice for Harbour Housing"),
    "you_owe": ("to the participant: “your employer owes”, or “you owe”", "your employer owes"),
    "whoever": ("to the participant: “you or your employer”, or “you”", "you or your employer"),
    "yourself": (
        "to the participant: “You pay nothing yourself.”; nothing where they pay themselves",
        "You pay nothing yourself.",
    ),
    "readers": (
        "who reads what is told of circumstances, in a sentence",
        "Only the people who decide read it: your employer does not.",
    ),
}


def words_of(agreement: Any) -> dict[str, str]:
    """As a letter to whoever pays, or to the participant, says them."""
    if agreement.self_paid:
        return {
            "their_place": "your place",
            "who_pays": "you pay",
            "who_owes": "you owe",
            "who_asked": "You have asked",
            "asker": str(agreement.person),
            "who_wanted": "you",
            "we_tell": "We will decide and write to you.",
            "told": "",
            "told_payer": "",
            "rest_asked": "Please tell us on your page whether you agree to pay it.",
            "who_is": "You are",
            "who_has": "You have",
            "invoice_for": "your invoice",
            "you_owe": "you owe",
            "whoever": "you",
            "yourself": "",
            "readers": "Only the people who decide read it.",
        }
    person, employer = str(agreement.person), agreement.employer_display or "the employer"
    theirs = employer if _works_elsewhere(agreement) else "your employer"
    asker = f"{agreement.sponsor_name or 'Somebody'} of {employer}"
    return {
        "their_place": f"{person}’s place",
        "who_pays": f"{employer} pays",
        "who_owes": f"{employer} owes",
        "who_asked": f"{asker} has asked",
        "asker": asker,
        "who_wanted": employer,
        "we_tell": "We will decide and tell you both.",
        "told": f"We have told {person}.",
        "told_payer": f"We have told {employer}.",
        "rest_asked": f"We have asked {employer} to agree to it, and will tell you as soon as there is an answer.",
        "who_is": f"{person} is",
        "who_has": f"{person} has",
        "invoice_for": f"the invoice for {employer}",
        "you_owe": f"{theirs} owes",
        "whoever": f"you or {theirs}",
        "yourself": "You pay nothing yourself.",
        "readers": f"Only the people who decide read it: {theirs} does not.",
    }


def _works_elsewhere(agreement: Any) -> bool:
    """Is whoever agreed to pay no longer their employer? What was agreed stays with those who agreed to it."""
    place = agreement.enrolment
    return bool(place and agreement.employer_id and place.employer_id != agreement.employer_id)
