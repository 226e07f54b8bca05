"""Rules of admission in versions: whoever has submitted keeps theirs; drafts go on with what holds, and are told."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from applications import notices
from applications.models import Application, Criterion, EligibilityAnswer, EligibilityQuestion, Statement
from applications.states import ApplicationStatus
from cohorts.models import Cohort, RuleSet
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import Actor, require
from steppingup.history.versions import Copies, next_version
from steppingup.messaging.models import Message

EDIT = CohortPermission.EDIT_PROGRAMMES
#: The part of the form that all questions of the check are in.
CONDITIONS = "eligibility"


def drafts_by(rules: RuleSet) -> Any:
    """Applications that go by these rules only until they change: not submitted, for cohorts nobody has applied for yet."""
    return Application.objects.filter(
        cohort__rule_set=rules, cohort__admission_began_at=None, status=ApplicationStatus.DRAFT
    )


def _held(rules: RuleSet) -> list[Application]:
    """These drafts, held until the transaction ends, so that nobody writes or submits by rules that are just changed. Whoever
    submits locks the application, then the cohort, then the rules, and so does this."""
    found = list(drafts_by(rules).select_for_update(of=("self",)).order_by("pk"))
    list(Cohort.objects.filter(rule_set=rules).select_for_update(of=("self",)).order_by("pk"))
    return found


@transaction.atomic
def revise(*, rules: RuleSet, by: Actor, removed: Collection[int] = ()) -> tuple[RuleSet, Copies]:
    """The next version of rules that people have applied by, to be changed. Cohorts that nobody has applied for go on with
    it, and their drafts keep what was written; what was written about criteria and questions that it will not have
    (`removed`, their ids) stays with those.

    Raises NotPossible when these rules were replaced already."""
    require(by, EDIT, rules.programme)
    _held(rules)
    new, copies = next_version(rules)
    Cohort.objects.filter(rule_set=rules, admission_began_at=None).update(rule_set=new)
    written: tuple[tuple[type[models.Model], str, type[models.Model]], ...] = (
        (Statement, "criterion", Criterion),
        (EligibilityAnswer, "question", EligibilityQuestion),
    )
    for model, name, part in written:
        for old, copy in copies[part].items():
            if old in removed:
                continue
            mine = model._base_manager.filter(**{name: old, "application__cohort__rule_set": new})
            mine.update(**{name: copy.pk})
    return new, copies


@transaction.atomic
def tell_of_change(*, rules: RuleSet, parts: Collection[str], by: Actor) -> int:
    """These parts of the form ask something else now: drafts that have them done are to look at them again, and everybody
    with a draft is told; who has not been back since the last such email is not told again. Gives the number of those
    told."""
    require(by, EDIT, rules.programme)
    told = 0
    for application in _held(rules):
        done = [part for part in application.parts_done if part not in parts]
        if done != application.parts_done:
            application.parts_done = done
            application.save(update_fields=["parts_done"])
        if _is_to_be_told(application):
            notices.tell_applicant(notices.QUESTIONS_CHANGED, application)
            told += 1
    return told


def _is_to_be_told(application: Application) -> bool:
    if not hasattr(application.cohort, "window") or application.own_window.has_closed():
        return False
    since = max(application.changed_at, timezone.now() - timedelta(days=1))
    return (
        not Message.objects.about(application).filter(kind=notices.QUESTIONS_CHANGED.key, created_at__gt=since).exists()
    )
