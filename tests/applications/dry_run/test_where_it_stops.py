"""Where made-up people get stuck is said, with the page that puts it right."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.dry_run import dry_run, kinds_of, stage
from applications.models import EligibilityQuestion, Grade, Window
from applications.states import Verdict
from cohorts.models import Cohort, CompletionRule, Session
from funding.models import FeeTerms
from funding.rules import Payer
from steppingup.accounts.models import User
from tests.applications.dry_run.scenes import EMPLOYED, fresh, ready
from tests.factories import funding as money

pytestmark = pytest.mark.django_db


# -- where they get stuck --------------------------------------------------------------------------


def no_window(cohort):
    Window.objects.all().delete()
    return "There are no application dates"


def no_way_in(cohort):
    EligibilityQuestion.objects.create(
        rule_set=cohort.rule_set, key="a", text="Are you new?", alternative="", allows_not_sure=False,
        if_no=Verdict.NO, explanation="Only for those who are new.", kind="grade",
    )  # fmt: skip
    Grade.objects.create(rule_set=cohort.rule_set, key="old", name="Old hand", is_in_range=False)
    return "Whatever somebody answers, the programme is not for them: Only for those who are new."


def no_rule(cohort):
    CompletionRule.objects.all().delete()
    return "no completion rule"


def too_much(cohort):
    CompletionRule.objects.update(minimum=Decimal(99))
    return "99"


@pytest.mark.parametrize("spoil", [no_window, no_way_in, no_rule, too_much])
def test_where_it_cannot_go_on_is_said_with_the_page_that_puts_it_right(spoil):
    cohort = ready()
    sentence = spoil(cohort)
    report = dry_run(fresh(cohort), EMPLOYED)
    assert report.stuck is not None
    assert sentence in report.stuck.said
    assert report.lines[-1] == report.stuck
    assert report.stuck.mend is not None
    assert report.stuck.mend.url.startswith("/admin/")


def test_a_bursary_without_money_is_where_somebody_gets_stuck_who_needs_one():
    cohort = ready()
    Cohort.objects.update(fee=900, cost=900)
    money.PotFactory(programme=cohort.programme, budget=100)
    cohort = fresh(cohort)
    report = dry_run(cohort, kinds_of(cohort)[-1])
    assert "£900 is needed and £100 is left" in report.stuck.said
    assert report.title == "Employed, with a bursary"


def test_whoever_is_missing_is_named_and_made_up_people_do_it():
    cohort = ready()
    User.objects.all().update(is_active=False)
    Cohort.objects.update(fee=900, cost=900)
    FeeTerms.objects.create(programme=cohort.programme, payer=Payer.EMPLOYER)
    report = dry_run(fresh(cohort), EMPLOYED)
    assert report.stuck is None
    lacking = [line for line in report.lacking if line.what != "Plans the dates"]
    assert {line.who for line in lacking} == {"The assessors", "The finance officer"}
    assert all("role of" in line.said for line in lacking)


def test_a_place_that_is_taken_after_the_start_is_said_with_the_dates():
    cohort = ready()
    Cohort.objects.update(starts_on=timezone.localdate() + timedelta(days=30))
    late = next(
        line for line in dry_run(fresh(cohort), EMPLOYED).lacking if line.what == "Comes too late for the first day"
    )
    assert "Let applications close earlier" in late.said
    assert late.mend.url == reverse("admin:applications_window_change", args=[cohort.window.pk])
    Session.objects.all().delete()
    assert dry_run(fresh(cohort), EMPLOYED).stuck is None, "the days that are left are enough"


def test_a_fault_of_ours_is_said_to_be_ours_and_stands_in_the_log(monkeypatch, caplog):
    def fails(**_):
        raise ValueError("secret")

    monkeypatch.setattr(stage.Stage, "lack", lambda *a, **k: None)
    monkeypatch.setattr("applications.dry_run.admission.decisions.shortlist", fails)
    report = dry_run(ready(), EMPLOYED)
    assert report.stuck.said == stage.OUR_FAULT
    assert "secret" not in str(report)
    assert "fault of ours" in caplog.text
