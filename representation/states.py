"""How far an item of an action plan has come (R2), and how soon it can be done (R3)."""

from django.db import models

from cohorts.states.destinations import STEPS_UP, Move
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


class Form(models.TextChoices):
    """How a source says how large a share is (C1)."""

    COUNTS = "counts", "So many of so many"
    PERCENT = "percent", "A percentage: the source gives no counts"
    ONE_IN = "one_in", "One in so many"
    NONE = "none", "None at all"


class AboutWhom(models.TextChoices):
    """Which people a figure of a source is about."""

    WORKFORCE = "workforce", "A workforce"
    LEADERS = "leaders", "Those who lead"
    BOARDS = "boards", "Boards"
    POPULATION = "population", "The population of an area"
    REGION = "region", "The region"
    SECTOR = "sector", "The sector"
    SHORTLISTED = "shortlisted", "Those who were shortlisted"
    OTHERS = "others", "Others"


class UnitKind(models.TextChoices):
    ORGANISATION = "organisation", "Organisation"
    DEPARTMENT = "department", "Department"
    DIVISION = "division", "Division"
    SERVICE = "service", "Service"


class Track(models.TextChoices):
    """Posts that are counted apart, as the WRES asks."""

    CLINICAL = "clinical", "Clinical"
    NON_CLINICAL = "non_clinical", "Non-clinical"
    MEDICAL = "medical", "Medical and dental"


class TierGroup(models.TextChoices):
    """Of which tiers a target is."""

    ALL = "all", "All tiers"
    SENIOR = "senior", "All senior tiers"
    ONE = "one", "One tier"


class Counts(models.TextChoices):
    """With whom an answer is counted."""

    GROUP = "group", "Those who are missing at the top"
    OTHERS = "others", "Everybody else"
    UNKNOWN = "unknown", "Not known"


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


class PaperStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ISSUED = "issued", "Issued"


class PartKind(models.TextChoices):
    """What a part of a paper is made from."""

    WORDS = "words", "Your own words"
    PLAN = "plan", "An action plan"
    FIGURES = "figures", "Workforce figures, as a grid"
    TARGET = "target", "A target"
    HEADS = "heads", "Voluntary heads"
    EVIDENCE = "evidence", "Whether it worked"
    STORY = "story", "A story"


#: A paper is changed until it is issued, and never afterwards.
PAPER = Lifecycle(
    "paper",
    PaperStatus,
    initial=PaperStatus.DRAFT,
    noun="paper",
    moves={"issue_paper": move(PaperStatus.DRAFT, PaperStatus.ISSUED, "issue it")},
)


class CommitmentKind(models.TextChoices):
    """What an employer can commit itself to in public (L10, B59)."""

    POLICY = "policy", "Positive-action policy"
    PAY_GAP = "pay_gap", "Pay gap"
    PLEDGE = "pledge", "Pledge"
    FAST_TRACK = "fast_track", "Fast-track rule"
    APPRENTICESHIP = "apprenticeship", "Apprenticeship commitment"


class PledgeAnswer(models.TextChoices):
    """What an employer says of its pledge when it is asked."""

    KEPT = "kept", "We have kept it"
    NOT_YET = "not_yet", "Not yet"


class Outcome(models.TextChoices):
    """What may have become of somebody by a moment (B58). To step up is to be promoted or to have a new grade; wider responsibility is no
    step by itself, and stands apart. A step up that the employer has confirmed is known, or is not: it has no silent part."""

    STEPPED = "stepped", "Stepped up: promoted, or a new grade or band"
    CONFIRMED = "confirmed", "Stepped up, of which confirmed by the employer"
    PROMOTED = "promoted", "Promoted"
    WIDER = "wider", "Wider responsibility"
    ACTING = "acting", "Acted up, or went on a secondment"
    LEFT = "left", "Left the employer, or work"


#: Which answers say so. No answer of a graduate says that the employer has confirmed it.
SAYS: dict[str, frozenset[str]] = {
    Outcome.STEPPED: frozenset(STEPS_UP),
    Outcome.PROMOTED: frozenset({Move.PROMOTED}),
    Outcome.WIDER: frozenset({Move.WIDER}),
    Outcome.ACTING: frozenset({Move.ACTING}),
    Outcome.LEFT: frozenset({Move.EMPLOYER, Move.SECTOR, Move.LEFT}),
}


class PaidBy(models.TextChoices):
    """Who paid for a tool that somebody took."""

    PROVIDER = "provider", "The programme"
    EMPLOYER = "employer", "Their employer"
    THEMSELVES = "themselves", "They themselves"
    NOBODY = "nobody", "It cost nothing"
