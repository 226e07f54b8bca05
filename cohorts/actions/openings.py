"""The board of openings: of which kinds somebody hears, who got one, and employers who are asked for some by a link (L5, L6, B60)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import transaction

from cohorts.actions import offering
from cohorts.actions.alumni import require_own
from cohorts.models import AlumniChoice, Enrolment, GraduateInterest, GraduateOffer, OpeningInvitation, Programme
from cohorts.notices import openings as notices
from cohorts.permissions import CohortPermission
from cohorts.states.alumni import SEEN_BY, GraduateOfferKind
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, person, require
from steppingup.accounts.models import Organisation, TokenLink
from steppingup.formats.date_fields import DayInput
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.behalf import on_behalf
from steppingup.steps.step import ChosenFrom, StepForm, Weight, step

RUN = CohortPermission.RUN_COHORTS
#: What an opening says of itself.
SAID = (
    *("title", "kind", "for_whom", "description", "gives", "place", "starts_on", "ends_on", "how_to_apply"),
    *("contact_name", "contact_email", "closes_on"),
)


# -- of what somebody hears --------------------------------------------------------------------------


def _require_board(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status not in SEEN_BY,
        f"{enrolment.participant} is not on the programme, and has not completed it.",
        "state",
    )


class HearForm(StepForm):
    """It begins with what was said before."""

    kinds = forms.MultipleChoiceField(
        label="Email me when one of these is put on the board",
        help_text="If you tick none, we will not email you about any. You can always see everything on this page.",
        choices=GraduateOfferKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = AlumniChoice.objects.filter(enrolment=self.subject.pk).first()
        self.initial = {"kinds": said.hears_of if said else [], **self.initial}


@step(
    Enrolment,
    "Say of what openings they hear",
    name="choose_openings",
    past="Said of what openings they hear",
    story="You said of what openings you would like to hear",
    meaning="It takes the place of what they said before. Nobody is told by email.",
    guard=require_own,
    policy=_require_board,
    form=HearForm,
    undo="choose_openings",
    back_by=RUN,
)
def choose_openings(*, enrolment: Enrolment, by: Actor, kinds: Sequence[str] = ()) -> AlumniChoice:
    """By kind; with nothing ticked nobody writes to them about openings. Raises NotPossible for who has left."""
    refuse_if(set(kinds) - set(GraduateOfferKind.values), "Choose from the list.", "choice", field="kinds")
    said = {"hears": bool(kinds), "kinds": [kind for kind in GraduateOfferKind.values if kind in kinds]}
    first = {**said, "chosen_at": None}
    return AlumniChoice.objects.update_or_create(enrolment=enrolment, defaults=said, create_defaults=first)[0]


choose_openings_for_them = on_behalf(
    choose_openings,
    Enrolment,
    "Say for them of what openings they hear",
    past="Of what openings they hear was said for them",
    whose=lambda enrolment: enrolment.participant,
    permission=RUN,
)


@transaction.atomic
def stop_hearing(*, choice: AlumniChoice, by: Actor) -> AlumniChoice:
    """No more emails about openings, by the link that stands in each of them. Raises NotAllowed without that link."""
    own = isinstance(by, LinkHolder) and by.link.purpose == notices.STOP_LINK and by.link.target == choice
    if not own:
        raise NotAllowed("These emails belong to whoever gets them.")
    if choice.hears:
        choice.hears, choice.kinds = False, []
        choice.save(update_fields=["hears", "kinds"])
    return choice


# -- who got it --------------------------------------------------------------------------------------


def _interests(offer: GraduateOffer, **which: Any) -> Any:
    return GraduateInterest.objects.filter(offer=offer, **which).select_related("enrolment__participant")


def who_may_have_got(offer: GraduateOffer) -> Any:
    return _interests(offer, got_on=None, handed_on_at__isnull=False)


def who_got(offer: GraduateOffer) -> Any:
    return _interests(offer, got_on__isnull=False)


class GotForm(StepForm):
    interest = ChosenFrom(
        GraduateInterest,
        who_may_have_got,
        said=lambda one: str(one.enrolment.participant),
        within=RUN,
        label="Who got it?",
        error_messages={"required": "Choose who got it."},
    )
    got_on = DayInput(label="On which day?", error_messages={"required": "Enter the day on which they got it."})


class DidNotForm(StepForm):
    interest = ChosenFrom(
        GraduateInterest,
        who_got,
        said=lambda one: str(one.enrolment.participant),
        within=RUN,
        label="Who did not get it?",
        error_messages={"required": "Choose who did not get it."},
    )


@step(
    GraduateOffer,
    "Record who got it",
    name="record_who_got_it",
    noun="offer",
    past="Who got it was recorded",
    meaning="It counts among those that people of the programme got, and they read on their page that it is recorded. Nobody is told by email.",
    permission=RUN,
    policy=lambda offer: refuse_if(
        not who_may_have_got(offer).exists(), "Nobody else whose name was handed on is interested.", "nobody"
    ),
    form=GotForm,
    undo="record_who_did_not",
)
def record_who_got_it(*, offer: GraduateOffer, interest: GraduateInterest, got_on: date, by: Actor) -> GraduateInterest:
    """One of those who are interested, and a day that has come. Raises NotPossible for others and for a day to come."""
    require(by, RUN, interest)
    refuse_if(got_on > clock.today(), "This day is still to come. Record it then.", "too_early", field="got_on")
    found = who_may_have_got(offer).select_for_update(of=("self",)).filter(pk=interest.pk).first()
    refuse_if(found is None, "Choose somebody whose name was handed on.", "nobody", field="interest")
    found.got_on = got_on
    found.save(update_fields=["got_on"])
    return found


@step(
    GraduateOffer,
    "Record that somebody did not get it",
    name="record_who_did_not",
    noun="offer",
    past="That somebody did not get it was recorded",
    meaning="It does not count any more. Nobody is told.",
    permission=RUN,
    policy=lambda offer: refuse_if(not who_got(offer).exists(), "It is recorded of nobody that they got it.", "nobody"),
    form=DidNotForm,
    undo="record_who_got_it",
)
def record_who_did_not(*, offer: GraduateOffer, interest: GraduateInterest, by: Actor) -> GraduateInterest:
    """It was recorded by mistake. Raises NotPossible for whoever it is not recorded of."""
    require(by, RUN, interest)
    found = who_got(offer).filter(pk=interest.pk).first()
    refuse_if(found is None, "It is not recorded of them.", "nobody", field="interest")
    found.got_on = None
    found.save(update_fields=["got_on"])
    return found


# -- asking employers --------------------------------------------------------------------------------


class AskEmployerForm(offering.AskForm):
    """The same, of employers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        employer: Any = self.fields["organisation"]
        employer.label, employer.error_messages["required"] = "Employer", "Choose the employer."


