"""A programme may have several sets of admission rules: a cohort has one, and they are copied and compared."""

import pytest
from django.urls import reverse

from applications.actions import applications as applying
from applications.models import Application, Criterion, EligibilityQuestion, Window
from applications.states import Verdict
from cohorts.actions import copying
from cohorts.actions import rules as actions
from cohorts.models import Cohort, RuleSet, TargetGroup
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.applications import (
    CriterionFactory,
    EligibilityQuestionFactory,
    WindowFactory,
    completed,
    submitted,
)
from tests.factories.cohorts import ProgrammeFactory, PublishedCohortFactory
from tests.staff import choices, posted, take_step, with_second_factor

pytestmark = pytest.mark.django_db
TOLD = "applications.questions_changed"


@pytest.fixture
def window() -> Window:
    return WindowFactory(cohort__fee=0)


@pytest.fixture
def coordinator(window):
    return staff(provider=window.cohort.programme.provider)


@pytest.fixture
def desk(client, coordinator):
    return with_second_factor(client, coordinator)


@pytest.fixture
def senior(window) -> RuleSet:
    """Other rules of the programme: one question the same, one in other words, one more; one criterion of its own."""
    rules = RuleSet.objects.create(programme=window.cohort.programme, name="Band 7")
    for question in window.cohort.rule_set.eligibility_questions.all():
        words = question.text if question.key == "groups" else "Do you lead a team of five or more?"
        EligibilityQuestionFactory(
            rule_set=rules, key=question.key, text=words, lists_target_groups=question.lists_target_groups,
            allows_not_sure=question.allows_not_sure, if_no=question.if_no, if_not_sure=question.if_not_sure,
            help_text=question.help_text, explanation=question.explanation,
        )  # fmt: skip
    same = window.cohort.rule_set.criteria.get(key="leadership")
    CriterionFactory(
        rule_set=rules, key="leadership", title=same.title, question=same.question, guidance=same.guidance,
        word_limit=same.word_limit,
    )  # fmt: skip
    CriterionFactory(rule_set=rules, key="strategy", title="Strategy")
    return rules


def fresh(application: Application) -> Application:
    return Application.objects.select_related("cohort__rule_set").get(pk=application.pk)


def page(cohort: Cohort) -> str:
    return reverse("admin:cohorts_cohort_change", args=[cohort.pk])


@pytest.mark.requirement("N2")
def test_cohorts_of_one_programme_have_rules_of_their_own(desk, window, senior):
    other = WindowFactory(
        cohort=PublishedCohortFactory(programme=window.cohort.programme, plan=window.cohort.plan, fee=0)
    )
    assert (
        desk.post(page(other.cohort), posted(desk.get(page(other.cohort))) | {"rule_set": senior.pk}).status_code == 302
    )
    assert Cohort.objects.get(pk=other.cohort_id).rule_set == senior
    assert Cohort.objects.get(pk=window.cohort_id).rule_set != senior
    mine, theirs = completed(Window.objects.get(pk=window.pk)), completed(Window.objects.get(pk=other.pk))
    assert {one.criterion.key for one in mine.statements.all()} == {"leadership", "motivation"}
    assert {one.criterion.key for one in theirs.statements.all()} == {"leadership", "strategy"}
    copy = copying.copy(
        cohort=Cohort.objects.get(pk=other.cohort_id),
        name="Next",
        starts_on=other.cohort.starts_on,
        by=None or staff(provider=senior.programme.provider),
    )
    assert copy.rule_set == senior


def test_whoever_has_begun_keeps_what_both_ask_and_is_told(desk, window, coordinator, senior):
    draft = completed(window)
    assert "1 person has begun to apply. If you choose other admission rules" in desk.get(page(window.cohort)).text
    written = {one.criterion.key: one.text for one in draft.statements.all()}
    actions.choose(cohort=window.cohort, rules=senior, by=coordinator)
    draft = fresh(draft)
    assert draft.cohort.rule_set == senior
    now = {
        one.criterion.key: (one.criterion.rule_set, one.text)
        for one in draft.statements.select_related("criterion__rule_set")
    }
    assert now["leadership"] == (senior, written["leadership"])
    assert now["motivation"][1] == written["motivation"]  # it stays where it was asked
    assert {one.question.rule_set for one in draft.eligibility_answers.select_related("question")} == {senior}
    assert "statement-leadership" in draft.parts_done
    assert "eligibility" not in draft.parts_done  # the question about teams reads otherwise
    assert [message.to for message in Message.objects.filter(kind=TOLD)] == [draft.applicant]
    with pytest.raises(NotPossible, match="complete “Whether the programme is for you”, “Strategy”"):
        applying.submit(application=draft, by=draft.applicant, notice_read=True)


