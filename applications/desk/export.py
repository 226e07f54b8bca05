"""The list of applications as CSV or XLSX, with scores: a chunk at a time, in constant memory."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db.models import Avg, QuerySet
from django.db.models.functions import Coalesce

from applications.models import Application, Criterion, Score
from applications.rules.scores import FIGURES
from applications.states import ApplicationStatus, Reason, ReviewStatus
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
    "Status": "status",
    "Submitted": "submitted_at",
    "Fee": "fee_agreement__status",
    "Decided": "decided_at",
    "Reason": "reason",
    **dict(zip(("Reviews done", "Mean of totals", "Lowest total", "Highest total"), FIGURES, strict=True)),
}
CHOICES = {"Status": ApplicationStatus, "Fee": AgreementStatus, "Reason": Reason}
#: For each fact, what its values are called, where they are choices.
WORDS = [dict(CHOICES[title].choices) if title in CHOICES else {} for title in FACTS]


@dataclass(frozen=True)
class Asked:
    """A criterion in every version that the rows were judged by, under its newest title."""

    title: str
    versions: tuple[int, ...]


def asked(criteria: QuerySet[Criterion]) -> list[Asked]:
    """Each criterion of each programme once, in the order of the newest version."""
    found: dict[tuple[int, str], list[Criterion]] = defaultdict(list)
    for one in criteria.order_by("rule_set__programme", "-rule_set__version", "order", "pk"):
        found[one.rule_set.programme_id, one.key].append(one)
    return [Asked(versions[0].title, tuple(one.pk for one in versions)) for versions in found.values()]


def columns(criteria: list[Asked]) -> list[Column]:
    """The facts, what came of the reviews, and the mean score on each criterion."""
    titles = (*FACTS, *(f"{criterion.title} (mean score)" for criterion in criteria))
    return [Column(title, itemgetter(index)) for index, title in enumerate(titles)]


def rows(queryset: QuerySet[Application], criteria: list[Asked]) -> Iterator[list[Any]]:
    """One list of cells for each application, in the queryset's order: two queries for every thousand."""
    source = queryset.select_related(None).values_list("pk", *FACTS.values()).iterator(chunk_size=CHUNK)
    while chunk := list(islice(source, CHUNK)):
        yield from _with_scores(chunk, criteria)


def _with_scores(chunk: list[tuple[Any, ...]], criteria: list[Asked]) -> Iterator[list[Any]]:
    ids = [row[0] for row in chunk]
    scored = Score.objects.filter(review__application__in=ids, review__status=ReviewStatus.SUBMITTED).order_by()
    averages = scored.values_list("review__application", "criterion").annotate(mean=Avg("value"))
    means = {(application, criterion): mean for application, criterion, mean in averages}
    for pk, *facts in chunk:
        told = (words.get(value, value) if words else value for words, value in zip(WORDS, facts, strict=True))
        yield [*told, *(next((means[pk, v] for v in one.versions if (pk, v) in means), None) for one in criteria)]
