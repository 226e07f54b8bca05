"""Where modules and qualifications plug into the rest: pages, menu, what waits, copying, loading, leaving, reminders."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from cohorts import loading
from cohorts.extensions import when_copied, when_withdrawn
from modules import desk, reminders, sections
from modules.actions import leaving
from modules.copying import copy_modules
from modules.loading import load_modules
from modules.models import Assignment, Registration
from modules.policies import KEEP
from steppingup.desk import menu
from steppingup.desk.waiting import show_on_first_page
from steppingup.site.sections import Section, add_section
from steppingup.steps.step import Waiting
from steppingup.steps.waiting import wait_for

__all__ = ["connect", "desk"]  # the desk registers its lists where it is imported

FOLDER = "modules/sections"
SECTIONS = (
    Section("programme", "modules", 30, f"{FOLDER}/programme_modules.html", sections.programme_modules, "The modules"),
    Section(
        "programme",
        "qualification",
        35,
        f"{FOLDER}/programme_qualification.html",
        sections.programme_qualifications,
        "An optional qualification",
    ),
    Section("participant", "modules", 35, f"{FOLDER}/modules.html", sections.own_modules, "Your modules"),
    Section(
        "participant",
        "qualification",
        50,
        f"{FOLDER}/participant.html",
        sections.own_qualification,
        "Your qualification",
    ),
    Section("manager", "qualification", 50, f"{FOLDER}/manager.html", sections.managed_qualification, "Qualification"),
    Section(
        "cohort_admin",
        "qualification",
        50,
        f"{FOLDER}/cohort_admin.html",
        sections.cohort_qualifications,
        "Qualification",
    ),
)
MENU = (
    ("Programmes", "Modules", "menu_book", "module", 10),
    ("Programmes", "Speakers", "record_voice_over", "speaker", 11),
    ("Qualifications", "Registrations", "workspace_premium", "registration", 10),
    ("Qualifications", "Results of courses", "fact_check", "coursechoice", 20),
    ("Qualifications", "Assignments", "description", "assignment", 30),
    ("Qualifications", "Courses", "library_books", "course", 40),
    ("Qualifications", "Qualifications", "rule", "qualification", 50),
)
OVERDUE = Waiting(lambda rows: rows.overdue(), "qualification is overdue", "qualifications are overdue", 20)
NEAR = Waiting(
    lambda rows: rows.near_due(), "qualification is due within 30 days", "qualifications are due within 30 days", 30
)


def connect(app: AppConfig) -> None:
    """Called once, when every app is loaded."""
    for section in SECTIONS:
        add_section(section)
    menu.add_groups(Qualifications=50)
    for group, title, icon, model, order in MENU:
        menu.add_menu_item(menu.Item(group, title, icon, f"admin:modules_{model}_changelist", order, KEEP))
    wait_for(Registration, "overdue", OVERDUE)
    wait_for(Registration, "near", NEAR)
    show_on_first_page("qualification", "Qualifications", 50, Assignment, Registration)
    loading.add_loader(30, load_modules)
    when_copied.add(copy_modules)
    when_withdrawn.add(leaving.leave)
    post_migrate.connect(reminders.make_default_rules, sender=app)
