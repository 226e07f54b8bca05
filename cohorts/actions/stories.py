"""Stories: told by whoever was there, worded by staff, shown in exactly the words that were agreed to, and withdrawn at any time."""

from typing import Any

from django import forms
from django.utils.timezone import localdate

from cohorts.models import Enrolment, Story
from cohorts.models.stories import LONGEST, LONGEST_QUOTE
from cohorts.notices import stories as notices
from cohorts.permissions import CohortPermission
from cohorts.states import IN_THE_DIRECTORY, EnrolmentStatus
from cohorts.states.stories import STORY, NamedAs, StoryStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, System, may, require_colleague
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.behalf import asked, on_behalf
from steppingup.steps.step import StepForm, Waiting, Weight, asking, step

RUN = CohortPermission.RUN_COHORTS
NO_TITLE, NO_TEXT, NO_REASON = "Give it a title.", "Tell us what happened.", "Say why."
NO_NAMING, NO_USE = "Choose how you want to be named.", "Tick at least one: where it may be used."
NO_WISH, NO_PAPER = "Say what you would like to be different.", "Say in which paper, and when."
CHANGED = "The wording has changed since you opened this page. Please read it again."


def _is_own(by: Actor, enrolment: Enrolment) -> bool:
    return isinstance(by, System) or (isinstance(by, User) and by.pk == enrolment.participant_id)


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    if not _is_own(by, enrolment):
        raise NotAllowed(f"{by} may not tell the story of {enrolment.participant}.")


def _require_author(by: Actor, story: Story) -> None:
    _require_own(by, story.enrolment)


def _require_author_or_staff(by: Actor, story: Story) -> None:
    if not _is_own(by, story.enrolment) and not may(by, RUN, story):
        raise NotAllowed(f"{by} may not do this to the story of {story.enrolment.participant}.")


def _require_colleague(by: Actor, story: Story) -> None:
    require_colleague(by, story.enrolment.participant, "This is your own story, so a colleague works on it.")


# -- telling -----------------------------------------------------------------------------------------


def _require_to_tell(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status not in IN_THE_DIRECTORY, "Only participants and graduates tell their story here.", "state"
    )
    refuse_if(
        Story.objects.told().filter(enrolment=enrolment.pk).exists(),
        "A story is there already. To tell another, withdraw it first.",
        "already",
    )


def _long(label: str, *, needed: str = "", hint: str = "", most: int = LONGEST, rows: int = 8) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=bool(needed),
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": needed},
    )


