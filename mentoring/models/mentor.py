"""Mentors and what they offer; participants and what they seek."""

from typing import ClassVar, Self

import pghistory
import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Coalesce, Greatest

from cohorts.models import Enrolment, Programme
from cohorts.states import EnrolmentStatus
from mentoring.permissions import MentoringPermission
from mentoring.states import USES_CAPACITY
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField, or_the_account
from steppingup.formats.sameness_sql import NameKey
from steppingup.history.changes import Typed

MOST_AT_ONCE = 20  # a mentor with more is a typing mistake


class Theme(ScopedModel):
    """Something a mentor can offer and a participant can seek: an experience, a skill, a circumstance (L8)."""

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="mentoring_themes")
    key = models.SlugField(max_length=40)
    name = NameField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(see=MentoringPermission.RUN_MENTORING, through="programme")

    class Meta:
        ordering = ("order", "name")
        constraints = [
            models.UniqueConstraint(fields=["programme", "key"], name="theme_once"),
            models.UniqueConstraint(
                "programme",
                NameKey("name"),
                name="theme_name_once",
                violation_error_message="This programme has a theme with this name already. Choose another name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MatchingWeights(ScopedModel):
    """Weights in matching, in points. Programmes without a row of their own use the defaults."""

    retention = "Holds no personal data."

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="matching_weights")
    theme_points = models.PositiveSmallIntegerField(
        "points for a shared theme",
        default=10,
        validators=[MaxValueValidator(100)],
        help_text="For each theme the mentor offers and the participant wants.",
    )
    area_points = models.PositiveSmallIntegerField(
        "points for a shared area",
        default=5,
        validators=[MaxValueValidator(100)],
        help_text="When they can both meet in the same area.",
    )

    visibility = Scope(see=MentoringPermission.RUN_MENTORING, through="programme")

    class Meta:
        verbose_name = verbose_name_plural = "matching weights"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(theme_points__lte=100, area_points__lte=100), name="matching_weights_to_100"
            )
        ]

    def __str__(self) -> str:
        return f"Matching weights of {self.programme}"


class MentorQuerySet(ScopedQuerySet["Mentor"]):
    def with_places(self) -> Self:
        """Adds `places_used` (open pairs with people who are still on the programme) and `places_free`."""
        used = Count(
            "pairs",
            filter=Q(pairs__status__in=USES_CAPACITY, pairs__enrolment__status=EnrolmentStatus.ENROLLED),
            distinct=True,
        )
        free = Greatest(F("capacity") - F("places_used"), Value(0), output_field=models.IntegerField())
        return self.annotate(places_used=used).annotate(places_free=free)

    def of_person(self, user: User) -> Self:
        return self.filter(user=user)


@pghistory.track()
class Mentor(models.Model):
    """A person who mentors on a programme, with what they offer and for how many at once."""

    retention = "Removed 24 months after the last pair ended."

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="mentors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mentor_profiles", verbose_name="person")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mentors")
    # As it was given with the address, whatever the account with this address is called; empty to follow the account.
    name = NameField("name here", max_length=150, blank=True, editable=False)
    email_here = AddressField("address here", max_length=254, blank=True, editable=False)
    job_title = NameField(max_length=150, blank=True)
    about = models.TextField(blank=True, help_text="What the participant reads about the mentor.")
    themes = models.ManyToManyField(Theme, blank=True, related_name="mentors")
    area = NameField("where they can meet", max_length=120, blank=True)
    capacity = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_AT_ONCE)],
        help_text="How many people at a time.",
    )
    is_available = models.BooleanField("can take somebody on", default=True)

    typed_names: ClassVar = {"user": Typed("name", "email_here")}
    visibility = Scope(see=MentoringPermission.RUN_MENTORING, through="programme")
    objects = MentorQuerySet.as_manager()

    # Added by `with_places()`.
    places_used: int
    places_free: int

    class Meta:
        ordering = ("user__full_name", "pk")
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="mentor_once")]
        triggers = [
            # The pair's own trigger looks when the pair is written; this one when the mentor moves on (B13).
            pgtrigger.Trigger(
                name="stays_from_another_organisation",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("organisation_id"),
                func=f"""
                    IF EXISTS (
                        SELECT 1 FROM mentoring_pair p
                        JOIN cohorts_enrolment e ON e.id = p.enrolment_id
                        JOIN cohorts_cohort c ON c.id = e.cohort_id
                        JOIN cohorts_programme g ON g.id = c.programme_id
                        LEFT JOIN cohorts_component k ON k.id = p.component_id
                        LEFT JOIN cohorts_placement h ON h.enrolment_id = e.id
                        WHERE p.mentor_id = NEW.id AND p.status IN ({", ".join(f"'{status}'" for status in USES_CAPACITY)})
                          AND CASE COALESCE(k.counterpart, 'another')
                              WHEN 'another' THEN organisations_related(NEW.organisation_id, e.employer_id, g.reach)
                                               OR organisations_related(NEW.organisation_id, h.host_id, g.reach)
                              WHEN 'own' THEN NOT organisations_related(NEW.organisation_id, e.employer_id, g.reach)
                              ELSE false END
                    ) THEN
                        RAISE EXCEPTION 'The mentor has a mentee of this organisation, or for whom it must be.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.called}, {self.organisation}"

    @property
    def called(self) -> str:
        """What the mentor is called here."""
        return self.name or str(self.user)

    @property
    def address(self) -> str:
        """Where the mentor is written to."""
        return self.email_here or self.user.email


def called_here(mentor: str = "") -> Coalesce:
    """What mentors are called, for a query: `mentor` leads to them (“mentor__”). Not the account's name beside another."""
    return or_the_account(f"{mentor}name", f"{mentor}user__full_name")


def address_here(mentor: str = "") -> Coalesce:
    """The same of their addresses."""
    return or_the_account(f"{mentor}email_here", f"{mentor}user__email")


class MentoringWish(ScopedModel):
    """What a participant seeks in a mentor."""

    retention = "As the provider says: 12 months after the cohort ends are proposed."

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="mentoring_wish")
    themes = models.ManyToManyField(Theme, blank=True, related_name="wishes")
    area = NameField("where you can meet", max_length=120, blank=True)
    note = models.TextField("anything else", blank=True)
    updated_at = models.DateTimeField(default=clock.now)

    visibility = Scope(see=MentoringPermission.RUN_MENTORING, through="enrolment")

    def __str__(self) -> str:
        return f"What {self.enrolment.participant} would like"
