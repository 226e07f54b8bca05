"""An old cohort’s page says who moved on: how it ended, and what was said at each moment; silence counts as silence (B58, C7)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import completion, destinations
from cohorts.desk.moved_on import people_of
from cohorts.models import Destination, DestinationMoment
from steppingup.formats.dates import add_months
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete, day
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


def named(cohort, name):
    return ParticipantFactory(cohort=cohort, participant__full_name=name)


@pytest.fixture
def old():
    """Asked at the end and after 6 months; three completed, one did not, and one is still on it."""
    cohort = RunningCohortFactory()
    by = staff(RoleName.COORDINATOR, cohort.programme.provider)
    for months in (0, 6):
        DestinationMoment.objects.create(programme=cohort.programme, months=months)
    ada, ben, cleo = (complete(named(cohort, name), by=by) for name in ("Ada Osei", "Ben Adu", "Cleo Mensah"))
    completion.conclude(enrolment=named(cohort, "Dan Reid"), by=by)
    named(cohort, "Eve Hall")
    destinations.ask_graduates(day(1))
    said = {one.enrolment_id: one for one in Destination.objects.for_steps()}
    destinations.answer(destination=said[ada.pk], moves=["promoted"], job_title="Head of service", by=ada.participant)
    destinations.answer(destination=said[ben.pk], moves=["same"], by=ben.participant)
    destinations.stop(destination=said[cleo.pk], by=cleo.participant)
    return cohort, by


@pytest.mark.requirement("B58", "C7")
def test_who_did_not_answer_is_never_counted_as_in_the_same_job(client, old):
    cohort, by = old
    later = add_months(day(0), 6) + timedelta(days=1)
    with time_machine.travel(later):
        destinations.ask_graduates(later)
        browser = with_second_factor(client, by)
        page = reverse("admin:cohorts_cohort_moved_on", args=[cohort.pk])
        seen = browser.get(page)
        figures = {line.what: [number for _, number in line.numbers] for line in seen.context["figures"]}
        assert figures == {
            "Same job": [1, 0], "Wider responsibility": [0, 0], "Promoted": [1, 0], "New grade or band": [0, 0],
            "Acting up or on secondment": [0, 0], "Another employer": [0, 0], "Another sector": [0, 0],
            "Not in work": [0, 0], "Answered": [2, 0], "Not answered": [1, 2], "Not asked": [0, 1],
        }  # fmt: skip
        text = " ".join(seen.text.split())
        assert "1 of 3 who completed moved on" in text
        assert "1 person never answered" in text
        assert "On the programme: 1 · Completed: 3 · Did not complete: 1" in text
        rows = {str(one.enrolment.participant): one for one in seen.context["page"]}
        assert {name: [one.words for one in row.said] for name, row in rows.items()} == {
            "Ada Osei": ["Promoted", "Not answered"],
            "Ben Adu": ["Same job", "Not answered"],
            "Cleo Mensah": ["Does not want to be asked", "Does not want to be asked"],
            "Dan Reid": ["", ""],
            "Eve Hall": ["", ""],
        }
        assert reverse("admin:cohorts_enrolment_change", args=[rows["Ada Osei"].enrolment.pk]) in seen.text
        given = b"".join(browser.get(page + "?export=csv&show=completed").streaming_content).decode()
        assert "Promoted,Head of service" in given
        assert "Dan Reid" not in given
        assert given.count("Not answered") == 2


@pytest.mark.requirement("B58")
@pytest.mark.parametrize(
    ("show", "found"),
    [
        ("", ["Ada Osei", "Ben Adu", "Cleo Mensah", "Dan Reid", "Eve Hall"]),
        ("nonsense", ["Ada Osei", "Ben Adu", "Cleo Mensah", "Dan Reid", "Eve Hall"]),
        ("completed", ["Ada Osei", "Ben Adu", "Cleo Mensah"]),
        ("not", ["Dan Reid"]),
        ("moved", ["Ada Osei"]),
        ("same", ["Ben Adu"]),
        ("silent", ["Cleo Mensah"]),
        ("sector", []),
    ],
)
def test_the_list_is_narrowed_and_a_stranger_finds_nothing(client, old, show, found):
    cohort, by = old
    page = reverse("admin:cohorts_cohort_moved_on", args=[cohort.pk]) + f"?show={show}"
    seen = with_second_factor(client, by).get(page)
    assert [str(one.enrolment.participant) for one in seen.context["page"]] == found
    assert ("Nobody in this cohort." in seen.text) == (not found)
    far = with_second_factor(type(client)(), staff(RoleName.COORDINATOR))
    assert far.get(page).status_code == 404


def test_a_moment_that_is_to_come_is_no_silence_and_one_that_was_missed_is_said(old):
    cohort, _ = old
    people, moments = people_of(cohort, [0, 6, 12])
    assert moments == [0, 6, 12]
    assert [one.words for one in people[0].said] == ["Promoted", "Not asked yet", "Not asked yet"]
    with time_machine.travel(add_months(day(0), 7)):
        people, moments = people_of(cohort, [6])  # the end is asked about no more, and was
    assert moments == [0, 6]
    assert [one.words for one in people[0].said] == ["Promoted", "Not asked"]


def test_without_people_or_moments_the_page_says_what_to_do(client):
    cohort = RunningCohortFactory()
    by = staff(RoleName.COORDINATOR, cohort.programme.provider)
    page = reverse("admin:cohorts_cohort_moved_on", args=[cohort.pk])
    browser = with_second_factor(client, by)
    assert "Nobody has had a place in this cohort." in browser.get(page).text
    complete(ParticipantFactory(cohort=cohort), by=by)
    assert "does not say when graduates are asked" in browser.get(page).text
