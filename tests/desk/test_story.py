"""A person's page tells their whole story on one timeline, of what the reader may see."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.models import Cohort
from steppingup.desk import story
from tests.factories import modules, review
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete
from tests.factories.mentoring import confirmed_pair

pytestmark = pytest.mark.django_db


def told(person, viewer) -> list[str]:
    return [event.what for event in story.of(person, viewer)]


@pytest.fixture
def window():
    return review.window()


def other_cohort(window) -> Cohort:
    return RunningCohortFactory(programme=window.cohort.programme)


def test_the_story_of_a_person_is_one_timeline_over_cohorts_and_roles(window, in_admin):
    by = review.coordinator(window)
    application = review.arrived(window)
    person = application.applicant
    place = ParticipantFactory(cohort=other_cohort(window), participant=person)
    confirmed_pair(place)
    modules.registered(place)
    complete(place)
    managed = ParticipantFactory(cohort=place.cohort, line_manager=person)
    found = told(person, by)
    assert f"Applied ({application.reference})" in found
    assert {"Took a place", "Completed the programme", f"Line manager of {managed.participant}"} <= set(found)
    assert any(one.startswith("Mentored by") for one in found)
    assert any(one.startswith("Registered for") for one in found)
    moments = [event.moment for event in story.of(person, by)]
    assert moments == sorted(moments, reverse=True)
    page = in_admin(by).get(reverse("admin:accounts_user_change", args=[person.pk])).text
    assert "Their story" in page
    assert f"Applied ({application.reference})" in page


def test_what_the_reader_may_not_see_is_not_in_it(window):
    person = review.arrived(window).applicant
    here = ParticipantFactory(cohort=other_cohort(window), participant=person)
    elsewhere = ParticipantFactory(participant=person)
    colleague = staff(provider=elsewhere.cohort.programme.provider)
    assert told(person, colleague) == ["Took a place"]
    assert told(person, staff(RoleName.ASSESSOR, here.cohort.programme.provider)) == []
    assert told(person, staff(RoleName.EQUALITY, here.cohort.programme.provider)) == []


def test_an_account_that_a_record_calls_something_else_is_not_told_of(window):
    by = review.coordinator(window)
    manager = ParticipantFactory().participant
    place = ParticipantFactory(cohort=other_cohort(window), line_manager=manager, manager_name="Pat Doe")
    assert told(manager, by) == []
    assert place.line_manager == manager