@step(
    Programme,
    "Ask an employer for openings",
    name="ask_for_openings",
    past="Asked for openings",
    meaning="They get a link by email, and need no account. What they offer waits for you to look at it before it is on the board.",
    permission=RUN,
    form=AskEmployerForm,
)
def ask_for_openings(
    *, programme: Programme, organisation: Organisation, name: str, email: str, by: Actor, message: str = ""
) -> OpeningInvitation:
    """Somebody at an employer is asked, by a link. Raises NotPossible for whoever has been asked already."""
    standing = OpeningInvitation.objects.open().filter(programme=programme)
    said = offering.whom(
        standing, "employers asked", organisation=organisation, name=name, email=email, message=message
    )
    made = OpeningInvitation.objects.create(programme=programme, asked_by=person(by), **said)
    notices.ask(made)
    return made


def _require_not_ended(invitation: OpeningInvitation) -> None:
    refuse_if(invitation.ended_at, "This link has ended.", "ended")


@step(
    OpeningInvitation,
    "Send a new link",
    name="send_opening_link",
    noun="invitation",
    past="New link sent",
    meaning="The link that they had stops working. What they have offered stays.",
    permission=RUN,
    policy=_require_not_ended,
)
def send_opening_link(*, invitation: OpeningInvitation, by: Actor) -> OpeningInvitation:
    """The same person gets another link. Raises NotPossible once it has ended."""
    notices.ask(OpeningInvitation.objects.for_steps().get(pk=invitation.pk))
    return invitation


