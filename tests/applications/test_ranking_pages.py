"""The ranking in the admin: what is next, and steps for many at once that are shown first and taken once."""

import re
from datetime import UTC

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.jobs import decide_job
from applications.models import (
    Application,
    Decision,
    Interview,
    Review,
)
from applications.states import ApplicationStatus as S
from applications.states import Reason
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/applications/application/"
REVIEWS = "/admin/applications/review/"


@pytest.fixture
def window():
    return make.window(capacity=3, reserve=1)


@pytest.fixture
def coordinator(window):
    return make.coordinator(window, full_name="Cora Coordinator")


@pytest.fixture
def browser(in_admin, coordinator):
    return in_admin(coordinator)


def page(application: Application) -> str:
    return f"{LIST}{application.pk}/change/"


def test_the_ranking_shows_ties_and_the_line_after_the_last_place(browser, window, coordinator):
    for value in (5, 3, 3, 2, 1):
        make.reviewed(make.arrived(window, name=f"Scored {value}"), value, by=coordinator)
    text = browser.get(f"{LIST}ranking/{window.cohort_id}/").content.decode()
    assert text.count('title="Tied"') == 2
    before, after = text.split("3 places", 1)[0].split("<tbody>")[1], text.split("3 places</span></td>", 1)[1]
    assert before.count("Scored") == 6  # the name and its label, three times
    assert "1 in reserve" in after
    assert "Scored 1" in after
    shown = browser.get(f"{LIST}ranking/{window.cohort_id}/?show=shortlisted").content.decode()
    assert "Nobody is here." in shown


def test_several_are_decided_after_a_page_that_says_who_is_told_once(browser, window):
    found = [make.arrived(window, name=f"Person {letter}") for letter in "ABC"]
    url = f"{LIST}ranking/{window.cohort_id}/decide/"
    chosen = {"step": "shortlist", "application": [a.pk for a in found]}
    shown = browser.post(url, chosen).content.decode()
    assert "3 people will be told" in shown
    for application in found:
        assert application.applicant.email in shown
    assert not Decision.objects.exists()
    for _ in range(2):
        done = browser.post(url, {**chosen, "confirm": "yes"}, follow=True)
    assert "3 had this decision already" in done.content.decode()
    assert Decision.objects.count() == Message.objects.filter(kind="applications.shortlisted").count() == 3
    for wrong, sentence in (
        ({"step": ""}, "Choose what to do"),
        ({"step": "turn_down", "application": found[0].pk}, "Choose a reason"),
        ({"step": "hold"}, "Tick at least one"),
    ):
        assert sentence in browser.post(url, wrong, follow=True).content.decode()


def test_what_was_ticked_is_still_ticked_when_something_is_missing(browser, window):
    found = [make.arrived(window, name=f"Person {letter}") for letter in "AB"]
    url = f"{LIST}ranking/{window.cohort_id}/decide/"
    text = browser.post(url, {"step": "turn_down", "application": [found[0].pk], "show": "open"}).content.decode()
    assert re.findall(r'name="application" value="(\d+)"[^>]* checked', text) == [str(found[0].pk)]
    assert re.search(r'<option value="turn_down" selected', text)
    assert re.search(r'<option value="open" selected', text)


INVITATION = {
    "first_on": "2030-11-01",
    "begins": "09:30",
    "ends": "11:00",
    "minutes": "45",
    "pause": "0",
    "place": "City Hall, room 2",
    "panel": "",
}


def test_several_are_invited_one_after_the_other_and_each_reads_their_own_time(browser, window, coordinator):
    found = [make.shortlisted(window, coordinator, name=f"Person {letter}") for letter in "ABC"]
    url = f"{LIST}ranking/{window.cohort_id}/decide/"
    chosen = {"step": "invite", "application": [a.pk for a in found]}
    assert 'name="first_on"' in browser.post(url, chosen).content.decode()
    nothing = browser.post(url, {**chosen, **INVITATION, "ends": "09:40"}).content.decode()
    assert "The day is too short" in nothing
    shown = browser.post(url, {**chosen, **INVITATION}).content.decode()
    # The first is a Friday with room for two, so the third comes on Monday.
    for when in ("Friday 1 November 2030, 9:30am", "Friday 1 November 2030, 10:15am", "Monday 4 November 2030, 9:30am"):
        assert when in shown
    assert not Interview.objects.exists()
    times = dict(re.findall(r'name="(starts_\d+)" value="([^"]+)"', shown))
    for wrong in ({**times, f"starts_{found[0].pk}": "soon"}, {**times, "place": ""}):
        answer = browser.post(url, {**chosen, **INVITATION, **wrong, "confirm": "yes"}, follow=True)
        assert "Please choose the" in answer.content.decode()
        assert "again." in answer.content.decode()
    assert not Interview.objects.exists()
    for _ in range(2):
        browser.post(url, {**chosen, **INVITATION, **times, "confirm": "yes"})
    assert [i.starts_at.astimezone(UTC).hour for i in Interview.objects.order_by("starts_at")] == [9, 10, 9]
    assert Message.objects.filter(kind="applications.interview_invited").count() == 3


