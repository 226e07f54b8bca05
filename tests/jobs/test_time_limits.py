"""Work in the background has a time in which it has to end, however well it says that it gets on."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steppingup.jobs import actions, handlers, runner
from steppingup.jobs.models import Job
from steppingup.jobs.states import LONGEST, JobStatus
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory
from tests.jobs.test_jobs import begin, three_steps

pytestmark = pytest.mark.django_db


def always_further(pk: int):
    """A process that says every moment that it is further than before, as a loop does that never ends."""

    def still_ours(job, **values):
        Job.objects.filter(pk=pk, status=JobStatus.RUNNING).update(got_on_at=timezone.now(), done=F("done") + 1)
        return True

    return still_ours


@pytest.mark.parametrize("ran_before", [timedelta(0), timedelta(minutes=59), timedelta(hours=3)])
def test_a_job_that_gets_on_for_ever_is_ended_and_told_and_can_be_started_again(
    work, endless, monkeypatch, client, ran_before
):
    work(three_steps)
    monkeypatch.setitem(handlers._longest, "tests.work", ran_before + timedelta(seconds=0.4))
    monkeypatch.setattr(actions, "STUCK", timedelta(hours=1))
    owner = UserFactory(full_name="Cora Evans")
    job = begin(by=owner, total=30)
    Job.objects.update(ran_for=ran_before)
    monkeypatch.setattr(actions, "still_ours", always_further(job.pk))
    runner.run(job.pk)
    assert not endless[0].is_alive()
    monkeypatch.undo()
    job.refresh_from_db()
    assert (job.status, job.claim) == (JobStatus.FAILED, None)
    assert job.error.startswith("It had run for ")
    [letter] = Message.objects.filter(kind="desk.job_stopped")
    assert letter.to == owner
    assert "as long as such work may take, so we ended it. What was done before stays done." in letter.text
    work(three_steps)
    client.force_login(owner)
    client.post(reverse("jobs:again", args=[job.uuid]))
    job.refresh_from_db()
    assert (job.status, job.ran_for) == (JobStatus.QUEUED, timedelta(0))
    assert actions.run(job.pk)


@given(st.lists(st.tuples(st.sampled_from(["runs", "waits"]), st.integers(1, 90)), max_size=14), st.integers(60, 300))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_job_waits_does_not_count_and_what_it_runs_does_over_all_its_workers(work, days, longest):
    """A sequence of running (as far as one more than ever before) and waiting, in minutes, over as many workers."""
    work(three_steps)
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(handlers._longest, "tests.work", timedelta(minutes=longest))
        job, ran = begin(total=100), 0
        for done, (what, minutes) in enumerate(days, 1):
            if what == "waits":
                Job.objects.update(created_at=F("created_at") - timedelta(minutes=minutes))
                continue
            claimed = actions.claim(job.pk)
            ran += minutes
            Job.objects.update(begun_at=F("begun_at") - timedelta(minutes=minutes), done=done)
            assert actions.is_stuck(claimed) == (ran >= longest)
            assert actions.put_back(claimed, interrupted=bool(done % 2))
            job.refresh_from_db()
            assert (job.status == JobStatus.FAILED) == (ran >= longest)
            if job.status == JobStatus.FAILED:
                assert job.error.startswith("It had run for ")
                break
        transaction.set_rollback(True)


def test_every_kind_of_work_has_a_time_in_which_it_has_to_end():
    assert all(timedelta(minutes=30) <= handlers.longest_of(kind) <= timedelta(hours=12) for kind in handlers._handlers)
    assert handlers.longest_of("a kind that nobody knows any more") == LONGEST
    with pytest.raises(ValueError, match="need time"):
        handlers.handler("tests.none", longest=timedelta(0))
