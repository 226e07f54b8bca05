"""What is said to organisations that are asked for opportunities, and offer them: none of them has an account."""

from datetime import timedelta

from cohorts.models import Opportunity, OpportunityInvitation, Ranking
from cohorts.permissions import CohortPermission
from cohorts.queries import staff_of
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, Told

OFFER_LINK = "offer-opportunity"
#: How many days such a link works; it can be sent anew.
LINK_DAYS = 60
PARTNER = Told(
    "Whoever offers assignments for an organisation",
    "their own page for offering assignments",
    lets_in=True,
    called="Delia Marsh",
)
STAFF = Told("Those who run the cohort", "the page of the opportunity", called="Priya Nair")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "organisation": ("the organisation", "Avon Museums"),
    "provider": ("who runs the programme", "Bristol City Council"),
    "part": ("what the programme calls such an assignment", "stretch assignment"),
    "days": ("how long it is", "up to 15 days"),
    "message": ("what the coordinator says", "Your new front desk would be a good project."),
    "until": ("the last day on which the link works", "12 April 2020"),
    "opportunity": ("the title of what is offered", "A new front desk"),
    "reason": ("why, in their words", "They gave no reason."),
    "chosen": ("who has put it among their choices, in a sentence", "2 participants have put it among their choices."),
    "places": ("for how many participants", "1 participant"),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort", "organisation"))
ASKED = KINDS.add(
    "opportunity_asked",
    "An organisation is asked for opportunities",
    PARTNER,
    *("provider", "part", "days", "message", "until"),
)
OPENED = KINDS.add(
    "opportunity_opened", "An opportunity is open to participants", PARTNER, "opportunity", "places", link=False
)
WITHDRAWN = KINDS.add(
    "opportunity_withdrawn",
    "An organisation has withdrawn an opportunity",
    STAFF,
    *("opportunity", "reason", "chosen"),
)


def new_link(invitation: OpportunityInvitation) -> str:
    """Issue the link anew; earlier ones stop working. Returns the address."""
    raw = issue_link(purpose=OFFER_LINK, target=invitation, email=invitation.email, days=LINK_DAYS)
    return address("cohorts:offer", raw)


def ask(invitation: OpportunityInvitation) -> None:
    part = invitation.component
    context = {
        "provider": str(invitation.cohort.programme.provider),
        "part": part.word,
        "days": f"up to {part.said(part.days)}",
        "message": invitation.message,
        "until": english.day_date(clock.today() + timedelta(days=LINK_DAYS)),
    }
    send(
        Notice(
            ASKED,
            invitation.email,
            invitation,
            context,
            lambda: {"link": new_link(invitation)},
            name=invitation.name,
            related=[invitation.cohort],
        )
    )


def tell_opened(opportunity: Opportunity) -> None:
    """Whoever offered it by a link; else the supervisor."""
    asked = opportunity.invitation
    to, name = (asked.email, asked.name) if asked else (opportunity.supervisor_email, opportunity.supervisor_name)
    places = english.counted(opportunity.places, "participant")
    send(Notice(OPENED, to, opportunity, {"places": places}, name=name, related=[opportunity.cohort]))


def tell_staff_of_withdrawal(opportunity: Opportunity) -> None:
    """Those who run the cohort: whoever was to come there, or wanted to, is to hear of it from them."""
    ranked = Ranking.objects.filter(choosing__published_at=None, choices__contains=[opportunity.pk]).count()
    people = english.counted(ranked, "participant has", "participants have") if ranked else "Nobody has"
    because = opportunity.withdrawn_because
    said = {
        "reason": f"They say why: {because}" if because else "They gave no reason.",
        "chosen": f"{people} put it among their choices.",
        "link": address("admin:cohorts_opportunity_change", opportunity.pk),
    }
    for person in staff_of(opportunity.cohort, CohortPermission.RUN_COHORTS):
        send(Notice(WITHDRAWN, person, opportunity, said, related=[opportunity.cohort]))
