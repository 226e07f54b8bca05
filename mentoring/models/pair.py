"""Pairs of mentor and participant, the runs that proposed them, and their sessions."""

from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from cohorts.models import Cohort, Component, Enrolment, Placement
from cohorts.states import Counterpart, EnrolmentStatus
from mentoring.models.mentor import Mentor
from mentoring.permissions import MentoringPermission
from mentoring.states import PAIR, USES_CAPACITY, WAS_CONFIRMED, Mode, PairStatus
from steppingup import clock
from steppingup.accounts.models import Related, User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.history.guards import other_organisation, reach_of
from steppingup.history.lifecycle import frozen

LEAST_MINUTES, MOST_MINUTES = 5, 600
#: SQL: where the mentor comes from, as the part of the plan says. A pair that is for no part is held to what mentoring usually is.
RULE = "COALESCE((SELECT counterpart FROM cohorts_component WHERE id = NEW.component_id), 'another')"


#: Pairs whose mentor must be from another organisation: their part of the plan says so, or they are for none.
HELD_APART = Q(component=None) | Q(component__counterpart=Counterpart.ANOTHER)
#: What pages, steps and emails read of the two.
PEOPLE = (
    "mentor__user",
    "mentor__organisation",
    "mentor__programme",
    "enrolment__participant",
    "enrolment__employer",
    "enrolment__cohort__programme__provider",
    "component",
)


def near_employer(reach: Any) -> Q:
    """The mentor is of the participant's employer, or too near to it."""
    return Q(
        Related(F("mentor__organisation"), F("enrolment__employer"), F(reach) if isinstance(reach, str) else reach)
    )


def too_near(reach: Any) -> Q:
    """The mentor is too near to the employer or a host, where another organisation is asked for."""
    hosts = Placement.objects.filter(enrolment=OuterRef("enrolment"))
    ours = OuterRef("mentor__organisation")
    outer = OuterRef(reach) if isinstance(reach, str) else reach
    near_host = Q(Exists(hosts.filter(Q(Related(ours, F("host"), outer)))))
    return HELD_APART & (near_employer(reach) | near_host)


class PairQuerySet(ScopedQuerySet["Pair"]):
    def open(self) -> Self:
        """Proposed or confirmed."""
        return self.filter(status__in=USES_CAPACITY)

    def proposed(self) -> Self:
        return self.filter(status=PairStatus.PROPOSED)

    def confirmed(self) -> Self:
        return self.filter(status=PairStatus.CONFIRMED)

    def came_to_their_end(self) -> Self:
        """Over, as it was planned: not broken off."""
        return self.filter(status=PairStatus.ENDED, as_planned=True)

    def known_to_both(self) -> Self:
        """Confirmed at some time: mentor and participant were told."""
        return self.filter(status__in=WAS_CONFIRMED)

    def of_mentor(self, user: User) -> Self:
        """What a mentor may see: the people they mentor or mentored, never a proposal."""
        return self.known_to_both().filter(mentor__user=user)

    def of_participant(self, user: User) -> Self:
        return self.known_to_both().filter(enrolment__participant=user)

    def with_people(self) -> Self:
        return self.select_related(*PEOPLE)

    for_steps = with_people

    def with_sessions(self) -> Self:
        """Adds `minutes_met` and the list `sessions_held`, without those that were removed."""
        held = MentoringSession.objects.standing()
        total = held.filter(pair=OuterRef("pk")).order_by().values("pair").annotate(total=Sum("minutes"))
        minutes = Coalesce(Subquery(total.values("total")), Value(0), output_field=models.IntegerField())
        listed = Prefetch("sessions", held.select_related("recorded_by"), to_attr="sessions_held")
        return self.annotate(minutes_met=minutes).prefetch_related(listed)

    def no_longer_allowed(self) -> Self:
        """Open pairs whose mentor is not any more from where the part of the plan says, because an organisation was joined to
        another, or the participant has moved, after they were paired (B13)."""
        elsewhere = ~near_employer("enrolment__cohort__programme__reach") | Q(enrolment__employer=None)
        own = Q(component__counterpart=Counterpart.OWN) & elsewhere
        return self.open().filter(too_near("enrolment__cohort__programme__reach") | own)


class MentoringSessionQuerySet(ScopedQuerySet["MentoringSession"]):
    def standing(self) -> Self:
        """Those that were not removed."""
        return self.filter(removed_at=None)

    def for_steps(self) -> Self:
        return self.select_related(*(f"pair__{name}" for name in PEOPLE))


class MatchRun(ScopedModel):
    """One calculation of an optimal assignment for a cohort."""

    retention = "With its pairs."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="match_runs")
    started_at = models.DateTimeField(default=clock.now)
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField("points", max_digits=8, decimal_places=2, null=True, blank=True)
    unmatched = models.JSONField(default=list, help_text="Participants without a mentor, each with the reason.")

    visibility = Scope(see=MentoringPermission.RUN_MENTORING, through="cohort")

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"Matching of {self.cohort}"