def test_nobody_is_told_when_the_rules_ask_the_same(window, coordinator):
    draft = completed(window)
    same = actions.copy(rules=window.cohort.rule_set, name="The same", by=coordinator)
    actions.choose(cohort=window.cohort, rules=same, by=coordinator)
    assert fresh(draft).parts_done == draft.parts_done
    assert not Message.objects.filter(kind=TOLD).exists()
    assert applying.submit(application=fresh(draft), by=draft.applicant, notice_read=True).status == "submitted"


def test_once_somebody_has_applied_a_cohort_keeps_its_rules(desk, window, coordinator, senior):
    submitted(window)
    with pytest.raises(NotPossible, match="People have applied for this cohort"):
        actions.choose(cohort=window.cohort, rules=senior, by=coordinator)
    said = desk.get(page(window.cohort)).text
    assert "the admission rules stay as they were" in said
    assert 'name="rule_set"' not in said
    desk.post(page(window.cohort), posted(desk.get(page(window.cohort))) | {"rule_set": senior.pk})
    assert Cohort.objects.get(pk=window.cohort_id).rule_set == window.cohort.rule_set


def test_rules_that_cannot_be_chosen_are_refused_with_the_reason(desk, window, coordinator, senior):
    elsewhere = RuleSet.objects.create(
        programme=ProgrammeFactory(provider=window.cohort.programme.provider), name="Elsewhere"
    )
    with pytest.raises(NotPossible, match="belong to another programme"):
        actions.choose(cohort=window.cohort, rules=elsewhere, by=coordinator)
    RuleSet.objects.filter(pk=senior.pk).update(frozen_at="2026-01-01T00:00Z")
    from steppingup.history.versions import next_version

    next_version(senior)
    with pytest.raises(NotPossible, match="newer version"):
        actions.choose(cohort=window.cohort, rules=senior, by=coordinator)
    with pytest.raises(NotAllowed):
        actions.choose(cohort=window.cohort, rules=senior, by=staff())
    data = posted(desk.get(page(window.cohort)))
    assert "belong to another programme" in desk.post(page(window.cohort), data | {"rule_set": elsewhere.pk}).text
    assert "Choose one." in desk.post(page(window.cohort), data | {"rule_set": ""}).text


def test_a_new_cohort_has_the_only_rules_there_are_and_chooses_among_several(desk, window, senior):
    programme = window.cohort.programme
    data = {
        "programme": programme.pk, "plan": window.cohort.plan_id, "name": "Autumn", "slug": "autumn", "capacity": 9,
        "fee": "0", "starts_on": "2027-10-01", "ends_on": "2028-06-01",
        "completion_rules-TOTAL_FORMS": 0, "completion_rules-INITIAL_FORMS": 0,
    }  # fmt: skip
    add = reverse("admin:cohorts_cohort_add")
    assert "has more than one set of admission rules. Choose one." in desk.post(add, data).text
    RuleSet.objects.filter(pk=senior.pk).update(is_offered=False)
    assert desk.post(add, data).status_code == 302
    assert programme.cohorts.get(slug="autumn").rule_set == window.cohort.rule_set
    assert choices(desk.get(add).text, "rule_set") == {str(window.cohort.rule_set_id)}


@pytest.mark.requirement("R8")
def test_rules_are_copied_with_everything_and_the_copy_goes_its_own_way(desk, window, coordinator):
    submitted(window)
    rules = window.cohort.rule_set
    TargetGroup.objects.all().delete()
    step = f"/admin/cohorts/ruleset/{rules.pk}/step/copy/"
    response = take_step(desk, step, name="Next year")
    copy = RuleSet.objects.get(name="Next year")
    assert response.url == reverse("admin:cohorts_ruleset_change", args=[copy.pk])
    assert (copy.version, copy.is_frozen, copy.cohorts.count()) == (1, False, 0)
    for relation in ("eligibility_questions", "criteria", "target_groups"):
        there = [one for one in getattr(rules, relation).values() for name in ("id", "rule_set_id") if one.pop(name)]
        here = [one for one in getattr(copy, relation).values() for name in ("id", "rule_set_id") if one.pop(name)]
        assert here == there
    copy.criteria.update(question="Another?")
    assert not rules.criteria.filter(question="Another?").exists()
    assert "called “next year” already" in take_step(desk, step, name="next year").text
    with pytest.raises(NotPossible, match="Choose another name"):
        actions.copy(rules=rules, name="NEXT  YEAR", by=coordinator)


