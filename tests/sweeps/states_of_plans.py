"""The states of an item of an action plan, where whatever was said can be said otherwise, and of a place in the succession pool."""

from typing import Any

from representation.actions import plans
from representation.states import ItemStatus
from tests.sweeps.ways import Subject, Way, now
from tests.sweeps.world import World


def said(status: str) -> Way:
    def call(w: World, item: Any) -> Any:
        return plans.report_progress(item=item, status=status, by=w.people["equality"])

    return Way(call)


#: The days of each state of a place in the pool.
POOL_DAYS = {"agreed": ("agreed_at",), "declined": ("ended_at",), "left": ("agreed_at", "ended_at")}


def of_the_pool(w: World, state: str) -> dict[str, Any]:
    return {**dict.fromkeys(("agreed_at", "ended_at")), **{name: now() for name in POOL_DAYS.get(state, ())}}


POOL_ENTRY = Subject("pool_entry", of_the_pool)
PLAN_ITEM = Subject("plan_item", lambda w, state: {}, {str(status): said(str(status)) for status in ItemStatus})


def of_a_paper(w: World, state: str) -> dict[str, Any]:
    if state == "issued":
        return {"issued_at": now(), "issued_by": w.people["equality"], "digest": "0" * 64, "contents": {"parts": []}}
    return {"issued_at": None, "issued_by": None, "digest": "", "contents": None}


PAPER = Subject("paper", of_a_paper)
