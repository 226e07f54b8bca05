"""Mentors and what they offer; participants and what they seek."""

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from cohorts.models import Enrolment, Programme
from steppingup.accounts.models import Organisation, User


class Theme(models.Model):
    """Something a mentor can offer and a participant can seek: an experience, a skill, a circumstance (L8)."""

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="mentoring_themes")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=120)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "name")
        constraints = [models.UniqueConstraint(fields=["programme", "key"], name="theme_once")]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Mentor(models.Model):
    """A person who mentors on a programme, with what they offer and for how many at once."""

    retention = "Removed 24 months after the last pair ended."

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="mentors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mentor_profiles", verbose_name="person")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="mentors")
    job_title = models.CharField(max_length=150, blank=True)
    about = models.TextField(blank=True, help_text="What the participant reads about the mentor.")
    themes = models.ManyToManyField(Theme, blank=True, related_name="mentors")
    area = models.CharField("where they can meet", max_length=120, blank=True)
    capacity = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(0)], help_text="How many participants at once."
    )
    is_available = models.BooleanField(default=True)

    class Meta:
        ordering = ("user__full_name",)
        constraints = [models.UniqueConstraint(fields=["programme", "user"], name="mentor_once")]

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation}"


class MentoringWish(models.Model):
    """What a participant seeks in a mentor."""

    retention = "With the enrolment; removed 12 months after the cohort ends."

    enrolment = models.OneToOneField(Enrolment, on_delete=models.CASCADE, related_name="mentoring_wish")
    themes = models.ManyToManyField(Theme, blank=True, related_name="wishes")
    area = models.CharField("where you can meet", max_length=120, blank=True)
    note = models.TextField("anything else", blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"What {self.enrolment.participant} seeks"
