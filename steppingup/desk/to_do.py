"""What waits for somebody, on the admin's first page: a number in words that leads to the list, filtered.

def to_review(*, subject, viewer):
    return waiting(ToDo(found, "application waits", "applications wait", "admin:…_changelist", "status=submitted"))
"""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

TEMPLATE = "admin/components/to_do.html"


@dataclass(frozen=True)
class ToDo:
    """`one` and `many` go on after the number: “1 invoice is overdue”, “3 invoices are overdue”."""

    number: int
    one: str
    many: str
    url_name: str
    query: str = ""

    @property
    def words(self) -> str:
        return self.one if self.number == 1 else self.many

    @property
    def url(self) -> str:
        address = reverse(self.url_name)
        return f"{address}?{self.query}" if self.query else address


def waiting(*entries: ToDo) -> dict[str, Any] | None:
    """The context of a section: what waits, or None when nothing does."""
    found = [entry for entry in entries if entry.number]
    return {"to_do": found} if found else None
