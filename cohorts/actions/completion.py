"""Recording that participants have completed, exceptions from the rule, and taking a mistake back."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from cohorts import messages
from cohorts.access import require_staff
from cohorts.completion import Check, standing_of, standings
from cohorts.models import Certificate, Cohort, CompletionRule, CompletionWaiver, Enrolment
from cohorts.states import ENROLMENT, CertificateStatus, EnrolmentStatus
from steppingup.accounts.actors import Actor, person, require_colleague
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import MessagePreview


def in_words(check: Check) -> str:
    """“8 of at least 10 days of Modules”."""
    of = f" of {check.rule.component}" if check.rule.component else " in all"
    return f"{english.days(check.said)} of at least {english.days_counted(check.rule.minimum_days)}{of}"


def _require(by: Actor, enrolment: Enrolment) -> None:
    """Whoever runs the cohort. Raises NotAllowed for others, OwnRecord for the participant."""
    require_staff(by, Permission.RUN_COHORTS, enrolment.cohort)
    require_colleague(by, enrolment.participant_id, "Nobody decides about their own completion. Ask a colleague.")


@transaction.atomic
def waive(*, enrolment: Enrolment, rule: CompletionRule, reason: str, by: User) -> CompletionWaiver:
    """Let a participant complete although they have not met a rule. The reason is kept.

    Raises NotPossible without a reason, when the rule is met or waived, or when they are not on the programme."""
    _require(by, enrolment)
    if rule.cohort_id != enrolment.cohort_id:
        raise NotPossible("This rule is one of another cohort.")
    if not reason.strip():
        raise NotPossible("Say why, so that whoever asks later can be told.")
    locked = Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)
    if locked.status != EnrolmentStatus.ENROLLED:
        raise NotPossible("A rule can be waived only while somebody is on the programme.")
    check = next(check for check in standing_of(enrolment).checks if check.rule.pk == rule.pk)
    if check.met:
        raise NotPossible(f"{enrolment.participant} has met this rule, so there is nothing to waive.")
    if check.waiver:
        raise NotPossible("This rule has been waived already.")
    return CompletionWaiver.objects.create(
        enrolment=enrolment, rule=rule, reason=reason.strip(), given_by=person(by) or by
    )


@transaction.atomic
def take_back_waiver(*, enrolment: Enrolment, rule: CompletionRule, by: Actor) -> None:
    """The rule holds again, after a waiver by mistake. History keeps the waiver and its reason.

    Raises NotPossible when there is none, or when they are not on the programme."""
    _require(by, enrolment)
    locked = Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)
    if locked.status != EnrolmentStatus.ENROLLED:
        raise NotPossible("A waiver can be taken back only while somebody is on the programme.")
    gone, _ = CompletionWaiver.objects.filter(enrolment=enrolment, rule=rule).delete()
    if not gone:
        raise NotPossible("This rule is not waived.")


def _lock(enrolments: Iterable[int]) -> None:
    """In one order, whoever asks."""
    list(Enrolment.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(enrolments)).order_by("pk"))


def _complete(enrolment: Enrolment, by: Actor) -> Enrolment:
    ENROLMENT.move(enrolment, "complete", completed_at=timezone.now(), completed_by=person(by))
    messages.COMPLETED.send(enrolment)
    messages.MANAGER_COMPLETED.send(enrolment)
    return enrolment


@transaction.atomic
def complete(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """Record that a participant has completed. They and their line manager are told.

    Raises NotPossible when a rule of the cohort is neither met nor waived, or there is no rule."""
    _require(by, enrolment)
    _lock([enrolment.pk])  # a day that is taken back in this second is taken back before the look, or not at all
    standing = standing_of(enrolment)
    if not standing.checks:
        raise NotPossible("This cohort has no rule for completion yet. Add one on the cohort's page.")
    if not standing.meets_the_rule:
        missing = "; ".join(in_words(check) for check in standing.unsettled)
        raise NotPossible(f"{enrolment.participant} has not met the rule yet: {missing}.")
    return _complete(enrolment, by)


def ready_in(cohort: Cohort, by: Actor) -> list[Enrolment]:
    """Those who meet the rule and whose completion this person may record: not their own."""
    ready = [standing.enrolment for standing in standings(cohort) if standing.can_complete]
    return [enrolment for enrolment in ready if enrolment.participant != by]


@transaction.atomic
def complete_all(*, cohort: Cohort, by: Actor) -> list[Enrolment]:
    """Record completion for everybody who meets the rule and is still on the programme.

    Raises NotPossible when there is nobody."""
    require_staff(by, Permission.RUN_COHORTS, cohort)
    enrolled = Enrolment.objects.filter(cohort=cohort, status=EnrolmentStatus.ENROLLED)
    _lock(enrolled.values_list("pk", flat=True))
    ready = ready_in(cohort, by)
    if not ready:
        raise NotPossible("Nobody who meets the rule is waiting to be recorded.")
    return [_complete(enrolment, by) for enrolment in ready]


@transaction.atomic
def undo(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """Completion was recorded by mistake. Raises NotPossible while a certificate is valid: revoke it first."""
    _require(by, enrolment)
    Enrolment.objects.select_for_update(of=("self",), no_key=True).get(pk=enrolment.pk)
    if Certificate.objects.filter(enrolment=enrolment, status=CertificateStatus.ISSUED).exists():
        raise NotPossible("There is a certificate for this completion. Revoke it first.")
    ENROLMENT.move(enrolment, "reopen", completed_at=None, completed_by=None)
    messages.COMPLETION_UNDONE.send(enrolment)
    return enrolment


def told_of_completing(enrolment: Enrolment) -> list[MessagePreview]:
    return [*messages.COMPLETED.preview(enrolment), *messages.MANAGER_COMPLETED.preview(enrolment)]
