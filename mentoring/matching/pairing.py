"""Who mentors whom: an optimal assignment, worked out without the database.

What “best” means, in this order:

1. nobody is matched with a mentor from elsewhere than the part of the plan says: usually not from their own organisation, the host
   of an assignment, or one too near to them (B13); no mentor gets more than they have places for, and nobody gets two mentors: these are never broken;
2. as many people as possible have a mentor;
3. the pairs share as much as possible: points for each theme that both named, and for a place where both can meet (L8);
4. mentees are spread: a mentor's second place is used only where a first place would not do as well;

Among assignments that are equal in all this the same people always give the same pairs, in whatever order they are handed
in (`steppingup.matching`).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohorts.states import Counterpart
from steppingup.formats.english import listed
from steppingup.formats.sameness import fold
from steppingup.matching.assignment import Column, assign


@dataclass(frozen=True)
class Weights:
    """Points for each shared theme, and for an area in common."""

    theme: int
    area: int


@dataclass(frozen=True)
class Seeker:
    """A participant. `family` holds the ids of the employer, the host and whoever is too near to them. Lower ids enrolled first.

    `own`, where it is given, holds those of which the mentor must be one; `rule` says which of the two is asked for.
    `not_with` holds the ids of mentors who are out for another reason: the line manager, a pair that was ended."""

    id: int
    name: str
    family: frozenset[int]
    employer: str
    themes: frozenset[int] = frozenset()
    area: str = ""
    has_wish: bool = True
    not_with: frozenset[int] = frozenset()
    own: frozenset[int] | None = None
    rule: Counterpart = Counterpart.ANOTHER

    @property
    def from_where(self) -> str:
        """“from another organisation and ”, as it goes on with what else speaks for a mentor."""
        where = {
            Counterpart.ANOTHER: "from another organisation and ",
            Counterpart.OWN: "from their own organisation and ",
        }
        return where.get(self.rule, "")


@dataclass(frozen=True)
class Offer:
    """A mentor with `places` that are still free, besides `taken` that are not."""

    id: int
    name: str
    organisation: int
    organisation_name: str
    themes: frozenset[int] = frozenset()
    area: str = ""
    places: int = 1
    taken: int = 0


@dataclass(frozen=True)
class Match:
    seeker: int
    offer: int
    points: int
    reason: str


@dataclass(frozen=True)
class Unmatched:
    seeker: int
    reason: str


@dataclass(frozen=True)
class Matching:
    """The pairs and those left over, both in the order of the seekers' ids."""

    pairs: tuple[Match, ...]
    unmatched: tuple[Unmatched, ...]

    @property
    def points(self) -> int:
        return sum(pair.points for pair in self.pairs)


def areas(text: str) -> dict[str, str]:
    """The places in a text such as “Bedminster, Clifton or Redland”, by how they compare, in the words that were used."""
    parts = (part.strip(" .") for part in re.split(r"[,;/&\n]|\band\b|\bor\b", text))
    return {fold(part): part for part in parts if part}


def may_pair(seeker: Seeker, offer: Offer) -> bool:
    """The mentor is from where the part of the plan says (B13), and nothing else stands against it."""
    return is_from_there(seeker, offer) and offer.id not in seeker.not_with


def is_from_there(seeker: Seeker, offer: Offer) -> bool:
    own = seeker.own is None or offer.organisation in seeker.own
    return own and offer.organisation not in seeker.family


def points_of(seeker: Seeker, offer: Offer, weights: Weights) -> int:
    """What the two share, in points."""
    shared_area = bool(areas(seeker.area).keys() & areas(offer.area).keys())
    return weights.theme * len(seeker.themes & offer.themes) + weights.area * shared_area


def reason_of(seeker: Seeker, offer: Offer, theme_names: Mapping[int, str]) -> str:
    """Why these two, in a sentence. Themes stand in the order of `theme_names`."""
    both = [f"“{name}”" for key, name in theme_names.items() if key in seeker.themes & offer.themes]
    theirs, ours = areas(seeker.area), areas(offer.area)
    common = [ours[key] for key in ours if key in theirs]
    meet = f"can meet in {listed(common)}" if common else ""
    if both:
        return f"Both named {listed(both)}{f'; both {meet}' if meet else ''}."
    if not seeker.has_wish:
        return f"{seeker.name} has not said what they are looking for yet; {offer.name} {_is(seeker)} a place."
    if meet:
        return f"They named no theme in common, but both {meet}."
    return f"They named nothing in common; {offer.name} {_is(seeker)} a place."


