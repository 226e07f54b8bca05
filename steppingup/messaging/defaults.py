"""The default texts: `manage.py check` reads them, and after each migration they become rows. A default that a coordinator
has edited is never overwritten."""

from typing import Any

from django.core.checks import CheckMessage, Error

from steppingup import clock
from steppingup.messaging import kinds, reminder_kinds
from steppingup.messaging.models import MessageTemplate
from steppingup.messaging.rendering import problems


def check_texts(**_: Any) -> list[CheckMessage]:
    """Every kind of message has its default text, the text uses only what it may, and every reminder sends a known kind."""
    found: list[CheckMessage] = []
    for kind in kinds.all_kinds():
        try:
            text = kinds.default_text(kind)
        except (OSError, ValueError) as problem:
            found.append(Error(f"{kind.key} has no readable default text: {problem}", id="messaging.E001"))
            continue
        for field, sentences in problems(kind, text).items():
            found += [Error(f"{kind.file.name}, {field}: {s}", id="messaging.E002") for s in sentences]
    for reminder in reminder_kinds.all_kinds():
        if kinds.find(reminder.message) is None:
            found.append(
                Error(f"The reminder {reminder.key} sends {reminder.message}, which is no kind.", id="messaging.E003")
            )
    return found


def make_defaults(**_: Any) -> None:
    """Make the missing default rows; bring those that nobody has edited up to date with the files."""
    rows = {row.kind: row for row in MessageTemplate.objects.defaults()}
    for kind in kinds.all_kinds():
        text, row = kinds.default_text(kind), rows.get(kind.key)
        if row is None:
            MessageTemplate.from_file(kind.key).save()
        elif not row.edited and row.text != text:
            put_back(row)


def put_back(row: MessageTemplate) -> MessageTemplate:
    """Give a default row the text that comes with the code."""
    text = kinds.default_text(kinds.get(row.kind))
    row.subject, row.body, row.button_label = text.subject, text.body, text.button_label
    row.edited, row.changed_at = False, clock.now()
    row.save()
    return row
