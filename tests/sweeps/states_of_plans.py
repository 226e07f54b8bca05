"""The states of an item of an action plan: whatever was said can be said otherwise."""

from typing import Any

from representation.actions import plans
from representation.states import ItemStatus
from tests.sweeps.ways import Subject, Way
from tests.sweeps.world import World


def said(status: str) -> Way:
    def call(w: World, item: Any) -> Any:
        return plans.report_progress(item=item, status=status, by=w.people["equality"])

    return Way(call)


PLAN_ITEM = Subject("plan_item", lambda w, state: {}, {str(status): said(str(status)) for status in ItemStatus})
