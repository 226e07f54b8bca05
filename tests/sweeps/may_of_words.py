"""Who may write to people of a cohort, and note something about them."""

from typing import Any

from applications.roles import RoleName
from cohorts.actions import writing
from cohorts.states.notes import NoteKind
from cohorts.states.writing import Reader
from steppingup.messaging.states import MessageStatus
from tests.factories.accounts import staff
from tests.factories.cohorts import day
from tests.sweeps.may import OF_COHORT, Row
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World


def note(w: World, **more: Any) -> dict[str, Any]:
    return {"note": w.staff_note, **more}


def failed(w: World) -> dict[str, Any]:
    """One of its emails could not be sent."""
    change(
        w.written, status=MessageStatus.FAILED, sent_at=None, last_error="The mail server does not know the address."
    )
    return {"announcement": w.announcement}


def concern(w: World, **more: Any) -> dict[str, Any]:
    return {"concern": w.concern, **more}


def another(w: World) -> dict[str, Any]:
    """Somebody else is a confidential contact too."""
    reader = staff(RoleName.CONFIDANT, w.provider)
    return concern(w, reader=reader)


def complained(w: World, status: str, **more: Any) -> dict[str, Any]:
    """As it is in this status."""
    values: dict[str, Any] = {"status": status, "acknowledged_on": None if status == "received" else day(0)}
    change(w.complaint, **values, closed_at=now() if status == "closed" else None)
    return {"complaint": w.complaint, **more}


COMPLAINTS, CONCERNS = "cohorts.actions.complaints", "cohorts.actions.concerns"
WORDS = [
    Row(
        f"{COMPLAINTS}.enter_complaint",
        OF_COHORT,
        lambda w: {
            "provider": w.provider,
            "kind": "wrong",
            "text": "My name is wrong.",
            "name": "Ben",
            "contact": "3 Quay Street",
            "received_on": day(0),
        },
    ),
    Row(f"{COMPLAINTS}.acknowledge", OF_COHORT, lambda w: complained(w, "received")),
    Row(f"{COMPLAINTS}.note_complaint", OF_COHORT, lambda w: {"complaint": w.complaint, "text": "Asked."}),
    Row(f"{COMPLAINTS}.answer", OF_COHORT, lambda w: complained(w, "acknowledged", outcome="Put right.")),
    Row(f"{COMPLAINTS}.reopen", OF_COHORT, lambda w: complained(w, "closed")),
    # Nobody of these: only whoever it was written to (tests/cohorts/test_concerns.py).
    Row(f"{CONCERNS}.look_at", (), concern),
    Row(f"{CONCERNS}.close", (), concern),
    Row(f"{CONCERNS}.reopen", (), concern),
    Row(f"{CONCERNS}.note_concern", (), lambda w: concern(w, text="Spoke with him.")),
    Row(f"{CONCERNS}.let_read", (), another),
    Row(
        "cohorts.actions.writing.write",
        OF_COHORT,
        lambda w: {
            "cohort": w.running,
            "whom": writing.EVERYBODY,
            "readers": [*Reader],
            "subject": "A date",
            "text": "We meet on Monday.",
        },
    ),
    Row("cohorts.actions.writing.send_again_to_failed", OF_COHORT, failed),
    Row("steppingup.messaging.actions.replies.note_reply", OF_COHORT, lambda w: {"message": w.written, "text": "Yes."}),
    Row(
        "steppingup.messaging.actions.failures.note_failure",
        OF_COHORT,
        lambda w: {"message": w.written, "why": "Rang."},
    ),
    Row("steppingup.messaging.actions.replies.mark_as_answered", OF_COHORT, lambda w: {"reply": w.reply}),
    Row(
        "cohorts.actions.notes.write_note",
        OF_COHORT,
        lambda w: {"enrolment": w.enrolment, "text": "Rang.", "on": day(0)},
    ),
    Row(
        "cohorts.actions.notes.correct_note",
        OF_COHORT,
        lambda w: note(w, text="Rang twice.", on=day(0), kind=NoteKind.MEETING),
    ),
    Row("cohorts.actions.notes.remove_note", OF_COHORT, note),
]
