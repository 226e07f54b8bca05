"""Ways of working that rules accept, and applications of people who work so."""

from typing import Any

from applications.actions import applications as actions
from applications.actions import own_fee
from applications.form.parts import parts_of
from applications.models import Application, StandingRule, Window
from applications.states import Asked, FeeBy
from cohorts.models import RuleSet
from cohorts.states import Standing
from steppingup.accounts.models import User
from tests.factories.applications import WindowFactory, part_values, started

#: What is asked of whoever works alone, of a volunteer who is asked little, and of one whose organisation pays.
ALONE = {
    "organisation": Asked.LEFT_OUT,
    "line_manager": Asked.LEFT_OUT,
    "support": Asked.LEFT_OUT,
    "fee_by": FeeBy.PERSON,
}
LITTLE = {
    "organisation": Asked.REQUIRED,
    "line_manager": Asked.OPTIONAL,
    "support": Asked.LEFT_OUT,
    "fee_by": FeeBy.PERSON,
}
ASKED: dict[Standing, dict[str, Any]] = {
    Standing.EMPLOYED: {},
    Standing.SEVERAL: {},
    Standing.SELF_EMPLOYED: ALONE,
    Standing.VOLUNTEER: LITTLE,
    Standing.NOT_EMPLOYED: ALONE,
}


def accept(rules: RuleSet, *standings: Standing, **more: Any) -> list[StandingRule]:
    """The rules accept these ways of working, all by default; `more` is said of each."""
    return [
        StandingRule.objects.create(rule_set=rules, standing=one, order=order, **ASKED[one] | more)
        for order, one in enumerate(standings or tuple(Standing))
    ]


def window_for_all(**fields: Any) -> Window:
    """Open for however people work."""
    window = WindowFactory(**fields)
    accept(window.cohort.rule_set)
    return window


def work_of(standing: Standing, **values: Any) -> dict[str, Any]:
    """Good values for the part about work of whoever works so."""
    given: dict[str, Any] = {"standing": standing, "job_title": "Facilitator", "grade": "", **values}
    if standing == Standing.SEVERAL:
        given.setdefault("other_employers", "Avon Water, Harbour Trust")
    return given


def completed_as(
    standing: Standing, window: Window | None = None, applicant: User | None = None, **work: Any
) -> Application:
    """Every part is complete, and nobody has agreed the fee."""
    application = started(window or window_for_all(), applicant)
    good = part_values(application)
    if standing.has_employer:
        work = {**{name: value for name, value in good["work"].items() if name != "grade"}, **work}
    good["work"] = work_of(standing, **work)
    application = actions.save_part(application=application, part="work", values=good["work"], by=application.applicant)
    for part in parts_of(application):
        if part.key in good and part.key != "work":
            application = actions.save_part(
                application=application, part=part.key, values=good[part.key], by=application.applicant
            )
    return application


def agreed_oneself(application: Application) -> Application:
    """They have agreed to pay for their own place."""
    own_fee.agree(application=application, billing_address="Amara Okafor\n1 Quay Street", by=application.applicant)
    return application


def submitted_as(standing: Standing, window: Window | None = None, **work: Any) -> Application:
    application = agreed_oneself(completed_as(standing, window, **work))
    return actions.submit(application=application, by=application.applicant, notice_read=True)
