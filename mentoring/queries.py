"""Questions about mentors, pairs and sessions.

Imports nothing but statuses, so that models can use these QuerySets as managers."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from cohorts.models import Cohort, Enrolment
from cohorts.states import EnrolmentStatus
from mentoring.states import USES_CAPACITY, WAS_CONFIRMED, PairStatus
from steppingup.accounts.models import User
from steppingup.accounts.scope import ScopedQuerySet

if TYPE_CHECKING:
    from mentoring.models import Mentor, MentoringSession, Pair

NOTHING = Value(0)


class MentorQuerySet(models.QuerySet["Mentor"]):
    def with_places(self) -> Self:
        """Adds `places_used` (open pairs with people who are still on the programme) and `places_free`."""
        used = Count(
            "pairs",
            filter=Q(pairs__status__in=USES_CAPACITY, pairs__enrolment__status=EnrolmentStatus.ENROLLED),
            distinct=True,
        )
        free = Greatest(F("capacity") - F("places_used"), NOTHING, output_field=models.IntegerField())
        return self.annotate(places_used=used).annotate(places_free=free)

    def of_person(self, user: User) -> Self:
        return self.filter(user=user)


class PairQuerySet(ScopedQuerySet["Pair"]):
    def open(self) -> Self:
        """Proposed or confirmed."""
        return self.filter(status__in=USES_CAPACITY)

    def proposed(self) -> Self:
        return self.filter(status=PairStatus.PROPOSED)

    def confirmed(self) -> Self:
        return self.filter(status=PairStatus.CONFIRMED)

    def known_to_both(self) -> Self:
        """Confirmed at some time: mentor and participant were told."""
        return self.filter(status__in=WAS_CONFIRMED)

    def of_mentor(self, user: User) -> Self:
        """What a mentor may see: the people they mentor or mentored, never a proposal."""
        return self.known_to_both().filter(mentor__user=user)

    def of_participant(self, user: User) -> Self:
        return self.known_to_both().filter(enrolment__participant=user)

    def for_steps(self) -> Self:
        return self.with_people()

    def with_people(self) -> Self:
        return self.select_related(
            "mentor__user",
            "mentor__organisation",
            "mentor__programme",
            "enrolment__participant",
            "enrolment__employer",
            "enrolment__cohort__programme__provider",
        )

    def with_sessions(self) -> Self:
        """Adds `minutes_met` and the list `sessions_held`, without those that were removed."""
        from mentoring.models import MentoringSession

        held = MentoringSession.objects.standing()
        total = held.filter(pair=OuterRef("pk")).order_by().values("pair").annotate(total=Sum("minutes"))
        minutes = Coalesce(Subquery(total.values("total")), NOTHING, output_field=models.IntegerField())
        listed = Prefetch("sessions", held.select_related("recorded_by"), to_attr="sessions_held")
        return self.annotate(minutes_met=minutes).prefetch_related(listed)

    def no_longer_allowed(self) -> Self:
        """Open pairs whose mentor is not from another organisation any more, because an organisation was joined to
        another after they were paired (B13)."""
        ours, theirs = "mentor__organisation", "enrolment__employer"
        return self.open().filter(
            Q(**{ours: F(theirs)}) | Q(**{f"{ours}__parent": F(theirs)}) | Q(**{f"{theirs}__parent": F(ours)})
        )


class SessionQuerySet(models.QuerySet["MentoringSession"]):
    def standing(self) -> Self:
        """Those that were not removed."""
        return self.filter(removed_at=None)


def without_a_mentor(cohort: Cohort) -> models.QuerySet[Enrolment]:
    """Participants of a cohort who are on the programme and have neither a mentor nor a proposal."""
    from mentoring.models import Pair

    paired = Pair.objects.open().filter(enrolment=OuterRef("pk"))
    here = Enrolment.objects.filter(cohort=cohort, status=EnrolmentStatus.ENROLLED)
    return here.filter(~models.Exists(paired))
