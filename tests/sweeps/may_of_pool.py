"""Who may act: on the succession pool."""

from typing import Any

from representation.models import PoolEntry, PostViewer
from tests.factories.cohorts import ParticipantFactory, day
from tests.sweeps.may import EQUALITY, PARTICIPANT, Row
from tests.sweeps.pool import CHOICE
from tests.sweeps.world import World

POOL, POSTS = "representation.actions.pool", "representation.actions.posts"


def entry(w: World, thing: str = "pool_entry", **more: Any) -> dict[str, Any]:
    return {"entry": PoolEntry.objects.for_steps().get(pk=getattr(w.things, thing).pk), **more}


def unshown(w: World) -> dict[str, Any]:
    w.pool_evidence.delete()
    return entry(w, placement=w.placement, words="I led six people.")


def viewer(w: World) -> dict[str, Any]:
    return {"viewer": PostViewer.objects.for_steps().get(pk=w.pool_viewer.pk)}


def somebody(w: World) -> dict[str, Any]:
    return {"post": w.pool_post, "enrolment": ParticipantFactory(cohort=w.running)}


OF_THE_POOL = [
    Row(f"{POOL}.join_pool", PARTICIPANT, lambda w: entry(w, "pool_asked", is_seen=True)),
    Row(f"{POOL}.decline_pool", PARTICIPANT, lambda w: entry(w, "pool_asked")),
    Row(f"{POOL}.take_question_back", EQUALITY, lambda w: entry(w, "pool_asked")),
    Row(f"{POOL}.leave_pool", PARTICIPANT, entry),
    Row(f"{POOL}.take_out", EQUALITY, entry),
    Row(f"{POOL}.choose_who_sees", PARTICIPANT, entry),
    Row(f"{POOL}.show_evidence", PARTICIPANT, unshown),
    Row(f"{POOL}.remove_evidence", PARTICIPANT, lambda w: entry(w, evidence=w.pool_evidence)),
    Row(
        f"{POOL}.review_readiness",
        EQUALITY,
        lambda w: entry(w, readiness="now", words="Led two teams.", review_by=day(90)),
    ),
    Row(f"{POSTS}.ask_into_pool", EQUALITY, somebody),
    Row(f"{POSTS}.name_viewer", EQUALITY, lambda w: {"post": w.pool_post, "name": "Ola", "email": "ola@example.org"}),
    Row(f"{POSTS}.send_viewer_link", EQUALITY, viewer),
    Row(f"{POSTS}.end_viewer", EQUALITY, viewer),
    Row(f"{POSTS}.record_choice", EQUALITY, lambda w: {"post": w.pool_post, "other": "Ola Kent", **CHOICE}),
]
