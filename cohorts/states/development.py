"""What development plans are about, and whose turn it is (L4, B50)."""

from django.db import models


class Theme(models.TextChoices):
    """Closed, so that needs can be counted without reading a word of them (`cohorts/assessing/plans.py`)."""

    CONFIDENCE = "confidence", "Confidence and voice"
    LEADING = "leading", "Leading people"
    STRATEGY = "strategy", "Strategy and the bigger picture"
    MONEY = "money", "Money and business cases"
    CHANGE = "change", "Leading change"
    POLITICS = "politics", "Working with politics and power"
    NETWORK = "network", "Networks and sponsors"
    PROJECTS = "projects", "Running projects"
    WELLBEING = "wellbeing", "Wellbeing and balance"
    CAREER = "career", "My next job"
    OTHER = "other", "Something else"


class Owner(models.TextChoices):
    """Who does it, as the participant says it."""

    ME = "me", "Me"
    MANAGER = "manager", "My line manager"
    MENTOR = "mentor", "My mentor"
    PROGRAMME = "programme", "The programme"
