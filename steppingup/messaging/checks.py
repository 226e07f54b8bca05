"""`manage.py check`: every kind of message has its default text, and the text uses only what it may."""

from typing import Any

from django.core.checks import CheckMessage, Error

from steppingup.messaging import kinds
from steppingup.messaging.reminder_kinds import all_kinds as all_reminder_kinds
from steppingup.messaging.rendering import problems


def check_texts(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for kind in kinds.all_kinds():
        try:
            text = kinds.default_text(kind)
        except (OSError, ValueError) as problem:
            found.append(Error(f"{kind.key} has no readable default text: {problem}", id="messaging.E001"))
            continue
        for field, sentences in problems(kind, text).items():
            found += [Error(f"{kind.file.name}, {field}: {s}", id="messaging.E002") for s in sentences]
    for reminder in all_reminder_kinds():
        if kinds.find(reminder.message) is None:
            found.append(
                Error(f"The reminder {reminder.key} sends {reminder.message}, which is no kind.", id="messaging.E003")
            )
    return found
