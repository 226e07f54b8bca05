"""Programmes that come with the product beside Bristol's and the NHS's Stepping Up, each unlike the others in data alone."""

import pytest
from django.core.management import call_command

from cohorts.models import Programme
from cohorts.states import Recording, Selection, Unit
from steppingup.accounts.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def four() -> dict[str, Programme]:
    call_command("load_programmes", "bristol", "nhs-stepping-up", "nhs-ready-now", "skills-for-care", verbosity=0)
    return {one.slug: one for one in Programme.objects.all()}


@pytest.mark.requirement("C4")
def test_two_programmes_of_the_nhs_and_one_in_care_stand_beside_bristols(four):
    assert set(four) == {"stepping-up", "nhs-stepping-up", "nhs-ready-now", "moving-up"}
    assert four["nhs-ready-now"].provider == four["nhs-stepping-up"].provider
    assert Organisation.objects.filter(is_provider=True).count() == 3
    ways = {slug: {rules.selection for rules in one.rule_sets.current()} for slug, one in four.items()}
    assert ways == {
        "stepping-up": {Selection.WITH_INTERVIEW}, "nhs-stepping-up": {Selection.FIRST_COME},
        "nhs-ready-now": {Selection.WITH_INTERVIEW}, "moving-up": {Selection.WITHOUT_INTERVIEW},
    }  # fmt: skip


@pytest.mark.requirement("C5")
def test_moving_up_has_a_day_with_the_nhs_and_days_that_are_counted_in_other_units(four):
    parts = {one.key: one for one in four["moving-up"].plans.get().components.all()}
    assert "Stepping Up" in parts["joint-day"].title
    assert (parts["practice"].unit, parts["practice"].recording) == (Unit.HOURS, Recording.OWN)
    assert parts["sets"].in_words == "3–4 sessions"


@pytest.mark.requirement("C3")
def test_ready_now_leads_on_from_where_stepping_up_ends(four):
    [after] = four["nhs-stepping-up"].next_programmes.all()
    assert (after.to, after.words) == (four["nhs-ready-now"], "for colleagues in bands 8a and above")
    grades = {one.key: one.is_in_range for one in four["nhs-ready-now"].rule_sets.get().grades.all()}
    assert grades == {"below": False, "band-8": True, "band-9": True}
    before = four["nhs-stepping-up"].rule_sets.get(name="Band 7").grades.get(key="above")
    assert not before.is_in_range
