"""To whom about a participant staff write."""

from django.db import models


class Reader(models.TextChoices):
    PARTICIPANT = "participant", "Participant"
    MANAGER = "line_manager", "Line manager"
    MENTOR = "mentor", "Mentor"


#: As the boxes to tick say it.
READERS = {
    Reader.PARTICIPANT: "The participants themselves",
    Reader.MANAGER: "Their line managers",
    Reader.MENTOR: "Their mentors",
}
