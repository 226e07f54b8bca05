"""Parts of a plan have a range and a unit: what counts, what is enough, and how it is said everywhere."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.forms import modelform_factory
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cohorts.actions import attendance, completion, plans
from cohorts.desk.plan_forms import ComponentForm
from cohorts.models import Cohort, CompletionRule, Component, Plan
from cohorts.programme_files.loading import load_file
from cohorts.programme_files.tables import Unreadable
from cohorts.progress import ComponentProgress, InUnit, Progress, progress_of
from cohorts.progress.completion import standing_of
from cohorts.states import Mark, Recording, Unit
from steppingup.formats import english
from tests.factories.accounts import staff
from tests.factories.cohorts import (
    ParticipantFactory,
    PlanFactory,
    RunningCohortFactory,
    SessionFactory,
    do_days,
)

HALF = Decimal("0.5")
numbers = st.decimals("0.25", 40, places=2)
units = st.sampled_from(list(Unit))


def part(least, most, unit=Unit.DAYS, **more) -> Component:
    return Component(least=Decimal(least), most=Decimal(most), unit=unit, **{"minutes_each": 120, **more})


def cohort_with(**parts) -> Cohort:
    """A running cohort whose plan has only these parts."""
    plan = PlanFactory()
    plan.components.all().delete()
    for order, (key, values) in enumerate(parts.items()):
        plan.components.create(key=key, title=key.capitalize(), order=order, **{"kind": "module", **values})
    return RunningCohortFactory(plan=plan, programme=plan.programme)


# -- in words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("component", "done", "words", "to_come"),
    [
        (part(6, 10), 8, "8 of 6–10 days", "up to 2"),
        (part(6, 10), 4, "4 of 6–10 days", "2–6"),
        (part(6, 10), 10, "10 of 6–10 days", "0"),
        (part(10, 10), HALF, "½ of 10 days", "9½"),
        (part(1, 1), 0, "0 of 1 day", "1"),
        (part(12, 20, Unit.HOURS), Decimal(12 * 60) / 420, "12 of 12–20 hours", "up to 8 hours"),
        (part(20, 20, Unit.HOURS), Decimal("1.714286"), "12 of 20 hours", "8 hours"),
        (part(4, 4, Unit.SESSIONS), Decimal(360) / 420, "3 of 4 sessions", "1 session"),
    ],
)
def test_progress_is_said_in_the_unit_of_the_part_against_its_range(component, done, words, to_come):
    said: InUnit = ComponentProgress(component, Decimal(done)).in_quarters().in_unit
    assert (said.in_words, said.to_come) == (words, to_come)


def test_ranges_are_said_with_a_dash_in_figures_and_with_to_in_sentences():
    assert english.ranged(6, 10) == "6–10 days"
    assert english.from_to(24, 30) == "24 to 30 days"
    assert english.from_to(30, 30) == "30 days"
    assert english.ranged(Decimal("0.5"), 1, "hour") == "½–1 hour"


# -- what counts -----------------------------------------------------------------------------------


@given(st.lists(st.tuples(numbers, numbers, units, st.sampled_from([300, 420, 450]), numbers), min_size=1, max_size=5))
def test_what_is_said_never_reaches_the_least_nor_the_whole_too_early(rows):
    exact = Progress(
        tuple(
            ComponentProgress(part(min(a, b), max(a, b), unit, minutes_per_day=minutes), done)
            for a, b, unit, minutes, done in rows
        )
    )
    said = exact.in_quarters()
    assert said.counted + said.left == said.planned
    for one, other in zip(said.components, exact.components, strict=True):
        assert (one.is_done, one.is_full) == (other.is_done, other.is_full)


@given(
    st.integers(1, 12),
    st.sampled_from([30, 45, 50, 90, 100, 120, 180]),
    st.sampled_from([300, 360, 420, 450]),
    st.data(),
)
def test_sessions_of_any_length_are_the_whole_of_their_part_when_all_were_attended_and_not_before(
    count, minutes, per_day, data
):
    """The ledger has decimals, and 7 times a seventh of a day is a day."""
    component = part(count, count, Unit.SESSIONS, minutes_each=minutes, minutes_per_day=per_day)
    one = component.in_days(1)
    attended = data.draw(st.integers(0, count))
    found = ComponentProgress(component, one * attended)
    assert found.is_done == (attended == count)
    assert found.in_unit.counted == attended
    assert abs(Fraction(one * count) - Fraction(count * minutes, per_day)) < Fraction(1, 10_000)


@pytest.mark.django_db
def test_a_register_counts_sessions_of_two_hours_and_they_complete():
    cohort = cohort_with(talks={"unit": Unit.SESSIONS, "minutes_each": 120, "least": 3, "most": 4})
    talks = cohort.plan.components.get()
    cohort.completion_rules.create(component=talks)  # as much as the plan says at least
    person, by = ParticipantFactory(cohort=cohort), staff(provider=cohort.programme.provider)
    for ago in range(1, 4):
        assert not standing_of(person).meets_the_rule
        session = SessionFactory(cohort=cohort, component=talks, days=talks.in_days(1), starts_at=_at(ago))
        attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=by)
    assert progress_of(person).components[0].in_unit.in_words == "3 of 3–4 sessions"
    assert standing_of(person).meets_the_rule
    (check,) = standing_of(person).checks
    assert completion.in_words(check) == "3 of at least 3 sessions of Talks"


def _at(ago: int) -> datetime:
    return timezone.now() - timedelta(days=ago)


# -- completion ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_rule_without_a_number_asks_for_the_least_of_its_part_or_of_everything():
    cohort = cohort_with(modules={"least": 6, "most": 10}, peer={"least": 1, "most": 2})
    modules = CompletionRule.objects.create(cohort=cohort, component=cohort.plan.components.get(key="modules"))
    everything = CompletionRule.objects.create(cohort=cohort)
    assert (str(modules), str(everything)) == ("6 days of Modules", "7 days of everything")
    person = ParticipantFactory(cohort=cohort)
    do_days(person, "modules", 6)
    assert [check.met for check in standing_of(person).checks] == [True, False]
    do_days(person, "peer", 1)
    assert standing_of(person).meets_the_rule
    assert progress_of(person).in_words == "7 of 7–12 days"


@pytest.mark.django_db
def test_a_rule_keeps_what_it_asks_for_when_its_part_is_counted_in_another_unit():
    cohort = cohort_with(study={"least": 2, "most": 3})
    rule = CompletionRule.objects.create(cohort=cohort, component=cohort.plan.components.get(), minimum=2)
    other = PlanFactory(programme=cohort.programme)
    other.components.all().delete()
    other.components.create(key="study", kind="study", title="Study", unit=Unit.HOURS, least=14, most=21)
    plans.follow(cohort=cohort, plan=other, by=staff(provider=cohort.programme.provider))
    rule.refresh_from_db()
    assert (rule.minimum, str(rule)) == (14, "14 hours of Study")


# -- where it is set up, and read ------------------------------------------------------------------


def form(**values: str) -> ComponentForm:
    given = {
        "title": "Talks", "kind": "module", "recording": "register", "counterpart": "another", "unit": "days",
        "least": "", "most": "10", "minutes_per_day": "420", "order": "0", **values,
    }  # fmt: skip
    fields = [*given, "mode", "meetings", "days_each", "minutes_each", "week_least", "week_most", "in_groups"]
    return modelform_factory(Component, ComponentForm, fields=fields)(given)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"least": "12"}, "least", "At least cannot be more than at most."),
        ({"unit": "sessions"}, "minutes_each", "how many minutes one session has"),
        ({"unit": "sessions", "minutes_each": "120", "most": "3.5"}, "most", "whole number of sessions"),
        ({"meetings": "3", "days_each": "2"}, "most", "make 6 days"),
        ({"unit": "hours", "meetings": "3", "days_each": "2"}, "days_each", "not counted in days"),
        ({"recording": "own", "week_least": "4"}, "week_most", "both numbers"),
        ({"recording": "own", "week_least": "6", "week_most": "4"}, "week_least", "smaller number"),
        ({"recording": "own", "unit": "sessions", "minutes_each": "60"}, "unit", "own log has hours"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(values, field, sentence):
    assert sentence in form(**values).errors[field][0]


@pytest.mark.django_db
def test_one_number_is_a_range_of_one_and_meetings_may_lie_within_a_range():
    assert form().is_valid()
    assert form().save(commit=False).least == 10
    assert form(least="6", meetings="4", days_each="2").is_valid()


@pytest.mark.requirement("N8")
@pytest.mark.django_db
def test_the_programmes_page_says_between_how_many_days_and_how_each_part_is_done(client):
    cohort = cohort_with(
        modules={"least": 6, "most": 10, "mode": "residential"},
        study={"least": 12, "most": 20, "unit": Unit.HOURS, "mode": "self_directed", "minutes_per_day": 480},
    )
    page = client.get(reverse("cohorts:programme", args=[cohort.programme.path])).text
    assert "Between 7½ and 12½ days of development" in page
    for words in ("6–10</span> days", "12–20</span> hours", "Residential", "Self-directed"):
        assert words in page


@pytest.mark.django_db
def test_a_file_says_ranges_units_and_rules_and_one_of_before_is_still_read(tmp_path):
    text = """
