"""What applications say on public pages that are built from sections."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from applications.models import Application
from applications.pages.check import openings
from applications.pages.status import cards, own_applications
from cohorts.models import Programme
from steppingup.accounts.models import User

Viewer = User | AnonymousUser


def applications_at_home(*, subject: Any, viewer: Viewer) -> dict[str, Any] | None:
    """The person's own applications, the newest first."""
    found = own_applications(viewer) if viewer.is_authenticated else []
    return {"applications": cards(found)} if found else None


def how_to_apply(*, subject: Programme, viewer: Viewer) -> dict[str, Any]:
    """Open until when, or when it opens; and the way on for this visitor."""
    found = openings(subject)
    mine = Application.objects.filter(cohort__programme=subject, applicant=viewer.pk).select_related("cohort")
    window = found["window"]
    current = mine.filter(cohort=window.cohort_id) if window else mine.order_by("-started_at")
    title = "Apply" if window else "When you can apply"
    return {**found, "mine": current.first() if viewer.is_authenticated else None, "title": title}


def applications_of(user: Viewer) -> bool | QuerySet[Application]:
    return bool(user.is_authenticated) and Application.objects.filter(applicant=user.pk)
