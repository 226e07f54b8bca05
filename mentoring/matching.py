"""Who mentors whom: an optimal assignment, worked out without the database.

What “best” means, in this order:

1. nobody is matched with a mentor from their own organisation, its parent or a subsidiary (B13), no mentor gets more
   than they have places for, and nobody gets two mentors: these are never broken;
2. as many people as possible have a mentor;
3. the pairs share as much as possible: points for each theme that both named, and for a place where both can meet (L8);
4. mentees are spread: a mentor's second place is used only where a first place would not do as well;
5. among assignments that are equal in all this, who enrolled first gets the mentor who was entered first.

So the same people always give the same pairs, in whatever order they are handed in.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steppingup.formats.english import listed


@dataclass(frozen=True)
class Weights:
    """Points for each shared theme, and for an area in common."""

    theme: int
    area: int


@dataclass(frozen=True)
class Seeker:
    """A participant. `family` holds the ids of the employer, its parent and its subsidiaries. Lower ids enrolled first.

    `not_with` holds the ids of mentors who are out for another reason: the line manager, a pair that was ended."""

    id: int
    name: str
    family: frozenset[int]
    employer: str
    themes: frozenset[int] = frozenset()
    area: str = ""
    has_wish: bool = True
    not_with: frozenset[int] = frozenset()


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
    return {part.casefold(): part for part in parts if part}


def may_pair(seeker: Seeker, offer: Offer) -> bool:
    """The mentor is from another organisation (B13), and nothing else stands against it."""
    return offer.organisation not in seeker.family and offer.id not in seeker.not_with


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
        return (
            f"{seeker.name} has not said what they seek yet; {offer.name} is from another organisation and has a place."
        )
    if meet:
        return f"They named no theme in common, but both {meet}."
    return f"They named nothing in common; {offer.name} is from another organisation and has a place."


def match(
    seekers: Iterable[Seeker], offers: Iterable[Offer], *, weights: Weights, theme_names: Mapping[int, str]
) -> Matching:
    """The best assignment, as the module says what “best” is. 300 people and 300 mentors take about a second."""
    people = sorted(seekers, key=lambda seeker: seeker.id)
    mentors = sorted((offer for offer in offers if offer.places > 0), key=lambda offer: offer.id)
    chosen = _assign(people, mentors, weights) if people and mentors else [None] * len(people)
    pairs, unmatched = [], []
    for seeker, offer in zip(people, chosen, strict=True):
        if offer is None:
            unmatched.append(Unmatched(seeker.id, _why_nobody(seeker, mentors)))
        else:
            points, reason = points_of(seeker, offer, weights), reason_of(seeker, offer, theme_names)
            pairs.append(Match(seeker.id, offer.id, points, reason))
    return Matching(tuple(pairs), tuple(unmatched))


def _why_nobody(seeker: Seeker, mentors: list[Offer]) -> str:
    if not mentors:
        return "No mentor has a free place."
    possible = [offer for offer in mentors if may_pair(seeker, offer)]
    if possible:
        count = sum(offer.places for offer in possible)
        who = "The one free place" if count == 1 else f"All {count} free places"
        return f"{who} with a mentor from another organisation went to others: there are more participants than places."
    if any(offer.organisation not in seeker.family for offer in mentors):
        return (
            f"The free places are with mentors from {seeker.name}'s own organisation, or with people who cannot be their "
            "mentor: the line manager, or somebody whose pair with them was ended."
        )
    names = list(dict.fromkeys(offer.organisation_name for offer in mentors))
    if names == [seeker.employer]:
        return f"Every mentor with a free place is from {seeker.employer}, where {seeker.name} works."
    return (
        f"Every mentor with a free place is from {listed(names)}: {seeker.name} works there, or at its parent or a "
        "subsidiary."
    )


def _assign(people: list[Seeker], mentors: list[Offer], weights: Weights) -> list[Offer | None]:
    """One mentor, or none, for each person in turn."""
    from mentoring.assignment import best  # SciPy takes a third of a second to load; few processes ever match

    slots = [(offer.taken + number, at) for at, offer in enumerate(mentors) for number in range(offer.places)]
    # More places of one mentor than there are people are of no use.
    slots = [slot for slot in slots if slot[0] - mentors[slot[1]].taken < len(people)]
    slots.sort()
    where = [areas(seeker.area).keys() for seeker in people]
    offered = [areas(offer.area).keys() for offer in mentors]
    points: list[list[int | None]] = [[None] * len(mentors) for _ in people]
    for row, seeker in enumerate(people):
        for column, offer in enumerate(mentors):
            if may_pair(seeker, offer):
                shared = weights.theme * len(seeker.themes & offer.themes)
                points[row][column] = shared + weights.area * bool(where[row] & offered[column])
    return [mentors[slots[column][1]] if column < len(slots) else None for column in best(points, slots)]
