"""Programmes are data files, loaded again and again without harm."""

from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from cohorts.models import Cohort, CompletionRule, Component, Programme, TargetGroup
from cohorts.states import CohortStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def bristol():
    call_command("load_programmes", verbosity=0)
    return Programme.objects.get(slug="stepping-up")


@pytest.mark.requirement("B4", "B5", "B7", "B11", "B13")
def test_bristol_has_thirty_days_in_four_components(bristol):
    plan = bristol.plans.get()
    assert plan.days == 30
    assert {c.key: c.days for c in plan.components.all()} == {"modules": 10, "stretch": 15, "peer": 2, "mentoring": 3}
    peer = plan.components.get(key="peer")
    assert peer.meetings * peer.days_each == peer.days
    modules = plan.components.get(key="modules")
    assert modules.meetings * modules.days_each == modules.days


@pytest.mark.requirement("B1", "B36")
def test_bristol_is_for_three_groups_and_costs_what_the_cohort_says(bristol):
    assert [group.key for group in bristol.target_groups.all()] == ["minority-ethnic", "disabled", "women"]
    cohort = bristol.cohorts.get(slug="2020")
    assert cohort.fee == Decimal("2500")
    assert cohort.status == CohortStatus.PUBLISHED


def test_loading_twice_makes_nothing_twice_and_leaves_a_coordinators_words(bristol):
    before = [model.objects.count() for model in (Programme, Cohort, Component, TargetGroup, CompletionRule)]
    bristol.about = "A coordinator’s words."
    bristol.save()
    call_command("load_programmes", verbosity=0)
    assert before == [model.objects.count() for model in (Programme, Cohort, Component, TargetGroup, CompletionRule)]
    bristol.refresh_from_db()
    assert bristol.about == "A coordinator’s words."
    call_command("load_programmes", "--update", verbosity=0)
    bristol.refresh_from_db()
    assert bristol.about.strip().startswith("Stepping Up is a positive action programme")


def test_a_file_that_lacks_something_changes_nothing(bristol, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text('[provider]\nslug="x"\nname="X"\nkind="nhs"\nsector="public"\n[programme]\nslug="y"\nname="Y"\n')
    with pytest.raises(CommandError, match="broken.toml cannot be loaded"):
        call_command("load_programmes", str(broken), verbosity=0)
    assert not Programme.objects.filter(slug="y").exists()
