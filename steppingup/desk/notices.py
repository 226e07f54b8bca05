"""What the desk itself tells people."""

from typing import Any

from django.conf import settings
from django.dispatch import receiver

from steppingup.jobs.actions import OUR_FAULT, stopped
from steppingup.jobs.models import Job
from steppingup.messaging.actions.sending import send
from steppingup.messaging.kinds import MessageKind, add_message_kind
from steppingup.messaging.notices import Notice

JOB_STOPPED = add_message_kind(
    MessageKind(
        "desk.job_stopped",
        "Work in the background was stopped by a problem",
        "Whoever started it",
        {
            "work": "what was being done, such as “Certificates for Bristol 2020”",
            "problem": "what stopped it",
            "so_far": "how far it was, such as “12 of 30 were done before it stopped.”",
            "link": "its page, where it can be started again",
        },
        button_placeholder="link",
        samples={
            "work": "Certificates for Stepping Up 2020",
            "problem": OUR_FAULT,
            "so_far": "12 of 30 were done before it stopped.",
            "name": "Priya Nair",
        },
    )
)


@receiver(stopped)
def tell_who_started_it(sender: Any, job: Job, **_: Any) -> None:
    """They may have left its page: it says that the work will carry on."""
    if job.started_by is None:
        return
    told = {
        "work": job.title,
        "problem": job.error,
        "so_far": f"{job.done} of {job.total} were done before it stopped." if job.total else "",
        "link": f"{settings.SITE_URL}{job.get_absolute_url()}",
    }
    send(Notice(JOB_STOPPED, job.started_by, context=told, provider=job.provider))
