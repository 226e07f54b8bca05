"""Short names by which rows are found in addresses and data files. Nobody has to think of one: the title gives it."""

from typing import Any

from django.db import models
from django.utils.text import slugify

LONGEST = 40


def free_key(title: str, taken: set[str]) -> str:
    """“critical-thinking” from “Critical thinking”; with a number after it where that is taken."""
    stem = slugify(title)[:LONGEST].strip("-_") or "part"
    key, number = stem, 2
    while key in taken:
        ending = f"-{number}"
        key, number = f"{stem[: LONGEST - len(ending)]}{ending}", number + 1
    return key


class Keyed:
    """For a model with `key` and `order`: a new row without a key gets one, and stands after those that are there.

    `key_from` names the field it is made of, `key_within` the parent among whose rows it is unique."""

    key_from = "title"
    key_within = "programme"

    def save(self, *args: Any, **kwargs: Any) -> None:
        this: Any = self
        if not this.key:
            siblings = type(this)._default_manager.filter(**{self.key_within: getattr(this, self.key_within)})
            this.key = free_key(str(getattr(this, self.key_from)), set(siblings.values_list("key", flat=True)))
            if this.pk is None and not this.order:
                last = siblings.aggregate(last=models.Max("order"))["last"]
                this.order = 0 if last is None else last + 1
        super().save(*args, **kwargs)  # type: ignore[misc]
