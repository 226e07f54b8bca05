"""Questions about programmes, cohorts, enrolments, sessions and days, with names from the domain.

Imports nothing but statuses, so that models can use these QuerySets as managers."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce

from cohorts.states import COHORT_PUBLIC, HOLDS_A_PLACE, EnrolmentStatus, Mark
from steppingup.accounts.actors import providers_with
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission, roles_with
from steppingup.accounts.scope import ScopedQuerySet

if TYPE_CHECKING:
    from cohorts.models import Cohort, DayEntry, Enrolment, Partner, Programme, Session

NO_DAYS = Value(Decimal(0), output_field=models.DecimalField(max_digits=6, decimal_places=2))


class ProgrammeQuerySet(ScopedQuerySet["Programme"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def with_public_cohorts(self) -> Self:
        """Adds the list `public_cohorts`: what visitors may see, the next to start first, with plans."""
        from cohorts.models import Cohort

        cohorts = Cohort.objects.filter(status__in=COHORT_PUBLIC).order_by("-starts_on")
        cohorts = cohorts.select_related("plan").prefetch_related("plan__components")
        return self.prefetch_related(models.Prefetch("cohorts", queryset=cohorts, to_attr="public_cohorts"))

    def for_staff(self, user: User, permission: Permission) -> Self:
        """Programmes of the providers at which the person holds the permission."""
        providers = providers_with(user, permission)
        return self if providers is None else self.filter(provider__in=providers)


class CohortQuerySet(ScopedQuerySet["Cohort"]):
    def public(self) -> Self:
        return self.filter(status__in=COHORT_PUBLIC, programme__is_published=True)

    def for_staff(self, user: User, permission: Permission) -> Self:
        """Cohorts for which the person holds the permission: by provider, or named for this cohort only."""
        if providers_with(user, permission) is None:
            return self
        held = user.role_assignments.current().filter(role__in=roles_with(permission))
        limits = self.model.limited_roles.through.objects.filter(roleassignment__in=held)
        whole = held.exclude(pk__in=limits.values("roleassignment"))
        return self.filter(
            Q(programme__provider__in=whole.values("provider"))
            | Exists(limits.filter(cohort=OuterRef("pk"), roleassignment__provider=OuterRef("programme__provider")))
        )


class PartnerQuerySet(models.QuerySet["Partner"]):
    def listed(self) -> Self:
        return self.filter(is_listed=True).select_related("organisation")


class EnrolmentQuerySet(ScopedQuerySet["Enrolment"]):
    def holding_a_place(self) -> Self:
        return self.filter(status__in=HOLDS_A_PLACE)

    def of_participant(self, user: User) -> Self:
        return self.filter(participant=user)

    def managed_by(self, user: User) -> Self:
        """Only the people whose line manager this person is (B31)."""
        return self.filter(line_manager=user)

    def for_staff(self, user: User, permission: Permission) -> Self:
        from cohorts.models import Cohort

        return self.filter(cohort__in=Cohort.objects.for_staff(user, permission))

    def behind(self) -> Self:
        """Who is on the programme and has missed sessions of a day or more altogether, by the registers."""
        from cohorts.models import Attendance

        days = models.F("session__days")
        worth = models.Case(
            models.When(mark__in=(Mark.ABSENT, Mark.EXCUSED), then=days),
            models.When(mark=Mark.PART, then=days / 2),
            default=NO_DAYS,
            output_field=NO_DAYS.output_field,
        )
        missed = (
            Attendance.objects.filter(enrolment=OuterRef("pk"), session__cancelled_at=None)
            .order_by()
            .values("enrolment")
            .annotate(days=Sum(worth))
        )
        return self.filter(status=EnrolmentStatus.ENROLLED).filter(Exists(missed.filter(days__gte=1)))

    def with_days_done(self) -> Self:
        """Adds `days_done`: the sum over the ledger, in days."""
        from cohorts.models import DayEntry

        done = DayEntry.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment").annotate(s=Sum("days"))
        return self.annotate(days_done=Coalesce(models.Subquery(done.values("s")), NO_DAYS))


class CohortSessionQuerySet(models.QuerySet["Session"]):
    def going_ahead(self) -> Self:
        return self.filter(cancelled_at=None)

    def after(self, moment: datetime) -> Self:
        return self.filter(ends_at__gt=moment)

    def for_enrolment(self, enrolment: "Enrolment") -> Self:
        """The cohort's sessions and those of the participant's own peer group."""
        return self.filter(cohort=enrolment.cohort_id).filter(
            Q(peer_group=None) | Q(peer_group=enrolment.peer_group_id)
        )


class DayEntryQuerySet(models.QuerySet["DayEntry"]):
    def standing(self) -> Self:
        """Entries that were not reversed, without the reversals themselves."""
        return self.filter(reverses=None, reversed_by=None)
