"""What stands in a part of a paper: sentences, tables and lines, made once from one release and kept as they are.

A block is plain data, so that it can be frozen and hashed. `made` says from what: its words, and a key that another release changes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from representation import boards, grids, series, trajectories
from representation.grids import Comparator, Shown
from representation.measuring.counting import EVERYBODY, SENIOR
from representation.measuring.grid import Cell, Verdict
from representation.measuring.shares import rounded
from representation.models import (
    TEXTS,
    ActionItem,
    ActionPlan,
    FigureRelease,
    HeadsScheme,
    PublishedFigure,
    Target,
)
from representation.reading.columns import COLUMNS
from representation.states import ItemStatus
from steppingup import clock
from steppingup.formats import english

Block = dict[str, Any]
MOST_LINES = 200  # of a grid


@dataclass(frozen=True)
class Made:
    """The blocks of a part. `key` is the same for the same release; a part of own words has none."""

    blocks: Sequence[Block]
    source: str = ""
    key: str = ""

    @property
    def contents(self) -> dict[str, Any]:
        return {"blocks": list(self.blocks), "source": self.source, "key": self.key}


def sentence(text: str) -> Block:
    return {"kind": "sentence", "text": text}


def note(text: str) -> Block:
    return {"kind": "note", "text": text}


def table(caption: str, heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> Block:
    return {
        "kind": "table",
        "caption": caption,
        "heads": list(heads),
        "rows": [[str(one) for one in row] for row in rows],
    }


# -- figures -----------------------------------------------------------------------------------------


def release_words(release: FigureRelease) -> str:
    """“Employment Monitoring Report, 31 March 2020, as published on 3 May 2020”."""
    published = english.day_date(release.made_at)
    return f"{release.contents['source']}, {english.day_date(release.taken_on)}, as published on {published}"


def key_of_figures(release: FigureRelease, against: int | None) -> str:
    return f"release:{release.pk} against:{against or ''}"


def key_of_target(target: Target, release: FigureRelease) -> str:
    """What is wanted may be changed; then it is another part."""
    steps = ",".join(f"{step.due_on}={step.percent}" for step in target.in_order)
    return f"release:{release.pk} target:{target.pk} {target.begins_on}={target.begins_at},{steps}"


def whose(release: FigureRelease) -> str:
    """“BME”, or “Asian or Black”."""
    return " or ".join(release.contents["answers"]["group"])


def _said_of(cell: Cell, where: str, group: str) -> str:
    if cell.percent is None or cell.least is None or cell.most is None:
        return f"{where}: {english.counted(cell.people, 'person', 'people')}, too few for a number."
    share = f"{rounded(cell.percent, 1)}%"
    between = f"{rounded(cell.least, 1)} to {rounded(cell.most, 1)}%"
    return f"{where}: about {cell.number:,} of {cell.known:,} people whose answer is known, or {share} ({between}), are {group}."


def _gap_of(one: Shown, where: str, against: str) -> str:
    cell = one.cell
    if cell.points is None:
        return ""
    words = grids.points_in_words(cell.points)
    if cell.verdict is Verdict.TOO_FEW:
        return f"{where}: compared with {against}, {words}. There are too few people to tell whether that is more than chance."
    more = ""
    if cell.missing and cell.verdict is Verdict.BELOW:
        more = f" It would take {english.counted(cell.missing, 'more person', 'more people')} to reach it."
    return f"{where}: compared with {against}, {words}.{more}"


def of_figures(release: FigureRelease, against: PublishedFigure | None) -> Made:
    """Everybody and the senior tiers in sentences, where the ladder breaks, and the grid of tiers and divisions (C2, R9)."""
    earlier = FigureRelease.objects.before(release).first()
    comparator = grids.comparator_of(
        release, f"figure:{against.pk}" if against else grids.WHOLE, (), [against] if against else []
    )
    made = grids.build(release, comparator, earlier, grids.became() if earlier else {})
    group, found = whose(release), dict(zip((key for key, _ in made.columns), made.whole.cells, strict=True))
    blocks = [sentence(_said_of(found[EVERYBODY].cell, made.whole.name, group))]
    if SENIOR in found:
        senior = f"{made.whole.name}, all senior tiers"
        blocks.append(sentence(_said_of(found[SENIOR].cell, senior, group)))
        if gap := _gap_of(found[SENIOR], senior, comparator.words):
            blocks.append(sentence(gap))
    if against is not None and (gap := _gap_of(found[EVERYBODY], made.whole.name, comparator.words)):
        blocks.append(sentence(gap))
    if made.whole.breaks:
        blocks.append(sentence(f"Where the ladder breaks: {made.whole.breaks}."))
    blocks += [note(words) for words in made.notes]
    blocks.append(_grid(made, comparator))
    if len(made.lines) > MOST_LINES:
        blocks.append(note(f"{len(made.lines) - MOST_LINES} more units are in the grid itself."))
    return Made(blocks, release_words(release), key_of_figures(release, against.pk if against else None))


def _grid(made: grids.Grid, comparator: Comparator) -> Block:
    heads = ["Unit", *(name for _, name in made.columns), "Where its ladder breaks"]
    rows = [
        [line.name, *(f"{one.share}{f' ({one.note})' if one.note else ''}" for one in line.cells), line.breaks]
        for line in made.lines[:MOST_LINES]
    ]
    return table(f"Shares by unit and tier, compared with {comparator.words}", heads, rows)


# -- a target ----------------------------------------------------------------------------------------


def of_target(target: Target, release: FigureRelease) -> Made:
    """How it stands by the figures up to this release: later ones change nothing here (R11, R12)."""
    releases = [one for one in series.releases_with(release) if one.taken_on <= release.taken_on]
    merged = grids.became()
    made = trajectories.trajectory_of(target, releases, merged)
    last, begins = target.last, f"{rounded(target.begins_at, 1)}% on {english.day_date(target.begins_on)}"
    wanted = f" to {rounded(last.percent, 1)}% by {english.day_date(last.due_on)}" if last else ""
    blocks = [
        sentence(f"What is wanted, of {target.where}: {whose(release)} from {begins}{wanted} ({target.source})."),
        sentence(made.sentence),
    ]
    blocks += [
        note(
            f"The source calls {rounded(one.percent, 1)}% “{one.label}”, and its day is {english.day_date(one.due_on)}."
        )
        for one in target.in_order
        if one.doubt
    ]
    if picture := series.line_picture(made.points, made.way.marks):
        blocks.append(
            {
                "kind": "line",
                "picture": picture,
                "label": f"{target}: figures with their intervals, and what is wanted.",
            }
        )
    rows = [
        [
            english.day_date(mark.day),
            mark.what,
            "" if mark.wanted is None else f"{rounded(mark.wanted, 1)}%",
            mark.share,
            mark.words,
        ]
        for mark in made.marks
    ]
    blocks.append(
        table("What is wanted, and what is so", ("Day", "What it is", "Wanted", "Share", "What can be said"), rows)
    )
    if parts := trajectories.parts_of(target, release, merged):
        blocks.append(sentence(parts.sentence))
    return Made(blocks, f"Figures up to: {release_words(release)}", key_of_target(target, release))


# -- the plan, and the heads -------------------------------------------------------------------------


def of_plan(plan: ActionPlan, day: date | None = None) -> Made:
    """How far it has come on this day, what is overdue, and its items in the order of their columns (R1, R2, R16)."""
    today = day or clock.today()
    items = list(ActionItem.objects.filter(plan=plan).in_order().select_related("section"))
    number = {status: sum(item.status == status for item in items) for status in ItemStatus}
    told = [f"{number[status]} {status.label.lower()}" for status in ItemStatus if number[status]]
    blocks = [
        sentence(
            f"{english.counted(len(items), 'item')} in the plan: {english.listed(told)}."
            if items
            else "The plan has no items yet."
        )
    ]
    if late := [item for item in items if item.is_overdue]:
        blocks.append(
            sentence(
                f"{english.counted(len(late), 'item')} {'is' if len(late) == 1 else 'are'} overdue: "
                f"{'; '.join(f'“{item}”' for item in late)}."
            )
        )
    if items:
        rows = [[getattr(item, name) for name in TEXTS] + [item.get_status_display()] for item in items]
        blocks.append(table("The plan", (*COLUMNS.values(), "How far it has come"), rows))
    return Made(blocks, f"{plan.name}, as it stood on {english.day_date(today)}", _key_of(blocks))


def of_heads(scheme: HeadsScheme, day: date | None = None) -> Made:
    """The year of a day: wanted, found and room, and which teams have none (R7). Names stay where they are."""
    today = day or clock.today()
    found, _ = boards.boards_of(scheme)
    board = boards.board_on(found, today)
    if board is None:
        blocks = [sentence("No year is set yet.")]
        return Made(blocks, f"{scheme.name}, as it stood on {english.day_date(today)}", _key_of(blocks))
    to_come = f", {board.to_come} to come" if board.to_come else ""
    blocks = [
        sentence(
            f"{board.year.label}: {board.actual} of {board.year.target} wanted{to_come}, with room for {board.year.capacity}. "
            f"{board.with_one} of {english.counted(len(board.rows), 'management team')} {'has' if board.with_one == 1 else 'have'} one."
        )
    ]
    if board.without:
        blocks.append(sentence(f"Without one: {english.listed(str(row.team) for row in board.without)}."))
    rows = [
        [
            one.year.label,
            one.year.target,
            one.actual,
            one.to_come,
            one.year.capacity,
            f"{one.with_one} of {len(one.rows)}",
        ]
        for one in found
    ]
    heads = ("Year", "Wanted", "Have begun", "To come", "Room for", "Teams that have one")
    blocks.append(table("Year by year", heads, rows))
    return Made(blocks, f"{scheme.name}, as it stood on {english.day_date(today)}", _key_of(blocks))


def _key_of(blocks: Sequence[Block]) -> str:
    """Of something that changes from day to day: the same as long as it reads the same."""
    return hashlib.sha256(json.dumps(blocks, sort_keys=True).encode()).hexdigest()
