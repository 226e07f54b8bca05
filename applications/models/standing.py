"""How people may work who apply by a set of rules, and what each of these ways asks of them (B2)."""

from typing import Any

import pghistory
from django.db import models
from django.db.models import Q

from applications.permissions import ApplicationPermission
from applications.states import Asked, FeeBy
from cohorts.models import RuleSet
from cohorts.models.rules import PartOfRules, frozen_with_rules
from cohorts.states import EMPLOYED, WITH_ORGANISATION, Standing
from steppingup.accounts.scope import Scope
from steppingup.formats.fields import NameField

#: Of an application: the organisation is still to be settled, as there must be one, or its name was typed.
OF_UNKNOWN = Q(employer=None) & (Q(standing__in=EMPLOYED) | ~Q(employer_name=""))
ALONE = tuple(one for one in Standing if one not in WITH_ORGANISATION)


@pghistory.track()
class StandingRule(PartOfRules):
    """A way of working with which somebody may apply, and what is asked of whoever works so. Rules without any are for people who
    are employed, and ask for everything."""

    retention = "Holds no personal data."

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="standing_rules")
    key = models.SlugField(max_length=40)
    standing = models.CharField("how they work", max_length=20, choices=Standing)
    organisation = models.CharField(
        max_length=20,
        choices=Asked,
        default=Asked.REQUIRED,
        help_text="The employer; for volunteers, the organisation that they volunteer with.",
    )
    line_manager = models.CharField(max_length=20, choices=Asked, default=Asked.REQUIRED)
    support = models.CharField(
        "how the organisation knows",
        max_length=20,
        choices=Asked,
        default=Asked.REQUIRED,
        help_text="Whether they say how their organisation knows that they are applying (B35).",
    )
    fee_by = models.CharField(
        "who agrees the fee",
        max_length=20,
        choices=FeeBy,
        default=FeeBy.EMPLOYER,
        help_text="Somebody at the organisation, the person, or either, as they choose; unless a fund or the provider pays. Whoever agrees "
        "it themselves can ask for a bursary themselves.",
    )
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(see=ApplicationPermission.SEE_APPLICATIONS, through="rule_set")

    class Meta:
        verbose_name = "way of working"
        verbose_name_plural = "ways of working"
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "key"], name="standing_rule_once"),
            models.UniqueConstraint(
                fields=["rule_set", "standing"],
                name="standing_once",
                violation_error_message="This way of working is there already.",
            ),
            models.CheckConstraint(
                condition=~Q(standing__in=EMPLOYED) | Q(organisation=Asked.REQUIRED),
                name="employed_people_name_their_employer",
                violation_error_message="Whoever is employed has to name the employer: choose “Required”.",
            ),
            models.CheckConstraint(
                condition=~Q(standing__in=ALONE)
                | Q(organisation=Asked.LEFT_OUT, support=Asked.LEFT_OUT, fee_by=FeeBy.PERSON),
                name="nobody_stands_for_whoever_works_alone",
                violation_error_message="Whoever is self-employed or not employed has no organisation: nothing is asked of one, and they "
                "agree the fee themselves.",
            ),
            models.CheckConstraint(
                condition=~Q(organisation=Asked.LEFT_OUT) | Q(support=Asked.LEFT_OUT, fee_by=FeeBy.PERSON),
                name="no_support_without_an_organisation",
                violation_error_message="Where no organisation is asked for, none can know of it, or agree the fee.",
            ),
        ]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return str(self.get_standing_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Called by what it is about. Whoever works alone has nobody who manages them."""
        self.key = self.standing.replace("_", "-")
        if self.works_alone:
            self.line_manager = Asked.LEFT_OUT
        super().save(*args, **kwargs)

    @property
    def works_alone(self) -> bool:
        return self.standing in ALONE


class Works(models.Model):
    """What an application says of how somebody works, beside `employer` and `employer_name`."""

    standing = models.CharField("how they work", max_length=20, choices=Standing, default=Standing.EMPLOYED)
    other_employers = NameField("other employers", max_length=300, blank=True)
    # What was typed into “work” and is not asked of how they work now, until they submit: they may change it back.
    set_aside = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    # Of the application.
    employer: Any
    employer_id: int | None
    employer_name: str

    @property
    def has_employer(self) -> bool:
        """Is there an employer that can sign, release and pay?"""
        return self.standing in EMPLOYED

    @property
    def lacks_employer(self) -> bool:
        """Is the organisation still to be settled? As in `OF_UNKNOWN`."""
        return self.employer_id is None and (self.has_employer or bool(self.employer_name))

    @property
    def works_as(self) -> str:
        """Where they are from: “Harbour Housing”, “Volunteer with Harbour Housing”, “Self-employed”."""
        named = self.employer.name if self.employer else self.employer_name
        return "" if self.has_employer and not named else Standing(self.standing).in_words(named or None)

    @property
    def works(self) -> str:
        """What they do, after their name: “works for Harbour Housing”, “is self-employed”."""
        named = self.employer.name if self.employer else self.employer_name
        return Standing(self.standing).in_sentence(named or None)


def usual() -> StandingRule:
    """What rules say that name no way of working: everybody is employed. Not saved."""
    return StandingRule(standing=Standing.EMPLOYED, key="employed")
