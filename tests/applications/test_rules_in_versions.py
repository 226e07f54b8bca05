"""Rules of admission in versions: who has submitted keeps theirs, drafts go on with what holds now and are told."""

import re

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from applications.actions import applications as applying
from applications.actions import rules as actions
from applications.fee.agreement import begin
from applications.models import Application, Criterion, EligibilityAnswer, EligibilityQuestion, Statement, Window
from cohorts.actions import copying
from cohorts.models import Cohort, RuleSet
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import funding
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.applications import WindowFactory, completed, internal_fund, submitted
from tests.factories.cohorts import ProgrammeFactory, PublishedCohortFactory
from tests.racing import meanwhile
from tests.staff import posted, with_second_factor

pytestmark = pytest.mark.django_db
TOLD = "applications.questions_changed"


@pytest.fixture
def window() -> Window:
    return WindowFactory(cohort__fee=0)


@pytest.fixture
def desk(client, window):
    return with_second_factor(client, staff(provider=window.cohort.programme.provider))


def next_year(window: Window) -> Window:
    """Another cohort of the same programme, open too, that goes by the same rules."""
    cohort = PublishedCohortFactory(programme=window.cohort.programme, plan=window.cohort.plan, fee=0)
    return WindowFactory(cohort=cohort)


def page(rules: RuleSet) -> str:
    return reverse("admin:cohorts_ruleset_change", args=[rules.pk])


def form(desk, rules: RuleSet) -> dict[str, str]:
    return posted(desk.get(page(rules)))


def field(data: dict[str, str], part: Criterion | EligibilityQuestion, name: str) -> str:
    prefix = "criteria" if isinstance(part, Criterion) else "eligibility_questions"
    return next(f"{prefix}-{n}-{name}" for n in range(9) if str(data.get(f"{prefix}-{n}-id", "")) == str(part.pk))


def change(desk, rules: RuleSet, part: Criterion | EligibilityQuestion, name: str, value: str) -> RuleSet:
    data = form(desk, rules)
    assert desk.post(page(rules), data | {field(data, part, name): value}).status_code == 302
    return RuleSet.objects.current().get(programme=rules.programme)


def fresh(application: Application) -> Application:
    return Application.objects.select_related("cohort__rule_set").get(pk=application.pk)


def test_before_anybody_has_submitted_a_change_holds_at_once_and_drafts_are_told_once(desk, window):
    draft, rules = completed(window), window.cohort.rule_set
    criterion = rules.criteria.get(key="motivation")
    text = draft.statements.get(criterion=criterion).text
    said = desk.get(page(rules)).text
    assert "your changes hold there at once" in said
    assert "1 person has begun an application" in said
    assert change(desk, rules, criterion, "question", "Why now?") == rules
    criterion.refresh_from_db()
    assert (criterion.question, draft.statements.get(criterion=criterion).text) == ("Why now?", text)
    assert "statement-motivation" not in fresh(draft).parts_done
    assert "statement-leadership" in fresh(draft).parts_done
    change(desk, rules, criterion, "guidance", "Say more.")
    assert Message.objects.filter(kind=TOLD, to=draft.applicant).count() == 1
    change(desk, rules, criterion, "order", "9")
    assert Message.objects.filter(kind=TOLD).count() == 1


def test_once_somebody_has_submitted_a_change_makes_a_version_for_the_next_cohort(desk, window):
    old = window.cohort.rule_set
    sent, other = submitted(window), next_year(window)
    late, early = completed(window), completed(other)
    criterion = old.criteria.get(key="leadership")
    said = desk.get(page(old)).text
    assert "1 person has applied for" in said
    assert f"version 2, for {other.cohort.name}" in said
    new = change(desk, old, criterion, "question", "When did you lead?")
    assert (new.version, new.is_frozen, new.criteria.get(key="leadership").question) == (2, False, "When did you lead?")
    assert (fresh(sent).cohort.rule_set, fresh(late).cohort.rule_set) == (old, old)
    assert fresh(early).cohort.rule_set == new
    assert {one.criterion.rule_set for one in early.statements.select_related("criterion")} == {new}
    assert {one.question.rule_set for one in early.eligibility_answers.select_related("question")} == {new}
    assert {one.criterion.rule_set for one in late.statements.select_related("criterion")} == {old}
    assert [message.to for message in Message.objects.filter(kind=TOLD)] == [early.applicant]
    assert "statement-leadership" in fresh(late).parts_done
    assert desk.get(page(old)).text.count("It is kept as a record.") == 1
    assert desk.post(page(old), form(desk, new)).status_code == 403


