"""What cohorts say on the pages of participants and line managers, and on everybody's first page."""

from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate

from cohorts.agreements import on_page
from cohorts.models import Certificate, Enrolment, Placement
from cohorts.pages.mistakes import mistake
from cohorts.progress import dates as calendar
from cohorts.progress import progress_on_page
from cohorts.progress.study import hours_of, weeks_of
from cohorts.queries import published_programmes
from cohorts.relations import LINE_MANAGER, SELF, enrolments_of
from cohorts.states import CERTIFIED, EnrolmentStatus, Recording, Signatory
from steppingup import clock
from steppingup.site.sections import Section

Context = dict[str, Any] | None


def days(*, subject: Enrolment, viewer: Any) -> Context:
    """The big number, what is next, and the days part by part."""
    return {
        "progress": progress_on_page(subject).in_quarters(),
        "is_uneven": progress_on_page(subject).is_uneven,
        "next": next((date for date in calendar.dates_on_page(subject) if date.is_next), None),
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
    }


def dates(*, subject: Enrolment, viewer: Any) -> Context:
    months = calendar.months(calendar.dates_on_page(subject))
    past = [month for month in months if month.is_past]
    return {"past": past, "coming": [month for month in months if not month.is_past], "peer_group": subject.peer_group}


def managed_dates(*, subject: Enrolment, viewer: Any) -> Context:
    """What is to come, and of what was, the days on which the viewer was the line manager."""
    own = list(subject.memberships.filter(line_manager=viewer).order_by("starts_on"))
    every = calendar.dates_on_page(subject)
    seen = [
        date
        for date in every
        if not date.is_past or any(span.covers(localdate(date.session.starts_at)) for span in own)
    ]
    months = calendar.months(seen)
    return {
        "past": [month for month in months if month.is_past],
        "coming": [month for month in months if not month.is_past],
        "peer_group": subject.peer_group,
        "manager_since": own[0].starts_on if own and len(seen) < len(every) else None,
    }


def placement(*, subject: Enrolment, viewer: Any) -> Context:
    """The assignments, where the plan has any (B7)."""
    parts = progress_on_page(subject).recorded_by(Recording.HOST)
    if not parts:
        return None
    found = list(Placement.objects.filter(enrolment=subject).select_related("host", "component"))
    placed = {part: next((one for one in found if part.is_of(one.component)), None) for part in parts}
    alone = parts[0].component if len(parts) == 1 else None
    what = alone.word if alone else "assignments"
    return {
        "title": f"{what[0].upper()}{what[1:]}" if viewer != subject.participant else f"Your {what}",
        "rows": [{"part": part, "placement": one, "may_record": one is not None} for part, one in placed.items()],
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
        "several": alone is None,
    }


def studies(*, subject: Enrolment, viewer: Any) -> Context:
    """The own log, where the plan has one: for the participant, with this week; for the line manager, the sum only (B45)."""
    parts = progress_on_page(subject).recorded_by(Recording.OWN)
    if not parts:
        return None
    entries = list(subject.studies.standing().select_related("component"))
    alone = parts[0].component if len(parts) == 1 else None
    own = viewer == subject.participant
    word = alone.word if alone else "study"
    rows = []
    for part in parts:
        mine = [entry for entry in entries if entry.component and part.is_of(entry.component)]
        week = weeks_of(part.component, mine, clock.today())[0]
        rows.append({"part": part.in_quarters(), "hours": hours_of(mine), "week": week})
    return {
        "title": f"Your {word}" if own else f"{word[0].upper()}{word[1:]}",
        "rows": rows,
        "several": alone is None,
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
    }


def people(*, subject: Enrolment, viewer: Any) -> Context:
    return {"programme": subject.cohort.programme, "manager": subject.manager, "address": subject.manager_address}


def to_sign(*, subject: Enrolment, viewer: Any) -> Context:
    """What waits for the participant's signature."""
    found = [one for one in on_page(subject) if Signatory.PARTICIPANT in one.missing]
    return {"to_sign": found} if found and subject.status == EnrolmentStatus.ENROLLED else None


