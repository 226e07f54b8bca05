"""A paper as it reads: parts with their blocks, numbered sources below, and the digest that shows that nothing was changed (C7, L9).

A draft is put together from its parts, which were made before and are not counted anew; an issued paper from what was frozen."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cohorts.models import Story
from cohorts.states.stories import StoryStatus
from representation import blocks, evidence, pictures
from representation.blocks import Block, Made
from representation.models import FigureRelease, Paper, PaperPart
from representation.states import PartKind
from steppingup.formats import english

GONE = "A story stood here. Whoever told it has taken it back."


def make(part: PaperPart) -> Made:
    """A part as it would be made now, from its release where it is from figures."""
    if part.kind == PartKind.PLAN:
        assert part.plan
        return blocks.of_plan(part.plan)
    if part.kind == PartKind.HEADS:
        assert part.scheme
        return blocks.of_heads(part.scheme)
    if part.kind == PartKind.STORY:
        assert part.story
        return of_story(part.story)
    if part.kind == PartKind.EVIDENCE:
        return of_evidence(part.evidence, part.paper)
    if part.kind == PartKind.WORDS:
        return Made([])
    assert part.release
    if part.kind == PartKind.TARGET:
        assert part.target
        return blocks.of_target(part.target, part.release)
    return blocks.of_figures(part.release, part.against)


def of_story(story: Story) -> Made:
    """Where it stands, and the wording that was agreed to: the words themselves stay with whoever told it (C7, L9)."""
    found = {"kind": "story", "story": story.pk, "print": story.agreed_to}
    return Made([found], "", f"story:{story.pk}:{story.agreed_to}")


def of_evidence(name: str, paper: Paper) -> Made:
    """What another part of the house has worked out: whether it was the programme, say."""
    found = [blocks.sentence(words) for one in evidence.read(name, paper.provider) for words in one.sentences]
    nothing = [blocks.sentence("Nothing can be said about this yet.")]
    key = hashlib.sha256(canonical({"said": found}).encode()).hexdigest()
    return Made(found or nothing, f"{evidence.title_of(name)}, as it stood on the day it was put in", key)


def parts_of(paper: Paper) -> Any:
    """In their order. What a release holds is read where a part is made, and nowhere else."""
    rows = PaperPart.objects.for_steps().filter(paper=paper).order_by("order", "pk")
    return rows.prefetch_related("target__steps").defer("release__contents")


# -- the whole ---------------------------------------------------------------------------------------


def contents_of(paper: Paper, parts: Sequence[PaperPart]) -> dict[str, Any]:
    """All that is frozen when it is issued: plain data, in a fixed order."""
    return {
        "reference": paper.reference,
        "provider": str(paper.provider),
        "title": paper.title,
        "committee": paper.committee,
        "meets_on": paper.meets_on.isoformat() if paper.meets_on else None,
        "opening": paper.opening,
        "parts": [{"heading": part.heading, "words": part.words, **part.contents} for part in parts],
    }


def canonical(contents: Mapping[str, Any]) -> str:
    """The same text for the same contents, wherever it is worked out."""
    return json.dumps(contents, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(contents: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(contents).encode()).hexdigest()


@dataclass(frozen=True)
class ShownPart:
    """A part as it reads. `source` is the number below under which its release stands; nothing for own words."""

    heading: str
    words: str
    blocks: Sequence[Block]
    source: int | None


@dataclass(frozen=True)
class Document:
    """A paper as it reads, whichever form it is given."""

    paper: Paper
    title: str
    committee: str
    meets_on: date | None
    opening: str
    parts: Sequence[ShownPart]
    sources: Sequence[str]

    @property
    def is_unchanged(self) -> bool:
        """Is what was issued still what the digest says?"""
        return self.paper.contents is not None and digest_of(self.paper.contents) == self.paper.digest


def document_of(paper: Paper, parts: Sequence[PaperPart] = ()) -> Document:
    """A draft from its parts, an issued paper from what was frozen. Stories are as they are agreed to now, or are gone."""
    contents = paper.contents or contents_of(paper, parts)
    stories = _stories(contents)
    sources: list[str] = []
    shown = []
    for part in contents["parts"]:
        source = part.get("source", "")
        if source and source not in sources:
            sources.append(source)
        found = [_told(block, stories) for block in part.get("blocks", ())]
        shown.append(ShownPart(part["heading"], part["words"], found, sources.index(source) + 1 if source else None))
    meets_on = date.fromisoformat(contents["meets_on"]) if contents["meets_on"] else None
    return Document(paper, contents["title"], contents["committee"], meets_on, contents["opening"], shown, sources)


def _stories(contents: Mapping[str, Any]) -> dict[int, Story]:
    """Those that are still agreed to for papers, in the wording that was."""
    wanted = {
        block["story"]: block["print"]
        for part in contents["parts"]
        for block in part.get("blocks", ())
        if block["kind"] == "story"
    }
    if not wanted:
        return {}
    rows = Story.objects.filter(pk__in=wanted, status=StoryStatus.PUBLISHED, in_papers=True)
    return {
        one.pk: one for one in rows.filter(enrolment__participant__is_active=True) if one.agreed_to == wanted[one.pk]
    }


def _told(block: Block, stories: Mapping[int, Story]) -> Block:
    if block["kind"] == "line":
        drawn = pictures.svg(block["picture"], block["label"])
        return {**block, "svg": drawn, "address": pictures.address(drawn)}
    if block["kind"] != "story":
        return block
    story = stories.get(block["story"])
    if story is None:
        return blocks.note(GONE)
    words = {
        "title": story.worded_title,
        "text": story.worded_text,
        "quote": story.worded_quote,
        "byline": story.byline,
    }
    return {"kind": "told", **words}


def stories_in(paper: Paper) -> list[Story]:
    """Those that stand in it now."""
    return list(_stories(contents_of(paper, list(paper.parts.all()))).values())


def stories_for(paper: Paper) -> Any:
    """Those of the provider that are agreed to for papers, by people whose account is open."""
    rows = Story.objects.filter(status=StoryStatus.PUBLISHED, in_papers=True, enrolment__participant__is_active=True)
    return rows.filter(enrolment__cohort__programme__provider=paper.provider_id).order_by("-agreed_at", "-pk")


def releases_for(paper: Paper) -> Any:
    """Figures that a part of it can be made from, the latest first."""
    rows = FigureRelease.objects.current().filter(provider=paper.provider_id)
    return rows.select_related("snapshot").order_by("-snapshot__taken_on", "-pk")


def meeting_words(document: Document) -> str:
    """“Equalities Committee, 3 May 2031”."""
    return ", ".join(filter(None, [document.committee, english.day_date(document.meets_on)]))
