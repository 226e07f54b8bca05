"""The default texts become rows after each migration. A default that a coordinator has edited is never overwritten."""

from typing import Any

from django.utils import timezone

from steppingup.messaging import kinds
from steppingup.messaging.models import MessageTemplate


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
    row.edited, row.changed_at = False, timezone.now()
    row.save()
    return row
