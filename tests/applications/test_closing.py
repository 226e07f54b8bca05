"""Everybody whom the closing time binds is told when it is, and again when it moves."""

import contextlib
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications import notices
from applications.actions import closing, decisions
from applications.actions import interest as interests
from applications.models import Application, Interest, InterestTold, LateEntry, Window
from funding import notices as funding_notices
from funding.links import new_sponsor_link
from funding.queries import agreement_of
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.formats.english import when
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import UserFactory, staff
from tests.factories.applications import WindowFactory, sponsor_asked, started
from tests.sweeps.forms_found import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def window() -> Window:
    return WindowFactory()


@pytest.fixture
def coordinator(window):
    return staff(provider=window.cohort.programme.provider, full_name="Ana Perez")


def asked(window: Window) -> Application:
    """A draft whose employer was asked to agree the fee."""
    return sponsor_asked(started(window))


def on_the_register(window: Window) -> Interest:
    interest = Interest.objects.create(
        programme=window.cohort.programme, email="later@example.org", confirmed_at=timezone.now()
    )
    assert interests.tell_interested() == 1
    return interest


def letters(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=kind))


def test_the_sponsor_reads_in_the_mail_and_on_the_page_until_when_an_answer_helps(client, window):
    application = asked(window)
    sentence = f"Applications close on {when(window.last_moment)}. Please answer before then"
    (letter,) = letters("funding.asked")
    assert sentence in letter.text
    assert "You can agree or decline." in letter.text  # this programme has no bursary
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    link = new_sponsor_link(agreement)
    assert sentence in client.get(link).text
    Window.objects.update(opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1))
    page = client.get(link).text
    assert "Applications closed on" in page
    assert "you do not need to answer any more" in page
    assert "cannot go ahead until" not in page


def test_moving_the_closing_time_tells_drafts_sponsors_and_the_register(in_admin, window, coordinator):
    application = asked(window)
    on_the_register(window)
    has_longer = started(window, UserFactory())
    LateEntry.objects.create(
        window=window, email=has_longer.applicant.email, person=has_longer.applicant, reason="Ill.", given_by=coordinator,
        until=window.closes_at + timedelta(days=90),
    )  # fmt: skip
    before, later = window.closes_at, timezone.localtime(window.closes_at + timedelta(days=7))
    browser, page = in_admin(coordinator), reverse("admin:applications_window_change", args=[window.pk])
    shown = browser.get(page)
    assert "If you change when applications close, we tell 1 person with a draft, 1 sponsor" in shown.text
    form = next(form for form in read(shown.text).forms if "seen-before" in form.fields)
    moved = {"closes_at_0": f"{later:%Y-%m-%d}", "closes_at_1": f"{later:%H:%M:%S}"}
    answer = browser.post(page, form.as_a_browser(**moved), follow=True)
    assert "that applications close at another time" in answer.text
    window.refresh_from_db()
    assert window.closes_at > before
    assert not letters("applications.closing_moved")  # a worker writes them
    job = Job.objects.get()
    assert job.get_absolute_url() in answer.text
    assert jobs.run(job.pk)
    (mine,) = letters("applications.closing_moved")
    assert mine.to == application.applicant
    assert f"Applications now close on {when(window.last_moment)}." in mine.text
    (sponsor,) = letters("funding.closing_moved")
    assert (sponsor.to_email, "Applications now close on" in sponsor.text) == (
        agreement_of(application.applicant_id, application.cohort_id).sponsor_email,
        True,
    )
    (register,) = letters("applications.window_moved")
    assert register.to_email == "later@example.org"
    # Saved again with the same times, nobody is told again.
    form = next(form for form in read(browser.get(page).text).forms if "seen-before" in form.fields)
    browser.post(page, form.as_a_browser())
    assert Job.objects.count() == 1


def test_a_window_that_is_closed_early_says_so_and_one_that_is_over_tells_nobody(window, coordinator):
    started(window, UserFactory())
    before = window.closes_at
    Window.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    window.refresh_from_db()
    jobs.run(closing.tell_of_moved_closing(window=window, before=before, by=coordinator).pk)
    (letter,) = letters("applications.closing_moved")
    assert "Applications closed on" in letter.text
    over = timezone.now() - timedelta(days=1)
    assert not closing.tell_of_moved_closing(window=window, before=over, by=coordinator)
    assert len(letters("applications.closing_moved")) == 1
    with pytest.raises(NotAllowed):
        closing.tell_of_moved_closing(window=window, before=before, by=staff())


