"""Whether an interview can be held when it is arranged: nobody and no room is in two of them at once, and a session in the room
is said beforehand."""

import re
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from applications.models import Application, Interview
from applications.states import InterviewStatus
from cohorts.models import Session
from cohorts.planning.bank_holidays import about_day
from cohorts.planning.rooms import room
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.formats.sameness import person
from steppingup.history.lifecycle import refuse

LONGEST = timedelta(minutes=480)
BETWEEN_NAMES = re.compile(r"[;:&/+|·•\t\n]|\b(?:and|with)\b|\s[-–—]\s", re.IGNORECASE)
#: What stands where a name would, and is nobody's.
NOBODY = frozenset(
    person(words)
    for words in (
        *("tbc", "tba", "tbd", "to be confirmed", "to be announced", "to be decided", "not known yet", "none", "n/a"),
        *("chair", "panel chair", "chair of the panel", "panel", "panel member", "lay member", "independent member"),
        *("independent", "observer", "notes", "note taker", "hr", "human resources", "others", "colleagues"),
    )
)
SAME_TIME = 20261126  # the first half of the advisory lock; the second is the provider


def panel_of(text: str) -> dict[str, str]:
    """“Ada Obi and Sol Marsh” as names: how each is compared, and how it was written. “Obi, Ada” is read both as one person and
    as two."""
    found: dict[str, str] = {}
    for piece in BETWEEN_NAMES.split(text):
        parts = [part.strip() for part in piece.split(",") if (key := person(part)) and key not in NOBODY]
        pairs = [both for both in zip(parts, parts[1:], strict=False) if any(len(one.split()) == 1 for one in both)]
        found |= {person(name): name for name in (*(", ".join(both) for both in pairs), *parts)}
    return found


def in_both(ours: str, theirs: str) -> list[str]:
    """Who is named in both panels, as the first has them."""
    others = panel_of(theirs)
    names = [name for key, name in panel_of(ours).items() if key in others]
    return [name for name in names if not any(name != whole and name in whole for whole in names)]


def _at_the_same_time(application: Application, starts_at: datetime, ends_at: datetime) -> list[Interview]:
    near = Interview.objects.filter(
        status=InterviewStatus.ARRANGED,
        application__cohort__programme__provider=application.cohort.programme.provider_id,
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - LONGEST,
    ).exclude(application=application)
    found = near.select_related("application").order_by("starts_at")
    return [one for one in found if one.starts_at + timedelta(minutes=one.minutes) > starts_at]


def why_not_at(application: Application, starts_at: datetime, minutes: int, place: str, panel: str) -> tuple[str, str]:
    """A sentence and the field it belongs to, when the applicant, the room or somebody of the panel has another interview
    of this provider meanwhile; two empty texts when everybody is free."""
    where = room(place)
    for other in _at_the_same_time(application, starts_at, starts_at + timedelta(minutes=minutes)):
        at = f"{english.clock(timezone.localtime(other.starts_at))} on {english.day_date(other.starts_at)}"
        if other.application.applicant_id == application.applicant_id:
            return f"The applicant already has another interview at {at}. Choose another time.", "time"
        if where and room(other.place) == where:
            return f"“{place.strip()}” is taken by another interview at {at}. Choose another time or place.", "place"
        if both := in_both(panel, other.panel):
            verb = "is" if len(both) == 1 else "are"
            return f"{english.listed(both)} {verb} in another interview at {at}. Choose another time or panel.", "panel"
    return "", ""


def _why_not_now(
    application: Application, starts_at: datetime, minutes: int, place: str, panel: str
) -> tuple[str, str]:
    """As `why_not_at`. One process at a time looks for a provider: two coordinators who give away one room in the same second
    would both find it free."""
    with connection.cursor() as cursor:
        provider = application.cohort.programme.provider_id
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SAME_TIME, provider])
    return why_not_at(application, starts_at, minutes, place, panel)


def require_free(application: Application, starts_at: datetime, minutes: int, place: str, panel: str) -> None:
    """Raises NotPossible when somebody or the room is taken."""
    sentence, field = _why_not_now(application, starts_at, minutes, place, panel)
    refuse(sentence, "taken", field=field)


def who_has_it(interview: Interview) -> str:
    """What stands against an interview that is to be at its time again: who or what is in another one; nothing, where all are free."""
    arranged = (interview.starts_at, interview.minutes, interview.place, interview.panel)
    sentence, _ = _why_not_now(interview.application, *arranged)
    return sentence.partition(" Choose another")[0]


def warnings_about(application: Application, starts_at: datetime, minutes: int = 0, place: str = "") -> list[str]:
    """What a coordinator would want to know before inviting somebody at this time, to this place."""
    day, programme, where = timezone.localdate(starts_at), application.cohort.programme, room(place)
    said = about_day(day, programme.nation)
    if where:
        meanwhile = Session.objects.going_ahead().filter(
            cohort__programme__provider=programme.provider_id,
            starts_at__lt=starts_at + timedelta(minutes=minutes),
            ends_at__gt=starts_at,
        )
        said += [
            f"“{session}” of {session.cohort} is at {place.strip()} at the same time."
            for session in meanwhile.select_related("cohort__programme")
            if room(session.venue) == where
        ]
    return said


def interviews_there(provider: Organisation, venue: str, starts_at: datetime, ends_at: datetime) -> list[str]:
    """A sentence where an interview is in this room at the same time; not whose it is."""
    where = room(venue)
    near = Interview.objects.filter(
        status=InterviewStatus.ARRANGED,
        application__cohort__programme__provider=provider,
        starts_at__lt=ends_at,
        starts_at__gt=starts_at - LONGEST,
    ).order_by("starts_at")
    for one in near:
        ends = one.starts_at + timedelta(minutes=one.minutes)
        if ends > starts_at and room(one.place) == where:
            return [f"An interview is at {venue} at the same time ({english.span(one.starts_at, ends)})."]
    return []
