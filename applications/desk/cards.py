"""What applications say on pages of staff: on a cohort's page, and on the first page for the equality lead."""

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from applications.desk.windows import register_in_words
from applications.models import Application, Interest, Interview, Window
from applications.models.application import HAS_A_PLACE_KEPT
from applications.permissions import ApplicationPermission
from applications.states import TO_REVIEW, ApplicationStatus, InterviewStatus
from applications.states import ApplicationStatus as S
from cohorts.extensions import OnTheWay
from cohorts.models import Cohort, Programme
from cohorts.permissions import CohortPermission
from steppingup import clock
from steppingup.accounts.actors import holds, may
from steppingup.accounts.models import User
from steppingup.desk import workspace
from steppingup.desk.story import Event

of_cohort = workspace.narrowed("applications_application")
of_cohort_by_status = workspace.narrowed("applications_application", by="state")
LATEST = 6  # programmes on the first page; the rest stand in the list


def selection_of(*, subject: Cohort, viewer: User) -> dict[str, Any] | None:
    """How the selection for a cohort stands, and the way to it."""
    if not may(viewer, ApplicationPermission.SEE_APPLICATIONS, subject):
        return None
    may_edit = may(viewer, CohortPermission.EDIT_PROGRAMMES, subject)
    window = Window.objects.filter(cohort=subject).first()
    if window is None:
        return {"cohort": subject, "window": None} if may_edit else None
    window.cohort = subject
    taken = subject.enrolments.holding_a_place().count()
    counts = (
        Application.objects.visible_to(viewer)
        .filter(cohort=subject)
        .aggregate(
            submitted=Count("pk"),
            to_review=Count("pk", filter=Q(status__in=TO_REVIEW)),
            waiting=Count("pk", filter=Q(status=ApplicationStatus.WAITING)),
            open_offers=Count("pk", filter=HAS_A_PLACE_KEPT),
        )
    )
    return {
        **counts,
        "cohort": subject,
        "window": window,
        "may_edit": may_edit,
        "register": register_in_words(window) if not window.interest_told_at else "",
        "free": max(subject.capacity - taken, 0),
    }


#: Whoever has come at least so far, whatever became of it afterwards.
OFFERED = (S.OFFERED, S.ACCEPTED, S.DECLINED, S.EXPIRED)
CHOSEN = (S.SHORTLISTED, S.HELD, S.INTERVIEW, S.INTERVIEWED, S.WAITING, *OFFERED)


def applicants(cohort: Cohort, viewer: User) -> list[OnTheWay]:
    """How many are interested, have applied, were chosen and offered a place."""
    if not may(viewer, ApplicationPermission.SEE_APPLICATIONS, cohort):
        return []
    applied = Application.objects.visible_to(viewer).filter(cohort=cohort)
    found = applied.aggregate(
        applied=Count("pk"), chosen=Count("pk", Q(status__in=CHOSEN)), offered=Count("pk", Q(status__in=OFFERED))
    )
    interested = Interest.objects.visible_to(viewer).standing().filter(programme=cohort.programme_id).count()
    here, by_status = of_cohort(cohort), of_cohort_by_status(cohort)
    register = f"{reverse('admin:applications_interest_changelist')}?programme__id__exact={cohort.programme_id}"
    stages = [
        OnTheWay(10, "On the register of interest", interested, register),
        OnTheWay(20, "Applied", found["applied"], here),
        OnTheWay(40, "Offered a place", found["offered"], by_status),
    ]
    # Where nobody is shortlisted, as people are taken in the order in which they came, there is no such step.
    return [*stages, OnTheWay(30, "Shortlisted", found["chosen"], by_status)] if found["chosen"] else stages


def deadlines(cohort: Cohort, viewer: User) -> list[tuple[date | datetime, str, str]]:
    """When people can apply, and the next interviews."""
    if not may(viewer, ApplicationPermission.SEE_APPLICATIONS, cohort):
        return []
    window = Window.objects.filter(cohort=cohort).first()
    if window is None:
        return []
    page = reverse("admin:applications_window_change", args=[window.pk])
    coming = Interview.objects.visible_to(viewer).filter(
        application__cohort=cohort, status=InterviewStatus.ARRANGED, starts_at__gt=clock.now()
    )
    interviews = [
        (
            one.starts_at,
            f"Interview: {one.application.full_name}",
            reverse("admin:applications_application_change", args=[one.application_id]),
        )
        for one in coming.select_related("application").order_by("starts_at")[:LATEST]
    ]
    return [*interviews, (window.opens_at, "Applications open", page), (window.closes_at, "Applications close", page)]


def equality_of(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """Where the equality lead finds figures: the register of each programme."""
    if not holds(viewer, ApplicationPermission.SEE_EQUALITY):
        return None
    programmes = Programme.objects.visible_to(viewer, ApplicationPermission.SEE_EQUALITY)[:LATEST]
    return {"programmes": programmes} if programmes else None


def story_of(person: User, viewer: User) -> list[Event]:
    """Applications and what became of them, for the page of a person. Not those from paper that give another name: typing an
    address beside a name tells nobody who has it."""
    seen = Application.objects.visible_to(viewer).filter(applicant=person)
    events = []
    for one in seen.filter(Q(helped_at=None) | Q(full_name=person.full_name)).select_related("cohort__programme"):
        url, where = reverse("admin:applications_application_change", args=[one.pk]), str(one.cohort)
        events += [
            Event(one.submitted_at, f"Applied ({one.reference})", where, url),
            Event(one.decided_at, str(one.get_status_display()), where, url),
            Event(one.withdrawn_at, "Withdrew the application", where, url),
        ]
    return events
