"""What “another organisation” means: how far apart two organisations are, counted in steps from one to what it is part of.

A parent and a subsidiary are one step apart; sisters, and a grandparent, two. A programme says how many steps are too near
(`Programme.reach`). PostgreSQL counts the same (`steppingup.history.guards.RELATED`)."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping

from django.db import models


class Reach(models.IntegerChoices):
    """How near is too near. Each includes those before it."""

    SAME = 0, "The same organisation only"
    PARENT = 1, "Also its parent organisation and its subsidiaries"
    SISTER = 2, "Also sister organisations, and whatever is two levels above or below"
    GROUP = 99, "Every organisation of the same group, however large"


#: What a sentence calls those who are too near, beside the organisation itself.
IN_WORDS = {
    Reach.SAME: "",
    Reach.PARENT: ", its parent or a subsidiary",
    Reach.SISTER: ", its parent, a subsidiary or a sister organisation",
    Reach.GROUP: " or another one of its group",
}


def in_words(reach: int) -> str:
    """“, its parent or a subsidiary”: follows “from their own organisation” in a sentence."""
    return IN_WORDS[Reach(reach)]


def near(parents: Mapping[int, int | None], ids: Iterable[int], reach: int) -> dict[int, frozenset[int]]:
    """For each of `ids` those that are at most so many steps away, itself among them. `parents`: what each is part of; one
    that is part of nothing may be left out."""
    beside: dict[int, set[int]] = defaultdict(set)
    for child, parent in parents.items():
        if parent is not None:
            beside[child].add(parent)
            beside[parent].add(child)
    found = {}
    for start in ids:
        steps, waiting = {start: 0}, deque([start])
        while waiting:
            one = waiting.popleft()
            if steps[one] < reach:
                new = beside[one] - steps.keys()
                steps.update(dict.fromkeys(new, steps[one] + 1))
                waiting.extend(new)
        found[start] = frozenset(steps)
    return found
