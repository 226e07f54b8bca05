"""Posts of the succession pool: who is asked, who may see those who agreed, and how a successor was chosen (L2, L3)."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from cohorts.models import Enrolment
from cohorts.states import EnrolmentStatus
from representation import pool_notices as notices
from representation.models import LONGEST, PoolEntry, Post, PostViewer, SuccessionDecision
from representation.permissions import RepresentationPermission
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.accounts.models import TokenLink
from steppingup.accounts.scope import accounts
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.formats.sameness import person as same_person
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, Weight, step

KEEP = RepresentationPermission.KEEP_POOL
FEWEST = 2
TOO_FEW = "Name at least two people who were on the panel, one on each line."
THEMSELVES = "Whoever was chosen is named as one of the panel. Nobody chooses themselves: write who else was on it."
#: Between a name and a role: “Hana Osei, head of HR”, “Hana Osei (HR)”, “Hana Osei – HR”.
_ROLE = re.compile(r"[,(:;\t]|\s[-–—]\s")
MIXED_WHY = "Say how the panel was mixed, or why it was not."
CAUTION = (
    "Whoever holds this post sat on the panel that chose their successor. People tend to choose somebody like themselves: "
    "would somebody else decide the same, for the reasons that are written here?"
)


# -- who is asked ------------------------------------------------------------------------------------


def people_for(post: Post) -> Any:
    """Participants and graduates of the provider who are not asked about this post, nor in its pool."""
    taken = PoolEntry.objects.filter(post=post).standing().values("enrolment__participant")
    able = (EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED)
    rows = Enrolment.objects.filter(cohort__programme__provider=post.provider_id, status__in=able)
    there = rows.filter(participant__is_active=True, participant__died_on=None)
    return there.exclude(participant__in=taken).for_steps().order_by("participant__full_name", "pk")


class AskForm(StepForm):
    enrolment = ChosenFrom(
        Enrolment,
        people_for,
        said=lambda one: f"{one.participant}, {one.cohort}",
        within=KEEP,
        label="Who?",
        error_messages={"required": "Choose whom to ask."},
    )
    message = forms.CharField(
        label="Why them? (optional)",
        help_text="They read it on their page.",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _require_somebody(post: Post) -> None:
    refuse_if(not people_for(post).exists(), "There is nobody left to ask about this post.", "nobody_for_post")


@step(
    Post,
    "Ask somebody to be in the pool",
    name="ask_into_pool",
    noun="post",
    past="Asked to be in the pool",
    meaning="They get an email and say yes or no on their own page. Until they say yes, they are in no pool.",
    permission=KEEP,
    policy=_require_somebody,
    form=AskForm,
    weight=Weight.STRONG,
)
def ask_into_pool(*, post: Post, enrolment: Enrolment, by: Actor, message: str = "") -> PoolEntry:
    """Nobody is in a pool without knowing. Raises NotPossible for oneself, and for whoever is asked or in it already."""
    refuse_if(
        enrolment.participant_id in accounts(by),
        "Somebody else asks you, if you are to be asked.",
        "own",
        field="enrolment",
    )
    Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    refuse_if(
        not people_for(post).filter(pk=enrolment.pk).exists(),
        "Choose a participant or graduate of yours who was not asked about this post yet.",
        "in_pool_already",
        field="enrolment",
    )
    made = PoolEntry.objects.create(post=post, enrolment=enrolment, message=message.strip(), asked_by=person(by))
    entry = PoolEntry.objects.for_steps().get(pk=made.pk)
    notices.tell(notices.ASKED, entry)
    return entry


# -- who may see them --------------------------------------------------------------------------------


class ViewerForm(StepForm):
    name = NameInput(label="Their name", max_length=150, error_messages={"required": "Enter their name."})
    email = AddressInput(label="Their email address", error_messages={"required": "Enter their email address."})


@step(
    Post,
    "Name somebody who may see them",
    name="name_viewer",
    noun="post",
    past="Somebody was named who may see them",
    meaning="They get an email with a link that works for 30 days, and see those who agreed to be seen for this post, and nobody else. Everybody in the pool of the post sees on their page who it is.",
    permission=KEEP,
    form=ViewerForm,
)
def name_viewer(*, post: Post, name: str, email: str, by: Actor) -> PostViewer:
    """Raises NotPossible for an address that is none, and for whoever is named already."""
    name = required(name, "Enter their name.", "name")
    try:
        validate_email(email.strip())
    except ValidationError:
        raise NotPossible(f"“{email}” is not an email address.", "address", field="email") from None
    try:
        with transaction.atomic():
            made = PostViewer.objects.create(post=post, name=name, email=email.strip())
    except IntegrityError:
        raise NotPossible(
            "They are named for this post already. Send the link again on their page.", "viewer_already", field="email"
        ) from None
    viewer = PostViewer.objects.for_steps().get(pk=made.pk)
    notices.tell_viewer(viewer)
    return viewer


def _require_named(viewer: PostViewer) -> None:
    refuse_if(viewer.ended_at, "They are not named for this post any more.", "viewer_ended")


@step(
    PostViewer,
    "Send the link again",
    name="send_viewer_link",
    noun="viewer",
    past="Link sent again",
    meaning="They get another email. The link in the one before stops working.",
    permission=KEEP,
    policy=_require_named,
    final="They have the new link, and the one before does not work any more.",
)
def send_viewer_link(*, viewer: PostViewer, by: Actor) -> PostViewer:
    """Raises NotPossible for whoever is not named any more."""
    notices.tell_viewer(viewer)
    return viewer


@step(
    PostViewer,
    "End it",
    name="end_viewer",
    noun="viewer",
    past="Not named any more",
    meaning="Their link stops working at once. Nobody is told.",
    permission=KEEP,
    policy=_require_named,
    done=lambda viewer: viewer.ended_at is not None,
    weight=Weight.DANGER,
)
def end_viewer(*, viewer: PostViewer, by: Actor) -> PostViewer:
    """Raises NotPossible for whoever is not named any more."""
    viewer.ended_at = clock.now()
    viewer.save(update_fields=["ended_at"])
    TokenLink.revoke_all(purpose=notices.VIEWER_LINK, target=viewer)
    return viewer


# -- how a successor was chosen ----------------------------------------------------------------------


class ChoiceForm(StepForm):
    """Who was chosen, by whom and why. The page cautions where the holder of the post chose."""

    entry = ChosenFrom(
        PoolEntry,
        lambda post: (
            PoolEntry.objects.filter(post=post).counted().for_steps().order_by("enrolment__participant__full_name")
        ),
        said=lambda entry: str(entry.enrolment.participant),
        within=KEEP,
        label="Who of the pool was chosen?",
        required=False,
        empty_label="Somebody who is not in the pool",
    )
    other = NameInput(label="Or who else?", max_length=150, required=False)
    decided_on = DayInput(label="On which day?", error_messages={"required": "Enter the day on which it was decided."})
    panel = forms.CharField(
        label="Who was on the panel?",
        help_text="One on each line: the name, and the role if you like. At least two people.",
        max_length=LONGEST,
        error_messages={"required": TOO_FEW},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    holder_sat = forms.BooleanField(label="Whoever holds the post now sat on the panel", required=False)
    is_mixed = forms.BooleanField(label="The panel was mixed", required=False)
    mixed_how = forms.CharField(
        label="How was it mixed, or why was it not?",
        help_text="Say it of the panel as a whole, not of single people.",
        max_length=LONGEST,
        error_messages={"required": MIXED_WHY},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reasons = forms.CharField(
        label="Why this person?",
        help_text="Whoever was chosen out of the pool reads it on their page.",
        max_length=LONGEST,
        error_messages={"required": "Say why this person was chosen."},
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder_sat"].initial = self.subject.holder_chooses

    def warnings(self, subject: Post) -> list[str]:
        found = self.cleaned_data
        mixed = (
            []
            if found.get("is_mixed")
            else ["The panel was not mixed. What is written about it has to stand up to a question."]
        )
        return [*([CAUTION] if found.get("holder_sat") else []), *mixed]


def _who(line: str) -> str:
    """Who is meant by a line: “Hana Osei, head of HR” is Hana Osei; “Osei, Hana” is, too."""
    first = _ROLE.split(line)[0].strip()
    return same_person(first if len(first.split()) > 1 else line)


def _panel(words: str, chosen: str) -> str:
    """The lines with somebody on them. Raises NotPossible for fewer than two different people, and where whoever was chosen is one."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    there = {_who(line) for line in lines}
    refuse_if(len(there) < FEWEST, TOO_FEW, "panel", field="panel")
    refuse_if(_who(chosen) in there, THEMSELVES, "panel", field="panel")
    return "\n".join(lines)


