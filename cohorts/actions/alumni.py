"""What graduates agree to, and the board of openings: told to those who asked, and whoever is interested is named to the employer once they
agree (L5, L6, B60; docs/adr/0080)."""

from typing import Any

from django import forms

from cohorts.models import AlumniChoice, Enrolment, GraduateInterest, GraduateOffer
from cohorts.models.alumni import AGREES
from cohorts.notices import alumni as notices
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from cohorts.states.alumni import SEEN_BY
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, System, may
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.history.previews import note
from steppingup.steps.behalf import on_behalf
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, step

RUN = CohortPermission.RUN_COHORTS
WHICH = "Choose the opportunity."


def require_own(by: Actor, enrolment: Enrolment) -> None:
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
        label="Tell me of interviews, secondments and other openings that employers offer to graduates",
        help_text="You can choose which kinds on the page of openings.",
        required=False,
    )
    attends = forms.BooleanField(label="Invite me to talks and other events for graduates", required=False)
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
    guard=require_own,
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
    attends: bool = False,
    words: str = "",
) -> AlumniChoice:
    """Changed whenever they like; with nothing ticked nobody asks them anything. Of which kinds they hear stays, as long as they hear."""
    said: dict[str, Any] = {} if hears else {"kinds": []}
    said |= {
        "speaks": speaks,
        "mentors": mentors,
        "hears": hears,
        "attends": attends,
        "words": words.strip(),
        "chosen_at": clock.now(),
    }
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


def who_asked(offer: GraduateOffer) -> list[AlumniChoice]:
    """Those for whom it is and who asked to hear of such things, each once, whatever places they have had; nobody who was written to
    about it before."""
    statuses = [status for status, whom in SEEN_BY.items() if offer.for_whom in whom]
    asked = AlumniChoice.objects.hearing_of(offer.kind).filter(
        enrolment__cohort__programme=offer.programme_id,
        enrolment__status__in=statuses,
        enrolment__participant__is_active=True,
    )
    told = notices.told_of(offer)
    each = {one.enrolment.participant_id: one for one in asked.for_steps().order_by("-pk")}
    return [one for person, one in sorted(each.items()) if person not in told]


def _require_to_open(offer: GraduateOffer) -> None:
    refuse_if(offer.opened_at, "It is open already, or was.", "opened")
    refuse_if(offer.closed_at, "It was taken off. Put it back first.", "taken_off")
    refuse_if(offer.closes_on < clock.today(), "Its last day has passed. Enter a later one first.", "over")


@step(
    GraduateOffer,
    "Put it on the board",
    name="open_to_graduates",
    noun="offer",
    past="Put on the board",
    meaning="Those for whom it is see it on their pages until its last day, and those of them who asked to hear of such things get an email, once.",
    permission=RUN,
    policy=_require_to_open,
    done=lambda offer: offer.opened_at is not None,
    undo="close_offer",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_look_at(),
        "opening was offered and is to be looked at",
        "openings were offered and are to be looked at",
        order=41,
    ),
)
def open_to_graduates(*, offer: GraduateOffer, by: Actor) -> GraduateOffer:
    """Raises NotPossible once it was opened, or after its last day."""
    locked = GraduateOffer.objects.select_for_update(of=("self",)).get(pk=offer.pk)
    _require_to_open(locked)
    offer.opened_at = clock.now()
    offer.save(update_fields=["opened_at"])
    told = notices.tell_who_asked(offer, who_asked(offer))
    note(f"{english.counted(told, 'person', 'people')} asked to hear of such things.")
    return offer


def _require_to_close(offer: GraduateOffer) -> None:
    never = offer.opened_at is None and offer.invitation_id is None
    refuse_if(never or offer.closed_at, "It is not open.", "not_open")


@step(
    GraduateOffer,
    "Close it",
    name="close_offer",
    noun="offer",
    past="Closed",
    meaning="It is not on the board any more. Nobody is told; whoever said that they are interested stays named.",
    permission=RUN,
    policy=_require_to_close,
    done=lambda offer: offer.closed_at is not None,
    undo="reopen_offer",
    weight=Weight.DANGER,
)
def close_offer(*, offer: GraduateOffer, by: Actor) -> GraduateOffer:
    """It is taken, say, before its last day; or it was offered by a link, and is nothing for the board."""
    offer.closed_at = clock.now()
    offer.save(update_fields=["closed_at"])
    return offer


