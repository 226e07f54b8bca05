"""The parts of an application, in the order of its rules.

Forms show them and actions save them; both ask here. The fee is a part too, which the rules put in its place: it is agreed on pages of
its own, and how it stands is never stored (`applications.fee.standing`)."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from applications import standings
from applications.form import questions
from applications.form.fixed import FIXED, asked_once, keep, own, questions_of
from applications.form.part import ANSWERS, EMPLOYER, PAGE, WORK, Page, Part, Values, fingerprint
from applications.models import Application, Criterion, EqualityResponse, FormPart, Statement
from applications.queries import employer_rules
from applications.states import Asked, PartKind, QuestionKind, SupportRoute
from steppingup.formats.counting import count_words
from steppingup.formats.english import counted


def _read_statement(criterion: Criterion, application: Application) -> dict[str, Any]:
    """From `application.statements`, so that a page that shows all of them can fetch them together."""
    return {"text": next((s.text for s in application.statements.all() if s.criterion_id == criterion.pk), "")}


def _write_statement(criterion: Criterion, application: Application, values: Values) -> None:
    text = values["text"].replace("\r\n", "\n").strip()
    keep(Statement, {"application": application, "criterion": criterion}, text=text)


def _wrong_statement(criterion: Criterion, application: Application, values: Values) -> dict[str, str]:
    """A limit in words (B23). Raises nothing: what was typed is kept, it is only not complete."""
    words = count_words(values.get("text") or "")
    if not words:
        return {"text": "Write something about this, or save it and come back later."}
    over = words - criterion.word_limit
    if over > 0:
        return {
            "text": f"You have written {words} words. Shorten it by {counted(over, 'word')}: "
            f"the limit is {criterion.word_limit}."
        }
    return {}


def _page(application: Application, row: FormPart) -> list[Part]:
    """A page of questions; nothing where no question is on it."""
    found = tuple(one for one in asked_once(application, "questions") if one.page == row.key)
    if not found:
        return []
    return [
        Part(
            f"{PAGE}{row.key}",
            row.heading,
            ANSWERS,
            partial(questions.read, found),
            partial(questions.write, found),
            partial(questions.wrong, found),
            page=Page(row.intro, found),
            keeps_drafts=all(one.kind != QuestionKind.FILE for one in found),  # which a draft would lose
        )
    ]


# -- which parts there are -------------------------------------------------------------------------


def approval_needed(application: Application) -> bool:
    """Must the employer know of the application? Yes, unless a rule of the window says otherwise (B34); once it is submitted,
    as it was then."""
    if application.submitted_at:
        return application.support_route != SupportRoute.NOT_NEEDED
    if application.cohort.rule_set.is_by_nomination:  # the employer has said so already
        return False
    if standings.asks_support(application) == Asked.LEFT_OUT:
        return False
    rules = employer_rules(application)
    return rules[0].approval_needed if rules else True


def _wrong_work(application: Application, values: Values) -> dict[str, str]:
    found = standings.wrong(application, values)
    if own(application, values.get("manager_email") or ""):
        found["manager_email"] = "This is your own email address. Enter your line manager’s email address."
    return found


def _work(application: Application, part: Part) -> Part:
    """Asks what the way of working needs; called by that where there are several."""
    title = "How you work" if standings.is_asked(application) else part.title
    return replace(part, title=title, group=group_of_work(application), wrong=_wrong_work)


def group_of_work(application: Application) -> str:
    """Above the parts about work, support and the fee."""
    return WORK if standings.is_asked(application) else EMPLOYER


def _support(application: Application, part: Part) -> Part:
    """Called by what somebody has, an employer or another organisation; it may be left out where the rules say so."""
    title = part.title if application.has_employer else "How your organisation knows that you are applying"
    is_optional = standings.asks_support(application) == Asked.OPTIONAL
    return replace(
        part,
        title=title,
        group=group_of_work(application),
        optional=is_optional,
        wrong=partial(_unless_empty, part) if is_optional else part.wrong,
    )


def _statements(application: Application) -> list[Part]:
    return [
        Part(
            f"statement-{criterion.key}",
            criterion.title,
            ANSWERS,
            partial(_read_statement, criterion),
            partial(_write_statement, criterion),
            partial(_wrong_statement, criterion),
            hint=f"Up to {criterion.word_limit} words",
            criterion=criterion,
        )
        for criterion in asked_once(application, "criteria")
    ]


def _unless_empty(part: Part, application: Application, values: Values) -> dict[str, str]:
    """What is wrong with a part that may be left out: nothing, where nothing was filled in."""
    return part.wrong(application, values) if any(value not in (None, "", []) for value in values.values()) else {}


def _as_wanted(part: Part, row: FormPart) -> Part:
    """With the title of the rules; may it be left out?"""
    part = replace(part, title=row.title or part.title) if row.kind in FIXED else part
    return (
        part if row.is_required or part.optional else replace(part, optional=True, wrong=partial(_unless_empty, part))
    )


def _as_it_is(application: Application, part: Part) -> Part:
    return part


#: Parts that follow from how somebody works.
BY_STANDING = {PartKind.WORK: _work, PartKind.SUPPORT: _support}


def _of_row(application: Application, row: FormPart) -> list[Part]:
    """What one row of the rules asks of this applicant: a part, several, or none."""
    kind = PartKind(row.kind)
    if kind == PartKind.FEE:  # applications.fee.standing
        return []
    if kind == PartKind.ELIGIBILITY and not questions_of(application):
        return []
    if kind == PartKind.SUPPORT and not approval_needed(application):
        return []
    if kind == PartKind.STATEMENTS:
        found = _statements(application)
    elif kind == PartKind.QUESTIONS:
        found = _page(application, row)
    else:
        found = [BY_STANDING.get(kind, _as_it_is)(application, FIXED[kind])]
    return [_as_wanted(part, row) for part in found]


def rows_of(application: Application) -> list[tuple[FormPart, list[Part]]]:
    """The rows of its rules in their order, each with the parts that it asks of this applicant; how the employer knows is not asked where
    it need not know. The row of the fee has its place here, and pages of its own."""
    return [(row, _of_row(application, row)) for row in asked_once(application, "form_parts")]


def parts_of(application: Application) -> list[Part]:
    """The parts of this application that are filled in, in the order of its rules."""
    return [part for _, parts in rows_of(application) for part in parts]


def is_done(application: Application, part: Part) -> bool:
    """Has the applicant completed it? For their own pages."""
    if part.leaves_traces:
        return part.key in application.parts_done
    return EqualityResponse.objects.filter(application=application).exists()


def part_of(application: Application, key: str) -> Part | None:
    """One part, without asking for what only the others are made from."""
    for row in asked_once(application, "form_parts"):
        if row.key == key or row.kind in (PartKind.STATEMENTS, PartKind.QUESTIONS):
            for part in _of_row(application, row):
                if part.key == key:
                    return part
    return None


def shown_values(application: Application, part: Part) -> dict[str, Any]:
    """What the page of this part shows: what was typed and is not complete, or what is stored."""
    typed = application.part_drafts.filter(part=part.key).values_list("typed", flat=True).first()
    return {"typed": typed} if typed is not None else {"stored": part.read(application)}


def seen_now(application: Application, part: Part) -> str:
    return fingerprint(shown_values(application, part))


def missing_parts(application: Application, parts: Sequence[Part] | None = None) -> list[Part]:
    """Parts that must be complete and are not, and those that need not be and were begun; of `parts`, if the caller has them
    already."""
    parts, done = parts or parts_of(application), set(application.parts_done)
    may_be_begun = any(part.optional and part.keeps_drafts for part in parts)
    begun = set(application.part_drafts.values_list("part", flat=True)) if may_be_begun else set()
    return [part for part in parts if part.key not in done and (not part.optional or part.key in begun)]
