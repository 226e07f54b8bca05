"""The list of parts as the applicant sees it: what is done, what is begun, what is left (GOV.UK's task list)."""

from typing import Any

from django.urls import reverse

from applications.fee.standing import FeeState, fee_of, fee_state
from applications.form.fixed import answers_of, questions_of
from applications.form.part import Part
from applications.form.parts import group_of_work, is_done, missing_parts, parts_of
from applications.models import Application
from applications.rules.eligibility import assess
from applications.states import Verdict
from steppingup.formats.english import pounds


def task_groups(application: Application) -> list[dict[str, Any]]:
    """Groups of tasks for `components/task_list.html`, the last one submits."""
    drafts = set(application.part_drafts.values_list("part", flat=True))
    state = fee_state(application)
    groups: dict[str, list[dict[str, Any]]] = {}
    parts = parts_of(application)
    for part in parts:
        groups.setdefault(part.group, []).append(_task(application, part, drafts))
    if state.kind != "nothing":
        groups.setdefault(group_of_work(application), []).append(_fee_task(application, state))
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


def _fee_task(application: Application, state: FeeState) -> dict[str, Any]:
    task = {
        "title": _fee_title(application, state),
        "url": "" if state.kind == "employer_first" else reverse("applications:fee", args=[application.pk]),
        "status": state.words,
        "done": state.settled,
        "group": "attention" if state.kind == "declined" else "waiting",
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
    return task


def _last(application: Application, state: FeeState, parts: list[Part]) -> dict[str, Any]:
    ready = state.settled and not missing_parts(application, parts) and application.own_window.is_open()
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
