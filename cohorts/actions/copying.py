"""Next year's cohort from this year's: the same plan, places, fee and rules, on other dates (R8)."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.text import slugify

from cohorts.actions.plans import counterparts, minimum_by, require_parts
from cohorts.extensions import when_copied
from cohorts.models import Cohort, CompletionRule, RuleSet
from cohorts.models.cohort import CARRIED_OVER
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import Actor
from steppingup.formats.date_fields import DayInput
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.history.previews import note
from steppingup.steps.step import asking, step


def shifted(moment: datetime, shift: timedelta) -> datetime:
    """The moment so many days later, at the same time of day in London, whatever summer time does."""
    # Added to the day and not to the moment: 24 hours later it is another time of day when the clocks have changed.
    local = timezone.localtime(moment)
    day = local.date() + timedelta(days=shift.days)
    return timezone.make_aware(datetime.combine(day, time(local.hour, local.minute, local.second)))


@step(
    Cohort,
    "Copy for another year",
    past="Copied for another year",
    meaning="The plan, places, fee, cost, completion rules, application window and modules are copied, on dates that are moved "
    "with the start. People and sessions are not. The copy is in preparation until you publish it.",
    permission=CohortPermission.EDIT_PROGRAMMES,
    form=asking(
        name=NameInput(
            label="Name of the new cohort",
            max_length=120,
            error_messages={"required": "Enter a name for the new cohort."},
        ),
        starts_on=DayInput(
            label="Start date",
            error_messages={"required": "Enter the start date."},
        ),
    ),
)
def copy(*, cohort: Cohort, name: str, starts_on: date, by: Actor) -> Cohort:
    """A new cohort in preparation, with everything moved by as many days as the start is moved. No person is copied.

    It goes by the newest version of the plan and of the rules of admission. Raises NotPossible when the programme has a
    cohort of that name already, or the newest plan lacks a part that a completion rule names."""
    note("Check the dates and the application window of the copy, then publish it.")
    slug = slugify(name)
    refuse_if(
        not slug or cohort.programme.cohorts.filter(slug=slug).exists(),
        f"There is a cohort “{name}” already, or its name has no letter or number. Choose another name.",
        "name_taken",
        field="name",
    )
    shift = starts_on - cohort.starts_on
    same = {name: getattr(cohort, name) for name in CARRIED_OVER}
    plan = cohort.plan.newest()
    if not plan.is_offered:
        note(
            f"The plan “{plan.name}” is not offered for new cohorts any more. Choose another one on the page of the copy."
        )
    rules = RuleSet.objects.get(pk=cohort.rule_set_id).newest()
    if not rules.is_offered:
        note(
            f"The admission rules “{rules.name}” are not offered for new cohorts any more. Choose others on the page of the "
            "copy."
        )
    new = Cohort.objects.create(
        **same, plan=plan, rule_set=rules, programme=cohort.programme, name=name, slug=slug,
        starts_on=starts_on, ends_on=cohort.ends_on + shift,
    )  # fmt: skip
    # A role for some cohorts would not cover the copy otherwise, and whoever made it could not open it.
    new.limited_roles.set(cohort.limited_roles.all())
    parts = counterparts(cohort.plan, plan)
    require_parts(plan, parts, cohort.completion_rules)
    plan_parts = plan.components.in_bulk()
    CompletionRule.objects.bulk_create(
        CompletionRule(
            cohort=new,
            component=plan_parts.get(parts.get(rule.component_id or 0, 0)),
            minimum=minimum_by(rule, plan_parts.get(parts.get(rule.component_id or 0, 0))),
        )
        for rule in cohort.completion_rules.select_related("component")
    )
    when_copied(cohort, new, shift)
    return new
