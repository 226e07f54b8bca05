"""What cohorts say on the pages of participants and line managers, and on everybody's first page."""

from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate

from cohorts.models import Agreement, Choosing, Enrolment, Placement
from cohorts.pages.takings import last_of_ones_own
from cohorts.pages.topics import MANAGED, OWN, certificate_of
from cohorts.progress import dates as calendar
from cohorts.progress import progress_on_page
from cohorts.progress.forecast import forecast_of
from cohorts.progress.study import hours_of, weeks_of
from cohorts.queries import published_programmes
from cohorts.relations import LINE_MANAGER, SELF, enrolments_of
from cohorts.states import EnrolmentStatus, Recording
from steppingup import clock
from steppingup.site.sections import Section
from steppingup.site.topics import asks_of

Context = dict[str, Any] | None


def asked(*, subject: Enrolment, viewer: Any) -> Context:
    """What is asked of the participant now; that nothing is, too, while they are on the programme."""
    return _asked(OWN, subject, viewer)


def asked_of_manager(*, subject: Enrolment, viewer: Any) -> Context:
    return _asked(MANAGED, subject, viewer)


def _asked(page: str, subject: Enrolment, viewer: Any) -> Context:
    if asks := asks_of(page, subject, viewer):
        return {"asks": asks, "title": "What we ask of you now"}
    return {"asks": []} if subject.status == EnrolmentStatus.ENROLLED else None


def glance(*, subject: Enrolment, viewer: Any) -> Context:
    """What is next, and the big number."""
    return {
        "progress": progress_on_page(subject).in_quarters(),
        "ahead": calendar.ahead_on_page(subject),
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
    }


def managed_glance(*, subject: Enrolment, viewer: Any) -> Context:
    """With where the pace so far leads, as the list of their people has it: a line, and more on the page of their days."""
    shown = glance(subject=subject, viewer=viewer) or {}
    if subject.status != EnrolmentStatus.ENROLLED or subject.cohort.starts_on > clock.today():
        return shown
    found = forecast_of(subject, progress_on_page(subject))
    return {**shown, "forecast": found} if found.parts else shown


def days(*, subject: Enrolment, viewer: Any) -> Context:
    """The big number, and the days part by part."""
    return {
        "progress": progress_on_page(subject).in_quarters(),
        "is_uneven": progress_on_page(subject).is_uneven,
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
    }


def dates(*, subject: Enrolment, viewer: Any) -> Context:
    months = calendar.months(calendar.dates_on_page(subject))
    past = [month for month in months if month.is_past]
    return {
        "past": past,
        "coming": [month for month in months if not month.is_past],
        "peer_group": subject.peer_group,
        "misses": any(date.has_said_no and not date.is_cancelled for month in months for date in month.dates),
        "programme": subject.cohort.programme,
    }


def dates_elsewhere(*, subject: Enrolment, viewer: Any) -> Context:
    """In one's own calendar and on paper, while there is something to come."""
    if not any(not date.is_past for date in calendar.dates_on_page(subject)):
        return None
    name = "dates_pdf" if subject.participant_id == viewer.pk else "managed_dates_pdf"
    return {"pdf": reverse(f"cohorts:{name}", args=[subject.pk])}


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
    chooses = viewer == subject.participant and subject.status == EnrolmentStatus.ENROLLED and None in placed.values()
    rounds = (
        list(Choosing.objects.under_way().filter(cohort=subject.cohort_id).select_related("component"))
        if chooses
        else []
    )
    return {
        "rows": [
            {
                "part": part,
                "placement": one,
                "choosing": next((each for each in rounds if part.is_of(each.component)), None),
            }
            for part, one in placed.items()
        ],
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
        "several": len(parts) > 1,
    }


def studies(*, subject: Enrolment, viewer: Any) -> Context:
    """The own log, where the plan has one: for the participant, with this week; for the line manager, the sum only (B45)."""
    parts = progress_on_page(subject).recorded_by(Recording.OWN)
    if not parts:
        return None
    entries = list(subject.studies.standing().select_related("component"))
    rows = []
    for part in parts:
        mine = [entry for entry in entries if entry.component and part.is_of(entry.component)]
        week = weeks_of(part.component, mine, clock.today())[0]
        rows.append({"part": part.in_quarters(), "hours": hours_of(mine), "week": week})
    return {
        "rows": rows,
        "several": len(parts) > 1,
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
    }


def people(*, subject: Enrolment, viewer: Any) -> Context:
    return {"programme": subject.cohort.programme, "manager": subject.manager, "address": subject.manager_address}


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
    """All that is signed, or to be signed, for one's own place."""
    found = list(Agreement.objects.of_party(viewer).filter(enrolment=subject).for_steps())
    return {
        "standing": [one for one in found if not one.ended_at],
        "ended": [one for one in found if one.ended_at and one.signatures.all()],
    }


def certificate(*, subject: Enrolment, viewer: Any) -> Context:
    found = certificate_of(subject)
    return {"certificate": found} if found else None


def mistake(*, subject: Enrolment, viewer: Any) -> Context:
    """On the participant's front page: what they did last."""
    taking = last_of_ones_own(subject, viewer)
    return {"taking": taking} if taking else None


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
    Section(OWN, "ready", 0, f"{FOLDER}/certificate_ready.html", certificate),
    Section(OWN, "asked", 5, f"{FOLDER}/asked.html", asked),
    Section(OWN, "glance", 10, f"{FOLDER}/glance.html", glance),
    Section(OWN, "mistake", 90, f"{FOLDER}/mistake.html", mistake, "Was that a mistake?"),
    Section(OWN, "certificate", 5, f"{FOLDER}/certificate.html", certificate, topic="certificate"),
    Section(OWN, "days", 10, f"{FOLDER}/days.html", days, topic="days"),
    Section(OWN, "needs", 6, f"{FOLDER}/needs.html", needs, "What you need", topic="calendar"),
    Section(OWN, "calendar", 30, f"{FOLDER}/calendar.html", dates, topic="calendar"),
    Section(OWN, "elsewhere", 31, f"{FOLDER}/dates_elsewhere.html", dates_elsewhere, topic="calendar"),
    Section(OWN, "assignment", 40, f"{FOLDER}/placement.html", placement, topic="assignment"),
    Section(OWN, "study", 42, f"{FOLDER}/study.html", studies, topic="study"),
    Section(OWN, "people", 60, f"{FOLDER}/people.html", people, topic="people"),
    Section(OWN, "agreements", 70, f"{FOLDER}/agreements.html", agreements, topic="agreements"),
    Section(MANAGED, "asked", 5, f"{FOLDER}/asked.html", asked_of_manager),
    Section(MANAGED, "glance", 10, f"{FOLDER}/glance.html", managed_glance),
    Section(MANAGED, "days", 10, f"{FOLDER}/days.html", days, topic="days"),
    Section(MANAGED, "calendar", 30, f"{FOLDER}/calendar.html", managed_dates, topic="calendar"),
    Section(MANAGED, "elsewhere", 31, f"{FOLDER}/dates_elsewhere.html", dates_elsewhere, topic="calendar"),
    Section(MANAGED, "assignment", 40, f"{FOLDER}/placement.html", placement, topic="assignment"),
    Section(MANAGED, "study", 42, f"{FOLDER}/study.html", studies, topic="study"),
)
