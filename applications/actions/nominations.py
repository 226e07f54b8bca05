"""By nomination only: employers are asked whom they nominate, and answer by a link (B35)."""

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils.text import capfirst

from applications import nomination_notices as notices
from applications.actions.access import DECIDE, require_decider
from applications.models import Nomination, NominationRequest, Window
from applications.queries import with_applied
from applications.words import nominator
from cohorts.models import Cohort
from steppingup import clock
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, OwnRecord, person
from steppingup.accounts.models import Organisation, TokenLink, User
from steppingup.formats.english import counted
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.formats.sameness import address, same_address
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.messaging.addresses import address as page_address
from steppingup.steps.behalf import asked, on_behalf
from steppingup.steps.step import ChosenFrom, StepForm, Weight, step

NOMINATE = "applications.nominate"
SAY_WHY = "Say in a sentence or two why you nominate them."


class AskForm(StepForm):
    """Whom at which employer, and how many they may nominate."""

    organisation = forms.ModelChoiceField(
        queryset=Organisation.objects.order_by("name"),
        label="Employer",
        empty_label="Choose",
        error_messages={"required": "Choose the employer."},
    )
    name = NameInput(label="Who nominates there", max_length=150, error_messages={"required": "Enter their name."})
    email = AddressInput(
        label="Their email address",
        help_text="The link goes there. It needs no account.",
        error_messages={"required": "Enter their email address."},
    )
    places = forms.IntegerField(
        label="How many people they may nominate",
        min_value=1,
        max_value=500,
        initial=3,
        error_messages={"required": "Enter how many.", "min_value": "Enter 1 or more."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if nominator(self.subject.rule_set) != "employer":
            self.fields["organisation"].label = "Organisation"
            self.fields["organisation"].error_messages["required"] = "Choose the organisation."


def _require_by_nomination(cohort: Cohort) -> None:
    refuse_if(
        not cohort.rule_set.is_by_nomination,
        "People apply for this cohort by themselves. The admission rules say how people are chosen.",
        "not_by_nomination",
    )
    window = Window.objects.filter(cohort=cohort).first()
    refuse_if(window is None, "First set the application dates.", "no_window")
    refuse_if(window is not None and window.has_closed(), "Applications have closed.", "closed")


@step(
    Cohort,
    "Ask an employer whom it nominates",
    past="Asked for nominations",
    meaning="They get a link with which they nominate people until applications close. Each of those gets an email that says how to "
    "apply. Nobody else can.",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_by_nomination,
    form=AskForm,
    weight=Weight.STRONG,
)
def ask_for_nominations(
    *, cohort: Cohort, organisation: Organisation, name: str, email: str, places: int, by: Actor
) -> NominationRequest:
    """Ask somebody at an employer whom it nominates; they answer by a link.

    Raises NotPossible where people apply by themselves, before there are dates, and once applications have closed."""
    _require_by_nomination(cohort)
    request = NominationRequest.objects.create(
        cohort=cohort,
        organisation=organisation,
        name=required(name, "Enter their name.", "name"),
        email=address(email),
        places=places,
        asked_by=person(by),
    )
    notices.ask_for_nominations(request, new_link(request))
    return request


def new_link(request: NominationRequest) -> str:
    """The address of the page on which they nominate; earlier links stop working."""
    days = max((request.cohort.window.closes_at - clock.now()).days + 1, 1)
    raw = issue_link(purpose=NOMINATE, target=request, email=request.email, days=days)
    return page_address("applications:nominate", raw)


def _require_open(request: NominationRequest) -> None:
    refuse_if(request.closed_at is not None, "We have closed this list, so nobody can be added to it.", "closed")
    refuse_if(
        request.cohort.window.has_closed(), "Applications have closed, so nobody can be nominated any more.", "closed"
    )


@step(
    NominationRequest,
    "Send the link again",
    noun="request",
    past="Link sent again",
    meaning="They get a new link by email. The one before stops working.",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_open,
    final="A link that was sent is not called back. Close the list if nobody is to be nominated by it.",
)
def send_again(*, request: NominationRequest, by: Actor) -> NominationRequest:
    """A new link for whoever was asked."""
    _require_open(request)
    notices.ask_for_nominations(request, new_link(request))
    return request


def _require_not_closed(request: NominationRequest) -> None:
    refuse_if(request.closed_at is not None, "This list is closed already.", "closed")


def _require_closed(request: NominationRequest) -> None:
    refuse_if(request.closed_at is None, "This list is open.", "open")


@step(
    NominationRequest,
    "Close the list",
    noun="request",
    past="List closed",
    meaning="Nobody can be nominated by this link any more. Whoever was nominated can still apply.",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_not_closed,
    undo="open_again",
    bulk=True,
)
def close(*, request: NominationRequest, by: Actor) -> NominationRequest:
    _require_not_closed(request)
    request.closed_at = clock.now()
    request.save(update_fields=["closed_at"])
    TokenLink.revoke_all(purpose=NOMINATE, target=request)
    return request


@step(
    NominationRequest,
    "Open the list again",
    noun="request",
    past="List opened again",
    meaning="They get a new link by email.",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_closed,
    undo="close",
)
def open_again(*, request: NominationRequest, by: Actor) -> NominationRequest:
    _require_closed(request)
    request.closed_at = None
    request.save(update_fields=["closed_at"])
    notices.ask_for_nominations(request, new_link(request))
    return request


# -- by the link -----------------------------------------------------------------------------------


class NominateForm(StepForm):
    """One more person. Who volunteers, or works for themselves, has no address at work."""

    name = NameInput(label="Their name", max_length=150, error_messages={"required": "Enter their name."})
    email = AddressInput(label="Their work email address", error_messages={"required": "Enter their email address."})
    why = forms.CharField(
        label="Why you nominate them",
        help_text="A sentence or two. The people who run the programme will read this.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": SAY_WHY},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if nominator(self.subject.cohort.rule_set) != "employer":
            self.fields["email"].label = "Their email address"


def require_nominator(by: Actor, request: NominationRequest) -> None:
    """Raises NotAllowed for whoever does not hold the link of this list."""
    link = by.link if isinstance(by, LinkHolder) else None
    if link is None or link.purpose != NOMINATE or link.object_id != request.pk:
        raise NotAllowed("This link is for another employer's nominations.")


def _held(request: NominationRequest, by: Actor) -> NominationRequest:
    """The row, held until the transaction ends, so that two clicks count one after the other."""
    require_nominator(by, request)
    return NominationRequest.objects.for_steps().select_for_update(of=("self",)).get(pk=request.pk)


def _require_somebody_else(request: NominationRequest, email: str) -> None:
    sentence = "You cannot nominate yourself. Ask a colleague."
    staff = asked()  # who does it for a nominator that rang or wrote
    own = [request.email, *([staff.doer.email] if staff else [])]
    refuse_if(any(same_address(email, one) for one in own), sentence, "own", field="email")


@step(
    NominationRequest,
    "Nominate them",
    noun="request",
    past="Nominated",
    guard=require_nominator,
    policy=_require_open,
    form=NominateForm,
    final="Their email is not called back. Take the nomination back if it was a mistake.",
    weight=Weight.STRONG,
)
def nominate(*, request: NominationRequest, name: str, email: str, why: str, by: Actor) -> Nomination:
    """One more person. They are told how to apply.

    Raises NotPossible once the list or applications are closed, when as many stand as were asked for, for somebody who has been nominated
    already, and for the nominator themselves."""
    request = _held(request, by)
    _require_open(request)
    refuse_if(
        not request.left,
        f"You have nominated {counted(request.places, 'person', 'people')}, which is as many as you were asked for.",
        "too_many",
    )
    email = address(email)
    _require_somebody_else(request, email)
    twice = "Somebody has nominated this person already."
    refuse_if(
        Nomination.objects.standing().filter(cohort=request.cohort, email=email).exists(), twice, "twice", field="email"
    )
    values: dict[str, Any] = {
        "name": required(name, "Enter their name.", "name"),
        "why": required(why, SAY_WHY, "why"),
    }
    try:
        with transaction.atomic():
            found = Nomination.objects.create(request=request, cohort=request.cohort, email=email, **values)
    except IntegrityError as error:  # another employer, a moment ago
        raise NotPossible(twice, "twice", field="email") from error
    notices.tell_nominated(found)
    return found


class WithdrawForm(StepForm):
    nomination = ChosenFrom(
        Nomination,
        lambda request: request.nominations.standing(),
        lambda one: f"{one.name}, {one.email}",
        label="Whose nomination?",
        error_messages={"required": "Choose whose nomination is taken back."},
    )


def _require_somebody_nominated(request: NominationRequest) -> None:
    refuse_if(not request.nominations.standing().exists(), "Nobody is nominated by this list.", "nobody")


@step(
    NominationRequest,
    "Take a nomination back",
    noun="request",
    past="Nomination taken back",
    guard=require_nominator,
    policy=_require_somebody_nominated,
    form=WithdrawForm,
    final="They are told at once. Nominate them again if it was a mistake.",
    weight=Weight.DANGER,
)
def withdraw_nomination(*, request: NominationRequest, nomination: Nomination, by: Actor) -> Nomination:
    """The employer does not nominate them after all. Raises NotPossible once they have submitted an application."""
    request = _held(request, by)
    rows = request.nominations.select_related("request__organisation", "cohort__programme")
    found = rows.select_for_update(of=("self",)).get(pk=nomination.pk)
    if found.withdrawn_at:
        return found
    refuse_if(
        with_applied(Nomination.objects.filter(pk=found.pk)).get().has_applied,
        "They have submitted their application, so you can no longer take the nomination back. Talk to us about it.",
        "submitted",
        field="nomination",
    )
    found.withdrawn_at = clock.now()
    found.save(update_fields=["withdrawn_at"])
    notices.tell_not_nominated(found)
    return found


# -- by staff, for a nominator who rang or wrote ---------------------------------------------------


def _nominator(request: NominationRequest) -> LinkHolder:
    return LinkHolder(TokenLink(purpose=NOMINATE, target=request, email=request.email))


def _require_colleague(by: Actor, request: NominationRequest) -> None:
    """Raises OwnRecord for whoever nominates for this employer themselves, and as `require_decider`."""
    require_decider(by, request.cohort)
    if isinstance(by, User) and same_address(by.email, request.email):
        raise OwnRecord("This is your own list. Use the link that we sent you, or ask a colleague.")


FOR_THEM: dict[str, Any] = {
    "whose": _nominator,
    "permission": DECIDE,
    "guard": _require_colleague,
    "noun": "request",
}

nominate_for_them = on_behalf(
    nominate, NominationRequest, "They nominated somebody", past="Nominated for them", **FOR_THEM
)
withdraw_nomination_for_them = on_behalf(
    withdraw_nomination,
    NominationRequest,
    "They took a nomination back",
    past="Nomination taken back for them",
    **FOR_THEM,
)


def require_nominated(cohort: Cohort, applicant: User) -> Nomination | None:
    """The nomination of this person, where the rules ask for one. Raises NotPossible without."""
    if not cohort.rule_set.is_by_nomination:
        return None
    found = Nomination.objects.of(applicant).filter(cohort=cohort).select_related("request__organisation").first()
    if found is None:
        who = nominator(cohort.rule_set)
        raise NotPossible(
            f"{capfirst(who)}s nominate people for this programme, and nobody has nominated you with the address {applicant.email} yet. "
            f"Ask your {who}, or sign in with the address that they gave us.",
            "not_nominated",
        )
    return found
