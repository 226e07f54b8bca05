"""Shares of a characteristic: how large, how certain, how far from a comparator, and how many people that is (C1, C2, R9)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from scipy.special import betaincinv, ndtri

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Share:
    """So many of so many people. Raises ValueError for a part that is larger than the whole, or of nobody."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.number <= self.of or self.of < 1:
            raise ValueError(f"{self.number} of {self.of} is no share.")

    @property
    def percent(self) -> Decimal:
        """Exactly, not rounded."""
        return Decimal(100 * self.number) / Decimal(self.of)

    @property
    def words(self) -> str:
        """“120 of 800 (15.0%)”."""
        return f"{self.number:,} of {self.of:,} ({rounded(self.percent, 1)}%)"

    @property
    def interval(self) -> tuple[Decimal, Decimal]:
        """The exact interval of 95% (Clopper and Pearson), in percent: what the share may be where such people come and go."""
        tail = (1 - CONFIDENCE) / 2
        least = 0.0 if self.number == 0 else betaincinv(self.number, self.of - self.number + 1, tail)
        most = 1.0 if self.number == self.of else betaincinv(self.number + 1, self.of - self.number, 1 - tail)
        return Decimal(float(least) * 100), Decimal(float(most) * 100)


def rounded(percent: Decimal, places: int = 0) -> Decimal:
    """As a report rounds it: halves up."""
    return percent.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def one_place(percent: Decimal | None) -> Decimal | None:
    """For a file: in tenths, and nothing where there is no number."""
    return None if percent is None else rounded(percent, 1)


def gap(percent: Decimal, comparator: Decimal) -> Decimal:
    """How many points a share lies above a comparator, or below it: 17% against 21% is −4."""
    return percent - comparator


def points_in_words(points: Decimal) -> str:
    """Whole points, as reports say them: “−4 points”, “+1 point”, “no difference”."""
    whole = int(rounded(points))
    if not whole:
        return "no difference"
    return f"{'−' if whole < 0 else '+'}{abs(whole)} {'point' if abs(whole) == 1 else 'points'}"


def people_missing(share: Share, wanted: Decimal) -> int:
    """How many of the posts would have to be held by others for the share to reach this percentage; 0 where it does."""
    return max(0, math.ceil(wanted * share.of / 100) - share.number)


def is_too_few_to_tell(share: Share, comparator: Decimal) -> bool:
    """Does the interval hold the comparator? Then the gap may be chance."""
    least, most = share.interval
    return least <= comparator <= most


def steepest(shares: Sequence[Share | None]) -> int | None:
    """Between which two tiers, from the lowest up, the share falls most: the place of the upper one. Nothing where it falls nowhere.
    Tiers without a share are passed over."""
    known = [(place, share.percent) for place, share in enumerate(shares) if share is not None]
    falls = [(below[1] - above[1], above[0]) for below, above in zip(known, known[1:], strict=False)]
    worst = max(falls, default=(Decimal(0), 0), key=lambda fall: fall[0])
    return worst[1] if worst[0] > 0 else None


@dataclass(frozen=True)
class Likelihood:
    """How many times as likely one group is as another, with its interval of 95%."""

    ratio: Decimal
    least: Decimal
    most: Decimal

    @property
    def words(self) -> str:
        """“1.52 (1.31 to 1.77)”."""
        return f"{rounded(self.ratio, 2)} ({rounded(self.least, 2)} to {rounded(self.most, 2)})"


def relative_likelihood(one: Share, other: Share) -> Likelihood | None:
    """How many times as likely somebody of the first group is to be appointed as somebody of the second (WRES, indicator 2), with
    the interval of Katz; where everybody was, of both, that has no width, and it is as wide as what each share may be. Nothing where nobody
    of one of them was."""
    if not one.number or not other.number:
        return None
    ratio = (one.number / one.of) / (other.number / other.of)
    if one.number == one.of and other.number == other.of:
        return Likelihood(Decimal(1), one.interval[0] / 100, 100 / other.interval[0])
    error = math.sqrt(1 / one.number - 1 / one.of + 1 / other.number - 1 / other.of)
    reach = float(ndtri((1 + CONFIDENCE) / 2)) * error
    return Likelihood(*(Decimal(found) for found in (ratio, ratio * math.exp(-reach), ratio * math.exp(reach))))
