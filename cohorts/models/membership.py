"""What a place belonged to, from which day until when: the cohort, the peer group, the employer
(or none, by how somebody works), the line manager.

The columns of the same names on the enrolment are those of today, for lists and joins; what happened is read here, as of its
day. The database keeps the two in step (`membership_follows` on the enrolment), and days apart (no two rows of one enrolment
overlap). A day between two rows is one on which the person was not on the programme."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from cohorts.models.cohort import Cohort, PeerGroup
from cohorts.states import Standing
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.fields import AddressField, NameField
from steppingup.history.changes import Typed
from steppingup.history.guards import Follows

#: What a membership says; each is a column of the enrolment too.
BELONGS_TO = ("cohort", "peer_group", "standing", "employer", "line_manager", "manager_name", "manager_email")


class _Whole(Func):
    """A number as the range that holds it alone, so that GiST compares it without an extension of PostgreSQL."""

    function = "int8range"

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, expression, Value("[]"))


class _Days(Func):
    function = "daterange"
    output_field = DateRangeField()


class DayOf(Func):
    """The day of a moment, in London; unlike TruncDate also of a moment of the outer query."""

    template = "((%(expressions)s) AT TIME ZONE 'Europe/London')::date"
    output_field = models.DateField()


def covers(day: Any, prefix: str = "") -> Q:
    """The rows that hold on a day: a date, or an expression that gives one. `ends_on` is the first day without."""
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gt": day})
    )


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    def on(self, day: Any) -> Self:
        return self.filter(covers(day))

    def since(self, day: Any) -> Self:
        """Those that hold on this day or on a later one."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Membership(models.Model):
    """From `starts_on` until the day before `ends_on` (open while it lasts), one enrolment belonged to these."""

    retention = "With the enrolment: 6 years after the cohort ends."

    enrolment = models.ForeignKey("cohorts.Enrolment", on_delete=models.CASCADE, related_name="memberships")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    peer_group = models.ForeignKey(PeerGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    standing = models.CharField("how they work", max_length=20, choices=Standing, default=Standing.EMPLOYED)
    employer = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    line_manager = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # As it was given with the address, like the enrolment's.
    manager_name = NameField("line manager's name", max_length=150, blank=True)
    manager_email = AddressField("line manager's address", max_length=254, blank=True)
    starts_on = models.DateField("from")
    ends_on = models.DateField("until, without this day", null=True, blank=True)

    typed_names: ClassVar = {"line_manager": Typed("manager_name", "manager_email")}
    visibility = Scope(through="enrolment")
    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("enrolment", "starts_on")
        indexes = [models.Index(fields=["line_manager"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="membership_ends_after"
            ),
            ExclusionConstraint(
                name="membership_one_a_day",
                expressions=[
                    (_Whole(F("enrolment")), RangeOperators.OVERLAPS),
                    (_Days(F("starts_on"), F("ends_on")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        until = f" to {english.day_date(self.last_day)}" if self.last_day else ""
        return f"{self.enrolment}, from {english.day_date(self.starts_on)}{until}"

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def says(self) -> tuple[Any, ...]:
        """What it belongs to, to be compared."""
        manager = self.line_manager_id, self.manager_name, self.manager_email
        return self.cohort_id, self.peer_group_id, self.employer_id, self.standing, *manager

    @property
    def works_as(self) -> str:
        """Where they were from: “Harbour Housing”, “Self-employed”."""
        return Standing(self.standing).in_words(self.employer)

    @property
    def manager(self) -> str:
        """What the line manager was called here; empty where there was none."""
        return (self.manager_name or str(self.line_manager)) if self.line_manager else ""

    @property
    def last_day(self) -> date | None:
        return self.ends_on - timedelta(days=1) if self.ends_on else None


LONDON = "AT TIME ZONE 'Europe/London'"
#: For whoever writes the enrolment without the actions: its columns and the membership of today never disagree.
KEPT_IN_STEP = [
    Follows(
        name="membership_begins",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=f"""
            INSERT INTO cohorts_membership
                (enrolment_id, cohort_id, peer_group_id, standing, employer_id, line_manager_id, manager_name, manager_email,
                 starts_on)
            VALUES (NEW.id, NEW.cohort_id, NEW.peer_group_id, NEW.standing, NEW.employer_id, NEW.line_manager_id,
                    NEW.manager_name, NEW.manager_email, (NEW.enrolled_at {LONDON})::date);
            RETURN NULL;
        """,
    ),
    Follows(
        name="membership_follows",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange(*BELONGS_TO, "status", "enrolled_at", "withdrawn_at"),
        declare=[("last", "cohorts_membership%ROWTYPE"), ("today", "date")],
        func=f"""
            today := (now() {LONDON})::date;
            IF NEW.enrolled_at <> OLD.enrolled_at THEN
                UPDATE cohorts_membership SET starts_on = (NEW.enrolled_at {LONDON})::date
                WHERE enrolment_id = NEW.id AND starts_on = (OLD.enrolled_at {LONDON})::date;
            END IF;
            SELECT * INTO last FROM cohorts_membership WHERE enrolment_id = NEW.id ORDER BY starts_on DESC LIMIT 1;
            IF NEW.status = 'withdrawn' THEN
                -- The day of leaving is the last that belongs to the place.
                UPDATE cohorts_membership
                SET ends_on = GREATEST((NEW.withdrawn_at {LONDON})::date, last.starts_on) + 1
                WHERE id = last.id
                    AND ends_on IS DISTINCT FROM GREATEST((NEW.withdrawn_at {LONDON})::date, last.starts_on) + 1;
                RETURN NULL;
            END IF;
            IF OLD.status = 'withdrawn' AND last.ends_on IS NOT NULL THEN
                -- Leaving is undone: she was there all the time. Who comes back later gets a row before this.
                UPDATE cohorts_membership SET ends_on = NULL WHERE id = last.id;
            END IF;
            IF (last.cohort_id, last.peer_group_id, last.standing, last.employer_id, last.line_manager_id, last.manager_name,
                last.manager_email)
                IS DISTINCT FROM
                (NEW.cohort_id, NEW.peer_group_id, NEW.standing, NEW.employer_id, NEW.line_manager_id, NEW.manager_name,
                 NEW.manager_email) THEN
                IF last.starts_on >= today THEN
                    UPDATE cohorts_membership SET cohort_id = NEW.cohort_id, peer_group_id = NEW.peer_group_id,
                        standing = NEW.standing, employer_id = NEW.employer_id, line_manager_id = NEW.line_manager_id,
                        manager_name = NEW.manager_name, manager_email = NEW.manager_email WHERE id = last.id;
                ELSE
                    UPDATE cohorts_membership SET ends_on = today WHERE id = last.id;
                    INSERT INTO cohorts_membership
                        (enrolment_id, cohort_id, peer_group_id, standing, employer_id, line_manager_id, manager_name,
                         manager_email, starts_on)
                    VALUES (NEW.id, NEW.cohort_id, NEW.peer_group_id, NEW.standing, NEW.employer_id, NEW.line_manager_id,
                            NEW.manager_name, NEW.manager_email, today);
                END IF;
            END IF;
            RETURN NULL;
        """,
    ),
]
