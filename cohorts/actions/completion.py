"""Recording that participants have completed, exceptions from the rule, and taking a mistake back."""

from datetime import date
from typing import Any

from django import forms

from cohorts import notices
from cohorts.actions import belonging, directory
from cohorts.actions.enrolments import SAY_WHY, ReasonForm
from cohorts.models import Cohort, CompletionRule, CompletionWaiver, Enrolment
from cohorts.permissions import CohortPermission
from cohorts.progress.completion import Check, standing_of, standings
from cohorts.progress.standing import standing_of_place
from cohorts.states import ENROLMENT, EnrolmentStatus
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.dates import EventDate, moment_of
from steppingup.steps.step import StepForm, Weight, asking, step

RUN = CohortPermission.RUN_COHORTS


def in_words(check: Check) -> str:
    """“8 of at least 10 days of Modules”."""
    part = check.rule.component
    asked = english.days_counted(check.asked, check.rule.noun)
    return f"{english.days(check.said)} of at least {asked}{f' of {part}' if part else ' in total'}"


def _not_ones_own(by: Actor, enrolment: Enrolment) -> None:
    require_colleague(by, enrolment.participant, "You cannot decide about your own completion. Ask a colleague.")


# -- waivers -------------------------------------------------------------------------------------


class RuleField(forms.ModelChoiceField):
    def label_from_instance(self, rule: CompletionRule) -> str:
        return f"At least {rule}"


