"""Somebody's place in the succession pool: what they say themselves, what they show, and how ready they are said to be (L2)."""

from datetime import date, timedelta
from typing import Any

from django import forms

from cohorts.models import Placement
from representation import pool_notices as notices
from representation.models import LONGEST, PoolEntry, PoolEvidence, PoolReview
from representation.permissions import RepresentationPermission
from representation.states import POOL_ENTRY, PoolStatus, Readiness
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, person
from steppingup.accounts.models import User
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, asking, step

KEEP = RepresentationPermission.KEEP_POOL
#: What is said of readiness holds for two years at the longest.
LONGEST_YEARS = 2
SAY_WHAT = "Write what you did there, and what it shows."


def _is_own(by: Actor, entry: PoolEntry) -> bool:
    return isinstance(by, User) and by.pk == entry.enrolment.participant_id


def _require_own(by: Actor, entry: PoolEntry) -> None:
    """Nobody else says it for them."""
    if not _is_own(by, entry):
        raise NotAllowed(f"{by} may not say this for {entry.enrolment.participant}.")


def _require_in_it(entry: PoolEntry) -> None:
    refuse_if(entry.status != PoolStatus.AGREED, "They are not in the pool for this post.", "not_in_pool")


# -- what they say -----------------------------------------------------------------------------------


def seen_field(**more: Any) -> forms.BooleanField:
    return forms.BooleanField(
        label="People who are named for this post, such as a hiring manager, may see me here",
        help_text="Whoever is named for the post sees your name, your programme, how ready you are said to be and what you show. Your page says who it is, and you can change your mind whenever you like.",
        required=False,
        **more,
    )


@step(
    PoolEntry,
    "Say yes",
    name="join_pool",
    noun="entry",
    past="Said yes to the pool",
    story="You said yes to the pool",
    meaning="From now on you are in the pool for this post. Your page shows what is said about you there, and you can leave whenever you like. It promises nobody a post.",
    guard=_require_own,
    lifecycle=POOL_ENTRY,
    form=asking(is_seen=seen_field()),
    undo="leave_pool",
    back_by=KEEP,
    weight=Weight.STRONG,
)
def join_pool(*, entry: PoolEntry, by: Actor, is_seen: bool = False) -> PoolEntry:
    return POOL_ENTRY.move(entry, "join_pool", agreed_at=clock.now(), is_seen=is_seen)


@step(
    PoolEntry,
    "Say no",
    name="decline_pool",
    noun="entry",
    past="Said no to the pool",
    story="You said no to the pool",
    meaning="You are not in the pool for this post. Nobody is told by email, and you need not say why.",
    guard=_require_own,
    lifecycle=POOL_ENTRY,
    back_by=KEEP,
    weight=Weight.DANGER,
)
def decline_pool(*, entry: PoolEntry, by: Actor) -> PoolEntry:
    return POOL_ENTRY.move(entry, "decline_pool", ended_at=clock.now())


@step(
    PoolEntry,
    "Take the question back",
    name="take_question_back",
    noun="entry",
    past="Question taken back",
    story="The question was taken back",
    meaning="They are not asked any more, also where they have told you themselves that they do not want to be in it. Nobody is told by email.",
    permission=KEEP,
    lifecycle=POOL_ENTRY,
    moves=("decline_pool",),
    weight=Weight.DANGER,
)
def take_question_back(*, entry: PoolEntry, by: Actor) -> PoolEntry:
    return POOL_ENTRY.move(entry, "decline_pool", ended_at=clock.now())


@step(
    PoolEntry,
    "Leave the pool",
    name="leave_pool",
    noun="entry",
    past="Left the pool",
    story="You left the pool",
    meaning="Nobody who is named for this post sees you any more, and you are not counted. Nobody is told by email, and you need not say why.",
    guard=_require_own,
    lifecycle=POOL_ENTRY,
    back_by=KEEP,
    weight=Weight.DANGER,
)
def leave_pool(*, entry: PoolEntry, by: Actor) -> PoolEntry:
    """At any time, without a reason."""
    return POOL_ENTRY.move(entry, "leave_pool", ended_at=clock.now(), is_seen=False)


@step(
    PoolEntry,
    "Take them out of the pool",
    name="take_out",
    noun="entry",
    past="Taken out of the pool",
    story="You were taken out of the pool",
    meaning="Nobody who is named for the post sees them any more, and they are not counted. They are told by email.",
    permission=KEEP,
    lifecycle=POOL_ENTRY,
    moves=("leave_pool",),
    weight=Weight.DANGER,
)
def take_out(*, entry: PoolEntry, by: Actor) -> PoolEntry:
    """Also for those who ask for it."""
    POOL_ENTRY.move(entry, "leave_pool", ended_at=clock.now(), is_seen=False)
    notices.tell(notices.TAKEN_OUT, entry)
    return entry


class SeenForm(StepForm):
    """It begins with what was said before."""

    is_seen = seen_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_seen"].initial = self.subject.is_seen


@step(
    PoolEntry,
    "Say who may see you",
    name="choose_who_sees",
    noun="entry",
    past="Said who may see them",
    story="You said who may see you in the pool",
    meaning="It holds from now on. Nobody is told.",
    guard=_require_own,
    policy=_require_in_it,
    form=SeenForm,
    undo="choose_who_sees",
    back_by=KEEP,
)
def choose_who_sees(*, entry: PoolEntry, by: Actor, is_seen: bool = False) -> PoolEntry:
    """Raises NotPossible for whoever is not in the pool."""
    entry.is_seen = is_seen
    entry.save(update_fields=["is_seen"])
    return entry


