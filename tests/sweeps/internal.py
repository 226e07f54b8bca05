"""Mentors at the own employer in the sweeps: who may do what, how each moves on, and who comes to which page."""

from typing import Any

from cohorts.actions import internal
from cohorts.models import InternalMentor
from cohorts.states.internal import EndedBy, InternalStatus
from steppingup.accounts.models import TokenLink
from tests.factories.internal import holder_of
from tests.sweeps.access_afterwards import RUN_IT
from tests.sweeps.access_models import model
from tests.sweeps.at_work import OTHER
from tests.sweeps.may import OF_COHORT, Row
from tests.sweeps.profiles import COORDINATORS, OUR_COHORT
from tests.sweeps.rows import Row as Address
from tests.sweeps.rows import of
from tests.sweeps.ways import Subject, Way, now

INTERNAL = "cohorts.actions.internal"
EITHER = ("participant", "manager")


MENTORS_AT_WORK = [
    Row(f"{INTERNAL}.name_somebody", EITHER, lambda w: {"enrolment": w.enrolment, **OTHER}),
    Row(f"{INTERNAL}.ask_again", EITHER, lambda w: {"mentor": _asked_long_ago(w)}),
    Row(f"{INTERNAL}.end", (*EITHER, *OF_COHORT), lambda w: {"mentor": w.internal_mentor}),
]


def _asked_long_ago(w: Any) -> InternalMentor:
    TokenLink.objects.filter(object_id=w.internal_mentor.pk, purpose="internal-mentor").delete()
    return w.internal_mentor  # type: ignore[no-any-return]


def _also(w: Any, state: str) -> dict[str, Any]:
    return {
        "answered_at": None if state == InternalStatus.ASKED else now(),
        "ended_at": now() if state == InternalStatus.ENDED else None,
        "ended_by": EndedBy.PARTICIPANT if state == InternalStatus.ENDED else "",
    }


def _by_link(action: Any) -> Way:
    return Way(lambda w, mentor: action(mentor=mentor, by=holder_of(mentor)))


INTERNAL_MENTOR = Subject(
    "internal_mentor",
    _also,
    {
        "agree": _by_link(internal.agree),
        "decline": _by_link(internal.decline),
        "end": Way(lambda w, mentor: internal.end(mentor=mentor, by=w.participant)),
    },
)


def addresses_of(own: Any, team: Any, refused: Any) -> list[Address]:
    """Pages of participant and line manager, and of staff."""
    rows = []
    for name, may, who in (("internal", own, "participant"), ("managed_internal", team, "manager")):
        one = {"pk": of.enrolment, "mentor": of.internal_mentor}
        rows += [
            Address(f"cohorts:{name}", may, {"pk": of.enrolment}),
            Address(f"cohorts:{name}_name", may, {"pk": of.enrolment}),
            Address(f"cohorts:{name}_again", refused, one, may=(who,)),
            Address(f"cohorts:{name}_end", may, one),
        ]
    return [
        *rows,
        *model("cohorts_internalmentor", of.internal_mentor, view=COORDINATORS, within=OUR_COHORT),
        Address("admin:cohorts_internalmentor_step", RUN_IT, {"object_id": of.internal_mentor, "name": "end_internal"}),
    ]
