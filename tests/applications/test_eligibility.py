"""The eligibility check: a table of answers and what they lead to, and its pages without an account."""

from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from applications.models import EligibilityAnswer
from applications.rules.eligibility import assess
from applications.states import Verdict
from cohorts.models import TargetGroup
from tests.factories.accounts import UserFactory
from tests.factories.applications import EligibilityQuestionFactory, WindowFactory


def question(key: str, if_no: str, if_not_sure: str = Verdict.ASK, alternative: str = "") -> SimpleNamespace:
    leads = {"if_no": if_no, "if_not_sure": if_not_sure, "alternative": alternative}
    return SimpleNamespace(key=key, text=f"{key}?", explanation=f"About {key}.", means=str, **leads)


QUESTIONS = [
    question("groups", Verdict.NO),
    question("led", Verdict.NO),
    question("level", Verdict.ASK),
    question("desirable", Verdict.YES),
]


@pytest.mark.requirement("B15", "B16", "B17")
@pytest.mark.parametrize(
    ("given", "verdict", "against"),
    [
        ("yes yes yes yes", Verdict.YES, []),
        ("no yes yes yes", Verdict.NO, ["groups"]),
        ("yes no yes yes", Verdict.NO, ["led"]),
        ("no no no no", Verdict.NO, ["groups", "led"]),
        ("yes yes no yes", Verdict.ASK, ["level"]),
        ("yes not_sure yes yes", Verdict.ASK, ["led"]),
        ("yes not_sure no yes", Verdict.ASK, ["led", "level"]),
        ("yes no no yes", Verdict.NO, ["led"]),
        ("no - - -", Verdict.NO, ["groups"]),
        ("yes yes - -", None, []),
        ("yes yes no -", None, []),
        ("- - - -", None, []),
    ],
)
def test_the_worst_answer_decides_and_says_why(given, verdict, against):
    answers = {q.key: a for q, a in zip(QUESTIONS, given.split(), strict=True) if a != "-"}
    outcome = assess(QUESTIONS, answers)
    assert outcome.verdict == verdict
    if verdict in (Verdict.NO, Verdict.ASK):
        assert [reason.key for reason in outcome.against] == against
        assert all(reason.explanation for reason in outcome.against)


@pytest.mark.requirement("B21")
def test_what_is_only_desirable_never_closes_the_door():
    assert (
        assess(QUESTIONS, dict.fromkeys(("groups", "led", "level"), "yes") | {"desirable": "no"}).verdict == Verdict.YES
    )


def test_an_answer_that_is_none_is_refused():
    with pytest.raises(ValueError):
        assess(QUESTIONS, {"groups": "perhaps"})


@pytest.fixture
def window(db):
    window = WindowFactory()
    TargetGroup.objects.create(rule_set=window.cohort.rule_set, key="women", name="women", statement="I am a woman")
    return window


def answer(client, window, key, value):
    address = reverse("applications:check_question", args=[window.cohort.programme.path, key])
    return client.post(address, {"answer": value})


@pytest.mark.requirement("B15")
def test_the_groups_are_listed_and_nobody_is_asked_which_one(client, window):
    page = client.get(reverse("applications:check_question", args=[window.cohort.programme.path, "groups"]))
    assert "<li>women</li>" in page.text
    assert page.text.count('type="radio"') == 2  # yes and no


@pytest.mark.requirement("B15", "B16")
def test_a_visitor_without_an_account_is_led_to_yes_and_nothing_is_stored(client, window):
    answer(client, window, "groups", "yes")
    response = answer(client, window, "led", "yes")
    page = client.get(response.url)
    assert "Yes, you can apply" in page.text
    assert reverse("applications:start", args=[window.cohort_id]) in page.text
    assert not EligibilityAnswer.objects.exists()
    assert not Session.objects.exists()


def test_a_no_that_decides_ends_the_check_with_its_reason_and_a_way_on(client, window):
    response = answer(client, window, "groups", "no")
    page = client.get(response.url)
    assert "This programme is not for you at the moment" in page.text
    assert "What groups means." in page.text
    assert reverse("applications:interest", args=[window.cohort.programme.path]) in page.text


def test_not_sure_is_an_invitation_to_apply(client, window):
    answer(client, window, "groups", "yes")
    page = client.get(answer(client, window, "led", "not_sure").url)
    assert "We would like to look at it with you" in page.text
    assert reverse("applications:start", args=[window.cohort_id]) in page.text


def test_no_answer_and_a_forged_cookie_decide_nothing(client, window):
    assert "Choose the answer that fits you best." in answer(client, window, "groups", "").text
    client.cookies[f"check-{window.cohort.programme_id}"] = '{"groups": "yes", "led": "yes"}:x:y'
    result = client.get(reverse("applications:check_result", args=[window.cohort.programme.path]))
    assert result.status_code == 302


@pytest.mark.requirement("B18")
def test_the_question_about_retirement_is_asked_only_when_switched_on_and_never_a_date_of_birth(client, window):
    programme = window.cohort.programme
    retirement = EligibilityQuestionFactory(programme=programme, key="retirement", is_active=False, if_no=Verdict.ASK)
    answer(client, window, "groups", "yes")
    assert "result" in answer(client, window, "led", "yes").url
    retirement.is_active = True
    retirement.save()
    response = answer(client, window, "led", "yes")
    assert response.url.endswith("/retirement/")
    page = client.get(response.url)
    assert 'type="date"' not in page.text
    assert "birth" not in page.text.lower()


@pytest.mark.requirement("B15")
def test_the_answers_carry_over_into_the_application(client, window):
    answer(client, window, "groups", "yes")
    answer(client, window, "led", "not_sure")
    client.force_login(UserFactory())
    client.post(reverse("applications:start", args=[window.cohort_id]))
    kept = dict(EligibilityAnswer.objects.values_list("question__key", "answer"))
    assert kept == {"groups": "yes", "led": "not_sure"}
    assert client.cookies[f"check-{window.cohort.programme_id}"].value == ""
