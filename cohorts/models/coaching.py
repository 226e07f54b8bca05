"""Coaches of a provider's register, coaching that participants ask for, and the sessions that they had (B49, B50, B51)."""

from decimal import Decimal
from typing import Any, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from cohorts.models.development import Goal
from cohorts.models.enrolment import Enrolment
from cohorts.permissions import CohortPermission
from cohorts.states.coaching import COACHING, GOING_ON, TO_ANSWER, CoachingStatus, CoachingTheme, CoachKind
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import AddressField, NameField, TelephoneField

LONGEST = 4000
MOST_SESSIONS, MOST_MINUTES, MOST_DAYS = 20, 600, 20


class CoachQuerySet(ScopedQuerySet["Coach"]):
    def taking(self) -> Self:
        """Those who take people."""
        return self.filter(stopped_on=None)

    def of(self, provider: Organisation | int) -> Self:
        return self.filter(provider=provider)

    def for_steps(self) -> Self:
        return self.select_related("provider")


@pghistory.track()
class Coach(models.Model):
    """Somebody, a network or a company that coaches participants of a provider. None of them has an account: whoever arranges coaching rings
    or writes to them, and they get an email of what was arranged, where their address is known."""

    retention = "3 years after they stopped taking people, unless coaching with them is kept for longer."

    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"is_provider": True}
    )
    name = NameField(max_length=150)
    kind = models.CharField(max_length=12, choices=CoachKind, default=CoachKind.PERSON)
    coaches_on = models.TextField("what they coach on", max_length=LONGEST)
    cost = models.DecimalField(
        "cost of a session in pounds",
        max_digits=8,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
        help_text="0 where it is free.",
    )
    sessions = models.PositiveSmallIntegerField(
        "how many sessions at the most",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SESSIONS)],
        help_text="Leave it empty where there is no limit.",
    )
    contact_name = NameField("whom to ask", max_length=150, blank=True)
    email = AddressField("email address", blank=True)
    phone = TelephoneField("telephone number", max_length=30, blank=True)
    since = DayField("since", default=clock.today)
    stopped_on = models.DateField("takes nobody since", null=True, blank=True, editable=False)
    notes = models.TextField("for those who arrange coaching", max_length=LONGEST, blank=True)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, provider="provider")
    objects = CoachQuerySet.as_manager()

    class Meta:
        verbose_name = "coach"
        verbose_name_plural = "coaches"
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "name"],
                name="coach_once",
                violation_error_message="There is a coach with this name already.",
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=0),
                name="coach_costs_nothing_or_more",
                violation_error_message="Enter what a session costs, or 0.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def cost_in_words(self) -> str:
        return f"{english.pounds_and_pence(self.cost)} a session" if self.cost else "Free"

    @property
    def in_a_line(self) -> str:
        """For whoever chooses one."""
        return f"{self.name}: {self.cost_in_words.lower() if not self.cost else self.cost_in_words}"


class CoachingRequestQuerySet(ScopedQuerySet["CoachingRequest"]):
    def to_answer(self) -> Self:
        """Those that wait for staff."""
        return self.filter(status__in=TO_ANSWER)

    def going_on(self) -> Self:
        return self.filter(status__in=GOING_ON)

    def with_employer(self) -> Self:
        return self.filter(status=CoachingStatus.WITH_EMPLOYER)

    def for_steps(self) -> Self:
        of = "enrolment"
        return self.select_related(
            *("coach", f"{of}__participant", f"{of}__line_manager", f"{of}__employer"),
            *(f"{of}__cohort__programme__provider", f"{of}__cohort__plan"),
        )