@pghistory.track()
class Pair(models.Model):
    """A mentor and a participant, for a part of the plan that says which organisation the mentor comes from: enforced here and by
    the matcher (B13, B48)."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="mentoring_pairs")
    # None where the plan has no part that is recorded by pairs: then only minutes are kept.
    component = models.ForeignKey(
        Component,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mentoring_pairs",
        verbose_name="part of the plan",
    )
    mentor = models.ForeignKey(Mentor, on_delete=models.PROTECT, related_name="pairs")
    # A run may be thrown away; the pairs that came of it are people who meet.
    run = models.ForeignKey(MatchRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="pairs")
    status = models.CharField(max_length=20, choices=PairStatus, default=PairStatus.PROPOSED, editable=False)
    score = models.DecimalField("points", max_digits=6, decimal_places=2, null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why these two, in a sentence.")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    end_reason = models.TextField(blank=True, editable=False)
    # Whoever was a mentor to the end is invited to the graduation.
    as_planned = models.BooleanField("came to its end as planned", default=False, editable=False)

    visibility = Scope(see=MentoringPermission.RUN_MENTORING, through="enrolment")
    objects = PairQuerySet.as_manager()

    # Added by `with_sessions()`.
    sessions_held: "list[MentoringSession]"
    minutes_met: int
    met_in_words: str  # where a page says it

    class Meta:
        ordering = ("enrolment__participant__full_name",)
        constraints = [
            # A proposal counts too: confirming it must not find that somebody else was confirmed meanwhile.
            models.UniqueConstraint(
                fields=["enrolment", "component"],
                condition=Q(status__in=USES_CAPACITY),
                name="one_mentor_at_a_time",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="pair_confirmation_paired",
            ),
            models.CheckConstraint(
                condition=Q(status__in=WAS_CONFIRMED, confirmed_at__isnull=False)
                | (~Q(status__in=WAS_CONFIRMED) & Q(confirmed_at=None)),
                name="pair_confirmed_has_time",
            ),
            models.CheckConstraint(
                # Nobody in particular ends it when a participant is withdrawn by the system.
                condition=(Q(status=PairStatus.ENDED, ended_at__isnull=False) & ~Q(end_reason=""))
                | (~Q(status=PairStatus.ENDED) & Q(ended_at=None, ended_by=None, end_reason="")),
                name="pair_ended_has_time_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(as_planned=False) | Q(status=PairStatus.ENDED), name="pair_ended_as_planned_ended"
            ),
        ]
        triggers = [
            *PAIR.triggers(),
            other_organisation(
                "mentor_is_from_another_organisation",
                "SELECT organisation_id FROM mentoring_mentor WHERE id = NEW.mentor_id",
                "SELECT employer_id FROM cohorts_enrolment WHERE id = NEW.enrolment_id",
                reach_of("NEW.enrolment_id"),
                "The mentor must be from another organisation.",
                condition=pgtrigger.Q(new__status__in=list(USES_CAPACITY)),
                rule=RULE,
                own="The mentor must be from their own organisation.",
            ),
            pgtrigger.Trigger(
                name="mentor_is_not_of_the_host",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__status__in=list(USES_CAPACITY)),
                func=f"""
                    IF ({RULE}) = 'another' AND EXISTS (
                        SELECT 1 FROM cohorts_placement h JOIN mentoring_mentor m ON m.id = NEW.mentor_id
                        WHERE h.enrolment_id = NEW.enrolment_id
                          AND organisations_related(m.organisation_id, h.host_id, ({reach_of("NEW.enrolment_id")}))
                    ) THEN
                        RAISE EXCEPTION 'The mentor must be from another organisation than the host.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Counted again by PostgreSQL: two cohorts of a programme share its mentors, whatever locks the actions take.
            pgtrigger.Trigger(
                name="mentor_has_a_place",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    PERFORM 1 FROM mentoring_mentor WHERE id = NEW.mentor_id FOR NO KEY UPDATE;
                    IF (SELECT m.programme_id FROM mentoring_mentor m WHERE m.id = NEW.mentor_id) <>
                       (SELECT c.programme_id FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id
                        WHERE e.id = NEW.enrolment_id) THEN
                        RAISE EXCEPTION 'The mentor is of another programme.' USING ERRCODE = 'check_violation';
                    END IF;
                    IF (SELECT count(*) FROM mentoring_pair p JOIN cohorts_enrolment e ON e.id = p.enrolment_id
                        WHERE p.mentor_id = NEW.mentor_id AND e.status = '{EnrolmentStatus.ENROLLED}'
                          AND p.status IN ({", ".join(f"'{status}'" for status in USES_CAPACITY)}))
                       >= (SELECT capacity FROM mentoring_mentor WHERE id = NEW.mentor_id) THEN
                        RAISE EXCEPTION 'The mentor has no free place.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mentor.called} and {self.enrolment.participant}"

    @property
    def message_facts(self) -> dict[str, str]:
        """What emails about the two say of them."""
        enrolment, mentor = self.enrolment, self.mentor
        return {
            **enrolment.message_facts,
            "mentor": mentor.called,
            "mentor_work": ", ".join(filter(None, (mentor.job_title, str(mentor.organisation)))),
            "mentor_email": mentor.address,
            "participant_work": ", ".join(filter(None, (enrolment.job_title, enrolment.works_as))),
            "participant_email": enrolment.participant.email,
        }

    def is_of(self, person: Any) -> bool:
        """Is this person the mentor or the participant?"""
        return person.pk is not None and person.pk in (self.mentor.user_id, self.enrolment.participant_id)


class MentoringSession(models.Model):
    """A meeting of a pair, in minutes; recording it posts days to the ledger (B14)."""

    retention = "With the enrolment: 6 years after the cohort ends. Holds no notes of what was said."

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="sessions")
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=20, choices=Mode)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now, editable=False)
    # What one shown form brings with it, so that a second click on its button records nothing more.
    submission = models.UUIDField(null=True, unique=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)

    visibility = Scope(see=MentoringPermission.RUN_MENTORING, through="pair")
    objects = MentoringSessionQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=LEAST_MINUTES, minutes__lte=MOST_MINUTES), name="mentoring_session_minutes"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="mentoring_session_removal_paired",
            ),
        ]
        triggers = [frozen("pair", "on", "minutes", "mode", "recorded_by", "recorded_at")]

    def __str__(self) -> str:
        return f"{self.minutes} minutes on {self.on}"
