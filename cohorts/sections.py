"""What cohorts say on pages that are built from sections."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from cohorts.queries import published_programmes
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk import menu
from steppingup.site.navigation import Entry
from steppingup.site.navigation import register as register_entry
from steppingup.site.sections import Section, register


def programmes_at_home(*, subject: Any, viewer: User | AnonymousUser) -> dict[str, Any] | None:
    """The programmes, with the next cohort of each."""
    programmes = list(published_programmes())
    return {"programmes": programmes, "today": timezone.localdate()} if programmes else None


def register_sections() -> None:
    register(Section("home", "programmes", 50, "cohorts/sections/programmes.html", programmes_at_home, "Programmes"))
    register_entry(Entry("programmes", "Programmes", "cohorts:programmes", 5, visible_to=lambda user: True))
    for order, (title, icon, model) in enumerate(
        (
            ("Programmes", "school", "programme"),
            ("Cohorts", "groups", "cohort"),
            ("Plans of days", "calendar_month", "plan"),
            ("Partners", "handshake", "partner"),
        )
    ):
        url = f"admin:cohorts_{model}_changelist"
        menu.register(menu.Item("Programmes", title, icon, url, order, Permission.RUN_COHORTS))
