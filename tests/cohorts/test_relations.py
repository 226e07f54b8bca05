"""What somebody is to a participant, in one place and one query."""

import pytest

from cohorts.models import Placement
from cohorts.relations import COORDINATOR, HOST, LINE_MANAGER, PEER, SELF, enrolments_of, relations_to
from mentoring.relations import MENTOR
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory
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
    Placement.objects.create(enrolment=person, host=host, kind=Placement.Kind.PROJECT, title="A project")
    return {
        SELF: person.participant,
        LINE_MANAGER: person.line_manager,
        PEER: peer.participant,
        HOST: UserFactory(organisation=host),
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
    for user in (UserFactory(), staff(), limited, colleague_of_nobody.participant):
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
