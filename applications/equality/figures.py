"""Equality figures: counts only, and none that could point at a person (design rule 6).

A count under `SMALLEST` is left out. Where only one count of a question is left out it could be worked out from the total,
so the next smallest is left out as well. Long lists of answers are added up under their headings: single ones would
nearly all be too small to show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from applications.equality.questions import PREFER_NOT, QUESTIONS, EqualityQuestion
from applications.models import Application, EqualityResponse
from cohorts.models import Cohort

SMALLEST = 5
NOT_ANSWERED = "Not answered"
LEFT_OUT = "left out"


@dataclass(frozen=True)
class Figure:
    """One answer, or one heading of answers, and how many gave it; None where the number is left out."""

    label: str
    count: int | None
    responses: int

    @property
    def percent(self) -> int | None:
        """Of those who answered at least one question."""
        return None if self.count is None else round(100 * self.count / self.responses)


@dataclass(frozen=True)
class QuestionFigures:
    question: EqualityQuestion
    figures: tuple[Figure, ...]  # the last one: those who did not answer it


@dataclass(frozen=True)
class CohortFigures:
    """`responses` of `applications` people answered at least one question; `questions` is empty where too few did."""

    cohort: Cohort
    applications: int
    responses: int | None
    questions: tuple[QuestionFigures, ...]

    def rows(self) -> Iterator[tuple[QuestionFigures, Figure]]:
        """For a download: one row for each answer."""
        return ((item, figure) for item in self.questions for figure in item.figures)


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
    # A shown zero beside hidden numbers narrows down what these can be.
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
    counts = dict.fromkeys([*_lines_of(question).values(), PREFER_NOT[1], NOT_ANSWERED], 0)
    lines = {**_lines_of(question), PREFER_NOT[0]: PREFER_NOT[1]}
    for values in given:
        counts[lines.get(values.get(question.key) or "", NOT_ANSWERED)] += 1
    figures = (Figure(label, count, len(given)) for label, count in suppressed(counts).items())
    return QuestionFigures(question, tuple(figures))


def _lines_of(question: EqualityQuestion) -> dict[str, str]:
    """Under which label each answer is counted: its own, or its heading where there are several."""
    several = len(question.groups) > 1
    return {key: heading if several else label for heading, answers in question.groups for key, label in answers}