class RuleForm(StepForm):
    rule = RuleField(
        CompletionRule.objects.none(), label="Which rule?", error_messages={"required": "Choose the rule."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["rule"]
        rules = self.rules()
        field.queryset = CompletionRule.objects.filter(pk__in=[one.pk for one in rules]).select_related("component")
        field.initial = rules[0].pk if len(rules) == 1 else None

    def rules(self) -> list[CompletionRule]:
        return [waiver.rule for waiver in self.subject.waivers.select_related("rule")]


class WaiverForm(ReasonForm, RuleForm):
    field_order = ("rule", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "For the record. Only staff will see this."

    def rules(self) -> list[CompletionRule]:
        return [check.rule for check in standing_of(self.subject).unsettled]


def require_waivable(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED,
        "A rule can be waived only while somebody is on the programme.",
        "state",
    )


@step(
    Enrolment,
    "Waive a rule",
    past="Rule waived",
    meaning="They can complete without meeting this rule. We keep the reason with their record.",
    permission=RUN,
    guard=_not_ones_own,
    policy=require_waivable,
    form=WaiverForm,
    undo="take_back_waiver",
)
def waive(*, enrolment: Enrolment, rule: CompletionRule, reason: str, by: User) -> CompletionWaiver:
    """Let a participant complete although they have not met a rule. The reason is kept.

    Raises NotPossible without a reason, when the rule is met or waived, or when they are not on the programme."""
    refuse_if(rule.cohort_id != enrolment.cohort_id, "This rule belongs to another cohort.", "other_cohort")
    reason = required(reason, SAY_WHY)
    # Under the lock, so that nobody completes or leaves between the look and the waiver.
    require_waivable(Enrolment.objects.locked(enrolment.pk))
    check = next(check for check in standing_of(enrolment).checks if check.rule.pk == rule.pk)
    refuse_if(check.met, f"{enrolment.participant} has met this rule, so there is nothing to waive.", "met")
    refuse_if(check.waiver, "This rule has already been waived.", "waived")
    return CompletionWaiver.objects.create(enrolment=enrolment, rule=rule, reason=reason, given_by=person(by) or by)


def require_waived(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED,
        "A waiver can be taken back only while somebody is on the programme.",
        "state",
    )
    refuse_if(not enrolment.waivers.exists(), "This rule has not been waived.", "not_waived")


@step(
    Enrolment,
    "Take back a waiver",
    past="Waiver taken back",
    meaning="They can complete only when they meet this rule. The history keeps the waiver and its reason.",
    permission=RUN,
    guard=_not_ones_own,
    policy=require_waived,
    form=RuleForm,
    undo="waive",
)
def take_back_waiver(*, enrolment: Enrolment, rule: CompletionRule, by: Actor) -> None:
    """The rule holds again, after a waiver by mistake. History keeps the waiver and its reason.

    Raises NotPossible when there is none, or when they are not on the programme."""
    require_waived(Enrolment.objects.locked(enrolment.pk))
    gone, _ = CompletionWaiver.objects.filter(enrolment=enrolment, rule=rule).delete()
    refuse_if(not gone, "This rule has not been waived.", "not_waived")


# -- completion ----------------------------------------------------------------------------------


@step(
    Enrolment,
    "Record completion",
    past="Completion recorded",
    story="You completed the programme",
    meaning="They have met every rule of the cohort, or it has been waived. The day stands on the certificate.",
    permission=RUN,
    guard=_not_ones_own,
    lifecycle=ENROLMENT,
    form=asking(
        on=EventDate(label="On which day did they complete?", help_text="Not before the last day that was recorded.")
    ),
    undo="undo",
    bulk=True,
    weight=Weight.STRONG,
)
def complete(*, enrolment: Enrolment, by: Actor, on: date | None = None) -> Enrolment:
    """Record that a participant has completed, on a day that has come (today). They and their line manager are told.

    Raises NotPossible when a rule of the cohort is neither met nor waived, or there is no rule; and for a day in the future,
    or before the last one that was recorded for them."""
    # A day that is taken back in this second is taken back before the look, or not at all.
    ENROLMENT.check(Enrolment.objects.locked(enrolment.pk), "complete")
    standing = standing_of(enrolment)
    refuse_if(not standing.checks, "This cohort has no completion rules yet. Add one on the cohort's page.", "no_rule")
    if not standing.meets_the_rule:
        missing = "; ".join(in_words(check) for check in standing.unsettled)
        raise NotPossible(f"{enrolment.participant} has not met the rule yet: {missing}.", "not_met")
    day = belonging.after_what_is_recorded(enrolment, on)
    ENROLMENT.move(enrolment, "complete", completed_at=moment_of(day), completed_by=person(by))
    notices.tell_completed(enrolment)
    notices.tell_manager(notices.MANAGER_COMPLETED, enrolment)
    return enrolment


def ready_in(cohort: Cohort) -> list[Enrolment]:
    """Those who meet the rule and whose completion is not recorded yet."""
    return [standing.enrolment for standing in standings(cohort) if standing.can_complete]


@step(
    Enrolment,
    "Undo the completion",
    past="Completion undone",
    story="Your completion was recorded by mistake, so we undid it",
    meaning="The participant is on the programme again. A certificate must be revoked first.",
    permission=RUN,
    guard=_not_ones_own,
    lifecycle=ENROLMENT,
    moves=("reopen",),
    undo="complete",
)
def undo(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """Completion was recorded by mistake. Raises NotPossible while a certificate is valid: revoke it first."""
    # A day that is taken back in this second is taken back before the look, or not at all.
    Enrolment.objects.locked(enrolment.pk)
    refuse_if(
        enrolment.certificates.genuine().exists(),
        "A certificate has been made for this completion. Revoke it first.",
        "certificate",
    )
    ENROLMENT.move(enrolment, "reopen", completed_at=None, completed_by=None)
    notices.tell_participant(notices.COMPLETION_UNDONE, enrolment)
    return enrolment


# -- those who did not complete --------------------------------------------------------------------


def _days_done(enrolment: Enrolment) -> str:
    return standing_of(enrolment).progress.in_quarters().in_words


@step(
    Enrolment,
    "Record that they did not complete",
    past="Did not complete",
    story="You did not complete the programme; the days that you did are kept",
    meaning="They were there to the end and have not met the rules. They are told so, kindly, and can have a statement of the "
    "days that they did: make it with the certificates.",
    permission=RUN,
    guard=_not_ones_own,
    lifecycle=ENROLMENT,
    form=asking(
        on=EventDate(label="Until which day did they take part?", help_text="Not before the last day recorded.")
    ),
    undo="go_on",
    bulk=True,
    stands=standing_of_place,
)
def conclude(*, enrolment: Enrolment, by: Actor, on: date | None = None) -> Enrolment:
    """The programme is over for somebody who has not met its rules, on a day that has come (today). They and their line
    manager are told; the days that they did are kept, and can be certified.

    Raises NotPossible for whoever meets the rules (record that they have completed), and for a day in the future or before
    the last one that was recorded."""
    ENROLMENT.check(Enrolment.objects.locked(enrolment.pk), "conclude")
    refuse_if(
        standing_of(enrolment).meets_the_rule,
        f"{enrolment.participant} meets the rules, or they were waived. Record the completion instead.",
        "met",
    )
    day = belonging.after_what_is_recorded(enrolment, on)
    ENROLMENT.move(enrolment, "conclude", not_completed_at=moment_of(day))
    notices.tell_participant(notices.NOT_COMPLETED, enrolment, days_done=_days_done(enrolment))
    notices.tell_manager(notices.MANAGER_NOT_COMPLETED, enrolment, days_done=_days_done(enrolment))
    directory.end_with_the_place(enrolment, by)
    return enrolment


@step(
    Enrolment,
    "Take back that they did not complete",
    past="Back on the programme",
    story="You are on the programme again",
    meaning="The participant is on the programme again, and days can be recorded. A statement of the days must be revoked first.",
    permission=RUN,
    guard=_not_ones_own,
    lifecycle=ENROLMENT,
    undo="conclude",
)
def go_on(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """It was recorded too early, or by mistake. Raises NotPossible while a statement of the days is valid."""
    Enrolment.objects.locked(enrolment.pk)
    refuse_if(
        enrolment.certificates.genuine().exists(),
        "A statement of the days has been made. Revoke it first.",
        "certificate",
    )
    ENROLMENT.move(enrolment, "go_on", not_completed_at=None)
    notices.tell_participant(notices.GOES_ON, enrolment)
    return enrolment
