"""The ranking in the admin: what is next, and steps for many at once that are shown first and taken once."""

import re
from datetime import UTC

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.actions import decisions, reviews
from applications.models import (
    Application,
    Decision,
    Interview,
    Review,
)
from applications.states import ApplicationStatus as S
from steppingup.desk import stepping
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory
from tests.staff import take_step, take_steps

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
    assert text.count("1 of 2</td>") == 5
    before, after = text.split("3 places", 1)[0].split("<tbody>")[1], text.split("3 places</span></td>", 1)[1]
    assert before.count("Scored") == 6  # the name and its label, three times
    assert "1 in reserve" in after
    assert "Scored 1" in after
    shown = browser.get(f"{LIST}ranking/{window.cohort_id}/?show=shortlisted").content.decode()
    assert "Nobody to show." in shown


def decide(browser, window, step, found, **data):
    """Tick in the ranking, choose a step, read who is told what, and press the button: the page of what came of it."""
    ids = [a.pk for a in found]
    first = browser.post(f"{LIST}ranking/{window.cohort_id}/decide/", {"step": step, "application": ids})
    assert f"{LIST}steps/{step}/" in first.text
    return take_steps(browser, "applications_application", step, ids, **data)


def test_several_are_decided_after_a_page_that_says_who_is_told_once(browser, window):
    found = [make.arrived(window, name=f"Person {letter}") for letter in "ABC"]
    url = f"{LIST}ranking/{window.cohort_id}/decide/"
    chosen = {"step": "shortlist", "application": [a.pk for a in found]}
    shown = browser.post(url, chosen).text
    assert "Who will be told" in shown
    for application in found:
        assert application.applicant.email in shown
    assert not Decision.objects.exists()
    done = decide(browser, window, "shortlist", found).text
    assert done.count("Shortlisted. Person") == 3
    assert f"{LIST}ranking/{window.cohort_id}/" in done
    again = decide(browser, window, "shortlist", found).text
    assert again.count("so you cannot shortlist the application") == 3
    assert Decision.objects.count() == Message.objects.filter(kind="applications.shortlisted").count() == 3
    none, no_key = {"step": "hold"}, {"step": "hold", "application": "9" * 5000}
    for wrong, sentence in (
        ({"step": ""}, "Choose what to do"),
        (none, "Select at least"),
        (no_key, "Select at least"),
    ):
        assert sentence in browser.post(url, wrong, follow=True).text
    named = {"ids": "9" * 5000, "digests": f"{'9' * 5000}:a"}
    assert "Select at least one" in browser.post(f"{LIST}steps/shortlist/", named, follow=True).text


def test_those_that_are_refused_are_named_and_can_be_taken_further(browser, window, coordinator):
    first, late = (make.arrived(window, name=name) for name in ("In Time", "Too Late"))
    url = f"{LIST}steps/shortlist/"
    ids = f"{first.pk},{late.pk}"
    shown = browser.post(url, {"ids": ids})
    digests = ",".join(f"{one['pk']}:{one['digest']}" for one in shown.context["possible"])
    decisions.turn_down(application=late, reason="not_eligible", by=coordinator)
    sent = {"ids": ids, "filled": "yes", "digests": digests, "confirm": "yes"}
    done = browser.post(url, sent, follow=True)
    assert "Shortlisted. In Time was told." in done.text
    assert "Not done." in done.text
    assert done.context["refused_ids"] == str(late.pk)
    assert {other["label"] for other in done.context["further"]} >= {"Turn down", "Hold in reserve"}


def test_what_was_ticked_is_still_ticked_when_something_is_missing(browser, window):
    found = [make.arrived(window, name=f"Person {letter}") for letter in "AB"]
    url = f"{LIST}ranking/{window.cohort_id}/decide/"
    text = browser.post(url, {"step": "", "application": [found[0].pk], "show": "open"}).text
    assert re.findall(r'name="application" value="(\d+)"[^>]* checked', text) == [str(found[0].pk)]
    assert re.search(r'<option value="open" selected', text)
    asked = browser.post(url, {"step": "turn_down", "application": [found[0].pk]}).text
    assert "Choose a reason" in asked


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
    found.insert(1, make.arrived(window, name="Not Shortlisted"))
    ids = [a.pk for a in found]
    first = browser.post(f"{LIST}ranking/{window.cohort_id}/decide/", {"step": "invite", "application": ids})
    assert 'name="first_on"' in first.text
    url, sent = f"{LIST}steps/invite/", {"ids": ",".join(map(str, ids)), "filled": "yes", **INVITATION}
    assert "The day is too short" in browser.post(url, {**sent, "ends": "09:40"}).text
    shown = browser.post(url, sent).text
    # The first is a Friday with room for two, so the third comes on Monday. Nobody else takes a time.
    for when in ("Friday 1 November 2030, 9:30am", "Friday 1 November 2030, 10:15am", "Monday 4 November 2030, 9:30am"):
        assert when in shown
    assert not Interview.objects.exists()
    for _ in range(2):
        take_steps(browser, "applications_application", "invite", ids, **INVITATION)
    assert [i.starts_at.astimezone(UTC).hour for i in Interview.objects.order_by("starts_at")] == [9, 10, 9]
    assert Message.objects.filter(kind="applications.interview_invited").count() == 3


