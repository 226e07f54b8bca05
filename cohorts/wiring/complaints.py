"""Where complaints about data plug in: their list, Today, the page they are entered from, how long they are kept."""

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from cohorts.actions.complaints import enter_complaint
from cohorts.desk import complaints as desk
from cohorts.models import DataComplaint
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.accounts.models import Organisation
from steppingup.desk import menu, waiting
from steppingup.desk.stepping import leads_to
from steppingup.retention import kinds

__all__ = ["desk"]  # registers itself where it is imported

EDIT = CohortPermission.EDIT_PROGRAMMES
menu.add_lists("People", "cohorts", EDIT, ("Complaints about data", "privacy_tip", "datacomplaint"), first=60)
waiting.show_on_first_page("complaints", "Complaints about data", 4, DataComplaint)
leads_to(
    enter_complaint,
    lambda provider: reverse("admin:cohorts_datacomplaint_changelist"),
    then=lambda one: reverse("admin:cohorts_datacomplaint_change", args=[one.pk]),
)
merging.becomes(
    {
        "cohorts.DataComplaint.entered_by": merging.Relation(merging.Fate.STAYS),
        "cohorts.DataComplaintNote.by": merging.Relation(merging.Fate.STAYS),
    }
)


def _answered(provider: Organisation, before: date) -> QuerySet[DataComplaint]:
    return DataComplaint.objects.filter(provider=provider, closed_at__date__lt=before)


kinds.add(
    kinds.Kind(
        "cohorts.complaints", "Complaints about data", "they were answered", 24, _answered, "provider", is_counted=False
    )
)
