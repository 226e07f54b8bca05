"""Papers for a committee: parts are put in, taken from newer figures when somebody says so, and the whole is issued once (C7, L9)."""

from typing import Any

from django import forms
from django.db.models import Max

from cohorts.actions.stories import note_use
from cohorts.models import Cohort, Story
from representation import evidence
from representation.models import (
    MADE_FROM,
    ActionPlan,
    FigureRelease,
    HeadsScheme,
    Paper,
    PaperPart,
    PublishedFigure,
    Target,
)
from representation.newer import newer_in, newer_of
from representation.papers import contents_of, digest_of, make, parts_of, releases_for, stories_for, stories_in
from representation.permissions import RepresentationPermission
from representation.states import PAPER, PartKind
from steppingup import clock
from steppingup.accounts.actors import Actor, System, person
from steppingup.accounts.models import User
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.history.previews import note as say_before
from steppingup.steps.step import ChosenFrom, StepForm, Weight, step

KEEP = RepresentationPermission.KEEP_PLAN
NOTHING_NEWER = "There is nothing newer for this part."
ISSUED = "This paper is issued, so it stays as it is."
#: What is to be chosen for each kind, in a sentence at its field.
CHOOSE = {
    PartKind.PLAN: "Choose the action plan.",
    PartKind.FIGURES: "Choose the figures.",
    PartKind.TARGET: "Choose the target.",
    PartKind.HEADS: "Choose the scheme.",
    PartKind.STORY: "Choose the story.",
}


def _require_draft(paper: Paper) -> None:
    refuse_if(not paper.is_draft, ISSUED, "paper_issued")


