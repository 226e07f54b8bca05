"""What the matching page of a cohort shows, in a number of queries that does not grow."""

from typing import Any

from cohorts.models import Cohort, Component, Enrolment
from cohorts.states import EnrolmentStatus
from mentoring.actions.matching import JOB
from mentoring.matching.pool import parts_of, without_a_mentor
from mentoring.minutes import met
from mentoring.models import Mentor, MentoringWish, Pair
from mentoring.states import PairStatus
from steppingup.jobs.models import Job

NOT_YET = "Not matched yet."


def _makes_sense(pair: Pair) -> bool:
    """Who has completed may keep the mentor; who has left does not, and nobody who is not there needs a proposal."""
    status = pair.enrolment.status
    return status == EnrolmentStatus.ENROLLED or (
        status == EnrolmentStatus.COMPLETED and pair.status == PairStatus.CONFIRMED
    )


def _reason(reasons: dict[tuple[int, int | None], str], person: Enrolment, part: Component | None) -> str:
    """Runs of before there were several parts say only of whom they speak."""
    return reasons.get((person.pk, part and part.pk)) or reasons.get((person.pk, None), NOT_YET)


def overview(cohort: Cohort) -> dict[str, Any]:
    """Proposals, confirmed pairs, those without and why, and what needs a look."""
    pairs = list(Pair.objects.open().filter(enrolment__cohort=cohort).with_people().with_sessions())
    wrong = set(Pair.objects.no_longer_allowed().filter(enrolment__cohort=cohort).values_list("pk", flat=True))
    run = cohort.match_runs.exclude(finished_at=None).first()
    reasons = {(row["enrolment"], row.get("component")): row["reason"] for row in run.unmatched} if run else {}
    parts = parts_of(cohort)
    without = [
        (person, part)
        for part in parts
        for person in without_a_mentor(cohort, part).select_related("participant", "employer")
    ]
    here = Enrolment.objects.filter(cohort=cohort, status=EnrolmentStatus.ENROLLED)
    wishes = MentoringWish.objects.filter(enrolment__in=here).count()
    mentors = Mentor.objects.filter(programme=cohort.programme_id, is_available=True).with_places()
    free = [mentor.places_free for mentor in mentors]
    left = [pair for pair in pairs if not _makes_sense(pair)]
    staying = [pair for pair in pairs if _makes_sense(pair)]
    for pair in staying:
        pair.met_in_words = met(pair.sessions_held).in_words if pair.sessions_held else "No session yet"
    return {
        "cohort": cohort,
        "run": run,
        "job": Job.objects.about(cohort).unfinished().filter(kind=JOB).first(),
        "proposals": [pair for pair in staying if pair.status == PairStatus.PROPOSED],
        "confirmed": [pair for pair in staying if pair.status == PairStatus.CONFIRMED],
        "left": left,
        "wrong": [pair for pair in pairs if pair.pk in wrong],
        "without": [
            {"enrolment": person, "part": part, "reason": _reason(reasons, person, part)} for person, part in without
        ],
        "several": len(parts) > 1,
        "silent": here.count() - wishes,
        "free_places": sum(free),
        "free_mentors": sum(places > 0 for places in free),
        "mentor_count": len(free),
    }
