"""Opportunities: organisations are asked for them, offer them by a link, and staff open them to participants (L6)."""

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Exists, OuterRef

from cohorts.actions import offering
from cohorts.actions.placements import part_with_hosts
from cohorts.models import Cohort, Component, Opportunity, OpportunityInvitation
from cohorts.notices import opportunities as notices
from cohorts.permissions import CohortPermission
from cohorts.states import COHORT_OVER, Recording
from cohorts.states.opportunities import OPPORTUNITY, OpportunityStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, may, person, require
from steppingup.accounts.models import Organisation, TokenLink
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import ChosenFrom, Waiting, Weight, asking, step

RUN = CohortPermission.RUN_COHORTS
#: What an opportunity says of itself.
SAID = (
    *("title", "kind", "description", "learning", "place", "working_pattern", "places", "starts_on", "ends_on"),
    *("needs_dbs", "needs_induction", "needs_insurance", "needs_confidentiality", "other_checks"),
    *("supervisor_name", "supervisor_email", "supervisor_phone"),
)


def _require_going(cohort: Cohort) -> None:
    if cohort.status in COHORT_OVER:
        raise NotPossible(
            f"This cohort is {cohort.get_status_display().lower()}, so nobody needs an assignment.", "over"
        )


# -- inviting --------------------------------------------------------------------------------------


def parts_with_hosts(cohort: Cohort) -> Any:
    return Component.objects.filter(plan=cohort.plan_id, recording=Recording.HOST)


def has_part_with_host(cohort: Any) -> bool:
    """Has its plan any? Read with the cohort where the desk's page has done so (`facts_of_hosts`)."""
    found: bool | None = getattr(cohort, "has_hosts", None)
    return parts_with_hosts(cohort).exists() if found is None else found


def facts_of_hosts() -> dict[str, Any]:
    """An annotation of cohorts: has the plan a part with a host?"""
    return {"has_hosts": Exists(Component.objects.filter(plan=OuterRef("plan"), recording=Recording.HOST))}


def _require_part(cohort: Cohort) -> None:
    _require_going(cohort)
    refuse_if(not has_part_with_host(cohort), "This cohort's plan has no stretch assignment.", "no_assignment")


class InviteForm(offering.AskForm):
    """For which part of the plan is asked where it has several."""

    component = ChosenFrom(
        Component,
        parts_with_hosts,
        label="For which part of the plan?",
        error_messages={"required": "Choose the part of the plan."},
    )
    field_order = ("component",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts: Any = self.fields["component"]
        if len(found := list(parts.queryset[:2])) == 1:
            parts.initial, parts.widget = found[0].pk, forms.HiddenInput()


@step(
    Cohort,
    "Ask an organisation for opportunities",
    name="ask_for_opportunities",
    past="Asked for opportunities",
    meaning="They get a link by email, and need no account. What they offer waits for you to look at it before participants see it.",
    permission=RUN,
    policy=_require_part,
    form=InviteForm,
)
def ask_for_opportunities(
    *,
    cohort: Cohort,
    organisation: Organisation,
    name: str,
    email: str,
    by: Actor,
    component: Component | None = None,
    message: str = "",
) -> OpportunityInvitation:
    """Somebody at an organisation is asked, by a link, to offer assignments.

    Raises NotPossible when the plan has none, or several and none is named, and for whoever has been asked already."""
    _require_going(cohort)
    part = part_with_hosts(cohort, component)
    standing = OpportunityInvitation.objects.open().filter(cohort=cohort, component=part)
    said = offering.whom(standing, "invitations", organisation=organisation, name=name, email=email, message=message)
    invitation = OpportunityInvitation.objects.create(cohort=cohort, component=part, asked_by=person(by), **said)
    notices.ask(invitation)
    return invitation


def _require_not_ended(invitation: OpportunityInvitation) -> None:
    refuse_if(invitation.ended_at, "This invitation has ended.", "ended")
    _require_going(invitation.cohort)


@step(
    OpportunityInvitation,
    "Send a new link",
    name="send_link",
    noun="invitation",
    past="New link sent",
    meaning="The link that they had stops working. What they have offered stays.",
    permission=RUN,
    policy=_require_not_ended,
)
def send_link(*, invitation: OpportunityInvitation, by: Actor) -> OpportunityInvitation:
    """The same person gets another link. Raises NotPossible once the invitation or the cohort has ended."""
    notices.ask(OpportunityInvitation.objects.for_steps().get(pk=invitation.pk))
    return invitation


@step(
    OpportunityInvitation,
    "End the link",
    name="end",
    noun="invitation",
    past="Link ended",
    meaning="Nobody can offer or change anything by this link any more. What was offered stays. Nobody is told.",
    permission=RUN,
    policy=lambda invitation: refuse_if(invitation.ended_at, "This invitation has ended.", "ended"),
    done=lambda invitation: invitation.ended_at is not None,
    weight=Weight.DANGER,
)
def end(*, invitation: OpportunityInvitation, by: Actor) -> OpportunityInvitation:
    """Whoever has the link, the right person or somebody else, finds nothing behind it."""
    locked = OpportunityInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    refuse_if(locked.ended_at, "This invitation has ended.", "ended")
    return offering.end(invitation)


# -- offering --------------------------------------------------------------------------------------


def _holds_link(by: Actor, invitation: OpportunityInvitation | None) -> bool:
    if not isinstance(by, LinkHolder) or invitation is None or by.link.purpose != notices.OFFER_LINK:
        return False
    return bool(by.link.target == invitation and invitation.ended_at is None)


def _require_own_or_staff(by: Actor, opportunity: Opportunity) -> None:
    """Whoever offered it by the link, or whoever runs the cohort."""
    if not _holds_link(by, opportunity.invitation) and not may(by, RUN, opportunity):
        raise NotAllowed(f"{by} does not offer {opportunity}.")


def _require_link(by: Actor) -> None:
    refuse_if(
        isinstance(by, LinkHolder) and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )


def _say(opportunity: Opportunity, said: dict[str, Any], by: Actor) -> Opportunity:
    if unknown := set(said) - set(SAID):
        raise ValueError(f"An opportunity has no {', '.join(sorted(unknown))}.")
    for name, value in said.items():
        setattr(opportunity, name, value)
    ends_first = opportunity.starts_on and opportunity.ends_on and opportunity.ends_on < opportunity.starts_on
    refuse_if(ends_first, "It must end on or after the day it starts.", "order", field="ends_on")
    refuse_if(
        isinstance(by, LinkHolder) and said.get("ends_on") and said["ends_on"] < clock.today(),
        "This day has passed. Enter one to come, or leave it empty.",
        "passed",
        field="ends_on",
    )
    opportunity.save()
    return opportunity


def _require_new(invitation: OpportunityInvitation, said: dict[str, Any]) -> None:
    """Whoever goes back and presses again does not offer the same twice."""
    title = str(said.get("title", ""))
    standing = invitation.opportunities.exclude(status=OpportunityStatus.WITHDRAWN)
    twice = any(fold(one) == fold(title) for one in standing.values_list("title", flat=True))
    refuse_if(
        twice,
        "You have offered one of this title already, which you find on your page. Give this one another title.",
        "offered_already",
        field="title",
    )


@transaction.atomic
def offer(*, invitation: OpportunityInvitation, by: Actor, **said: Any) -> Opportunity:
    """Whoever was asked offers one; staff look at it before participants see it.

    Raises NotAllowed for whoever does not hold the link; NotPossible once it has ended or the cohort is over."""
    if not _holds_link(by, invitation):
        raise NotAllowed(f"{by} was not asked for opportunities.")
    _require_link(by)
    _require_going(invitation.cohort)
    _require_new(OpportunityInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk), said)
    new = Opportunity(
        cohort=invitation.cohort,
        component=invitation.component,
        host=invitation.organisation,
        invitation=invitation,
    )
    return _say(new, said, by)


