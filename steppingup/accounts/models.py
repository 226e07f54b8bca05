"""People, organisations, roles, and links for people without an account."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.utils.crypto import salted_hmac

from steppingup import clock
from steppingup.accounts.branding import Branded
from steppingup.accounts.families import Reach, near
from steppingup.accounts.managers import UserManager
from steppingup.accounts.oneself import Oneself
from steppingup.accounts.roles import ROLES, Permission, SitePermission, role_choices
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet, belongs, is_superuser, roles_held
from steppingup.formats.by_post import ENDING, is_by_post
from steppingup.formats.date_fields import DayField
from steppingup.formats.dates import PAST
from steppingup.formats.fields import AddressField, NameField, TelephoneField
from steppingup.formats.sameness_sql import OrganisationKey
from steppingup.history.guards import NO_CIRCLE


class Related(models.Func):
    """Of two organisations and a reach: are they too near to each other? In PostgreSQL."""

    function, arity, output_field = "organisations_related", 3, models.BooleanField()


class OrganisationQuerySet(ScopedQuerySet["Organisation"]):
    def providers_of(self, user: Any, permission: Permission | None) -> Self:
        """The providers at which this person holds the permission."""
        providers = self.filter(is_provider=True)
        held = [role.provider_id for role in roles_held(user, permission)]
        return providers if is_superuser(user) else providers.filter(pk__in=held)

    def families(self, ids: Iterable[int], reach: int) -> dict[int, frozenset[int]]:
        """For each of these organisations those that are too near to it, itself among them: nobody of these counts as
        “another organisation” (`steppingup.accounts.families`). One query, however many there are."""
        wanted = set(ids)
        if not wanted or reach == Reach.SAME:
            return {pk: frozenset([pk]) for pk in wanted}
        return near(dict(self.exclude(parent=None).values_list("pk", "parent")), wanted, reach)


@pghistory.track()
class Organisation(Branded):
    """An employer, a host of assignments, a mentor's home, or a provider that runs programmes (B3)."""

    class Kind(models.TextChoices):
        COUNCIL = "council", "Council"
        NHS = "nhs", "NHS"
        CARE = "care", "Care provider"
        PRIVATE = "private", "Private company"
        CHARITY = "charity", "Charity or not for profit"
        OTHER_PUBLIC = "other_public", "Other public body"

    class Sector(models.TextChoices):
        PUBLIC = "public", "Public"
        COMMERCIAL = "commercial", "Commercial"
        VOLUNTARY = "voluntary", "Voluntary"

    retention = "Kept while it is an employer, host or partner; holds no personal data but a contact address."
    visibility = Scope(see=SitePermission.MANAGE_PEOPLE)

    name = NameField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    sector = models.CharField(max_length=20, choices=Sector)
    is_levy_payer = models.BooleanField("pays the apprenticeship levy", default=False)
    pledged_on = DayField(
        "pledged on",
        within=PAST,
        null=True,
        blank=True,
        help_text="When it pledged to release staff for the programme's days.",
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="subsidiaries", verbose_name="part of"
    )
    is_provider = models.BooleanField("runs programmes here", default=False)
    website = models.URLField(blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                OrganisationKey("name"),
                name="organisation_name_once",
                violation_error_message="There is already an organisation with this name.",
            )
        ]
        triggers = [NO_CIRCLE]

    def __str__(self) -> str:
        return self.name

    def family_ids(self, reach: int) -> frozenset[int]:
        """As `families()`."""
        return Organisation.objects.families([self.pk], reach)[self.pk]

    def chain(self) -> "list[Organisation]":
        """Itself, what it is part of, what that is part of, and so on."""
        found = [self]
        while found[-1].parent is not None and found[-1].parent not in found:
            found.append(found[-1].parent)
        return found

    def tie_to(self, other: "Organisation") -> str:
        """What makes two organisations of one family, to be said on the page: “Avon Care is part of Bristol City Council”.
        Empty where nothing does."""
        ours, theirs = self.chain(), other.chain()
        common = next((one for one in ours if one in theirs), None)
        if common is None or self == other:
            return ""
        if common in (self, other):
            return f"{other if common == self else self} is part of {common}"
        return f"{self} and {other} are both part of {common}"

    def tie_clause(self, other: "Organisation") -> str:
        """The same behind what a sentence says of the two: “: Avon Care is part of Bristol City Council”."""
        tie = self.tie_to(other)
        return f": {tie}" if tie else ""


