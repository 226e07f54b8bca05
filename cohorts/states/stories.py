"""What becomes of a story that somebody tells of a programme (C7)."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class StoryStatus(models.TextChoices):
    SENT = "sent", "Sent, to be worded"
    PROPOSED = "proposed", "Wording proposed"
    PUBLISHED = "published", "Agreed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class NamedAs(models.TextChoices):
    FULL = "full", "With my full name, and my job title if you know it"
    FIRST = "first", "With my first name only"
    NOBODY = "nobody", "Without my name"


STORY = Lifecycle(
    "story",
    StoryStatus,
    initial=StoryStatus.SENT,
    noun="story",
    moves={
        "propose": move(StoryStatus.SENT, StoryStatus.PROPOSED, "Propose a wording"),
        "ask_for_changes": move(StoryStatus.PROPOSED, StoryStatus.SENT, "Ask for another wording"),
        "agree": move(StoryStatus.PROPOSED, StoryStatus.PUBLISHED, "Agree to the wording"),
        "take_off": move(StoryStatus.PUBLISHED, StoryStatus.SENT, "Take it off the pages"),
        "withdraw": move(
            (StoryStatus.SENT, StoryStatus.PROPOSED, StoryStatus.PUBLISHED), StoryStatus.WITHDRAWN, "Withdraw it"
        ),
    },
)
