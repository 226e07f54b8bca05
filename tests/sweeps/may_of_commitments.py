"""Who may act: on what employers have committed themselves to."""

from typing import Any

from representation.models import PledgeQuestion
from tests.factories import commitments as make
from tests.factories.cohorts import day
from tests.sweeps.may import EQUALITY, Row
from tests.sweeps.world import World

COMMITMENTS = "representation.actions.commitments"


def one(w: World, thing: str = "pledge_hidden", **more: Any) -> dict[str, Any]:
    return {"commitment": make.fresh(getattr(w.things, thing)), **more}


def question(w: World, thing: str = "pledge_answer", **more: Any) -> dict[str, Any]:
    return {"question": PledgeQuestion.objects.for_steps().get(pk=getattr(w.things, thing).pk), **more}


OF_COMMITMENTS = [
    Row(f"{COMMITMENTS}.publish_commitment", EQUALITY, one),
    Row(f"{COMMITMENTS}.withdraw_commitment", EQUALITY, lambda w: one(w, "commitment_public")),
    Row(f"{COMMITMENTS}.record_evidence", EQUALITY, lambda w: one(w, evidence="All had one.", on=day(-1))),
    Row(f"{COMMITMENTS}.ask_about_pledge", EQUALITY, lambda w: one(w, name="Ola", email="ola@example.org")),
    Row(f"{COMMITMENTS}.confirm_answer", EQUALITY, question),
    Row(f"{COMMITMENTS}.set_answer_aside", EQUALITY, question),
    # By the link alone: tests/representation/test_commitments.py.
    Row(
        f"{COMMITMENTS}.answer_pledge",
        (),
        lambda w: question(w, "pledge_question", answer="not_yet", words="Next spring."),
    ),
]