@pghistory.track(exclude=["password", "last_login", "session_epoch"])
class User(Oneself, AbstractBaseUser, PermissionsMixin):
    """A person. The email address is the name to sign in with."""

    retention = "An account that nothing refers to is removed 24 months after the last sign-in."
    visibility = Scope(see=SitePermission.MANAGE_PEOPLE, rule=belongs)

    email = AddressField("email address", max_length=254)
    full_name = NameField("full name", max_length=150, blank=True)
    phone = TelephoneField("telephone", max_length=30, blank=True)
    postal_address = models.TextField("address for letters", max_length=600, blank=True)
    job_title = NameField(max_length=150, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )
    is_active = models.BooleanField(default=True)
    # Nothing is written to them any more, whatever is sent (steppingup.messaging).
    died_on = models.DateField("died on", null=True, blank=True, editable=False)
    # The same person's other account, which has taken over what this one had.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )
    is_staff = models.BooleanField("may open the admin", default=False)
    is_demonstration = models.BooleanField(default=False, editable=False)
    # Counted up to sign the person out everywhere: it is part of what a session is checked against.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(default=clock.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager.from_queryset(ScopedQuerySet)()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ("full_name", "email")
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                name="user_email_once",
                violation_error_message="Somebody already has an account with this address.",
            ),
            # Kept as it is compared (`AddressField`), so that one address cannot stand there twice in two spellings.
            models.CheckConstraint(
                condition=models.Q(email__regex=r"^[!-@\[-~]*$"),
                name="user_email_in_one_spelling",
                violation_error_message="Enter an email address in the correct format, like name@example.org.",
            ),
            models.CheckConstraint(
                condition=~models.Q(email__endswith=ENDING) | ~models.Q(postal_address=""),
                name="user_by_post_has_an_address",
                violation_error_message="Enter the address for letters of somebody who has no email address.",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_by_post(self) -> bool:
        """They have no email address: letters to them are printed and posted."""
        return is_by_post(self.email)

    @property
    def reached_at(self) -> str:
        """Their email address, or where letters go: “by post: 1 High Street, Bristol”."""
        return f"by post: {', '.join(self.postal_address.split(chr(10)))}" if self.is_by_post else self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] if self.full_name else self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django compares it at each request, so that counting up ends every session without listing them.
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("steppingup.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()

    @cached_property
    def current_roles(self) -> "list[RoleAssignment]":
        """The roles held now, fetched once for each request."""
        return list(self.role_assignments.current().with_cohorts())


class RoleAssignmentQuerySet(ScopedQuerySet["RoleAssignment"]):
    def current(self) -> Self:
        return self._until(clock.today()).select_related("provider")

    def joined(self) -> Self:
        """Of people who have signed in since, or were known to whoever gave the role."""
        return self.exclude(joined_at=None)

    def held_on(self, day: date) -> Self:
        """As far as the rows say: a role that ended and was given again counts from when it was first given."""
        return self._until(day).filter(given_at__date__lte=day)

    def _until(self, day: date) -> Self:
        return self.filter(models.Q(until=None) | models.Q(until__gte=day))

    def with_cohorts(self) -> Self:
        """Adds `cohort_ids`, the cohorts that a role is limited to, in the same query."""
        named = ArrayAgg("cohorts", filter=models.Q(cohorts__isnull=False), default=models.Value([]))
        return self.annotate(cohort_ids=named)


@pghistory.track()
class RoleAssignment(models.Model):
    """A person holds a role at a provider. `Cohort.limited_roles` narrows it to some cohorts."""

    retention = "Kept 6 years after it ended: who was allowed to decide is part of the record of decisions."
    visibility = Scope(see=SitePermission.MANAGE_PEOPLE, provider="provider")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_assignments", verbose_name="person")
    role = models.CharField(max_length=20, choices=role_choices)
    provider = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="role_assignments", limit_choices_to={"is_provider": True}
    )
    until = DayField(null=True, blank=True, help_text="The last day on which the role is held.")
    given_at = models.DateTimeField(default=clock.now, editable=False)
    # Until the person has signed in, whoever keeps people reads what was typed, and nothing of an account that may be there.
    joined_at = models.DateTimeField(null=True, default=clock.now, editable=False)
    typed_name = NameField(max_length=150, blank=True, editable=False)
    typed_email = AddressField(max_length=254, blank=True, editable=False)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("provider", "role")
        constraints = [models.UniqueConstraint(fields=["user", "role", "provider"], name="role_once")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} at {self.provider}"

    @property
    def called(self) -> str:
        """Who holds it, as whoever keeps people may read it."""
        return str(self.user) if self.joined_at else f"{self.typed_name} ({self.typed_email})"

    @property
    def permissions(self) -> frozenset[str]:
        return ROLES[self.role].permissions

    @cached_property
    def cohort_ids(self) -> list[int]:
        """The cohorts that name it in their `limited_roles`: it is held for these only. None at all: for every cohort."""
        return list(self.cohorts.values_list("pk", flat=True))

    @property
    def is_limited(self) -> bool:
        return bool(self.cohort_ids)

    def covers(self, cohort: int | None) -> bool:
        return not self.cohort_ids or cohort in self.cohort_ids


