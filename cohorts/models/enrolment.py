"""A participant's place on a cohort."""

from datetime import date
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cohorts.models.cohort import Cohort, PeerGroup
from cohorts.models.membership import KEPT_IN_STEP
from cohorts.permissions import CohortPermission
from cohorts.states import EMPLOYED, ENROLMENT, HOLDS_A_PLACE, TAGS, WITH_ORGANISATION, EnrolmentStatus, Standing
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import AddressField, NameField
from steppingup.formats.recurring import WEEKDAYS, WORKING_WEEK
from steppingup.history.changes import Typed

EMPLOYED_IN_SQL = ", ".join(f"'{one.value}'" for one in EMPLOYED)
#: An agreement that the rules of the new place's cohort ask for before it is taken, and a signature that it lacks. Where
#: there is no employer, none signs.
UNSIGNED_BEFORE_PLACE = f"""
    SELECT 1 FROM cohorts_agreementtemplate asked
      JOIN cohorts_cohort c ON c.id = NEW.cohort_id AND asked.rule_set_id = COALESCE(c.agreement_rules_id, c.rule_set_id)
      CROSS JOIN LATERAL (VALUES ('participant', asked.participant_signs), ('employer', asked.employer_signs),
                                 ('provider', asked.provider_signs)) AS one(role, signs)
     WHERE asked.needed = 'place' AND asked.is_required AND one.signs
       AND (one.role <> 'employer' OR NEW.standing IN ({EMPLOYED_IN_SQL})) AND NOT EXISTS (
           SELECT 1 FROM cohorts_signature s
             JOIN cohorts_agreement a ON a.id = s.agreement_id
             JOIN cohorts_agreementtemplate signed ON signed.id = a.template_id
            WHERE a.person_id = NEW.participant_id AND a.cohort_id = NEW.cohort_id AND a.ended_at IS NULL
              AND s.role = one.role AND signed.key = asked.key AND signed.text = asked.text)
"""


def still_there(moment: Any, prefix: str = "") -> Q:
    """Those who by this moment (a value, or an expression) had not left, nor were through without completing."""
    found = Q()
    for name in (f"{prefix}withdrawn_at", f"{prefix}not_completed_at"):
        found &= Q(**{name: None}) | Q(**{f"{name}__gte": moment})
    return found


class EnrolmentQuerySet(ScopedQuerySet["Enrolment"]):
    def holding_a_place(self) -> Self:
        return self.filter(status__in=HOLDS_A_PLACE)

    def on_the_programme(self) -> Self:
        return self.filter(status=EnrolmentStatus.ENROLLED)

    def of_participant(self, user: User) -> Self:
        return self.filter(participant=user)

    def locked(self, pk: int) -> "Enrolment":
        """One place, for whoever counts what it has: days, certificates, registrations. All of them take this lock first, so
        that two at once do not use up the same rest. No key is changed: rows that refer to the place can be written
        meanwhile."""
        return self.select_for_update(of=("self",), no_key=True).get(pk=pk)

    def for_steps(self) -> Self:
        return self.select_related(
            "participant", "line_manager", "employer", "cohort__programme__provider", "cohort__plan"
        )


