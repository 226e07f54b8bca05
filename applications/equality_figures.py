"""Equality figures: counts only, and none that could point at a person (design rule 6).

A count under `SMALLEST` is left out. Where only one count of a question is left out it could be worked out from the total,
so the next smallest is left out as well."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from applications.equality import QUESTIONS, EqualityQuestion
from applications.models import Application, EqualityResponse
from cohorts.models import Cohort

SMALLEST = 5


@dataclass(frozen=True)
class Figure:
    """One answer and how many gave it; None where the number is left out."""

    label: str
    count: int | None


@dataclass(frozen=True)
class QuestionFigures:
    question: EqualityQuestion
    figures: tuple[Figure, ...]
    not_answered: int | None


@dataclass(frozen=True)
class CohortFigures:
    """`responses` of `applications` people answered at least one question; `questions` is empty where too few did."""

    cohort: Cohort
    applications: int
    responses: int | None
    questions: tuple[QuestionFigures, ...]


def suppressed(counts: Mapping[str, int], smallest: int = SMALLEST) -> dict[str, int | None]:
    """The counts that may be shown; None for those left out. Zero is left out too where others are: it would tell.

    What is left out adds up to at least `smallest`, or to nothing at all, so no single person can be worked out
    from the total."""
    shown: dict[str, int | None] = dict(counts)
    small = [key for key, count in counts.items() if 0 < count < smallest]
    if not small:
        return shown
    hidden = set(small)
    rest = sorted((key for key in counts if key not in hidden and counts[key]), key=lambda key: (counts[key], key))
    while rest and (len(hidden) < 2 or sum(counts[key] for key in hidden) < smallest):
        hidden.add(rest.pop(0))
    hidden |= {key for key, count in counts.items() if not count}
    return {key: None if key in hidden else counts[key] for key in counts}


def figures_of(cohort: Cohort) -> CohortFigures:
    """What those who submitted an application for the cohort said about themselves, added up."""
    submitted = Application.objects.filter(cohort=cohort).submitted()
    total = submitted.count()
    responses = EqualityResponse.objects.filter(application__in=submitted).only("answers")
    answers: list[dict[str, str]] = [cast(dict[str, str], response.answers) for response in responses]
    given = [values for values in answers if any(values.values())]
    if len(given) < SMALLEST:
        return CohortFigures(cohort, total, None if given else 0, ())
    return CohortFigures(cohort, total, len(given), tuple(_question(question, given) for question in QUESTIONS))


def _question(question: EqualityQuestion, given: list[dict[str, str]]) -> QuestionFigures:
    found = Counter(values.get(question.key) or "" for values in given)
    counts = {key: found.get(key, 0) for key, _ in question.answers} | {"": found.get("", 0)}
    shown = suppressed(counts)
    figures = tuple(Figure(label, shown[key]) for key, label in question.answers)
    return QuestionFigures(question, figures, shown[""])
