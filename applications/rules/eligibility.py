"""The rule of the eligibility check: from answers to a verdict, in plain words (B15 to B18, N2, N3). Knows no database.

An answer leads to a verdict by its question: it passes, it fails with a sentence, or we would like to look at it. Questions
that name the same alternative are one condition: one plain yes to any of them is enough.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from applications.states import Verdict


class Question(Protocol):
    """What the rule needs to know of a question. `means` says what an answer comes to: yes, no or not_sure."""

    key: str
    text: str
    if_no: str
    if_not_sure: str
    explanation: str
    alternative: str

    def means(self, answer: str) -> str: ...


Q = TypeVar("Q", bound=Question)
SEVERITY = {Verdict.YES: 0, Verdict.ASK: 1, Verdict.NO: 2}
DESIRABLE = "This is not a condition: you can apply without it."


@dataclass(frozen=True)
class Reason:
    """An answer that was not a plain yes, and what it means."""

    key: str
    question: str
    verdict: Verdict
    explanation: str


@dataclass(frozen=True)
class Outcome:
    """`verdict` is None while a question that decides something has no answer."""

    verdict: Verdict | None
    reasons: tuple[Reason, ...] = ()
    unanswered: tuple[str, ...] = ()

    @property
    def against(self) -> tuple[Reason, ...]:
        """The reasons that decided the verdict."""
        return tuple(reason for reason in self.reasons if reason.verdict == self.verdict)


def verdict_of(question: Question, answer: str) -> Verdict:
    """What one answer leads to. Raises ValueError for anything but an answer to this question."""
    leads_to = {"yes": Verdict.YES, "no": question.if_no, "not_sure": question.if_not_sure}
    meant = question.means(answer)
    if meant not in leads_to:
        raise ValueError(f"“{answer}” is not an answer.")
    return Verdict(leads_to[meant])


def conditions(questions: Iterable[Q]) -> list[list[Q]]:
    """The questions by condition: alternatives together, where the first of them stands."""
    found: dict[tuple[str, str], list[Q]] = {}
    for question in questions:
        name = ("any of", question.alternative) if question.alternative else ("alone", question.key)
        found.setdefault(name, []).append(question)
    return list(found.values())


def still_asked(questions: Sequence[Q], answers: Mapping[str, str]) -> list[Q]:
    """Those that are not answered, without the alternatives to a plain yes: those need no answer."""
    return [
        one
        for condition in conditions(questions)
        if not _is_met(condition, answers)
        for one in condition
        if one.key not in answers
    ]


def _is_met(condition: Sequence[Question], answers: Mapping[str, str]) -> bool:
    """Is one of the alternatives a plain yes?"""
    return any(one.key in answers and one.means(answers[one.key]) == "yes" for one in condition)


def assess(questions: Sequence[Question], answers: Mapping[str, str]) -> Outcome:
    """The worst of the conditions decides: one “no” that matters is enough, whatever is not answered yet.

    `questions` are those that are switched on; answers to others are ignored."""
    unanswered = tuple(question.key for question in still_asked(questions, answers))
    reasons = tuple(reason for condition in conditions(questions) for reason in _reasons(condition, answers))
    worst = max((reason.verdict for reason in reasons), key=SEVERITY.__getitem__, default=Verdict.YES)
    return Outcome(None if unanswered and worst != Verdict.NO else worst, reasons, unanswered)


def _reasons(condition: Sequence[Question], answers: Mapping[str, str]) -> list[Reason]:
    """Why a condition is not plainly met: the kindest of the answers to its alternatives, once all of them are answered."""
    given = [(one, verdict_of(one, answers[one.key])) for one in condition if one.key in answers]
    if len(given) < len(condition) or _is_met(condition, answers):
        return []
    best = min((verdict for _, verdict in given), key=SEVERITY.__getitem__)
    decisive = [one for one, verdict in given if verdict == best]
    # Where none of several alternatives is met, that is said once.
    told = decisive[:1] if best == Verdict.NO else decisive
    because = next((one.explanation for one in decisive if one.explanation), "") or _plain(best)
    return [Reason(one.key, one.text, best, one.explanation or because) for one in told]


def _plain(verdict: Verdict) -> str:
    return {
        Verdict.YES: DESIRABLE,
        Verdict.ASK: "We would like to look at this with you.",
        Verdict.NO: "This is one of the programme’s conditions.",
    }[verdict]
