"""What is said of a three-way review to the three who sign it: by a link each, without an account."""

from cohorts.models import ReviewParty, ThreeWayReview
from cohorts.states import Signatory
from steppingup.accounts.actions.token_links import issue_link
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

REVIEW_LINK = "three-way-review"
LINK_DAYS = 60
WHO_SIGNS = Told(
    "Whoever signs it: the participant, the line manager, the coordinator",
    "the page of the review",
    lets_in=True,
    called="Jo Maddern",
)
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "held_on": ("the day of the review", "4 February 2020"),
}
KINDS = Kinds("cohorts", WORDS, tuple(WORDS))
TO_SIGN = KINDS.add("review_to_sign", "A three-way review is to be signed", WHO_SIGNS)
CHANGED = KINDS.add("review_changed", "A three-way review has other words, and is to be signed anew", WHO_SIGNS)
REMINDER = KINDS.add("review_reminder", "A three-way review has not been signed", WHO_SIGNS)
SIGNED = KINDS.add("review_signed", "A three-way review is signed by all three", WHO_SIGNS)


def new_link(party: ReviewParty) -> str:
    """Issue the link anew; earlier ones stop working. Returns the address."""
    return address(
        "cohorts:review_by_link", issue_link(purpose=REVIEW_LINK, target=party, email=party.email, days=LINK_DAYS)
    )


def to_party(kind: MessageKind, party: ReviewParty) -> Notice:
    enrolment = party.review.enrolment
    is_manager = party.role == Signatory.EMPLOYER
    return Notice(
        kind,
        party.user,
        party,
        {},
        lambda: {"link": new_link(party)},
        called=enrolment.manager if is_manager else "",
        email=enrolment.manager_email if is_manager else "",
        related=[enrolment, enrolment.cohort, party.user],
    )


def tell(kind: MessageKind, review: ThreeWayReview, roles: tuple[Signatory, ...]) -> None:
    """Those of the three who are named."""
    for party in review.parties.select_related("user"):
        if party.role in roles:
            party.review = review
            send(to_party(kind, party))
