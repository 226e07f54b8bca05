"""What somebody is to a participant, in one place and one query."""

from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.utils import timezone

from cohorts.actions import belonging
from cohorts.actions.placements import part_of
from cohorts.models import Placement
from cohorts.relations import COORDINATOR, HOST, LINE_MANAGER, PEER, SELF, enrolments_of, relations_to
from mentoring.models import Pair
from mentoring.relations import MENTOR
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, day
from tests.factories.mentoring import confirmed_pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return ParticipantFactory()


@pytest.fixture
def cast(person):
    """Everybody who has to do with the person, with their relation to them."""
    cohort = person.cohort
    person.peer_group = cohort.peer_groups.create(name="Red")
    person.save()
    peer = ParticipantFactory(cohort=cohort, peer_group=person.peer_group)
    host = OrganisationFactory()
    named = UserFactory(organisation=host)
    Placement.objects.create(
        component=part_of(person),
        enrolment=person, host=host, kind="project", title="A project", host_contact=f"{named}, <{named.email}>",
        starts_on=day(-20), ends_on=day(20),
    )  # fmt: skip
    return {
        SELF: person.participant,
        LINE_MANAGER: person.line_manager,
        PEER: peer.participant,
        HOST: named,
        MENTOR: confirmed_pair(person).mentor.user,
        COORDINATOR: staff(provider=cohort.programme.provider),
    }


def test_everybody_is_one_thing_to_a_participant_found_in_one_query(person, cast, django_assert_num_queries):
    for relation, user in cast.items():
        assert user.current_roles is not None  # asked once for all pages
        with django_assert_num_queries(1):
            assert relations_to(person, user) == {relation}
        assert person in enrolments_of(user, relation)


def test_strangers_and_those_whose_account_is_closed_are_nothing(person, cast):
    limited = staff(provider=person.cohort.programme.provider)
    CohortFactory(programme=person.cohort.programme).limited_roles.add(limited.role_assignments.get())
    colleague_of_nobody = ParticipantFactory(cohort=person.cohort)
    colleague_of_host = UserFactory(organisation=cast[HOST].organisation, email=f"x{cast[HOST].email}")
    for user in (UserFactory(), staff(), limited, colleague_of_nobody.participant, colleague_of_host):
        assert relations_to(person, user) == frozenset()
    for relation, user in cast.items():
        user.is_active = False
        assert relations_to(person, user) == frozenset()
        assert not enrolments_of(user, relation).exists()


def test_what_is_over_is_no_relation_any_more(person, cast):
    peer = cast[PEER].enrolments.get()
    type(peer).objects.filter(pk=peer.pk).update(peer_group=None)
    person.line_manager = UserFactory()
    person.save()
    assert relations_to(person, cast[PEER]) == relations_to(person, cast[LINE_MANAGER]) == frozenset()


def was(rows: Any, field: str, days: int) -> None:
    with pgtrigger.ignore():
        rows.update(**{field: timezone.now() - timedelta(days=days)})


def test_what_was_counts_for_its_days(person, cast, django_assert_max_num_queries):
    """Everybody came ten days ago. Five days ago the manager and the group changed, mentoring and the role ended."""
    for enrolment in (person, cast[PEER].enrolments.get()):
        enrolment.memberships.exclude(ends_on=None).delete()  # of the moment before the cast was there
        enrolment.memberships.update(starts_on=day(-10))
    pairs = Pair.objects.filter(mentor__user=cast[MENTOR])
    was(pairs, "confirmed_at", 10)
    was(cast[COORDINATOR].role_assignments, "given_at", 10)
    new_manager = UserFactory()
    person.refresh_from_db()
    belonging.change_from(person, day(-5), line_manager=new_manager, peer_group=None)
    pairs.update(status="ended", ended_at=timezone.now() - timedelta(days=5), end_reason="Over.")
    cast[COORDINATOR].role_assignments.update(until=day(-5))

    before, after = day(-8), day(-3)
    for relation in (LINE_MANAGER, PEER, MENTOR, COORDINATOR):
        user = cast[relation]
        with django_assert_max_num_queries(2):
            assert relations_to(person, user, before) == {relation}
        assert relations_to(person, user, after) == frozenset(), relation
        assert relations_to(person, user, day(-12)) == frozenset(), relation
        assert person in enrolments_of(user, relation, before)
    assert relations_to(person, new_manager, after) == relations_to(person, new_manager) == {LINE_MANAGER}
    assert relations_to(person, new_manager, before) == frozenset()


def test_a_host_is_one_between_the_days_of_the_placement(person, cast):
    assert relations_to(person, cast[HOST], day(-20)) == relations_to(person, cast[HOST], day(20)) == {HOST}
    assert relations_to(person, cast[HOST], day(-21)) == relations_to(person, cast[HOST], day(21)) == frozenset()
    Placement.objects.update(starts_on=None, ends_on=None)
    assert relations_to(person, cast[HOST], day(-21)) == {HOST}
