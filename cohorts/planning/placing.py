"""Which participant goes to which opportunity: the best for all of them, and why.

“Best” means, each aim outweighing all that follow: nobody goes where they may not; as many as possible have one; the sum of their
choices is as small as it can be (the first counts 0, the second 1, …, one that they did not name more than any that they could);
and hosts get their second participant only where another would not do as well. Among equals, the same data always lead to the same
(docs/adr/0054). It knows no database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from steppingup.formats import english
from steppingup.matching.assignment import Column, assign

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class Seeker:
    """Somebody who needs one: what they would like, the dearest first, and where they may not go."""

    id: int
    choices: tuple[int, ...] = ()
    not_at: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Offer:
    """An opportunity with places that are still free, besides those that are `used` already."""

    id: int
    places: int
    used: int = 0


def costs_of(seekers: Sequence[Seeker], offers: Sequence[Offer]) -> np.ndarray:
    """What each would cost each: how far down their list it is; one that they did not name more than any that they could have."""
    at = {offer.id: index for index, offer in enumerate(offers)}
    costs = np.full((len(seekers), len(offers)), len(offers), dtype=np.int64)
    for row, seeker in enumerate(seekers):
        for rank, choice in enumerate(one for one in seeker.choices if one in at):
            costs[row, at[choice]] = rank
    return costs


def place(seekers: Sequence[Seeker], offers: Sequence[Offer]) -> dict[int, int | None]:
    """For each person the opportunity that is best for all, or None."""
    offers = [offer for offer in offers if offer.places > 0]
    if not seekers or not offers:
        return {seeker.id: None for seeker in seekers}
    costs = costs_of(seekers, offers)
    allowed = np.array([[offer.id not in seeker.not_at for offer in offers] for seeker in seekers])
    found = assign(
        rows=[seeker.id for seeker in seekers],
        columns=[Column(offer.id, offer.places, offer.used) for offer in offers],
        gains=len(offers) - costs,
        allowed=allowed,
    )
    return {seeker.id: None if at is None else offers[at].id for seeker, at in zip(seekers, found, strict=True)}


def rank_of(seeker: Seeker, offer: int | None) -> int | None:
    """Their first choice is 1."""
    return seeker.choices.index(offer) + 1 if offer in seeker.choices else None


def reason_of(seeker: Seeker, offer: int | None, titles: Mapping[int, str], all_offers: Collection[int]) -> str:
    """Why it is this one, without a word about anybody else."""
    if offer is None:
        if all(one in seeker.not_at for one in all_offers):
            return "There is no open opportunity where they may go."
        return "Every place where they may go went to others: there are more participants than places."
    rank = rank_of(seeker, offer)
    if rank == 1:
        return "Their first choice."
    if rank is None and not seeker.choices:
        return "They have not said what they would like."
    before = seeker.choices[: rank - 1] if rank else seeker.choices
    went = english.listed([f"“{titles[one]}”" for one in before])
    return f"{f'Their {ORDINALS[rank - 1]} choice' if rank else 'None of their choices'}: the places at {went} went to others."
