"""Coaching in the sweeps: who may do what, how it moves on, and who comes to which page."""

from decimal import Decimal
from typing import Any

from cohorts.actions import coaching, coaching_support
from cohorts.models import CoachingRequest
from cohorts.states.coaching import CoachingStatus as S
from tests.factories.coaching import BEYOND, NEED, supporter
from tests.factories.cohorts import day
from tests.sweeps.access_afterwards import RUN_IT
from tests.sweeps.access_models import model
from tests.sweeps.may import OF_COHORT, OF_PROVIDER, PARTICIPANT, Row
from tests.sweeps.profiles import COORDINATORS, OUR_COHORT, OURS, hidden
from tests.sweeps.refusals import change
from tests.sweeps.rows import Row as Address
from tests.sweeps.rows import of
from tests.sweeps.ways import Subject, Way, now

COACHING, SUPPORT, COACHES = (f"cohorts.actions.{name}" for name in ("coaching", "coaching_support", "coaches"))


def _within(w: Any, one: Any) -> dict[str, Any]:
    return {"coaching": one, "coach": w.coach, "dates": "Tuesdays", "cost": Decimal(0), "is_within": True}


def _stopped(w: Any) -> Any:
    return change(w.coach, stopped_on=day(-1))


COACHED = [
    Row(f"{COACHES}.coach_stops", OF_PROVIDER, lambda w: {"coach": w.coach}),
    Row(f"{COACHES}.coach_again", OF_PROVIDER, lambda w: {"coach": _stopped(w)}),
    Row(f"{COACHING}.request_coaching", (*PARTICIPANT, *OF_COHORT), lambda w: {"enrolment": _free(w), **NEED}),
    Row(f"{COACHING}.arrange", OF_COHORT, lambda w: _within(w, w.coaching)),
    Row(f"{COACHING}.decline", OF_COHORT, lambda w: {"coaching": w.coaching, "reason": "The peer groups do this."}),
    Row(f"{COACHING}.answer_anew", OF_COHORT, lambda w: {"coaching": w.coaching_arranged, "reason": "Ira is ill."}),
    Row(f"{COACHING}.end", (*PARTICIPANT, *OF_COHORT), lambda w: {"coaching": w.coaching_arranged}),
    Row(f"{COACHING}.reopen", OF_COHORT, lambda w: {"coaching": change(w.coaching, status=S.DECLINED)}),
    Row(
        f"{COACHING}.note_session",
        PARTICIPANT,
        lambda w: {"coaching": w.coaching_arranged, "on": day(-5), "minutes": 45},
    ),
    Row(f"{COACHING}.remove_session", PARTICIPANT, lambda w: {"session": w.coaching_session}),
    Row(f"{COACHING}_needs.forget_goal", PARTICIPANT, lambda w: {"coaching": w.coaching_arranged}),
    Row(f"{SUPPORT}.ask_employer", OF_COHORT, lambda w: {"coaching": w.coaching, **BEYOND}),
    Row(f"{SUPPORT}.support", ("manager",), lambda w: {"coaching": w.coaching_asked}),
    Row(f"{SUPPORT}.refuse", ("manager",), lambda w: {"coaching": w.coaching_asked, "words": "No cover."}),
]


def _free(w: Any) -> Any:
    """With room for one more."""
    change(w.coaching, status=S.DECLINED)
    return w.enrolment


def _also(w: Any, state: str) -> dict[str, Any]:
    asked = state in (S.WITH_EMPLOYER, S.SUPPORTED, S.NOT_SUPPORTED)
    answered = state in (S.SUPPORTED, S.NOT_SUPPORTED)
    return {
        "coach": w.coach if state == S.ARRANGED else None,
        "days_beyond": Decimal("1.5") if asked else Decimal(0),
        "employer_asked_at": now() if asked else None,
        "employer_answered_at": now() if answered else None,
        "employer_name": "Manager" if answered else "",
    }


def _fresh(one: Any) -> CoachingRequest:
    return CoachingRequest.objects.for_steps().get(pk=one.pk)


COACHING_SUBJECT = Subject(
    "coaching",
    _also,
    {
        "support": Way(lambda w, c: coaching_support.support(coaching=_fresh(c), by=supporter(_fresh(c)))),
        "refuse": Way(lambda w, c: coaching_support.refuse(coaching=_fresh(c), words="No.", by=supporter(_fresh(c)))),
        "reopen": Way(lambda w, c: coaching.reopen(coaching=_fresh(c), by=w.coordinator)),
        "end": Way(lambda w, c: coaching.end(coaching=_fresh(c), by=w.coordinator)),
    },
)


def coaching_addresses(own: Any, team: Any, refused: Any) -> list[Address]:
    """Pages of participant and line manager, and of staff."""
    one = {"pk": of.enrolment, "coaching": of.coaching_arranged}
    return [
        *(Address(f"cohorts:{name}", own, {"pk": of.enrolment}) for name in ("coaching", "coaching_ask")),
        *(Address(f"cohorts:coaching_{name}", own, one) for name in ("end", "note")),
        Address("cohorts:coaching_remove", refused, {**one, "session": of.coaching_session}, may=("participant",)),
        Address("cohorts:coaching_forget_goal", refused, one, may=("participant",)),
        Address("cohorts:managed_coaching", team, {"pk": of.enrolment}),
        Address("cohorts:managed_coaching_answer", team, {"pk": of.enrolment, "coaching": of.coaching_asked}),
        *model("cohorts_coachingrequest", of.coaching, view=COORDINATORS, within=OUR_COHORT),
        Address("admin:cohorts_coachingrequest_step", RUN_IT, {"object_id": of.coaching, "name": "decline"}),
        *model("cohorts_coach", of.coach, view=COORDINATORS, change=COORDINATORS),
        Address("admin:cohorts_coach_step", hidden(COORDINATORS, OURS), {"object_id": of.coach, "name": "coach_stops"}),
    ]
