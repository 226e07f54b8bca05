"""What happened to an application, in the applicant's words, for `components/timeline.html`."""

from datetime import datetime, time
from typing import Any

from django.utils import timezone

from applications.models import Application, Offer
from applications.states import FOR_APPLICANTS, OVER, InterviewStatus, OfferStatus
from applications.states import ApplicationStatus as S
from steppingup.steps.step import steps_of

#: What the clock does.
BY_ITSELF = {"expire": "The offer expired"}


def stories() -> dict[str, str]:
    """The words of the steps, by name. Those without are the provider's own business."""
    return BY_ITSELF | {
        step.name: step.story for model in (Offer, Application) for step in steps_of(model) if step.story
    }


def events_of(application: Application) -> list[dict[str, Any]]:
    """The past in order, and what comes next."""
    events: list[dict[str, Any]] = [{"when": application.started_at, "title": "You started your application"}]
    if application.submitted_at:
        events.append({"when": application.submitted_at, "title": "You submitted your application"})
    told = stories()
    events += [
        {"when": decision.at, "title": told[decision.step]}
        for decision in application.decisions.all()
        if decision.step in told
    ]
    events += [
        {"when": held.starts_at, "title": "You came to an interview"}
        for held in application.interviews.filter(status=InterviewStatus.HELD)
    ]
    if application.withdrawn_at:
        events.append({"when": application.withdrawn_at, "title": "You withdrew your application"})
    starts_on = application.cohort.starts_on
    if application.status == S.ACCEPTED and starts_on <= timezone.localdate():
        began = timezone.make_aware(datetime.combine(starts_on, time.min))
        # Whoever came from the waiting list may have accepted after the first day.
        events.append({"when": began, "title": "The programme began", "is_day": True})
    events.sort(key=lambda event: event["when"])
    for event in events:
        event["when"] = timezone.localdate(event["when"]) if event.pop("is_day", False) else event["when"]
    events[-1]["state"] = "now"
    following = _next(application)
    return [*events, {**following, "state": "next"}] if following else events


def _next(application: Application) -> dict[str, Any] | None:
    """A date, where there is one; otherwise what happens next, in a sentence."""
    if application.status == S.ACCEPTED and application.cohort.starts_on > timezone.localdate():
        return {"when": application.cohort.starts_on, "title": "The programme begins"}
    if application.status in OVER:
        return None
    if application.status == S.INTERVIEW:
        arranged = application.interviews.filter(status=InterviewStatus.ARRANGED).first()
        if arranged:
            return {"when": arranged.starts_at, "title": "Your interview"}
    if application.status == S.OFFERED:
        offer = application.offers.filter(status=OfferStatus.MADE).first()
        if offer:
            return {"when": offer.expires_at, "title": "Last chance to answer"}
    return {"title": FOR_APPLICANTS[application.status][1]}
