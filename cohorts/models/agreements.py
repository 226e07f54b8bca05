"""Agreements about a place: what the rules ask to be signed and by whom, and who has signed what, when and how."""

import hashlib
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q

from cohorts.models.cohort import Cohort
from cohorts.models.enrolment import Enrolment
from cohorts.models.rules import PartOfRules, RuleSet, frozen_with_rules
from cohorts.permissions import CohortPermission
from cohorts.states import Ending, EnrolmentStatus, Signatory, SignedBefore, SignedHow
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats.fields import AddressField, NameField
from steppingup.history.lifecycle import append_only


def fingerprint(text: str) -> str:
    """SHA-256 of a text, in hexadecimal: whoever has the text can check that it is the one that was signed."""
    return hashlib.sha256(text.encode()).hexdigest()


def of_its_text() -> pgtrigger.Trigger:
    """A signature's hash is that of the text that it keeps."""
    return pgtrigger.Trigger(
        name="digest_is_of_its_text",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
                    IF NEW.digest <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
                        RAISE EXCEPTION 'The hash is not that of the text.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
    )


@pghistory.track()
class AgreementTemplate(PartOfRules):
    """A text that is signed for each place, by whom, and before what (N12, B9)."""

    retention = "Holds no personal data."

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="agreement_templates")
    key = models.SlugField(max_length=40)
    title = NameField(max_length=120, help_text="As a heading: “Learning agreement”.")
    text = models.TextField(help_text="Markdown.")
    participant_signs = models.BooleanField("the participant signs", default=False)
    employer_signs = models.BooleanField("the employer signs", default=False)
    host_signs = models.BooleanField("the host signs", default=False)
    provider_signs = models.BooleanField("the provider signs", default=False)
    needed = models.CharField("to be signed", max_length=20, choices=SignedBefore, default=SignedBefore.PLACE)
    is_required = models.BooleanField("has to be signed", default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "agreement to be signed"
        verbose_name_plural = "agreements to be signed"
        ordering = ("order", "pk")
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "key"], name="agreement_template_once"),
            models.CheckConstraint(
                condition=Q(participant_signs=True)
                | Q(employer_signs=True)
                | Q(host_signs=True)
                | Q(provider_signs=True),
                name="agreement_is_signed_by_somebody",
                violation_error_message="Say who signs it: tick at least one.",
            ),
            models.CheckConstraint(
                condition=Q(host_signs=False) | Q(needed=SignedBefore.ASSIGNMENT),
                name="host_signs_for_an_assignment",
                violation_error_message="A host signs before the assignment begins: there is none before. Choose that, or untick the "
                "host.",
            ),
        ]
        triggers = frozen_with_rules()

    def __str__(self) -> str:
        return self.title

    @property
    def signatories(self) -> tuple[Signatory, ...]:
        """Who signs it, in the order in which they are named everywhere."""
        return tuple(role for role in Signatory if getattr(self, f"{role}_signs"))

    def signatories_of(self, *, has_employer: bool) -> tuple[Signatory, ...]:
        """Who signs it for somebody with, or without, an employer."""
        return tuple(role for role in self.signatories if has_employer or role != Signatory.EMPLOYER)

    def is_same_as(self, other: "AgreementTemplate") -> bool:
        """Does whoever has signed the one not have to sign the other?"""
        same = (self.key, self.title, self.text) == (other.key, other.title, other.text)
        return same and self.signatories == other.signatories


def _lacks(role: Signatory) -> Q:
    """Agreements that this role is to sign and has not."""
    signed = Signature.objects.filter(agreement=OuterRef("pk"), role=role)
    there_is = {"without_employer": False} if role == Signatory.EMPLOYER else {}
    return Q(~Exists(signed), **{f"template__{role}_signs": True}, **there_is)


class PlaceAgreementQuerySet(ScopedQuerySet["Agreement"]):
    def standing(self) -> Self:
        """All that have not ended."""
        return self.filter(ended_at=None)

    def of_place(self, person: User | int, cohort: Cohort | int) -> Self:
        """What stands for this person's place on the cohort, whether they hold it yet or not."""
        return self.standing().filter(person=person, cohort=cohort)

    def of_party(self, user: User) -> Self:
        """What this person may read and sign on the site: about their own place, and for the employer as the line manager."""
        as_manager = Q(enrolment__line_manager=user, template__employer_signs=True, without_employer=False)
        return self.filter(Q(person=user) | as_manager)

    def live(self) -> Self:
        """What stands for people who are on the programme, or about to be."""
        return self.standing().filter(Q(enrolment=None) | Q(enrolment__status=EnrolmentStatus.ENROLLED))

    def lacking(self, *roles: Signatory) -> Self:
        """What is still to be signed by any of these (by default of all)."""
        lacks = Q(pk__in=[])
        for role in roles or tuple(Signatory):
            lacks |= _lacks(role)
        return self.filter(lacks)

    def to_sign(self, *roles: Signatory) -> Self:
        """What still waits for any of these (by default of all), for people who are on the programme, or about to be."""
        return self.live().lacking(*roles)

    def overdue(self) -> Self:
        """What had to be signed before the programme started, and has not been."""
        begun = Q(cohort__starts_on__lte=clock.today(), template__is_required=True)
        return self.to_sign().filter(begun, template__needed__in=(SignedBefore.PLACE, SignedBefore.START))

    def waits_for_nobody(self) -> Self:
        """What an employer or a host is to sign, and nobody there is asked to."""
        waits = Q(pk__in=[])
        for role in (Signatory.EMPLOYER, Signatory.HOST):
            asked = SigningRequest.objects.filter(agreement=OuterRef("pk"), role=role)
            waits |= Q(_lacks(role), ~Exists(asked))
        return self.live().filter(waits)

    def for_page(self) -> Self:
        """With what lists of them on one person's pages show."""
        return (
            self.select_related("template")
            .defer("template__text")
            .prefetch_related(models.Prefetch("signatures", Signature.objects.defer("text")))
        )

    def for_steps(self) -> Self:
        place = ("enrolment__employer", "enrolment__line_manager")
        related = ("template", "person", "employer", "host", *place, "cohort__programme__provider", "cohort__plan")
        return self.select_related(*related).prefetch_related("signatures", "requests", "enrolment__placements")


