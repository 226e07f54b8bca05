"""Rules of admission: a cohort is given some, and rules are copied to begin others."""

from django.db import transaction

from cohorts.extensions import before_other_rules
from cohorts.models import Cohort, RuleSet
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import Actor, require
from steppingup.formats.fields import NameInput
from steppingup.formats.sameness import fold
from steppingup.history.lifecycle import refuse_if
from steppingup.history.versions import copy_of
from steppingup.steps.step import StepForm, step

EDIT = CohortPermission.EDIT_PROGRAMMES


def require_no_applicants(cohort: Cohort) -> None:
    """Raise NotPossible once somebody has submitted an application for the cohort."""
    began = Cohort.objects.filter(pk=cohort.pk, admission_began_at__isnull=False).exists()
    refuse_if(began, "People have applied for this cohort, so it keeps its rules.", "begun", field="rule_set")


@transaction.atomic
def choose(*, cohort: Cohort, rules: RuleSet, by: Actor) -> Cohort:
    """Let a cohort that nobody has applied for go by other rules of admission. Whoever has begun an application keeps what is
    asked by both, and is told.

    Raises NotPossible once somebody has applied, and for rules of another programme or that were replaced."""
    require(by, EDIT, cohort)
    if rules.pk == Cohort.objects.values_list("rule_set", flat=True).get(pk=cohort.pk):
        return cohort
    refuse_if(
        rules.programme_id != cohort.programme_id,
        "These rules belong to another programme. Choose some of this one.",
        "other_programme",
        field="rule_set",
    )
    before_other_rules(cohort, rules, by)  # whoever submits locks the application, then the cohort, then the rules
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    require_no_applicants(cohort)
    refuse_if(
        not RuleSet.held(rules.pk).is_current,
        "Somebody has just made a newer version of these rules. Choose that one.",
        "replaced",
        field="rule_set",
    )
    cohort.rule_set = rules
    cohort.save(update_fields=["rule_set"])
    return cohort


class CopyForm(StepForm):
    name = NameInput(
        label="Name of the copy", max_length=120, error_messages={"required": "Enter a name for the copy."}
    )


@step(
    RuleSet,
    "Copy these rules",
    noun="rules",
    past="Copied",
    meaning="Groups, questions, parts of the application and criteria are copied. No cohort has the copy until you choose it on "
    "the page of one, so you can change it at leisure.",
    permission=EDIT,
    form=CopyForm,
)
def copy(*, rules: RuleSet, name: str, by: Actor) -> RuleSet:
    """Other rules of the same programme with the same in them, which no cohort has yet. Raises NotPossible when the programme
    has current rules of that name."""
    name = name.strip()
    taken = RuleSet.objects.current().filter(programme=rules.programme_id)
    refuse_if(
        any(fold(one) == fold(name) for one in taken.values_list("name", flat=True)),
        f"This programme has admission rules called “{name}” already. Choose another name.",
        "name_taken",
        field="name",
    )
    return copy_of(rules, name=name, is_offered=True)[0]