@step(
    OpeningInvitation,
    "End the link",
    name="end_opening_link",
    noun="invitation",
    past="Link ended",
    meaning="Nobody can offer or change anything by this link any more. What was offered stays. Nobody is told.",
    permission=RUN,
    policy=_require_not_ended,
    done=lambda invitation: invitation.ended_at is not None,
    weight=Weight.DANGER,
)
def end_opening_link(*, invitation: OpeningInvitation, by: Actor) -> OpeningInvitation:
    """Whoever has the link, the right person or somebody else, finds nothing behind it."""
    locked = OpeningInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    _require_not_ended(locked)
    return offering.end(invitation)


# -- offering by the link ----------------------------------------------------------------------------


def _require_holder(by: Actor, invitation: OpeningInvitation | None) -> None:
    holds = isinstance(by, LinkHolder) and invitation is not None and by.link.purpose == notices.OPENINGS_LINK
    if not holds or by.link.target != invitation or invitation.ended_at:  # type: ignore[union-attr]
        raise NotAllowed(f"{by} was not asked for openings.")
    refuse_if(
        not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),  # type: ignore[union-attr]
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )


def _say(opening: GraduateOffer, said: dict[str, Any]) -> GraduateOffer:
    if unknown := set(said) - set(SAID):
        raise ValueError(f"An opening has no {', '.join(sorted(unknown))}.")
    for name, value in said.items():
        setattr(opening, name, value)
    ends_first = opening.starts_on and opening.ends_on and opening.ends_on < opening.starts_on
    refuse_if(ends_first, "It must end on or after the day it starts.", "order", field="ends_on")
    over = "This day has passed. Enter the last day on which people can say that they are interested."
    refuse_if(opening.closes_on < clock.today(), over, "passed", field="closes_on")
    opening.save()
    return opening


@transaction.atomic
def offer_opening(*, invitation: OpeningInvitation, by: Actor, **said: Any) -> GraduateOffer:
    """Whoever was asked offers one; staff look at it before it is on the board.

    Raises NotAllowed for whoever does not hold the link; NotPossible once it was replaced, and for the same once more."""
    _require_holder(by, invitation)
    OpeningInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    standing = invitation.openings.filter(closed_at=None).values_list("title", flat=True)
    refuse_if(
        any(fold(one) == fold(str(said.get("title", ""))) for one in standing),
        "You have offered one of this title already, which you find on your page. Give this one another title.",
        "offered_already",
        field="title",
    )
    new = GraduateOffer(programme=invitation.programme, organisation=invitation.organisation, invitation=invitation)
    return _say(new, said)


def _still_theirs(opening: GraduateOffer, by: Actor) -> GraduateOffer:
    _require_holder(by, opening.invitation)
    locked = GraduateOffer.objects.select_for_update(of=("self",)).for_steps().get(pk=opening.pk)
    refuse_if(
        locked.opened_at or locked.closed_at,
        "People may have read it by now, so it is changed by those who run the programme. Please write or ring.",
        "state",
    )
    return locked


@transaction.atomic
def change_opening(*, opening: GraduateOffer, by: Actor, **said: Any) -> GraduateOffer:
    """What it says, until it is on the board. Raises NotAllowed for others than whoever offered it; NotPossible after that."""
    return _say(_still_theirs(opening, by), said)


@transaction.atomic
def take_opening_back(*, opening: GraduateOffer, by: Actor) -> GraduateOffer:
    """It is not offered after all; once it is on the board, those who run the programme close it. Raises as `change_opening` does."""
    locked = _still_theirs(opening, by)
    locked.closed_at = clock.now()
    locked.save(update_fields=["closed_at"])
    return locked
