"""What happened to an application, in the applicant's words, for `components/timeline.html`."""

from typing import Any

from applications.models import Application
from applications.states import FOR_APPLICANTS, OVER, InterviewStatus
from applications.states import ApplicationStatus as S

#: Steps that staff take, as the applicant reads them. Others are the provider's own business.
STEPS = {
    "shortlist": "You were put on the shortlist",
    "hold": "You were put on the reserve list",
    "turn_down": "We decided that we cannot offer you a place this time",
    "reconsider": "We are looking at your application again",
    "reconsider_interview": "We are looking at your application again",
    "invite": "We invited you to an interview",
    "offer": "We offered you a place",
    "put_on_waiting_list": "You were put on the waiting list",
    "accept": "You accepted the place",
    "decline": "You declined the place",
    "expire": "The offer expired",
}


def events_of(application: Application) -> list[dict[str, Any]]:
    """The past in order, and what comes next."""
    events: list[dict[str, Any]] = [{"when": application.started_at, "title": "You began your application"}]
    if application.submitted_at:
        events.append({"when": application.submitted_at, "title": "You submitted it"})
    for decision in application.decisions.all():
        if decision.step in STEPS:
            events.append({"when": decision.at, "title": STEPS[decision.step]})
    events += [
        {"when": held.starts_at, "title": "You came to an interview"}
        for held in application.interviews.filter(status=InterviewStatus.HELD)
    ]
    if application.withdrawn_at:
        events.append({"when": application.withdrawn_at, "title": "You withdrew it"})
    events.sort(key=lambda event: event["when"])
    events[-1]["state"] = "now"
    if application.status not in OVER:
        events.append({"title": FOR_APPLICANTS[application.status][1], "state": "next"})
    elif application.status == S.ACCEPTED:
        events.append({"when": application.cohort.starts_on, "title": "The programme begins", "state": "next"})
    return events
