"""What a release will hold, and what is in it: the tables of every question that these people were asked.

Which questions and which headings, and what is withheld for want of people, follows from dates and from how many people
there are. Nobody's answers decide about it, so the page before may say it (`plan`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from applications.models import EqualityOption, EqualityQuestion, EqualityRelease, EqualityResponse
from cohorts.models import Cohort
from steppingup.disclosure.audit import Shown
from steppingup.disclosure.protection import APART, NOT_KNOWN, Line, Table, headings_for, protect, too_few
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if

#: With fewer people than this no question has a table: yes, no, not known.
FEWEST = 15
SECRET = "equality releases:"


@dataclass(frozen=True)
class Asked:
    """One question as these people were asked it, in whichever wordings; the latest one stands for all."""

    question: EqualityQuestion
    options: tuple[EqualityOption, ...]  # of all wordings, the latest first

    @property
    def levels(self) -> list[tuple[Line, ...]]:
        """Its lines: each heading, then the wider ones."""
        headings = dict.fromkeys(option.heading for option in self.options)
        wide = {option.heading: option.wide for option in reversed(self.options)}
        unknown = Line(NOT_KNOWN, frozenset([NOT_KNOWN]))
        fine = (*(Line(heading, frozenset([heading])) for heading in headings), unknown)
        groups: dict[str, set[str]] = {}
        for heading in headings:
            groups.setdefault(wide[heading], set()).add(heading)
        coarse = (*(Line(label, frozenset(cells)) for label, cells in groups.items()), unknown)
        return [fine] if len(coarse) == len(fine) else [fine, coarse]


def asked_of(cohorts: Iterable[Cohort]) -> list[Asked]:
    """The questions that stood on the form while people could apply."""
    found: dict[int, EqualityQuestion] = {}
    for cohort in cohorts:
        nation, window = cohort.programme.nation, cohort.window
        later = window.late_entries.aggregate(last=Max("until"))["last"] or window.closes_at
        first, last = (timezone.localdate(day) for day in (window.opens_at, max(window.closes_at, later)))
        begun = EqualityQuestion.objects.filter(asked_from__range=(first, last), nation__in=("", nation))
        for day in sorted({first, last, *begun.values_list("asked_from", flat=True)}):
            found |= {question.pk: question for question in EqualityQuestion.objects.asked_on(day, nation)}
    by_key: dict[str, list[EqualityQuestion]] = {}
    for question in sorted(found.values(), key=lambda one: (one.asked_from, one.pk), reverse=True):
        by_key.setdefault(question.key, []).append(question)
    asked = [Asked(rows[0], tuple(option for row in rows for option in row.options.all())) for rows in by_key.values()]
    return sorted(asked, key=lambda one: (one.question.order, one.question.key))


def plan(asked: Sequence[Asked], number: int) -> list[tuple[str, str]]:
    """For the page before: each question, with the headings that will be published or why there will be none."""
    said = []
    for one in asked:
        lines = headings_for(number, one.levels)
        words = "; ".join(line.label for line in lines) if lines else too_few(one.levels)
        said.append((one.question.text, words))
    return said


@dataclass(frozen=True)
class Earlier:
    """A release that was published before, and who was counted in it: people, not applications. `elsewhere`: of another
    programme."""

    release: EqualityRelease
    people: frozenset[int]
    elsewhere: bool


def refuse_what_tells(people: frozenset[int], earlier: Iterable[Earlier]) -> None:
    """Raises NotPossible where the group is too small, or too much like one whose figures were published: of this programme or
    of another one, since whoever applies twice has answered twice. This is decided by who belongs to it, which is known anyway."""
    refuse_if(
        len(people) < FEWEST,
        f"There {'is' if len(people) == 1 else 'are'} {english.counted(len(people), 'person', 'people')} to count. "
        f"With fewer than {FEWEST}, somebody could be recognised whatever they answered, so nothing can be published.",
        "too_few",
        field="stage",
    )
    for one in earlier:
        release, before = one.release, one.people
        of = f" of {release.programme}" if one.elsewhere else ""
        named = f"“{release}”{of}, published on {english.day_date(release.made_at)}"
        refuse_if(
            before == people,
            f"These are the same people as in {named}. Its figures are theirs, so there is nothing to publish.",
            "published",
            field="stage",
        )
        more, less = len(people - before), len(before - people)
        refuse_if(
            0 < more < APART or 0 < less < APART,
            f"Between these people and those in {named}, the difference is so small that figures of both could give "
            f"somebody’s answers away. They must be the same people, or differ by at least {APART}.",
            "too_near",
            field="stage",
        )


def published(earlier: Iterable[Earlier]) -> dict[str, list[Shown]]:
    """Every number that was published, by question."""
    found: dict[str, list[Shown]] = {}
    for one in earlier:
        for table in one.release.contents["tables"]:
            found.setdefault(table["key"], []).extend(
                Shown(one.people, frozenset(line["cells"]), line["number"]) for line in table["lines"]
            )
    return found


def answers_of(applications: Mapping[int, int], asked: Sequence[Asked]) -> dict[str, dict[int, str]]:
    """For each question the cell of each person; whoever did not answer is not known. `applications`: whose each is."""
    heading = {(option.question_id, option.key): option.heading for one in asked for option in one.options}
    found = {one.question.key: dict.fromkeys(applications.values(), NOT_KNOWN) for one in asked}
    for response in EqualityResponse.objects.filter(application__in=applications).iterator():
        given: Mapping[str, Mapping[str, Any]] = response.answers  # type: ignore[assignment]
        for key, cells in found.items():
            answer = given.get(key) or {}
            which = (answer.get("question"), answer.get("answer"))
            cells[applications[response.application_id]] = heading.get(which, NOT_KNOWN)  # type: ignore[arg-type]
    return found


def contents_of(
    applications: Mapping[int, int],
    asked: Sequence[Asked],
    before: Iterable[Earlier],
    cohorts: Iterable[Cohort],
    progress: Callable[[int], None],
) -> dict[str, Any]:
    """What is frozen: how many people, of which cohorts, and a table for each question. `progress` hears how many are done."""
    earlier, answers = published(before), answers_of(applications, asked)
    make = partial(protect, secret=SECRET + settings.SECRET_KEY)
    tables = []
    for done, one in enumerate(asked, 1):
        key = one.question.key
        table = make(key=key, answers=answers[key], levels=one.levels, before=earlier.get(key, ()))
        tables.append(_frozen(one.question, table))
        progress(done)
    return {"people": len(applications), "cohorts": [cohort.name for cohort in cohorts], "tables": tables}


def _frozen(question: EqualityQuestion, table: Table) -> dict[str, Any]:
    lines = [{"label": line.label, "cells": sorted(line.cells), "number": number} for line, number in table.lines]
    return {
        "key": question.key,
        "text": question.text,
        "source": question.source,
        "lines": lines,
        "withheld": table.withheld,
    }
