"""What is said to those who have taken on an item of a plan: none of them needs an account."""

from datetime import timedelta
from functools import partial

from representation.models import ItemLead, LeadRequest
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.formats import english
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told
from steppingup.messaging.notices import Notice

LEAD_LINK = "plan-lead"
#: How many days such a link works; each email brings a new one.
LINK_DAYS = 60
LEAD = Told(
    "Whoever answers for an item of a plan",
    "the page on which they say how it is getting on",
    lets_in=True,
    called="Rashid Khan",
)
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "provider": ("whose plan it is", "Leicester City Council"),
    "plan": ("the plan's name", "Reach Higher"),
    "lead": ("the group or role that has taken it on", "Equality forum"),
    "item": ("what it is about", "Mixed panels for posts of heads of service"),
    "timescale": ("by when, in the words of the plan", "by May 2031"),
    "until": ("the last day on which the link works", "12 April 2031"),
}
KINDS = Kinds("representation", WORDS, tuple(WORDS))
NAMED = KINDS.add("lead_named", "Somebody is named as the lead of an item", LEAD)
ASKED = KINDS.add("lead_asked", "A lead is asked how an item is getting on", LEAD)
DUE = KINDS.add("item_due", "An item of a plan is due: reminder to its lead", LEAD)
OVERDUE = KINDS.add("item_overdue", "An item of a plan is overdue: question to its lead", LEAD)


def _link(lead: ItemLead, name: str, email: str) -> dict[str, str]:
    """Write down that they were asked, with a link to answer by."""
    request = LeadRequest.objects.create(lead=lead, name=name, email=email)
    raw = issue_link(purpose=LEAD_LINK, target=request, email=email, days=LINK_DAYS)
    return {"link": address("representation:lead", raw)}


def to_leads(kind: MessageKind, lead: ItemLead) -> list[Notice]:
    """One for each of those who answer for it."""
    until = english.day_date(clock.today() + timedelta(days=LINK_DAYS))
    return [
        Notice(
            kind,
            email,
            lead.item,
            {"until": until, "lead": str(lead)},
            partial(_link, lead, name, email),
            name=name,
            provider=lead.item.plan.provider,
        )
        for name, email in lead.asked()
    ]
