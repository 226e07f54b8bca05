"""Pauses, make-ups and forecasts: their places on pages, in menus and on Today."""

from django.urls import reverse

from cohorts.desk import outlook as desk
from cohorts.extensions import stuck
from cohorts.models import MakeUp
from cohorts.pages import outlook as pages
from cohorts.permissions import CohortPermission
from cohorts.progress import stuck as troubles
from steppingup.accounts.actions import merging
from steppingup.desk import menu, waiting, workspace
from steppingup.site import sections

__all__ = ["desk"]  # registers itself where it is imported

run = CohortPermission.RUN_COHORTS
menu.add_lists("Cohorts", "cohorts", run, ("Make-ups", "event_repeat", "makeup"))
workspace.add_ways(workspace.Way("participants", "Make-ups", workspace.narrowed("cohorts_makeup"), run, "Days"))
workspace.add_ways(
    workspace.Way(
        "participants",
        "Who is stuck",
        lambda cohort: f"{reverse('admin:cohorts_enrolment_stuck')}?cohort={cohort.pk}",
        run,
    )
)
menu.add_menu_item(menu.Item("Cohorts", "Who is stuck", "support", "admin:cohorts_enrolment_stuck", -1, run))
for look in (troubles.by_their_days, troubles.by_agreements, troubles.by_mail):
    stuck.add(look)
sections.add_sections(*pages.SECTIONS)
waiting.show_on_first_page("make_ups", "Make-ups", 36, MakeUp)
merging.becomes(
    {
        "cohorts.MakeUp.agreed_by": merging.Relation(merging.Fate.STAYS),
        "cohorts.FollowUp.owner": merging.Relation(merging.Fate.MOVES),
    }
)
