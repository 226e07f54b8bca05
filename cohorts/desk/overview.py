"""A cohort's overview: the way from interest to graduation as a picture, what comes next, and who is stuck."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from cohorts.extensions import OnTheWay, along_the_way, coming_up
from cohorts.models import Cohort, Enrolment, Session
from cohorts.permissions import CohortPermission
from cohorts.readiness import missing
from cohorts.states import HOLDS_A_PLACE, CohortStatus, EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import may
from steppingup.formats import english
from steppingup.site.pictures import share_of
from steppingup.site.sections import Section

Context = dict[str, Any] | None
MOST_DATES = 6
HEIGHT = 72  # of the tallest column of the picture


def _moment(when: date | datetime) -> datetime:
    return when if isinstance(when, datetime) else timezone.make_aware(datetime.combine(when, time()))


def pipeline(*, subject: Cohort, viewer: Any) -> Context:
    """How many have come how far. Columns are drawn against the largest, with their figures as text below them."""
    found = sorted(one for each in along_the_way(subject, viewer) for one in each)
    if not found:
        return None
    most = max(one.number for one in found)
    drawn = [
        {
            "words": one.words,
            "number": one.number,
            "url": one.url,
            "height": round(HEIGHT * share_of(one.number, most)) or 1,
        }
        for one in found
    ]
    return {"stages": [{**one, "top": HEIGHT - int(one["height"])} for one in drawn], "height": HEIGHT}  # type: ignore[call-overload]


def next_dates(*, subject: Cohort, viewer: Any) -> Context:
    now, found = clock.now(), [one for each in coming_up(subject, viewer) for one in each]
    today = clock.today()
    coming = sorted((one for one in found if _is_to_come(one[0], now, today)), key=lambda one: _moment(one[0]))
    rows = [
        (english.when(on) if isinstance(on, datetime) else english.day_date(on), words, url)
        for on, words, url in coming[:MOST_DATES]
    ]
    return {"dates": rows} if rows else None


def _is_to_come(on: date | datetime, now: datetime, today: date) -> bool:
    return on > now if isinstance(on, datetime) else on >= today


def who_is_stuck(*, subject: Cohort, viewer: Any) -> Context:
    """The first of those who are being lost, fetched once the page is there: everybody is looked at for it."""
    if subject.status != CohortStatus.RUNNING or not may(viewer, CohortPermission.RUN_COHORTS, subject):
        return None
    return {
        "first": reverse("admin:cohorts_enrolment_first_stuck", args=[subject.pk]),
        "all": f"{reverse('admin:cohorts_enrolment_stuck')}?cohort={subject.pk}",
    }


# -- what cohorts themselves say ---------------------------------------------------------------------


def participants(cohort: Cohort, viewer: Any) -> list[OnTheWay]:
    """Who has had a place, and who has graduated."""
    if not may(viewer, CohortPermission.RUN_COHORTS, cohort):
        return []
    here = Enrolment.objects.filter(cohort=cohort).aggregate(
        places=Count("pk", filter=Q(status__in=HOLDS_A_PLACE)),
        graduated=Count("pk", filter=Q(status=EnrolmentStatus.COMPLETED)),
    )
    address = f"{reverse('admin:cohorts_enrolment_changelist')}?cohort={cohort.pk}"
    return [
        OnTheWay(50, "On the programme", here["places"], address),
        # Everybody against the rules, and what can be done for those who meet them.
        OnTheWay(60, "Graduated", here["graduated"], reverse("admin:cohorts_enrolment_completion", args=[cohort.pk])),
    ]


def days_to_come(cohort: Cohort, viewer: Any) -> list[tuple[date | datetime, str, str]]:
    """The next sessions, and the first and the last day."""
    if not may(viewer, CohortPermission.RUN_COHORTS, cohort):
        return []
    coming = Session.objects.filter(cohort=cohort).going_ahead().after(clock.now()).order_by("starts_at")
    page = reverse("admin:cohorts_cohort_change", args=[cohort.pk])
    sessions = [
        (one.starts_at, one.title, reverse("admin:cohorts_session_change", args=[one.pk]))
        for one in coming.only("title", "starts_at", "cohort")[:MOST_DATES]
    ]
    return [*sessions, (cohort.starts_on, "First day", page), (cohort.ends_on, "Last day", page)]


def still_missing(*, subject: Cohort, viewer: Any) -> Context:
    """What a cohort in preparation still needs, for whoever prepares it."""
    if subject.status != CohortStatus.DRAFT or not may(viewer, CohortPermission.RUN_COHORTS, subject):
        return None
    page = reverse("admin:cohorts_cohort_ready", args=[subject.pk])
    return {"missing": missing(subject), "ready_page": page}


FOLDER = "admin/cohorts/overview"
SECTIONS = (
    Section("cohort_overview", "ready", 20, f"{FOLDER}/ready.html", still_missing, "Getting ready"),
    Section("cohort_overview", "pipeline", 0, f"{FOLDER}/pipeline.html", pipeline, "From interest to graduation"),
    Section("cohort_overview", "dates", 30, f"{FOLDER}/dates.html", next_dates, "Next dates"),
    Section("cohort_overview", "stuck", 40, f"{FOLDER}/stuck.html", who_is_stuck, "Who is stuck"),
)
