"""How far somebody will come by their last day, what was agreed for what they missed, and a pause: for them and for their line
manager."""

from typing import Any

from cohorts.actions.making_up import missed_of
from cohorts.models import Enrolment
from cohorts.pages.topics import MANAGED, OWN
from cohorts.progress import progress_on_page
from cohorts.progress.forecast import forecast_of
from cohorts.progress.span import last_day_of
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.site.sections import Section, once

Context = dict[str, Any] | None


def forecast(*, subject: Enrolment, viewer: Any) -> Context:
    """While they are on the programme and it is under way: where the pace so far leads, and what closes the gap."""
    if subject.status != EnrolmentStatus.ENROLLED or subject.cohort.starts_on > clock.today():
        return None
    found = forecast_of(subject, progress_on_page(subject))
    return {"forecast": found, "contact": subject.cohort.programme.contact_email} if found.parts else None


def made_up(*, subject: Enrolment, viewer: Any) -> Context:
    """What was agreed in place of sessions; for the participant, what they missed and nothing is agreed for yet, too."""
    agreed = list(subject.make_ups.agreed().for_steps())
    is_own = subject.participant_id == viewer.pk and subject.status == EnrolmentStatus.ENROLLED
    missed = [(session, part.said(days), part) for session, part, days in missed_of(subject, agreed)] if is_own else []
    if not agreed and not missed:
        return None
    return {"agreed": agreed, "missed": missed, "contact": subject.cohort.programme.contact_email}


def paused(*, subject: Enrolment, viewer: Any) -> Context:
    """A pause that lasts or is to come. Why is nobody's business."""
    if subject.status != EnrolmentStatus.ENROLLED:
        return None
    rows = once(("pauses", subject.pk), lambda: list(subject.pauses.all()))
    pause = next((one for one in rows if one.ends_on is None or one.ends_on > clock.today()), None)
    if pause is None:
        return None
    return {"pause": pause, "has_begun": pause.starts_on <= clock.today(), "last_day": last_day_of(subject)}


FOLDER = "cohorts/sections"
SECTIONS = tuple(
    section
    for page in (OWN, MANAGED)
    for section in (
        Section(page, "paused", 1, f"{FOLDER}/paused.html", paused, "A pause"),
        Section(page, "forecast", 12, f"{FOLDER}/forecast.html", forecast, "Where this leads", topic="days"),
        Section(page, "made_up", 14, f"{FOLDER}/made_up.html", made_up, "Making up for what was missed", topic="days"),
    )
)