@pghistory.track()
class CoachingRequest(models.Model):
    """What a participant would like to be coached on, what became of it, and with whom. It posts no days: what lies within the plan has
    its part there, and what goes beyond it is shown beside it and never counted."""

    retention = "With the enrolment: 6 years after the cohort ends. The employer’s link works as long as the programme says: 28 days are usual."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="coaching")
    theme = models.CharField("about", max_length=12, choices=CoachingTheme)
    words = models.TextField("in their words", max_length=LONGEST)
    sessions = models.PositiveSmallIntegerField(
        "how many sessions", validators=[MinValueValidator(1), MaxValueValidator(MOST_SESSIONS)]
    )
    when = NameField("when", max_length=200, blank=True)
    status = models.CharField(max_length=15, choices=CoachingStatus, default=CoachingStatus.REQUESTED, editable=False)
    requested_at = models.DateTimeField("asked for", default=clock.now, editable=False)
    # What the employer is asked to support, and what they have said.
    days_beyond = models.DecimalField(
        "days beyond the plan", max_digits=4, decimal_places=2, default=Decimal(0), editable=False
    )
    cost = models.DecimalField("what it costs", max_digits=9, decimal_places=2, default=Decimal(0), editable=False)
    employer_asked_at = models.DateTimeField("employer asked", null=True, blank=True, editable=False)
    employer_asked_to = AddressField("employer asked at", blank=True, editable=False)
    employer_reminded_at = models.DateTimeField("employer reminded", null=True, blank=True, editable=False)
    employer_answered_at = models.DateTimeField("employer answered", null=True, blank=True, editable=False)
    employer_name = NameField("answered for the employer by", max_length=150, blank=True, editable=False)
    employer_words = models.TextField("what the employer says", max_length=LONGEST, blank=True, editable=False)
    # A goal of their own plan, whose title whoever arranges it may read, as long as it is named.
    goal = models.ForeignKey(
        Goal, null=True, blank=True, on_delete=models.SET_NULL, related_name="coaching", editable=False
    )
    tells_manager = models.BooleanField("tell the line manager once it is arranged", default=False, editable=False)
    # What was arranged.
    coach = models.ForeignKey(
        Coach, null=True, blank=True, on_delete=models.PROTECT, related_name="coaching", editable=False
    )
    dates = NameField("dates", max_length=300, blank=True, editable=False)
    answer = models.TextField("what staff say", max_length=LONGEST, blank=True, editable=False)
    answered_at = models.DateTimeField("answered", null=True, blank=True, editable=False)

    visibility = Scope(through="enrolment")
    objects = CoachingRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "coaching"
        verbose_name_plural = "coaching"
        ordering = ("-requested_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=CoachingStatus.ARRANGED) | Q(coach__isnull=False),
                name="coaching_arranged_with_coach",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[CoachingStatus.WITH_EMPLOYER, CoachingStatus.SUPPORTED])
                | Q(days_beyond__gt=0, employer_asked_at__isnull=False),
                name="coaching_employer_asked_for_days",
            ),
            # B51: what goes beyond the plan has the employer's support before it is arranged.
            models.CheckConstraint(
                condition=~Q(status=CoachingStatus.ARRANGED)
                | Q(days_beyond=0)
                | Q(employer_answered_at__isnull=False, employer_name__gt=""),
                name="coaching_beyond_the_plan_supported",
            ),
        ]
        triggers = [*COACHING.triggers()]

    def __str__(self) -> str:
        return f"{self.get_theme_display()}, {english.counted(self.sessions, 'session')}"

    @property
    def goal_in_words(self) -> str:
        """What the goal is called that they have named; nothing where there is none, or not any more."""
        return self.goal.entry.title if self.goal else ""

    @property
    def days_in_words(self) -> str:
        """“2 days”."""
        return english.days_counted(self.days_beyond)

    @property
    def cost_in_words(self) -> str:
        return english.pounds_and_pence(self.cost) if self.cost else "nothing"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about it say of it."""
        return {**self.enrolment.message_facts, "theme": self.get_theme_display()}


@pghistory.track()
class CoachingSession(models.Model):
    """One session that a participant had with a coach. It counts for no days of the programme."""

    retention = "With the coaching."

    coaching = models.ForeignKey(CoachingRequest, on_delete=models.CASCADE, related_name="had")
    on = models.DateField("day")
    minutes = models.PositiveSmallIntegerField(
        "how many minutes", validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)]
    )
    noted_at = models.DateTimeField(default=clock.now, editable=False)

    visibility = Scope(through="coaching")
    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "session of coaching"
        verbose_name_plural = "sessions of coaching"
        ordering = ("-on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["coaching", "on"],
                name="coaching_one_session_a_day",
                violation_error_message="A session of this day has been noted already.",
            )
        ]

    def __str__(self) -> str:
        return f"{english.day_date(self.on)}, {english.counted(self.minutes, 'minute')}"
