"""Programmes are data files, each loaded once; starting again and again does no harm."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from cohorts.actions import sessions
from cohorts.models import Cohort, CompletionRule, Component, Partner, Programme, RuleSet, TargetGroup
from cohorts.planning import Pattern
from cohorts.states import CohortStatus
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def bristol():
    call_command("load_programmes", "bristol", verbosity=0)
    return Programme.objects.get(slug="stepping-up")


@pytest.mark.requirement("B4", "B7", "B13")
def test_bristol_has_thirty_days_in_four_components(bristol):
    plan = bristol.plans.get()
    assert plan.days == 30
    assert {c.key: c.days for c in plan.components.all()} == {"modules": 10, "stretch": 15, "peer": 2, "mentoring": 3}
    mentoring = plan.components.get(key="mentoring")
    assert mentoring.minutes_per_day == 420


@pytest.mark.requirement("B5", "B11")
def test_bristols_plan_becomes_five_modules_of_two_days_with_half_a_day_for_each_of_three_groups_in_the_gaps(bristol):
    cohort = bristol.cohorts.get(slug="2020")
    groups = [cohort.peer_groups.create(name=name) for name in ("Blue", "Green", "Red")]
    pattern = Pattern(date(2020, 2, 12), 6, 2, time(9, 30), time(16, 30))
    made = sessions.draft_from_plan(cohort=cohort, pattern=pattern, by=SYSTEM)
    days = [session for session in made if session.component.key == "modules"]
    modules = list(zip(days[::2], days[1::2], strict=True))
    assert len(modules) == 5
    assert all(second.starts_at - first.starts_at == timedelta(days=1) for first, second in modules)
    assert sum(session.days for session in days) == 10
    for group in groups:
        own = [session for session in made if session.peer_group == group]
        assert [session.days for session in own] == [Decimal("0.5")] * 4
        for (_, before), meeting, (after, _) in zip(modules, own, modules[1:], strict=False):
            assert before.ends_at < meeting.starts_at < after.starts_at


@pytest.mark.requirement("B1", "B36")
def test_bristol_is_for_three_groups_and_costs_what_the_cohort_says(bristol):
    assert [group.key for group in TargetGroup.objects.filter(rule_set__programme=bristol)] == [
        "minority-ethnic",
        "disabled",
        "women",
    ]
    assert bristol.region == "Bristol and the wider region"
    cohort = bristol.cohorts.get(slug="2020")
    assert cohort.fee == Decimal("2500")
    assert cohort.status == CohortStatus.PUBLISHED


def test_loading_twice_makes_nothing_twice_and_leaves_a_coordinators_words(bristol):
    before = [model.objects.count() for model in (Programme, Cohort, Component, TargetGroup, CompletionRule)]
    bristol.about = "A coordinator’s words."
    bristol.save()
    call_command("load_programmes", "bristol", verbosity=0)
    assert before == [model.objects.count() for model in (Programme, Cohort, Component, TargetGroup, CompletionRule)]
    bristol.refresh_from_db()
    assert bristol.about == "A coordinator’s words."
    call_command("load_programmes", "bristol", "--update", verbosity=0)
    bristol.refresh_from_db()
    assert bristol.about.strip().startswith("Stepping Up is a positive action programme")


def test_what_somebody_renamed_or_removed_is_not_brought_back_by_the_next_start(bristol, capsys):
    Programme.objects.filter(pk=bristol.pk).update(slug="another-name", is_published=False)
    bristol.partners.all().delete()
    Organisation.objects.filter(pk=bristol.provider_id).update(slug="renamed", name="Renamed Council")
    call_command("load_programmes", "bristol")
    assert "was loaded before" in capsys.readouterr().out
    assert Programme.objects.get().slug == "another-name"
    assert not Partner.objects.exists()
    assert Organisation.objects.filter(is_provider=True).count() == 1


def test_rules_that_people_were_judged_by_are_not_written_over_by_a_file(bristol):
    rules = RuleSet.objects.of(bristol)
    criteria = rules.criteria.count()
    assert rules.criteria.update(word_limit=1) == criteria
    RuleSet.objects.filter(pk=rules.pk).update(frozen_at=timezone.now())
    call_command("load_programmes", "bristol", "--update", verbosity=0)
    assert set(rules.criteria.values_list("word_limit", flat=True)) == {1}


def test_a_file_that_lacks_something_changes_nothing(bristol, tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text('[provider]\nslug="x"\nname="X"\nkind="nhs"\nsector="public"\n[programme]\nslug="y"\nname="Y"\n')
    with pytest.raises(CommandError, match="broken.toml cannot be loaded"):
        call_command("load_programmes", str(broken), verbosity=0)
    assert not Programme.objects.filter(slug="y").exists()