@pghistory.track()
class Agreement(models.Model):
    """One agreement about one person's place: the text that the rules ask for, and whose signatures it needs.

    It begins when it is asked for, and is attached to the enrolment when the place is taken. Another text, employer or host
    ends it, and another comes; what was signed under it stays."""

    retention = "Kept for ever: a signed agreement."

    template = models.ForeignKey(AgreementTemplate, on_delete=models.PROTECT, related_name="agreements")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="agreements")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="agreements")
    enrolment = models.ForeignKey(Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements")
    employer = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Whoever is self-employed, a volunteer or not employed has nobody who signs for an employer.
    without_employer = models.BooleanField("there is no employer to sign it", default=False, editable=False)
    # Of its assignments, as they are or were when it was first signed, in words; nothing where it is about none.
    terms = models.JSONField("terms of the assignment", default=list, blank=True, editable=False)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_because = models.CharField("why it ended", max_length=20, choices=Ending, blank=True, editable=False)

    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="cohort")
    objects = PlaceAgreementQuerySet.as_manager()

    class Meta:
        ordering = ("template__order", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cohort", "template", "host"],
                condition=Q(ended_at=None),
                name="agreement_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="") | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="agreement_ending_paired",
            ),
        ]
        triggers = [
            # Whoever is asked to sign reads what stays as it is.
            pgtrigger.Trigger(
                name="freezes_the_rules",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE cohorts_ruleset SET frozen_at = now()
                     WHERE id = (SELECT rule_set_id FROM cohorts_agreementtemplate WHERE id = NEW.template_id)
                       AND frozen_at IS NULL;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} of {self.person}"

    def signed_by(self, role: Signatory) -> "Signature | None":
        return next((one for one in self.signatures.all() if one.role == role), None)

    def requested_of(self, role: Signatory) -> "SigningRequest | None":
        """Whoever was asked last to sign in this role, by a link."""
        return next((one for one in self.requests.all() if one.role == role), None)

    @property
    def signatories(self) -> tuple[Signatory, ...]:
        """Who signs it: as the text says, but nobody for an employer that there is not."""
        return self.template.signatories_of(has_employer=not self.without_employer)

    @property
    def missing(self) -> tuple[Signatory, ...]:
        """Whose signature it still lacks."""
        there = {one.role for one in self.signatures.all()}
        return tuple(role for role in self.signatories if role not in there)

    @property
    def is_live(self) -> bool:
        """As in `live()`."""
        on_it = self.enrolment is None or self.enrolment.status == EnrolmentStatus.ENROLLED
        return self.ended_at is None and on_it

    @property
    def organisation_of(self) -> dict[Signatory, Organisation | None]:
        """For which organisation each role signs."""
        return {
            Signatory.PARTICIPANT: None,
            Signatory.EMPLOYER: self.employer or (self.enrolment.employer if self.enrolment else None),
            Signatory.HOST: self.host,
            Signatory.PROVIDER: self.cohort.programme.provider,
        }

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the agreement say of it."""
        return {**self.cohort.message_facts, "participant": str(self.person), "agreement": self.template.title}


class SigningRequestQuerySet(ScopedQuerySet["SigningRequest"]):
    def with_agreements(self) -> Self:
        """With what letters to whoever is asked say."""
        return self.select_related(
            *("agreement__template", "agreement__person", "agreement__employer", "agreement__host"),
            *("agreement__enrolment__employer", "agreement__cohort__programme__provider"),
        )


class SigningRequest(models.Model):
    """Somebody at the employer or the host who was asked to sign by a link, which lets them in without an account."""

    retention = "Kept for ever with the agreement: who was asked to sign it."

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="requests")
    role = models.CharField(max_length=20, choices=Signatory)
    name = NameField(max_length=150)
    email = AddressField()
    asked_at = models.DateTimeField(default=clock.now, editable=False)

    visibility = Scope(through="agreement")
    objects = SigningRequestQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["agreement", "role"], name="signing_request_once"),
            models.CheckConstraint(
                condition=Q(role__in=(Signatory.EMPLOYER, Signatory.HOST)), name="signing_request_of_an_organisation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.agreement}"


class Signature(ScopedModel):
    """A name under an agreement: of whom, when, how, and the exact text with its hash. Never changed, never removed (N12)."""

    retention = "Kept for ever: a signed agreement."

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    role = models.CharField("signed for", max_length=20, choices=Signatory)
    organisation = NameField("organisation", max_length=200, blank=True)
    name = NameField(max_length=150)
    email = AddressField(blank=True)
    how = models.CharField(max_length=20, choices=SignedHow)
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(default=clock.now)
    text = models.TextField()
    digest = models.CharField("SHA-256 of the text", max_length=64)

    visibility = Scope(through="agreement")

    class Meta:
        ordering = ("signed_at", "pk")
        constraints = [models.UniqueConstraint(fields=["agreement", "role"], name="signature_once")]
        triggers = [*append_only(), of_its_text()]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_role_display().lower()}"

    @property
    def for_whom(self) -> str:
        """“the employer, Harbour Housing”."""
        role = self.get_role_display()
        return f"{role}, {self.organisation}" if self.organisation else role
