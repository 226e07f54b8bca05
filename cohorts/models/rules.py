"""The rules of admission of a programme, in versions that a cohort's applicants are judged by."""

from typing import Any, Self

import pghistory
import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from cohorts.keys import Keyed
from cohorts.models.programme import Programme
from cohorts.states import WAYS, Selection, Way
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import NameField
from steppingup.formats.sameness_sql import NameKey
from steppingup.history.lifecycle import frozen
from steppingup.history.versions import Versioned, frozen_with

FROZEN = "People have applied by these rules, so they stay as they are. A change makes a new version."


#: What a programme's first rules are called, until somebody gives them another name.
USUAL = "Admission rules"


MARKDOWN = (
    "Leave an empty line between paragraphs. **Two stars** make words bold, and lines starting with a hyphen make a "
    "list."
)
#: What visitors and applicants read of it: frozen with it, as it is what people applied by.
TEXTS = ("who_can_apply", "how_it_is_funded")


class RuleSetQuerySet(ScopedQuerySet["RuleSet"]):
    def current(self) -> Self:
        return self.filter(replaced_at=None)

    def offered(self) -> Self:
        """Rules that a cohort can still be given."""
        return self.current().filter(is_offered=True)

    def usual(self) -> "RuleSet | None":
        """Of those of one programme, what its next cohort has unless others are chosen: what its newest cohort has, as it holds
        now."""
        held = self.current().annotate(last_used=models.Max("cohorts__starts_on"))
        return held.order_by("-is_offered", F("last_used").desc(nulls_last=True), "pk").first()

    def of(self, programme: Programme) -> "RuleSet":
        """The same; the first version, with nothing in it, where there is none."""
        return self.filter(programme=programme).usual() or self.create(programme=programme)


@pghistory.track()
class RuleSet(Versioned):
    """Whom cohorts are for, what applicants are told and asked, and how they are chosen: one version of these. A programme may have
    several; a cohort goes by one version of one. A version is frozen when the first application by it is submitted, or when
    somebody is first asked to sign one of its agreements. Other
    apps add parts of their own (`PartOfRules`)."""

    retention = "Holds no personal data; kept as the record of what people were asked."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="rule_sets")
    name = NameField(max_length=120, default=USUAL, help_text="For staff: “Bands 5 and 6”.")
    is_offered = models.BooleanField("offered for new cohorts", default=True)
    selection = models.CharField(
        "how people are chosen",
        max_length=20,
        choices=Selection,
        default=Selection.WITH_INTERVIEW,
        help_text="By merit without an interview, a place is offered from the shortlist. First come, first served: whoever "
        "meets the conditions gets a place in the order of submission. By nomination: only people whom an employer has nominated can "
        "apply, and you offer them places. What applicants read follows from this.",
    )
    hold_days = models.PositiveSmallIntegerField(
        "days a place is held",
        default=14,
        validators=[MinValueValidator(1)],
        help_text="First come, first served: how long a place is held while something is looked at or signed, before it "
        "passes to the next in order.",
    )
    closes_when_full = models.BooleanField(
        "closes when it is full",
        default=True,
        help_text="First come, first served: nobody new can apply once every place is taken. Whoever has begun can still join "
        "the waiting list. Without this, everybody can.",
    )
    who_can_apply = models.TextField(
        blank=True,
        help_text="On the programme’s page, below the groups that it is for, and on the application. " + MARKDOWN,
    )
    how_it_is_funded = models.TextField(
        blank=True,
        help_text="On the programme’s page, below the fee, in place of our own words about its funds; and on the application. "
        + MARKDOWN,
    )

    visibility = Scope(through="programme")
    objects = RuleSetQuerySet.as_manager()

    @property
    def way(self) -> Way:
        """What the way of choosing means."""
        return WAYS[Selection(self.selection)]

    @property
    def has_interview(self) -> bool:
        return self.way.has_interview

    @property
    def is_by_merit(self) -> bool:
        return self.way.is_scored

    @property
    def is_by_nomination(self) -> bool:
        return not self.way.is_open

    @property
    def is_first_come(self) -> bool:
        return self.way.is_numbered

    @property
    def parts(self) -> list[str]:  # type: ignore[override]
        """Whatever app they are of."""
        found = (one for one in self._meta.related_objects if issubclass(one.related_model, PartOfRules))
        return [str(one.get_accessor_name()) for one in found]

    class Meta:
        verbose_name = "admission rules"
        verbose_name_plural = "admission rules"
        ordering = ("programme__name", "name", "-version")
        constraints = [
            # Earlier versions may have had any name.
            models.UniqueConstraint(
                "programme",
                NameKey("name"),
                condition=Q(replaced_at=None),
                name="one_current_rule_set",
                violation_error_message="This programme has admission rules with this name already. Choose another name.",
            ),
        ]
        triggers = [
            frozen("programme", "version", "made_at", name="stays_what_it_is"),
            # People are chosen as they were told when they applied.
            frozen(
                "selection", "hold_days", *TEXTS, once=pgtrigger.Q(old__frozen_at__isnull=False), name="chosen_as_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.name}" + (f", version {self.version}" if self.version > 1 else "")


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
