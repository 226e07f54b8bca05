"""What those who asked hear of openings, and what whoever offers one hears of those who are interested."""

from collections.abc import Iterable
from functools import partial

from django.contrib.contenttypes.models import ContentType

from cohorts.models.alumni import AlumniChoice, GraduateInterest, GraduateOffer
from cohorts.notices.openings import new_stop_link
from cohorts.states import EnrolmentStatus
from cohorts.states.alumni import ForPeople
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.actions.together import send_together
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told
from steppingup.messaging.models import Message

WHO_ASKED = Told("Whoever asked to hear of openings", "the page of it", stops=True)
CONTACT = Told("Whoever offers an opening", called="Nell Avery")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "offer": ("the title of what is offered", "Head of Care, a secondment"),
    "organisation": ("who offers it", "Avon Care"),
    "closes_on": ("the last day to say so", "12 April 2020"),
    "participant": ("the name of whoever is interested", "Amara Okafor"),
    "their_address": ("their email address", "amara@example.org"),
    "words": ("what they say, if anything", "I have led such a team."),
    "whom": ("whom it is for", "graduates of"),
    "who": ("what they are to the programme", "who completed"),
    "kind": ("what is offered", "a secondment"),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "offer", "organisation"))
#: “graduates of Stepping Up”, “people on Stepping Up”.
WHOM = {
    ForPeople.GRADUATES: "graduates of",
    ForPeople.PARTICIPANTS: "people on",
    ForPeople.BOTH: "people on, and graduates of,",
}
OPENED = KINDS.add("graduate_offer", "An opening was put on the board", WHO_ASKED, "closes_on", "whom", "kind")
INTEREST = KINDS.add(
    "graduate_interest",
    "Somebody is interested in an opening",
    CONTACT,
    *("participant", "their_address", "words", "who"),
)
NO_INTEREST = KINDS.add(
    "graduate_interest_ended", "Somebody is not interested in an opening any more", CONTACT, "participant", "who"
)


def told_of(offer: GraduateOffer) -> set[int]:
    """Those who were written to about it, by the keys of their accounts: nobody is written to twice."""
    about = {"content_type": ContentType.objects.get_for_model(offer), "object_id": offer.pk}
    return set(Message.objects.filter(kind=OPENED.key, to__isnull=False, **about).values_list("to", flat=True))


def tell_who_asked(offer: GraduateOffer, choices: Iterable[AlumniChoice]) -> int:
    """Each of those who asked to hear of such things."""
    said = {"whom": WHOM[ForPeople(offer.for_whom)], "kind": offer.get_kind_display().lower()}
    notices = [
        Notice(
            OPENED,
            one.enrolment.participant,
            offer,
            {**said, "link": address("cohorts:graduate_offer", one.enrolment_id, offer.pk)},
            partial(_stop, one),
            related=[one.enrolment, one.enrolment.participant],
        )
        for one in choices
    ]
    return len(send_together(notices))


def _stop(choice: AlumniChoice) -> dict[str, str]:
    return {"stop_link": new_stop_link(choice)}


def tell_contact(interest: GraduateInterest) -> None:
    person = interest.enrolment.participant
    context = {"participant": str(person), "their_address": person.email, "words": interest.words}
    _to_contact(INTEREST, interest.offer, interest, context)


def tell_contact_of_end(interest: GraduateInterest) -> None:
    _to_contact(NO_INTEREST, interest.offer, interest, {"participant": str(interest.enrolment.participant)})


def _to_contact(kind: MessageKind, offer: GraduateOffer, interest: GraduateInterest, context: dict[str, str]) -> None:
    has_completed = interest.enrolment.status == EnrolmentStatus.COMPLETED
    context |= {"who": "who completed" if has_completed else "who is on"}
    send(Notice(kind, offer.contact_email, offer, context, name=offer.contact_name, related=[interest.enrolment]))
