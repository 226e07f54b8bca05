"""The application, and what belongs to it but is kept apart."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from applications.models.window import Criterion
from applications.queries import ApplicationQuerySet
from applications.states import APPLICATION, DECIDED, ApplicationStatus, Reason, SupportRoute
from cohorts.models import Cohort, Enrolment
from funding.models import FeeAgreement
from steppingup.accounts.models import Organisation, User
from steppingup.history.encryption import EncryptedJSONField
from steppingup.history.lifecycle import append_only


@pghistory.track()
class Application(models.Model):
    """One person's application for one cohort. `parts_done` names the parts that the applicant has marked complete."""

    retention = "Unsuccessful: 12 months after the decision. Successful: with the enrolment. Drafts: 3 months."

    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="applications")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="applications")
    reference = models.CharField(max_length=12, unique=True, editable=False)
    status = models.CharField(max_length=20, choices=ApplicationStatus, default=ApplicationStatus.DRAFT, editable=False)
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    parts_done = models.JSONField(default=list, editable=False)

    full_name = models.CharField(max_length=150, blank=True)
    phone = models.CharField("telephone", max_length=30, blank=True)
    job_title = models.CharField(max_length=150, blank=True)
    grade = models.CharField(
        "grade, band or level, or equivalent", max_length=120, blank=True, help_text="In your employer's own words."
    )
    education = models.CharField(max_length=300, blank=True)
    employer = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    employer_name = models.CharField("name of the employer, if not listed", max_length=200, blank=True)
    manager_name = models.CharField("line manager's name", max_length=150, blank=True)
    manager_email = models.EmailField("line manager's email address", blank=True)
    manager_job_title = models.CharField("line manager's job title", max_length=150, blank=True)
    support_route = models.CharField(max_length=20, choices=SupportRoute, blank=True)
    nominator_name = models.CharField(max_length=150, blank=True)
    nominator_email = models.EmailField(blank=True)
    told_on = models.DateField("told the employer on", null=True, blank=True)
    cv = models.ForeignKey("files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    fee_agreement = models.OneToOneField(
        FeeAgreement, null=True, blank=True, on_delete=models.PROTECT, related_name="application"
    )
    enrolment = models.OneToOneField(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="application", editable=False
    )
    notice_acknowledged_at = models.DateTimeField(null=True, blank=True, editable=False)

    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    reason = models.CharField(max_length=20, choices=Reason, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ("-submitted_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["applicant", "cohort"], name="one_application_for_a_cohort"),
            models.CheckConstraint(
                condition=Q(status=ApplicationStatus.DRAFT, submitted_at=None)
                | (~Q(status=ApplicationStatus.DRAFT) & Q(submitted_at__isnull=False)),
                name="application_submission_dated",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | Q(status=ApplicationStatus.WITHDRAWN)
                | (~Q(status__in=(*DECIDED, ApplicationStatus.WITHDRAWN)) & Q(decided_at=None, decided_by=None)),
                name="application_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.TURNED_DOWN) | ~Q(reason=""), name="turned_down_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.ACCEPTED) | Q(enrolment__isnull=False),
                name="accepted_has_enrolment",
            ),
        ]
        indexes = [
            models.Index(fields=["cohort", "status", "-submitted_at"]),
            models.Index(fields=["-submitted_at", "-id"], name="application_newest_first"),
        ]
        triggers = [
            *APPLICATION.triggers(),
            # The other half of “assessor_is_impartial”: the employer is settled after assessors were assigned.
            pgtrigger.Trigger(
                name="employer_keeps_assessors_impartial",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("employer_id"),
                func="""
                    IF NEW.employer_id IS NOT NULL AND EXISTS (
                        SELECT 1 FROM applications_review r
                        JOIN accounts_user u ON u.id = r.assessor_id
                        JOIN accounts_organisation a ON a.id = u.organisation_id,
                        accounts_organisation b
                        WHERE r.application_id = NEW.id AND r.status NOT IN ('stepped_back', 'removed')
                          AND b.id = NEW.employer_id AND (a.id = b.id OR a.parent_id = b.id OR b.parent_id = a.id)
                    ) THEN
                        RAISE EXCEPTION 'An assessor of this application is of this organisation.'
                        USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.full_name or self.applicant}"

    @property
    def message_scopes(self) -> tuple[models.Model, ...]:
        return self.cohort.message_scopes


class Statement(models.Model):
    """What the applicant wrote about one criterion (B23)."""

    retention = "With the application."

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="statements")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="statements")
    text = models.TextField(blank=True)

    class Meta:
        ordering = ("criterion__order", "pk")
        constraints = [models.UniqueConstraint(fields=["application", "criterion"], name="statement_once")]

    def __str__(self) -> str:
        return f"{self.criterion}"


class AccessNeeds(models.Model):
    """What somebody needs at interview and on the programme. Coordinators read it; assessors never do."""

    retention = "With the application; not used for any decision."

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="access_needs")
    has_needs = models.BooleanField(default=False)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "access needs"

    def __str__(self) -> str:
        return "Access needs"


class EqualityResponse(models.Model):
    """Equality monitoring: optional, encrypted, kept apart, only ever reported in aggregate.

    Nobody reads one. There is no admin for it, and no page but the applicant's own form."""

    retention = "12 months after the cohort ends; aggregates stay."

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="equality_response")
    answers = EncryptedJSONField()
    answered_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return "Equality response"


class Decision(models.Model):
    """One decision about an application: what, why, by whom. Never changed (L3)."""

    retention = "With the application."

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    step = models.CharField(max_length=30)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "pk")
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.step} on {self.at:%d %B %Y}"
