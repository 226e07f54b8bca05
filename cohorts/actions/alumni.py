"""What graduates agree to, and what employers offer them: told to those who asked, and whoever is interested is named to the employer."""

from typing import Any

from django import forms

from cohorts.models import AlumniChoice, Enrolment, GraduateInterest, GraduateOffer
from cohorts.models.alumni import AGREES
from cohorts.notices import alumni as notices
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, System, may
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.history.previews import note
from steppingup.steps.behalf import on_behalf
from steppingup.steps.step import ChosenFrom, StepForm, Weight, step

RUN = CohortPermission.RUN_COHORTS
WHICH = "Choose the opportunity."


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    """The graduate, or whoever runs the cohort for them."""
    if isinstance(by, System) or (isinstance(by, User) and by.pk == enrolment.participant_id):
        return
    if not may(by, RUN, enrolment):
        raise NotAllowed(f"{by} may not say this for {enrolment.participant}.")


def _require_graduate(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.COMPLETED,
        f"{enrolment.participant} is not recorded as having completed.",
        "state",
    )


# -- what they agree to ------------------------------------------------------------------------------


class AlumniForm(StepForm):
    """It begins with what was said before."""

    speaks = forms.BooleanField(label="I would speak to others who think of taking part", required=False)
    mentors = forms.BooleanField(label="I would mentor somebody", required=False)
    hears = forms.BooleanField(
        label="Tell me of interviews, secondments and development that employers offer to graduates", required=False
    )
    words = forms.CharField(
        label="About what, and when would it suit you? (optional)",
        help_text="Those who run the programme read it.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if said := AlumniChoice.objects.filter(enrolment=self.subject.pk).first():
            self.initial = {**{name: getattr(said, name) for name in (*AGREES, "words")}, **self.initial}


@step(
    Enrolment,
    "Say what they agree to as a graduate",
    name="choose_as_graduate",
    past="Said what they agree to as a graduate",
    story="You said how you would like to stay in touch",
    meaning="It takes the place of what they said before. Nobody is told by email.",
    guard=_require_own,
    policy=_require_graduate,
    form=AlumniForm,
    undo="choose_as_graduate",
    back_by=RUN,
)
def choose_as_graduate(
    *,
    enrolment: Enrolment,
    by: Actor,
    speaks: bool = False,
    mentors: bool = False,
    hears: bool = False,
    words: str = "",
) -> AlumniChoice:
    """Changed whenever they like; with nothing ticked nobody asks them anything."""
    said = {"speaks": speaks, "mentors": mentors, "hears": hears, "words": words.strip(), "chosen_at": clock.now()}
    choice, _ = AlumniChoice.objects.update_or_create(enrolment=enrolment, defaults=said)
    return choice


choose_as_graduate_for_them = on_behalf(
    choose_as_graduate,
    Enrolment,
    "Say for them what they agree to as a graduate",
    past="What they agree to as a graduate was said for them",
    whose=lambda enrolment: enrolment.participant,
    permission=RUN,
)


# -- what is offered ---------------------------------------------------------------------------------


def who_asked(offer: GraduateOffer) -> Any:
    """Graduates of the programme who asked to hear of such things."""
    found = AlumniChoice.objects.of_graduates().filter(hears=True, enrolment__cohort__programme=offer.programme_id)
    return found.for_steps().order_by("pk")


def _require_to_open(offer: GraduateOffer) -> None:
    refuse_if(offer.opened_at, "It is open already, or was.", "opened")
    refuse_if(offer.closes_on < clock.today(), "Its last day has passed. Enter a later one first.", "over")


@step(
    GraduateOffer,
    "Open it to graduates",
    name="open_to_graduates",
    noun="offer",
    past="Opened to graduates",
    meaning="Graduates of the programme see it on their pages, and those who asked to hear of such things get an email.",
    permission=RUN,
    policy=_require_to_open,
    done=lambda offer: offer.opened_at is not None,
    undo="close_offer",
    weight=Weight.STRONG,
)
def open_to_graduates(*, offer: GraduateOffer, by: Actor) -> GraduateOffer:
    """Raises NotPossible once it was opened, or after its last day."""
    locked = GraduateOffer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    _require_to_open(locked)
    offer.opened_at = clock.now()
    offer.save(update_fields=["opened_at"])
    told = notices.tell_graduates(offer, who_asked(offer))
    note(f"{english.counted(told, 'graduate')} asked to hear of such things.")
    return offer


@step(
    GraduateOffer,
    "Close it",
    name="close_offer",
    noun="offer",
    past="Closed",
    meaning="Graduates do not see it any more. Nobody is told; whoever said that they are interested stays named.",
    permission=RUN,
    policy=lambda offer: refuse_if(offer.opened_at is None or offer.closed_at, "It is not open.", "not_open"),
    done=lambda offer: offer.closed_at is not None,
    undo="reopen_offer",
    weight=Weight.DANGER,
)
def close_offer(*, offer: GraduateOffer, by: Actor) -> GraduateOffer:
    """It is taken, say, before its last day."""
    offer.closed_at = clock.now()
    offer.save(update_fields=["closed_at"])
    return offer


@step(
    GraduateOffer,
    "Open it again",
    name="reopen_offer",
    noun="offer",
    past="Open again",
    meaning="Graduates see it again until its last day. Nobody is told.",
    permission=RUN,
    policy=lambda offer: refuse_if(offer.closed_at is None, "It is not closed.", "not_closed"),
    done=lambda offer: offer.opened_at is not None and offer.closed_at is None,
    undo="close_offer",
)
def reopen_offer(*, offer: GraduateOffer, by: Actor) -> GraduateOffer:
    offer.closed_at = None
    offer.save(update_fields=["closed_at"])
    return offer


# -- interest ----------------------------------------------------------------------------------------


def offers_for(enrolment: Enrolment) -> Any:
    """Those that this graduate sees now."""
    if enrolment.status != EnrolmentStatus.COMPLETED:
        return GraduateOffer.objects.none()
    return GraduateOffer.objects.open().filter(programme=enrolment.cohort.programme_id).for_steps()


def offers_shown(enrolment: Enrolment) -> Any:
    """Those that were open to them once, too: whoever follows the link in an email late reads that it is closed."""
    if enrolment.status != EnrolmentStatus.COMPLETED:
        return GraduateOffer.objects.none()
    shown = GraduateOffer.objects.exclude(opened_at=None).filter(programme=enrolment.cohort.programme_id)
    return shown.for_steps()


def _said(enrolment: Enrolment) -> Any:
    return GraduateInterest.objects.filter(enrolment=enrolment)


def to_choose(enrolment: Enrolment) -> Any:
    return offers_for(enrolment).exclude(pk__in=_said(enrolment).values("offer"))


def chosen(enrolment: Enrolment) -> Any:
    return offers_for(enrolment).filter(pk__in=_said(enrolment).values("offer"))


def _require_offer(enrolment: Enrolment) -> None:
    _require_graduate(enrolment)
    refuse_if(not to_choose(enrolment).exists(), "No opportunity is open that they have not asked about.", "none")


def _require_said(enrolment: Enrolment) -> None:
    _require_graduate(enrolment)
    refuse_if(not chosen(enrolment).exists(), "They have asked about no opportunity that is open.", "none")


class InterestForm(StepForm):
    offer = ChosenFrom(GraduateOffer, to_choose, label="Which one?", error_messages={"required": WHICH})
    words = forms.CharField(
        label="What would you like them to know? (optional)",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoInterestForm(StepForm):
    offer = ChosenFrom(GraduateOffer, chosen, label="Which one?", error_messages={"required": WHICH})


@step(
    Enrolment,
    "Say that they are interested",
    name="say_interest",
    past="Said that they are interested",
    story="You said that you are interested",
    meaning="Whoever offers it gets their name and email address, and what they say, by email.",
    guard=_require_own,
    policy=_require_offer,
    form=InterestForm,
    undo="end_interest",
    back_by=RUN,
)
def say_interest(*, enrolment: Enrolment, offer: GraduateOffer, by: Actor, words: str = "") -> GraduateInterest:
    """Raises NotPossible for one that is not open, or that they have asked about."""
    Enrolment.objects.locked(enrolment.pk)
    if not to_choose(enrolment).filter(pk=offer.pk).exists():
        raise NotPossible("This is not open any more, or you have said so already.", "none", field="offer")
    interest = GraduateInterest.objects.create(enrolment=enrolment, offer=offer, words=words.strip())
    notices.tell_contact(interest)
    return interest


@step(
    Enrolment,
    "Say that they are not interested any more",
    name="end_interest",
    past="Said that they are not interested any more",
    story="You said that you are not interested any more",
    meaning="Whoever offers it is told so by email.",
    guard=_require_own,
    policy=_require_said,
    form=NoInterestForm,
    undo="say_interest",
    back_by=RUN,
)
def end_interest(*, enrolment: Enrolment, offer: GraduateOffer, by: Actor) -> Enrolment:
    """Raises NotPossible where they have not said that they are."""
    Enrolment.objects.locked(enrolment.pk)
    found = _said(enrolment).filter(offer=offer).select_related("offer", "enrolment__participant").first()
    if found is None:
        raise NotPossible("You have not said that you are interested in this.", "none", field="offer")
    notices.tell_contact_of_end(found)
    found.delete()
    return enrolment


say_interest_for_them = on_behalf(
    say_interest,
    Enrolment,
    "Say for them that they are interested",
    past="That they are interested was said for them",
    whose=lambda enrolment: enrolment.participant,
    permission=RUN,
)
end_interest_for_them = on_behalf(
    end_interest,
    Enrolment,
    "Say for them that they are not interested any more",
    past="That they are not interested any more was said for them",
    whose=lambda enrolment: enrolment.participant,
    permission=RUN,
)
