"""Where modules and qualifications plug into the rest: pages, menu, what waits, copying, loading, leaving, reminders."""

from cohorts.extensions import (
    about_a_session,
    awards_of,
    stands,
    stuck,
    studied_beside,
    when_copied,
    when_session_ends,
    when_session_moves,
    when_withdrawn,
)
from cohorts.permissions import CohortPermission
from cohorts.programme_files.loading import add_loader
from cohorts.programme_files.writing import add_writer
from modules import desk, progress, refusals, reminders, sections
from modules.actions import talks
from modules.actions.registrations import leave
from modules.actions.speakers import speakers_elsewhere
from modules.copying import copy_modules
from modules.loading import load_modules
from modules.models import Assignment, Registration, SessionSpeaker, Speaker
from modules.pages.topics import TOPICS
from modules.policies import KEEP
from modules.progress import studied_for
from modules.states import Comes
from modules.writing import write_modules
from steppingup.accounts.actions import merging
from steppingup.desk import menu, story, workspace
from steppingup.desk.waiting import show_on_first_page
from steppingup.site.sections import Section, add_sections
from steppingup.site.topics import add_topics
from steppingup.steps.step import Waiting
from steppingup.steps.waiting import wait_for

__all__ = ["desk", "refusals", "reminders"]  # they register themselves where they are imported

FOLDER = "modules/sections"
add_sections(
    Section("programme", "modules", 30, f"{FOLDER}/programme_modules.html", sections.programme_modules, "The modules"),
    Section(
        "programme",
        "qualification",
        35,
        f"{FOLDER}/programme_qualification.html",
        sections.programme_qualifications,
        "An optional qualification",
    ),
    Section("session_admin", "talks", 30, f"{FOLDER}/session_admin.html", sections.session_speakers, "Who speaks"),
    Section("session", "talks", 30, f"{FOLDER}/session.html", sections.session_talks),
    Section("participant", "modules", 35, f"{FOLDER}/modules.html", sections.own_modules, topic="modules"),
    Section(
        "manager",
        "qualification",
        50,
        f"{FOLDER}/manager.html",
        sections.managed_qualification,
        topic="qualification",
    ),
    Section(
        "cohort_admin",
        "qualification",
        50,
        f"{FOLDER}/cohort_admin.html",
        sections.cohort_qualifications,
        "Qualification",
    ),
)
add_topics(*TOPICS)

menu.add_groups(Qualifications=50)
menu.add_lists(
    "Programmes",
    "modules",
    KEEP,
    ("Modules", "menu_book", "module"),
    ("Speakers", "record_voice_over", "speaker"),
    first=10,
)
menu.add_lists(
    "Programmes",
    "modules",
    CohortPermission.RUN_COHORTS,
    ("Comments on talks", "forum", "talkfeedback"),
    first=12,
)
menu.add_lists(
    "Qualifications",
    "modules",
    KEEP,
    ("Registrations", "workspace_premium", "registration"),
    ("Results of courses", "fact_check", "coursechoice"),
    ("Assignments", "description", "assignment"),
    ("Courses", "library_books", "course"),
    ("Qualifications", "rule", "qualification"),
)

workspace.add_tabs(
    workspace.Tab(
        "qualification",
        "Qualification",
        70,
        KEEP,
        ("modules_registration", "modules_coursechoice", "modules_assignment"),
        sections=("qualification",),
        models=("modules.Registration", "modules.Assignment"),
    )
)
narrowed, page = workspace.narrowed, workspace.Way
workspace.add_ways(
    page("qualification", "Figures", lambda cohort: workspace.address_of(cohort, "qualification"), KEEP),
    page("qualification", "Registrations", narrowed("modules_registration"), KEEP),
    page("qualification", "Results of courses", narrowed("modules_coursechoice"), KEEP),
    page("qualification", "Assignments", narrowed("modules_assignment"), KEEP),
    page("sessions", "Modules", narrowed("modules_module"), KEEP),
)
stuck.add(sections.overdue_of)
studied_beside.add(studied_for)
awards_of.add(progress.awards_of)
story.add(sections.story_of)

overdue = Waiting(lambda rows: rows.overdue(), "qualification is overdue", "qualifications are overdue", 20)
wait_for(Registration, "overdue", overdue)
one, many = "qualification is due within 30 days", "qualifications are due within 30 days"
wait_for(Registration, "near", Waiting(lambda rows: rows.near_due(), one, many, 30))
unanswered = Waiting(
    lambda rows: rows.filter(talks__in=SessionSpeaker.objects.unanswered()).distinct(),
    "speaker has not said whether they come",
    "speakers have not said whether they come",
    60,
)
cannot = Waiting(
    lambda rows: rows.filter(talks__in=SessionSpeaker.objects.to_come().filter(comes=Comes.NO)).distinct(),
    "speaker cannot come",
    "speakers cannot come",
    55,
)
wait_for(Speaker, "unanswered", unanswered)
wait_for(Speaker, "cannot", cannot)
show_on_first_page("qualification", "Qualifications", 50, Assignment, Registration, Speaker)

add_loader(30, load_modules)
add_writer(30, write_modules)
when_copied.add(copy_modules)
when_withdrawn.add(leave)
stands.add(sections.stands_of)
about_a_session.add(speakers_elsewhere)
when_session_moves.add(talks.speakers_hear_that_it_moves)
when_session_ends.add(talks.speakers_hear_that_it_ends)

recorded = ("Extension.given_by", "CourseChoice.recorded_by", "Assignment.marked_by")
merging.becomes({f"modules.{name}": merging.Relation(merging.Fate.STAYS) for name in recorded})
