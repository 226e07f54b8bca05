"""What a draft could be made from by now: a newer grid, or a plan, scheme, story or piece of evidence that reads differently (C7, L9).

Nothing of it is counted into the paper before somebody says so, and a part that nothing is newer for is not offered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cohorts.states.stories import StoryStatus
from representation import blocks, evidence
from representation.blocks import Made
from representation.models import FigureRelease, Paper, PaperPart
from representation.papers import make, parts_of
from representation.states import PartKind
from steppingup.formats import english
from steppingup.site.sections import once


@dataclass(frozen=True)
class Newer:
    """What is newer for a part: `what` names it, and `instead` what the part has now. `release`: the figures that it is made from then."""

    part: PaperPart
    what: str
    instead: str = ""
    release: FigureRelease | None = None

    @property
    def words(self) -> str:
        """“The grid of 31 March 2026, published on 3 May 2026. This part has that of 31 March 2025, published on 5 May 2025.”"""
        ending = "" if self.what.endswith((".", "”")) else "."
        instead = f" This part has {self.instead}." if self.instead else ""
        return f"{self.what[:1].upper()}{self.what[1:]}{ending}{instead}"


def newer_in(paper: Paper, parts: Sequence[PaperPart] = ()) -> list[Newer]:
    """Of all parts of a draft, in their order; worked out once for a page. `parts`: all of them, where they are at hand."""
    if not paper.is_draft:
        return []
    return once(("newer", paper.pk), lambda: newer_of(parts or list(parts_of(paper))))


def newer_of(parts: Sequence[PaperPart]) -> list[Newer]:
    """As many queries for many parts as for a few, but for each further plan, scheme and kind of evidence."""
    about = {part.release.characteristic_id for part in parts if part.release}
    rows = FigureRelease.objects.current().filter(characteristic__in=about) if about else FigureRelease.objects.none()
    rows = rows.order_by("characteristic_id", "-snapshot__taken_on", "-pk").distinct("characteristic_id")
    latest = {one.characteristic_id: one for one in rows.select_related("snapshot").defer("contents")}
    made: dict[object, Made] = {}
    return [one for part in parts if (one := _newer(part, latest, made))]


def _newer(part: PaperPart, latest: Mapping[int, FigureRelease], made: dict[object, Made]) -> Newer | None:
    if part.release is not None:
        found = latest.get(part.release.characteristic_id)
        if found is not None and found.pk != part.release_id:
            return _later(part, part.release, found)
    if part.kind == PartKind.WORDS or _is_gone(part) or _key_now(part, made) == part.contents.get("key", ""):
        return None
    return Newer(part, *_differently(part, made))


def _later(part: PaperPart, before: FigureRelease, now: FigureRelease) -> Newer:
    """Other figures than those that a part is made from: of a later day, or the same day’s put right."""
    which = "figures" if part.kind == PartKind.TARGET else "grid"
    is_corrected = before.snapshot.taken_on == now.snapshot.taken_on
    what = f"the {'corrected ' if is_corrected else ''}{which} of {_dated(now)}"
    having = "those" if part.kind == PartKind.TARGET else "that"
    up_to = "the figures up to " if part.kind == PartKind.TARGET else ""
    return Newer(part, what, f"{up_to}{having} of {_dated(before)}", now)


def _dated(release: FigureRelease) -> str:
    return f"{english.day_date(release.snapshot.taken_on)}, published on {english.day_date(release.made_at)}"


def _is_gone(part: PaperPart) -> bool:
    """A story that was taken back: there is nothing to put in its place."""
    return part.story is not None and not (part.story.status == StoryStatus.PUBLISHED and part.story.in_papers)


def _key_now(part: PaperPart, made: dict[object, Made]) -> str:
    """Worked out without making the part, where that takes long, and once for what several parts are made from."""
    if part.kind == PartKind.FIGURES:
        assert part.release
        return blocks.key_of_figures(part.release, part.against_id)
    if part.kind == PartKind.TARGET:
        assert part.release
        assert part.target
        return blocks.key_of_target(part.target, part.release)
    return _made(part, made).key


def _made(part: PaperPart, made: dict[object, Made]) -> Made:
    which = (part.kind, part.plan_id, part.scheme_id, part.story_id, part.evidence)
    if which not in made:
        made[which] = make(part)
    return made[which]


# -- in words ----------------------------------------------------------------------------------------


def _differently(part: PaperPart, made: dict[object, Made]) -> tuple[str, str]:
    """What a part of the same figures, plan, scheme or story would say by now, and what it has."""
    if part.kind == PartKind.FIGURES:
        return "the grid compared with everybody on the same day", "another figure, which is gone"
    if part.kind == PartKind.TARGET:
        return "the target as it is now: how far, or by when, has been changed", ""
    if part.kind == PartKind.STORY:
        assert part.story
        return f"the wording that was agreed to on {english.day_date(part.story.agreed_at)}", ""
    now, before = _made(part, made).blocks, part.contents.get("blocks", [])
    if part.kind == PartKind.PLAN:
        return f"the plan as it stands now: {_of_items(before, now)}", f"“{part.contents['source']}”"
    about = (
        evidence.title_of(part.evidence) if part.kind == PartKind.EVIDENCE else part.contents["source"].split(",")[0]
    )
    return f"“{about}” as it stands now: {_first_difference(before, now)}", ""


def _of_items(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> str:
    """“2 of its 40 items have changed or are new”."""
    old, new = _rows(before), _rows(now)
    if number := (new - old).total():
        one = number == 1
        return f"{number} of its {english.counted(new.total(), 'item')} {'has' if one else 'have'} changed or {'is' if one else 'are'} new"
    if number := (old - new).total():
        return f"{english.counted(number, 'item has', 'items have')} been taken out"
    return _first_difference(before, now)


def _rows(made: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(row) for block in made if block["kind"] == "table" for row in block["rows"])


def _first_difference(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> str:
    """The first sentence that was not there; else that a row of its table is another."""
    there = {block["text"] for block in before if block["kind"] == "sentence"}
    new = next((block["text"] for block in now if block["kind"] == "sentence" and block["text"] not in there), "")
    return f"“{new}”" if new else "it reads differently"
