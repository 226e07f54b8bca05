"""Conditions over several answers (any of them is enough), and a grade within a range or equivalent (N2, N3, B19)."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.actions import applications as applying
from applications.form.fixed import answers_of
from applications.models import Application, EligibilityAnswer, EligibilityQuestion, Grade, Window
from applications.models.rules import to_look_at
from applications.rules.eligibility import SEVERITY, assess, still_asked, verdict_of
from applications.states import EligibilityKind, Verdict
from cohorts.actions import rules as rule_actions
from cohorts.models import RuleSet
from cohorts.programme_files.loading import load_file
from steppingup.history.lifecycle import NotPossible
from steppingup.history.versions import next_version
from tests.applications.test_eligibility import question
from tests.factories import review as make
from tests.factories.accounts import UserFactory
from tests.factories.applications import EligibilityQuestionFactory, completed, started
from tests.staff import posted, with_second_factor

CARE = [question("nhs", Verdict.NO, alternative="care"), question("provides", Verdict.NO, alternative="care")]
ALONE = question("led", Verdict.NO)


@pytest.mark.requirement("N3")
@pytest.mark.parametrize(
    ("given", "verdict", "against"),
    [
        ({"nhs": "yes"}, Verdict.YES, []),
        ({"nhs": "no", "provides": "yes"}, Verdict.YES, []),
        ({"nhs": "no", "provides": "no"}, Verdict.NO, ["nhs"]),
        ({"nhs": "no", "provides": "not_sure"}, Verdict.ASK, ["provides"]),
        ({"nhs": "not_sure", "provides": "yes"}, Verdict.YES, []),
        ({"nhs": "no"}, None, []),
        ({}, None, []),
    ],
)
def test_one_yes_among_alternatives_is_enough(given, verdict, against):
    outcome = assess([*CARE, ALONE], {**given, "led": "yes"})
    assert outcome.verdict == verdict
    if verdict != Verdict.YES and verdict:
        assert [reason.key for reason in outcome.against] == against


def test_a_no_to_one_alternative_ends_nothing_and_the_other_is_asked():
    assert [one.key for one in still_asked([*CARE, ALONE], {"nhs": "no"})] == ["provides", "led"]
    assert [one.key for one in still_asked([*CARE, ALONE], {"nhs": "yes"})] == ["led"]


VERDICTS = st.sampled_from(list(Verdict))
ANSWERS = st.sampled_from(["yes", "no", "not_sure", ""])


@given(st.lists(st.tuples(VERDICTS, VERDICTS, st.sampled_from(["", "a", "b"]), ANSWERS), min_size=1, max_size=7))
def test_the_kindest_alternative_counts_and_the_worst_condition_decides(rows):
    asked = [question(f"q{n}", no, unsure, alternative) for n, (no, unsure, alternative, _) in enumerate(rows)]
    answers = {f"q{n}": row[3] for n, row in enumerate(rows) if row[3]}
    groups: dict[str, list] = {}
    for one in asked:
        groups.setdefault(one.alternative or one.key, []).append(one)
    worst, is_open = Verdict.YES, False
    for members in groups.values():
        if any(answers.get(one.key) == "yes" for one in members):
            continue
        if any(one.key not in answers for one in members):
            is_open = True
            continue
        best = min((verdict_of(one, answers[one.key]) for one in members), key=SEVERITY.__getitem__)
        worst = max(worst, best, key=SEVERITY.__getitem__)
    outcome = assess(asked, answers)
    assert outcome.verdict == (None if is_open and worst != Verdict.NO else worst)
    assert bool(outcome.unanswered) == is_open
    assert all(reason.explanation for reason in outcome.reasons)


# -- on the pages ----------------------------------------------------------------------------------


@pytest.fixture
def window(db) -> Window:
    """For bands 5 to 7 or equivalent, in the NHS or where NHS care is provided."""
    of = make.window()
    rules = of.cohort.rule_set
    rules.eligibility_questions.all().delete()
    for order, (key, text) in enumerate((("nhs", "Do you work in the NHS?"), ("care", "Does it provide NHS care?"))):
        EligibilityQuestionFactory(
            rule_set=rules, key=key, text=text, alternative="nhs-care", order=order, explanation="It is for health care.",
            allows_not_sure=key == "care", if_not_sure=Verdict.ASK,
        )  # fmt: skip
    EligibilityQuestionFactory(
        rule_set=rules, key="band", text="Which band are you in?", kind=EligibilityKind.GRADE, allows_not_sure=True,
        if_not_sure=Verdict.ASK, order=9, explanation="It is for bands 5 to 7, or equivalent.",
    )  # fmt: skip
    for number in range(4, 9):
        Grade.objects.create(
            rule_set=rules, key=f"band-{number}", name=f"Band {number}", is_in_range=5 <= number <= 7, order=number,
            equivalent=f"about £{number * 7},000 a year",
        )  # fmt: skip
    return of


def check(client, window: Window, *answers: str) -> str:
    """Answer what is asked, page after page. The page at the end, without tags."""
    page = client.get(reverse("applications:check", args=[window.cohort.programme.path]))
    address = re.search(r'href="([^"]+/check/[^"]+)"', page.text)[1]
    for answer in answers:
        address = client.post(address, {"answer": answer}).url
    return " ".join(re.sub("<[^>]+>", " ", client.get(address).text).split())


@pytest.mark.requirement("N2", "N3")
@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("yes", "band-6"), "Yes, you can apply"),
        (("no", "yes", "band-5"), "Yes, you can apply"),
        (("no", "no"), "It is for health care."),
        (("yes", "band-8"), "It is for bands 5 to 7, or equivalent."),
        (("yes", "not_sure"), "We would like to look at it with you"),
        (("no", "not_sure", "band-7"), "We would like to look at it with you"),
    ],
)
def test_the_check_asks_no_alternative_to_a_yes_and_knows_the_grades(client, window, answers, said):
    assert said in check(client, window, *answers)


@pytest.mark.requirement("N2", "B19")
def test_the_page_offers_the_grades_with_what_is_equivalent(client, window):
    page = client.get(reverse("applications:check_question", args=[window.cohort.programme.path, "band"])).text
    assert "Band 6, or equivalent: about £42,000 a year" in page
    assert "Another grade that is equivalent" in page
    assert page.count('type="radio"') == 6
    refused = client.post(
        reverse("applications:check_question", args=[window.cohort.programme.path, "band"]), {"answer": "yes"}
    )
    assert refused.status_code == 200


def test_what_was_answered_in_the_check_stands_in_the_application(client, window):
    check(client, window, "no", "yes", "band-7")
    client.force_login(UserFactory())
    client.post(reverse("applications:start", args=[window.cohort_id]))
    application = Application.objects.get()
    assert answers_of(application) == {"nhs": "no", "care": "yes", "band": "band-7"}
    assert application.parts_done == ["eligibility"]
    assert str(application.eligibility_answers.get(question__key="band").grade) == "Band 7"


def saved(window: Window, **answers: str) -> Application:
    application = completed(window)
    application.eligibility_answers.all().delete()
    applying.save_part(application=application, part="eligibility", values=answers, by=application.applicant)
    return application


@pytest.fixture
def complete(monkeypatch):
    """Good values for every part, also where a grade is asked."""
    from tests.factories import applications as factories

    real = factories.part_values

    def values(application, employer=None):
        return {**real(application, employer), "eligibility": {"nhs": "yes", "band": "band-6"}}

    monkeypatch.setattr(factories, "part_values", values)


def test_the_part_is_complete_without_the_alternatives_to_a_yes(window, complete):
    application = saved(window, nhs="yes", band="band-5")
    applying.submit(application=application, by=application.applicant, notice_read=True)
    assert answers_of(application) == {"nhs": "yes", "band": "band-5"}
    with pytest.raises(NotPossible, match="Choose an answer to “Does it provide NHS care"):
        saved(window, nhs="no", band="band-5")


@pytest.mark.requirement("N2", "N3")
@pytest.mark.parametrize("answers", [{"nhs": "no", "care": "no", "band": "band-6"}, {"nhs": "yes", "band": "band-4"}])
def test_nobody_submits_against_a_condition(window, complete, answers):
    application = saved(window, **answers)
    with pytest.raises(NotPossible, match="It is for"):
        applying.submit(application=application, by=application.applicant, notice_read=True)


def test_staff_look_at_an_equivalent_grade_and_at_no_alternative_to_a_yes(window, complete, in_admin):
    application = saved(window, nhs="no", care="not_sure", band="not_sure")
    applying.submit(application=application, by=application.applicant, notice_read=True)
    other = saved(window, nhs="yes", care="not_sure", band="band-7")
    applying.submit(application=other, by=other.applicant, notice_read=True)
    looked = {
        one.pk: [a.question.key for a in to_look_at(one.eligibility_answers.all())] for one in (application, other)
    }
    assert looked == {application.pk: ["care", "band"], other.pk: []}
    found = EligibilityAnswer.objects.to_look_at().values_list("application", "question__key")
    assert sorted(found) == sorted([(application.pk, "care"), (application.pk, "band")])
    page = in_admin(make.coordinator(window)).get(
        reverse("admin:applications_application_change", args=[application.pk])
    )
    assert "Another grade that is equivalent" in page.text


# -- rules -----------------------------------------------------------------------------------------


def test_grades_come_along_with_versions_and_copies_and_drafts_keep_theirs(window, complete):
    by = make.coordinator(window)
    draft = saved(window, nhs="yes", band="band-5")
    copy = rule_actions.copy(rules=window.cohort.rule_set, name="Another", by=by)
    assert list(copy.grades.values_list("key", flat=True)) == [f"band-{n}" for n in range(4, 9)]
    rule_actions.choose(cohort=window.cohort, rules=copy, by=by)
    grade = draft.eligibility_answers.get(question__key="band").grade
    assert (grade.rule_set, answers_of(draft)["band"]) == (copy, "band-5")
    new, _ = next_version(RuleSet.objects.get(pk=copy.pk))
    assert new.grades.count() == 5


def test_a_grade_that_is_not_in_the_range_any_more_is_asked_about_again(window, complete):
    by = make.coordinator(window)
    draft = saved(window, nhs="yes", band="band-5")
    copy = rule_actions.copy(rules=window.cohort.rule_set, name="Band 7", by=by)
    copy.grades.exclude(key="band-7").update(is_in_range=False)
    rule_actions.choose(cohort=window.cohort, rules=copy, by=by)
    draft.refresh_from_db()
    assert "eligibility" not in draft.parts_done


def test_the_desk_edits_grades_and_alternatives(client, window):
    desk = with_second_factor(client, make.coordinator(window))
    page = reverse("admin:cohorts_ruleset_change", args=[window.cohort.rule_set_id])
    data = posted(desk.get(page))
    assert data["grades-0-name"] == "Band 4"
    desk.post(page, data | {"grades-0-name": "Band four", "grades-0-is_in_range": "on"})
    assert Grade.objects.get(key="band-4").name == "Band four"
    question = EligibilityQuestion.objects.get(key="nhs")
    assert question.alternative == "nhs-care"


FILE = """
format = 1
[[rule_sets]]
name = "Bands"
grades = [{ key = "band-5", name = "Band 5" }, { key = "band-8", name = "Band 8", is_in_range = false }]
eligibility = [
  { key = "band", text = "Which band?", kind = "grade", allows_not_sure = true },
  { key = "nhs", text = "NHS?", alternative = "care" },
]
"""


def test_grades_come_from_a_file(db, tmp_path):
    path = tmp_path / "bands.toml"
    path.write_text(
        f"""
plans = []
provider = {{ slug = "academy", name = "Academy", kind = "nhs", sector = "public" }}
programme = {{ slug = "bands", name = "Bands", summary = "For bands." }}
{FILE.replace("format = 1", "")}
""",
        encoding="utf-8",
    )
    programme, _ = load_file(path)
    rules = RuleSet.objects.get(programme=programme, name="Bands")
    assert [(one.key, one.is_in_range) for one in rules.grades.all()] == [("band-5", True), ("band-8", False)]
    assert rules.eligibility_questions.get(key="band").kind == EligibilityKind.GRADE


def test_an_application_that_nobody_began_has_no_grade(window):
    assert answers_of(started(window)) == {}
