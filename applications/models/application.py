"""The application: who applies, how it stands, and its place in the order of submission where that decides."""

from datetime import datetime
from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, RowNumber

from applications.models.late import LateEntry, late_until
from applications.models.reason import WithReason
from applications.models.rules import EligibilityAnswer
from applications.models.standing import OF_UNKNOWN, Works
from applications.models.window import Window, paid_from_a_fund
from applications.permissions import ApplicationPermission
from applications.rules import scores
from applications.states import (
    APPLICATION,
    DECIDED,
    LIVE,
    TO_REVIEW,
    ApplicationStatus,
    InterviewStatus,
    OfferStatus,
    SupportRoute,
)
from cohorts.models import Cohort, Enrolment
from cohorts.states import HAS_BEGUN, ways_in_sql, ways_with
from funding.models import FeeAgreement
from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.dates import PAST
from steppingup.formats.fields import AddressField, DrawnField, NameField, TelephoneField
from steppingup.history.guards import MoveGuard
from steppingup.messaging.addresses import address

#: Assessors for each application, as the window wants; and the best mean first, whoever has none last.
WANTED, BY_MEAN = F("cohort__window__assessors_each"), F("mean_total").desc(nulls_last=True)
#: An open offer, or a place that is held for whoever comes first while something is looked at.
HAS_A_PLACE_KEPT = Q(status=ApplicationStatus.OFFERED) | Q(held_until__isnull=False)
#: With a number and without a place, and able to get one.
IN_LINE = Q(
    status__in=(ApplicationStatus.SUBMITTED, ApplicationStatus.WAITING),
    number__isnull=False,
    held_until=None,
    passed_on_at=None,
)
BY_NUMBER = F("number").asc(nulls_last=True)


class ApplicationQuerySet(ScopedQuerySet["Application"]):
    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """What an applicant has not submitted is nobody's business."""
        return super().visible_to(user, permission).submitted()

    def of_applicant(self, user: User) -> Self:
        return self.filter(applicant=user)

    def with_own_closing(self) -> Self:
        """Adds what `own_window` asks for, so that many cost no more queries than one."""
        return self.annotate(late_until=late_until())

    def submitted(self) -> Self:
        return self.exclude(status=ApplicationStatus.DRAFT)

    def contending(self) -> Self:
        """Everybody who has begun to apply. Whoever withdrew goes on to count until the cohort begins, as a withdrawal can be
        undone. (A draft that is given up is gone.)"""
        return self.exclude(status=ApplicationStatus.WITHDRAWN, cohort__status__in=HAS_BEGUN)

    def for_steps(self) -> Self:
        related = ("cohort__programme__provider", "cohort__window", "cohort__rule_set", "applicant", "employer")
        answers = EligibilityAnswer.objects.select_related("question", "grade").order_by("question__order", "pk")
        return self.select_related(*related, "fee_agreement__source").prefetch_related(
            "interviews", models.Prefetch("eligibility_answers", answers)
        )

    def waiting_in_order(self) -> Self:
        """The waiting list: the order of submission where that decides; else the mean of the review totals, then the
        interview's total, then who submitted first."""
        held = Q(interviews__status=InterviewStatus.HELD)
        return (
            self.filter(status=ApplicationStatus.WAITING)
            .annotate(interview_total=Max("interviews__total", filter=held))
            .order_by(BY_NUMBER, BY_MEAN, F("interview_total").desc(nulls_last=True), "submitted_at", "pk")
        )

    def within_reach(self) -> Self:
        """Those on the waiting list for whom a place is free: as many of each cohort, in the order of the list, as there
        are places that nobody holds and no open offer is for."""

        def number(rows: Any) -> Coalesce:
            counted = rows.filter(cohort=OuterRef("cohort")).order_by().values("cohort").annotate(number=Count("pk"))
            return Coalesce(Subquery(counted.values("number")), 0)

        offered = Application.objects.filter(status=ApplicationStatus.OFFERED)
        held = Application.objects.filter(held_until__isnull=False)
        waiting: Any = Application.objects.waiting_in_order()
        place = models.Window(RowNumber(), partition_by="cohort", order_by=waiting.query.order_by)
        free = F("cohort__capacity") - number(Enrolment.objects.holding_a_place()) - number(offered) - number(held)
        found = waiting.annotate(place=place, free=free).filter(place__lte=F("free"))
        return self.filter(pk__in=found.order_by().values("pk"))

    def lacking_assessors(self) -> Self:
        """To be reviewed, and fewer assessors than the window asks for."""
        scored = ways_with(is_scored=True)
        return self.filter(status__in=TO_REVIEW, reviews_active__lt=WANTED, cohort__rule_set__selection__in=scored)

    def in_line(self) -> Self:
        """Whoever has a number and no place yet, in the order of submission: on the waiting list, or still to be looked at.
        Without those for whom a place is held, and those whose time for that has passed."""
        return self.filter(IN_LINE).order_by("number")

    def awaiting_scores(self) -> Self:
        """To be reviewed: everybody who should score it has it, and not everybody has scored."""
        return self.filter(status__in=TO_REVIEW, reviews_active__gte=WANTED, reviews_given__lt=WANTED)

    def fully_scored(self) -> Self:
        return self.filter(reviews_given__gte=WANTED)

    def to_decide(self) -> Self:
        """In review, and everybody who should has scored."""
        return self.filter(status=ApplicationStatus.IN_REVIEW).fully_scored()

    def without_scores(self) -> Self:
        return self.filter(reviews_given=0)

    def awaiting_record(self, moment: datetime | None = None) -> Self:
        """The hour of the interview has come, and nobody has written down what came of it."""
        return self.filter(
            status=ApplicationStatus.INTERVIEW,
            interviews__status=InterviewStatus.ARRANGED,
            interviews__starts_at__lte=moment or clock.now(),
        )

    def of_unknown_employers(self) -> Self:
        """Still alive, and the employer is not settled: no place can be offered before it is."""
        return self.filter(OF_UNKNOWN, status__in=LIVE)

    def of_funded_employers(self) -> Self:
        """A fund pays for staff of their employer (B37): by the order of `payer_of`."""
        return self.filter(paid_from_a_fund())

    def with_answers_to_look_at(self) -> Self:
        """To be reviewed, and some answer to the conditions was no plain yes: we said that we would like to look at it."""
        return self.filter(pk__in=EligibilityAnswer.objects.to_look_at().values("application"), status__in=TO_REVIEW)

    def with_open_offer(self) -> Self:
        return self.filter(offers__status=OfferStatus.MADE)


