"""What a made-up applicant writes into each part of an application, whatever its rules ask: something that can be accepted."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice, product
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import slugify

from applications import standings
from applications.dry_run.cast import AT, Cast
from applications.form.part import Part
from applications.form.questions import asked
from applications.models import Application, EligibilityQuestion, Question
from applications.rules.eligibility import Outcome, assess
from applications.states import Asked, PartKind, QuestionKind, SupportRoute, Verdict
from cohorts.states import Standing
from steppingup import clock
from steppingup.files.actions.files import store
from steppingup.files.models import StoredFile
from steppingup.files.rules import CV, FileRule
from steppingup.site.pdf import render_pdf

WORDS = "This is what a made-up applicant has to say about it."
#: Combinations of answers to the eligibility check that are tried before it is said that none leads on.
MOST_TRIED = 20_000
KINDEST = {Verdict.YES: 0, Verdict.ASK: 1, Verdict.NO: 2, None: 3}


def a_pdf(name: str, pages: int = 1) -> SimpleUploadedFile:
    content = render_pdf("pdf/made_up.html", {"title": name, "pages": range(1, pages + 1)})
    return SimpleUploadedFile(f"{slugify(name)}.pdf", content, content_type="application/pdf")


def stored(name: str, rule: FileRule, by: Any) -> StoredFile:
    return store(upload=a_pdf(name, rule.min_pages or 1), rule=rule, by=by)


def answers_that_pass(questions: Sequence[EligibilityQuestion]) -> tuple[dict[str, str], Outcome]:
    """Answers to the eligibility check of somebody for whom the programme is, and what comes of them: the kindest that there is."""
    offered = [[key for key, _ in one.offered] for one in questions]
    tried = (
        dict(zip([one.key for one in questions], given, strict=True)) for given in islice(product(*offered), MOST_TRIED)
    )
    best: tuple[dict[str, str], Outcome] | None = None
    for answers in tried:
        outcome = assess(questions, answers)
        if best is None or KINDEST[outcome.verdict] < KINDEST[best[1].verdict]:
            best = answers, outcome
        if outcome.verdict == Verdict.YES:
            break
    return best or ({}, Outcome(Verdict.YES))


def values_for(application: Application, part: Part, cast: Cast) -> dict[str, Any]:
    """Good values for this part. Raises LookupError for a kind of part that nobody has taught it."""
    if part.page:
        return _questions(part.page.questions, application)
    if part.criterion:
        return {"text": WORDS if part.criterion.word_limit > len(WORDS.split()) else "Yes."}
    return FILLED[PartKind(part.key)](application, cast)


def _questions(questions: Sequence[Question], application: Application) -> dict[str, Any]:
    """Every question that these answers leave is answered, one after the other, as one may hang on another."""
    values: dict[str, Any] = {}
    for question in questions:
        if question in asked(questions, values):
            values[question.key] = _answer(question, application)
    return values


def _answer(question: Question, application: Application) -> Any:
    if question.kind == QuestionKind.FILE:
        return stored("A file", CV, application.applicant)
    if question.offered:
        return question.offered[:1] if question.kind == QuestionKind.SEVERAL else question.offered[0]
    usual = {QuestionKind.NUMBER: Decimal(12), QuestionKind.DAY: clock.today()}
    return usual.get(QuestionKind(question.kind), "Yes." if (question.most_words or 99) < 20 else WORDS)


def _details(application: Application, cast: Cast) -> dict[str, Any]:
    return {"full_name": str(application.applicant), "phone": "0117 496 0117", "education": "A levels"}


def _eligibility(application: Application, cast: Cast) -> dict[str, Any]:
    questions = application.cohort.rule_set.eligibility_questions.filter(is_active=True)
    return dict(answers_that_pass(list(questions))[0])


def _work(application: Application, cast: Cast) -> dict[str, Any]:
    rule = standings.rule_for(application, cast.who.standing) or standings.accepted(application)[0]
    values: dict[str, Any] = {"standing": rule.standing, "job_title": "Team leader", "grade": ""}
    if rule.organisation != Asked.LEFT_OUT:
        values |= {"employer": cast.employer, "employer_name": ""}
    if rule.standing == Standing.SEVERAL:
        values["other_employers"] = "Make-believe Water"
    if rule.line_manager != Asked.LEFT_OUT:
        values |= {
            "manager_name": "Make-believe Manager",
            "manager_email": f"manager@{AT}",
            "manager_job_title": "Head of service",
        }
    return values


def _support(application: Application, cast: Cast) -> dict[str, Any]:
    return {"support_route": SupportRoute.TOLD, "told_on": clock.today()}


def _cv(application: Application, cast: Cast) -> dict[str, Any]:
    return {"cv": stored("Curriculum vitae", CV, application.applicant)}


def _access(application: Application, cast: Cast) -> dict[str, Any]:
    return {"has_needs": False, "text": ""}


def _equality(application: Application, cast: Cast) -> dict[str, Any]:
    """Nothing: nobody has to answer."""
    return {}


FILLED = {
    PartKind.DETAILS: _details,
    PartKind.ELIGIBILITY: _eligibility,
    PartKind.WORK: _work,
    PartKind.SUPPORT: _support,
    PartKind.CV: _cv,
    PartKind.ACCESS: _access,
    PartKind.EQUALITY: _equality,
}
