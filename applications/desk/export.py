"""The list of applications as CSV or XLSX, with scores: a chunk at a time, in constant memory."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db.models import Avg, QuerySet
from django.db.models.functions import Coalesce

from applications.models import Answer, Application, Score
from applications.queries import graduate_in_list
from applications.rules.scores import FIGURES
from applications.states import ApplicationStatus, Meaning, QuestionKind, ReviewStatus
from cohorts.states import Standing
from funding.states import AgreementStatus
from steppingup.site.export import Column

CHUNK = 1000
#: What is read of each application.
FACTS: dict[str, Any] = {
    "Reference": "reference",
    "Programme": "cohort__programme__name",
    "Cohort": "cohort__name",
    "Name": "full_name",
    "Email address": "applicant__email",
    "Job title": "job_title",
    "Grade": "grade",
    "Employer": Coalesce("employer__name", "employer_name"),
    "Standing": "standing",
    "Graduate of": graduate_in_list(),
    "Status": "status",
    "Submitted": "submitted_at",
    "Number in order": "number",
    "Place held until": "held_until",
    "Fee": "fee_agreement__status",
    "Decided": "decided_at",
    "Reason": "reason_words",
    "What the reason means": "reason_meaning",
    **dict(zip(("Reviews done", "Mean of totals", "Lowest total", "Highest total"), FIGURES, strict=True)),
}
CHOICES = {
    "Standing": Standing,
    "Status": ApplicationStatus,
    "Fee": AgreementStatus,
    "What the reason means": Meaning,
}
#: For each fact, what its values are called, where they are choices.
WORDS = [dict(CHOICES[title].choices) if title in CHOICES else {} for title in FACTS]


@dataclass(frozen=True)
class Asked:
    """A criterion or question in every version by which the rows were judged, under its newest title."""

    title: str
    versions: tuple[int, ...]


def asked(parts: QuerySet[Any]) -> list[Asked]:
    """Each criterion, or each further question, of each programme once, in the order of the newest version."""
    found: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for one in parts.order_by("rule_set__programme", "-rule_set__version", "order", "pk"):
        found[one.rule_set.programme_id, one.key].append(one)
    return [Asked(str(versions[0]), tuple(one.pk for one in versions)) for versions in found.values()]


def columns(criteria: list[Asked], questions: list[Asked]) -> list[Column]:
    """The facts, what came of the reviews, the mean score on each criterion, and the answers to further questions."""
    scores = (f"{criterion.title} (mean score)" for criterion in criteria)
    titles = (*FACTS, *scores, *(question.title for question in questions))
    return [Column(title, itemgetter(index)) for index, title in enumerate(titles)]


def rows(queryset: QuerySet[Application], criteria: list[Asked], questions: list[Asked]) -> Iterator[list[Any]]:
    """One list of cells for each application, in the queryset's order: two queries for every thousand, three where there are
    further questions."""
    source = queryset.select_related(None).values_list("pk", *FACTS.values()).iterator(chunk_size=CHUNK)
    while chunk := list(islice(source, CHUNK)):
        given = _answers([row[0] for row in chunk]) if questions else {}
        for pk, cells in _with_scores(chunk, criteria):
            yield [*cells, *(_first(given, pk, question) for question in questions)]


def _first(found: dict[tuple[int, int], Any], application: int, one: Asked) -> Any:
    """What stands there for the version by which this application was judged."""
    return next((found[application, version] for version in one.versions if (application, version) in found), None)


def _answers(applications: list[int]) -> dict[tuple[int, int], Any]:
    """A number and a day as such, so that a spreadsheet can reckon with them; everything else in words."""
    given = Answer.objects.filter(application__in=applications).select_related("question", "file").order_by()
    return {
        (answer.application_id, answer.question_id): answer.value
        if answer.question.kind in (QuestionKind.NUMBER, QuestionKind.DAY)
        else answer.in_words
        for answer in given
    }


def _in_words(words: dict[Any, Any], value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else words.get(value, value) if words else value


def _with_scores(chunk: list[tuple[Any, ...]], criteria: list[Asked]) -> Iterator[tuple[int, list[Any]]]:
    ids = [row[0] for row in chunk]
    scored = Score.objects.filter(review__application__in=ids, review__status=ReviewStatus.SUBMITTED).order_by()
    averages = scored.values_list("review__application", "criterion").annotate(mean=Avg("value"))
    means = {(application, criterion): mean for application, criterion, mean in averages}
    for pk, *facts in chunk:
        told = (_in_words(words, value) for words, value in zip(WORDS, facts, strict=True))
        yield pk, [*told, *(_first(means, pk, one) for one in criteria)]
