"""The list of applications as CSV or XLSX, with scores: a chunk at a time, in constant memory."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import Avg, QuerySet

from applications.models import Application, Criterion, Review, Score
from applications.rules.scores import Figures, in_sql
from applications.states import ApplicationStatus, Reason, ReviewStatus
from funding.states import AgreementStatus
from steppingup.site.export import Column

CHUNK = 1000
FIELDS = (
    "pk",
    "reference",
    "cohort__programme__name",
    "cohort__name",
    "full_name",
    "applicant__email",
    "job_title",
    "grade",
    "employer__name",
    "employer_name",
    "status",
    "submitted_at",
    "fee_agreement__status",
    "decided_at",
    "reason",
)
STATUS, REASON, FEE = dict(ApplicationStatus.choices), dict(Reason.choices), dict(AgreementStatus.choices)
TITLES = (
    "Reference",
    "Programme",
    "Cohort",
    "Name",
    "Email address",
    "Job title",
    "Grade",
    "Employer",
    "Status",
    "Submitted",
    "Fee",
    "Decided",
    "Reason",
    "Reviews done",
    "Mean of totals",
    "Lowest total",
    "Highest total",
)


def _item(index: int) -> Any:
    return lambda row: row[index]


def columns(criteria: list[Criterion]) -> list[Column]:
    """The facts, what came of the reviews, and the mean score on each criterion."""
    scores = [f"{criterion.title} (mean score)" for criterion in criteria]
    return [Column(title, _item(index)) for index, title in enumerate((*TITLES, *scores))]


def rows(queryset: QuerySet[Application], criteria: list[Criterion]) -> Iterator[list[Any]]:
    """One list of cells for each application, in the queryset's order: three queries for every thousand."""
    wanted = [criterion.pk for criterion in criteria]
    source = queryset.select_related(None).values_list(*FIELDS).iterator(chunk_size=CHUNK)
    while chunk := list(islice(source, CHUNK)):
        yield from _with_scores(chunk, wanted)


def _with_scores(chunk: list[tuple[Any, ...]], wanted: list[int]) -> Iterator[list[Any]]:
    ids = [row[0] for row in chunk]
    columns = in_sql()
    reviews = Review.objects.filter(application__in=ids).order_by().values("application").annotate(**columns)
    figures = {pk: Figures(*found) for pk, *found in reviews.values_list("application", *columns)}
    means: dict[tuple[int, int], float] = {}
    scored = Score.objects.filter(review__application__in=ids, review__status=ReviewStatus.SUBMITTED).order_by()
    averages = scored.values_list("review__application", "criterion").annotate(mean=Avg("value"))
    for application, criterion, mean in averages:
        means[application, criterion] = mean
    for pk, *facts in chunk:
        yield _row(facts, figures.get(pk, Figures())) + [means.get((pk, criterion)) for criterion in wanted]


def _row(facts: list[Any], figures: Figures) -> list[Any]:
    reference, programme, cohort, name, email, job, grade, employer, typed, status, at, fee, decided, reason = facts
    return [
        reference,
        programme,
        cohort,
        name,
        email,
        job,
        grade,
        employer or typed,
        STATUS[status],
        at,
        FEE.get(fee, ""),
        decided,
        REASON.get(reason, ""),
        *figures,
    ]