def test_what_differs_between_two_is_shown_side_by_side(desk, window, senior):
    rules = window.cohort.rule_set
    compare = reverse("admin:cohorts_ruleset_compare", args=[rules.pk])
    assert f'href="{compare}"' in desk.get(reverse("admin:cohorts_ruleset_change", args=[rules.pk])).text
    said = " ".join(desk.get(compare, {"with": senior.pk}).text.split())
    assert "Do you lead a team of five or more?" in said
    assert f"Only in “{rules.name}”, version 1:</strong> “Motivation”." in said
    assert "Only in “Band 7”, version 1:</strong> “Strategy”." in said
    assert "The same in both: “Leadership experience”." in said
    foreign = RuleSet.objects.create(programme=ProgrammeFactory(), name="Not yours")
    assert "Not yours" not in desk.get(compare, {"with": foreign.pk}).text
    assert desk.get(reverse("admin:cohorts_ruleset_compare", args=[foreign.pk])).status_code == 404
    RuleSet.objects.exclude(pk=rules.pk).delete()
    assert "no other rules to compare these with yet" in desk.get(compare).text


def test_where_open_cohorts_ask_different_things_the_check_asks_which_first(client, window, senior):
    slug = window.cohort.programme.path
    other = WindowFactory(
        cohort=PublishedCohortFactory(
            programme=window.cohort.programme, plan=window.cohort.plan, fee=0, rule_set=senior
        )
    )
    begin = reverse("applications:check", args=[slug])
    said = client.get(begin).text
    assert "Which would you like to apply for?" in said
    assert window.cohort.name in said
    assert other.cohort.name in said
    question = reverse("applications:check_question", args=[slug, "groups"])
    assert client.get(question).url == begin  # a link from before
    assert "Choose the one that you would like to apply for." in client.post(begin, {}).text
    assert client.post(begin, {"cohort": senior.pk}).url == question
    client.post(question, {"answer": "yes"})
    team = reverse("applications:check_question", args=[slug, "led"])
    assert "Do you lead a team of five or more?" in client.get(team).text
    assert client.post(team, {"answer": "yes"}).url == reverse("applications:check_result", args=[slug])
    result = client.get(reverse("applications:check_result", args=[slug])).text
    assert f"This is about {other.cohort.name}." in result
    assert reverse("applications:start", args=[other.cohort_id]) in result
    assert reverse("applications:start", args=[window.cohort_id]) not in result
    client.force_login(UserFactory())
    client.post(reverse("applications:start", args=[window.cohort_id]))
    assert not Application.objects.get(cohort=window.cohort).eligibility_answers.exists()  # other questions


def test_answers_of_the_check_go_into_an_application_by_the_same_rules(client, window, senior):
    slug = window.cohort.programme.path
    WindowFactory(
        cohort=PublishedCohortFactory(
            programme=window.cohort.programme, plan=window.cohort.plan, fee=0, rule_set=senior
        )
    )
    client.post(reverse("applications:check", args=[slug]), {"cohort": window.cohort.rule_set_id})
    for key in ("groups", "led"):
        client.post(reverse("applications:check_question", args=[slug, key]), {"answer": "yes"})
    client.force_login(UserFactory())
    client.post(reverse("applications:start", args=[window.cohort_id]))
    started = Application.objects.get(cohort=window.cohort)
    assert (started.eligibility_answers.count(), "eligibility" in started.parts_done) == (2, True)


def test_a_check_without_an_open_cohort_asks_what_the_next_one_will(client, window, senior):
    Window.objects.all().delete()
    RuleSet.objects.filter(pk=window.cohort.rule_set_id).update(is_offered=False)
    EligibilityQuestion.objects.filter(rule_set=senior).update(if_no=Verdict.ASK)
    team = reverse("applications:check_question", args=[window.cohort.programme.path, "led"])
    assert "Do you lead a team of five or more?" in client.get(team).text
    assert Criterion.objects.exists()


def test_messages_of_what_is_called_in_the_plural_are_in_the_plural(desk, window):
    address = reverse("admin:cohorts_ruleset_change", args=[window.cohort.rule_set_id])
    said = desk.post(address, posted(desk.get(address)) | {"name": "Band 5", "_continue": "1"}, follow=True).text
    assert "” were changed successfully" in said
    assert "” was changed" not in said
    assert "You may edit them again below" in said
    add = reverse("admin:cohorts_ruleset_add")
    said = desk.post(
        add, posted(desk.get(add)) | {"programme": window.cohort.programme_id, "name": "Band 8"}, follow=True
    )
    assert "” were added successfully" in said.text
    other = reverse("admin:cohorts_programme_change", args=[window.cohort.programme_id])
    said = desk.post(other, posted(desk.get(other)) | {"region": "Bath"}, follow=True).text
    assert "” was changed successfully" in said