class AddForm(StepForm):
    """A kind, and what it is made from."""

    kind = forms.ChoiceField(
        label="What shall it be?",
        choices=PartKind,
        help_text="Below, choose what it is made from, and leave the rest as it is.",
        error_messages={"required": "Choose one."},
    )
    heading = NameInput(label="Its heading", max_length=200, error_messages={"required": "Write a heading."})
    words = forms.CharField(
        label="In your words (optional)",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Stands above what is made from the figures.",
    )
    plan = ChosenFrom(
        ActionPlan,
        lambda paper: ActionPlan.objects.filter(provider=paper.provider_id).order_by("name", "pk"),
        label="Action plan",
        required=False,
        empty_label="None",
    )
    release = ChosenFrom(
        FigureRelease,
        releases_for,
        label="Figures",
        required=False,
        empty_label="None",
        help_text="For the grid, and for a target: it is held against the figures up to these.",
    )
    against = ChosenFrom(
        PublishedFigure,
        lambda paper: PublishedFigure.objects.filter(provider=paper.provider_id).order_by("name", "-year", "pk"),
        said=lambda one: f"{one.name}: {one.said} ({one.source}, {one.year})",
        label="Compare the grid with",
        required=False,
        empty_label="Everybody on the same day",
    )
    target = ChosenFrom(
        Target,
        lambda paper: Target.objects.filter(provider=paper.provider_id).for_steps().order_by("pk"),
        label="Target",
        required=False,
        empty_label="None",
    )
    scheme = ChosenFrom(
        HeadsScheme,
        lambda paper: HeadsScheme.objects.filter(provider=paper.provider_id).order_by("name", "pk"),
        label="Scheme of voluntary heads",
        required=False,
        empty_label="None",
    )
    about = forms.ChoiceField(label="Whether it worked: what of it?", required=False)
    story = ChosenFrom(
        Story,
        stories_for,
        said=lambda one: f"{one.worded_title} ({one.byline})",
        label="Story",
        required=False,
        empty_label="None",
        help_text="Those that people have agreed to for papers.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.by, User):  # whoever keeps the plan for some cohorts chooses among the stories of these
            stories: Any = self.fields["story"]
            cohorts = Cohort.objects.visible_to(self.by, KEEP)
            stories.queryset = stories.queryset.filter(enrolment__cohort__in=cohorts)
        field: Any = self.fields["about"]
        field.choices = [("", "None"), *evidence.titles().items()]


@step(
    Paper,
    "Add a part",
    name="add_part",
    noun="paper",
    past="Part added",
    meaning="It is made now from what you choose, and stays like that: newer figures are offered, and counted in only when you say so. Nobody is told.",
    permission=KEEP,
    policy=_require_draft,
    form=AddForm,
)
def add_part(
    *,
    paper: Paper,
    kind: str,
    heading: str,
    by: Actor,
    words: str = "",
    plan: ActionPlan | None = None,
    release: FigureRelease | None = None,
    against: PublishedFigure | None = None,
    target: Target | None = None,
    scheme: HeadsScheme | None = None,
    story: Story | None = None,
    about: str = "",
) -> PaperPart:
    """Raises NotPossible for an issued paper, where what it is made from is missing or of another provider, for figures that are counted
    by something else than the target, and for own words without any."""
    _require_draft(paper)
    chosen: dict[str, Any] = {"plan": plan, "release": release, "target": target, "scheme": scheme, "story": story}
    which = PartKind(kind)
    name = MADE_FROM.get(which)
    refuse_if(name is not None and chosen[name] is None, CHOOSE.get(which, ""), "which_of_it", field=name or "kind")
    refuse_if(which == PartKind.TARGET and release is None, CHOOSE[PartKind.FIGURES], "which_of_it", field="release")
    refuse_if(which == PartKind.WORDS and not words.strip(), "Write what it says.", "no_words", field="words")
    refuse_if(
        which == PartKind.EVIDENCE and about not in evidence.titles(),
        "Choose what of it.",
        "which_of_it",
        field="about",
    )
    kept = {one for one in (name, "release" if which == PartKind.TARGET else None) if one}
    strange = any(_provider_of(chosen[one]) != paper.provider_id for one in kept)
    strange = strange or (against is not None and against.provider_id != paper.provider_id)
    refuse_if(strange, "Choose something of this provider.", "not_this_provider", field=name or "kind")
    refuse_if(
        which == PartKind.TARGET
        and target is not None
        and release is not None
        and target.characteristic_id != release.characteristic_id,
        "These figures are counted by something else than the target.",
        "other_figures",
        field="release",
    )
    last = paper.parts.aggregate(last=Max("order"))["last"] or 0
    part = PaperPart(
        paper=paper,
        order=last + 1,
        kind=which,
        heading=heading,
        words=words.strip(),
        against=against if which == PartKind.FIGURES else None,
        evidence=about if which == PartKind.EVIDENCE else "",
        **{one: chosen[one] for one in kept},
    )
    part.contents = make(part).contents
    part.save()
    return part


def _provider_of(one: Any) -> int:
    """Whose it is; a story is of the provider of its programme."""
    return one.enrolment.cohort.programme.provider_id if isinstance(one, Story) else one.provider_id


class PartForm(StepForm):
    begins_by = ("part",)
    part = ChosenFrom(PaperPart, parts_of, label="Which part?", error_messages={"required": "Choose a part."})


class NewerForm(PartForm):
    """Only parts for which something is newer, each with what that is."""

    part = ChosenFrom(
        PaperPart,
        parts_of,
        label="Which part?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a part.", "invalid_choice": NOTHING_NEWER},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = {one.part.pk: one for one in newer_in(self.subject)}
        field: Any = self.fields["part"]
        field.queryset = field.queryset.filter(pk__in=found)
        field.said = lambda part: f"{part}: {found[part.pk].what}"


def _require_own(paper: Paper, part: PaperPart) -> None:
    refuse_if(part.paper_id != paper.pk, "Choose a part of this paper.", "not_this_paper", field="part")


def _require_parts(paper: Paper) -> None:
    _require_draft(paper)
    refuse_if(not paper.parts.exists(), "There are no parts yet. Add the first one.", "no_parts")


def _require_newer(paper: Paper) -> None:
    _require_parts(paper)
    refuse_if(not newer_in(paper), "There is nothing newer for any part.", "nothing_newer")


@step(
    Paper,
    "Use what is newer",
    name="use_newer",
    noun="paper",
    past="Made from what is newer",
    meaning="This part is made anew, from the latest figures or as things stand now. Every other part stays word for word as it is. Nobody is told.",
    permission=KEEP,
    policy=_require_newer,
    form=NewerForm,
)
def use_newer(*, paper: Paper, part: PaperPart, by: Actor) -> PaperPart:
    """Raises NotPossible for an issued paper, a part of another one, and where nothing is newer."""
    _require_draft(paper)
    _require_own(paper, part)
    found = newer_of([part])
    refuse_if(not found, NOTHING_NEWER, "nothing_newer", field="part")
    say_before(found[0].words)
    part.release = found[0].release or part.release
    part.contents = make(part).contents
    part.save(update_fields=["release", "contents"])
    return part


class MoveForm(PartForm):
    to = forms.ChoiceField(
        label="Where to?",
        choices=(("up", "One up"), ("down", "One down"), ("first", "To the beginning"), ("last", "To the end")),
        error_messages={"required": "Choose where to."},
    )


@step(
    Paper,
    "Move a part",
    name="move_part",
    noun="paper",
    past="Part moved",
    meaning="Nothing else of it changes. Nobody is told.",
    permission=KEEP,
    policy=_require_parts,
    form=MoveForm,
)
def move_part(*, paper: Paper, part: PaperPart, to: str, by: Actor) -> Paper:
    """Raises NotPossible for an issued paper, a part of another one, and where it stands there already."""
    _require_draft(paper)
    _require_own(paper, part)
    rows = list(parts_of(paper))
    at = next(place for place, one in enumerate(rows) if one.pk == part.pk)
    goes = {"up": at - 1, "down": at + 1, "first": 0, "last": len(rows) - 1}[to]
    refuse_if(goes == at or not 0 <= goes < len(rows), "It stands there already.", "stands_there", field="to")
    rows.insert(goes, rows.pop(at))
    for place, one in enumerate(rows, 1):
        if one.order != place:
            one.order = place
            one.save(update_fields=["order"])
    return paper


@step(
    Paper,
    "Take a part out",
    name="remove_part",
    noun="paper",
    past="Part taken out",
    meaning="What it was made from stays where it is. Nobody is told.",
    permission=KEEP,
    policy=_require_parts,
    form=PartForm,
)
def remove_part(*, paper: Paper, part: PaperPart, by: Actor) -> Paper:
    """Raises NotPossible for an issued paper, and a part of another one."""
    _require_draft(paper)
    _require_own(paper, part)
    part.delete()
    return paper


@step(
    Paper,
    "Issue it",
    name="issue_paper",
    noun="paper",
    past="Issued",
    meaning="It is frozen as it stands, with a fingerprint that shows that nothing has been changed, and each story in it says that the paper quotes it. Nobody is told.",
    permission=KEEP,
    lifecycle=PAPER,
    moves=("issue_paper",),
    policy=_require_parts,
    weight=Weight.STRONG,
    final="What was issued is quoted. To put something right, make another paper.",
)
def issue_paper(*, paper: Paper, by: Actor) -> Paper:
    """Freeze it. Raises NotPossible for an issued paper, and for one without a part."""
    locked = Paper.objects.select_for_update(of=("self",)).select_related("provider").get(pk=paper.pk)
    _require_parts(locked)
    contents = contents_of(locked, list(parts_of(locked)))
    for found in newer_of(list(parts_of(locked))):
        say_before(f"{found.part.heading}: {found.words}")
    for story in stories_in(locked):
        note_use(story=story, paper=f"{locked.title} ({locked.committee})"[:200], by=System())
    return PAPER.move(
        paper, "issue_paper", issued_at=clock.now(), issued_by=person(by), contents=contents, digest=digest_of(contents)
    )


def _require_issued(paper: Paper) -> None:
    refuse_if(paper.is_draft, "Issue it first.", "not_issued")


def _require_to_publish(paper: Paper) -> None:
    _require_issued(paper)
    refuse_if(paper.published_at, "Everybody can read it already.", "public_already")


def _on_publishing(paper: Paper, **_: Any) -> str:
    said = "Everybody who has the address can read it, without an account. You can take it down at any time."
    if paper.parts.filter(kind=PartKind.PLAN).exists():
        said += " It includes an action plan, so everybody can read who leads each item, including anybody named there."
    return said


@step(
    Paper,
    "Put it on the public pages",
    name="publish_paper",
    noun="paper",
    past="Put on the public pages",
    meaning=_on_publishing,
    permission=KEEP,
    policy=_require_to_publish,
    done=lambda paper: paper.published_at is not None,
    undo="take_down_paper",
)
def publish_paper(*, paper: Paper, by: Actor) -> Paper:
    """Raises NotPossible for a draft, and for one that is public."""
    _require_to_publish(paper)
    paper.published_at = clock.now()
    paper.save(update_fields=["published_at"])
    return paper


@step(
    Paper,
    "Take it down",
    name="take_down_paper",
    noun="paper",
    past="Taken down",
    meaning="Its public page is gone with the next request. The paper itself stays as it was issued.",
    permission=KEEP,
    policy=lambda paper: refuse_if(not paper.published_at, "It is not public.", "not_public"),
    done=lambda paper: paper.published_at is None,
    undo="publish_paper",
)
def take_down_paper(*, paper: Paper, by: Actor) -> Paper:
    """Raises NotPossible for one that is not public."""
    paper.published_at = None
    paper.save(update_fields=["published_at"])
    return paper