@step(
    GraduateOffer,
    "Open it again",
    name="reopen_offer",
    noun="offer",
    past="Open again",
    meaning="It stands as before it was closed: on the board until its last day, or to be looked at. Nobody is told.",
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
    """Those that this person sees on the board now."""
    return GraduateOffer.objects.open().seen_by(enrolment).for_steps()


def offers_shown(enrolment: Enrolment) -> Any:
    """Those that were open to them once, too: whoever follows the link in an email late reads that it is closed."""
    return GraduateOffer.objects.seen_by(enrolment).for_steps()


def _said(enrolment: Enrolment) -> Any:
    return GraduateInterest.objects.of_place(enrolment)


def to_choose(enrolment: Enrolment) -> Any:
    return offers_for(enrolment).exclude(pk__in=_said(enrolment).values("offer"))


def chosen(enrolment: Enrolment) -> Any:
    """Those that they can take their interest back in."""
    return GraduateOffer.objects.filter(pk__in=_said(enrolment).may_be_taken_back().values("offer")).for_steps()


def kept_from(enrolment: Enrolment) -> Any:
    """Open ones whose employer does not know yet that they are interested."""
    return offers_for(enrolment).filter(pk__in=_said(enrolment).filter(handed_on_at=None).values("offer"))


def _require_offer(enrolment: Enrolment) -> None:
    refuse_if(not to_choose(enrolment).exists(), "No opportunity is open that they have not asked about.", "none")


def _require_said(enrolment: Enrolment) -> None:
    refuse_if(not chosen(enrolment).exists(), "They have asked about no opportunity that is open.", "none")


def _require_kept(enrolment: Enrolment) -> None:
    refuse_if(not kept_from(enrolment).exists(), "Whoever offers what they asked about has their name.", "handed_on")


class InterestForm(StepForm):
    offer = ChosenFrom(GraduateOffer, to_choose, label="Which one?", error_messages={"required": WHICH})
    words = forms.CharField(
        label="What would you like them to know? (optional)",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    first_to_us = forms.BooleanField(
        label="Do not send my name yet: I would like to talk to those who run the programme first",
        help_text="If you tick this, they see that you are interested, and you decide on this page when your name is sent.",
        required=False,
    )


class NoInterestForm(StepForm):
    offer = ChosenFrom(GraduateOffer, chosen, label="Which one?", error_messages={"required": WHICH})


class HandOnForm(StepForm):
    offer = ChosenFrom(GraduateOffer, kept_from, label="Which one?", error_messages={"required": WHICH})


@step(
    Enrolment,
    "Say that they are interested",
    name="say_interest",
    past="Said that they are interested",
    story="You said that you are interested",
    meaning="Whoever offers it gets their name and email address, and what they say, by email; or nobody is told yet, where they want to talk to those who run the programme first.",
    guard=require_own,
    policy=_require_offer,
    form=InterestForm,
    undo="end_interest",
    back_by=RUN,
)
def say_interest(
    *, enrolment: Enrolment, offer: GraduateOffer, by: Actor, words: str = "", first_to_us: bool = False
) -> GraduateInterest:
    """Raises NotPossible for one that is not open, or that they have asked about."""
    Enrolment.objects.locked(enrolment.pk)
    if not to_choose(enrolment).filter(pk=offer.pk).exists():
        raise NotPossible("This is not open any more, or you have said so already.", "none", field="offer")
    when = None if first_to_us else clock.now()
    given = {"words": words.strip(), "handed_on_at": when}
    interest = GraduateInterest.objects.create(enrolment=enrolment, offer=offer, **given)
    if not first_to_us:
        notices.tell_contact(interest)
    return interest


@step(
    Enrolment,
    "Send their name to whoever offers it",
    name="hand_on_name",
    past="Their name was sent to whoever offers it",
    story="Your name was sent to whoever offers it",
    meaning="Whoever offers it gets their name and email address, and what they say, by email.",
    guard=require_own,
    policy=_require_kept,
    form=HandOnForm,
    undo="end_interest",
    back_by=RUN,
)
def hand_on_name(*, enrolment: Enrolment, offer: GraduateOffer, by: Actor) -> GraduateInterest:
    """They had wanted to talk to those who run the programme first. Raises NotPossible where their name was sent, and once it is closed."""
    Enrolment.objects.locked(enrolment.pk)
    if not kept_from(enrolment).filter(pk=offer.pk).exists():
        raise NotPossible("This is not open any more, or they have your name.", "handed_on", field="offer")
    interest = _said(enrolment).select_related("offer", "enrolment__participant").get(offer=offer)
    interest.handed_on_at = clock.now()
    interest.save(update_fields=["handed_on_at"])
    notices.tell_contact(interest)
    return interest


@step(
    Enrolment,
    "Say that they are not interested any more",
    name="end_interest",
    past="Said that they are not interested any more",
    story="You said that you are not interested any more",
    meaning="Whoever offers it is told so by email, where they have the name. Nothing of it is kept on the board.",
    guard=require_own,
    policy=_require_said,
    form=NoInterestForm,
    undo="say_interest",
    back_by=RUN,
)
def end_interest(*, enrolment: Enrolment, offer: GraduateOffer, by: Actor) -> Enrolment:
    """Raises NotPossible where they have not said that they are, where it is too late to say so, and once they got it."""
    Enrolment.objects.locked(enrolment.pk)
    mine = _said(enrolment).may_be_taken_back()
    found = mine.filter(offer=offer).select_related("offer", "enrolment__participant").first()
    if found is None:
        raise NotPossible("You have not said that you are interested in this.", "none", field="offer")
    if found.handed_on_at:
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
hand_on_name_for_them = on_behalf(
    hand_on_name,
    Enrolment,
    "Hand their name on for them",
    past="Their name was handed on for them",
    whose=lambda enrolment: enrolment.participant,
    permission=RUN,
)
