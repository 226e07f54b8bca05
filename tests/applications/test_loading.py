"""Bristol's file becomes questions, criteria, a window and its rules, as often as it is loaded."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from applications.models import Criterion, EligibilityQuestion, EmployerRule, Window
from applications.states import Verdict
from cohorts.loading import DATA, load_file

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
