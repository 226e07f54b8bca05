"""What the rules of a cohort have to say about its fee before people apply (cohorts.readiness)."""

from django.urls import reverse

from applications.queries import who_is_asked_to_pay
from applications.standings import not_asked_for_fee
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from cohorts.readiness import Point
from funding.rules import Payer
from funding.terms import asks_without_fee, terms_for
from steppingup.formats.english import pounds


def of_fee(cohort: Cohort) -> list[Point]:
    """Where somebody has to agree to something: is anybody asked? Without that no place could be offered by what applicants do."""
    terms = terms_for(cohort)
    is_liable = asks_without_fee(terms, cohort.fee, cohort.cost)
    is_due = bool(cohort.fee) and (terms.payer == Payer.PERSON or bool(who_is_asked_to_pay(cohort)["asked_to_pay"]))
    if not (is_due or is_liable):
        return []
    what = "what is owed by whoever leaves" if is_liable else f"the fee of {pounds(cohort.fee)}"
    without = f"somebody has to agree {what}, the application leaves it out, and nobody can be offered a place before it is settled"
    page = reverse("admin:cohorts_ruleset_change", args=[cohort.rule_set_id])
    asked = cohort.pk not in not_asked_for_fee([cohort])
    return [Point("The fee, as a part of the application", asked, without, page, CohortPermission.EDIT_PROGRAMMES)]
