"""Sessions of a cohort and the register."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Self

import pghistory
import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Cast, JSONObject
from django.db.models.lookups import IsNull
from django.utils import timezone

from cohorts.models.cohort import Cohort, PeerGroup
from cohorts.models.enrolment import Enrolment, still_there
from cohorts.models.membership import DayOf, Membership, MembershipQuerySet
from cohorts.models.pausing import Pause
from cohorts.models.plan import Component
from cohorts.states import JOINT_OPEN, JointStatus, Mark
from cohorts.states.registers import Given
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.formats import english
from steppingup.formats.date_fields import MomentField
from steppingup.formats.fields import NameField
from steppingup.history.sequences import sequence_rises

MOST_NIGHTS = 14
#: What letters say of a date that nobody is sure of.
UNSURE = "This date is not confirmed yet. Please keep it free all the same."


def _paused(day: Any) -> Exists:
    """Is the enrolment of a membership on a pause on this day?"""
    return Exists(Pause.objects.on(day).filter(enrolment=OuterRef("enrolment")))


def _due(memberships: MembershipQuerySet) -> MembershipQuerySet:
    """Those of the memberships by which somebody is due at the session of the outer query: as of its day, of its cohort and
    in its group, as long as they took part and were on no pause."""
    there = still_there(OuterRef("starts_at"), "enrolment__")
    group = Q(peer_group=OuterRef("peer_group")) | Q(IsNull(OuterRef("peer_group"), True))
    found = memberships.on(DayOf(OuterRef("starts_at"))).filter(group, there, cohort=OuterRef("cohort"))
    return found.filter(~_paused(DayOf(OuterRef(OuterRef("starts_at")))))


class CohortSessionQuerySet(ScopedQuerySet["Session"]):
    def going_ahead(self) -> Self:
        return self.filter(cancelled_at=None)

    def after(self, moment: datetime) -> Self:
        return self.filter(ends_at__gt=moment)

    def without_a_register(self) -> Self:
        """Those that have begun, for which somebody was due, and whose register was not taken yet."""
        begun = self.going_ahead().filter(starts_at__lte=clock.now(), attendances=None)
        return begun.filter(Exists(_due(Membership.objects.all())))

    def for_enrolment(self, enrolment: Enrolment) -> Self:
        """The sessions that this participant was or is due at: the cohort's, and those of the peer group that they belong to
        on the day, between joining and leaving. Wherever they are marked belongs to them too."""
        return self.for_enrolments([enrolment.pk])

    def for_enrolments(self, enrolments: Any) -> Self:
        """The same for any of several."""
        memberships = Membership.objects.filter(enrolment__in=enrolments)
        marked = Attendance.objects.filter(session=OuterRef("pk"), enrolment__in=enrolments)
        own = self.filter(cohort__in=memberships.values("cohort"))
        return own.filter(Q(Exists(_due(memberships))) | Q(Exists(marked)))

    def with_those_there(self, enrolments: Any) -> Self:
        """Adds `due` and `marked`: the keys of those of the enrolments that are due at each, and of those in its register."""
        due = _due(Membership.objects.filter(enrolment__in=enrolments)).order_by().values("enrolment")
        marked = Attendance.objects.filter(session=OuterRef("pk"), enrolment__in=enrolments).order_by()
        return self.annotate(due=ArraySubquery(due), marked=ArraySubquery(marked.values("enrolment")))

    def with_parts(self) -> Self:
        """Adds what `shares` reads, so that it asks nothing for each session."""
        further = SessionPart.objects.filter(session=OuterRef("pk")).order_by("component__order", "pk")
        pairs = JSONObject(component="component", days=Cast("days", models.TextField()))
        return self.annotate(further=ArraySubquery(further.values_list(pairs, flat=True)))

    def of_part(self, component: Any) -> Self:
        """Those that count for a component, alone or beside another."""
        further = SessionPart.objects.filter(session=OuterRef("pk"), component=component)
        return self.filter(Q(component=component) | Exists(further))

    def asking(self) -> Self:
        """Those for which people are asked what they need: for the night, and for meals and access."""
        return self.filter(Q(nights__gt=0) | Q(asks_needs=True))

    def on_a_joint_day(self) -> Self:
        """Those to which another cohort was invited that may come, and those that follow another cohort's."""
        guests = Q(invitations__status__in=JOINT_OPEN)
        return self.filter(
            pk__in=type(self)(Session).filter(guests | Q(joined_by__status=JointStatus.ACCEPTED)).values("pk")
        )

    def to_ask(self, by: date) -> Self:
        """Those of them until this day for which nobody has been asked yet."""
        coming = self.going_ahead().asking().filter(starts_at__gt=clock.now(), needs_asked_at=None)
        return coming.filter(starts_at__date__lte=by)

    def for_steps(self) -> Self:
        return self.select_related(
            "component", "peer_group", "cohort__programme__provider", "cohort__plan",
            "joined_by__host_session__cohort__programme__provider",
        )  # fmt: skip