# -- what they show ----------------------------------------------------------------------------------


def assignments_of(entry: PoolEntry) -> Any:
    """Those that they really had, of any of their programmes, and have not shown yet."""
    shown = PoolEvidence.objects.filter(entry=entry).values("placement")
    own = Placement.objects.filter(enrolment__participant=entry.enrolment.participant_id)
    return own.exclude(pk__in=shown).select_related("host", "enrolment__cohort").order_by("pk")


def _require_to_show(entry: PoolEntry) -> None:
    _require_in_it(entry)
    refuse_if(not assignments_of(entry).exists(), "There is no other assignment to show.", "nothing_to_show")


class EvidenceForm(StepForm):
    placement = ChosenFrom(
        Placement,
        assignments_of,
        said=lambda one: f"{one.title}, at {one.host}",
        label="Which assignment?",
        error_messages={"required": "Choose the assignment."},
    )
    words = forms.CharField(
        label="What did you do there, and what does it show?",
        help_text="In your own words. Whoever keeps the pool reads it, and those whom you let see you.",
        max_length=LONGEST,
        error_messages={"required": SAY_WHAT},
        widget=forms.Textarea(attrs={"rows": 6}),
    )


@step(
    PoolEntry,
    "Show what you did",
    name="show_evidence",
    noun="entry",
    past="Showed what they did",
    story="You showed what you did",
    meaning="It stands with your place in the pool. You can remove it whenever you like. Nobody is told.",
    guard=_require_own,
    policy=_require_to_show,
    form=EvidenceForm,
    undo="remove_evidence",
    back_by=KEEP,
)
def show_evidence(*, entry: PoolEntry, placement: Placement, words: str, by: Actor) -> PoolEvidence:
    """Raises NotPossible without words, and for an assignment that is not theirs or is shown already."""
    words = required(words, SAY_WHAT, "words")
    refuse_if(
        not assignments_of(entry).filter(pk=placement.pk).exists(),
        "Choose one of your own assignments that is not shown yet.",
        "nothing_to_show",
        field="placement",
    )
    return PoolEvidence.objects.create(entry=entry, placement=placement, words=words)


def _require_shown(entry: PoolEntry) -> None:
    refuse_if(not PoolEvidence.objects.filter(entry=entry).exists(), "Nothing is shown.", "nothing_to_show")


class RemoveForm(StepForm):
    evidence = ChosenFrom(
        PoolEvidence,
        lambda entry: PoolEvidence.objects.filter(entry=entry).select_related("placement"),
        label="Which one?",
        error_messages={"required": "Choose which one."},
    )


@step(
    PoolEntry,
    "Remove what you showed",
    name="remove_evidence",
    noun="entry",
    past="Removed what they showed",
    story="You removed what you showed",
    meaning="Nobody sees it any more. Nobody is told.",
    guard=_require_own,
    policy=_require_shown,
    form=RemoveForm,
    undo="show_evidence",
    back_by=KEEP,
)
def remove_evidence(*, entry: PoolEntry, evidence: PoolEvidence, by: Actor) -> PoolEntry:
    """Raises NotPossible for what stands with another place."""
    refuse_if(evidence.entry_id != entry.pk, "This is not shown here.", "nothing_to_show", field="evidence")
    evidence.delete()
    return entry


# -- how ready they are ------------------------------------------------------------------------------


class ReviewForm(StepForm):
    readiness = forms.ChoiceField(
        label="How ready are they?",
        choices=Readiness.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how ready they are."},
    )
    words = forms.CharField(
        label="Why?",
        help_text="They read it. Write what you have seen, such as what they did on an assignment.",
        max_length=LONGEST,
        error_messages={"required": "Say why."},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    review_by = DayInput(
        label="By when is this looked at again?",
        help_text="After that day it has lapsed: it is not counted, and is shown to nobody else.",
        error_messages={"required": "Enter the day by which this is looked at again."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["readiness"].initial = self.subject.readiness


@step(
    PoolEntry,
    "Review how ready they are",
    name="review_readiness",
    noun="entry",
    past="How ready they are was reviewed",
    story="How ready you are was reviewed",
    meaning="They are told by email that it was reviewed, and read on their page what you say and why.",
    permission=KEEP,
    policy=_require_in_it,
    form=ReviewForm,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_review(),
        "person in the pool is to be reviewed",
        "people in the pool are to be reviewed",
        order=45,
    ),
)
def review_readiness(*, entry: PoolEntry, readiness: str, words: str, review_by: date, by: Actor) -> PoolReview:
    """What is said stands until the next review, and lapses by itself.

    Raises NotPossible for whoever is not in the pool, without a reason, and for a day that has been or is far away."""
    words, today = required(words, "Say why.", "words"), clock.today()
    refuse_if(review_by <= today, "Choose a day that is still to come.", "review_too_early", field="review_by")
    refuse_if(
        review_by > today + timedelta(days=366 * LONGEST_YEARS),
        "Choose a day within the next two years: people change.",
        "review_too_late",
        field="review_by",
    )
    entry.readiness, entry.review_by = Readiness(readiness), review_by
    entry.save(update_fields=["readiness", "review_by"])
    review = PoolReview.objects.create(
        entry=entry, readiness=entry.readiness, words=words, review_by=review_by, by=person(by)
    )
    notices.tell(notices.REVIEWED, entry)
    return review
