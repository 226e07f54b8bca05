"""Bristol's file becomes questions, criteria, a window and its rules, as often as it is loaded."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from applications.models import Criterion, EligibilityQuestion, EmployerRule, Window
from applications.states import Verdict
from cohorts.programme_files.loading import DATA, load_file

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("B18", "B23", "B33", "B34", "B37")
def test_bristols_file_is_loaded_again_and_again_without_harm():
    for _ in range(2):
        load_file(DATA / "bristol.toml")
    assert [c.key for c in Criterion.objects.all()] == [
        "leadership",
        "motivation",
        "empathy",
        "communication",
        "critical-thinking",
        "negotiation",
    ]
    window = Window.objects.get()
    london = ZoneInfo("Europe/London")
    assert window.opens_at == datetime(2019, 11, 1, tzinfo=london)
    assert window.closes_at == datetime(2020, 1, 1, tzinfo=london)
    rule = EmployerRule.objects.get()
    assert (rule.employer.slug, rule.approval_needed, rule.funded_by.key) == (
        "bristol-city-council",
        False,
        "corporate-fund",
    )
    assert not EligibilityQuestion.objects.get(key="retirement").is_active


@pytest.mark.requirement("B15", "B16", "B17", "B18", "B21")
def test_what_bristol_asks_and_what_each_no_leads_to():
    load_file(DATA / "bristol.toml")
    questions = EligibilityQuestion.objects.all()
    assert {q.key: (q.if_no, q.is_active) for q in questions} == {
        "groups": (Verdict.NO, True),
        "led-teams": (Verdict.NO, True),
        "level": (Verdict.ASK, True),
        "ready": (Verdict.ASK, True),
        "retirement": (Verdict.ASK, False),  # age is a protected characteristic: switched on with care
    }
    words = " ".join(f"{q.text} {q.explanation}" for q in questions)
    assert "one to three years" in words
    assert "A level" not in words  # desirable is never asked


def test_what_a_coordinator_changed_stays():
    load_file(DATA / "bristol.toml")
    Criterion.objects.filter(key="empathy").update(word_limit=400)
    load_file(DATA / "bristol.toml")
    assert Criterion.objects.get(key="empathy").word_limit == 400


TWO_SETS = """
[provider]
slug = "academy"
name = "Academy"
[programme]
slug = "rising"
name = "Rising"
summary = "For two bands."
about = "About."
is_published = true
[[plans]]
name = "Days"
[[plans.components]]
key = "modules"
kind = "module"
title = "Modules"
days = 4
[[rule_sets]]
name = "Bands 5 and 6"
parts = [{kind = "work"}, {kind = "details"}, {kind = "eligibility"}, {kind = "questions", key = "site", title = "Where you work"}]
questions = [
  {key = "site", page = "site", text = "Which site?", kind = "choice", choices = "North\\nSouth"},
  {key = "since", page = "site", text = "Since when?", kind = "day", is_required = false},
]
eligibility = [{key = "band", text = "Are you in band 5 or 6?"}]
criteria = [{key = "why", title = "Why", question = "Why now?"}]
[[rule_sets]]
name = "Band 7"
selection = "without_interview"
target_groups = [{key = "all", name = "everybody", statement = "I am somebody"}]
eligibility = [{key = "band", text = "Are you in band 7?"}]
[[cohorts]]
slug = "five"
name = "Five"
plan = "Days"
rules = "Bands 5 and 6"
capacity = 10
fee = "0.00"
starts_on = 2030-01-01
ends_on = 2030-06-01
[[cohorts]]
slug = "seven"
name = "Seven"
plan = "Days"
rules = "Band 7"
capacity = 10
fee = "0.00"
starts_on = 2030-02-01
ends_on = 2030-06-01
"""


@pytest.mark.requirement("N2")
def test_a_file_may_have_several_sets_of_rules_with_parts_and_questions_of_their_own(tmp_path):
    path = tmp_path / "rising.toml"
    path.write_text(TWO_SETS)
    programme, _ = load_file(path)
    five, seven = (programme.cohorts.get(slug=slug).rule_set for slug in ("five", "seven"))
    assert (five.name, seven.name) == ("Bands 5 and 6", "Band 7")
    assert (five.has_interview, seven.has_interview) == (True, False)
    assert [(part.key, part.heading) for part in five.form_parts.all()] == [
        ("work", "Your job, your employer and your line manager"), ("details", "Your details"),
        ("eligibility", "Whether the programme is for you"), ("site", "Where you work"),
    ]  # fmt: skip
    assert [(one.key, one.kind, one.offered, one.is_required) for one in five.questions.all()] == [
        ("site", "choice", ["North", "South"], True), ("since", "day", [], False),
    ]  # fmt: skip
    assert (seven.form_parts.count(), seven.questions.count(), seven.target_groups.count()) == (9, 0, 1)
    assert five.eligibility_questions.get().text != seven.eligibility_questions.get().text
    assert load_file(path)[0] is None
    load_file(path, update=True)
    assert (programme.rule_sets.count(), five.questions.count(), five.form_parts.count()) == (2, 2, 4)
