"""What graduates hear of opportunities, and what whoever offers one hears of graduates."""

from collections.abc import Iterable

from cohorts.models.alumni import AlumniChoice, GraduateInterest, GraduateOffer
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.actions.together import send_together
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind, add_message_kind

GRADUATE, CONTACT = "The graduate", "Whoever offers something to graduates"
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "offer": ("the title of what is offered", "Head of Care, a secondment"),
    "organisation": ("who offers it", "Avon Care"),
    "closes_on": ("the last day to say so", "12 April 2020"),
    "participant": ("the graduate's name", "Amara Okafor"),
    "their_address": ("the graduate's email address", "amara@example.org"),
    "words": ("what the graduate says, if anything", "I have led such a team."),
}


def _kind(key: str, title: str, told: str, *names: str, link: str = "") -> MessageKind:
    used = {name: WORDS[name] for name in ("programme", "offer", "organisation", *names)}
    return add_message_kind(
        MessageKind(
            f"cohorts.{key}",
            title,
            told,
            {name: what for name, (what, _) in used.items()} | ({"link": link} if link else {}),
            button_placeholder="link" if link else None,
            samples={name: sample for name, (_, sample) in used.items()},
        )
    )


OPENED = _kind("graduate_offer", "An opportunity for graduates", GRADUATE, "closes_on", link="the page of it")
INTEREST = _kind(
    "graduate_interest", "A graduate is interested in an opportunity", CONTACT, "participant", "their_address", "words"
)
NO_INTEREST = _kind("graduate_interest_ended", "A graduate is not interested any more", CONTACT, "participant")


def tell_graduates(offer: GraduateOffer, choices: Iterable[AlumniChoice]) -> int:
    """Each of those who asked to hear of such things."""
    notices = [
        Notice(
            OPENED,
            one.enrolment.participant,
            offer,
            {"link": address("cohorts:graduate_offer", one.enrolment_id, offer.pk)},
            related=[one.enrolment, one.enrolment.participant],
        )
        for one in choices
    ]
    return len(send_together(notices))


def tell_contact(interest: GraduateInterest) -> None:
    person = interest.enrolment.participant
    context = {"participant": str(person), "their_address": person.email, "words": interest.words}
    _to_contact(INTEREST, interest.offer, interest, context)


def tell_contact_of_end(interest: GraduateInterest) -> None:
    _to_contact(NO_INTEREST, interest.offer, interest, {"participant": str(interest.enrolment.participant)})


def _to_contact(kind: MessageKind, offer: GraduateOffer, interest: GraduateInterest, context: dict[str, str]) -> None:
    send(Notice(kind, offer.contact_email, offer, context, name=offer.contact_name, related=[interest.enrolment]))
