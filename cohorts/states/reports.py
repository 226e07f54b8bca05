"""When an assignment is looked at, by whom, and how it goes."""

from django.db import models


class Moment(models.TextChoices):
    MIDWAY = "midway", "Half-way"
    END = "end", "At the end"


class Side(models.TextChoices):
    PARTICIPANT = "participant", "The participant"
    HOST = "host", "The host"


class Goes(models.TextChoices):
    WELL = "well", "Well"
    PARTLY = "partly", "Partly well"
    BADLY = "badly", "Not well"
