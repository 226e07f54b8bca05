"""A plan in versions: who is enrolled keeps theirs, a change makes the next one."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from cohorts.models import Cohort, CompletionRule, Component, Plan, Session, SessionPart
from cohorts.models.plan import HUNDREDTH
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import Actor, require
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.history.versions import Copies, next_version

EDIT = CohortPermission.EDIT_PROGRAMMES


def not_begun(plan: Plan) -> list[Cohort]:
    """The cohorts that follow the plan and on which nobody has a place, held until the transaction ends: whoever enrols
    locks the cohort before the plan, so these come first here too."""
    return list(plan.cohorts.filter(enrolments=None).select_for_update(of=("self",)).order_by("pk"))


@transaction.atomic
def revise(*, plan: Plan, by: Actor) -> tuple[Plan, Copies]:
    """The next version of a plan that people are enrolled by, to be changed. Cohorts without participants go on with it,
    and with them their sessions and completion rules.

    Raises NotPossible when the plan was replaced already."""
    require(by, EDIT, plan.programme)
    cohorts = not_begun(plan)
    new, copies = next_version(plan)
    parts = {old: copy.pk for old, copy in copies[Component].items()}
    for cohort in cohorts:
        _move(cohort, new, parts)
    return new, copies


def _move(cohort: Cohort, plan: Plan, parts: dict[int, int]) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(plan=plan)
    there = plan.components.in_bulk()
    sessions = Session._base_manager.filter(cohort=cohort)
    for session in sessions:
        sessions.filter(pk=session.pk).update(component=parts[session.component_id])
    further = SessionPart._base_manager.filter(session__cohort=cohort)
    for one in further:
        further.filter(pk=one.pk).update(component=parts[one.component_id])
    rules = CompletionRule._base_manager.filter(cohort=cohort).exclude(component=None)
    for rule in rules.select_related("component"):
        part = there[parts[rule.component_id or 0]]
        rules.filter(pk=rule.pk).update(component=part, minimum=minimum_by(rule, part))


def minimum_by(rule: CompletionRule, part: Component | None) -> Decimal | None:
    """What a rule asks for, in the unit of the part of another plan that takes the place of its own."""
    if rule.minimum is None or rule.component is None or part is None:
        return rule.minimum
    return part.in_units(rule.component.in_days(rule.minimum)).quantize(HUNDREDTH)


def counterparts(old: Plan, new: Plan) -> dict[int, int]:
    """For each part of a plan the part of another that takes its place: of the same key, else the first that is recorded and called
    in the same way and takes no other's place."""
    there, here = list(new.components.all()), list(old.components.all())
    by_key = {one.key: one.pk for one in there}
    found = {part.pk: by_key[part.key] for part in here if part.key in by_key}
    for part in here:
        same = (part.recording, part.kind)
        like = (one.pk for one in there if (one.recording, one.kind) == same and one.pk not in found.values())
        if part.pk not in found and (first := next(like, None)):
            found[part.pk] = first
    return found


def require_parts(plan: Plan, parts: dict[int, int], *rows: Any) -> None:
    """Raise NotPossible when completion rules or sessions name a part that has no counterpart in the plan."""
    for named in rows:
        lost = named.exclude(component=None).exclude(component__in=parts).select_related("component").first()
        if lost:
            raise NotPossible(
                f"“{plan.name}” has no part like “{lost.component}”, which the {lost._meta.verbose_name_plural} name. Remove "
                "them first, or choose another plan.",
                "no_such_part",
                field="plan",
            )


def parts_to_follow(cohort: Cohort, plan: Plan) -> dict[int, int]:
    """`counterparts` for a cohort that is to follow another plan. Raises NotPossible when people have a place, or the plan
    lacks a part that is named."""
    refuse_if(cohort.enrolments.exists(), "People are on this cohort, so it keeps its plan.", "begun", field="plan")
    parts = counterparts(Plan.objects.get(pk=cohort.plan_id), plan)
    further = SessionPart.objects.filter(session__cohort=cohort)
    require_parts(plan, parts, cohort.completion_rules, cohort.sessions, further)
    return parts


@transaction.atomic
def follow(*, cohort: Cohort, plan: Plan, by: Actor) -> dict[int, int]:
    """Let a cohort without participants follow another plan, and take its completion rules and sessions along. Gives the
    part of the new plan for each of the old one.

    Raises NotPossible when people have a place, or the plan lacks a part that is named."""
    require(by, EDIT, cohort)
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    parts = parts_to_follow(cohort, plan)
    _move(cohort, plan, parts)
    return parts
