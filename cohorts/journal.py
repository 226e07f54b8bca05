"""Who may read what of a participant's journal: today, whoever an entry is shared with, as long as they are what it was shared with them
as.

A circle is a kind of reader: the line manager here; mentoring adds the mentor.

add_circle(Circle(MENTOR, mentors_of, page_of_mentees))
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q

from cohorts.models import Enrolment, JournalEntry, SharedEntry
from cohorts.models.journal import SharedEntryQuerySet
from cohorts.relations import LINE_MANAGER, Relation, enrolments_of
from steppingup.accounts.models import User
from steppingup.messaging.addresses import address


class Reader(NamedTuple):
    """Somebody whom a participant may let read an entry: what they are to them, what they are called there, and where they are
    written to, if that is elsewhere than their account says."""

    role: str
    user: User
    called: str
    email: str = ""

    @property
    def label(self) -> str:
        """“Jo Maddern, your line manager”."""
        return f"{self.called}, your {_circles[self.role].relation.label}"

    @property
    def key(self) -> str:
        return f"{self.role}-{self.user.pk}"


@dataclass(frozen=True)
class Circle:
    """`readers(enrolment)`: who they are now; `page(enrolment)`: the address of where they find what is shared with them."""

    relation: Relation
    readers: Callable[[Enrolment], Iterable[Reader]]
    page: Callable[[Enrolment], str]


_circles: dict[str, Circle] = {}


def add_circle(circle: Circle) -> None:
    """Let participants share with these, too. Raises ValueError for a relation that is known already."""
    if _circles.setdefault(circle.relation.name, circle) is not circle:
        raise ValueError(f"Entries can be shared with a {circle.relation.label} already.")


def _managers(enrolment: Enrolment) -> list[Reader]:
    manager = enrolment.line_manager
    if manager is None or not manager.is_active:
        return []
    return [Reader(LINE_MANAGER.name, manager, str(enrolment.manager), enrolment.manager_email)]


add_circle(Circle(LINE_MANAGER, _managers, lambda enrolment: address("cohorts:managed_journal", enrolment.pk)))


def page_of(reader: Reader, enrolment: Enrolment) -> str:
    return _circles[reader.role].page(enrolment)


def readers_of(enrolment: Enrolment) -> list[Reader]:
    """With whom entries can be shared today."""
    return [reader for circle in _circles.values() for reader in circle.readers(enrolment)]


#: Some entries are not for everybody whom others could be shared with: an app that knows of such says for whom they are not.
_kept_from: list[Callable[[JournalEntry], Collection[str]]] = []


def keep_from(whom: Callable[[JournalEntry], Collection[str]]) -> None:
    """Let an app name relations with whom some entries cannot be shared."""
    _kept_from.append(whom)


def readers_for(entry: JournalEntry) -> list[Reader]:
    """With whom this one can be shared today."""
    kept = {name for whom in _kept_from for name in whom(entry)}
    return [one for one in readers_of(entry.enrolment) if one.role not in kept]


def read_by(user: Any, *, as_what: Relation | None = None) -> SharedEntryQuerySet:
    """What is shared with this person and is theirs to read today, `as_what` they are to its writer; by default as anything."""
    found = Q(pk__in=[])
    for name, circle in _circles.items():
        if as_what is None or as_what.name == name:
            found |= Q(role=name, entry__enrolment__in=enrolments_of(user, circle.relation).order_by().values("pk"))
    return SharedEntry.objects.standing().filter(found, reader=getattr(user, "pk", None))


def holding(sharings: Iterable[SharedEntry], enrolment: Enrolment) -> list[tuple[SharedEntry, Reader]]:
    """Of what is shared of this place, what holds today, with who reads it."""
    now = {(one.role, one.user.pk): one for one in readers_of(enrolment)}
    found = ((sharing, now.get((sharing.role, sharing.reader_id))) for sharing in sharings)
    return [(sharing, reader) for sharing, reader in found if reader]