def test_several_are_offered_a_place_and_the_page_says_when_these_are_too_many(browser, window, coordinator):
    found = [make.interviewed(window, coordinator, name=f"Person {number}") for number in range(4)]
    shown = browser.post(f"{LIST}steps/offer/", {"ids": ",".join(str(a.pk) for a in found)})
    meant = [one["meaning"] for one in shown.context["possible"]]
    assert "3 of 3 places are free, and 0 offers are open." in meant[0]
    assert ["more offers than places" in one for one in meant] == [False, False, False, True]
    decide(browser, window, "offer", found)
    assert {make.fresh(a).status for a in found} == {S.OFFERED}


def test_the_page_that_says_who_is_told_costs_little_for_each(browser, window, coordinator):
    for application in (make.interviewed(window, coordinator) for _ in range(2)):
        make.scored(reviews.assign(application=make.arrived(window), assessor=make.assessor(window), by=coordinator))
        assert application.status == S.INTERVIEWED
    for step, stands in (("shortlist", S.IN_REVIEW), ("offer", S.INTERVIEWED)):
        ids = list(Application.objects.filter(status=stands).values_list("pk", flat=True))
        cost = []
        for number in (1, 2):
            sent = {"ids": ",".join(map(str, ids[:number]))}
            browser.post(f"{LIST}steps/{step}/", sent)
            with CaptureQueriesContext(connection) as queries:
                browser.post(f"{LIST}steps/{step}/", sent)
            cost.append(len(queries))
        assert cost[1] - cost[0] <= 40, step


def test_the_ranking_says_what_is_next_and_gives_assessors_to_all_that_lack_them(browser, window):
    for _ in range(2):
        make.assessor(window)
    for _ in range(3):
        make.arrived(window)
    address = f"/admin/cohorts/cohort/{window.cohort_id}/step/allocate/"
    text = browser.get(f"{LIST}ranking/{window.cohort_id}/").text
    assert f'<a href="{LIST}?next=assign&amp;cohort={window.cohort_id}"><b>3</b>' in text
    assert f'href="{address}"' in text
    shown = browser.post(address).text
    assert "Who will be told" in shown
    assert "until each has 2 assessors" in shown
    assert not Review.objects.exists()
    take_step(browser, address)
    assert Review.objects.count() == 6
    assert address not in browser.get(f"{LIST}ranking/{window.cohort_id}/").text


def test_more_than_fifty_are_looked_at_and_spread_by_a_worker(browser, window, monkeypatch):
    monkeypatch.setattr(stepping, "AT_ONCE", 2)
    for _ in range(2):
        make.assessor(window)
    for _ in range(3):
        make.arrived(window)
    browser.post(f"/admin/cohorts/cohort/{window.cohort_id}/step/allocate/", {"filled": "yes"})
    shown = browser.get(worked(Job.objects.get()).result["url"]).text
    assert "3 applications will be shared out evenly" in shown
    assert not Review.objects.exists()
    given = {name: re.search(rf'name="{name}" value="([^"]*)"', shown)[1] for name in ("ids", "digests")}
    browser.post("/admin/cohorts/cohort/steps/allocate/", {**given, "filled": "yes", "confirm": "yes"})
    assert not Review.objects.exists()
    text = browser.get(worked(Job.objects.get(kind="steps.take")).result["url"]).text
    assert Review.objects.count() == 6
    assert "2 people were told." in text
    assert f'href="{LIST}ranking/{window.cohort_id}/"' in text


def worked(job: Job) -> Job:
    jobs.run(job.pk)
    return Job.objects.get(pk=job.pk)


def test_selected_applications_are_spread_after_a_preview(browser, window):
    people = [make.assessor(window) for _ in range(3)]
    found = [make.arrived(window) for _ in range(3)]
    chosen = {"action": "spread_chosen", "_selected_action": [a.pk for a in found[:2]]}
    shown = browser.post(LIST, chosen)
    address = f"/admin/cohorts/cohort/{window.cohort_id}/step/allocate/"
    assert f'action="{address}"' in shown.text
    assert not Review.objects.exists()
    take_step(browser, address, applications=shown.context["form"]["applications"].value())
    assert set(Review.objects.values_list("application", flat=True)) == {a.pk for a in found[:2]}
    assert Message.objects.filter(kind="applications.reviews_assigned").count() == len(people)


def test_who_may_not_score_an_application_is_named_where_an_assessor_is_chosen(browser, window):
    application = make.arrived(window, employer=OrganisationFactory(name="Quay Housing Trust"))
    make.assessor(window, application.employer, full_name="Too Near")
    make.assessor(window)
    text = browser.get(f"{LIST}{application.pk}/step/assign/").content.decode()
    assert "are from the applicant&#x27;s organisation: Too Near" in text
    assert ">Too Near</option>" not in text


def test_the_next_on_the_waiting_list_is_offered_the_place_that_was_shown(browser, window, coordinator):
    first = make.waiting(window, coordinator, name="First Inline")
    url = f"/admin/cohorts/cohort/{window.cohort_id}/step/offer_next/"
    assert url in browser.get(f"{LIST}ranking/{window.cohort_id}/").text
    shown = browser.post(url)
    assert "First Inline" in shown.text
    second = make.waiting(window, coordinator, name="Second Inline")
    decisions.turn_down(application=first, reason="not_ready", by=coordinator)
    changed = browser.post(url, {"filled": "yes", "digest": shown.context["digest"]})
    assert "Something changed while you were reading" in changed.text
    assert "Second Inline" in changed.text
    take_step(browser, url)
    assert second.offers.count() == 1
