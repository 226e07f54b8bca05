"""Action plans, by the moments of their lives."""

import hashlib
from typing import Any

from representation.actions import plans
from representation.models import (
    ActionItem,
    ActionPlan,
    Group,
    GroupMember,
    PlanMeeting,
    PlanReading,
    PlanSection,
    ProgressReport,
)
from steppingup.accounts.models import Organisation, User

ROWS = [
    ["Outcome", "Detail", "Progress", "Recommendation", "Lead", "Timescale"],
    ["Mixed panels", "For posts of heads of service", "Progressing", "That each has one", "HR", "By May 2031"],
]


def plan(provider: Organisation, name: str = "Reach Higher", **more: Any) -> ActionPlan:
    return ActionPlan.objects.create(provider=provider, name=name, **more)


def group(provider: Organisation, name: str = "Black workers’ group", **more: Any) -> Group:
    """A worker group with a chair who can be written to."""
    found = Group.objects.create(provider=provider, name=name, kind="workers", **more)
    GroupMember.objects.create(group=found, name="Hana Osei", email="hana@example.org", is_chair=True)
    return found


def section(of: ActionPlan, key: str = "1a", title: str = "Including staff in decisions") -> PlanSection:
    return PlanSection.objects.create(plan=of, key=key, title=title)


def item(of: ActionPlan, outcome: str = "Mixed panels", **more: Any) -> ActionItem:
    found = ActionItem.objects.create(plan=of, outcome=outcome, **more)
    return ActionItem.objects.for_steps().get(pk=found.pk)


def reading(of: ActionPlan, by: User, rows: list[list[str]] | None = None, name: str = "plan.csv") -> PlanReading:
    """A file that was read in and waits."""
    lines = rows or ROWS
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()
    return plans.read_file(plan=of, name=name, lines=lines, digest=digest, by=by)


def meeting(of: ActionPlan, **more: Any) -> PlanMeeting:
    """A review that is open."""
    found = PlanMeeting.objects.create(plan=of, **more)
    return PlanMeeting.objects.for_steps().get(pk=found.pk)


def reported(of: ActionItem, by: User, status: str = "progressing", words: str = "Two have one.") -> ProgressReport:
    return plans.report_progress(item=of, status=status, words=words, by=by)
