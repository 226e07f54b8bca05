"""The rules of admission of a programme, in versions that a cohort's applicants are judged by."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.keys import Keyed
from cohorts.models.programme import Programme
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import frozen
from steppingup.history.versions import Versioned, frozen_with

FROZEN = "People have applied by these rules, so they stay as they are. A change makes a new version."


class RuleSetQuerySet(ScopedQuerySet["RuleSet"]):
    def current(self) -> Self:
        return self.filter(replaced_at=None)

    def of(self, programme: Programme) -> "RuleSet":
        """What holds for the programme's next cohort; the first version, with nothing in it, where there is none."""
        return self.current().get_or_create(programme=programme)[0]


@pghistory.track()
class RuleSet(Versioned):
    """Whom a programme is for, what it asks and by which criteria it chooses: one version of these. It is frozen when the
    first application by it is submitted. Other apps add parts of their own (`PartOfRules`)."""

    retention = "Holds no personal data; kept as the record of what people were asked."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rule_sets")

    visibility = Scope(through="programme")
    objects = RuleSetQuerySet.as_manager()

    @property
    def parts(self) -> list[str]:  # type: ignore[override]
        """Whatever app they are of."""
        found = (one for one in self._meta.related_objects if issubclass(one.related_model, PartOfRules))
        return [str(one.get_accessor_name()) for one in found]

    class Meta:
        verbose_name = "admission rules"
        verbose_name_plural = "admission rules"
        ordering = ("programme__name", "-version")
        constraints = [
            models.UniqueConstraint(fields=["programme", "version"], name="rule_set_version_once"),
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(replaced_at=None),
                name="one_current_rule_set",
                violation_error_message="This programme has admission rules already. Open them to make your changes.",
            ),
        ]
        triggers = [frozen("programme", "version", "made_at", name="stays_what_it_is")]

    def __str__(self) -> str:
        return f"{self.programme}: admission rules, version {self.version}"


class PartOfRules(Keyed, ScopedModel):
    """Something that belongs to a version of the rules of admission, under a key that stays the same in the next."""

    key_within = "rule_set"

    visibility = Scope(through="rule_set")

    class Meta:
        abstract = True


def frozen_with_rules() -> list[Any]:
    """The trigger of what belongs to a version of the rules of admission."""
    return [frozen_with("rule_set_id", "cohorts_ruleset", FROZEN)]


@pghistory.track()
class TargetGroup(PartOfRules):
    """One of the groups that the programme is for: belonging to any of them suffices (B1, B15)."""

    retention = "Holds no personal data."
    key_from = "name"

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="target_groups")
    key = models.SlugField(max_length=40)
    name = NameField(max_length=120, help_text="As you would say it in a sentence: “disabled people”.")
    statement = NameField(max_length=200, help_text="As the applicant would say it: “I am disabled”.")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "pk")
        constraints = [models.UniqueConstraint(fields=["rule_set", "key"], name="target_group_once")]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return self.name
