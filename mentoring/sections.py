"""What mentoring has to say on pages that are built from sections."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet
from django.urls import reverse

from cohorts.models import Cohort, Component, Enrolment
from cohorts.progress import progress_on_page
from cohorts.states import ComponentKind, EnrolmentStatus
from mentoring.matching.pool import without_a_mentor
from mentoring.minutes import duration, met
from mentoring.models import Mentor, MentoringWish, Pair, Theme
from mentoring.permissions import MentoringPermission
from mentoring.states import PairStatus
from steppingup.accounts.actors import may
from steppingup.accounts.models import User
from steppingup.desk.story import Event

Context = dict[str, Any] | None


def component_on_page(enrolment: Enrolment) -> Component | None:
    """The part of the plan that mentoring counts towards."""
    found = progress_on_page(enrolment).of_kind(ComponentKind.MENTORING)
    return found.component if found else None


def _pairs_of(enrolment: Enrolment) -> QuerySet[Pair]:
    """With people, sessions, and the names of the themes that are offered and sought: two queries."""
    pairs = Pair.objects.known_to_both().filter(enrolment=enrolment).with_people().with_sessions()
    return pairs.select_related("enrolment__mentoring_wish").annotate(
        offered=ArraySubquery(Theme.objects.filter(mentors=OuterRef("mentor")).values("name")),
        sought=ArraySubquery(Theme.objects.filter(wishes__enrolment=OuterRef("enrolment")).values("name")),
    )


def _wish_of(enrolment: Enrolment, pairs: list[Any]) -> tuple[MentoringWish | None, list[str]]:
    """What the participant seeks, with the names of its themes: it came with the pairs, if there are any."""
    if pairs:
        return getattr(pairs[0].enrolment, "mentoring_wish", None), pairs[0].sought
    names = ArraySubquery(Theme.objects.filter(wishes=OuterRef("pk")).values("name"))
    found = MentoringWish.objects.filter(enrolment=enrolment).annotate(sought=names).first()
    return found, found.sought if found else []


def for_participant(*, subject: Enrolment, viewer: Any) -> Context:
    """My mentor, how often we met and what it comes to; before that, what I seek."""
    component = component_on_page(subject)
    pairs: list[Any] = list(_pairs_of(subject))
    if component is None and not pairs:
        return None
    current = next((pair for pair in pairs if pair.status == PairStatus.CONFIRMED), None)
    sessions = sorted((s for pair in pairs for s in pair.sessions_held), key=lambda s: (s.on, s.pk), reverse=True)
    rows = [{"session": session, "length": duration(session.minutes)} for session in sessions]
    wish, wished = _wish_of(subject, pairs)
    return {
        "pair": current,
        "themes": current.offered if current else [],
        "rows": rows,
        "met": met(sessions, component),
        "component": component,
        "wish": wish,
        "wished": wished,
        "is_enrolled": subject.status == EnrolmentStatus.ENROLLED,
        "may_record": bool(pairs) and subject.status == EnrolmentStatus.ENROLLED,
    }


def for_manager(*, subject: Enrolment, viewer: Any) -> Context:
    """Only that there is a mentor, and the days: what the two talk about is theirs (B31)."""
    progress = progress_on_page(subject).of_kind(ComponentKind.MENTORING)
    if progress is None:
        return None
    has_mentor = Pair.objects.confirmed().filter(enrolment=subject).exists()
    is_enrolled = subject.status == EnrolmentStatus.ENROLLED
    return {"has_mentor": has_mentor, "is_enrolled": is_enrolled, "progress": progress.in_quarters()}


def for_cohort(*, subject: Cohort, viewer: Any) -> Context:
    """How many have a mentor, and the way to the matching."""
    if not may(viewer, MentoringPermission.RUN_MENTORING, subject):
        return None
    here = Pair.objects.filter(enrolment__cohort=subject, enrolment__status=EnrolmentStatus.ENROLLED)
    counts = here.aggregate(
        confirmed=Count("pk", filter=Q(status=PairStatus.CONFIRMED)),
        proposed=Count("pk", filter=Q(status=PairStatus.PROPOSED)),
    )
    return {
        **counts,
        "without": without_a_mentor(subject).count(),
        "url": reverse("admin:mentoring_pair_match", args=[subject.pk]),
    }


def at_home(*, subject: Any, viewer: Any) -> Context:
    """For mentors: the way to their mentees."""
    if not viewer.is_authenticated or not Mentor.objects.of_person(viewer).exists():
        return None
    return {"count": Pair.objects.confirmed().filter(mentor__user=viewer).count()}


def mentor_of(user: Any) -> bool | QuerySet[Mentor]:
    return user.is_authenticated and Mentor.objects.of_person(user)


def story_of(person: User, viewer: Any) -> list[Event]:
    """Who mentored whom, for the page of a person. Not of a mentor whom the record calls something else."""
    told = Pair.objects.visible_to(viewer).known_to_both()
    own = Q(enrolment__participant=person) | Q(mentor__user=person, mentor__name="")
    events = []
    for pair in told.filter(own).select_related(
        "enrolment__participant", "enrolment__cohort__programme", "mentor__user"
    ):
        mentors = pair.enrolment.participant_id != person.pk
        what = f"Mentor of {pair.enrolment.participant}" if mentors else f"Mentored by {pair.mentor.called}"
        url, where = reverse("admin:mentoring_pair_change", args=[pair.pk]), str(pair.enrolment.cohort)
        events += [Event(pair.confirmed_at, what, where, url), Event(pair.ended_at, f"{what}: ended", where, url)]
    return events
