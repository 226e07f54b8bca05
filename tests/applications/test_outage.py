"""An application is submitted while the broker is away: nobody notices, and nothing is lost or sent twice."""

import time

import pytest
from django.urls import reverse

from applications.states import ApplicationStatus
from steppingup.messaging import tasks
from steppingup.messaging.models import Message
from tests.factories.applications import completed
from tests.plugins.services import celery_speaks_to, free_port, wait_until

BOTH_BOXES = {"notice_read": "on", "is_true": "on"}


@pytest.mark.django_db(transaction=True)
def test_submitted_while_the_broker_is_away_the_confirmation_goes_once_when_it_is_back(
    client, celery_worker_process, smtp_server
):
    application = completed()
    wait_until(lambda: not Message.objects.filter(sent_at=None).exists(), what="the letters about the fee going out")
    smtp_server.messages.clear()
    client.force_login(application.applicant)

    with celery_speaks_to(f"redis://127.0.0.1:{free_port()}/0", {"socket_connect_timeout": 2}):
        began = time.monotonic()
        answer = client.post(reverse("applications:submit", args=[application.pk]), BOTH_BOXES, follow=True)
        assert time.monotonic() - began < 30  # it does not wait for the broker
        assert answer.status_code == 200
        application.refresh_from_db()
        assert application.status == ApplicationStatus.SUBMITTED
        waiting = Message.objects.filter(sent_at=None)
        assert application.applicant.email in {message.to_email for message in waiting}
        assert not smtp_server.messages

    tasks.deliver_due.delay()  # what beat asks for every 15 seconds
    tasks.deliver_due.delay()
    wait_until(lambda: not waiting.all().exists(), what="the confirmation going out")
    tasks.deliver_due.delay()
    time.sleep(1)
    to_applicant = [letter for letter in smtp_server.messages if application.applicant.email in letter["To"]]
    assert len(to_applicant) == 1
