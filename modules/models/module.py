"""Learning modules and the people who speak at them (B5, B6)."""

import pgtrigger
from django.db import models

from cohorts.models import Cohort, Session
from modules.permissions import QualificationPermission
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel
from steppingup.formats.fields import NameField
from steppingup.formats.sameness_sql import NameKey


class Module(ScopedModel):
    """A learning module of a cohort: its number, subject and aims. Its days are sessions of the cohort."""

    retention = "Holds no personal data."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="modules")
    number = models.PositiveSmallIntegerField()
    title = NameField(max_length=150)
    summary = models.TextField(blank=True, help_text="Markdown.")
    sessions = models.ManyToManyField(Session, blank=True, related_name="modules")
    # The keys of barriers of the cohort's plan (L1).
    works_on = models.JSONField("barriers that it works on", default=list, blank=True)

    visibility = Scope(see=QualificationPermission.RUN_QUALIFICATIONS, through="cohort")

    class Meta:
        ordering = ("cohort", "number")
        constraints = [models.UniqueConstraint(fields=["cohort", "number"], name="module_once")]

    def __str__(self) -> str:
        return f"Module {self.number}: {self.title}"


class Speaker(ScopedModel):
    """A key speaker, from an employer that takes part (B6). Each provider keeps its own."""

    retention = "Name and post only; removed 3 years after the last talk."

    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"is_provider": True}
    )
    name = NameField(max_length=150)
    post = NameField(max_length=150, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="speakers")

    visibility = Scope(see=QualificationPermission.RUN_QUALIFICATIONS, provider="provider")

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                "provider",
                NameKey("name"),
                "organisation",
                name="speaker_once",
                violation_error_message="There is a speaker with this name from this organisation already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.organisation}"


class SessionSpeaker(ScopedModel):
    """Who speaks about what at which session."""

    retention = "With the speaker."

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="speakers")
    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="talks")
    subject = NameField(max_length=200, blank=True)

    visibility = Scope(see=QualificationPermission.RUN_QUALIFICATIONS, through="session__cohort")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "speaker"], name="session_speaker_once")]
        triggers = [
            # The employer of a speaker takes part in the programme: as a partner, or as the provider itself.
            pgtrigger.Trigger(
                name="speaker_is_from_a_partner",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM cohorts_session s
                        JOIN cohorts_cohort c ON c.id = s.cohort_id
                        JOIN cohorts_programme p ON p.id = c.programme_id
                        JOIN modules_speaker k ON k.id = NEW.speaker_id
                        WHERE s.id = NEW.session_id
                          AND (p.provider_id = k.organisation_id OR EXISTS (
                              SELECT 1 FROM cohorts_partner r
                              WHERE r.programme_id = p.id AND r.organisation_id = k.organisation_id))
                    ) THEN
                        RAISE EXCEPTION 'The speaker must be from a partner organisation.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.speaker} at {self.session}"