def match(
    seekers: Iterable[Seeker], offers: Iterable[Offer], *, weights: Weights, theme_names: Mapping[int, str]
) -> Matching:
    """The best assignment, as the module says what “best” is. 2,000 people and 300 mentors take about a second."""
    people = sorted(seekers, key=lambda seeker: seeker.id)
    mentors = sorted((offer for offer in offers if offer.places > 0), key=lambda offer: offer.id)
    chosen = _assign(people, mentors, weights)
    pairs, unmatched = [], []
    for seeker, offer in zip(people, chosen, strict=True):
        if offer is None:
            unmatched.append(Unmatched(seeker.id, _why_nobody(seeker, mentors)))
        else:
            points, reason = points_of(seeker, offer, weights), reason_of(seeker, offer, theme_names)
            pairs.append(Match(seeker.id, offer.id, points, reason))
    return Matching(tuple(pairs), tuple(unmatched))


def _is(seeker: Seeker) -> str:
    """“is from another organisation and has”."""
    return f"is {seeker.from_where}has" if seeker.from_where else "has"


def _why_nobody(seeker: Seeker, mentors: list[Offer]) -> str:
    if not mentors:
        return "No mentor has a free place."
    possible = [offer for offer in mentors if may_pair(seeker, offer)]
    if possible:
        count = sum(offer.places for offer in possible)
        who = "The one free place" if count == 1 else f"All {count} free places"
        return f"{who} with {seeker.rule.mentor} went to others: there are more participants than places."
    if seeker.own is not None and not any(is_from_there(seeker, offer) for offer in mentors):
        return f"No mentor with a free place is from {seeker.employer}, and for this part it must be one of their own."
    if any(is_from_there(seeker, offer) for offer in mentors):
        return (
            f"The free places are with mentors from {seeker.name}'s own organisation, or with people who cannot be their "
            "mentor: the line manager, or somebody whose pair with them was ended."
        )
    names = list(dict.fromkeys(offer.organisation_name for offer in mentors))
    if names == [seeker.employer]:
        return f"Every mentor with a free place is from {seeker.employer}, where {seeker.name} works."
    return (
        f"Every mentor with a free place is from {listed(names)}: {seeker.name} works there, has an assignment "
        "there, or their organisation belongs to it."
    )


def _assign(people: list[Seeker], mentors: list[Offer], weights: Weights) -> list[Offer | None]:
    """One mentor, or none, for each person in turn."""
    found = assign(
        rows=[seeker.id for seeker in people],
        columns=[Column(offer.id, offer.places, offer.taken) for offer in mentors],
        gains=_points(people, mentors, weights),
        allowed=_allowed(people, mentors),
    )
    return [None if at is None else mentors[at] for at in found]


def _points(people: list[Seeker], mentors: list[Offer], weights: Weights) -> NDArray[np.int64]:
    """`points_of` for all of them at once."""
    themes = _in_common([seeker.themes for seeker in people], [offer.themes for offer in mentors])
    places = _in_common([areas(seeker.area) for seeker in people], [areas(offer.area) for offer in mentors])
    return weights.theme * themes + weights.area * (places > 0)


def _allowed(people: list[Seeker], mentors: list[Offer]) -> NDArray[np.bool_]:
    """`may_pair` for all of them at once."""
    family = _in_common([seeker.family for seeker in people], [{offer.organisation} for offer in mentors])
    out = _in_common([seeker.not_with for seeker in people], [{offer.id} for offer in mentors])
    own = np.array([[seeker.own is None or offer.organisation in seeker.own for offer in mentors] for seeker in people])
    return (family + out == 0) & own.reshape(len(people), len(mentors)).astype(bool)


def _in_common(rows: Sequence[Collection[Hashable]], columns: Sequence[Collection[Hashable]]) -> NDArray[np.int64]:
    """How many things each row shares with each column."""
    having: dict[Hashable, list[int]] = defaultdict(list)
    for column, things in enumerate(columns):
        for thing in things:
            having[thing].append(column)
    count = np.zeros((len(rows), len(columns)), dtype=np.int64)
    for row, things in enumerate(rows):
        for thing in things:
            count[row, having.get(thing, [])] += 1
    return count
