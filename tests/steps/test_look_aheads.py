"""What a worker found out about a step for many is read, acted on, and removed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from applications.models import Application
from applications.states import ApplicationStatus
from steppingup.desk import stepping
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions
from steppingup.jobs.models import Job
from steppingup.jobs.states import RECENT
from tests.factories import review as make
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
URL = "/admin/applications/application/steps/shortlist/"


@pytest.fixture
def window():
    return make.window()


@pytest.fixture
def found(window):
    return [make.arrived(window, name=f"Person {letter}") for letter in "AB"]


@pytest.fixture
def browser(in_admin, window):
    return in_admin(make.coordinator(window))


@pytest.fixture
def looked(browser, found, monkeypatch) -> Job:
    """A look ahead of a worker, as it is when it is done."""
    monkeypatch.setattr(stepping, "AT_ONCE", 1)
    browser.post(URL, {"ids": ",".join(str(a.pk) for a in found), "filled": "yes", "note": "Much wanted."})
    job = Job.objects.get()
    actions.run(job.pk)
    return Job.objects.get()


def later(**offset: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**offset), tick=False)


def read(browser, job: Job):
    return browser.get(job.result["url"])


def says_that_it_is_too_old(browser, job: Job, found) -> bool:
    """The page says so, and leads to a page that looks again at the same records."""
    text = read(browser, job).text
    again = browser.post(URL, {"ids": ",".join(map(str, job.result["ids"]))})
    return (
        "This page has expired" in text
        and "Check again" in text
        and f'value="{",".join(str(a.pk) for a in found)}"' in text
        and again.status_code in (200, 302)
    )


def test_a_look_ahead_is_removed_a_day_after_it_was_made(browser, looked, found):
    assert looked.arguments == {}
    assert found[0].applicant.email in read(browser, looked).text
    with later(hours=23.9):
        actions.forget_old()
        with_second_factor(browser, looked.started_by)
        assert "Much wanted." in read(browser, looked).text
    with later(hours=24.1):
        actions.forget_old()
        looked.refresh_from_db()
        assert set(looked.result) == {"url", "message", "step", "ids"}
    assert says_that_it_is_too_old(browser, looked, found)


def test_a_look_ahead_is_removed_when_the_step_is_taken_and_its_page_can_be_loaded_again(browser, looked, found):
    other = actions.start(kind="steps.look_ahead", title="Another step", about=None, by=looked.started_by)
    Job.objects.filter(pk=other.pk).update(result={**looked.result, "step": "applications.application.hold"})
    shown = read(browser, looked)
    digests = ",".join(f"{one['pk']}:{one['digest']}" for one in shown.context["possible"])
    sent = {"ids": shown.context["ids"], "filled": "yes", "note": "Much wanted.", "digests": digests, "confirm": "yes"}
    browser.post(URL, sent)
    looked.refresh_from_db()
    assert "shown" not in looked.result
    assert says_that_it_is_too_old(browser, looked, found)
    other.refresh_from_db()
    assert "shown" in other.result
    taken = Job.objects.get(kind="steps.take")
    actions.run(taken.pk)
    assert set(Application.objects.values_list("status", flat=True)) == {ApplicationStatus.SHORTLISTED}
    taken.refresh_from_db()
    assert "Person A" in read(browser, taken).text
    with later(days=RECENT.days + 1):
        actions.forget_old()
    taken.refresh_from_db()
    assert set(taken.result) == {"url", "message"}
    assert "has expired" in read(browser, taken).text


def test_what_was_asked_for_in_work_that_stopped_goes_when_it_cannot_be_begun_again(looked):
    said = {
        "data": "reason=Too+little+said+about+empathy.",
        "ids": [],
        "step": "applications.application.hold",
        "back": "/",
    }
    job = actions.start(kind="steps.take", title="Hold", about=None, by=looked.started_by, arguments=said)
    Job.objects.filter(pk=job.pk).update(status="running", note="1 of 2: Person A")
    Job.objects.filter(pk=job.pk).update(status="failed", finished_at=timezone.now())
    with later(days=RECENT.days - 1):
        actions.forget_old()
        job.refresh_from_db()
        assert job.arguments == said
    with later(days=RECENT.days + 1):
        actions.forget_old()
        job.refresh_from_db()
        assert (job.arguments, job.note) == ({}, "")
        with pytest.raises(NotPossible, match="more than 30 days ago"):
            actions.try_again(job=job, by=looked.started_by)


def test_when_all_are_left_out_something_else_can_be_filled_in(browser, found):
    turn_down = URL.replace("shortlist", "turn_down")
    values = {"ids": ",".join(str(one.pk) for one in found), "filled": "yes"}
    text = browser.post(turn_down, values | {"reason": "places"}).text
    assert "Choose another reason" in text
    assert re.search(r'<button[^>]*type="submit">Check again</button>', text)
    assert "Turn down (2)" in browser.post(turn_down, values | {"reason": "not_ready"}).text
