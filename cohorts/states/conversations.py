"""Who writes down a conversation of a participant with their line manager, and how they talked (B52)."""

from django.db import models


class Side(models.TextChoices):
    PARTICIPANT = "participant", "the participant"
    MANAGER = "line_manager", "the line manager"


class TalkedHow(models.TextChoices):
    MET = "met", "Face to face"
    CALL = "call", "By telephone or video"
    WRITTEN = "written", "In writing"
