"""What happened to an application, in the applicant's words, for `components/timeline.html`."""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from applications.models import Application, Offer
from applications.states import OVER, InterviewStatus, OfferStatus
from applications.states import ApplicationStatus as S
from applications.words import for_applicants
from steppingup import clock
from steppingup.steps.asked import you_asked
from steppingup.steps.models import Taking
from steppingup.steps.step import steps_of

#: What is written within one step has the same moment, but for less than this.
A_MOMENT = timedelta(minutes=1)
#: What the clock does.
BY_ITSELF = {"expire": "The offer expired"}


def stories() -> dict[str, str]:
    """The words of the steps, by name. Those without are the provider's own business."""
    return BY_ITSELF | {
        step.name: step.story for model in (Offer, Application) for step in steps_of(model) if step.story
    }


def events_of(application: Application) -> list[dict[str, Any]]:
    """The past in order, and what comes next. What staff did for somebody who rang or wrote says so, by whom and when."""
    events: list[dict[str, Any]] = [
        {"when": application.started_at, "title": "You started your application", "step": "begin_on_paper"}
    ]
    if application.submitted_at:
        events.append({"when": application.submitted_at, "title": "You submitted your application", "step": "submit"})
    told = stories()
    events += [
        {"when": decision.at, "title": told[decision.step], "step": decision.step}
        for decision in application.decisions.all()
        if decision.step in told
    ]
    events += [
        {"when": held.starts_at, "title": "You came to an interview"}
        for held in application.interviews.filter(status=InterviewStatus.HELD)
    ]
    if application.withdrawn_at:
        events.append({"when": application.withdrawn_at, "title": "You withdrew your application", "step": "withdraw"})
    _say_what_was_done_for_them(application, events)
    starts_on = application.cohort.starts_on
    if application.status == S.ACCEPTED and starts_on <= clock.today():
        began = timezone.make_aware(datetime.combine(starts_on, time.min))
        # Whoever came from the waiting list may have accepted after the first day.
        events.append({"when": began, "title": "The programme began", "is_day": True})
    events.sort(key=lambda event: event["when"])
    for event in events:
        event["when"] = timezone.localdate(event["when"]) if event.pop("is_day", False) else event["when"]
    events[-1]["state"] = "now"
    following = _next(application)
    return [*events, {**following, "state": "next"}] if following else events


def _say_what_was_done_for_them(application: Application, events: list[dict[str, Any]]) -> None:
    """Beside the event, where there is one; else as one of its own, if the step has words for it."""
    cohort, provider = application.cohort, application.cohort.programme.provider
    done = Taking.objects.on(application) | Taking.objects.on(cohort)
    mine = done.standing().exclude(asked_how="").filter(for_user=application.applicant_id).select_related("by")
    for taking in mine.filter(at__gte=application.started_at - A_MOMENT):
        name = taking.step.rpartition(".")[2].removesuffix("_for_them")
        said = f"{taking.by or taking.by_name} at {provider} did this for you, because {you_asked(taking.asked_how, taking.asked_on)}."
        same = [one for one in events if one.get("step") == name and abs(one["when"] - taking.at) < A_MOMENT]
        if same:
            same[0]["text"] = said
        elif taking.what and taking.what.story:
            events.append({"when": taking.at, "title": taking.what.story, "text": said})


def _next(application: Application) -> dict[str, Any] | None:
    """A date, where there is one; otherwise what happens next, in a sentence."""
    if application.status == S.ACCEPTED and application.cohort.starts_on > clock.today():
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
    return {"title": for_applicants(application)[1]}
