"""Where mentoring plugs into the rest: pages, menus, people, loading, leaving, jobs, reminders."""

from django.db.models import Q

from cohorts.extensions import (
    against_changing_employer,
    against_host,
    against_reach,
    mentors_before,
    mentors_of,
    stands,
    stuck,
    when_withdrawn,
)
from cohorts.models.notes import keep_notes_from
from cohorts.programme_files.loading import add_loader
from cohorts.programme_files.writing import add_writer
from mentoring import desk, notices, refusals, relations, reminders, retention, sections
from mentoring.actions.matching import leave
from mentoring.actions.mentors import of_the_mentor, pairs_too_near, why_not_employed_by, why_not_one_person
from mentoring.loading import load_mentoring
from mentoring.models import Pair
from mentoring.pages.topics import TOPICS
from mentoring.permissions import MentoringPermission
from mentoring.writing import write_mentoring
from steppingup.accounts.actions import merging
from steppingup.accounts.scope import accounts, people_of_provider
from steppingup.desk import menu, story, workspace
from steppingup.desk.duties import Tie, add_tie
from steppingup.desk.waiting import show_on_first_page
from steppingup.site.navigation import Entry, add_navigation_entry
from steppingup.site.sections import Section, add_sections
from steppingup.site.topics import add_topics
from steppingup.steps.step import Waiting
from steppingup.steps.waiting import wait_for

__all__ = [
    "desk",
    "refusals",
    "relations",
    "reminders",
    "retention",
]  # they register themselves where they are imported

FOLDER = "mentoring/sections"
add_sections(
    Section("home", "my-mentees", 20, f"{FOLDER}/home.html", sections.at_home, "Your mentees"),
    Section("participant", "mentoring", 45, f"{FOLDER}/participant.html", sections.for_participant, topic="mentoring"),
    Section("manager", "mentoring", 45, f"{FOLDER}/manager.html", sections.for_manager, topic="mentoring"),
    Section("cohort_admin", "mentoring", 40, f"{FOLDER}/cohort_admin.html", sections.for_cohort, "Mentoring"),
)
add_topics(*TOPICS)
add_navigation_entry(Entry("my-mentees", "My mentees", "mentoring:mentees", 40, visible_to=sections.mentor_of))
menu.add_groups(Mentoring=40)
menu.add_lists(
    "Mentoring",
    "mentoring",
    MentoringPermission.RUN_MENTORING,
    ("Mentors", "diversity_3", "mentor"),
    ("Pairs", "handshake", "pair"),
    ("Themes", "label", "theme"),
    ("Matching weights", "balance", "matchingweights"),
)
run = MentoringPermission.RUN_MENTORING
workspace.add_tabs(
    workspace.Tab(
        "mentoring", "Mentoring", 60, run, ("mentoring_",), sections=("mentoring",), models=("mentoring.Pair",)
    )
)
workspace.add_ways(
    workspace.Way("mentoring", "Figures", lambda cohort: workspace.address_of(cohort, "mentoring"), run),
    workspace.Way("mentoring", "Match mentors", workspace.page_of("mentoring_pair_match"), run),
    workspace.Way("mentoring", "Pairs", workspace.narrowed("mentoring_pair"), run),
)
story.add(sections.story_of)
menu.keep_in_sight(menu.PEOPLE, "admin:mentoring_mentor_changelist", start=10)
people_of_provider("mentor_profiles__programme__provider", also=Q(mentor_profiles__name=""))
add_loader(30, load_mentoring)
add_writer(30, write_mentoring)
when_withdrawn.add(leave)
stands.add(sections.stands_of)
# A mentor who is also staff does not read what colleagues note about their mentee.
keep_notes_from(
    lambda user: Q(pk__in=Pair.objects.known_to_both().filter(mentor__user__in=accounts(user)).values("enrolment"))
)
mentors_of.add(notices.mentors_to_write_to)
mentors_before.add(notices.mentors_to_the_end)
stuck.add(sections.not_met)
wait_for(
    Pair,
    "left",
    Waiting(
        lambda rows: rows.open().filter(mentor__user__is_active=False, mentor__name=""),
        "pair has a mentor whose account is closed",
        "pairs have a mentor whose account is closed",
    ),
)
add_tie(
    Tie(
        "person whom they mentor",
        "people whom they mentor",
        lambda user: Pair.objects.open().filter(mentor__user=user),
        "mentoring is between two people, so nobody takes it over with a role. On each pair’s page you can end it, or change "
        "the mentor while it is only proposed.",
    )
)
show_on_first_page("mentoring", "Mentoring", 45, Pair)
against_changing_employer.add(why_not_employed_by)
against_host.add(of_the_mentor)
against_reach.add(pairs_too_near)
stays = merging.Relation(merging.Fate.STAYS)
merging.becomes(
    {
        "mentoring.Mentor.user": merging.Relation(
            merging.Fate.MOVES, "entry as a mentor", "entries as a mentor", once_in="programme"
        ),
        "mentoring.MatchRun.started_by": stays,
        "mentoring.Pair.confirmed_by": stays,
        "mentoring.Pair.ended_by": stays,
        "mentoring.MentoringSession.recorded_by": stays,
        "mentoring.MentoringSession.removed_by": stays,
    }
)
merging.AGAINST.append(why_not_one_person)
