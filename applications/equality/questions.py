"""The questions of equality monitoring: which are asked, what an answer may be, and how the shipped ones become rows."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from applications.models import Application, EqualityOption, EqualityQuestion, EqualityResponse
from steppingup import clock
from steppingup.accounts.requests import kept_with

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "equality-questions.toml"
LONGEST = 200  # letters of somebody's own words
COLUMNS = ("key", "label", "heading", "wide", "under", "asks")


def load_questions(**_: Any) -> int:
    """After each migration: the shipped questions of which there is no row yet; returns how many. A row that exists stays as
    it is, but for the last day on which it is asked, should it have none."""
    made = 0
    for given in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["questions"]:
        values = {name: value for name, value in given.items() if name != "answers"}
        which = {"key": values.pop("key"), "nation": values.pop("nation", ""), "asked_from": values.pop("asked_from")}
        with transaction.atomic():
            question, new = EqualityQuestion.objects.get_or_create(**which, defaults=values)
            if new:
                add_options(question, given["answers"])
            elif question.asked_until is None and values.get("asked_until"):
                question.asked_until = values["asked_until"]
                question.save(update_fields=["asked_until"])
        made += new
    return made


def add_options(question: EqualityQuestion, rows: Sequence[Sequence[str]]) -> None:
    """Its answers in their order, each as in the shipped file."""
    EqualityOption.objects.bulk_create(
        EqualityOption(question=question, order=order, **dict(zip(COLUMNS, row, strict=False)))
        for order, row in enumerate(rows)
    )


def asked_in(application: Application, day: date | None = None) -> list[EqualityQuestion]:
    """What is asked on this day (today) where the programme is run."""
    programme = application.cohort.programme
    today = day or clock.today()
    return kept_with(
        programme,
        f"equality questions of {today}",
        lambda: EqualityQuestion.objects.asked_on(today, programme.nation),
    )


def words_of(key: str) -> str:
    """The name under which somebody's own words to a question are filled in."""
    return f"{key}_words"


def to_keep(given: Mapping[str, Any], asked: Sequence[EqualityQuestion]) -> dict[str, dict[str, Any]]:
    """Answers as they are kept, each with the row of its question. What is not on the list is dropped, and no answer is no
    answer; own words stay only beside an answer that asks for them."""
    kept: dict[str, dict[str, Any]] = {}
    for question in asked:
        value = str(given.get(question.key) or "")
        if value not in dict(question.answers):
            continue
        kept[question.key] = {"question": question.pk, "answer": value}
        words = str(given.get(words_of(question.key)) or "").strip()[:LONGEST]
        if words and any(option.key == value and option.asks for option in question.options.all()):
            kept[question.key]["words"] = words
    return kept


def to_show(kept: Mapping[str, Any], asked: Sequence[EqualityQuestion]) -> dict[str, str]:
    """The same as the form fills it in: of an answer to an earlier wording, what can be answered today too."""
    shown: dict[str, str] = {}
    for question in asked:
        answer = kept.get(question.key) or {}
        if answer.get("answer") in dict(question.answers):
            shown[question.key] = answer["answer"]
            if words := answer.get("words"):
                shown[words_of(question.key)] = words
    return shown


def has_answered(application: Application) -> bool:
    """Is there an answer to take back? For the applicant's own page."""
    found = EqualityResponse.objects.filter(application=application).first()
    return found is not None and bool(found.answers)
