"""Programmes beside those in which the demonstration lives: Ready Now of the academy, and Moving Up of Skills for Care, whose people
share a day with the academy's (C3 to C5)."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from cohorts.actions import cohorts as cohort_actions
from cohorts.actions import joint
from cohorts.models import Cohort, JointInvitation, Programme, Session
from steppingup.accounts.models import User
from steppingup.demo import academy
from steppingup.demo.academy import cohort_like
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.people import Cast

READY_NOW, MOVING_UP, CARE_COORDINATOR = "nhs-ready-now", "moving-up", "Marcia Donaldson"
LIKE, DAYS_OPEN = "first", 12
#: From today until the day that both share.
TOGETHER_IN = 96


def write_beside(diary: Diary, cast: Cast, today: date) -> None:
    """Both are open for applications. The academy has asked Moving Up to a day together, and it comes."""
    nhs, care = cast.staff[academy.COORDINATOR], cast.staff[CARE_COORDINATOR]
    opened = moment(today - timedelta(days=DAYS_OPEN + 6), 11)
    diary.write(opened, nhs, partial(_open, READY_NOW, nhs, today, 140, 16))
    diary.write(opened, care, partial(_open, MOVING_UP, care, today, 75, 20))
    diary.write(moment(today - timedelta(days=5), 10), nhs, partial(_invite, nhs, today))
    diary.write(moment(today - timedelta(days=3), 15), care, partial(_accept, care))


def _open(slug: str, by: User, today: date, starts_in: int, places: int) -> None:
    programme = Programme.objects.get(slug=slug)
    days = {"starts_in": starts_in, "days_open": DAYS_OPEN, "closes_in": 30}
    cohort = cohort_like(programme, LIKE, "", today, **days, places=places)
    cohort_actions.publish(cohort=cohort, by=by)


def _next(slug: str) -> Cohort:
    return Cohort.objects.select_related("programme__provider", "plan").filter(programme__slug=slug).latest("starts_on")


def _invite(by: User, today: date) -> None:
    host = _next(academy.PROGRAMME)
    starts = moment(working_day(today + timedelta(days=TOGETHER_IN)), 10)
    session = Session.objects.create(
        cohort=host,
        component=host.plan.components.get(key="second-visit"),
        title="A day together: health and care",
        days=Decimal(1),
        starts_at=starts,
        ends_at=starts + timedelta(hours=6),
        venue="Weetwood Hall, Leeds",
    )
    said = "Last year our people asked for more time in mixed groups, so this year the whole afternoon is theirs."
    joint.invite_cohort(session=session, cohort=_next(MOVING_UP), message=said, by=by)


def _accept(by: User) -> None:
    invitation = JointInvitation.objects.for_steps().get(cohort=_next(MOVING_UP))
    component = invitation.cohort.plan.components.get(key="joint-day")
    joint.accept(invitation=invitation, component=component, units=Decimal(1), by=by)
