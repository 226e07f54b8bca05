"""Who may write in a journal, share its entries and read them; who writes down a conversation, and who a review."""

from typing import Any

from tests.factories.cohorts import day
from tests.factories.conversations import SAID
from tests.factories.reviews import WORDS as LOOKED_BACK
from tests.sweeps.coaching import COACHED
from tests.sweeps.internal import MENTORS_AT_WORK
from tests.sweeps.may import OF_COHORT, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.world import World

JOURNAL, TALKS, REVIEWS, DIGESTS = (
    f"cohorts.actions.{name}" for name in ("journal", "conversations", "reviews", "digests")
)
WRITERS = (*PARTICIPANT, *OF_COHORT)
WORDS = {"title": "A title", "text": "A text", "on": day(0)}


def entry(w: World, **more: Any) -> dict[str, Any]:
    return {"entry": w.private_entry, **more}


PLAN = "cohorts.actions.development"
GOAL = {"title": "A goal", "text": "A text", "theme": "leading"}


def reached(w: World) -> Any:
    return change(w.goal, reached_on=day(-1))


JOURNALS = [
    *MENTORS_AT_WORK,
    *COACHED,
    Row(f"{PLAN}.set_goal", PARTICIPANT, lambda w: {"enrolment": w.enrolment, **GOAL}),
    Row(f"{PLAN}.change_goal", PARTICIPANT, lambda w: {"goal": w.goal, **GOAL}),
    Row(f"{PLAN}.reach", PARTICIPANT, lambda w: {"goal": w.goal, "on": day(0)}),
    Row(f"{PLAN}.take_up_again", PARTICIPANT, lambda w: {"goal": reached(w)}),
    Row(f"{PLAN}.add_action", PARTICIPANT, lambda w: {"goal": w.goal, "what": "x"}),
    Row(f"{PLAN}.change_action", PARTICIPANT, lambda w: {"action": w.action, "what": "y", "owner": "me"}),
    Row(f"{PLAN}.mark_done", PARTICIPANT, lambda w: {"action": w.action}),
    Row(f"{PLAN}.mark_open", PARTICIPANT, lambda w: {"action": w.action}),
    Row(f"{PLAN}.remove_action", PARTICIPANT, lambda w: {"action": w.action}),
    Row(f"{JOURNAL}.write", PARTICIPANT, lambda w: {"enrolment": w.enrolment, **WORDS}),
    Row(f"{JOURNAL}.change", PARTICIPANT, lambda w: entry(w, **WORDS)),
    Row(f"{JOURNAL}.delete", PARTICIPANT, entry),
    Row(f"{JOURNAL}.remove_file", PARTICIPANT, lambda w: {"file": w.journal_file}),
    Row(f"{JOURNAL}.share", PARTICIPANT, lambda w: entry(w, readers=[f"line_manager-{w.manager.pk}"])),
    Row(f"{JOURNAL}.take_back", PARTICIPANT, lambda w: {"sharing": w.sharing_with_manager}),
    Row(f"{REVIEWS}.prepare", WRITERS, lambda w: {"enrolment": w.enrolment, "on": day(-1), **LOOKED_BACK}),
    Row(f"{REVIEWS}.change", WRITERS, lambda w: {"review": w.review_to_sign, "on": day(-2), **LOOKED_BACK}),
    Row(f"{REVIEWS}.send", WRITERS, lambda w: {"review": w.looking_back, "staff": w.coordinator}),
    Row(f"{REVIEWS}.call_off", WRITERS, lambda w: {"review": w.review_to_sign}),
    Row(
        "cohorts.actions.review_signing.sign",
        (*WRITERS, "manager"),
        lambda w: {"review": w.review_to_sign, "name": "Whoever It Is"},
    ),
    Row(f"{DIGESTS}.stop", ("manager",), lambda w: {"digest": w.digest}),
    Row(f"{DIGESTS}.begin_again", ("manager",), lambda w: {"digest": w.digest}),
    Row(f"{TALKS}.log", ("participant", "manager"), lambda w: {"enrolment": w.enrolment, **SAID}),
    Row(f"{TALKS}.correct", PARTICIPANT, lambda w: {"conversation": w.talk, **SAID}),
    Row(f"{TALKS}.remove", PARTICIPANT, lambda w: {"conversation": w.talk}),
    Row(f"{TALKS}.put_back", PARTICIPANT, lambda w: {"conversation": w.talk}),
    Row(f"{JOURNAL}.open_entry", ("manager",), lambda w: {"sharing": w.sharing_with_manager}),
]
