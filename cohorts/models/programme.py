"""A programme, whom it is for, and who takes part in it as a partner."""

from typing import Any, Self

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from cohorts.addresses import require_free_word
from cohorts.permissions import CohortPermission
from cohorts.states import CertificateSays, DirectoryReach, Nation
from steppingup import clock
from steppingup.accounts.families import Reach
from steppingup.accounts.models import Organisation
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.dates import PAST
from steppingup.formats.fields import AddressField, NameField, TelephoneField
from steppingup.formats.prefixes import SENTENCE, PrefixField, is_prefix


class ProgrammeQuerySet(ScopedQuerySet["Programme"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def at(self, path: str) -> Self:
        """The one at this address: “bristol-city-council/stepping-up”."""
        provider, _, slug = path.partition("/")
        return self.filter(provider__slug=provider, slug=slug).select_related("provider")


@pghistory.track()
class Programme(models.Model):
    """A positive-action programme of one provider. Its texts are Markdown that a coordinator edits; those that follow from the rules
    (who can apply, how it is funded) are texts of its admission rules."""

    retention = "Holds no personal data but a contact address; kept as the record of what was offered."

    provider = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="programmes", limit_choices_to={"is_provider": True}
    )
    name = NameField(max_length=120)
    slug = models.SlugField(max_length=80, validators=[require_free_word])
    reference_prefix = PrefixField(
        "references begin with",
        max_length=5,
        blank=True,
        help_text="Two to five letters or digits: “SU” makes SU-7K3Q9. Left empty, it is made from the name.",
    )
    summary = NameField(max_length=300, help_text="One sentence, shown in lists and in search results.")
    region = NameField(max_length=120, blank=True)
    nation = models.CharField(
        max_length=20,
        choices=Nation,
        default=Nation.ENGLAND_AND_WALES,
        help_text="Whose bank holidays stay free of sessions and interviews, and are not working days.",
    )
    certificate_says = models.CharField(
        max_length=20,
        choices=CertificateSays,
        default=CertificateSays.DAYS,
        help_text="A rule that was waived counts as met. Certificates that were made before stay as they are.",
    )
    about = models.TextField("what it is", help_text="Markdown.")
    after_the_programme = models.TextField(blank=True, help_text="Markdown. What to expect, and what not to.")
    contact_email = AddressField(blank=True)
    contact_phone = TelephoneField("contact telephone", max_length=30, blank=True)
    reach = models.PositiveSmallIntegerField(
        "too near to be another organisation",
        choices=Reach,
        default=Reach.SISTER,
        help_text="Assessors, mentors and hosts of assignments come from another organisation than the participant's "
        "employer, and a mentor from another one than the host.",
    )
    directory = models.CharField(
        "who finds one another",
        max_length=20,
        choices=DirectoryReach,
        default=DirectoryReach.NONE,
        help_text="In the directory of participants and graduates, which each of them joins only if they want to.",
    )
    directory_months = models.PositiveSmallIntegerField(
        "graduates confirm their entry after so many months",
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="They get a reminder. An entry that they do not confirm is deleted.",
    )
    directory_letters = models.PositiveSmallIntegerField(
        "messages that one person may send in a day",
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="Through the directory, to all others together.",
    )
    sends_invitations = models.BooleanField(
        "participants get invitations for their calendars by email",
        default=False,
        help_text="For each session, and again when it moves, is cancelled or does not concern them any more. Whoever has the address of their "
        "calendar has the same dates there already.",
    )
    session_notice = models.PositiveSmallIntegerField(
        "days of notice before a session changes",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text="Rotas are made weeks ahead. Whoever moves or cancels a session later than this has to say why, and everybody who "
        "is told reads it. Leave it empty if a reason is never needed.",
    )
    coaching_at_once = models.PositiveSmallIntegerField(
        "requests for coaching that one person may have at a time",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    coaching_reminder_days = models.PositiveSmallIntegerField(
        "days until an employer is reminded of coaching",
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text="Whoever was asked to support coaching and has not answered is reminded once.",
    )
    coaching_answer_days = models.PositiveSmallIntegerField(
        "days in which an employer can answer about coaching",
        default=28,
        validators=[MinValueValidator(1), MaxValueValidator(180)],
        help_text="After that the link does not work any more, and the request waits for you again.",
    )
    mentors_at_work = models.PositiveSmallIntegerField(
        "mentors at work that one person may have at a time",
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="Colleagues at their own employer, asked or agreed.",
    )
    photograph_days = models.PositiveSmallIntegerField(
        "days after a graduation ceremony for changing one’s mind about photographs",
        default=92,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
        help_text="So long the link works on which people agree, or no longer agree; at most as long as bookings are kept.",
    )
    is_published = models.BooleanField(default=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, provider="provider")
    objects = ProgrammeQuerySet.as_manager()

    public_cohorts: list[Any]  # added by `queries.published_programmes()`

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "slug"],
                name="programme_once",
                violation_error_message="This organisation has a programme at this address already. Choose another address.",
            ),
            models.CheckConstraint(
                condition=is_prefix("reference_prefix"),
                name="references_begin_with_letters_or_digits",
                violation_error_message=SENTENCE,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where it is on the site, below /programmes/: “bristol-city-council/stepping-up”."""
        return f"{self.provider.slug}/{self.slug}"


class NextProgrammeQuerySet(ScopedQuerySet["NextProgramme"]):
    def public(self) -> Self:
        """Those that are on the site: one that is not leads nowhere yet."""
        return self.filter(to__is_published=True).select_related("to__provider").order_by("order", "pk")


class NextProgramme(models.Model):
    """What people may go on to once they have completed a programme: another one of the provider, or of another provider (C3)."""

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="next_programmes")
    to = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="programmes_before", verbose_name="leads on to"
    )
    words = NameField(
        "for whom",
        max_length=300,
        blank=True,
        help_text="As you would say it to them after its name: “for band 8a and above”.",
    )
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(through="programme")
    objects = NextProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = "programme that comes next"
        verbose_name_plural = "programmes that come next"
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["programme", "to"], name="next_programme_once"),
            models.CheckConstraint(
                condition=~Q(programme=F("to")),
                name="next_programme_is_another",
                violation_error_message="A programme does not lead on to itself. Choose another one.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.to)


class ShippedFile(ScopedModel):
    """A file of data that was loaded. It is not loaded again by itself: what somebody renamed or removed stays so."""

    retention = "Names of files; holds no personal data."

    name = NameField(max_length=100, unique=True)
    loaded_at = models.DateTimeField(default=clock.now, editable=False)

    visibility = Scope()

    def __str__(self) -> str:
        return self.name


class PartnerQuerySet(ScopedQuerySet["Partner"]):
    def listed(self) -> Self:
        return self.filter(is_listed=True).select_related("organisation")


class Partner(models.Model):
    """An organisation that takes part: it pledged to release staff, and has its own policy (B3, B59)."""

    retention = "Holds no personal data; kept while the organisation is a partner."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="partnerships")
    pledged_on = DayField(within=PAST, null=True, blank=True)
    policy = models.TextField(blank=True, help_text="Its policy on fast-tracking or positive action, in its words.")
    is_listed = models.BooleanField("shown in the public directory", default=True)

    visibility = Scope(through="programme")
    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ("organisation__name",)
        constraints = [models.UniqueConstraint(fields=["programme", "organisation"], name="partner_once")]

    def __str__(self) -> str:
        return str(self.organisation)


class ProgrammeDocument(ScopedModel):
    """A brochure or a guide on the programme's page (B20, N20)."""

    retention = "Holds no personal data."

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="documents")
    title = NameField(max_length=150)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(through="programme")

    class Meta:
        ordering = ("order", "pk")

    def __str__(self) -> str:
        return self.title