@pghistory.track(exclude=["reviews_active", *scores.FIGURES, "top_scores"])  # the history of reviews tells these
class Application(Works, WithReason):
    """One person's application for one cohort. `parts_done` names the parts that the applicant has marked complete."""

    retention = "Without a place, and drafts: as the provider says (12 and 3 months are proposed). Successful: with the enrolment."

    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="applications")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="applications")
    reference = DrawnField(max_length=12, unique=True, editable=False)
    status = models.CharField(max_length=20, choices=ApplicationStatus, default=ApplicationStatus.DRAFT, editable=False)
    started_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    parts_done = models.JSONField(default=list, editable=False)

    full_name = NameField(max_length=150, blank=True)
    phone = TelephoneField("telephone", max_length=30, blank=True)
    job_title = NameField(max_length=150, blank=True)
    grade = NameField("grade, band or level, or equivalent", max_length=120, blank=True, help_text="In your own words.")
    education = NameField(max_length=300, blank=True)
    employer = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    employer_name = NameField("name of the employer, if not listed", max_length=200, blank=True)
    manager_name = NameField("line manager's name", max_length=150, blank=True)
    manager_email = AddressField("line manager's email address", blank=True)
    manager_job_title = NameField("line manager's job title", max_length=150, blank=True)
    support_route = models.CharField(max_length=20, choices=SupportRoute, blank=True)
    nominator_name = NameField(max_length=150, blank=True)
    nominator_email = AddressField(blank=True)
    told_on = DayField("told the employer on", within=PAST, null=True, blank=True)
    cv = models.ForeignKey("files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    fee_agreement = models.OneToOneField(
        FeeAgreement, null=True, blank=True, on_delete=models.PROTECT, related_name="application"
    )
    enrolment = models.OneToOneField(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="application", editable=False
    )
    notice_acknowledged_at = models.DateTimeField(null=True, blank=True, editable=False)

    # From then on staff who decide fill it in for the applicant, who applies on paper or asked for it.
    helped_at = models.DateTimeField(null=True, blank=True, editable=False)
    helped_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    # First come, first served. The database gives the number, under the lock of the cohort's row, and it stays.
    number = models.PositiveIntegerField("number in the order of submission", null=True, editable=False)
    held_until = models.DateTimeField(
        null=True, editable=False, help_text="A place is held until then, although something is still to be settled."
    )
    passed_on_at = models.DateTimeField(
        null=True, editable=False, help_text="When a place that was held passed to the next in order."
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Written by the database alone (`Review`): assessors who have it or have scored it, and what their totals come to.
    reviews_active = models.PositiveSmallIntegerField(default=0, editable=False)
    reviews_given = models.PositiveSmallIntegerField(default=0, editable=False)
    mean_total = models.FloatField(null=True, editable=False)
    lowest_total = models.PositiveSmallIntegerField(null=True, editable=False)
    highest_total = models.PositiveSmallIntegerField(null=True, editable=False)
    top_scores = models.PositiveIntegerField(default=0, editable=False)

    #: Staff who apply see of themselves what every applicant sees: neither assessors nor scores, notes or place.
    # An assessor who has applied too steps back from what they were given.
    visibility = Scope(
        see=ApplicationPermission.SEE_APPLICATIONS,
        through="cohort",
        about="applicant",
        contest="cohort",
        also_for_rivals=ApplicationPermission.SCORE_APPLICATIONS,
    )
    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ("-submitted_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=["applicant", "cohort"], name="one_application_for_a_cohort"),
            models.UniqueConstraint(fields=["cohort", "number"], name="a_number_once"),
            models.CheckConstraint(
                condition=Q(held_until=None, passed_on_at=None) | Q(number__isnull=False), name="held_by_number"
            ),
            models.CheckConstraint(
                condition=Q(held_until=None) | Q(status__in=[ApplicationStatus.SUBMITTED, ApplicationStatus.WAITING]),
                name="held_before_a_place",
            ),
            models.CheckConstraint(
                condition=Q(status=ApplicationStatus.DRAFT, submitted_at=None)
                | (~Q(status=ApplicationStatus.DRAFT) & Q(submitted_at__isnull=False)),
                name="application_submission_dated",
            ),
            # Withdrawing leaves standing what was decided before. Where the order of submission decides, nobody does.
            models.CheckConstraint(
                condition=(
                    Q(status__in=DECIDED, decided_at__isnull=False)
                    & (Q(decided_by__isnull=False) | Q(number__isnull=False))
                )
                | Q(status=ApplicationStatus.WITHDRAWN)
                | (~Q(status__in=(*DECIDED, ApplicationStatus.WITHDRAWN)) & Q(decided_at=None, decided_by=None)),
                name="application_decision_paired",
            ),
            models.CheckConstraint(
                condition=Q(helped_at=None, helped_by=None) | Q(helped_at__isnull=False, helped_by__isnull=False),
                name="application_help_paired",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.TURNED_DOWN)
                | ~Q(reason="") & ~Q(reason_meaning="") & ~Q(reason_words=""),
                name="turned_down_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.ACCEPTED) | Q(enrolment__isnull=False),
                name="accepted_has_enrolment",
            ),
        ]
        # The list of one cohort, with a filter or without; the list of all, in the order in which it opens; the ranking.
        indexes = [
            models.Index(fields=["cohort", "status", "-submitted_at"]),
            models.Index(fields=["-submitted_at", "-id"], name="application_newest_first"),
            models.Index("cohort", BY_MEAN, F("top_scores").desc(), "submitted_at", "id", name="application_ranking"),
            models.Index(fields=["cohort"], condition=Q(held_until__isnull=False), name="application_place_held"),
        ]
        triggers = [
            *APPLICATION.triggers(),
            # Whoever submits keeps the rules of that moment: the first of a cohort freezes them, and the cohort stays with them.
            pgtrigger.Trigger(
                name="keeps_the_rules",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("submitted_at"),
                condition=pgtrigger.Q(new__submitted_at__isnull=False),
                func="""
                    UPDATE cohorts_cohort SET admission_began_at = now()
                     WHERE id = NEW.cohort_id AND admission_began_at IS NULL;
                    IF FOUND THEN
                        UPDATE cohorts_ruleset SET frozen_at = now() WHERE frozen_at IS NULL
                           AND id = (SELECT rule_set_id FROM cohorts_cohort WHERE id = NEW.cohort_id);
                    END IF;
                    RETURN NULL;
                """,
            ),
            # First come, first served: the cohort's row is locked from here to the end of the transaction, so that numbers follow
            # the order in which people's submissions are there. Nobody changes one; a draft has none.
            pgtrigger.Trigger(
                name="numbered_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("had", "integer"), ("chosen", "text")],
                func=f"""
                    IF TG_OP = 'UPDATE' THEN
                        had := OLD.number;
                    END IF;
                    IF NEW.status NOT IN ('submitted', 'waiting') THEN
                        NEW.held_until := NULL;
                        NEW.passed_on_at := NULL;
                    END IF;
                    IF NEW.submitted_at IS NULL THEN
                        NEW.number := NULL;
                    ELSIF had IS NULL AND (TG_OP = 'INSERT' OR OLD.submitted_at IS NULL) THEN
                        SELECT r.selection INTO chosen FROM cohorts_cohort c JOIN cohorts_ruleset r ON r.id = c.rule_set_id
                         WHERE c.id = NEW.cohort_id;
                        NEW.number := NULL;
                        IF chosen IN ({ways_in_sql(is_numbered=True)}) THEN
                            UPDATE cohorts_cohort SET numbered = numbered + 1 WHERE id = NEW.cohort_id
                                RETURNING numbered INTO NEW.number;
                        END IF;
                    ELSIF NEW.number IS DISTINCT FROM had THEN
                        RAISE EXCEPTION 'A number in the order of submission stays.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            MoveGuard(
                name="places_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status=ApplicationStatus.OFFERED.value, new__number__isnull=False)
                & ~pgtrigger.Q(old__status=ApplicationStatus.OFFERED.value)
                & pgtrigger.Q(old__held_until__isnull=True),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM applications_application a
                         WHERE a.cohort_id = NEW.cohort_id AND a.status IN ('submitted', 'waiting')
                           AND a.number < NEW.number AND a.held_until IS NULL AND a.passed_on_at IS NULL
                    ) THEN
                        RAISE EXCEPTION 'Places go in the order of submission.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # The other half of “assessor_is_impartial”: the employer is settled after assessors were assigned.
            pgtrigger.Trigger(
                name="employer_keeps_assessors_impartial",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("employer_id"),
                func="""
                    IF NEW.employer_id IS NOT NULL AND EXISTS (
                        SELECT 1 FROM applications_review r
                        JOIN accounts_user u ON u.id = r.assessor_id
                        JOIN cohorts_cohort c ON c.id = NEW.cohort_id
                        JOIN cohorts_programme p ON p.id = c.programme_id
                        WHERE r.application_id = NEW.id AND r.status NOT IN ('stepped_back', 'removed')
                          AND organisations_related(u.organisation_id, NEW.employer_id, p.reach)
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
    def own_window(self) -> Window:
        """The window as it is for the applicant, who may have been given more time than everybody else."""
        if "late_until" not in self.__dict__:
            entries = LateEntry.objects.of(self.applicant).filter(window__cohort=self.cohort_id)
            self.late_until = entries.aggregate(latest=Max("until"))["latest"]
        return self.cohort.window.closing_at(self.late_until)

    @property
    def figures(self) -> scores.Figures:
        return scores.Figures(*(getattr(self, name) for name in scores.FIGURES))

    @property
    def message_facts(self) -> dict[str, str]:
        """What emails about the application say of it."""
        programme = self.cohort.programme
        known = " or ".join(filter(None, (programme.contact_email, programme.contact_phone)))
        return {
            "programme": programme.name,
            "cohort": self.cohort.name,
            "reference": self.reference,
            "applicant": self.full_name or str(self.applicant),
            "link": address("applications:application", self.pk),
            "contact": f"If you have a question, contact {known or 'us'}.",
        }