def test_several_are_offered_a_place_and_the_page_says_when_these_are_too_many(browser, window, coordinator):
    found = [make.interviewed(window, coordinator, name=f"Person {number}") for number in range(4)]
    url = f"{LIST}ranking/{window.cohort_id}/decide/"
    chosen = {"step": "offer", "application": [a.pk for a in found]}
    shown = browser.post(url, chosen).content.decode()
    assert "3 of 3 places are free" in shown
    assert "more offers than places" in shown
    browser.post(url, {**chosen, "confirm": "yes"})
    assert {make.fresh(a).status for a in found} == {S.OFFERED}


def test_the_ranking_says_what_is_next_and_gives_assessors_to_all_that_lack_them(browser, window):
    for _ in range(2):
        make.assessor(window)
    found = [make.arrived(window) for _ in range(3)]
    address = f"{LIST}allocate/{window.cohort_id}/"
    assert f'<a href="{address}"><b>3</b>' in browser.get(f"{LIST}ranking/{window.cohort_id}/").content.decode()
    shown = browser.get(address).content.decode()
    assert all(f'name="application" value="{a.pk}"' in shown for a in found)
    browser.post(address, {"application": [a.pk for a in found]})
    assert "There is nothing to do here" in browser.get(address).content.decode()


@pytest.mark.parametrize("step", ["shortlist", "hold", "turn_down"])
def test_the_page_that_says_who_is_told_costs_the_same_for_many(browser, window, coordinator, step):
    url = f"{LIST}ranking/{window.cohort_id}/decide/"

    def cost(number: int) -> int:
        people = [make.reviewed(make.arrived(window), 3, 4, by=coordinator).pk for _ in range(number)]
        chosen = {"application": people, "step": step, "reason": Reason.PLACES}
        browser.post(url, chosen)
        with CaptureQueriesContext(connection) as queries:
            shown = browser.post(url, chosen).content.decode()
        assert all(application.applicant.email in shown for application in Application.objects.filter(pk__in=people))
        return len(queries)

    assert cost(1) == cost(8)


def test_very_many_are_decided_by_a_worker_that_may_begin_again(browser, window, monkeypatch):
    monkeypatch.setattr("applications.admin.deciding.AT_ONCE", 2)
    found = [make.arrived(window) for _ in range(3)]
    url = f"{LIST}ranking/{window.cohort_id}/decide/"
    values = {"step": "hold", "application": [a.pk for a in found], "confirm": "yes"}
    first, second = browser.post(url, values), browser.post(url, values)
    assert first.url == second.url
    job = Job.objects.get()
    assert jobs.run(job.pk)
    decide_job(job, lambda *args, **kwargs: None)
    assert {make.fresh(a).status for a in found} == {S.HELD}
    assert Message.objects.filter(kind="applications.held").count() == 3


def test_selected_applications_are_spread_after_a_preview(browser, window):
    people = [make.assessor(window) for _ in range(3)]
    found = [make.arrived(window) for _ in range(3)]
    chosen = {"action": "allocate_selected", "_selected_action": [a.pk for a in found]}
    shown = browser.post(LIST, chosen).content.decode()
    assert "Who will be told" in shown
    assert not Review.objects.exists()
    url = f"{LIST}allocate/{window.cohort_id}/"
    for _ in range(2):
        browser.post(url, {"application": [a.pk for a in found]})
    assert Review.objects.count() == 6
    assert Message.objects.filter(kind="applications.reviews_assigned").count() == len(people)


def test_applications_chosen_in_the_queue_are_ticked_in_the_ranking(browser, window):
    found = [make.arrived(window) for _ in range(3)]
    chosen = {"action": "decide_selected", "_selected_action": [a.pk for a in found[:2]]}
    text = browser.post(LIST, chosen).content.decode()
    assert set(re.findall(r'name="application" value="(\d+)"[^>]* checked', text)) == {str(a.pk) for a in found[:2]}


def test_who_may_not_score_an_application_is_named_where_an_assessor_is_chosen(browser, window):
    application = make.arrived(window, employer=OrganisationFactory(name="Quay Housing Trust"))
    make.assessor(window, application.employer, full_name="Too Near")
    make.assessor(window)
    text = browser.get(f"{LIST}{application.pk}/step/assign/").content.decode()
    assert "belong to the applicant&#x27;s organisation: Too Near" in text
    assert ">Too Near</option>" not in text


def test_the_next_on_the_waiting_list_is_offered_the_place_that_was_shown(browser, window, coordinator):
    first = make.waiting(window, coordinator, name="First Inline")
    url = f"{LIST}ranking/{window.cohort_id}/next/"
    assert "First Inline" in browser.get(url).content.decode()
    other = browser.post(url, {"application": make.waiting(window, coordinator).pk}, follow=True)
    assert "Somebody else is the first on the waiting list now." in other.content.decode()
    for _ in range(2):
        browser.post(url, {"application": first.pk})
    assert first.offers.count() == 1
