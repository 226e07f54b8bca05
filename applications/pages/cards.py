"""What applications say on public pages that are built from sections."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from applications.models import Application
from applications.pages.check import openings
from applications.pages.status import cards, own_applications
from applications.words import nominator
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
    for window in found["windows"]:
        if window.cohort.rule_set.is_by_nomination:
            window.nominators = f"{nominator(window.cohort.rule_set).title()}s"
    mine = Application.objects.filter(cohort__programme=subject, applicant=viewer.pk).select_related("cohort")
    own = {one.cohort_id: one for one in mine.order_by("started_at")} if viewer.is_authenticated else {}
    return {
        **found,
        "windows": [(window, own.get(window.cohort_id)) for window in found["windows"]],
        "full": [(window, own.get(window.cohort_id)) for window in found["full"]],
        "latest": next(reversed(own.values()), None),
        "title": "Apply" if found["windows"] else "When you can apply",
    }


def applications_of(user: Viewer) -> bool | QuerySet[Application]:
    return bool(user.is_authenticated) and Application.objects.filter(applicant=user.pk)
