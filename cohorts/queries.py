"""Questions about programmes, cohorts, enrolments and sessions that take more than one of their tables."""

from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from cohorts.models import (
    Attendance,
    Cohort,
    DayEntry,
    Enrolment,
    Membership,
    Pause,
    Programme,
    RegisterMark,
    RuleSet,
    Session,
)
from cohorts.models.enrolment import EnrolmentQuerySet, still_there
from cohorts.models.membership import DayOf
from cohorts.models.programme import ProgrammeQuerySet
from cohorts.models.session import CohortSessionQuerySet
from cohorts.states import COHORT_PUBLIC, CohortStatus, JointStatus, Mark
from cohorts.states.registers import HALF
from steppingup import clock
from steppingup.accounts.models import RoleAssignment, User
from steppingup.accounts.roles import Permission, roles_with
from steppingup.formats.english import listed

V = TypeVar("V", bound=Hashable)
NO_DAYS = Value(Decimal(0), output_field=models.DecimalField(max_digits=6, decimal_places=2))


def published_programmes() -> ProgrammeQuerySet:
    """What visitors may see, with the list `public_cohorts` of each, with plans: those to come, the next to start first, and
    then those that have started, the latest first."""
    has_started = models.Q(starts_on__lte=clock.today())
    coming = models.Case(models.When(has_started, then=None), default=F("starts_on"))
    order = (coming.asc(nulls_last=True), F("starts_on").desc(), "pk")
    cohorts = Cohort.objects.filter(status__in=COHORT_PUBLIC).order_by(*order)
    cohorts = cohorts.select_related("plan").prefetch_related("plan__components")
    found: Any = Programme.objects.published().select_related("provider")
    return found.prefetch_related(Prefetch("cohorts", queryset=cohorts, to_attr="public_cohorts"))


def rules_shown(programme: Programme, cohorts: Sequence[Cohort]) -> list[tuple[str, RuleSet]]:
    """The rules of each of these cohorts, with its name; where there is none, those that the next one will have."""
    if cohorts:
        found = RuleSet.objects.in_bulk({cohort.rule_set_id for cohort in cohorts})
        return [(cohort.name, found[cohort.rule_set_id]) for cohort in cohorts]
    usual = programme.rule_sets.usual()
    return [("", usual)] if usual else []


def once_each(rows: Iterable[tuple[str, V]]) -> list[tuple[V, str]]:
    """What several have to say, each once: with the names of those whose it is, where they do not all say the same."""
    found: dict[V, list[str]] = {}
    for name, said in rows:
        found.setdefault(said, []).append(name)
    return [(said, listed(names) if len(found) > 1 else "") for said, names in found.items()]


def staff_of(cohort: Cohort, permission: Permission) -> list[User]:
    """Everybody who holds the permission for this very cohort by a role; not those who merely may do everything."""
    held = (
        RoleAssignment.objects.current()
        .joined()
        .filter(role__in=roles_with(permission), provider=cohort.programme.provider_id, user__is_active=True)
    )
    # A role that names no cohort covers them all.
    named = held.filter(Q(cohorts=None) | Q(cohorts=cohort))
    return list(User.objects.filter(role_assignments__in=named).distinct().order_by("pk"))


def staff_of_programme(programme: Programme, permission: Permission) -> list[User]:
    """Everybody who holds the permission for all cohorts of the programme's provider by a role."""
    held = RoleAssignment.objects.current().joined().filter(provider=programme.provider_id, cohorts=None)
    named = held.filter(role__in=roles_with(permission), user__is_active=True)
    return list(User.objects.filter(role_assignments__in=named).distinct().order_by("pk"))


def behind(people: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """Who is on a programme that is under way, and has missed sessions of a day or more altogether, by the registers of the
    cohort that they are on: what they missed on one before is what they went to another for."""
    days = F("session__days")
    worth = models.Case(
        models.When(mark__in=(Mark.ABSENT, Mark.EXCUSED), then=days),
        models.When(mark=Mark.PART, then=days * (1 - Coalesce("share", Value(HALF)))),
        default=NO_DAYS,
        output_field=NO_DAYS.output_field,
    )
    # A mark for a day before joining, or between leaving and coming back, says nothing of the person.
    there = Membership.objects.filter(enrolment=OuterRef("enrolment")).on(DayOf(OuterRef("session__starts_at")))
    marks: Any = Attendance.objects.filter(
        Exists(there), enrolment=OuterRef("pk"), session__cohort=OuterRef("cohort"), session__cancelled_at=None
    ).order_by()
    missed = marks.values("enrolment").annotate(days=Sum(worth))
    here = people.on_the_programme().filter(cohort__status=CohortStatus.RUNNING)
    return here.filter(Exists(missed.filter(days__gte=1)))


def with_days_done(people: Any) -> Any:
    """Adds `days_done`: the sum over the ledger, in days."""
    done = DayEntry.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment").annotate(s=Sum("days"))
    return people.annotate(days_done=Coalesce(Subquery(done.values("s")), NO_DAYS))


def people_of(session: Session) -> list[Enrolment]:
    """Those who belong to this session as of its day, the cohort or the peer group, whatever they are now, without those who
    pause on it; and whoever is marked at it, so that each mark can be put right."""
    then = Membership.objects.on(timezone.localdate(session.starts_at)).filter(cohort=session.cohort_id)
    if session.peer_group_id:
        then = then.filter(peer_group=session.peer_group_id)
    paused = Pause.objects.on(timezone.localdate(session.starts_at)).filter(enrolment=OuterRef("pk"))
    due = Q(pk__in=then.values("enrolment")) & still_there(session.starts_at) & ~Exists(paused)
    marked = Q(pk__in=Attendance.objects.filter(session=session).values("enrolment"))
    return list(Enrolment.objects.filter(due | marked).for_steps())


def unconfirmed(sessions: CohortSessionQuerySet) -> CohortSessionQuerySet:
    """Those to come whose date is still to be confirmed, without those that follow another cohort’s on a joint day."""
    coming = sessions.going_ahead().after(clock.now()).filter(to_be_confirmed=True)
    return coming.exclude(joined_by__status=JointStatus.ACCEPTED)


def disputed(sessions: CohortSessionQuerySet) -> CohortSessionQuerySet:
    """Those in whose register two devices say different things of somebody, as `what_stands` has it: the last word of a device that
    does not stand, that nobody saw and corrected, and that nobody has settled since."""
    same = {"session": OuterRef("session"), "enrolment": OuterRef("enrolment")}
    taps = RegisterMark.objects.counted().filter(**same)
    later, own = taps.filter(pk__gt=OuterRef("pk")), taps.filter(device=OuterRef("device"))
    newer = Q(made_at__gt=OuterRef("made_at")) | Q(made_at=OuterRef("made_at"), pk__gt=OuterRef("pk"))
    register = Attendance.objects.filter(**same, mark=OuterRef("mark")).alias(part=Coalesce("share", Value(HALF)))
    stands = register.filter(part=Coalesce(OuterRef("share"), Value(HALF)))
    odd = (
        RegisterMark.objects.counted()
        .filter(session=OuterRef("pk"), settles=False)
        .exclude(device="")
        .exclude(Exists(stands))
        .exclude(Exists(own.filter(newer)))
        .exclude(Exists(later.filter(settles=True)))
        .exclude(Exists(later.filter(saw=Cast(OuterRef("key"), models.TextField()))))
    )
    return sessions.filter(Exists(odd))