class DemonstrationPerson(ScopedModel):
    """Somebody to be for a while: who it is, what there is to look at. Only load_demo fills this.

    Without a user it is somebody who needs no account (a sponsor), and `address` is the link that they were sent."""

    retention = "Exists in demonstrations only; holds invented people."
    visibility = Scope()

    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.CASCADE, related_name="demonstration")
    name = NameField("name, if there is no account", max_length=150, blank=True)
    title = NameField("role", max_length=100)
    look_at = models.CharField("what to look at", max_length=300, blank=True)
    address = models.CharField("first page", max_length=300, default="/")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return f"{self.title}: {self.who}"

    @property
    def who(self) -> str:
        return str(self.user) if self.user else self.name


def hash_token(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


class TokenLinkQuerySet(ScopedQuerySet["TokenLink"]):
    def usable(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=clock.now())

    def find(self, purpose: str, raw: str) -> "TokenLink | None":
        """The usable link with this secret and purpose, or nothing."""
        return self.usable().filter(purpose=purpose, token_hash=hash_token(raw)).first()


class TokenLink(models.Model):
    """A link for somebody without an account: one purpose, one object, an expiry; only the hash is stored."""

    retention = "Removed 12 months after it expired."
    visibility = Scope()  # whoever has the secret follows it; nobody lists them

    purpose = models.CharField(max_length=50)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = AddressField(blank=True)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    #: The secret, for links to further pages, where somebody has just followed it. It is stored nowhere.
    raw = ""

    objects = TokenLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"])]

    def __str__(self) -> str:
        return f"{self.purpose} link for {self.email or 'somebody'}"

    @classmethod
    def issue(cls, *, purpose: str, target: models.Model, email: str, days: int) -> tuple["TokenLink", str]:
        """Make a link that works until the end of the day in so many `days`, as emails say of it. Returns it and the secret, which is not stored anywhere."""
        raw = secrets.token_urlsafe(32)
        link = cls.objects.create(
            purpose=purpose,
            token_hash=hash_token(raw),
            email=email,
            content_type=ContentType.objects.get_for_model(target),
            object_id=target.pk,
            expires_at=clock.end_of(clock.today() + timedelta(days=days)),
        )
        return link, raw

    @classmethod
    def revoke_all(cls, *, purpose: str, target: models.Model) -> int:
        """Revoke every usable link of this purpose to this object; returns how many there were."""
        content_type = ContentType.objects.get_for_model(target)
        # Ended, not deleted: which links there were, and whether they were used, stays on record for a while.
        links = cls.objects.usable().filter(purpose=purpose, content_type=content_type, object_id=target.pk)
        return links.update(revoked_at=clock.now())


class Attempts(ScopedModel):
    """How often something was tried lately (`steppingup.accounts.attempts`); by a hash, so that it names nobody."""

    retention = "Until the night after it no longer counts: a day at most."
    visibility = Scope()

    key = models.CharField(max_length=64, primary_key=True)
    number = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.number} until {self.until}"