def test_a_criterion_that_is_removed_stays_with_those_who_wrote_about_it(desk, window):
    draft, old = completed(window), window.cohort.rule_set
    criterion = old.criteria.get(key="motivation")
    data = form(desk, old)
    assert desk.post(page(old), data | {field(data, criterion, "DELETE"): "on"}).status_code == 302
    new = fresh(draft).cohort.rule_set
    assert [one.key for one in new.criteria.all()] == ["leadership"]
    assert draft.statements.get(criterion=criterion).text
    assert applying.submit(application=fresh(draft), by=draft.applicant, notice_read=True).status == "submitted"


def test_a_question_is_retired_by_the_next_version_and_added_by_another(desk, window):
    submitted(window)
    old, other = window.cohort.rule_set, next_year(window)
    data = form(desk, old)
    number = int(data["eligibility_questions-TOTAL_FORMS"])
    new = {
        "kind": "yes_no",
        "text": "Do you work in the city?",
        "if_no": "ask",
        "if_not_sure": "ask",
        "is_active": "on",
        "order": "9",
    }
    data |= {f"eligibility_questions-{number}-{name}": value for name, value in new.items()}
    data["eligibility_questions-TOTAL_FORMS"] = str(number + 1)
    data.pop(field(data, old.eligibility_questions.get(key="led"), "is_active"))
    assert desk.post(page(old), data).status_code == 302
    rules = Cohort.objects.get(pk=other.cohort_id).rule_set
    asked = rules.eligibility_questions.filter(is_active=True).order_by("order", "pk")
    assert [one.key for one in asked][-1] == "do-you-work-in-the-city"
    assert "led" not in [one.key for one in asked]
    assert old.eligibility_questions.filter(is_active=True).count() == 2


def test_the_page_says_whom_a_change_is_for_where_there_is_no_next_cohort_yet(desk, window):
    submitted(window)
    assert "version 2, for the next cohort that you create" in desk.get(page(window.cohort.rule_set)).text
    empty = RuleSet.objects.create(programme=ProgrammeFactory(provider=window.cohort.programme.provider))
    assert "No cohort uses these rules yet." in desk.get(page(empty)).text


def test_what_is_saved_while_the_rules_change_is_saved_again_under_the_new_ones(window):
    draft, by = completed(window), staff(provider=window.cohort.programme.provider)
    submitted(next_year(window))
    opened = fresh(draft)
    new, _ = actions.revise(rules=window.cohort.rule_set, by=by)
    values = {"text": "Written while it changed."}
    given = {"part": "statement-motivation", "values": values, "by": draft.applicant}
    with pytest.raises(NotPossible, match="save it again"):
        applying.save_part(application=opened, **given)
    applying.save_part(application=fresh(draft), **given)
    assert draft.statements.get(text=values["text"]).criterion.rule_set == new


def test_two_coordinators_who_change_frozen_rules_at_once_make_one_version(window):
    submitted(window)
    by = staff(provider=window.cohort.programme.provider)
    actions.revise(rules=window.cohort.rule_set, by=by)
    with pytest.raises(NotPossible, match="Somebody else has just made a new version"):
        actions.revise(rules=window.cohort.rule_set, by=by)
    with pytest.raises(NotAllowed):
        actions.revise(rules=RuleSet.objects.current().get(), by=staff())


def test_a_new_cohort_and_a_copied_one_go_by_what_holds_now(window):
    submitted(window)
    by = staff(provider=window.cohort.programme.provider)
    new, _ = actions.revise(rules=window.cohort.rule_set, by=by)
    copy = copying.copy(cohort=window.cohort, name="Again", starts_on=window.cohort.starts_on, by=by)
    assert copy.rule_set == new
    assert Cohort.objects.get(pk=window.cohort_id).rule_set.version == 1


