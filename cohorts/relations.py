"""What a person is to a participant: the participant, the line manager, a peer, somebody of the host, who runs the cohort.

Pages fetch through it (`enrolments_of(user, LINE_MANAGER)`), and what only some may read asks it (`relations_to`). An app
that knows another relation adds it: mentoring adds the mentor.

MENTOR = add_relation(Relation("mentor", "mentor", lambda people, user: people.filter(mentors__user=user)))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from cohorts.models import Enrolment
from cohorts.models.enrolment import EnrolmentQuerySet
from cohorts.states import HOLDS_A_PLACE


@dataclass(frozen=True)
class Relation:
    """`narrow(people, user)` leaves the enrolments to which the person stands in this relation today."""

    name: str
    label: str
    narrow: Callable[[EnrolmentQuerySet, Any], EnrolmentQuerySet]


_relations: dict[str, Relation] = {}


def add_relation(relation: Relation) -> Relation:
    """Make a relation known. Raises ValueError for a name that is taken."""
    if _relations.setdefault(relation.name, relation) is not relation:
        raise ValueError(f"There is a relation “{relation.name}” already.")
    return relation


def _peers(people: EnrolmentQuerySet, user: Any) -> EnrolmentQuerySet:
    """Others of one's own peer group, as long as one holds a place oneself."""
    own = Enrolment.objects.filter(participant=user, status__in=HOLDS_A_PLACE, peer_group=OuterRef("peer_group"))
    return people.filter(Exists(own)).exclude(participant=user)


def _guests(people: EnrolmentQuerySet, user: Any) -> EnrolmentQuerySet:
    """Those whose assignment is at one's own organisation."""
    return people.filter(placement__host=user.organisation_id) if user.organisation_id else people.none()


SELF = add_relation(Relation("self", "participant", lambda people, user: people.of_participant(user)))
LINE_MANAGER = add_relation(Relation("line_manager", "line manager", lambda people, user: people.managed_by(user)))
PEER = add_relation(Relation("peer", "peer", _peers))
HOST = add_relation(Relation("host", "host", _guests))
COORDINATOR = add_relation(Relation("coordinator", "coordinator", lambda people, user: people.visible_to(user)))


def enrolments_of(user: Any, relation: Relation) -> EnrolmentQuerySet:
    """The enrolments to which this person stands in the relation; none for whoever is not signed in or not active."""
    people = Enrolment.objects.all()
    return relation.narrow(people, user) if getattr(user, "is_active", False) else people.none()


def relations_to(enrolment: Enrolment, user: Any) -> frozenset[Relation]:
    """Everything that the person is to the participant today, in one query; nothing for a stranger."""
    if not getattr(user, "is_active", False):
        return frozenset()
    this = Enrolment.objects.filter(pk=OuterRef("pk"))
    asked = {f"is_{name}": Exists(relation.narrow(this, user)) for name, relation in _relations.items()}
    row = Enrolment.objects.filter(pk=enrolment.pk).order_by().values(**asked).first() or {}
    return frozenset(relation for name, relation in _relations.items() if row.get(f"is_{name}"))
