"""Where opportunities plug into the platform: the workspace of a cohort, what waits, whose people they name."""

from django.urls import reverse

from cohorts.models import Opportunity
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.desk import waiting, workspace

run, Way = CohortPermission.RUN_COHORTS, workspace.Way
workspace.add_ways(
    Way("placements", "Assignments", workspace.narrowed("cohorts_placement"), run),
    Way("placements", "Opportunities", workspace.narrowed("cohorts_opportunity"), run),
    Way("placements", "Organisations asked", workspace.narrowed("cohorts_opportunityinvitation"), run),
    Way(
        "placements",
        "Ask an organisation",
        lambda cohort: reverse("admin:cohorts_cohort_step", args=[cohort.pk, "ask_for_opportunities"]),
        run,
    ),
)
waiting.show_on_first_page("opportunities", "Opportunities", 39, Opportunity)
merging.becomes({"cohorts.OpportunityInvitation.asked_by": merging.Relation(merging.Fate.STAYS)})
