"""Those who need no account: what they were asked in the last hours, by an email, and a card for each on the page of demonstration people,
with a link that is one more beside the one that was emailed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db.models import Model
from django.urls import reverse

from cohorts.actions import destinations
from cohorts.models import Destination, StepConfirmation
from cohorts.notices.confirmations import CONFIRMATION_LINK
from cohorts.notices.destinations import DESTINATION_LINK
from funding.links import AGREEMENT_LINK
from funding.models import FeeAgreement
from representation.actions import commitments, leads, posts
from representation.models import ActionItem, Commitment, LeadRequest, PledgeQuestion, Post, PostViewer
from representation.notices import LEAD_LINK
from representation.pledge_notices import PLEDGE_LINK
from representation.pool_notices import VIEWER_LINK
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import TokenLink
from steppingup.demo import first_heads, leicester, texts, worth
from steppingup.demo.diary import Diary
from steppingup.demo.people import Cast
from steppingup.demo.visitors import announce, introduce_without_account

WAITS_FOR_SPONSOR = "Rosa Dimitriou"
#: Who leads an item of Leicester’s plan, who may see its pool, and who speaks for an employer that has pledged something.
LEAD, DIRECTOR, PLEDGES = "Marcus Adeyinka", "Graham Tansley", "Ellen Prowse"
LED = "Management Teams taking responsibility"
DAYS = 60


@dataclass(frozen=True)
class Card:
    """Somebody to be without an account: `behind` is what the link is of, with whom it was sent to; `page` opens it."""

    position: int
    title: str
    look_at: str
    purpose: str
    page: str
    behind: Callable[[], tuple[Model, str, str]]


# -- asked in the last hours -------------------------------------------------------------------------


def write_questions(diary: Diary, cast: Cast) -> None:
    """So recently that their emails are among those that are really delivered."""
    now = diary.clock.real
    diary.write(now - timedelta(hours=7), leicester.lead, _name_lead)
    diary.write(now - timedelta(hours=6), leicester.lead, _name_viewer)
    diary.write(now - timedelta(hours=5), None, _ask_graduate)
    diary.write(now - timedelta(hours=4), partial(worth.lead_of, cast), partial(_ask_about_pledge, cast))


def _name_lead() -> None:
    item = ActionItem.objects.for_steps().get(plan__provider=leicester.council(), outcome__startswith=LED)
    email = texts.address(LEAD, leicester.council().slug)
    leads.name_lead(item=item, role="Strategic Directors", name=LEAD, email=email, by=leicester.lead())


def _name_viewer() -> None:
    post = Post.objects.for_steps().get(provider=leicester.council())
    email = texts.address(DIRECTOR, leicester.council().slug)
    posts.name_viewer(post=post, name=DIRECTOR, email=email, by=leicester.lead())


def _ask_graduate() -> None:
    """One of those who have not said yet where they are."""
    destinations.ask_once_more(destination=_silent(), by=SYSTEM)


def _silent() -> Destination:
    """At the last moment, who comes first by name."""
    last = Destination.objects.for_steps().filter(enrolment__cohort=first_heads.cohort(), months=max(first_heads.STEPS))
    return last.filter(answers=None).order_by("enrolment__participant__full_name")[0]


def _ask_about_pledge(cast: Cast) -> None:
    pledge = Commitment.objects.for_steps().get(title=worth.PLEDGES[0][0])
    email = texts.address(PLEDGES, pledge.employer.slug)
    commitments.ask_about_pledge(commitment=pledge, name=PLEDGES, email=email, by=worth.lead_of(cast))


# -- the cards ---------------------------------------------------------------------------------------


def _led() -> tuple[Model, str, str]:
    found = LeadRequest.objects.get(name=LEAD)
    return found, found.name, found.email


def _sees_pool() -> tuple[Model, str, str]:
    found = PostViewer.objects.get(name=DIRECTOR)
    return found, found.name, found.email


def _pledged() -> tuple[Model, str, str]:
    found = PledgeQuestion.objects.get(name=PLEDGES)
    return found, found.name, found.email


def _asked_where() -> tuple[Model, str, str]:
    found, person = _silent(), _silent().enrolment.participant
    return found, person.full_name, person.email


def _asked_to_confirm() -> tuple[Model, str, str]:
    found = StepConfirmation.objects.standing().filter(answered_at=None).latest("pk")
    return found, found.name, found.email


CARDS = (
    Card(
        62,
        "Graduate asked where they are now, without an account",
        "A question that is answered in under a minute: whether they have stepped up since.",
        DESTINATION_LINK,
        "cohorts:destination",
        _asked_where,
    ),
    Card(
        64,
        "Manager asked to confirm a step up, without an account",
        "A graduate says that they were promoted, and lets us ask their employer: yes, no, or cannot say.",
        CONFIRMATION_LINK,
        "cohorts:confirm_step",
        _asked_to_confirm,
    ),
    Card(
        122,
        "Employer with a pledge, without an account",
        "Says how a pledge stands, and since when it is kept. The equality lead takes it over.",
        PLEDGE_LINK,
        "representation:pledge",
        _pledged,
    ),
    Card(
        126,
        "Lead of an item of the plan, without an account",
        "In Leicester: what was agreed, by when, and one form to say how it is getting on.",
        LEAD_LINK,
        "representation:lead",
        _led,
    ),
    Card(
        128,
        "Director who may see a pool, without an account",
        "In Leicester: who has agreed to be seen for a post, and nobody else.",
        VIEWER_LINK,
        "representation:pool_viewer",
        _sees_pool,
    ),
)


def announce_by_link() -> None:
    for card in CARDS:
        announce(title=card.title, look_at=card.look_at, position=card.position)


def introduce_by_link() -> None:
    for card in CARDS:
        behind, name, email = card.behind()
        _, raw = TokenLink.issue(purpose=card.purpose, target=behind, email=email, days=DAYS)
        introduce_without_account(
            name=name,
            title=card.title,
            look_at=card.look_at,
            address=reverse(card.page, args=[raw]),
            position=card.position,
        )


def introduce_sponsor(cast: Cast, position: int) -> None:
    """Somebody at an employer, there from the beginning."""
    agreement = FeeAgreement.objects.get(person=cast.applicant(WAITS_FOR_SPONSOR).user)
    _, raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email=agreement.sponsor_email, days=DAYS)
    introduce_without_account(
        name=agreement.sponsor_name,
        title="Sponsor, without an account",
        look_at=f"The employer’s link: agree the fee for {agreement.person}, ask for a bursary, or decline.",
        address=reverse("funding:support", args=[raw]),
        position=position,
    )
