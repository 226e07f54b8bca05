"""A meeting goes through a plan: it is opened, each item is updated and decided about, and it is closed with the next date."""

from datetime import date
from typing import Any

from django import forms

from representation.actions.plans import write_report
from representation.models import LONGEST, ActionItem, ActionPlan, Group, MeetingDecision, PlanMeeting
from representation.permissions import RepresentationPermission
from representation.states import ItemStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, person, require
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import refuse_if
from steppingup.history.together import in_one_transaction
from steppingup.steps.step import ChosenFrom, StepForm, Weight, step

KEEP = RepresentationPermission.KEEP_PLAN
NOTHING = "Say how far it has come, write what was decided, or choose when to look at it again."


class OpenForm(StepForm):
    held_on = DayInput(label="On which day?", error_messages={"required": "Enter the day of the meeting."})
    group = ChosenFrom(
        Group,
        lambda plan: Group.objects.filter(provider=plan.provider_id).order_by("name"),
        label="Whose meeting is it? (optional)",
        required=False,
        empty_label="Nobody’s in particular",
    )
    present = forms.CharField(
        label="Who is there? (optional)",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = clock.today()


def _require_items(plan: ActionPlan) -> None:
    refuse_if(not plan.items.exists(), "There are no items to go through yet.", "no_items")


@step(
    ActionPlan,
    "Hold a review",
    name="hold_review",
    noun="plan",
    past="Review begun",
    meaning="You go through the items one by one: how far each has come, what is decided, and when to look again. Nobody is told.",
    permission=KEEP,
    policy=_require_items,
    form=OpenForm,
)
def hold_review(
    *, plan: ActionPlan, held_on: date, by: Actor, group: Group | None = None, present: str = ""
) -> PlanMeeting:
    """Raises NotPossible for a plan without items, and for a group of another provider."""
    _require_items(plan)
    refuse_if(
        group is not None and group.provider_id != plan.provider_id,
        "Choose a group of this provider.",
        "no_lead",
        field="group",
    )
    return PlanMeeting.objects.create(plan=plan, group=group, held_on=held_on, present=present.strip())


def _require_open(meeting: PlanMeeting) -> None:
    refuse_if(meeting.closed_at, "This review is closed. Open it again to change it.", "review_closed")


def decide(
    *,
    meeting: PlanMeeting,
    item: ActionItem,
    by: Actor,
    status: str = "",
    words: str = "",
    evidence: str = "",
    decision: str = "",
    next_on: date | None = None,
) -> MeetingDecision:
    """What the meeting says of one item; said again, the new decision stands instead, and what was reported stays.

    Raises NotAllowed, and NotPossible for a closed review, an item of another plan, where nothing is said, and for a day that has been."""
    require(by, KEEP, meeting)
    with in_one_transaction():
        locked = PlanMeeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        _require_open(locked)
        refuse_if(item.plan_id != locked.plan_id, "This item belongs to another plan.", "not_this_plan")
        found, words, decision = ItemStatus(status or item.status), words.strip(), decision.strip()
        says = bool(words) or found != item.status
        refuse_if(not (says or decision or next_on), NOTHING, "no_words", field="decision")
        refuse_if(
            next_on is not None and next_on <= locked.held_on,
            "Choose a day after this meeting.",
            "too_early",
            field="next_on",
        )
        report = None
        if says:
            report = write_report(item=item, status=str(found), words=words, evidence=evidence, by=person(by))
        kept, _ = MeetingDecision.objects.get_or_create(meeting=locked, item=item)
        kept.report, kept.decision, kept.next_on = report or kept.report, decision, next_on
        kept.save(update_fields=["report", "decision", "next_on"])
        return kept


class CloseForm(StepForm):
    next_on = DayInput(label="When is the next review? (optional)", required=False)


@step(
    PlanMeeting,
    "Close it",
    name="close_review",
    noun="meeting",
    past="Review closed",
    meaning="What was decided stays as it is, and can be downloaded. Nobody is told.",
    permission=KEEP,
    policy=_require_open,
    done=lambda meeting: meeting.closed_at is not None,
    form=CloseForm,
    undo="reopen_review",
    weight=Weight.STRONG,
)
def close_review(*, meeting: PlanMeeting, by: Actor, next_on: date | None = None) -> PlanMeeting:
    """Raises NotPossible for one that is closed, and for a next day before it."""
    _require_open(meeting)
    refuse_if(
        next_on is not None and next_on <= meeting.held_on,
        "The next review comes after this one.",
        "too_early",
        field="next_on",
    )
    meeting.closed_at, meeting.next_on = clock.now(), next_on
    meeting.save(update_fields=["closed_at", "next_on"])
    return meeting


@step(
    PlanMeeting,
    "Open it again",
    name="reopen_review",
    noun="meeting",
    past="Review opened again",
    meaning="You can go through its items once more.",
    permission=KEEP,
    policy=lambda meeting: refuse_if(not meeting.closed_at, "This review is open.", "review_open"),
    done=lambda meeting: meeting.closed_at is None,
    undo="close_review",
)
def reopen_review(*, meeting: PlanMeeting, by: Actor) -> PlanMeeting:
    """Raises NotPossible for one that is open."""
    meeting.closed_at = None
    meeting.save(update_fields=["closed_at"])
    return meeting