def _chosen(post: Post, entry: PoolEntry | None, other: str) -> str:
    who = "Choose somebody of the pool, or name somebody else: one of them."
    refuse_if(bool(entry) == bool(other), who, "no_successor_named", field="other")
    if entry is None:
        return other
    in_it = PoolEntry.objects.filter(post=post).counted().filter(pk=entry.pk).exists()
    refuse_if(
        not in_it, "Choose somebody who is in the pool for this post, and not lapsed.", "not_in_pool", field="entry"
    )
    return str(entry.enrolment.participant)


@step(
    Post,
    "Record a choice of a successor",
    name="record_choice",
    noun="post",
    past="Choice of a successor recorded",
    meaning="It stays on record as it is written here, with the panel and the reasons. Nobody is told by email. Whoever was chosen out of the pool sees it on their page: tell them first.",
    permission=KEEP,
    form=ChoiceForm,
)
def record_choice(
    *,
    post: Post,
    decided_on: date,
    panel: str,
    mixed_how: str,
    reasons: str,
    by: Actor,
    entry: PoolEntry | None = None,
    other: str = "",
    holder_sat: bool = False,
    is_mixed: bool = False,
) -> SuccessionDecision:
    """A panel of at least two, mixed or with the reason why not, and the reasons for the choice (L3).

    Raises NotPossible where one of these is missing, for a day to come, for somebody who is not in the pool, for oneself, and for
    somebody who was on the panel."""
    refuse_if(decided_on > clock.today(), "This day is still to come.", "future", field="decided_on")
    own = entry is not None and entry.enrolment.participant_id in accounts(by)
    refuse_if(own, "Somebody else records that you were chosen.", "own", field="entry")
    chosen = _chosen(post, entry, other.strip())
    return SuccessionDecision.objects.create(
        post=post,
        chosen=chosen,
        entry=entry,
        decided_on=decided_on,
        panel=_panel(panel, chosen),
        is_mixed=is_mixed,
        mixed_how=required(mixed_how, MIXED_WHY, "mixed_how"),
        holder_sat=holder_sat,
        reasons=required(reasons, "Say why this person was chosen.", "reasons"),
        by=person(by),
    )
