"""What cohorts say on the staff's first page and on a cohort's page."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from cohorts.actions.attendance import mark
from cohorts.desk.guide import GUIDE, is_needed
from cohorts.models import Cohort, Enrolment, Session
from cohorts.permissions import CohortPermission
from cohorts.queries import disputed
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import may
from steppingup.site.sections import Section

Context = dict[str, Any] | None
MOST_SHOWN = 8


def cohort_running(*, subject: Cohort, viewer: Any) -> Context:
    """How the cohort's days stand, and the ways to sessions, registers and certificates."""
    if not may(viewer, CohortPermission.RUN_COHORTS, subject):
        return None
    people = Enrolment.objects.filter(cohort=subject).aggregate(
        on=Count("pk", filter=Q(status=EnrolmentStatus.ENROLLED)),
        completed=Count("pk", filter=Q(status=EnrolmentStatus.COMPLETED)),
        not_completed=Count("pk", filter=Q(status=EnrolmentStatus.NOT_COMPLETED)),
        left=Count("pk", filter=Q(status=EnrolmentStatus.WITHDRAWN)),
    )
    sessions = Session.objects.filter(cohort=subject)
    return {
        "people": people,
        "sessions": sessions.going_ahead().count(),
        "next": sessions.going_ahead().after(clock.now()).first(),
        "to_take": sessions.without_a_register().order_by("starts_at"),
    }


def registers(*, subject: Any, viewer: Any) -> Context:
    """Registers that wait to be taken, the oldest first, each a click away."""
    if mark.waiting is None:
        return None
    own = Session.objects.visible_to(viewer).select_related("cohort__programme").order_by("starts_at")
    found = list(mark.waiting.rows(own)[: MOST_SHOWN + 1])
    odd = list(disputed(own)[:MOST_SHOWN])
    if not found and not odd:
        return None
    return {"sessions": found[:MOST_SHOWN], "more": len(found) > MOST_SHOWN, "disputed": odd}


def getting_started(*, subject: Any, viewer: Any) -> Context:
    """The way to the guide, until people can apply for something."""
    return {"guide": reverse(GUIDE)} if is_needed(viewer) else None


SECTIONS = (
    Section("dashboard", "guide", 1, "cohorts/sections/guide.html", getting_started, "Getting started"),
    Section("dashboard", "registers", 30, "cohorts/sections/registers.html", registers, "Registers to take"),
    Section("cohort_admin", "running", 20, "cohorts/sections/cohort_admin.html", cohort_running, "Days and people"),
)
