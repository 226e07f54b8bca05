"""Where the choosing of assignments plugs into the platform."""

from django.urls import reverse

from cohorts.actions.choosing import let_choose
from cohorts.models import Choosing, Placement
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.desk import waiting, workspace

workspace.add_ways(
    workspace.Way("placements", "Choosing", workspace.narrowed("cohorts_choosing"), CohortPermission.RUN_COHORTS),
    workspace.Way(
        "placements",
        "Let participants choose",
        lambda cohort: reverse("admin:cohorts_cohort_step", args=[cohort.pk, let_choose.name]),
        CohortPermission.RUN_COHORTS,
    ),
)
waiting.show_on_first_page("choosing", "Assignments to publish", 40, Choosing)
waiting.show_on_first_page("host_days", "Days for hosts to confirm", 41, Placement)
merging.becomes({"cohorts.Choosing.published_by": merging.Relation(merging.Fate.STAYS)})
