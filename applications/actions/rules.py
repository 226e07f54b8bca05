"""Rules of admission in versions: whoever has submitted keeps theirs; drafts go on with what holds, and are told."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import models, transaction

from applications import notices
from applications.actions.access import require_decider
from applications.form.part import PAGE
from applications.models import (
    Answer,
    Application,
    Criterion,
    EligibilityAnswer,
    EligibilityQuestion,
    FormPart,
    Grade,
    Question,
    Statement,
)
from applications.states import ApplicationStatus, PartKind
from cohorts.models import Cohort, RuleSet, TargetGroup
from cohorts.permissions import CohortPermission
from steppingup import clock
from steppingup.accounts.actors import Actor, require
from steppingup.formats.english import counted
from steppingup.history.versions import Copies, next_version
from steppingup.messaging.models import Message

EDIT = CohortPermission.EDIT_PROGRAMMES
#: The part of the form that all questions of the check are in.
CONDITIONS = "eligibility"
#: What an applicant writes, the column by which it is about something, and what that is.
WRITTEN: tuple[tuple[type[models.Model], str, type[models.Model]], ...] = (
    (Statement, "criterion", Criterion),
    (EligibilityAnswer, "question", EligibilityQuestion),
    (EligibilityAnswer, "grade", Grade),
    (Answer, "question", Question),
)


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
def revise(*, rules: RuleSet, by: Actor, removed: Collection[models.Model] = ()) -> tuple[RuleSet, Copies]:
    """The next version of rules that people have applied by, to be changed. Cohorts that nobody has applied for go on with
    it, and their drafts keep what was written; what was written about criteria and questions that it will not have
    (`removed`) stays with those.

    Raises NotPossible when these rules were replaced already."""
    require(by, EDIT, rules.programme)
    _held(rules)
    new, copies = next_version(rules)
    Cohort.objects.filter(rule_set=rules, admission_began_at=None).update(rule_set=new)
    gone = {(type(one), one.pk) for one in removed}
    for model, name, part in WRITTEN:
        for old, copy in copies[part].items():
            if (part, old) in gone:
                continue
            mine = model._base_manager.filter(**{name: old, "application__cohort__rule_set": new})
            mine.update(**{name: copy.pk})
    return new, copies


@transaction.atomic
def version_to_change(rules: RuleSet, removed: Collection[models.Model], by: Actor) -> RuleSet:
    """The next version of rules by which somebody has begun to apply; these, where nobody has."""
    if RuleSet.held(rules.pk).is_frozen or drafts_by(rules).exists():
        return revise(rules=rules, removed=removed, by=by)[0]
    return rules


@transaction.atomic
def tell_of_file(before: RuleSet, rules: RuleSet, by: Actor) -> None:
    """A file has made these rules of those: drafts are asked again where something else is asked, and told."""
    held = _held(rules)
    if parts := _asked_anew(before, rules):
        _ask_again(held, parts)
    if rules.selection != before.selection:
        _tell_of_choosing(held, rules)


@transaction.atomic
def tell_of_change(*, rules: RuleSet, parts: Collection[str], by: Actor) -> int:
    """These parts of the form ask something else now: drafts that have them done are to look at them again, and everybody
    with a draft is told; who has not been back since the last such email is not told again. Gives the number of those
    told."""
    require(by, EDIT, rules.programme)
    return _ask_again(_held(rules), parts)


@transaction.atomic
def tell_of_choosing(*, rules: RuleSet, by: Actor) -> int:
    """People are chosen in another way by these rules now: everybody with a draft is told. Gives their number."""
    require(by, EDIT, rules.programme)
    return _tell_of_choosing(_held(rules), rules)


def _tell_of_choosing(drafts: list[Application], rules: RuleSet) -> int:
    open_still = Application.objects.for_steps().filter(pk__in=[one.pk for one in drafts])
    found = [one for one in open_still if hasattr(one.cohort, "window") and not one.own_window.has_closed()]
    for application in found:
        notices.tell_of_choosing(application, rules)
    return len(found)


def _ask_again(drafts: list[Application], parts: Collection[str]) -> int:
    told = 0
    for application in drafts:
        done = [part for part in application.parts_done if part not in parts]
        if done != application.parts_done:
            application.parts_done = done
            application.save(update_fields=["parts_done"])
        if _is_to_be_told(application):
            notices.tell_applicant(notices.QUESTIONS_CHANGED, application)
            told += 1
    return told


@transaction.atomic
def take_drafts_along(cohort: Cohort, rules: RuleSet, by: Actor) -> None:
    """The cohort is to have these rules. What was written about criteria and questions that they have too, by key, is about
    theirs from then on; the rest stays where it was. Whoever has a draft is told when something else is asked.

    Raises NotAllowed for whoever applies for the cohort."""
    require_decider(by, cohort)
    mine = Application.objects.filter(cohort=cohort, status=ApplicationStatus.DRAFT)
    drafts = list(mine.select_for_update(of=("self",)).order_by("pk"))
    before = RuleSet.objects.get(cohorts=cohort)
    for model, name, part in WRITTEN:
        theirs = dict(part._base_manager.filter(rule_set=rules).values_list("key", "pk"))
        for key, pk in part._base_manager.filter(rule_set=before).values_list("key", "pk"):
            if key in theirs:
                model._base_manager.filter(**{name: pk, "application__in": drafts}).update(**{name: theirs[key]})
    if parts := _asked_anew(before, rules):
        _ask_again(drafts, parts)
    if rules.selection != before.selection:
        _tell_of_choosing(drafts, rules)


def page_of(question: Question) -> str:
    """The key of the part that this question is asked in."""
    return f"{PAGE}{question.page}"


def part_named(row: FormPart) -> str:
    """The key of the part that this row of the rules asks."""
    return f"{PAGE}{row.key}" if row.kind == PartKind.QUESTIONS else row.key


def _asked_anew(before: RuleSet, rules: RuleSet) -> set[str]:
    """The parts of the form that ask something else by these rules than by those of before."""

    def rows(of: RuleSet, part: type[models.Model]) -> set[tuple[Any, ...]]:
        asked = [one.attname for one in part._meta.concrete_fields if one.name not in ("id", "rule_set", "order")]
        return set(part._base_manager.filter(rule_set=of).values_list("key", *asked))

    found = {f"statement-{row[0]}" for row in rows(rules, Criterion) - rows(before, Criterion)}
    more = {row[0] for row in rows(rules, Question) - rows(before, Question)}
    found |= {page_of(one) for one in Question.objects.filter(rule_set=rules, key__in=more)}
    there = set(before.form_parts.values_list("key", flat=True))
    found |= {part_named(one) for one in rules.form_parts.all() if one.key not in there}
    if any(rows(rules, part) - rows(before, part) for part in (EligibilityQuestion, Grade, TargetGroup)):
        found.add(CONDITIONS)
    return found


def who_has_begun(cohort: Cohort) -> str:
    """Whom other rules would concern, in a sentence."""
    number = Application.objects.filter(cohort=cohort, status=ApplicationStatus.DRAFT).count()
    if not number or cohort.admission_began_at:
        return ""
    people = counted(number, "person has", "people have")
    return (
        f"{people} begun to apply. If you choose other admission rules, they keep what they have written, see the new questions "
        "and are told by email."
    )


def _is_to_be_told(application: Application) -> bool:
    if not hasattr(application.cohort, "window") or application.own_window.has_closed():
        return False
    since = max(application.changed_at, clock.now() - timedelta(days=1))
    return (
        not Message.objects.about(application).filter(kind=notices.QUESTIONS_CHANGED.key, created_at__gt=since).exists()
    )
