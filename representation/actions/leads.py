"""Who leads an item: named, asked how it is getting on, changed when people move, and answering by a link."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from representation import notices
from representation.actions.plans import ReportForm, write_report
from representation.models import ActionItem, Group, ItemLead, LeadRequest, ProgressReport
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.formats import english
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.history.previews import note as say_before
from steppingup.messaging.actions import send
from steppingup.steps.step import ChosenFrom, StepForm, Weight, step

KEEP = RepresentationPermission.KEEP_PLAN
WHO = "Choose a group, or name a role or post."
BOTH = "Choose a group or name a role, not both. You can name several leads one after the other."
AGAIN = "They lead this item already."


class LeadForm(StepForm):
    """A group, or a role; and who is written to."""

    group = ChosenFrom(
        Group,
        lambda subject: Group.objects.filter(provider=provider_of(subject)).order_by("name"),
        said=lambda group: f"{group.name} ({group.short})" if group.short else group.name,
        label="Which group?",
        required=False,
        empty_label="No group",
    )
    role = NameInput(
        label="Or which role or post?", max_length=150, required=False, help_text="“Strategic Directors”, for example."
    )
    name = NameInput(label="Who answers for it? (optional)", max_length=150, required=False)
    email = AddressInput(
        label="Their email address (optional)",
        required=False,
        help_text="They are asked how it is getting on, by a link. For a group, its chairs are, unless you name somebody here.",
    )


def provider_of(subject: Any) -> int:
    item = subject.item if isinstance(subject, ItemLead) else subject
    return int(item.plan.provider_id)


def _checked(item: ActionItem, group: Group | None, role: str, email: str) -> None:
    refuse_if(not group and not role, WHO, "no_lead", field="role")
    refuse_if(group and role, BOTH, "no_lead", field="role")
    if group is not None:
        refuse_if(group.provider_id != item.plan.provider_id, WHO, "no_lead", field="group")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise NotPossible(f"“{email}” is not an email address.", "address", field="email") from None


def _named(item: ActionItem, group: Group | None, role: str, name: str, email: str) -> ItemLead:
    """Raises NotPossible for a lead that it has already."""
    _checked(item, group, role, email)
    try:
        with transaction.atomic():
            made = ItemLead.objects.create(item=item, group=group, role=role, name=name, email=email)
    except IntegrityError:
        raise NotPossible(AGAIN, "lead_already", field="group" if group else "role") from None
    lead = ItemLead.objects.for_steps().get(pk=made.pk)
    _write(notices.NAMED, lead)
    return lead


def _write(kind: Any, lead: ItemLead) -> None:
    found = notices.to_leads(kind, lead)
    for notice in found:
        send(notice)
    if not found:
        say_before(f"No email address is known for {lead}, so nobody is written to. Tell them yourself.")


@step(
    ActionItem,
    "Name a lead",
    name="name_lead",
    noun="item",
    past="Lead named",
    meaning="Whoever answers for it is told, with a link by which they say how it is getting on. An item can have several leads.",
    permission=KEEP,
    form=LeadForm,
)
def name_lead(
    *, item: ActionItem, by: Actor, group: Group | None = None, role: str = "", name: str = "", email: str = ""
) -> ItemLead:
    """A group or a role takes an item on (R10).

    Raises NotPossible for neither or both, an address that is none, and a lead that it has already."""
    return _named(item, group, role.strip(), name.strip(), email.strip())


def _require_current(lead: ItemLead) -> None:
    refuse_if(lead.ended_at, "They do not lead this item any more.", "lead_ended")


def _end(lead: ItemLead) -> None:
    """No link of theirs works any more."""
    lead.ended_at = clock.now()
    lead.save(update_fields=["ended_at"])
    for request in lead.requests.all():
        TokenLink.revoke_all(purpose=notices.LEAD_LINK, target=request)


@step(
    ItemLead,
    "Hand it over",
    name="hand_over",
    noun="lead",
    past="Handed over",
    meaning="The item has this lead instead from now on. Whoever answers for it is told; links that the former lead has stop working.",
    permission=KEEP,
    policy=_require_current,
    form=LeadForm,
    bulk=True,
    weight=Weight.STRONG,
)
def hand_over(
    *, lead: ItemLead, by: Actor, group: Group | None = None, role: str = "", name: str = "", email: str = ""
) -> ItemLead:
    """Somebody else leads it, because people move (R10). Raises NotPossible as `name_lead`, and for a lead that has ended."""
    _require_current(lead)
    _end(lead)
    return _named(lead.item, group, role.strip(), name.strip(), email.strip())


@step(
    ItemLead,
    "End it",
    name="end_lead",
    noun="lead",
    past="Ended",
    meaning="They do not lead this item any more, and links that they have stop working. Nobody is told.",
    permission=KEEP,
    policy=_require_current,
    done=lambda lead: lead.ended_at is not None,
    bulk=True,
    weight=Weight.DANGER,
)
def end_lead(*, lead: ItemLead, by: Actor) -> ItemLead:
    """Raises NotPossible for a lead that has ended."""
    _require_current(lead)
    _end(lead)
    return lead


def _require_somebody(lead: ItemLead) -> None:
    _require_current(lead)
    refuse_if(
        not lead.asked(), "There is nobody to write to: no email address is known for this lead.", "nobody_to_ask"
    )


@step(
    ItemLead,
    "Ask how it is getting on",
    name="ask_lead",
    noun="lead",
    past="Asked how it is getting on",
    meaning="They get an email with a link, and need no account.",
    permission=KEEP,
    policy=_require_somebody,
    bulk=True,
    final="Whoever was asked has the email.",
)
def ask_lead(*, lead: ItemLead, by: Actor) -> ItemLead:
    """Raises NotPossible where nobody can be written to."""
    _require_somebody(lead)
    _write(notices.ASKED, lead)
    return lead


# -- by a link ---------------------------------------------------------------------------------------


def _require_asked(by: Actor, request: LeadRequest) -> None:
    if not (isinstance(by, LinkHolder) and by.link.purpose == notices.LEAD_LINK and by.link.target == request):
        raise NotAllowed(f"{by} was not asked this.")


def _require_to_answer(request: LeadRequest) -> None:
    _require_current(request.lead)
    refuse_if(not request.is_theirs, "They do not answer for this item any more.", "lead_ended")


class AnswerForm(ReportForm):
    """As on the desk, about the item that they were asked about."""

    @property
    def item(self) -> ActionItem:
        found: ActionItem = self.subject.lead.item
        return found


@step(
    LeadRequest,
    "Say how it is getting on",
    name="answer_as_lead",
    noun="request",
    past="Said how it is getting on",
    meaning="It stands in the plan with your name and today’s date.",
    guard=_require_asked,
    policy=_require_to_answer,
    form=AnswerForm,
    final="To put it right, answer again, or report progress on the page of the item: what was said last counts.",
    page="lead",
)
def answer_as_lead(
    *, request: LeadRequest, status: str, by: Actor, words: str = "", evidence: str = ""
) -> ProgressReport:
    """What a lead says by a link. Raises NotPossible as `report_progress`, by a link that was stopped meanwhile, and for a lead that has
    ended."""
    refuse_if(
        isinstance(by, LinkHolder) and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )
    _require_to_answer(request)
    report = write_report(
        item=request.lead.item, status=status, words=words, evidence=evidence, name=request.name or request.email
    )
    request.answered_at = clock.now()
    request.save(update_fields=["answered_at"])
    return report


def asked_in_words(lead: ItemLead) -> str:
    """“Asked on 3 May 2031: Hana Osei, who has answered”."""
    found = list(lead.requests.all()[:1])
    if not found:
        return "Not asked yet"
    last = found[0]
    answered = ", who has answered" if last.answered_at else ""
    return f"Asked on {english.day_date(last.asked_at)}: {last.name or last.email}{answered}"
