"""The rule of the eligibility check: from answers to a verdict, in plain words (B15 to B18). Knows no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from applications.states import Verdict


class Question(Protocol):
    """What the rule needs to know of a question."""

    key: str
    text: str
    if_no: str
    if_not_sure: str
    explanation: str


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
    """What one answer leads to. Raises ValueError for anything but yes, no and not_sure."""
    leads_to = {"yes": Verdict.YES, "no": question.if_no, "not_sure": question.if_not_sure}
    if answer not in leads_to:
        raise ValueError(f"“{answer}” is not an answer.")
    return Verdict(leads_to[answer])


def assess(questions: Sequence[Question], answers: Mapping[str, str]) -> Outcome:
    """The worst of the answers decides: one “no” that matters is enough, whatever is not answered yet.

    `questions` are those that are switched on; answers to others are ignored."""
    unanswered = tuple(question.key for question in questions if question.key not in answers)
    reasons = tuple(
        Reason(question.key, question.text, verdict, question.explanation or _plain(verdict))
        for question in questions
        if answers.get(question.key, "yes") != "yes"
        for verdict in (verdict_of(question, answers[question.key]),)
    )
    worst = max((reason.verdict for reason in reasons), key=SEVERITY.__getitem__, default=Verdict.YES)
    return Outcome(None if unanswered and worst != Verdict.NO else worst, reasons, unanswered)


def _plain(verdict: Verdict) -> str:
    return {
        Verdict.YES: DESIRABLE,
        Verdict.ASK: "We would like to look at this with you.",
        Verdict.NO: "This is one of the programme’s conditions.",
    }[verdict]
