"""How the length of sessions is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cohorts.actions.days import days_of_minutes
from cohorts.models import Component
from mentoring.models import MentoringSession


def duration(minutes: int) -> str:
    """“45 min”, “2 h”, “2 h 30 min”."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    return " ".join([*parts, f"{rest} min"] if rest or not hours else parts)


@dataclass(frozen=True)
class Met:
    """How often and how long two have met, and what it comes to: each session in days, to the hundredth, added up.

    That is what stands in the day ledger."""

    count: int
    minutes: int
    days: Decimal

    @property
    def in_words(self) -> str:
        return f"{self.count} {'session' if self.count == 1 else 'sessions'}, {duration(self.minutes)}"


def met(sessions: Iterable[MentoringSession], component: Component | None) -> Met:
    minutes = [session.minutes for session in sessions]
    amounts = [days_of_minutes(component, each) for each in minutes] if component else []
    return Met(len(minutes), sum(minutes), sum(amounts, Decimal(0)))
