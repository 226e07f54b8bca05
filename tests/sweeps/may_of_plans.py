"""Who may act: on action plans."""

from typing import Any

from representation.actions import plans
from representation.models import ActionItem, ItemLead, LeadRequest, PlanMeeting, PlanReading
from representation.reading.document import Said
from tests.sweeps.may import EQUALITY, Row
from tests.sweeps.may_of_heads import OF_HEADS
from tests.sweeps.ways import now
from tests.sweeps.world import World

AGAIN, PLANS, LEADS, MEETINGS = (f"representation.actions.{name}" for name in ("again", "plans", "leads", "meetings"))


def item(w: World, **more: Any) -> dict[str, Any]:
    return {"item": ActionItem.objects.for_steps().get(pk=w.plan_item.pk), **more}


def lead(w: World, **more: Any) -> dict[str, Any]:
    return {"lead": ItemLead.objects.for_steps().get(pk=w.plan_lead.pk), **more}


def reading(w: World, **more: Any) -> dict[str, Any]:
    return {"reading": PlanReading.objects.for_steps().get(pk=w.plan_reading.pk), **more}


def asked(w: World) -> dict[str, Any]:
    return {"request": LeadRequest.objects.get(pk=w.plan_request.pk), "status": "achieved", "words": "Done."}


def meeting(w: World, **more: Any) -> dict[str, Any]:
    return {"meeting": PlanMeeting.objects.for_steps().get(pk=w.plan_meeting.pk), **more}


def closed(w: World) -> dict[str, Any]:
    PlanMeeting.objects.filter(pk=w.plan_meeting.pk).update(closed_at=now())
    return meeting(w)


def yearly(w: World) -> dict[str, Any]:
    """Achieved, and to come back each year."""
    ActionItem.objects.filter(pk=w.plan_item.pk).update(is_yearly=True)
    plans.report_progress(item=item(w)["item"], status="achieved", by=w.people["equality"])
    return item(w)


def gated(w: World) -> dict[str, Any]:
    ActionItem.objects.filter(pk=w.plan_item.pk).update(gate="That it is needed")
    return item(w, group="Women", evidence="Page 12")


FILE = {"name": "again.csv", "lines": [["Outcome", "Lead"], ["A", "B"]], "digest": "0"}
OF_PLANS = [
    *OF_HEADS,
    Row(f"{PLANS}.report_progress", EQUALITY, lambda w: item(w, status="achieved", words="All have one.")),
    Row(f"{AGAIN}.begin_next_year", EQUALITY, yearly),
    Row(f"{AGAIN}.extend_item", EQUALITY, gated),
    Row(f"{PLANS}.read_file", EQUALITY, lambda w: {"plan": w.action_plan, **FILE}),
    Row(f"{PLANS}.say", EQUALITY, lambda w: reading(w, said=Said())),
    Row(f"{PLANS}.take_over", EQUALITY, reading),
    Row(f"{LEADS}.name_lead", EQUALITY, lambda w: item(w, role="Strategic directors", email="sam@example.org")),
    Row(f"{LEADS}.hand_over", EQUALITY, lambda w: lead(w, role="Strategic directors", email="sam@example.org")),
    Row(f"{LEADS}.end_lead", EQUALITY, lead),
    Row(f"{LEADS}.ask_lead", EQUALITY, lead),
    Row(f"{MEETINGS}.hold_review", EQUALITY, lambda w: {"plan": w.action_plan, "held_on": now().date()}),
    Row(f"{MEETINGS}.decide", EQUALITY, lambda w: meeting(w, item=w.plan_item, decision="Ask once more.")),
    Row(f"{MEETINGS}.close_review", EQUALITY, meeting),
    Row(f"{MEETINGS}.reopen_review", EQUALITY, closed),
    Row(f"{LEADS}.answer_as_lead", (), asked),  # by the link alone: tests/representation/test_leads.py
]
