"""Who else may know what somebody needs to take part, where they agree to it."""

from django.db import models


class NeedsReader(models.TextChoices):
    REGISTER = "register", "Whoever takes the register of a session that I come to"
    HOST = "host", "Whoever looks after me at the host of my assignment"
    MARKERS = "markers", "Whoever marks what I hand in"