def test_postgresql_keeps_what_somebody_applied_by(window):
    submitted(window)
    rules = window.cohort.rule_set
    cohort = Cohort.objects.filter(pk=window.cohort_id)
    by = staff(provider=window.cohort.programme.provider)
    new, _ = actions.revise(rules=rules, by=by)
    tries = (
        lambda: rules.criteria.update(word_limit=1),
        lambda: rules.eligibility_questions.update(is_active=False),
        lambda: Criterion.objects.filter(rule_set=new).update(rule_set=rules),
        lambda: Criterion.objects.create(rule_set=rules, title="New"),
        lambda: EligibilityQuestion.objects.filter(rule_set=rules, key="led").delete(),
        lambda: cohort.update(rule_set=new),
        lambda: cohort.update(admission_began_at=None),
        lambda: Window.objects.filter(pk=window.pk).update(max_score=9),
        lambda: Window.objects.filter(pk=window.pk).update(assessors_each=9),
    )
    for attempt in tries:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            attempt()


def test_the_scale_stands_on_the_page_once_somebody_has_applied(desk, window):
    address = reverse("admin:applications_window_change", args=[window.pk])
    assert 'name="max_score"' in desk.get(address).text
    submitted(window)
    text = desk.get(address).text
    assert 'name="max_score"' not in text
    assert "How many score each application, and the scale, stay as they are." in text


@pytest.mark.parametrize("state", ["bursary", "agreed", "funded"])
def test_a_rule_for_an_employer_changes_nothing_for_whoever_has_submitted(state):
    """Nobody who waits for a bursary is told that a fund pays, nor whoever a fund pays for that it does not."""
    window, employer = WindowFactory(cohort__fee=2500), OrganisationFactory()
    rule = internal_fund(window, employer) if state == "funded" else None
    draft = completed(window, employer=employer, settle=state == "agreed")
    if state == "bursary":
        funding.bursary_asked(begin(draft, by=draft.applicant))
    sent = applying.submit(application=draft, by=draft.applicant, notice_read=True)
    own, staffs = Client(), with_second_factor(Client(), staff(provider=window.cohort.programme.provider))
    own.force_login(sent.applicant)

    def read() -> list[str]:
        pages = [own.get(reverse(f"applications:{name}", args=[sent.pk])) for name in ("application", "fee")]
        pages.append(staffs.get(reverse("admin:applications_application_change", args=[sent.pk])))
        return [re.sub(r'(nonce|value)="[^"]*"|data-now="[^"]*"', "", page.text) for page in pages]

    before = read()
    if rule:
        rule.delete()
    else:
        rule = internal_fund(window, employer)
        assert read() == before
        rule.approval_needed, rule.funded_by, rule.payer = True, None, ""
        rule.save()
    assert read() == before
    page = staffs.get(reverse("admin:applications_window_change", args=[window.pk])).text
    assert "holds for whoever submits from now on" in page


def test_the_lines_of_the_ranking_stand_on_the_pages_once_the_places_were_given(desk, window):
    """The line below the last in reserve from the start of the cohort, the one below the last place from its end."""
    submitted(window)
    pages = [
        (reverse("admin:applications_window_change", args=[window.pk]), "reserve"),
        (reverse("admin:cohorts_cohort_change", args=[window.cohort_id]), "capacity"),
        (reverse("admin:cohorts_cohort_change", args=[window.cohort_id]), "fee"),
    ]
    for status, open_boxes in (("published", 3), ("running", 2), ("finished", 0)):
        Cohort.objects.filter(pk=window.cohort_id).update(status=status)
        shown = [name for address, name in pages if f'name="{name}"' in desk.get(address).text]
        assert len(shown) == open_boxes, (status, shown)


@pytest.mark.django_db(transaction=True)
def test_whoever_submits_while_the_rules_change_is_judged_by_the_rules_they_wrote_by(window):
    draft, other = completed(window), completed(window)
    by = staff(provider=window.cohort.programme.provider)
    submitted(next_year(window))  # so that a change makes a version
    rules = Cohort.objects.get(pk=window.cohort_id).rule_set

    def submit(one: Application) -> Application:
        return applying.submit(application=fresh(one), by=one.applicant, notice_read=True)

    def revise() -> RuleSet:
        return actions.revise(rules=rules, by=by)[0]

    new = meanwhile(lambda: submit(draft), revise)
    assert (fresh(draft).cohort.rule_set, new.version) == (rules, 2)
    assert {one.criterion.rule_set_id for one in Statement.objects.select_related("criterion")} == {rules.pk}
    assert not EligibilityAnswer.objects.filter(question__rule_set=new).exists()
    assert submit(other).cohort.rule_set_id == rules.pk
