"""What a programme cost: fees, which another part of the house knows, days that participants did, and days of coordinators (B58)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum

from cohorts.models import DayEntry, Enrolment
from cohorts.models.destinations import after
from representation.measuring.outcomes import CostEach, cost_each
from representation.models import OutcomeRelease, OutcomeStudy
from representation.states import Outcome
from steppingup.formats import english

#: The fees that were agreed for places on these cohorts, in pounds.
Fees = Callable[[Collection[int]], Decimal]
_fees: list[Fees] = []


def fees_from(function: Fees) -> None:
    """Say who knows of fees. Raises ValueError for a second one."""
    if _fees and _fees != [function]:
        raise ValueError("Fees are known already.")
    _fees[:] = [function]


@dataclass(frozen=True)
class Cost:
    """What it came to, of which parts, and for each person who stepped up by the last moment that there is a number for."""

    parts: list[tuple[str, Decimal]]
    left_out: list[str]
    months: int
    each: CostEach | None

    @property
    def moment(self) -> str:
        return after(self.months)

    @property
    def total(self) -> Decimal:
        return sum((pounds for _, pounds in self.parts), Decimal(0))

    @property
    def words(self) -> str:
        """“Between £9,200 and £14,700”: from all of the silent to none of them."""
        return _between(self.each.least, self.each.most) if self.each else ""

    @property
    def interval(self) -> str:
        return _between(self.each.low, self.each.high) if self.each else ""


def _hundreds(pounds: Decimal) -> Decimal:
    return (pounds / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP) * 100


def _between(least: Decimal, most: Decimal | None) -> str:
    if most is None:
        return f"at least {english.pounds(_hundreds(least))}, and nobody can say how much at most"
    low, high = english.pounds(_hundreds(least)), english.pounds(_hundreds(most))
    return f"about {low}" if low == high else f"between {low} and {high}"


def cost_of(study: OutcomeStudy, release: OutcomeRelease) -> Cost | None:
    """Of all the cohorts that have graduates, with everybody who had a place on them. Nothing without a number of who stepped up."""
    numbers = release.tallies()
    known = [months for months in release.moments if (0, Outcome.STEPPED, months) in numbers]
    if not known:
        return None
    cohorts = list(release.cohorts)
    parts, left_out = [], []
    fees = _fees[0](cohorts) if _fees else Decimal(0)
    if fees:
        parts.append(("Fees that were agreed", fees))
    else:
        left_out.append("fees, as none were agreed")
    places = Enrolment.objects.filter(cohort__in=cohorts)
    days = DayEntry.objects.filter(enrolment__in=places).standing().aggregate(sum=Sum("days"))["sum"] or Decimal(0)
    if study.released_day is None:
        left_out.append("released days, as nobody has said what one costs")
    else:
        said = f"{english.days_counted(days)} that participants did, at {english.pounds(study.released_day)}"
        parts.append((said, days * study.released_day))
    if study.coordinator_days is None or study.coordinator_day is None:
        left_out.append("the days of coordinators, as nobody has said how many there were and what one costs")
    else:
        said = f"{english.days_counted(study.coordinator_days)} of coordinators, at {english.pounds(study.coordinator_day)}"
        parts.append((said, study.coordinator_days * study.coordinator_day))
    total = sum((pounds for _, pounds in parts), Decimal(0))
    each = cost_each(total, numbers[0, Outcome.STEPPED, known[-1]]) if total else None
    return Cost(parts, left_out, known[-1], each)
