"""Action plans, by the moments of their lives."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

from representation.actions import plans
from representation.actions.units import make_unit
from representation.models import (
    ActionItem,
    ActionPlan,
    Category,
    Characteristic,
    Group,
    GroupMember,
    HeadCount,
    Paper,
    PlanMeeting,
    PlanReading,
    PlanSection,
    ProgressReport,
    PublishedFigure,
    Snapshot,
    Target,
    TargetStep,
    Tier,
    Unit,
)
from steppingup.accounts.models import Organisation, User

ROWS = [
    ["Outcome", "Detail", "Progress", "Recommendation", "Lead", "Timescale"],
    ["Mixed panels", "For posts of heads of service", "Progressing", "That each has one", "HR", "By May 2031"],
]


def plan(provider: Organisation, name: str = "Reach Higher", **more: Any) -> ActionPlan:
    return ActionPlan.objects.create(provider=provider, name=name, **more)


def figure(provider: Organisation, name: str = "Registered managers", **more: Any) -> PublishedFigure:
    """What a source says."""
    said = {"form": "percent", "percent": 14} if "form" not in more else {}
    about = {"whom": "leaders", "characteristic": "from a BAME background", "source": "NMDS-SC", "year": 2016}
    return PublishedFigure.objects.create(provider=provider, name=name, **{**about, **said, **more})


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


def characteristic(provider: Organisation, name: str = "Ethnicity") -> Characteristic:
    """With three answers: those who are missing at the top, others, and not known."""
    found = Characteristic.objects.create(provider=provider, name=name)
    for answer, whom in (("BME", "group"), ("White", "others"), ("Not known", "unknown")):
        Category.objects.create(characteristic=found, name=answer, counts=whom)
    return found


def snapshot(
    of: Characteristic,
    counts: dict[tuple[str, str], tuple[int, int, int]],
    day: date = date(2020, 3, 31),
    more: dict[tuple[str, str], Decimal] | None = None,
    **said: Any,
) -> Snapshot:
    """Counts of units and tiers by their names: of the group, of others, and not known. `more` has percentages without numbers.

    Units and tiers that are not there yet are made, in this order; a tier without a name is none."""
    found = Snapshot.objects.create(
        provider=of.provider, taken_on=day, source=said.pop("source", "Employment Monitoring Report"), **said
    )
    answers = [of.categories.get(counts=whom) for whom in ("group", "others", "unknown")]
    rows = []
    for unit_name, tier_name in [*counts, *(more or {})]:
        unit = Unit.objects.filter(provider=of.provider, versions__name=unit_name).first() or make_unit(
            provider=of.provider, name=unit_name
        )
        order = Tier.objects.filter(provider=of.provider).count() + 1
        tier = Tier.objects.filter(provider=of.provider, name=tier_name).first()
        if tier is None and tier_name:
            tier = Tier.objects.create(provider=of.provider, name=tier_name, order=order)
        where = {"snapshot": found, "unit": unit, "tier": tier}
        for answer, number in zip(answers, counts.get((unit_name, tier_name), ()), strict=False):
            rows.append(HeadCount(category=answer, number=number, **where))
        if more and (unit_name, tier_name) in more:
            rows.append(HeadCount(category=answers[0], percent=more[unit_name, tier_name], **where))
    HeadCount.objects.bulk_create(rows)
    return Snapshot.objects.for_steps().get(pk=found.pk)


def target(
    of: Characteristic,
    steps: dict[date, str],
    begins: tuple[date, str] = (date(2008, 1, 1), "40"),
    **more: Any,
) -> Target:
    """From a share on a day to others by later days, of everybody unless something else is said."""
    about = {"begins_on": begins[0], "begins_at": Decimal(begins[1]), "source": "Reach Higher", **more}
    found = Target.objects.create(provider=of.provider, characteristic=of, **about)
    for due_on, percent in steps.items():
        TargetStep.objects.create(target=found, due_on=due_on, percent=Decimal(percent))
    return Target.objects.for_steps().get(pk=found.pk)


def paper(provider: Organisation, title: str = "Representation this year", **more: Any) -> Paper:
    """A draft without a part."""
    about = {"committee": "Equalities Committee", "meets_on": date(2031, 6, 3), **more}
    return again(Paper.objects.create(provider=provider, title=title, **about))


def again(of: Paper) -> Paper:
    return Paper.objects.for_steps().get(pk=of.pk)
