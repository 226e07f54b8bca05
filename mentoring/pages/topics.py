"""The page about mentoring, of a participant and of their line manager: how it stands in a line, and what it asks."""

from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse

from cohorts.models import Enrolment
from cohorts.pages.topics import MANAGED, OWN, recorded_so_far
from cohorts.progress import parts_on_page
from cohorts.states import EnrolmentStatus, Recording
from mentoring.actions import sessions
from mentoring.models import MentoringWish, Pair
from mentoring.models.mentor import called_here
from mentoring.states import PairStatus
from steppingup.formats import english
from steppingup.site.topics import Ask, Status, Topic


def _facts(viewer: Any) -> dict[str, Any]:
    """Who mentors or mentored them, and whether they have said what they seek."""
    pairs = Pair.objects.known_to_both().filter(enrolment=OuterRef("pk")).annotate(called=called_here("mentor__"))
    known = JSONObject(status="status", called="called")
    return {
        "mentors_found": ArraySubquery(pairs.order_by("-confirmed_at", "-pk").values_list(known, flat=True)),
        "has_mentoring_wish": Exists(MentoringWish.objects.filter(enrolment=OuterRef("pk"))),
    }


def _now(subject: Any) -> list[str]:
    """Those who mentor them at present."""
    return [one["called"] for one in subject.mentors_found if one["status"] == PairStatus.CONFIRMED]


def _own(*, subject: Any, viewer: Any) -> Status | None:
    parts = parts_on_page(subject, Recording.PAIR)
    title = "Your mentors" if len(parts) > 1 else "Your mentor"
    if now := _now(subject):
        return Status(english.listed(now), title)
    if parts and subject.status == EnrolmentStatus.ENROLLED:
        return Status("We are looking for somebody for you", title)
    before = list(dict.fromkeys(one["called"] for one in subject.mentors_found))
    return Status(f"It was {english.listed(before)}", title) if before else None


def _asked(*, subject: Any, viewer: Any) -> list[Ask]:
    """What they seek, as long as nobody is found."""
    if subject.status != EnrolmentStatus.ENROLLED or subject.has_mentoring_wish or _now(subject):
        return []
    if not parts_on_page(subject, Recording.PAIR):
        return []
    return [
        Ask(
            "Tell us what you would like from a mentor",
            "Say what you would like",
            reverse("mentoring:wish", args=[subject.pk]),
            line="It takes two minutes and helps us to find somebody who suits you",
        )
    ]


def _managed(*, subject: Enrolment, viewer: Any) -> Status | None:
    """The days only (B31)."""
    if not parts_on_page(subject, Recording.PAIR):
        return None
    return Status(partial(recorded_so_far, subject, Recording.PAIR))


TOPICS = (
    Topic(
        OWN,
        "mentoring",
        50,
        "Your mentor",
        "mentoring:mentor",
        _own,
        asks=_asked,
        facts=_facts,
        steps=(sessions.record, sessions.remove),
    ),
    Topic(MANAGED, "mentoring", 50, "Mentoring", "mentoring:managed_mentor", _managed),
)
