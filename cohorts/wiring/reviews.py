"""Three-way reviews: their list, their pages, and what becomes of them when two accounts of one person become one."""

from cohorts.desk import reviews as desk
from cohorts.models import ThreeWayReview
from cohorts.pages import reviews as pages
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.desk import menu, waiting, workspace
from steppingup.site import topics

__all__ = ["desk"]  # registers itself where it is imported

run = CohortPermission.RUN_COHORTS
menu.add_lists("Cohorts", "cohorts", run, ("Three-way reviews", "groups_3", "threewayreview"))
workspace.add_ways(
    workspace.Way("participants", "Three-way reviews", workspace.narrowed("cohorts_threewayreview"), run, "Support")
)
topics.add_topics(*pages.TOPICS)
waiting.show_on_first_page("reviews", "Three-way reviews", 38, ThreeWayReview)
merging.becomes(
    {
        "cohorts.ThreeWayReview.prepared_by": merging.Relation(merging.Fate.STAYS),
        "cohorts.ReviewParty.user": merging.Relation(merging.Fate.MOVES),
        "cohorts.ReviewSignature.signed_by": merging.Relation(merging.Fate.STAYS),
    }
)
