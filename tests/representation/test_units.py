"""Units are renamed, moved, merged and ended on a day, and the days before stay as they were."""

from datetime import date

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import units
from representation.models import Unit, tree
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.actions.back import latest_on, take_back
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R9")]
MARCH, BEFORE = date(2030, 3, 1), date(2030, 2, 28)


@pytest.fixture
def provider():
    return ProviderFactory(name="Leicester City Council")


@pytest.fixture
def keeper(provider):
    return staff(RoleName.EQUALITY, provider)


def unit(provider, name, **more) -> Unit:
    made = units.make_unit(provider=provider, name=name, **more)
    return again(made)


def again(one: Unit) -> Unit:
    return Unit.objects.for_steps().get(pk=one.pk)


def names(provider, day) -> list[tuple[str, int]]:
    rows = Unit.objects.filter(provider=provider).on(day).for_steps()
    return [(placed.name, placed.depth) for placed in tree(rows, day)]


def test_divisions_that_are_merged_in_march_stay_apart_before(provider, keeper):
    council = unit(provider, "The council", kind="organisation")
    housing, parks = (unit(provider, name, parent=council) for name in ("Housing", "Parks"))
    made = units.merge_units(unit=housing, others=[parks], name="Places", on=MARCH, by=keeper)
    assert names(provider, BEFORE) == [("The council", 0), ("Housing", 1), ("Parks", 1)]
    assert names(provider, MARCH) == [("The council", 0), ("Places", 1)]
    assert {one.became_id for one in (again(housing), again(parks))} == {made.pk}
    take_back(taking=latest_on(again(housing), keeper), reason="Not merged after all", by=keeper)
    assert names(provider, MARCH) == [("The council", 0), ("Housing", 1), ("Parks", 1)]


def test_a_unit_that_is_renamed_and_moved_is_called_as_it_was_before(provider, keeper):
    first, second = unit(provider, "Department A"), unit(provider, "Department B")
    division = unit(provider, "Culture", parent=first)
    units.change_unit(unit=division, from_on=MARCH, name="Culture and parks", parent=second, by=keeper)
    assert names(provider, BEFORE) == [("Department A", 0), ("Culture", 1), ("Department B", 0)]
    assert names(provider, MARCH) == [("Department A", 0), ("Department B", 0), ("Culture and parks", 1)]


def test_what_lies_below_a_unit_is_counted_with_it(provider):
    council = unit(provider, "The council")
    department = unit(provider, "Department", parent=council)
    division = unit(provider, "Division", parent=department)
    placed = {one.name: one.below for one in tree(Unit.objects.for_steps(), MARCH)}
    assert placed["The council"] == {council.pk, department.pk, division.pk}
    assert placed["Department"] == {department.pk, division.pk}


def test_what_cannot_be_is_refused(provider, keeper):
    council = unit(provider, "The council")
    division = unit(provider, "Division", parent=council)
    theirs = unit(ProviderFactory(), "Theirs")
    with pytest.raises(NotPossible, match="lies below"):
        units.change_unit(unit=council, from_on=MARCH, name="X", parent=division, by=keeper)
    with pytest.raises(NotPossible, match="unit of this provider"):
        units.change_unit(unit=division, from_on=MARCH, name="X", parent=theirs, by=keeper)
    with pytest.raises(NotPossible, match="Write its name"):
        units.change_unit(unit=division, from_on=MARCH, name=" ", by=keeper)
    with pytest.raises(NotPossible, match="at least one other"):
        units.merge_units(unit=division, others=[division], name="X", on=MARCH, by=keeper)
    with pytest.raises(NotPossible, match="units of this provider"):
        units.merge_units(unit=division, others=[theirs], name="X", on=MARCH, by=keeper)
    late = unit(provider, "Late", began_on=MARCH)
    with pytest.raises(NotPossible, match="began only then"):
        units.merge_units(unit=division, others=[late], name="X", on=MARCH, by=keeper)
    with pytest.raises(NotPossible, match="before the first"):
        units.end_unit(unit=late, ended_on=BEFORE, by=keeper)
    units.end_unit(unit=division, ended_on=BEFORE, by=keeper)
    for again_ended in (
        lambda: units.end_unit(unit=again(division), ended_on=MARCH, by=keeper),
        lambda: units.change_unit(unit=again(division), from_on=MARCH, name="X", by=keeper),
        lambda: units.merge_units(unit=late, others=[again(division)], name="X", on=date(2031, 1, 1), by=keeper),
    ):
        with pytest.raises(NotPossible, match="has ended"):
            again_ended()


def test_a_unit_is_added_and_merged_on_the_desk(client, provider, keeper):
    desk = with_second_factor(client, keeper)
    given = {"provider": provider.pk, "name": "Housing", "kind": "division", "parent": "", "code": "H1", "began_on": ""}
    formset = {"versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0"}
    assert desk.post(reverse("admin:representation_unit_add"), given | formset).status_code == 302
    assert (
        "Write its name."
        in desk.post(reverse("admin:representation_unit_add"), given | formset | {"name": ""}).content.decode()
    )
    housing, parks = Unit.objects.get(), unit(provider, "Parks")
    address = reverse("admin:representation_unit_step", args=[housing.pk, "merge_units"])
    take_step(desk, address, others=[parks.pk], name="Places", on="2030-03-01")
    assert names(provider, MARCH) == [("Places", 0)]
    listed = desk.get(reverse("admin:representation_unit_changelist")).content.decode()
    assert "Places" in listed
