"""A programme that begins with none of the shipped ones: on each page of the desk what comes next is there, and what people read
follows from its rules."""

from urllib.parse import unquote

import pytest
from django.urls import reverse

from applications.models import EmployerRule, FormPart, StandingRule
from applications.states import Asked, FeeBy, PartKind
from cohorts import readiness
from cohorts.models import Component, Plan, RuleSet
from cohorts.states import Selection, Standing
from funding.models import FeeTerms
from funding.rules import Payer
from funding.terms import default_text
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.applications import WindowFactory, started
from tests.factories.cohorts import CohortFactory, ProgrammeFactory, PublishedCohortFactory
from tests.factories.funding import FundFactory
from tests.staff import posted

pytestmark = pytest.mark.django_db
GUIDE = "/admin/cohorts/programme/guide/"


@pytest.fixture
def programme():
    """With nothing in it yet."""
    return ProgrammeFactory(name="Stage Door")


@pytest.fixture
def desk(programme, in_admin):
    return in_admin(staff(provider=programme.provider))


def row(data: dict, prefix: str, **values: object) -> dict:
    """With one more row of an inline."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    return data | {f"{prefix}-TOTAL_FORMS": number + 1} | {f"{prefix}-{number}-{name}": v for name, v in values.items()}


@pytest.mark.requirement("R8", "L10")
def test_the_guide_leads_from_an_empty_programme_over_its_plan_and_rules_to_a_cohort(programme, desk, in_admin):
    nothing = in_admin(staff()).get(GUIDE).text
    assert "One like no other" in nothing
    assert f'href="{reverse("admin:cohorts_programme_add")}?back=' in nothing
    here, back = desk.get(GUIDE).text, "&amp;back=/admin/cohorts/programme/guide/"
    for model in ("plan", "ruleset"):
        assert f"{reverse(f'admin:cohorts_{model}_add')}?programme={programme.pk}{back}" in unquote(here)
    assert "cohorts/cohort/add/" not in here  # without a plan there is nothing to choose
    Plan.objects.create(programme=programme, name="Six evenings")
    RuleSet.objects.create(programme=programme)
    here = desk.get(GUIDE).text
    assert "cohorts/cohort/add/" in here
    assert "cohorts/plan/add/" not in here


@pytest.mark.requirement("R8")
def test_new_rules_have_the_usual_parts_once_and_lead_on_to_them(programme, desk):
    address = reverse("admin:cohorts_ruleset_add")
    data = posted(desk.get(address, {"programme": programme.pk})) | {"name": "People who are put forward"}
    assert "form_parts-TOTAL_FORMS" not in data  # they were there twice, which the database refused
    data |= {"programme": programme.pk, "selection": Selection.NOMINATION}
    asked = {"organisation": Asked.REQUIRED, "line_manager": Asked.REQUIRED, "support": Asked.REQUIRED, "order": 1}
    data = row(data, "standing_rules", standing=Standing.SELF_EMPLOYED, fee_by=FeeBy.EMPLOYER, **asked)
    saved = desk.post(address, data)
    rules = RuleSet.objects.get(programme=programme)
    assert saved["Location"] == reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    assert {"Look through the parts of the application below." in desk.get(saved["Location"]).text} == {True}
    kinds = FormPart.objects.filter(rule_set=rules).values_list("kind", flat=True)
    assert sorted(kinds) == sorted(kind for kind in PartKind if kind != PartKind.QUESTIONS)
    other = data | {"name": "Others"}
    assert desk.post(f"{address}?back={GUIDE}", other)["Location"] == GUIDE


@pytest.mark.requirement("B2")
@pytest.mark.parametrize("standing", [Standing.SELF_EMPLOYED, Standing.NOT_EMPLOYED])
def test_whoever_works_alone_has_no_line_manager_whatever_was_chosen(programme, standing):
    rules = RuleSet.objects.create(programme=programme)
    nobody = {"organisation": Asked.LEFT_OUT, "support": Asked.LEFT_OUT, "fee_by": FeeBy.PERSON}
    made = StandingRule.objects.create(rule_set=rules, standing=standing, line_manager=Asked.REQUIRED, **nobody)
    assert made.line_manager == Asked.LEFT_OUT


def test_a_mistake_in_what_can_be_opened_is_seen(programme, desk):
    address = reverse("admin:cohorts_plan_add")
    data = posted(desk.get(address)) | {"programme": programme.pk, "name": "Six evenings"}
    evenings = {"title": "Evenings", "kind": "module", "recording": "register", "order": 1, "minutes_per_day": 420}
    data = row(data, "components", unit="sessions", most=6, counterpart="another", **evenings)
    page = desk.post(address, data).text
    assert "Enter how many minutes one session has" in page
    before = page[: page.index("Enter how many minutes one session has")]
    assert before.rindex("<details open>") > before.rfind("<details>")
    assert desk.post(address, data | {"components-0-minutes_each": 120}).status_code == 302
    assert Component.objects.get().minutes_each == 120


@pytest.mark.requirement("B35")
def test_where_employers_nominate_the_list_leads_to_asking_one_and_is_said_to_be_missing(in_admin):
    cohort = WindowFactory(cohort=PublishedCohortFactory()).cohort
    RuleSet.objects.filter(pk=cohort.rule_set_id).update(selection=Selection.NOMINATION)
    cohort = type(cohort).objects.get(pk=cohort.pk)
    missing = {point.title: point.url for point in readiness.missing(cohort)}
    desk = in_admin(staff(provider=cohort.programme.provider))
    page = desk.get(missing["Employers who nominate"]).text
    step = reverse("admin:cohorts_cohort_step", args=[cohort.pk, "ask_for_nominations"])
    assert step in page
    assert desk.get(step).status_code == 200
    assert "ask_for_nominations" not in desk.get(reverse("admin:applications_nominationrequest_changelist")).text
    far = in_admin(staff())
    assert "ask_for_nominations" not in far.get(missing["Employers who nominate"]).text
    assert "Employers who nominate" not in {point.title for point in readiness.missing(CohortFactory())}


@pytest.mark.requirement("B36", "B37")
@pytest.mark.parametrize(
    ("usual", "ruled", "said", "not_said"),
    [
        (Payer.EMPLOYER, None, "<li>somebody at your employer who can agree", "For some employers"),
        (Payer.EMPLOYER, Payer.PROVIDER, "For some employers the fee is paid", "<li>for some employers"),
        (Payer.FUND, None, "What we will ask you for", "who can agree the fee"),
        (Payer.PROVIDER, Payer.EMPLOYER, "<li>for some employers, somebody at your", "For some employers the fee"),
        (Payer.PERSON, None, "What we will ask you for", "who can agree the fee"),
    ],
)
def test_before_they_start_people_read_whom_they_have_to_ask(client, usual, ruled, said, not_said):
    window = WindowFactory(cohort=PublishedCohortFactory(fee=300))
    programme = window.cohort.programme
    fund = FundFactory(programme=programme) if usual == Payer.FUND else None
    FeeTerms.objects.update_or_create(
        programme=programme,
        cohort=None,
        defaults={"text": default_text(), "invoiced_when": "Soon.", "payer": usual, "fund": fund},
    )
    if ruled:
        EmployerRule.objects.create(window=window, employer=OrganisationFactory(), payer=ruled)
    client.force_login(UserFactory())
    page = client.get(reverse("applications:start", args=[window.cohort_id])).text
    assert said in page
    assert not_said not in page


def test_a_fund_that_pays_for_everybody_is_not_said_to_pay_for_an_employers_people(client):
    window = WindowFactory(cohort=PublishedCohortFactory(fee=300))
    fund = FundFactory(programme=window.cohort.programme, name="Lottery grant")
    FeeTerms.objects.create(
        programme=window.cohort.programme, text="Pay.", invoiced_when="Soon.", payer=Payer.FUND, fund=fund
    )
    application = started(window)
    type(application).objects.filter(pk=application.pk).update(
        employer=OrganisationFactory(name="Old Baths Players"), standing=Standing.SELF_EMPLOYED
    )
    client.force_login(application.applicant)
    page = client.get(reverse("applications:fee", args=[application.pk])).text
    assert "The Lottery grant pays for your place." in page
    assert "Your employer</span>" not in page


def test_getting_ready_misses_no_eligibility_check_where_the_application_has_none(programme):
    cohort = CohortFactory(programme=programme)

    def points():
        return {point.title for stage in readiness.stages_of(cohort) for point in stage.points}

    assert "Questions of the eligibility check" in points()
    FormPart.objects.filter(rule_set=cohort.rule_set, kind=PartKind.ELIGIBILITY).delete()
    assert "Questions of the eligibility check" not in points()
