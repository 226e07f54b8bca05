"""On the admin's first page, for those who run the platform: what works where nobody sees it, and does not."""

from typing import Any

from steppingup.accounts.models import User
from steppingup.jobs import heartbeats
from steppingup.jobs.states import Part
from steppingup.site.sections import Section, add_section

WAITS = {
    Part.WORKER: "Emails, certificates and other background jobs will wait until it is running again.",
    Part.BEAT: "Reminders, expiring offers and emails to be tried again will wait until it is running again.",
}


def silent(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    """Parts that have not been heard from lately."""
    if not viewer.is_superuser:
        return None
    amiss = [
        {"part": part.label, "says": says, "waits": WAITS[part]}
        for part, (well, says) in heartbeats.verdicts().items()
        if not well
    ]
    return {"amiss": amiss} if amiss else None


def add_running_section() -> None:
    add_section(
        Section("dashboard", "running", 5, "admin/components/amiss.html", silent, "Part of the site is not running")
    )
