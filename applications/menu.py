"""Where staff find applications: the admin's sidebar, and the cohort's page."""

from typing import Any

from django.db.models import Count, Q

from applications.before import register_in_words
from applications.models import Application, Window
from applications.queries import places_left
from applications.states import TO_REVIEW, ApplicationStatus
from cohorts.models import Cohort
from steppingup.accounts.actors import holds
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk import menu
from steppingup.site.sections import Section, register

PREFIX = "admin:applications"
LATEST = 6  # cohorts on the first page; the rest stand in the list


def selection_of(*, subject: Cohort, viewer: User) -> dict[str, Any] | None:
    """How the selection for a cohort stands, and the way to it."""
    provider = subject.programme.provider_id
    if not holds(viewer, Permission.SEE_APPLICATIONS, provider):
        return None
    may_edit = holds(viewer, Permission.EDIT_PROGRAMMES, provider)
    window = Window.objects.filter(cohort=subject).first()
    if window is None:
        return {"cohort": subject, "window": None} if may_edit else None
    window.cohort = subject
    found = Application.objects.filter(cohort=subject).submitted()
    free, open_offers = places_left(subject)
    counts = found.aggregate(
        submitted=Count("pk"),
        to_review=Count("pk", filter=Q(status__in=TO_REVIEW)),
        waiting=Count("pk", filter=Q(status=ApplicationStatus.WAITING)),
    )
    return {
        **counts,
        "cohort": subject,
        "window": window,
        "may_edit": may_edit,
        "register": register_in_words(window) if not window.interest_told_at else "",
        "free": free,
        "open_offers": open_offers,
    }


def equality_of(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """Where the equality lead finds figures: the cohorts that people could apply for."""
    if not holds(viewer, Permission.SEE_EQUALITY):
        return None
    cohorts = Cohort.objects.for_staff(viewer, Permission.SEE_EQUALITY).filter(window__isnull=False)
    return {"cohorts": cohorts.select_related("programme")[:LATEST]}


def register_in_admin() -> None:
    see, score = Permission.SEE_APPLICATIONS, Permission.SCORE_APPLICATIONS
    edit = Permission.EDIT_PROGRAMMES
    for title, icon, name, order, permission in (
        ("Applications", "inbox", "application_changelist", 10, see),
        ("Ranking and shortlist", "format_list_numbered", "application_rankings", 20, see),
        ("My reviews", "rate_review", "review_changelist", 30, score),
        ("Register of interest", "notifications", "interest_changelist", 40, see),
        ("Application windows", "event", "window_changelist", 50, edit),
        ("Eligibility questions", "checklist", "eligibilityquestion_changelist", 60, edit),
        ("Criteria", "grade", "criterion_changelist", 70, edit),
    ):
        menu.register(menu.Item("Applications", title, icon, f"{PREFIX}_{name}", order, permission))
    menu.register(menu.Item("Equality", "Figures", "monitoring", "applications:equality", 10, Permission.SEE_EQUALITY))
    register(
        Section(
            "cohort_admin", "selection", 20, "admin/applications/sections/selection.html", selection_of, "Applications"
        )
    )
    template = "admin/applications/sections/equality.html"
    register(Section("dashboard", "equality", 90, template, equality_of, "Equality figures"))
