"""How far an item of an action plan has come (R2), and how soon it can be done (R3)."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class ItemStatus(models.TextChoices):
    NOT_STATED = "not_stated", "Not stated"
    NO_PROGRESS = "no_progress", "No progress"
    PROGRESSING = "progressing", "Progressing"
    ACHIEVED = "achieved", "Achieved"


class Horizon(models.TextChoices):
    QUICK_WIN = "quick_win", "Quick win"
    LONGER_TERM = "longer_term", "Longer term"


class GroupKind(models.TextChoices):
    FORUM = "forum", "Forum"
    WORKERS = "workers", "Worker group"
    BOARD = "board", "Board"
    MANAGEMENT = "management", "Management team"
    OTHER = "other", "Another group"


class ReferenceKind(models.TextChoices):
    EVIDENCE = "evidence", "Evidence"
    CASE_STUDY = "case_study", "Case study"
    DOCUMENT = "document", "Document"
    ITEM = "item", "Another item"


#: A plan goes forwards and backwards: what was achieved once can come undone.
ITEM = Lifecycle(
    "plan_item",
    ItemStatus,
    initial=ItemStatus.NOT_STATED,
    noun="item",
    moves={str(status): move(set(ItemStatus) - {status}, status, f"say “{status.label}”") for status in ItemStatus},
)
