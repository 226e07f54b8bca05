"""How a session that somebody missed is made up."""

from django.db import models


class MakeUpKind(models.TextChoices):
    SESSION = "session", "Another session"
    WORK = "work", "A piece of work"
