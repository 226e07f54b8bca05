"""The page about what comes after a participant's programme: how it stands in a line (C3)."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from cohorts.models import NextProgramme
from cohorts.pages.topics import OWN
from cohorts.states import EnrolmentStatus
from steppingup.formats import english
from steppingup.site.topics import Status, Topic


def _facts(viewer: Any) -> dict[str, Any]:
    found = NextProgramme.objects.filter(programme=OuterRef("cohort__programme"), to__is_published=True)
    return {"leads_on_to": ArraySubquery(found.order_by("order", "pk").values_list("to__name", flat=True))}


def _next(*, subject: Any, viewer: Any) -> Status | None:
    """Nothing before they have completed."""
    if subject.status != EnrolmentStatus.COMPLETED or not subject.leads_on_to:
        return None
    return Status(english.listed(subject.leads_on_to))


TOPICS = (Topic(OWN, "next", 8, "What comes next", "applications:comes_next", _next, facts=_facts),)
