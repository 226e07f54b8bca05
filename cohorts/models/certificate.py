"""Completion, its rule and its exceptions, and the certificate."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Right

from cohorts.models.cohort import Cohort
from cohorts.models.enrolment import Enrolment
from cohorts.models.plan import Component
from cohorts.serials import WRITTEN, number_of
from cohorts.states import CERTIFICATE, CertificateKind, CertificateStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import DrawnField, NameField
from steppingup.history.lifecycle import frozen
from steppingup.messaging.addresses import address


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class CompletionRule(ScopedModel):
    """How much of a component (or how many days of all together, without one) a participant must have done: so much of its unit,
    or as much as the plan says at least. Those of a cohort stand
    from the moment when somebody is enrolled by them."""

    retention = "Holds no personal data."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="completion_rules")
    component = models.ForeignKey(
        Component, null=True, blank=True, on_delete=models.PROTECT, related_name="completion_rules"
    )
    minimum = models.DecimalField(
        "at least",
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="In what the part is counted in; of everything, in days. Left empty: as much as the plan says at least.",
    )

    visibility = Scope(through="cohort")

    class Meta:
        constraints = [
            # Without a component it is the rule for all days together, of which there is one too: NULL equals NULL here.
            models.UniqueConstraint(fields=["cohort", "component"], name="completion_rule_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(minimum__gt=0),
                name="completion_rule_days",
                violation_error_message="At least something must be asked for: enter a number above zero, or leave it empty.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="stands_once_settled",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("subject", "integer")],
                func="""
                    subject := CASE WHEN TG_OP = 'INSERT' THEN NEW.cohort_id ELSE OLD.cohort_id END;
                    -- Locked, so that nobody is enrolled between this look and the change; the look after it sees who was.
                    PERFORM 1 FROM cohorts_cohort WHERE id = subject FOR SHARE;
                    IF EXISTS (SELECT 1 FROM cohorts_cohort
                               WHERE id = subject AND completion_settled_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'People are enrolled by these completion rules, so they stay as they are.'
                        USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            ),
            # The first rules of a cohort that people are on already, when all of them are there.
            pgtrigger.Trigger(
                name="settles_for_those_enrolled",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    UPDATE cohorts_cohort SET completion_settled_at = now()
                     WHERE id = NEW.cohort_id AND completion_settled_at IS NULL
                       AND EXISTS (SELECT 1 FROM cohorts_enrolment WHERE cohort_id = NEW.cohort_id);
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{english.days_counted(self.asked, self.noun)} of {self.component or 'everything'}"

    @property
    def noun(self) -> str:
        return self.component.noun if self.component else "day"

    @property
    def asked_in_words(self) -> str:
        """“8”, “12 hours”: days are what is meant where nothing is said."""
        return english.days(self.asked) if self.noun == "day" else english.days_counted(self.asked, self.noun)

    @property
    def asked(self) -> Decimal:
        """In the unit of its component; days of all together."""
        if self.minimum is not None:
            return self.minimum
        return self.component.least if self.component else english.quarter_below(self.cohort.plan.least_days)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class CompletionWaiver(ScopedModel):
    """A coordinator lets a participant complete although a rule is not met, and says why."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="waivers")
    rule = models.ForeignKey(CompletionRule, on_delete=models.PROTECT, related_name="waivers")
    reason = models.TextField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)

    visibility = Scope(through="enrolment")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "rule"], name="waiver_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
        ]

    def __str__(self) -> str:
        return f"Waiver for {self.enrolment}"


class CertificateQuerySet(ScopedQuerySet["Certificate"]):
    def genuine(self) -> Self:
        return self.filter(status=CertificateStatus.ISSUED)

    def numbered(self, serial: str) -> Self:
        """The certificate of a serial, whichever prefix was typed before its number."""
        return self.alias(number=Right("serial", WRITTEN)).filter(number=number_of(serial))

    def for_steps(self) -> Self:
        return self.select_related(
            "enrolment__participant", "enrolment__line_manager", "enrolment__cohort__programme__provider"
        )


@pghistory.track()
class Certificate(models.Model):
    """Proof of what somebody did: that they completed the programme, or how many of its days they did. The serial is random:
    it verifies, and cannot be guessed. What it says stands here as it was printed."""

    retention = "Kept for ever: anybody may ask whether it is genuine."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="certificates")
    serial = DrawnField(max_length=20, unique=True)
    name = NameField("name on it", max_length=150)
    programme_name = NameField(max_length=200)
    completed_on = models.DateField()
    kind = models.CharField(max_length=20, choices=CertificateKind, default=CertificateKind.COMPLETION)
    # “has completed”, “28¾ days of leadership development”; empty for certificates from before it was kept.
    claim = models.CharField(max_length=60, blank=True)
    statement = models.CharField("what it says was done", max_length=120, blank=True)
    status = models.CharField(
        max_length=20, choices=CertificateStatus, default=CertificateStatus.ISSUED, editable=False
    )
    issued_at = models.DateTimeField(default=clock.now)
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    revocation_reason = models.TextField(blank=True, editable=False)

    visibility = Scope(through="enrolment")
    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_at",)
        constraints = [
            # After a revocation (a wrong name, say) there may be a new one.
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(status=CertificateStatus.ISSUED), name="certificate_one_valid"
            ),
            # Whoever types it may leave out or mistake what stands before the number.
            models.UniqueConstraint(Right("serial", WRITTEN), name="certificate_number_once"),
            models.CheckConstraint(
                condition=Q(status=CertificateStatus.REVOKED, revoked_at__isnull=False)
                | Q(status=CertificateStatus.ISSUED, revoked_at=None),
                name="certificate_revocation_dated",
            ),
        ]
        # What is printed is what its number shows for ever; a wrong name is a new certificate.
        triggers = [
            *CERTIFICATE.triggers(),
            frozen("serial", "name", "programme_name", "completed_on", "kind", "claim", "statement"),
        ]

    def __str__(self) -> str:
        return f"Certificate {self.serial}"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the certificate say of it."""
        return {
            **self.enrolment.message_facts,
            "serial": self.serial,
            "check_link": self.address,
            "reason": self.revocation_reason,
        }

    @property
    def replaced_at(self) -> datetime | None:
        """When another was made in its place, after it was revoked."""
        if self.status != CertificateStatus.REVOKED:
            return None
        later = Certificate.objects.filter(enrolment=self.enrolment_id, issued_at__gt=self.issued_at)
        return later.order_by("issued_at").values_list("issued_at", flat=True).first()

    @property
    def address(self) -> str:
        """The page on which anybody can check it."""
        return address("cohorts:certificate", self.serial)
