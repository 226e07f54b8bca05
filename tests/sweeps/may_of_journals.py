"""Who may write in a journal, share its entries and read them; and who writes down a conversation."""

from typing import Any

from tests.factories.cohorts import day
from tests.factories.conversations import SAID
from tests.sweeps.may import PARTICIPANT, Row
from tests.sweeps.world import World

JOURNAL, TALKS = "cohorts.actions.journal", "cohorts.actions.conversations"
WORDS = {"title": "A title", "text": "A text", "on": day(0)}


def entry(w: World, **more: Any) -> dict[str, Any]:
    return {"entry": w.private_entry, **more}


JOURNALS = [
    Row(f"{JOURNAL}.write", PARTICIPANT, lambda w: {"enrolment": w.enrolment, **WORDS}),
    Row(f"{JOURNAL}.change", PARTICIPANT, lambda w: entry(w, **WORDS)),
    Row(f"{JOURNAL}.delete", PARTICIPANT, entry),
    Row(f"{JOURNAL}.remove_file", PARTICIPANT, lambda w: {"file": w.journal_file}),
    Row(f"{JOURNAL}.share", PARTICIPANT, lambda w: entry(w, readers=[f"line_manager-{w.manager.pk}"])),
    Row(f"{JOURNAL}.take_back", PARTICIPANT, lambda w: {"sharing": w.sharing_with_manager}),
    Row(f"{TALKS}.log", ("participant", "manager"), lambda w: {"enrolment": w.enrolment, **SAID}),
    Row(f"{TALKS}.correct", PARTICIPANT, lambda w: {"conversation": w.talk, **SAID}),
    Row(f"{TALKS}.remove", PARTICIPANT, lambda w: {"conversation": w.talk}),
    Row(f"{TALKS}.put_back", PARTICIPANT, lambda w: {"conversation": w.talk}),
    Row(f"{JOURNAL}.open_entry", ("manager",), lambda w: {"sharing": w.sharing_with_manager}),
]
