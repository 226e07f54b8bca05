"""Why applications are turned down: the reasons of the rules of admission, and the one that somebody was given (L3)."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import pghistory
from django.db import models

from applications.permissions import ApplicationPermission
from applications.states import ALWAYS_SAID, USUAL_REASONS, Meaning
from cohorts.keys import free_key
from cohorts.models import RuleSet
from cohorts.models.rules import PartOfRules, frozen_with_rules
from steppingup.accounts.scope import Scope
from steppingup.formats.fields import NameField

LONGEST = 200


def without_full_stop(words: str) -> str:
    """Letters and pages end the sentence themselves."""
    return words.rstrip(" .")


@pghistory.track()
class Reason(PartOfRules):
    """A reason for turning an application down, in the words that its applicant reads, and what it means: what has to be so for
    it to be given."""

    retention = "Holds no personal data."
    key_from = "words"

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="reasons")
    key = models.SlugField(max_length=40)
    words = NameField(max_length=LONGEST, help_text="As the applicant reads it: “There were no places left”.")
    meaning = models.CharField("what it means", max_length=20, choices=Meaning, default=Meaning.OWN)
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="rule_set")

    class Meta:
        verbose_name = "reason for turning somebody down"
        verbose_name_plural = "reasons for turning somebody down"
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["rule_set", "key"], name="reason_once")]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return without_full_stop(self.words)

    @property
    def as_given(self) -> dict[str, Any]:
        """For the record that it is given in (`WithReason`)."""
        return {"reason": self.key, "reason_meaning": self.meaning, "reason_words": self.words}


def usual_reasons(rules: RuleSet) -> list[Reason]:
    """Not saved yet."""
    return [
        Reason(rule_set=rules, key=key, words=words, meaning=meaning, order=order)
        for order, (key, (meaning, words)) in enumerate(USUAL_REASONS.items())
    ]


def offered(rules: RuleSet) -> list[Reason]:
    """The reasons by these rules. What may have to be said to anybody (that no places are left, or that the cohort does not take
    place) is said in the usual words where the rules have none of their own."""
    found = list(_of_frozen(rules.pk, rules.frozen_at) if rules.frozen_at else rules.reasons.all())
    meant = {row.meaning for row in found}
    for row in usual_reasons(rules):
        if row.meaning in ALWAYS_SAID and row.meaning not in meant:
            row.key = free_key(row.key, {one.key for one in found})
            found.append(row)
    return found


@lru_cache(maxsize=500)
def _of_frozen(rules: int, frozen_at: datetime) -> tuple[Reason, ...]:
    """From the moment at which rules are frozen their reasons stay: of hundreds who are turned down together nobody asks again."""
    return tuple(Reason.objects.filter(rule_set=rules))


class WithReason(models.Model):
    """A reason that somebody is given, as it was said: its key, its meaning and its words."""

    reason = models.SlugField(max_length=40, blank=True, editable=False, db_index=False)
    reason_meaning = models.CharField(
        "what the reason means", max_length=20, choices=Meaning, blank=True, editable=False
    )
    reason_words = NameField("reason, as it was said", max_length=LONGEST, blank=True, editable=False)

    #: No reason.
    NONE = {"reason": "", "reason_meaning": "", "reason_words": ""}

    class Meta:
        abstract = True

    @property
    def why(self) -> str:
        return without_full_stop(self.reason_words)
