"""Two providers let people of one programme of each find one another: one asks, the other answers, and either ends it at once (C6)."""

from typing import Any

from django import forms

from cohorts import directory_notices as notices
from cohorts.models import DirectoryAgreement, DirectoryEntry, Programme
from cohorts.models.directory import PROGRAMME, whose
from cohorts.permissions import CohortPermission
from cohorts.states import SHARING, Circle, DirectoryReach
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, holds_everywhere, person
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, step

EDIT = CohortPermission.EDIT_PROGRAMMES
SAY_WHY = "Say why, in a sentence."


def _keeps(by: Actor, programme: Programme) -> None:
    """Raises NotAllowed for whoever keeps some cohorts of the provider only."""
    if not isinstance(by, User) or not holds_everywhere(by, EDIT, programme.provider_id):
        raise NotAllowed(f"{by} does not keep all programmes of {programme.provider}.")


def _guard(by: Actor, agreement: DirectoryAgreement) -> None:
    _keeps(by, agreement.guest)


# -- asking ----------------------------------------------------------------------------------------


def programmes_to_ask(programme: Programme) -> Any:
    """Programmes of other providers on the site that have a directory: anybody can read of these."""
    asked = DirectoryAgreement.objects.open().of(programme)
    taken = {pk for pair in asked.values_list("host", "guest") for pk in pair}
    found = Programme.objects.published().exclude(directory=DirectoryReach.NONE)
    rest = found.exclude(provider=programme.provider_id).exclude(pk__in=taken)
    return rest.select_related("provider").order_by("name", "provider__name", "pk")


def _require_directory(programme: Programme) -> None:
    refuse_if(
        programme.directory == DirectoryReach.NONE,
        "First say on the programme’s page who finds one another in its directory.",
        "no_directory",
    )


class AskForm(StepForm):
    """Whom to ask, and what to say."""

    other = ChosenFrom(
        Programme,
        programmes_to_ask,
        said=whose,
        label="Which programme?",
        help_text="Programmes of other providers on the site that have a directory.",
        error_messages={"required": "Choose a programme."},
    )
    message = forms.CharField(
        label="What would you like to say to those who keep it?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@step(
    Programme,
    "Share the directory with another provider",
    past="Asked to share the directory",
    meaning="Those who keep that programme are asked. Once they agree, people of both programmes who chose “programmes of other providers "
    "too” find one another, and each of them is told first. Either of you can end it at any moment.",
    permission=EDIT,
    guard=_keeps,
    policy=_require_directory,
    form=AskForm,
    undo="stop_sharing",
)
def share_directory(*, programme: Programme, other: Programme, by: Actor, message: str = "") -> DirectoryAgreement:
    """Ask another provider. Nobody who takes part is told yet. Raises NotPossible for a programme that cannot be asked."""
    found = Programme.objects.select_for_update(of=("self",)).select_related("provider").get(pk=programme.pk)
    _require_directory(found)
    if not programmes_to_ask(found).filter(pk=other.pk).exists():
        raise NotPossible(
            f"{whose(other)} has been asked already, is not on the site, or has no directory.",
            "not_to_ask",
            field="other",
        )
    agreement = DirectoryAgreement.objects.create(host=found, guest=other, message=message.strip(), asked_by=person(by))
    notices.tell_guest(notices.ASKED, agreement, message=message.strip())
    return agreement


# -- answering -------------------------------------------------------------------------------------


def _require_both(agreement: DirectoryAgreement) -> None:
    for one in (agreement.guest, agreement.host):
        if one.directory == DirectoryReach.NONE:
            raise NotPossible(f"{whose(one)} has no directory any more.", "no_directory")


@step(
    DirectoryAgreement,
    "Share the directory",
    noun="agreement",
    name="agree",
    past="Shared",
    meaning="People of both programmes who chose “programmes of other providers too” find one another from this moment on. Each of them is "
    "told, and so are those who asked. Nothing is shared but what people wrote in their entries themselves.",
    permission=EDIT,
    guard=_guard,
    lifecycle=SHARING,
    policy=_require_both,
    undo="withdraw",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda agreements: agreements.to_answer(),
        "provider asks to share the directory with one of your programmes",
        "providers ask to share the directory with one of your programmes",
        order=34,
    ),
)
def agree(*, agreement: DirectoryAgreement, by: Actor) -> DirectoryAgreement:
    found = DirectoryAgreement.objects.for_steps().get(pk=agreement.pk)
    _require_both(found)
    SHARING.move(agreement, "agree", answered_at=clock.now())
    notices.tell_host(notices.AGREED, found)
    for mine, other in ((found.guest, found.host), (found.host, found.guest)):
        for entry in _reaching_out(mine):
            notices.tell_person(notices.WIDER, entry, other=whose(other))
    return agreement


