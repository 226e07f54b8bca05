"""What peer groups keep, and what their members say."""

from datetime import time

from django.db import models


class Half(models.TextChoices):
    """Which half of a day."""

    MORNING = "morning", "Morning"
    AFTERNOON = "afternoon", "Afternoon"


#: From when to when each is, where nothing else is said.
HOURS: dict[Half, tuple[time, time]] = {
    Half.MORNING: (time(9, 30), time(13)),
    Half.AFTERNOON: (time(13, 30), time(17)),
}


class Suits(models.TextChoices):
    """How a half-day suits a member."""

    YES = "yes", "Yes"
    IF_NEEDED = "if_needed", "If need be"
    NO = "no", "No"


class PaperKind(models.TextChoices):
    """What a peer group writes down."""

    AGENDA = "agenda", "Agenda"
    NOTES = "notes", "Notes"
