"""Rules of money that know no database: what becomes of it when a place ends."""

from enum import StrEnum

from django.db import models


class AfterLeaving(models.TextChoices):
    """What the employer, or the fund, still owes when a participant leaves. It stands in the terms and is kept with them."""

    NOTHING = "nothing", "Nothing is owed, and what was paid is returned"
    ONCE_STARTED = "once_started", "The fee is owed by whoever leaves after the first day of the cohort"
    WHOLE = "whole", "The fee is owed in full once the place has been taken up"


class Ending(StrEnum):
    """Why a place ends."""

    NOT_TAKEN_UP = "not_taken_up"  # turned down, declined, withdrawn, expired: nobody had the place
    LEFT = "left"  # the participant gave it up
    CANCELLED = "cancelled"  # the provider does not run the cohort


def is_still_owed(ending: Ending, *, after_leaving: str, had_begun: bool) -> bool:
    """Is the fee owed although the place has ended? `had_begun`: had the cohort's first day come?

    Whoever never had the place owes nothing, nor does anybody owe for what the provider cancels. Who leaves owes what the
    terms said that were agreed to (N13)."""
    if ending is not Ending.LEFT:
        return False
    return after_leaving == AfterLeaving.WHOLE or (after_leaving == AfterLeaving.ONCE_STARTED and had_begun)