def manager_signs(*, subject: Enrolment, viewer: Any) -> Context:
    """What waits for the line manager's signature, for the employer."""
    found = [one for one in on_page(subject) if Signatory.EMPLOYER in one.missing]
    return {"to_sign": found} if found and subject.status == EnrolmentStatus.ENROLLED else None


def needs(*, subject: Enrolment, viewer: Any) -> Context:
    """The days to come for which the participant says what they need, and whether they have (N7)."""
    dates = calendar.dates_on_page(subject)
    coming = [date.session for date in dates if date.session.asks and not date.is_cancelled]
    coming = [session for session in coming if session.starts_at > clock.now()]
    if not coming or subject.status != EnrolmentStatus.ENROLLED:
        return None
    confirmed = {stay.session_id: stay for stay in subject.stays.filter(session__in=coming)}
    return {"rows": [{"session": session, "stay": confirmed.get(session.pk)} for session in coming]}


def agreements(*, subject: Enrolment, viewer: Any) -> Context:
    found = on_page(subject)
    return {"agreements": found} if found else None


def certificate(*, subject: Enrolment, viewer: Any) -> Context:
    if subject.status not in CERTIFIED:
        return None
    found = Certificate.objects.genuine().filter(enrolment=subject).select_related("file").first()
    return {"certificate": found} if found and found.file_id else None


def team(*, subject: Any, viewer: Any) -> Context:
    """On the home page of a line manager: the way to their people, who are on the programme, have completed or left."""
    count = enrolments_of(viewer, LINE_MANAGER).count()
    return {"count": count, "url": reverse("cohorts:team")} if count else None


def own_programmes(*, subject: Any, viewer: Any) -> Context:
    """On the home page of a participant: the way to their programme."""
    found = list(enrolments_of(viewer, SELF).holding_a_place().select_related("cohort__programme"))
    return {"enrolments": found} if found else None


def programmes(*, subject: Any, viewer: Any) -> Context:
    """On everybody's home page: the programmes, with the next cohort of each."""
    found = list(published_programmes())
    return {"programmes": found, "today": clock.today()} if found else None


FOLDER = "cohorts/sections"
SECTIONS = (
    Section("home", "my-programme", 10, f"{FOLDER}/home_participant.html", own_programmes, "Your programme"),
    Section("home", "my-team", 15, f"{FOLDER}/home_team.html", team, "Your team"),
    Section("home", "programmes", 50, f"{FOLDER}/programmes.html", programmes, "Programmes"),
    Section("participant", "mistake", 3, f"{FOLDER}/mistake.html", mistake, "Was that a mistake?"),
    Section("participant", "certificate", 5, f"{FOLDER}/certificate.html", certificate, "Your certificate"),
    Section("participant", "to-sign", 4, f"{FOLDER}/to_sign.html", to_sign, "To be signed"),
    Section("participant", "needs", 6, f"{FOLDER}/needs.html", needs, "What you need"),
    Section("participant", "days", 10, f"{FOLDER}/days.html", days),
    Section("participant", "calendar", 30, f"{FOLDER}/calendar.html", dates, "Your calendar"),
    Section("participant", "assignment", 40, f"{FOLDER}/placement.html", placement, "Your stretch assignment"),
    Section("participant", "study", 42, f"{FOLDER}/study.html", studies, "Your study"),
    Section("participant", "people", 60, f"{FOLDER}/people.html", people, "Who to talk to"),
    Section("participant", "agreements", 70, f"{FOLDER}/agreements.html", agreements, "Your agreements"),
    Section("manager", "to-sign", 4, f"{FOLDER}/to_sign.html", manager_signs, "To be signed by you"),
    Section("manager", "days", 10, f"{FOLDER}/days.html", days),
    Section("manager", "calendar", 30, f"{FOLDER}/calendar.html", managed_dates, "Attendance and dates"),
    Section("manager", "assignment", 40, f"{FOLDER}/placement.html", placement, "Stretch assignment"),
    Section("manager", "study", 42, f"{FOLDER}/study.html", studies, "Study"),
)
