"""Items of a plan that come again: each year, and for another group once it is shown that it is needed there; and what limits an item."""

import csv
import io

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import again
from representation.models import ActionItem
from steppingup.history.lifecycle import NotPossible
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
GATE = "That women are under-represented in the division"


@pytest.fixture
def keeper():
    return staff(RoleName.EQUALITY, ProviderFactory(name="Leicester City Council"))


@pytest.fixture
def plan(keeper):
    return make.plan(keeper.role_assignments.get().provider)


@pytest.fixture
def desk(client, keeper):
    return with_second_factor(client, keeper)


def fresh(item: ActionItem) -> ActionItem:
    return ActionItem.objects.for_steps().get(pk=item.pk)


@pytest.mark.requirement("R4")
def test_what_is_funded_year_by_year_begins_its_next_year_once_this_one_is_achieved(desk, keeper, plan):
    section = make.section(plan)
    item = make.item(plan, is_yearly=True, timescale="Funding by Sept 2010", section=section, lead="HR", people=2)
    address = reverse("admin:representation_actionitem_step", args=[item.pk, "begin_next_year"])
    with pytest.raises(NotPossible, match="it is not achieved yet"):
        again.begin_next_year(item=item, by=keeper)
    make.reported(item, keeper, status="achieved", words="Funded for a year.")
    take_step(desk, address)
    next_one = fresh(plan.items.exclude(pk=item.pk).get())
    assert (next_one.timescale, next_one.due_month.year, next_one.lead, next_one.people) == (
        "Funding by Sept 2011",
        2011,
        "HR",
        2,
    )
    assert (next_one.status, next_one.progress, next_one.section) == ("not_stated", "", section)
    assert next_one.references.get().other == item
    with pytest.raises(NotPossible, match="has begun already"):
        again.begin_next_year(item=fresh(item), by=keeper)
    with pytest.raises(NotPossible, match="does not come back"):
        again.begin_next_year(item=make.item(plan), by=keeper)


@pytest.mark.requirement("R4")
@pytest.mark.parametrize(
    ("words", "later"),
    [
        ("By May 2031", "By May 2032"),
        ("2009, 2010", ""),
        ("soon", ""),
        ("", ""),
        ("Dec 1999 to Feb 1999", "Dec 2000 to Feb 2000"),
    ],
)
def test_a_year_later_is_said_only_where_one_year_is_named(words, later):
    assert again.next_timescale(words) == later


@pytest.mark.requirement("R4")
def test_an_item_is_extended_to_another_group_only_with_evidence(desk, keeper, plan):
    item = make.item(plan, "Positive action for BME staff", gate=GATE, is_yearly=True)
    address = reverse("admin:representation_actionitem_step", args=[item.pk, "extend_item"])
    assert f"What has to be shown first: {GATE}" in desk.get(address).text
    page = take_step(desk, address, group="Women", evidence="")
    assert "Without that it is not extended." in page.text
    assert "Women" in page.text
    assert plan.items.count() == 1
    take_step(desk, address, group="Women", evidence="Employment Monitoring Report 2009, page 12")
    found = plan.items.exclude(pk=item.pk).get()
    assert found.outcome == "Women: Positive action for BME staff"
    assert {(one.kind, one.words) for one in found.references.all()} == {
        ("evidence", "Employment Monitoring Report 2009, page 12"),
        ("item", "Where it was done first"),
    }
    with pytest.raises(NotPossible, match="Write down first"):
        again.extend_item(item=make.item(plan), group="Women", evidence="Page 12", by=keeper)


@pytest.mark.requirement("R6")
def test_phases_who_was_consulted_and_what_blocks_are_kept_found_and_downloaded(desk, plan):
    about = {"phase": "Phase 1", "consulted": "Black workers’ group", "limits": "No money after March"}
    make.item(plan, "Mixed panels", **about)
    make.item(plan, "Training", phase="Phase 2")
    listed = reverse("admin:representation_actionitem_changelist")
    for asked, there, gone in (
        ({"phase": "Phase 2"}, "Training", "Mixed panels"),
        ({"also": "blocked"}, "Mixed panels", "Training"),
    ):
        page = desk.get(listed, asked).text
        assert there in page
        assert gone not in page
    sent = b"".join(desk.get(listed, {"also": "blocked", "export": "csv"}).streaming_content).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(sent))
    assert row["Phase"] == "Phase 1"
    assert row["Who was consulted"] == "Black workers’ group"
    assert row["What limits or blocks it"] == "No money after March"
