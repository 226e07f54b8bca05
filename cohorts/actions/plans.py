"""A plan in versions: who is enrolled keeps theirs, a change makes the next one."""

from typing import Any

from django.db import transaction

from cohorts.models import Cohort, CompletionRule, Component, Plan, Session
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
    for model in (CompletionRule, Session):
        named: Any = model._base_manager.filter(cohort=cohort).exclude(component=None)
        for row in named:
            named.filter(pk=row.pk).update(component=parts[row.component_id])


def counterparts(old: Plan, new: Plan) -> dict[int, int]:
    """For each part of a plan the part of another that takes its place: of the same key, else of the same kind."""
    there = list(new.components.all())
    found: dict[int, int] = {}
    for part in old.components.all():
        like = [one for one in there if one.key == part.key] or [one for one in there if one.kind == part.kind]
        if like:
            found[part.pk] = like[0].pk
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
    require_parts(plan, parts, cohort.completion_rules, cohort.sessions)
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
