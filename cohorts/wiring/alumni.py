"""Graduates and the board of openings: people's choices and what is offered to them, on pages, in menus and on Today."""

from cohorts.models import GraduateOffer
from cohorts.pages import alumni, board
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.desk import menu, waiting, workspace
from steppingup.site import topics

run = CohortPermission.RUN_COHORTS
menu.add_lists(
    "Cohorts",
    "cohorts",
    run,
    ("Graduates who agree", "record_voice_over", "alumnichoice"),
    ("Openings", "rocket_launch", "graduateoffer"),
    ("Employers asked for openings", "outgoing_mail", "openinginvitation"),
)
workspace.add_ways(
    workspace.Way("participants", "Graduates who agree", workspace.narrowed("cohorts_alumnichoice"), run, "Afterwards")
)
topics.add_topics(*alumni.TOPICS, *board.TOPICS)
waiting.show_on_first_page("openings", "Openings", 41, GraduateOffer)
merging.becomes({"cohorts.OpeningInvitation.asked_by": merging.Relation(merging.Fate.STAYS)})
