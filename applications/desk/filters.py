"""Filters of the list of applications."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter

from applications.desk.reasons import ReasonFilter
from applications.models import Question
from applications.queries import of_graduates
from applications.states import ApplicationStatus, Meaning
from cohorts.desk.filters import CohortFilter
from cohorts.states import Standing
from funding.desk.common import EmployerFilter
from funding.states import AgreementStatus
from steppingup.desk.lists import choose, one_of

REVIEWS = {
    "unassigned": ("Assessors missing", lambda rows: rows.lacking_assessors()),
    "missing": ("Waiting for scores", lambda rows: rows.awaiting_scores()),
    "done": ("All scores given", lambda rows: rows.fully_scored()),
    "none": ("No scores yet", lambda rows: rows.without_scores()),
}
PLACES = {
    "held": ("A place is held while something is settled", lambda rows: rows.filter(held_until__isnull=False)),
    "passed": ("A place that was held has passed on", lambda rows: rows.filter(passed_on_at__isnull=False)),
    "line": ("Waiting in the order of submission", lambda rows: rows.in_line().order_by(*rows.query.order_by)),
}
GRADUATES = {"yes": ("Graduates of a programme that leads on to it", of_graduates)}
FEES = {
    **one_of(AgreementStatus.choices, "fee_agreement__status"),
    "fund": ("An internal fund pays", lambda rows: rows.of_funded_employers()),
}


class EmployersFilter(EmployerFilter):
    """Also those whose employer was typed."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*super().lookups(request, model_admin), ("none", "Not on our list yet")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Any]:
        return queryset.of_unknown_employers() if self.value() == "none" else super().queryset(request, queryset)


def by_answer(question: Question) -> type[DropdownFilter]:
    """A filter by one of the answers that a further question offers."""

    def chosen(answer: str) -> Any:
        return lambda rows: rows.filter(answers__question=question, answers__chosen__contains=[answer])

    answers = {str(number): (answer, chosen(answer)) for number, answer in enumerate(question.offered, 1)}
    return choose(question.text, f"answer-{question.pk}", answers)


ALL = (
    CohortFilter,
    choose("status", "status", one_of(ApplicationStatus.choices, "status")),
    choose("reviews", "reviews", REVIEWS),
    choose("first come, first served", "place", PLACES),
    EmployersFilter,
    choose("how they work", "standing", one_of(Standing.choices, "standing")),
    choose("graduates", "graduates", GRADUATES),
    choose("what the reason means", "meaning", one_of(Meaning.choices, "reason_meaning")),
    ReasonFilter,
    choose("fee", "fee", FEES),
)
