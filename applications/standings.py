"""Which ways of working the rules accept, and what each of them asks of whoever applies (B2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from applications.models import Application, FormPart, StandingRule
from applications.models.standing import usual
from applications.states import Asked, FeeBy, PartKind
from cohorts.models import Cohort
from cohorts.states import Standing
from steppingup.accounts.requests import kept_with

#: After “for people who”.
WHO = {
    Standing.EMPLOYED: "are employed",
    Standing.SEVERAL: "work for several employers",
    Standing.SELF_EMPLOYED: "are self-employed",
    Standing.VOLUNTEER: "are volunteers",
    Standing.NOT_EMPLOYED: "are not employed at the moment",
}


def accepted(application: Application) -> list[StandingRule]:
    """The ways of working with which somebody may apply, in the order of the rules; employed, where they name none."""
    cohort = application.cohort
    return kept_with(cohort, "standings", lambda: list(cohort.rule_set.standing_rules.all()) or [usual()])


def rule_for(application: Application, standing: str | None = None) -> StandingRule | None:
    """What is asked of this way of working (by default of the one that they have chosen); nothing where it is not accepted."""
    wanted = standing or application.standing
    return next((rule for rule in accepted(application) if rule.standing == wanted), None)


def is_asked(application: Application) -> bool:
    """Do they say how they work? Not where everybody is employed."""
    return [rule.standing for rule in accepted(application)] != [Standing.EMPLOYED]


def for_whom(application: Application) -> str:
    """“This programme is for people who are employed or are volunteers.”"""
    *first, last = [WHO[Standing(rule.standing)] for rule in accepted(application)]
    who = f"{', '.join(first)} or {last}" if first else last
    return f"This programme is for people who {who}."


def asks_support(application: Application) -> str:
    """Whether it is asked how the organisation knows of the application."""
    rule = rule_for(application)
    return rule.support if rule else Asked.REQUIRED


def fee_by(application: Application) -> FeeBy:
    """Who agrees the fee, as long as nobody else pays it."""
    rule = rule_for(application)
    return FeeBy(rule.fee_by) if rule else FeeBy.EMPLOYER


def fee_part(application: Application) -> FormPart | None:
    """The part of the application in which the fee is asked about; nothing where the rules leave it out."""
    cohort = application.cohort
    rows: list[FormPart] = kept_with(cohort, "form_parts", lambda: list(cohort.rule_set.form_parts.all()))
    return next((row for row in rows if row.kind == PartKind.FEE), None)


def asks_fee(application: Application) -> Asked:
    """Whether it has to be settled before somebody submits, can wait until they are to be offered a place, or is not asked about at all."""
    row = fee_part(application)
    return Asked.LEFT_OUT if row is None else Asked.REQUIRED if row.is_required else Asked.OPTIONAL


def not_asked_for_fee(cohorts: Sequence[Cohort]) -> set[int]:
    """Of these cohorts, those whose rules leave the fee out of the application."""
    asked = FormPart.objects.filter(kind=PartKind.FEE, rule_set__cohorts__in=cohorts)
    return {one.pk for one in cohorts} - set(asked.values_list("rule_set__cohorts", flat=True))


def wrong(application: Application, values: Mapping[str, Any]) -> dict[str, str]:
    """What of the part about work cannot be accepted, in sentences by field."""
    standing = values.get("standing", Standing.EMPLOYED)
    if not standing and is_asked(application):
        return {"standing": "Choose how you work."}
    rule = rule_for(application, standing or Standing.EMPLOYED)
    if rule is None:
        chosen = f"{for_whom(application)} Choose the answer that fits you."
        return {"standing": chosen if is_asked(application) else for_whom(application)}
    return _lacking_of(rule, values)


def _lacking_of(rule: StandingRule, values: Mapping[str, Any]) -> dict[str, str]:
    is_volunteer = rule.standing == Standing.VOLUNTEER
    found = {}
    if not values.get("job_title"):
        found["job_title"] = (
            "Enter your job title." if not rule.works_alone and not is_volunteer else "Enter what you do."
        )
    if rule.organisation == Asked.REQUIRED and not values.get("employer") and not values.get("employer_name"):
        found["employer"] = (
            "Choose the organisation that you volunteer with, or choose “It is not on this list” and enter its name."
            if is_volunteer
            else "Choose your employer, or choose “My employer is not on this list” and enter its name."
        )
    if rule.standing == Standing.SEVERAL and not values.get("other_employers"):
        found["other_employers"] = "Enter the other organisations that you work for."
    if rule.line_manager == Asked.REQUIRED or values.get("manager_name") or values.get("manager_email"):
        if not values.get("manager_name"):
            found["manager_name"] = "Enter your line manager’s name."
        if not values.get("manager_email"):
            found["manager_email"] = "Enter your line manager’s email address."
    return found


#: What is asked of the organisation, and of the line manager.
OF_ORGANISATION, OF_MANAGER = ("employer", "employer_name"), ("manager_name", "manager_email", "manager_job_title")


def fields_of(rule: StandingRule) -> set[str]:
    """The fields of the part about work that are asked of this way of working."""
    found = {"standing", "job_title", "grade"}
    if rule.organisation != Asked.LEFT_OUT:
        found |= set(OF_ORGANISATION)
    if rule.standing == Standing.SEVERAL:
        found.add("other_employers")
    if rule.line_manager != Asked.LEFT_OUT:
        found |= set(OF_MANAGER)
    return found


def who_pay_themselves(cohorts: Sequence[Cohort]) -> list[str]:
    """Whoever agrees to pay for their own place by the rules of any of these cohorts, after “if you”; nothing where nobody does."""
    rules = StandingRule.objects.filter(rule_set__in={cohort.rule_set_id for cohort in cohorts})
    found = rules.exclude(fee_by=FeeBy.EMPLOYER).order_by("order", "pk").values_list("standing", flat=True)
    return [WHO[Standing(one)] for one in dict.fromkeys(found)]
