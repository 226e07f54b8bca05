"""Work in the background: begun once, followed, lost and found."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.second_factor import DEMONSTRATION_SESSION
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions, runner
from steppingup.jobs.models import Job
from steppingup.jobs.states import MOST_ATTEMPTS, JobStatus
from steppingup.messaging.models import Message
from tests.factories.accounts import ProviderFactory, UserFactory, staff
from tests.plugins.services import wait_until
from tests.staff import take_step

pytestmark = pytest.mark.django_db


def begin(**values) -> Job:
    return actions.start(kind="tests.work", title="Certificates", about=None, **values)


def three_steps(job, progress):
    for done in (1, 2, 3):
        progress(done, total=3)
    return {"url": "/certificates/", "message": "3 certificates are ready"}


def test_a_job_is_done_once_and_says_how_far_it_is(work, client):
    seen = []

    def handler(job, progress):
        progress(1, total=2, note="The first of two")
        seen.append(Job.objects.get().label)
        return {"url": "/somewhere/"}

    work(handler)
    owner = UserFactory()
    job = begin(by=owner, arguments={"note": "Too little said about empathy."})
    assert actions.run(job.pk) is True
    assert actions.run(job.pk) is False
    job.refresh_from_db()
    assert (job.status, job.done, job.total, seen) == ("done", 2, 2, ["The first of two"])
    assert (job.arguments, job.note) == ({}, "")  # what was asked for may hold words about people
    client.force_login(owner)
    assert "/somewhere/" in client.get(job.get_absolute_url()).text


def test_only_who_started_it_may_look(work, client):
    work(three_steps)
    owner, stranger, superuser = UserFactory(), UserFactory(), UserFactory(is_superuser=True)
    job = begin(by=owner)
    for user, status in ((owner, 200), (superuser, 200), (stranger, 404)):
        client.force_login(user)
        assert client.get(job.get_absolute_url()).status_code == status
        assert client.get(job.progress_url).status_code == status
    client.logout()
    assert client.get(job.get_absolute_url())["Location"].startswith(reverse("account_login"))
    with pytest.raises(NotAllowed):
        actions.try_again(job=job, by=stranger)


def test_progress_is_followed_with_and_without_javascript(work, client):
    owner = UserFactory()
    client.force_login(owner)
    work(three_steps)
    job = begin(by=owner, total=3)
    assert 'http-equiv="refresh"' in client.get(job.get_absolute_url()).text
    before = client.get(job.progress_url).json()
    assert before == {**before, "done": 0, "total": 3, "finished": False, "failed": False}
    actions.run(job.pk)
    after = client.get(job.progress_url).json()
    assert (after["finished"], after["next"], after["label"]) == (True, "/certificates/", "3 certificates are ready")


def test_a_reason_becomes_a_sentence_and_a_fault_does_not_show_its_inside(work, client):
    def refuse(job, progress):
        raise NotPossible("There are no mentors yet.")

    def break_down(job, progress):
        raise RuntimeError("secret detail")

    owner = UserFactory()
    client.force_login(owner)
    for handler, sentence in ((refuse, "There are no mentors yet."), (break_down, actions.OUR_FAULT)):
        work(handler)
        job = begin(by=owner)
        actions.run(job.pk)
        page = client.get(job.get_absolute_url()).text
        assert sentence in page
        assert "secret detail" not in page
    work(three_steps)
    client.post(f"{job.get_absolute_url()}again/")
    assert actions.run(job.pk) is True


def test_asking_again_while_it_runs_gives_the_same_job(work):
    work(three_steps)
    first, second = begin(key="cohort-1"), begin(key="cohort-1")
    assert first == second
    with pytest.raises(NotPossible, match="“Certificates” is still running"):
        begin(key="cohort-1", arguments={"applications": [7]})  # it would be forgotten
    actions.run(first.pk)
    assert begin(key="cohort-1") != first
    assert begin() != begin()


def test_who_asks_for_what_a_colleague_has_started_is_led_to_it(work, client):
    work(three_steps)
    provider = ProviderFactory()
    job = begin(by=staff(provider=provider), key="cohort-1", provider=provider)
    colleague, assessor, stranger = staff(provider=provider), staff(RoleName.ASSESSOR, provider), staff()
    assert begin(by=colleague, key="cohort-1", provider=provider) == job
    for person, status in ((colleague, 200), (assessor, 404), (stranger, 404)):
        client.force_login(person)
        assert client.get(job.get_absolute_url()).status_code == status


def test_what_is_started_again_begins_from_nothing(work):
    def breaks(job, progress):
        progress(2, total=3)
        raise NotPossible("Not now.")

    work(breaks)
    owner = UserFactory()
    job = begin(by=owner)
    actions.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.done) == ("failed", 1, 2)
    actions.try_again(job=job, by=owner)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.done, job.error) == ("queued", 0, 0, "")


def test_nothing_is_begun_for_a_transaction_that_failed(work):
    work(three_steps)

    def fail_afterwards():
        with transaction.atomic():
            begin()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()
    assert not Job.objects.exists()


def test_a_job_whose_worker_died_is_begun_again_but_not_for_ever(work):
    work(three_steps)
    job = begin()
    for _ in range(MOST_ATTEMPTS):
        assert actions.restart_lost() == 0
        actions.claim(job.pk)  # a worker takes it, and dies
        Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
        assert actions.restart_lost() == 1
    job.refresh_from_db()
    assert (job.status, job.error) == (JobStatus.FAILED, actions.TOO_OFTEN)


def dies_after(job: Job, done: int) -> None:
    """A worker takes it, gets so far, and dies."""
    actions.claim(job.pk)
    Job.objects.update(done=done, heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert actions.restart_lost() == 1
    job.refresh_from_db()


def test_a_batch_that_gets_on_is_begun_as_often_as_it_takes_and_one_that_does_not_is_given_up(work):
    work(three_steps)
    job = begin(total=50)
    for done in range(1, 3 * MOST_ATTEMPTS):
        dies_after(job, done)
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 3 * MOST_ATTEMPTS - 1)
    for _ in range(MOST_ATTEMPTS - 1):
        dies_after(job, done)  # at the same one again
    assert job.status == JobStatus.QUEUED
    dies_after(job, done - 1)
    assert (job.status, job.error) == (JobStatus.FAILED, actions.TOO_OFTEN)


def test_interruptions_on_purpose_never_count(work):
    work(three_steps)
    job = begin()
    for _ in range(2 * MOST_ATTEMPTS):
        assert actions.put_back(actions.claim(job.pk), interrupted=True)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.futile) == (JobStatus.QUEUED, 0, 0)


def test_a_job_that_gets_no_further_is_ended_and_told_and_can_be_started_again(work, endless, client):
    work(three_steps)
    owner = UserFactory(full_name="Cora Evans")
    job = begin(by=owner, total=30)
    runner.run(job.pk)
    assert not endless[0].is_alive()
    job.refresh_from_db()
    assert (job.status, job.error) == (JobStatus.FAILED, actions.TOO_LONG)
    [letter] = Message.objects.filter(kind="desk.job_stopped")
    assert letter.to == owner
    assert "“Certificates”, has stopped before it was finished. It did not get any further for" in letter.text
    assert "0 of 30 were done before it stopped." in letter.text
    client.force_login(owner)
    assert "Try again" in client.get(job.get_absolute_url()).text
    client.post(reverse("jobs:again", args=[job.uuid]))
    assert actions.run(job.pk)


def test_a_job_that_gets_on_is_not_ended(work, monkeypatch):
    """Getting on is another one done, not another word about the same one."""
    seen = []

    def handler(job, progress):
        for done, note in ((0, "a"), (1, "a"), (1, "b"), (0, "c")):
            Job.objects.update(got_on_at=None)
            progress(done, note=note)
            seen.append(Job.objects.get().got_on_at is not None)

    work(handler)
    actions.run(begin().pk)
    assert seen == [True, True, False, False]


def test_whoever_started_it_hears_of_a_fault_but_not_of_a_reason(work):
    def reason(job, progress):
        raise NotPossible("There is nobody to match.")

    def fault(job, progress):
        raise ZeroDivisionError

    for function, letters in ((reason, 0), (fault, 1)):
        work(function)
        actions.run(begin(by=UserFactory()).pk)
        assert Message.objects.filter(kind="desk.job_stopped").count() == letters


def test_a_worker_that_was_taken_for_dead_stops_and_cannot_report_any_more(work):
    done_after = []

    def slow(job, progress):
        Job.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
        actions.restart_lost()
        actions.claim(job.pk)  # another worker has it now
        progress(1)
        done_after.append(job)

    work(slow)
    job = begin()
    assert actions.run(job.pk) is False
    job.refresh_from_db()
    assert (job.status, job.done, job.attempts) == (JobStatus.RUNNING, 0, 2)
    assert not done_after


def test_a_job_nobody_heard_of_is_offered_again(work, monkeypatch):
    work(three_steps)
    job, offered = begin(), []
    monkeypatch.setattr(actions, "nudge", lambda *given: offered.append(given))
    actions.restart_lost()
    assert offered == []
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    actions.restart_lost()
    assert offered == [("jobs.run", job.pk)]


def test_a_worker_whose_places_are_taken_leaves_the_job_to_wait_so_that_the_post_goes_on(work, monkeypatch):
    work(three_steps)
    job = begin()
    monkeypatch.setattr(runner, "_places", threading.BoundedSemaphore(1))
    with runner._places:
        assert runner.run(job.pk) is False
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("queued", 0)


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_answers_a_job_of_a_kind_it_does_not_know(celery_worker_process, work):
    """The worker is another process, in which “tests.work” does not exist: the job fails, the worker lives."""
    work(three_steps)
    job = begin()
    wait_until(lambda: Job.objects.get(pk=job.pk).status == JobStatus.FAILED, what="the job being taken")
    assert Job.objects.get(pk=job.pk).error == actions.OUR_FAULT


def test_a_coordinator_sees_what_stopped_at_their_provider_and_starts_it_again(work, client, settings):
    settings.DEMONSTRATION = True
    runs = []

    def breaks_once(job, progress):
        runs.append(job.pk)
        if len(runs) == 1:
            raise NotPossible("The weights of the matching are not set.")

    work(breaks_once)
    mine, other = ProviderFactory(), ProviderFactory()
    job, strange = begin(by=staff("coordinator", mine), provider=mine), begin(provider=other)
    actions.run(job.pk)
    colleague = staff("coordinator", mine)
    client.force_login(colleague)
    session = client.session
    session[DEMONSTRATION_SESSION] = True
    session.save()
    assert "1</b> <span>background job stopped" in client.get("/admin/").text
    page = client.get(f"/admin/jobs/job/{job.pk}/change/").text
    assert "The weights of the matching are not set." in page
    assert client.get(f"/admin/jobs/job/{strange.pk}/change/").status_code == 404
    take_step(client, f"/admin/jobs/job/{job.pk}/step/try_again/")
    take_step(client, f"/admin/jobs/job/{job.pk}/step/try_again/")
    job.refresh_from_db()
    assert job.status == "queued"
    assert actions.run(job.pk)
    assert "background job stopped" not in client.get("/admin/").text
    for stranger in (staff("coordinator", other), staff("finance", mine)):
        with pytest.raises(NotAllowed):
            actions.try_again(job=job, by=stranger)


def test_what_stopped_is_not_begun_again_beside_the_same_that_is_under_way(work):
    def breaks(job, progress):
        raise NotPossible("Not now.")

    work(breaks)
    owner = UserFactory()
    job = begin(by=owner, key="one")
    actions.run(job.pk)
    begin(by=owner, key="one")
    with pytest.raises(NotPossible, match="under way"):
        actions.try_again(job=job, by=owner)
    job.refresh_from_db()
    assert job.status == "failed"


def test_what_was_begun_anew_since_is_not_started_again(work):
    """A matching that stopped, begun anew and changed by hand since, would be worked out over that."""
    runs = []

    def breaks_once(job, progress):
        runs.append(job)
        if len(runs) == 1:
            raise NotPossible("Not now.")

    work(breaks_once)
    owner, subject = UserFactory(), UserFactory()
    first = actions.start(kind="tests.work", title="Matching", about=subject, by=owner)
    actions.run(first.pk)
    second = actions.start(kind="tests.work", title="Matching", about=subject, by=owner)
    assert actions.run(second.pk)
    first.refresh_from_db()
    with pytest.raises(NotPossible, match="started again since"):
        actions.try_again(job=first, by=owner)


def test_a_job_that_no_worker_could_be_told_of_is_there_all_the_same(
    work, monkeypatch, django_capture_on_commit_callbacks
):
    def away(*words: object) -> None:
        raise ConnectionError("nobody there")

    monkeypatch.setattr(actions, "nudge", away)
    work(three_steps)
    with django_capture_on_commit_callbacks(execute=True):
        job = begin()
    job.refresh_from_db()
    assert job.status == JobStatus.QUEUED