@pghistory.track()
class Enrolment(models.Model):
    """A person holds a place on a cohort. The employer stays the employer (B2); whoever is self-employed, a volunteer or not
    employed has none. Of a volunteer, `employer` is the organisation that they volunteer with.

    Cohort, standing, employer, line manager and peer group are those of today; of an earlier day the memberships speak."""

    retention = "6 years after the cohort ends: the record of what was completed and who paid."

    participant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    standing = models.CharField("how they work", max_length=20, choices=Standing, default=Standing.EMPLOYED)
    employer = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="enrolments"
    )
    # A line manager or a group may be removed; the place, which is the record of who took part, stays.
    line_manager = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="managed_enrolments"
    )
    # As it was given with the address, whatever the account with this address is called; empty to follow the account.
    manager_name = NameField("line manager's name", max_length=150, blank=True, editable=False)
    manager_email = AddressField("line manager's address", max_length=254, blank=True, editable=False)
    job_title = NameField(max_length=150, blank=True)
    # Monday is 0. Empty while nobody has said otherwise: every day from Monday to Friday.
    works_on = ArrayField(
        models.PositiveSmallIntegerField(choices=list(enumerate(WEEKDAYS))),
        verbose_name="working days",
        default=list,
        blank=True,
        editable=False,
    )
    peer_group = models.ForeignKey(
        PeerGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="enrolments"
    )
    status = models.CharField(max_length=20, choices=EnrolmentStatus, default=EnrolmentStatus.ENROLLED, editable=False)
    enrolled_at = models.DateTimeField(default=clock.now, editable=False)
    completed_at = models.DateTimeField(null=True, blank=True, editable=False)
    completed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    not_completed_at = models.DateTimeField("recorded as not completed", null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawal_reason = models.TextField(blank=True, editable=False)

    typed_names: ClassVar = {"line_manager": Typed("manager_name", "manager_email")}
    visibility = Scope(see=CohortPermission.RUN_COHORTS, through="cohort")
    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "participant"
        ordering = ("participant__full_name",)
        constraints = [
            models.UniqueConstraint(fields=["participant", "cohort"], name="enrolment_once"),
            models.CheckConstraint(
                condition=Q(standing__in=EMPLOYED, employer__isnull=False)
                | Q(standing=Standing.VOLUNTEER)
                | (~Q(standing__in=WITH_ORGANISATION) & Q(employer=None)),
                name="enrolment_employer_by_standing",
                violation_error_message="Whoever is employed has an employer; whoever is self-employed or not employed has none.",
            ),
            models.CheckConstraint(
                condition=Q(status=EnrolmentStatus.COMPLETED, completed_at__isnull=False)
                | (~Q(status=EnrolmentStatus.COMPLETED) & Q(completed_at=None)),
                name="enrolment_completion_dated",
            ),
            models.CheckConstraint(
                condition=Q(status=EnrolmentStatus.NOT_COMPLETED, not_completed_at__isnull=False)
                | (~Q(status=EnrolmentStatus.NOT_COMPLETED) & Q(not_completed_at=None)),
                name="enrolment_not_completed_dated",
            ),
            models.CheckConstraint(
                condition=Q(status=EnrolmentStatus.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(status=EnrolmentStatus.WITHDRAWN) & Q(withdrawn_at=None)),
                name="enrolment_withdrawal_dated",
            ),
        ]
        triggers = [
            *ENROLMENT.triggers(),
            *KEPT_IN_STEP,
            # The last line of defence for “a place exists once”: the action counts under the cohort's lock,
            # and PostgreSQL counts again.
            pgtrigger.Trigger(
                name="never_more_than_places",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("cohort_id"),
                func="""
                    PERFORM 1 FROM cohorts_cohort WHERE id = NEW.cohort_id FOR UPDATE;
                    IF (SELECT count(*) FROM cohorts_enrolment
                        WHERE cohort_id = NEW.cohort_id AND status <> 'withdrawn' AND id <> NEW.id)
                       >= (SELECT capacity FROM cohorts_cohort WHERE id = NEW.cohort_id) THEN
                        RAISE EXCEPTION 'The cohort has no place left.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # What has to be signed before a place is taken, by the rules of the cohort: the action asks, and PostgreSQL again.
            pgtrigger.Trigger(
                name="never_before_it_is_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF EXISTS ({UNSIGNED_BEFORE_PLACE}) THEN
                        RAISE EXCEPTION 'An agreement has to be signed first.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Whoever is enrolled keeps the plan and the completion rules of that moment.
            pgtrigger.Trigger(
                name="keeps_plan_and_completion",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("cohort_id"),
                func="""
                    UPDATE cohorts_cohort SET completion_settled_at = now()
                     WHERE id = NEW.cohort_id AND completion_settled_at IS NULL
                       AND EXISTS (SELECT 1 FROM cohorts_completionrule WHERE cohort_id = NEW.cohort_id);
                    UPDATE cohorts_plan SET frozen_at = now()
                     WHERE id = (SELECT plan_id FROM cohorts_cohort WHERE id = NEW.cohort_id) AND frozen_at IS NULL;
                    RETURN NULL;
                """,
            ),
        ]

    @property
    def works_as(self) -> str:
        """Where they are from, for lists and after a job title: “Harbour Housing”, “Self-employed”."""
        return Standing(self.standing).in_words(self.employer)

    @property
    def works(self) -> str:
        """What they do, after their name: “works for Harbour Housing”, “is self-employed”."""
        return Standing(self.standing).in_sentence(self.employer)

    def works_at(self, day: date) -> bool:
        """Is it one of their working days, leave aside? Monday to Friday, where they have said nothing."""
        return day.weekday() in (self.works_on or WORKING_WEEK)

    @property
    def working_days(self) -> str:
        """“Monday, Tuesday and Thursday”; empty where nothing was said."""
        return english.listed([WEEKDAYS[number] for number in sorted(self.works_on)])

    @property
    def has_employer(self) -> bool:
        """Is there an employer that can sign, release and pay?"""
        return self.standing in EMPLOYED

    @property
    def manager(self) -> str:
        """What the line manager is called here; empty where there is none."""
        return (self.manager_name or str(self.line_manager)) if self.line_manager else ""

    @property
    def manager_address(self) -> str:
        """Where the line manager is written to; empty where there is none."""
        return (self.manager_email or self.line_manager.email) if self.line_manager else ""

    def __str__(self) -> str:
        return f"{self.participant} on {self.cohort}"

    @property
    def tag(self) -> str:
        """The colour of its status."""
        return TAGS[EnrolmentStatus(self.status)]

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the enrolment say of it."""
        return {**self.cohort.message_facts, "participant": str(self.participant)}
