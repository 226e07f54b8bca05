"""Who may act in the directory of participants and graduates."""

from typing import Any

from tests.factories.directory import words
from tests.sweeps.may import OF_COHORT, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World


def own(w: World, **more: Any) -> dict[str, Any]:
    return {"enrolment": w.enrolment, **more}


def hidden(w: World) -> dict[str, Any]:
    because = {"hidden_at": now(), "hidden_by": w.coordinator, "hidden_because": "Somebody else’s number."}
    return {"entry": change(w.entry, **because)}


LETTERS, SHARING = "cohorts.actions.directory_letters", "cohorts.actions.directory_sharing"
NEXT = "applications.actions.following_on"


def graduate(w: World) -> dict[str, Any]:
    return {"enrolment": w.completed, "programme": w.not_asked}


DIRECTORY = [
    Row(f"{NEXT}.hear_of", PARTICIPANT, graduate),
    Row(f"{NEXT}.hear_no_more_of", PARTICIPANT, graduate),
    Row("cohorts.actions.directory.join", PARTICIPANT, lambda w: own(w, **words(w.enrolment))),
    Row("cohorts.actions.directory.change", PARTICIPANT, lambda w: own(w, **words(w.enrolment))),
    Row("cohorts.actions.directory.confirm", PARTICIPANT, own),
    Row("cohorts.actions.directory.leave", PARTICIPANT, own),
    Row("cohorts.actions.directory.hide", OF_COHORT, lambda w: {"entry": w.entry, "reason": "Somebody else’s number."}),
    Row("cohorts.actions.directory.show_again", OF_COHORT, hidden),
    Row(f"{LETTERS}.write", PARTICIPANT, lambda w: {"enrolment": w.other_enrolment, "text": "Hello."}),
    Row(f"{LETTERS}.block", PARTICIPANT, lambda w: {"enrolment": w.other_enrolment}),
    Row(f"{LETTERS}.unblock", PARTICIPANT, lambda w: {"block": w.block}),
    Row(f"{LETTERS}.report", PARTICIPANT, lambda w: {"enrolment": w.other_enrolment, "reason": "Adverts."}),
    Row(f"{SHARING}.share_directory", OF_COHORT, lambda w: {"programme": w.programme, "other": w.not_asked}),
    Row(f"{SHARING}.agree", OF_COHORT, lambda w: {"agreement": w.sharing}),
    Row(f"{SHARING}.decline", OF_COHORT, lambda w: {"agreement": w.sharing, "reason": "Not this year."}),
    Row(f"{SHARING}.withdraw", OF_COHORT, lambda w: {"agreement": w.sharing, "reason": "A complaint."}),
    Row(
        f"{SHARING}.stop_sharing",
        OF_COHORT,
        lambda w: {"programme": w.programme, "agreement": w.sharing_asked, "reason": "A complaint."},
    ),
]