class TellForm(StepForm):
    title = NameInput(label="A title", max_length=150, error_messages={"required": NO_TITLE})
    text = _long(
        "Your story",
        needed=NO_TEXT,
        hint="What was it like before, what happened, and what is different now?",
    )
    quote = _long("A sentence that we may quote (optional)", most=LONGEST_QUOTE, rows=2)
    named_as = forms.ChoiceField(
        label="How do you want to be named?",
        choices=NamedAs.choices,
        widget=forms.RadioSelect,
        error_messages={"required": NO_NAMING},
    )
    on_pages = forms.BooleanField(label="It may be shown on the public pages of the programme", required=False)
    in_papers = forms.BooleanField(label="It may be used in papers for employers and the council", required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("on_pages") and not given.get("in_papers"):
            self.add_error("on_pages", NO_USE)
        return given


@step(
    Enrolment,
    "Tell a story",
    name="tell_story",
    past="Told a story",
    story="You told your story",
    meaning="Those who run the programme read it and propose a wording. Nothing is shown before you have agreed to that.",
    guard=_require_own,
    policy=_require_to_tell,
    form=TellForm,
    final="You can withdraw it at any time, and then tell another.",
)
def tell_story(
    *,
    enrolment: Enrolment,
    title: str,
    text: str,
    named_as: str,
    by: Actor,
    quote: str = "",
    on_pages: bool = False,
    in_papers: bool = False,
) -> Story:
    """Raises NotPossible without a title, a text, a use, or where one is there already."""
    refuse_if(not on_pages and not in_papers, NO_USE, "required", field="on_pages")
    refuse_if(named_as not in NamedAs.values, NO_NAMING, "required", field="named_as")
    _require_to_tell(Enrolment.objects.locked(enrolment.pk))
    told = asked()
    return Story.objects.create(
        enrolment=enrolment,
        title=required(title, NO_TITLE, "title"),
        text=required(text, NO_TEXT, "text"),
        quote=quote.strip(),
        named_as=named_as,
        on_pages=on_pages,
        in_papers=in_papers,
        told_on=told.on if told else clock.today(),
    )


tell_story_for_them = on_behalf(
    tell_story,
    Enrolment,
    "Write down their story for them",
    past="Their story was written down for them",
    whose=lambda enrolment: enrolment.participant,
    permission=RUN,
    meaning="They agree to its wording themselves, on their page: nobody can do that for them.",
)


# -- wording -----------------------------------------------------------------------------------------


def byline_of(story: Story) -> str:
    """“Amara Okafor, Ward manager”, “Amara”, “A graduate of 2026”: as they want to be named."""
    enrolment = story.enrolment
    name = str(enrolment.participant)
    if story.named_as == NamedAs.FULL:
        return f"{name}, {enrolment.job_title}" if enrolment.job_title else name
    if story.named_as == NamedAs.FIRST:
        return name.split()[0]
    if enrolment.status == EnrolmentStatus.COMPLETED and enrolment.completed_at:
        return f"A graduate of {localdate(enrolment.completed_at).year}"
    return f"A participant of {enrolment.cohort.name}"


class WordForm(StepForm):
    """It begins with what they wrote, or with the wording that they did not like."""

    worded_title = NameInput(label="Title", max_length=150, error_messages={"required": NO_TITLE})
    worded_text = _long("The story", needed=NO_TEXT, rows=12)
    worded_quote = _long("A sentence to quote (optional)", most=LONGEST_QUOTE, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        story = self.subject
        begins = {f"worded_{name}": getattr(story, f"worded_{name}") or getattr(story, name) for name in _PARTS}
        self.initial = {**begins, **self.initial}


_PARTS = ("title", "text", "quote")


@step(
    Story,
    "Propose a wording",
    name="propose",
    past="Wording proposed",
    story="A wording of your story was proposed",
    meaning="They are asked to agree to exactly these words, by email. Nothing is shown before that.",
    permission=RUN,
    guard=_require_colleague,
    lifecycle=STORY,
    form=WordForm,
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.to_word(), "story is to be worded", "stories are to be worded", order=60),
)
def propose(*, story: Story, worded_title: str, worded_text: str, by: Actor, worded_quote: str = "") -> Story:
    """Their own words as they were, or edited. Raises NotPossible without a title or a text."""
    STORY.move(
        story,
        "propose",
        worded_title=required(worded_title, NO_TITLE, "worded_title"),
        worded_text=required(worded_text, NO_TEXT, "worded_text"),
        worded_quote=worded_quote.strip(),
        byline=byline_of(story),
        wish="",
        ended_because="",
    )
    notices.propose(Story.objects.for_steps().get(pk=story.pk))
    return story


class WishForm(StepForm):
    wish = _long("What would you like to be different?", needed=NO_WISH, rows=4)


@step(
    Story,
    "Ask for another wording",
    name="ask_for_changes",
    past="Asked for another wording",
    story="You asked for another wording of your story",
    meaning="Those who run the programme read it, and propose another wording. Nothing is shown until then.",
    guard=_require_author_or_staff,
    lifecycle=STORY,
    form=WishForm,
    final="Another wording is proposed, and can be agreed to or not.",
)
def ask_for_changes(*, story: Story, wish: str, by: Actor) -> Story:
    """Raises NotPossible without words, or when no wording waits."""
    return STORY.move(story, "ask_for_changes", wish=required(wish, NO_WISH, "wish"))


class AgreeForm(StepForm):
    """Which words were read: another wording is not agreed to by this press."""

    words = forms.CharField(widget=forms.HiddenInput)


@step(
    Story,
    "Agree to the wording",
    name="agree",
    past="Agreed to the wording",
    story="You agreed to the wording of your story",
    meaning="It is used where you said that it may be, in exactly these words.",
    guard=_require_author,
    lifecycle=STORY,
    form=AgreeForm,
    final="You can withdraw it at any time.",
)
def agree(*, story: Story, words: str, by: Actor) -> Story:
    """Raises NotPossible when the wording is another than the one that was read."""
    locked = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
    STORY.check(locked, "agree")
    refuse_if(words != locked.fingerprint, CHANGED, "changed")
    return STORY.move(story, "agree", agreed_at=clock.now(), agreed_to=words)


# -- ending ------------------------------------------------------------------------------------------


@step(
    Story,
    "Withdraw it",
    name="withdraw",
    past="Withdrawn",
    story="You withdrew your story",
    meaning="It is gone from the public pages at once and must not be used in anything new. Those who run the programme are told.",
    guard=_require_author_or_staff,
    lifecycle=STORY,
    final="They can tell it again whenever they like.",
    weight=Weight.DANGER,
)
def withdraw(*, story: Story, by: Actor) -> Story:
    """At any time, without a reason. Staff are told what remains on paper where it had been agreed to."""
    was_agreed = Story.objects.select_for_update(of=("self",)).get(pk=story.pk).status == StoryStatus.PUBLISHED
    STORY.move(story, "withdraw")
    if was_agreed:
        notices.tell_staff(Story.objects.for_steps().get(pk=story.pk))
    return story


@step(
    Story,
    "Take it off",
    name="take_off",
    past="Taken off",
    story="Your story was taken off the pages",
    meaning="It is gone from the public pages at once, and they are told why. To show it again, propose a wording: they have to agree anew.",
    permission=RUN,
    guard=_require_colleague,
    lifecycle=STORY,
    form=asking(reason=_long("Why? They read it.", needed=NO_REASON, rows=3)),
    final="Propose a wording again: they have to agree to it anew.",
    weight=Weight.DANGER,
)
def take_off(*, story: Story, reason: str, by: Actor) -> Story:
    """Raises NotPossible without a reason, or when it is not agreed to."""
    reason = required(reason, NO_REASON)
    STORY.move(story, "take_off", ended_because=reason)
    notices.tell_author(notices.TAKEN_OFF, Story.objects.for_steps().get(pk=story.pk), reason=reason)
    return story


@step(
    Story,
    "Note where it was printed",
    name="note_use",
    past="Noted where it was printed",
    meaning="Should they withdraw it, everybody who runs the cohort is told what remains on paper. Nobody is told now.",
    permission=RUN,
    guard=_require_colleague,
    policy=lambda story: refuse_if(
        story.status != StoryStatus.PUBLISHED or not story.in_papers, "It is not agreed to for papers.", "not_agreed"
    ),
    form=asking(
        paper=NameInput(
            label="In which paper, and when?",
            help_text="Such as: Annual report to the council, March 2020.",
            max_length=200,
            error_messages={"required": NO_PAPER},
        )
    ),
)
def note_use(*, story: Story, paper: str, by: Actor) -> Story:
    """A line more. Raises NotPossible where it may not be printed."""
    locked = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
    lines = [
        *locked.used_in.splitlines(),
        f"{required(paper, NO_PAPER, 'paper')} (noted on {english.day_date(clock.today())})",
    ]
    story.used_in = "\n".join(lines)
    story.save(update_fields=["used_in"])
    return story
