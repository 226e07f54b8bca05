"""Learning modules and the people who speak at them (B5, B6)."""

from typing import Any, Self

import pgtrigger
from django.db import models

from cohorts.models import Cohort, Session
from modules.permissions import QualificationPermission
from modules.states import Comes
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField
from steppingup.formats.sameness_sql import NameKey
from steppingup.history.sequences import sequence_rises

LONGEST = 500


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

    retention = "Name, post and email address only; removed 3 years after the last talk."

    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", limit_choices_to={"is_provider": True}
    )
    name = NameField(max_length=150)
    post = NameField(max_length=150, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="speakers")
    email = AddressField(
        "email address",
        blank=True,
        help_text="We ask them whether they come, and tell them when a session moves or is cancelled.",
    )

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


class TalkQuerySet(ScopedQuerySet["SessionSpeaker"]):
    def to_come(self) -> Self:
        """Of sessions that go ahead and have not begun."""
        return self.filter(session__cancelled_at=None, session__starts_at__gt=clock.now())

    def unanswered(self) -> Self:
        return self.to_come().filter(comes="", asked_at__isnull=False)

    def for_steps(self) -> Self:
        return self.select_related(
            "speaker__organisation", "speaker__provider", "session__cohort__programme__provider", "session__component"
        )


class SessionSpeaker(models.Model):
    """Who speaks about what at which session."""

    retention = "With the speaker."

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="speakers")
    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="talks")
    subject = NameField(max_length=200, blank=True)
    # What they said by their link, or by telephone: empty until they say it, and again once the session has moved.
    comes = models.CharField("do they come?", max_length=5, blank=True, choices=Comes, editable=False)
    said = models.TextField("what they said", max_length=LONGEST, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The speaker has heard that there is something to read of what participants took away from it.
    told_of_words_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Counted by the database: with that of the session the version in their calendar.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    visibility = Scope(see=QualificationPermission.RUN_QUALIFICATIONS, through="session__cohort")
    objects = TalkQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "speaker"], name="session_speaker_once")]
        triggers = [
            sequence_rises("comes"),
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
            ),
        ]

    def __str__(self) -> str:
        return f"{self.speaker} at {self.session}"

    @property
    def answer_in_words(self) -> str:
        """“Comes”, “Cannot come: “I am away.””, “Has not answered”; that there is no address to ask at."""
        if self.comes:
            said = f": “{self.said}”" if self.said else ""
            return f"{self.get_comes_display()}{said}"
        return "Has not answered" if self.asked_at else "Not asked"

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the talk say of it."""
        return {
            **self.session.message_facts,
            "speaker": self.speaker.name,
            "provider": str(self.session.cohort.programme.provider),
            "subject": self.subject_in_words,
        }

    @property
    def subject_in_words(self) -> str:
        return f"You speak about “{self.subject}”." if self.subject else ""
