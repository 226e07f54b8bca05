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


class PoolStatus(models.TextChoices):
    ASKED = "asked", "Asked"
    AGREED = "agreed", "In the pool"
    DECLINED = "declined", "Said no"
    LEFT = "left", "Left"


class Readiness(models.TextChoices):
    NOW = "now", "Ready now"
    SOON = "soon", "Ready in 1 to 2 years"
    LATER = "later", "Ready in 3 to 5 years"


#: Nobody is in a pool who was not asked, and whoever is in it leaves when they like (L2).
POOL_ENTRY = Lifecycle(
    "pool_entry",
    PoolStatus,
    initial=PoolStatus.ASKED,
    noun="place in the pool",
    moves={
        "join_pool": move(PoolStatus.ASKED, PoolStatus.AGREED, "say yes"),
        "decline_pool": move(PoolStatus.ASKED, PoolStatus.DECLINED, "say no"),
        "leave_pool": move(PoolStatus.AGREED, PoolStatus.LEFT, "leave the pool"),
    },
)
