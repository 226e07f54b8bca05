"""Where mentoring plugs into the rest: pages, menus, people, loading, leaving, jobs, reminders."""

from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate

from cohorts import loading
from cohorts.extensions import when_withdrawn
from mentoring import desk, relations, reminders, sections
from mentoring.actions import leaving
from mentoring.loading import load_mentoring
from mentoring.permissions import MentoringPermission
from steppingup.accounts.scope import people_of_provider
from steppingup.desk import menu
from steppingup.site import navigation
from steppingup.site.sections import Section, add_section

__all__ = ["connect", "desk", "relations"]  # they register themselves where they are imported

FOLDER = "mentoring/sections"
SECTIONS = (
    Section("home", "my-mentees", 20, f"{FOLDER}/home.html", sections.at_home, "Your mentees"),
    Section("participant", "mentoring", 45, f"{FOLDER}/participant.html", sections.for_participant, "Your mentor"),
    Section("manager", "mentoring", 45, f"{FOLDER}/manager.html", sections.for_manager, "Mentoring"),
    Section("cohort_admin", "mentoring", 40, f"{FOLDER}/cohort_admin.html", sections.for_cohort, "Mentoring"),
)
MY_MENTEES = navigation.Entry("my-mentees", "My mentees", "mentoring:mentees", 40, visible_to=sections.mentor_of)
MENU = (
    ("Mentors", "diversity_3", "mentor"),
    ("Pairs", "handshake", "pair"),
    ("Themes", "label", "theme"),
    ("Matching weights", "balance", "matchingweights"),
)


def connect(app: AppConfig) -> None:
    """Called once, when every app is loaded."""
    for section in SECTIONS:
        add_section(section)
    navigation.add_navigation_entry(MY_MENTEES)
    menu.add_groups(Mentoring=40)
    for order, (title, icon, model) in enumerate(MENU):
        address = f"admin:mentoring_{model}_changelist"
        menu.add_menu_item(menu.Item("Mentoring", title, icon, address, order, MentoringPermission.RUN_MENTORING))
    people_of_provider(lambda providers: Q(mentor_profiles__programme__provider__in=providers))
    loading.add_loader(30, load_mentoring)
    when_withdrawn.add(leaving.leave)
    post_migrate.connect(reminders.make_default_rules, sender=app)
