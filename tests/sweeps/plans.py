"""What the equality lead has in the world of the sweeps: published figures, and an action plan."""

from typing import Any

from applications.models import EqualityLook, EqualityQuestion, EqualityRelease, Stage
from representation.actions import leads, meetings, plans
from representation.models import ActionItem, GroupMeeting, GroupMember, ItemLead, ItemReference, LeadRequest
from representation.notices import LEAD_LINK
from steppingup.accounts.models import TokenLink
from tests.factories import representation as make
from tests.factories.cohorts import day
from tests.sweeps.heads import have_heads, more_heads


def publish_figures(world: Any) -> None:
    """A release in which too few were counted, and somebody who looked at it."""
    things = world.things
    things.equality_question = EqualityQuestion.objects.get(key="sex")
    table = {"key": "sex", "text": "What is your sex?", "source": "Ours.", "lines": [], "withheld": "Too few."}
    things.release = EqualityRelease.objects.create(
        programme=things.programme,
        stage=Stage.CLOSED,
        contents={"people": 0, "cohorts": ["Open"], "tables": [table]},
        people=[],
    )
    things.look = EqualityLook.objects.create(release=things.release, by=world.equality, how="page")


def keep_a_plan(world: Any) -> None:
    """A plan with a section, an item of a group, somebody who was asked by a link, and a file that waits."""
    things, by = world.things, world.equality
    things.action_plan = make.plan(things.provider)
    things.plan_section = make.section(things.action_plan)
    things.plan_item = make.item(things.action_plan, section=things.plan_section, timescale=f"By {day(40):%B %Y}")
    things.plan_group = make.group(things.provider)
    things.plan_lead = leads.name_lead(item=things.plan_item, group=things.plan_group, by=by)
    things.plan_request = LeadRequest.objects.create(lead=things.plan_lead, name="Hana", email="hana@example.org")
    things.plan_token = TokenLink.issue(
        purpose=LEAD_LINK, target=things.plan_request, email="hana@example.org", days=9
    )[1]
    make.reported(things.plan_item, by)
    things.plan_item = ActionItem.objects.for_steps().get(pk=things.plan_item.pk)
    things.published_figure = make.figure(things.provider)
    things.plan_meeting = make.meeting(things.action_plan)
    meetings.decide(meeting=things.plan_meeting, item=things.plan_item, decision="Ask again.", by=by)
    ItemReference.objects.create(item=things.plan_item, kind="case_study", words="Case study 2, Appendix 3")
    things.plan_reading = make.reading(things.action_plan, by)
    have_heads(world)


def more_of_a_plan(world: Any, number: int) -> None:
    """As much again."""
    by = world.equality
    more_heads(world, number)
    other = make.plan(world.provider, f"Plan {number}")
    make.section(other)
    section = make.section(world.action_plan, f"s{number}", f"Section {number}")
    for plan, kept in ((other, None), (world.action_plan, section)):
        item = make.item(plan, f"Item {number}", section=kept, timescale="By May 2031")
        group = make.group(world.provider, f"Group {number} {plan.pk}")
        for whom in (group, world.plan_group):
            lead = leads.name_lead(item=item, group=whom, by=by)
            LeadRequest.objects.create(lead=lead, name="Hana", email="hana@example.org")
        leads.name_lead(item=world.plan_item, group=group, by=by)
        make.reported(item, by)
        ItemReference.objects.create(item=item, kind="item", other=world.plan_item)
        ItemReference.objects.create(item=world.plan_item, kind="item", other=item)
        make.figure(world.provider, f"Figure {number} {plan.pk}", against=world.published_figure)
        meeting = make.meeting(plan)
        for one in (meeting, *([world.plan_meeting] if kept else [])):
            meetings.decide(meeting=one, item=item, decision="Ask again.", by=by)
        make.reading(plan, by, [*make.ROWS, [f"Another {number}"] * 6])
    plans.report_progress(item=world.plan_item, status="progressing", words=f"Now {number}.", by=by)
    LeadRequest.objects.create(lead=world.plan_lead, name="Sam", email="sam@example.org")
    GroupMember.objects.create(group=world.plan_group, name=f"Member {number}", is_chair=True)
    GroupMeeting.objects.create(group=world.plan_group, outcome=f"Met {number}.")
    assert ItemLead.objects.current().filter(item=world.plan_item).count() > 1
