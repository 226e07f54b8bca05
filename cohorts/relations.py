"""What a person is to a participant on a day: the participant, the line manager, a peer, the host, the coordinator.

Pages fetch through it (`enrolments_of(user, LINE_MANAGER)`), and what only some may read asks it (`relations_to`); both speak
of today, or of the `day` that they are given. An app that knows another relation adds it: mentoring adds the mentor.

MENTOR = add_relation(Relation("mentor", "mentor", lambda people, user, day: people.filter(mentors__user=user)))

What was is read from the memberships of the place and the hostings of its assignment: who the line manager was, in which group
somebody was and who was their host on that day. Not known are the days of an assignment before they were changed, and a role that
ended and was given again: of these the present row speaks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery

from cohorts.models import Enrolment, Hosting, Membership
from cohorts.models.enrolment import EnrolmentQuerySet
from cohorts.permissions import CohortPermission
from cohorts.states import HOLDS_A_PLACE
from steppingup import clock
from steppingup.accounts.models import RoleAssignment
from steppingup.accounts.scope import covered, is_superuser, scope_of


@dataclass(frozen=True)
class Relation:
    """`narrow(people, user, day)` leaves the enrolments to which the person stands in this relation on that day."""

    name: str
    label: str
    narrow: Callable[[EnrolmentQuerySet, Any, date], EnrolmentQuerySet]


_relations: dict[str, Relation] = {}


def add_relation(relation: Relation) -> Relation:
    """Make a relation known. Raises ValueError for a name that is taken."""
    if _relations.setdefault(relation.name, relation) is not relation:
        raise ValueError(f"There is a relation “{relation.name}” already.")
    return relation


def _as_of(day: date, field: str) -> Any:
    """To whom or what the place belonged on that day; after somebody left, to whom it belonged last."""
    if day >= clock.today():
        return F(field)
    begun = Membership.objects.filter(enrolment=OuterRef("pk"), starts_on__lte=day)
    return Subquery(begun.order_by("-starts_on").values(field)[:1])


def _peers(people: EnrolmentQuerySet, user: Any, day: date) -> EnrolmentQuerySet:
    """Others of one's own peer group, as long as one holds a place oneself."""
    own = Membership.objects.on(day).filter(enrolment__participant=user.pk, peer_group=OuterRef("group_then"))
    if day >= clock.today():  # whoever has left today is a peer no more
        own = own.filter(enrolment__status__in=HOLDS_A_PLACE)
    return people.alias(group_then=_as_of(day, "peer_group")).filter(Exists(own)).exclude(participant=user.pk)


def _guests(people: EnrolmentQuerySet, user: Any, day: date) -> EnrolmentQuerySet:
    """Those whose assignment was at one's own organisation on that day, between its days, and named one's email address as the
    person to ask for. Not everybody of the organisation is a host, and two people may have the same name."""
    if not user.organisation_id or not user.email:
        return people.none()
    address = rf"(^|[^[:alnum:]._+-]){re.escape(user.email)}($|[^[:alnum:]_-])"
    hosts = Hosting.objects.on(day).filter(host=user.organisation_id, host_contact__iregex=address)
    return people.filter(
        Exists(
            hosts.filter(
                Q(placement__starts_on=None) | Q(placement__starts_on__lte=day),
                Q(placement__ends_on=None) | Q(placement__ends_on__gte=day),
                placement__enrolment=OuterRef("pk"),
            )
        ),
    )


def _run(people: EnrolmentQuerySet, user: Any, day: date) -> EnrolmentQuerySet:
    if day == clock.today() or is_superuser(user):
        return people.visible_to(user)
    held = RoleAssignment.objects.held_on(day).filter(user=user.pk).with_cohorts()
    roles = [role for role in held if CohortPermission.RUN_COHORTS in role.permissions]
    return people.filter(covered(scope_of(Enrolment), roles))


SELF = add_relation(Relation("self", "participant", lambda people, user, day: people.of_participant(user)))
LINE_MANAGER = add_relation(
    Relation(
        "line_manager",
        "line manager",
        lambda people, user, day: people.alias(then=_as_of(day, "line_manager")).filter(then=user.pk),
    )
)
PEER = add_relation(Relation("peer", "peer", _peers))
HOST = add_relation(Relation("host", "host", _guests))
COORDINATOR = add_relation(Relation("coordinator", "coordinator", _run))


def enrolments_of(user: Any, relation: Relation, day: date | None = None) -> EnrolmentQuerySet:
    """The enrolments to which this person stands in the relation on that day (today); none for whoever is not signed in or
    not active now."""
    people = Enrolment.objects.all()
    on = day or clock.today()
    return relation.narrow(people, user, on) if getattr(user, "is_active", False) else people.none()


def relations_to(enrolment: Enrolment, user: Any, day: date | None = None) -> frozenset[Relation]:
    """Everything that the person is to the participant on that day (today), in one query, and one more for the roles of
    another day; nothing for a stranger."""
    if not getattr(user, "is_active", False):
        return frozenset()
    this, on = Enrolment.objects.filter(pk=OuterRef("pk")), day or clock.today()
    asked = {f"is_{name}": Exists(relation.narrow(this, user, on)) for name, relation in _relations.items()}
    row = Enrolment.objects.filter(pk=enrolment.pk).order_by().values(**asked).first() or {}
    return frozenset(relation for name, relation in _relations.items() if row.get(f"is_{name}"))
