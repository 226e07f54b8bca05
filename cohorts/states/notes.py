"""What a note of staff is about."""

from django.db import models


class NoteKind(models.TextChoices):
    CALL = "call", "A call"
    MEETING = "meeting", "A meeting"
    LETTER = "letter", "An email or a letter"
    HANDOVER = "handover", "To hand over"
    OTHER = "other", "Something else"
