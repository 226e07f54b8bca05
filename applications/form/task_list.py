"""The list of parts as the applicant sees it: what is done, what is begun, what is left (GOV.UK's task list)."""

from typing import Any, NamedTuple

from django.urls import reverse

from applications.fee.standing import FeeState, fee_of, fee_state
from applications.form.fixed import answers_of, questions_of
from applications.form.part import FEE, Part
from applications.form.parts import group_of_work, is_done, missing_parts, rows_of
from applications.models import Application
from applications.rules.eligibility import assess
from applications.states import PartKind, Verdict
from steppingup.formats.english import pounds

BEFORE_A_PLACE = "It has to be settled before we can offer you a place, not before you submit."


class Fee(NamedTuple):
    """The fee, in its place among the parts."""

    title: str


def in_order(application: Application, state: FeeState) -> list[tuple[str, Part | Fee]]:
    """The parts in the order of the rules, each with the heading above it. The fee stands with work where the rules put it there."""
    work, found = group_of_work(application), []
    title = _fee_title(application, state)
    placed: list[tuple[str, Part | Fee]] = []
    for row, parts in rows_of(application):
        placed += [(part.group, part) for part in parts]
        if row.kind == PartKind.FEE and state.is_asked:
            found.append(row)
            placed.append((work if placed and placed[-1][0] == work else FEE, Fee(row.title or title)))
    if state.is_asked and not found:  # staff have asked somebody
        placed.append((FEE, Fee(title)))
    return placed


def task_groups(application: Application) -> list[dict[str, Any]]:
    """Groups of tasks for `components/task_list.html`, the last one submits."""
    drafts = set(application.part_drafts.values_list("part", flat=True))
    state = fee_state(application)
    groups: dict[str, list[dict[str, Any]]] = {}
    placed = in_order(application, state)
    for group, part in placed:
        task = _fee_task(application, state, part) if isinstance(part, Fee) else _task(application, part, drafts)
        groups.setdefault(group, []).append(task)
    parts = [part for _, part in placed if not isinstance(part, Fee)]
    listed = [
        {"title": title, "tasks": tasks, "prefix": f"group{n}"} for n, (title, tasks) in enumerate(groups.items())
    ]
    return [*listed, {"title": "Check and submit", "tasks": [_last(application, state, parts)], "prefix": "last"}]


def _task(application: Application, part: Part, drafts: set[str]) -> dict[str, Any]:
    task: dict[str, Any] = {
        "title": part.title,
        "hint": part.hint,
        "url": reverse("applications:part", args=[application.pk, part.key]),
        "optional": part.optional,
        "done": is_done(application, part),
    }
    if part.key == "eligibility" and task["done"]:
        if assess(questions_of(application), answers_of(application)).verdict == Verdict.NO:
            task |= {"done": False, "status": "Check this again", "group": "attention"}
    elif part.key in drafts or (part.key == "eligibility" and answers_of(application)):
        task |= {"status": "In progress", "group": "waiting"} if not task["done"] else {}
    elif part.optional and not task["done"]:
        task |= {"status": "Optional", "group": "over"}
    return task


def _fee_title(application: Application, state: FeeState) -> str:
    is_own = state.kind == "own" or bool(state.agreement and state.agreement.self_paid)
    if state.without_fee:
        return "Agree the terms" if is_own else "Who agrees the terms"
    fee = pounds(fee_of(application, state.agreement))
    return f"Agree the fee of {fee}" if is_own else f"Who agrees the fee of {fee}"


def _fee_task(application: Application, state: FeeState, fee: Fee) -> dict[str, Any]:
    task = {
        "title": fee.title,
        "url": "" if state.kind == "employer_first" else reverse("applications:fee", args=[application.pk]),
        "status": state.words,
        "done": state.settled,
        "group": "attention" if state.kind == "declined" else "waiting",
        "optional": state.may_wait,
    }
    if state.kind == "draft":
        hint = "Do this early: somebody at your employer has to reply."
        task |= {"status": "Not started", "group": "open", "hint": hint}
    elif state.kind == "own":
        task |= {"status": "Not started", "group": "open", "hint": "You pay for your place yourself."}
    elif state.kind == "asked":
        asked = state.agreement
        task |= {"status": "Waiting", "hint": f"We have asked {asked.sponsor_name if asked else 'your employer'}."}
    elif state.kind == "employer_first":
        task |= {"status": "Cannot start yet", "hint": state.words}
    if state.may_wait and state.kind in ("draft", "own", "employer_first"):
        task |= {"status": "Optional", "group": "over", "hint": BEFORE_A_PLACE}
    return task


def _last(application: Application, state: FeeState, parts: list[Part]) -> dict[str, Any]:
    ready = not state.stands_against and not missing_parts(application, parts) and application.own_window.is_open()
    return {
        "title": "Check your answers and submit",
        "url": reverse("applications:check_answers", args=[application.pk]) if ready else "",
        "status": "Ready" if ready else "Closed" if application.own_window.has_closed() else "",
        "group": "good",
    }


def progress(groups: list[dict[str, Any]]) -> tuple[int, int]:
    """How many of the parts that count are done, of how many."""
    counted = [t for g in groups[:-1] for t in g["tasks"] if not t.get("optional")]
    return sum(bool(t["done"]) for t in counted), len(counted)