def _reaching_out(programme: Programme) -> list[DirectoryEntry]:
    """Those whose entries reach the other provider's people now, and who are reached by theirs."""
    found = DirectoryEntry.objects.standing().filter(**{PROGRAMME: programme}, circle=Circle.OTHERS)
    return list(found.joined().order_by("pk"))


class ReasonForm(StepForm):
    reason = forms.CharField(
        label="Why?",
        help_text="Those who keep the other programme read it.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": SAY_WHY},
    )


@step(
    DirectoryAgreement,
    "Decline to share",
    noun="agreement",
    name="decline",
    past="Declined",
    meaning="Those who asked are told.",
    permission=EDIT,
    guard=_guard,
    lifecycle=SHARING,
    form=ReasonForm,
    weight=Weight.DANGER,
)
def decline(*, agreement: DirectoryAgreement, reason: str, by: Actor) -> DirectoryAgreement:
    reason = required(reason, SAY_WHY)
    SHARING.move(agreement, "decline", answered_at=clock.now(), reason=reason)
    notices.tell_host(notices.DECLINED, DirectoryAgreement.objects.for_steps().get(pk=agreement.pk), reason=reason)
    return agreement


# -- ending ----------------------------------------------------------------------------------------

ENDS = (
    "From this moment on people of the two programmes do not find one another any more. Those who keep the other programme are told; "
    "people are not, as nothing of theirs goes anywhere."
)


@step(
    DirectoryAgreement,
    "Stop sharing",
    noun="agreement",
    name="withdraw",
    past="Not shared any more",
    meaning=ENDS,
    permission=EDIT,
    guard=_guard,
    lifecycle=SHARING,
    form=ReasonForm,
    weight=Weight.DANGER,
)
def withdraw(*, agreement: DirectoryAgreement, reason: str, by: Actor) -> DirectoryAgreement:
    """The side that was asked ends it."""
    reason = required(reason, SAY_WHY)
    SHARING.move(agreement, "withdraw", reason=reason)
    notices.tell_host(notices.STOPPED, DirectoryAgreement.objects.for_steps().get(pk=agreement.pk), reason=reason)
    return agreement


def asked_by(programme: Programme) -> Any:
    """What this programme asked for, and what has come of it, as long as it is open."""
    return DirectoryAgreement.objects.open().filter(host=programme).for_steps()


def _require_asked(programme: Programme) -> None:
    refuse_if(not asked_by(programme).exists(), "You have asked nobody to share the directory.", "nothing_shared")


class StopForm(ReasonForm):
    """With which programme."""

    agreement = ChosenFrom(
        DirectoryAgreement,
        asked_by,
        said=lambda one: f"{whose(one.guest)}: {one.get_status_display().lower()}",
        label="With which programme?",
        error_messages={"required": "Choose a programme."},
    )
    field_order = ("agreement", "reason")


@step(
    Programme,
    "Stop sharing the directory",
    name="stop_sharing",
    past="Directory not shared any more",
    meaning=ENDS,
    permission=EDIT,
    guard=_keeps,
    policy=_require_asked,
    form=StopForm,
    weight=Weight.DANGER,
)
def stop_sharing(*, programme: Programme, agreement: DirectoryAgreement, reason: str, by: Actor) -> DirectoryAgreement:
    """The side that asked takes it back, or ends what was agreed."""
    reason = required(reason, SAY_WHY)
    refuse_if(agreement.host_id != programme.pk, "Another programme asked for that.", "other_programme")
    SHARING.move(agreement, "call_off", reason=reason)
    notices.tell_guest(notices.STOPPED, DirectoryAgreement.objects.for_steps().get(pk=agreement.pk), reason=reason)
    return agreement


def said_of(programme: Programme) -> str:
    """“Shared with Moving Up (Skills for Care)”, for the page of a programme."""
    found = DirectoryAgreement.objects.open().of(programme).for_steps().order_by("pk")
    return english.listed(
        f"{whose(one.guest if one.host_id == programme.pk else one.host)}: {one.get_status_display().lower()}"
        for one in found
    )