def many_bound_by(window: Window, number: int = 3) -> None:
    """So many of each: drafts with a sponsor who was asked, and people on the register who were told of the window."""
    for n in range(number):
        asked(window)
        interest = Interest.objects.create(
            programme=window.cohort.programme, email=f"later{n}@example.org", confirmed_at=timezone.now()
        )
        InterestTold.objects.create(interest=interest, window=window)


def moved(window: Window, coordinator: User, days: int) -> Job:
    before = window.closes_at
    Window.objects.update(closes_at=before + timedelta(days=days))
    window.refresh_from_db()
    job = closing.tell_of_moved_closing(window=window, before=before, by=coordinator)
    assert job is not None
    return job


class Died(BaseException):
    """As when the process of a worker ends."""


def test_a_worker_that_dies_again_and_again_writes_to_everybody_once(window, coordinator, monkeypatch):
    many_bound_by(window)
    window = moved(window, coordinator, 7).about
    job, write, sent = Job.objects.get(), notices.send, funding_notices.send

    for dies_at in (0, 1, 4, 2):  # so many letters are written, and the next is begun
        left = iter(range(dies_at, -1, -1))

        def dying(notice, send=write, left=left):
            if next(left) == 0:
                raise Died
            return send(notice)

        for of in (notices, funding_notices):
            monkeypatch.setattr(of, "send", dying)
        with contextlib.suppress(Died):
            jobs.run(job.pk)
        Job.objects.filter(pk=job.pk, status="running").update(heartbeat_at=timezone.now() - timedelta(hours=1))
        jobs.restart_lost()
    for of in (notices, funding_notices):
        monkeypatch.setattr(of, "send", sent)
    assert jobs.run(job.pk)
    kinds = ("applications.closing_moved", "funding.closing_moved", "applications.window_moved")
    assert [len({one.object_id for one in letters(kind)}) for kind in kinds] == [3, 3, 3]
    assert [len(letters(kind)) for kind in kinds] == [3, 3, 3]
    job.refresh_from_db()
    assert (job.status, job.result["message"]) == (
        "done",
        "9 people have been told that applications close at another time.",
    )


def test_when_the_time_moves_again_meanwhile_everybody_hears_of_the_latest_and_nobody_of_one_that_is_over(
    window, coordinator
):
    many_bound_by(window, 1)
    first, second = moved(window, coordinator, 7), moved(window, coordinator, 7)
    jobs.run(first.pk)
    first.refresh_from_db()
    assert (first.status, first.error) == (
        "failed",
        "The closing time has moved again. Everybody is being told about the latest one.",
    )
    assert not letters("applications.closing_moved")
    assert jobs.run(second.pk)
    (letter,) = letters("applications.closing_moved")
    assert f"Applications now close on {when(window.last_moment)}." in letter.text


def test_somebody_who_cannot_be_told_keeps_nobody_waiting(window, coordinator, monkeypatch, caplog):
    many_bound_by(window)
    broken, write = Application.objects.earliest("pk").applicant, notices.send

    def send(notice):
        if notice.to == broken:
            raise ValueError("No such address.")
        return write(notice)

    monkeypatch.setattr(notices, "send", send)
    job = moved(window, coordinator, 7)
    assert jobs.run(job.pk)
    assert len(letters("applications.closing_moved")) == 2
    assert len(letters("applications.window_moved")) == 3
    job.refresh_from_db()
    assert job.result["message"].endswith("1 person could not be told, so please tell them yourself.")
    assert [one for one in job.missed_by(coordinator) if broken.full_name in one]
    assert broken.full_name not in json.dumps(job.result)
    assert not job.missed_by(make.coordinator(make.window()))  # of another provider
    assert "could not be told" in caplog.text


def test_that_others_scored_higher_is_said_only_where_somebody_did():
    window = make.window()
    coordinator = make.coordinator(window)
    best, other = make.arrived(window), make.arrived(window)
    for application in (best, other):
        with pytest.raises(NotPossible, match="No other application of this cohort has been scored higher"):
            decisions.turn_down(application=application, reason="score", by=coordinator)
    make.reviewed(best, 5, by=coordinator)
    make.reviewed(other, 2, by=coordinator)
    with pytest.raises(NotPossible, match="would not be true"):
        decisions.turn_down(application=make.fresh(best), reason="score", by=coordinator)
    decisions.turn_down(application=make.fresh(other), reason="score", by=coordinator)
