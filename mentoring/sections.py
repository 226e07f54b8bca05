"""What mentoring has to say on pages that are built from sections."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from cohorts.extensions import Stand, Trouble, TroubleKind
from cohorts.models import Cohort, Enrolment
from cohorts.progress import ComponentProgress, progress_on_page
from cohorts.states import EnrolmentStatus, Recording
from mentoring.matching.pool import rule_of, without_some_mentor
from mentoring.minutes import duration, met
from mentoring.models import Mentor, MentoringSession, MentoringWish, Pair, Theme
from mentoring.permissions import MentoringPermission
from mentoring.states import PairStatus
from steppingup import clock
from steppingup.accounts.actors import may
from steppingup.accounts.models import User
from steppingup.desk.story import Event
from steppingup.formats import english

Context = dict[str, Any] | None


def parts_on_page(enrolment: Enrolment) -> list[ComponentProgress]:
    """The parts of the plan that mentoring counts towards."""
    return progress_on_page(enrolment).recorded_by(Recording.PAIR)


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
    parts = parts_on_page(subject)
    pairs: list[Any] = list(_pairs_of(subject))
    is_enrolled = subject.status == EnrolmentStatus.ENROLLED
    if not pairs and not (parts and is_enrolled):
        return None
    shown: list[ComponentProgress | None] = list(parts) or [None]
    alone, current = len(parts) < 2, [pair for pair in pairs if pair.status == PairStatus.CONFIRMED]
    wish, wished = _wish_of(subject, pairs)
    return {
        "parts": [_of_part(part, pairs, is_enrolled, alone=alone) for part in shown],
        "several": not alone,
        "has_mentor": bool(current),
        "tell": current[0].mentor.called if len(current) == 1 else "your mentors",
        "wish": wish,
        "wished": wished,
        "is_enrolled": is_enrolled,
    }


def _of_part(part: ComponentProgress | None, every: list[Any], is_enrolled: bool, *, alone: bool) -> dict[str, Any]:
    """One part of the plan: who it is, and how often they have met. A pair that is for no part shows where there is one only."""
    pairs = [pair for pair in every if alone or (part and pair.component and part.is_of(pair.component))]
    current = next((pair for pair in pairs if pair.status == PairStatus.CONFIRMED), None)
    sessions = sorted((s for pair in pairs for s in pair.sessions_held), key=lambda s: (s.on, s.pk), reverse=True)
    component = part.component if part else None
    return {
        "component": component,
        "sought": rule_of(component).mentor.replace("their own", "your own"),
        "pair": current,
        "latest": pairs[0] if pairs else None,
        "themes": current.offered if current else [],
        "rows": [{"session": session, "length": duration(session.minutes)} for session in sessions],
        "met": met(sessions, component),
        "may_record": bool(pairs) and is_enrolled,
    }


def for_manager(*, subject: Enrolment, viewer: Any) -> Context:
    """Only that there is a mentor, and the days: what the two talk about is theirs (B31)."""
    parts = parts_on_page(subject)
    if not parts:
        return None
    pairs = list(Pair.objects.confirmed().filter(enrolment=subject).select_related("component"))
    alone = len(parts) == 1
    rows = [
        {
            "part": part.in_quarters(),
            "mentor": rule_of(part.component).mentor,
            "has_mentor": any(alone or (one.component and part.is_of(one.component)) for one in pairs),
        }
        for part in parts
    ]
    return {"rows": rows, "several": not alone, "is_enrolled": subject.status == EnrolmentStatus.ENROLLED}


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
        "without": without_some_mentor(subject).count(),
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


NOT_MET = TroubleKind("not_met", "No meeting with the mentor", 60)
#: Mentor and participant are expected to meet within this time.
SIX_WEEKS = timedelta(weeks=6)


def not_met(people: Collection[Enrolment], viewer: Any) -> list[Trouble]:
    """Who has had a mentor for six weeks or longer, and has not met them in the last six (B14)."""
    since, own = clock.today() - SIX_WEEKS, {one.pk: one for one in people}
    pairs = Pair.objects.visible_to(viewer).confirmed().filter(enrolment__in=own, confirmed_at__date__lte=since)
    held = MentoringSession.objects.standing().filter(pair=OuterRef("pk"), on__gt=since)
    found = pairs.filter(~Exists(held)).select_related("component", "mentor__user").order_by("pk")
    return [
        Trouble(
            pair.enrolment_id,
            NOT_MET,
            f"none with {pair.mentor} for six weeks",
            own[pair.enrolment_id].cohort.ends_on,
            f"No meeting with your mentor, {pair.mentor}, was recorded in the last six weeks. If you have met, please record it. If it is hard to "
            "find a time, tell us.",
            reverse("admin:mentoring_pair_change", args=[pair.pk]),
            "See the pair",
        )
        for pair in found
    ]


def stands_of(enrolment: Enrolment, viewer: Any) -> list[Stand]:
    """The mentor, and what was met so far, for the page before a step."""
    pairs = Pair.objects.filter(enrolment=enrolment)
    meetings = MentoringSession.objects.filter(pair__in=pairs, removed_at=None).count()
    if not pairs.exists():
        return []
    mentors = [one.mentor.called for one in pairs.confirmed().with_people()]
    proposed = pairs.filter(status=PairStatus.PROPOSED).count()
    said = [english.listed(mentors) if mentors else "None"]
    if proposed:
        said.append(f"{english.counted(proposed, 'proposal')}")
    said.append(f"{english.counted(meetings, 'meeting')} kept")
    return [Stand("Mentor", "; ".join(said))]
