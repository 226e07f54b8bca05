"""Reminders: rules that are rows, and the record of each one sent."""

from datetime import date, timedelta

import pghistory
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from steppingup import clock
from steppingup.accounts.roles import SitePermission
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats.english import counted
from steppingup.messaging.models.template import Narrowed
from steppingup.messaging.reminder_kinds import find
from steppingup.messaging.scopes import of_roles


@pghistory.track(exclude=["last_run_at", "last_problem"])
class ReminderRule(Narrowed, ScopedModel):
    """“Seven days before the closing of the window, to the applicant.” Without a scope it holds everywhere."""

    class When(models.TextChoices):
        BEFORE = "before", "before"
        AFTER = "after", "after"

    retention = "Kept as long as the programme or cohort; holds no personal data."
    visibility = Scope(see=SitePermission.EDIT_TEXTS, provider="provider", rule=of_roles, shared=True)

    kind = models.CharField("what", max_length=80)
    days = models.PositiveSmallIntegerField(help_text="How many days before or after the date.")
    when = models.CharField("before or after", max_length=10, choices=When)
    until = models.SmallIntegerField(
        default=0,
        help_text="It stops this many days after the date: 0 is the day itself, -2 is two days before.",
    )
    active = models.BooleanField(default=True)
    last_run_at = models.DateTimeField(null=True, editable=False)
    last_problem = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("kind", "when", "days")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "content_type", "object_id", "days", "when"],
                name="reminder_rule_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(content_type=None, object_id=None)
                | models.Q(content_type__isnull=False, object_id__isnull=False),
                name="reminder_rule_scope_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(when="before", until__gte=-1 * models.F("days"))
                | models.Q(when="after", until__gte=models.F("days")),
                name="reminder_rule_can_be_due",
                violation_error_message="With these numbers the reminder would never be sent: “until” comes before it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.in_words}"

    @property
    def in_words(self) -> str:
        """“7 days before the closing of the window”."""
        kind = find(self.kind)
        return f"{counted(self.days, 'day')} {self.when} {kind.date_name if kind else 'its date'}"

    @property
    def title(self) -> str:
        """What people are reminded of, in the words of the app that registered it."""
        kind = find(self.kind)
        return kind.title if kind else self.kind

    def anchors_on(self, day: date) -> tuple[date, date]:
        """The first and last date whose reminder may be sent on this day, missed days included."""
        shift = self.days if self.when == self.When.BEFORE else -self.days
        return day - timedelta(days=self.until), day + timedelta(days=shift)


class ReminderSent(ScopedModel):
    """This rule has reminded this person of this date of this object. The row is what makes it happen once."""

    retention = "Goes with its message."
    visibility = Scope(through="message")

    rule = models.ForeignKey(ReminderRule, on_delete=models.CASCADE, related_name="sent")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    object = GenericForeignKey("content_type", "object_id")
    anchor = models.DateField()
    recipient = models.CharField(max_length=254)
    message = models.ForeignKey("messaging.Message", null=True, on_delete=models.SET_NULL, related_name="reminders")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "reminders sent"
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "content_type", "object_id", "anchor", "recipient"], name="reminder_sent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} to {self.recipient}"