@transaction.atomic
def enter(
    *, cohort: Cohort, host: Organisation, by: Actor, component: Component | None = None, **said: Any
) -> Opportunity:
    """Staff write down what an organisation offers by telephone or by letter. Raises NotPossible as `part_with_hosts` does."""
    require(by, RUN, cohort)
    return _say(Opportunity(cohort=cohort, component=part_with_hosts(cohort, component), host=host), said, by)


@transaction.atomic
def change(*, opportunity: Opportunity, by: Actor, **said: Any) -> Opportunity:
    """What it says: whoever offered it until it is open, staff at any time.

    Raises NotAllowed for others; NotPossible for whoever offered it, once it is open or withdrawn."""
    _require_own_or_staff(by, opportunity)
    _require_link(by)
    locked = Opportunity.objects.select_for_update(of=("self",)).for_steps().get(pk=opportunity.pk)
    refuse_if(
        isinstance(by, LinkHolder) and locked.status != OpportunityStatus.OFFERED,
        "Participants may have read it by now, so it is changed by the coordinator. Please write or ring.",
        "state",
    )
    return _say(locked, said, by)


@step(
    Opportunity,
    "Open it to participants",
    past="Opened to participants",
    meaning="Participants of the cohort can read it and say whether they would like it. They do not see who the supervisor is.",
    permission=RUN,
    lifecycle=OPPORTUNITY,
    policy=lambda opportunity: _require_going(opportunity.cohort),
    undo="withdraw",
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_look_at(),
        "opportunity was offered and is to be looked at",
        "opportunities were offered and are to be looked at",
        order=39,
    ),
)
def open_it(*, opportunity: Opportunity, by: Actor) -> Opportunity:
    """Participants see it from now on; whoever offered it is told."""
    OPPORTUNITY.move(opportunity, "open_it")
    notices.tell_opened(Opportunity.objects.for_steps().get(pk=opportunity.pk))
    return opportunity


@step(
    Opportunity,
    "Withdraw it",
    name="withdraw",
    past="Withdrawn",
    meaning="Participants do not see it any more. Nobody is told; assignments that were agreed stay.",
    guard=_require_own_or_staff,
    own_back=False,  # whoever has the link has no page of their own: staff put it back
    lifecycle=OPPORTUNITY,
    form=asking(
        reason=forms.CharField(
            label="Why? (optional)",
            help_text="For those who run the cohort.",
            required=False,
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
    ),
    undo="restore",
    back_by=RUN,
    weight=Weight.DANGER,
)
def withdraw(*, opportunity: Opportunity, by: Actor, reason: str = "") -> Opportunity:
    """It is not offered any more: by whoever offered it, of which those who run the cohort hear, or by staff."""
    _require_link(by)
    OPPORTUNITY.move(opportunity, "withdraw", withdrawn_because=reason.strip())
    if isinstance(by, LinkHolder):
        notices.tell_staff_of_withdrawal(Opportunity.objects.for_steps().get(pk=opportunity.pk))
    return opportunity


@step(
    Opportunity,
    "Offer it again",
    name="restore",
    past="Offered again",
    meaning="It waits to be looked at, as when it was offered.",
    permission=RUN,
    lifecycle=OPPORTUNITY,
    policy=lambda opportunity: _require_going(opportunity.cohort),
)
def restore(*, opportunity: Opportunity, by: Actor) -> Opportunity:
    return OPPORTUNITY.move(opportunity, "restore", withdrawn_because="")