[provider]
slug = "academy"
name = "Academy"
kind = "nhs"
sector = "public"
[programme]
slug = "ready"
name = "Ready"
summary = "x"
about = "x"
[[plans]]
name = "Two residentials"
[[plans.components]]
key = "residential"
kind = "module"
title = "Residentials"
mode = "residential"
least = 4
most = 5
[[plans.components]]
key = "study"
kind = "study"
title = "Study"
recording = "own"
unit = "hours"
most = "20"
week_least = 4
week_most = 6
[[plans.components]]
key = "shadowing"
kind = "mentoring"
title = "Shadowing"
counterpart = "own"
days = 2
[[cohorts]]
slug = "one"
name = "One"
plan = "Two residentials"
capacity = 10
fee = 0
starts_on = 2027-01-04
ends_on = 2027-12-04
[[cohorts.completion]]
[[cohorts.completion]]
component = "study"
minimum_days = 12
"""
    path = tmp_path / "ready.toml"
    path.write_text(text)
    programme, _ = load_file(path)
    plan = Plan.objects.get(programme=programme)
    said = {one.key: (one.in_words, one.recording, one.counterpart) for one in plan.components.all()}
    assert said == {
        "residential": ("4–5 days", Recording.REGISTER, "another"),
        "study": ("20 hours", Recording.OWN, "another"),
        "shadowing": ("2 days", Recording.PAIR, "own"),
    }
    rules = {str(rule) for rule in CompletionRule.objects.filter(cohort__programme=programme)}
    assert rules == {"12 hours of Study", "8¾ days of everything"}
    path.write_text(
        text.replace('mode = "residential"', 'mode = "by-boat"').replace('slug = "ready"', 'slug = "other"')
    )
    with pytest.raises(Unreadable, match="by-boat"):
        load_file(path, update=True)


@pytest.mark.django_db
def test_ranges_units_and_rules_go_along_into_the_next_version_and_stand_in_the_one_before():
    cohort = cohort_with(modules={"least": 6, "most": 10}, study={"unit": Unit.HOURS, "most": 20, "recording": "own"})
    ParticipantFactory(cohort=cohort)
    plan = Plan.objects.get(pk=cohort.plan_id)
    assert plan.is_frozen
    new, _ = plans.revise(plan=plan, by=staff(provider=cohort.programme.provider))
    same = (
        "least",
        "most",
        "unit",
        "recording",
        "counterpart",
        "mode",
        "week_least",
        "week_most",
        "in_groups",
        "minutes_each",
    )
    assert list(new.components.values(*same)) == list(plan.components.values(*same))
    new.components.filter(key="modules").update(least=8)
    assert (plan.days_in_words, new.days_in_words) == ("8¾ to 12¾ days", "10¾ to 12¾ days")