class Share(NamedTuple):
    """What a session counts for one component."""

    component_id: int
    days: Decimal


#: What a session counts for all its parts together is at most a day. Whoever adds a part holds the session meanwhile.
WHOLE = """
    PERFORM 1 FROM cohorts_session WHERE id = {session} FOR NO KEY UPDATE;
    IF {own} + COALESCE((SELECT sum(days) FROM cohorts_sessionpart WHERE session_id = {session} AND id <> {but}), 0)
       > 1 + 0.0001 THEN
        RAISE EXCEPTION 'A session counts at most one day.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Session(models.Model):
    """A meeting of the cohort, or of one peer group, that counts so many days of a component, and perhaps of further ones: a
    learning set on the second day of a module."""

    retention = "Holds no personal data; kept with its cohort."

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="sessions")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="sessions")
    peer_group = models.ForeignKey(PeerGroup, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions")
    title = NameField(max_length=150)
    starts_at = MomentField()
    ends_at = MomentField()
    days = models.DecimalField(
        max_digits=8, decimal_places=6, help_text="Days it counts for: 1, or a part such as 0.5."
    )
    venue = NameField(max_length=200, blank=True)
    online_link = models.URLField(blank=True)
    what_to_bring = models.TextField(blank=True)
    # N7: whoever stays the night is asked, and everybody is asked for diet and access, where one of the two is said.
    nights = models.PositiveSmallIntegerField(
        "nights after it",
        default=0,
        help_text="How many nights people can stay, from this day on. For two days with a night between them, 1 on the first.",
    )
    lodging = NameField("where people stay", max_length=200, blank=True, help_text="If it is not where they meet.")
    check_in = NameField(max_length=60, blank=True, help_text="Such as “from 3pm”.")
    check_out = NameField(max_length=60, blank=True, help_text="Such as “by 10am”.")
    asks_needs = models.BooleanField(
        "ask what people need to eat and to take part",
        default=False,
        help_text="For a day with meals. Where people can stay the night, they are asked anyway.",
    )
    needs_by = models.DateField("to be confirmed by", null=True, blank=True, editable=False)
    needs_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    open_to_managers = models.BooleanField(
        "line managers are welcome", default=False, help_text="Such as presentations. You invite them with a button."
    )
    managers_invited_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    to_be_confirmed = models.BooleanField(
        default=False,
        help_text="The date stands in calendars as “to be confirmed”. Everybody is told once you confirm it.",
    )
    seats = models.PositiveSmallIntegerField(
        "people the room holds", null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # Why it was last moved or cancelled, where that was said: people read it.
    changed_because = NameField("why it changed", max_length=300, blank=True, editable=False)
    # Counted by the database, for calendars of others: which of two versions is the later.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    visibility = Scope(through="cohort")
    objects = CohortSessionQuerySet.as_manager()

    class Meta:
        ordering = ("starts_at", "pk")
        # Not a constraint: a session of before that counts more stays as it is, and cannot be marked.
        triggers = [
            sequence_rises(
                *("title", "starts_at", "ends_at", "days", "venue", "online_link", "what_to_bring", "cancelled_at"),
                *("nights", "lodging", "check_in", "check_out", "to_be_confirmed"),
            ),
            pgtrigger.Trigger(
                name="at_most_a_day",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("days"),
                condition=pgtrigger.Q(new__days__gt=1),
                func="RAISE EXCEPTION 'A session counts at most one day.' USING ERRCODE = 'check_violation';",
            ),
            pgtrigger.Trigger(
                name="at_most_a_day_with_its_parts",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("days"),
                func=f"""
                    IF EXISTS (SELECT 1 FROM cohorts_sessionpart WHERE session_id = NEW.id) THEN
                        {WHOLE.format(session="NEW.id", own="NEW.days", but="0")}
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after",
                violation_error_message="A session must end after it starts. Check both times.",
            ),
            models.CheckConstraint(
                condition=Q(days__gt=0),
                name="session_counts_days",
                violation_error_message="A session must count as at least part of a day.",
            ),
            models.CheckConstraint(
                condition=Q(nights__lte=MOST_NIGHTS),
                name="session_nights",
                violation_error_message=f"At most {MOST_NIGHTS} nights can follow a session.",
            ),
            models.CheckConstraint(
                condition=Q(needs_asked_at=None) | Q(needs_by__isnull=False),
                name="session_needs_asked_by",
                violation_error_message="Say until when people are to confirm what they need.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    # Added by `with_parts()`.
    further: list[dict[str, Any]]

    @property
    def shares(self) -> list[Share]:
        """What it counts for each component, the main one first."""
        if "further" in self.__dict__:
            more = [Share(one["component"], Decimal(one["days"])) for one in self.further]
        else:
            more = [Share(one.component_id, one.days) for one in self.parts.all()]
        return [Share(self.component_id, self.days), *more]

    @property
    def whole(self) -> Decimal:
        """Days of all its components together."""
        return sum((share.days for share in self.shares), Decimal(0))

    @property
    def in_words(self) -> str:
        """“½ day of Modules and ½ day of Peer learning”: what it counts for."""
        own = f"{self.component.said(self.days)} of {self.component}"
        return english.listed([own, *(one.in_words for one in self.parts.all())])

    @property
    def asks(self) -> bool:
        """Are people asked what they need for it?"""
        return bool(self.nights or self.asks_needs)

    @property
    def over_on(self) -> date:
        """The day on which everybody has gone home."""
        return timezone.localdate(self.ends_at) + timedelta(days=self.nights)

    @property
    def night_in_words(self) -> str:
        """“1 night, from Monday 9 March 2020”."""
        return (
            f"{english.counted(self.nights, 'night')}, from {english.weekday_date(timezone.localdate(self.starts_at))}"
        )

    @property
    def staying_in_words(self) -> str:
        """“1 night, from Monday 9 March 2020, at the Lodge. Check in from 3pm, check out by 10am.” Empty without nights."""
        if not self.nights:
            return ""
        where = f", at {self.lodging}" if self.lodging else ""
        times = [
            f"check in {self.check_in}" if self.check_in else "",
            f"check out {self.check_out}" if self.check_out else "",
        ]
        when = ", ".join(filter(None, times))
        return f"{self.night_in_words}{where}." + (f" {when[:1].upper()}{when[1:]}." if when else "")

    @property
    def message_facts(self) -> dict[str, Any]:
        """What emails about the session say of it."""
        return {
            **self.cohort.message_facts,
            "session": self.title,
            "when": self.when_in_words,
            "unsure": UNSURE if self.is_unsure else "",
            "place": self.place,
            "bring": self.what_to_bring or "Just yourself.",
            "confirm_by": english.day_date(self.needs_by) if self.needs_by else "",
            "why": f"The reason: {self.changed_because}" if self.changed_because else "",
        }

    @property
    def is_unsure(self) -> bool:
        """Is its date still to be confirmed?"""
        return self.to_be_confirmed and self.cancelled_at is None

    @property
    def when_in_words(self) -> str:
        """“Wednesday 12 February 2020, 9:30am to 4:30pm (to be confirmed)”."""
        return f"{english.span(self.starts_at, self.ends_at)}{' (to be confirmed)' if self.is_unsure else ''}"

    @property
    def place(self) -> str:
        """“City Hall”, an address of the web, or that it is still to be announced."""
        return self.venue or self.online_link or "to be announced"


@pghistory.track()
class SessionPart(ScopedModel):
    """What a session counts for a further component, beside its own."""

    retention = "Holds no personal data; kept with its cohort."

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="parts")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="session_parts")
    days = models.DecimalField(max_digits=8, decimal_places=6)

    visibility = Scope(through="session")

    class Meta:
        verbose_name = "further part of a session"
        verbose_name_plural = "further parts of sessions"
        ordering = ("component__order", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "component"],
                name="session_part_once",
                violation_error_message="The session counts for this part already.",
            ),
            models.CheckConstraint(
                condition=Q(days__gt=0),
                name="session_part_counts_days",
                violation_error_message="A session must count as at least part of a day.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="at_most_a_day",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("days"),
                func=WHOLE.format(
                    session="NEW.session_id",
                    own="NEW.days + (SELECT days FROM cohorts_session WHERE id = NEW.session_id)",
                    but="COALESCE(NEW.id, 0)",
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.in_words}"

    @property
    def in_words(self) -> str:
        """“½ day of Peer learning”."""
        return f"{self.component.said(self.days)} of {self.component}"


@pghistory.track()
class Attendance(ScopedModel):
    """One person in the register of one session. Marking it posts days to the ledger."""

    retention = "With the enrolment: 6 years after the cohort ends."

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendances")
    mark = models.CharField(max_length=10, choices=Mark)
    # Half, where nothing is said.
    share = models.DecimalField("for how much of it", max_digits=3, decimal_places=2, null=True, blank=True)
    marked_at = models.DateTimeField(default=clock.now)
    marked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    visibility = Scope(through="session")

    class Meta:
        verbose_name_plural = "attendance"
        ordering = ("session", "enrolment")
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.participant}: {self.given.label}"

    @property
    def given(self) -> Given:
        return Given(self.mark, self.share)
