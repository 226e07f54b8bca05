"""What a cohort needs before people can apply: said on one page, with the way to each, and no more than is true."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Criterion, Window
from applications.roles import RoleName
from cohorts import readiness
from cohorts.models import Cohort
from cohorts.states import WAYS, Selection
from funding.models import FeeTerms, InvoiceSeries
from tests.factories.accounts import RoleAssignmentFactory, UserFactory, staff
from tests.factories.cohorts import CohortFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    """In preparation, and as little as there can be."""
    found = CohortFactory(fee=0, venue="")
    found.rule_set.criteria.all().delete()
    return found


def page_of(cohort: Cohort) -> str:
    return reverse("admin:cohorts_cohort_ready", args=[cohort.pk])


def titles(cohort: Cohort, **given: bool) -> set[str]:
    return {point.title for point in readiness.missing(Cohort.objects.get(pk=cohort.pk), **given)}


@pytest.mark.requirement("R8")
def test_each_thing_that_is_missing_leads_to_the_page_that_mends_it(cohort, in_admin):
    client = in_admin(staff(provider=cohort.programme.provider))
    page = client.get(page_of(cohort))
    links = re.findall(r'<a class="su-link" href="([^"]+)">([^<]+)</a>', page.text.partition("su-lead")[2])
    shown = {title: url for url, title in links}
    asked = [point for stage in readiness.stages_of(cohort) for point in stage.points]
    assert set(shown) == {point.title for point in asked}
    assert [url for url in shown.values() if client.get(url.replace("&amp;", "&")).status_code != 200] == []


def test_what_is_put_right_is_no_longer_missing(cohort, in_admin):
    provider = cohort.programme.provider
    assert {"Application dates", "Criteria", "Completion rules", "Sessions", "A venue"} <= titles(cohort)
    now = timezone.now()
    Window.objects.create(cohort=cohort, opens_at=now, closes_at=now + timedelta(days=3), assessors_each=2)
    Criterion.objects.create(rule_set=cohort.rule_set, title="Courage", question="When?")
    cohort.completion_rules.create(minimum=1)
    SessionFactory(cohort=cohort)
    Cohort.objects.filter(pk=cohort.pk).update(venue="City Hall")
    assert titles(cohort) & {"Application dates", "Criteria", "Completion rules", "Sessions", "A venue"} == set()
    assert "2 assessors" in titles(cohort)
    for _ in range(2):
        RoleAssignmentFactory(user=UserFactory(is_staff=True), role=RoleName.ASSESSOR, provider=provider)
    assert "2 assessors" not in titles(cohort)
    Window.objects.filter(cohort=cohort).update(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1))
    assert "Application dates" in titles(cohort, needed=True)


def test_only_a_place_that_costs_something_asks_for_money_matters(cohort):
    money = {"Terms of the fee", "Invoice numbers", "A finance officer"}
    assert titles(cohort) & money == set()
    Cohort.objects.filter(pk=cohort.pk).update(fee=100, cost=100)
    assert titles(cohort) >= money
    FeeTerms.objects.create(programme=cohort.programme, text="Pay.", invoiced_when="Soon.")
    InvoiceSeries.objects.create(provider=cohort.programme.provider, prefix="X-")
    assert titles(cohort) & money == {"A finance officer"}


@pytest.mark.parametrize("selection", Selection)
def test_criteria_and_assessors_are_missed_only_where_people_are_scored(cohort, selection):
    rules = cohort.rule_set
    rules.selection = selection
    rules.save()
    assert bool(titles(cohort) & {"Criteria", "An assessor", "2 assessors"}) == WAYS[selection].is_scored


def test_what_another_role_has_to_do_is_said_with_that_role(cohort, in_admin):
    Cohort.objects.filter(pk=cohort.pk).update(fee=100, cost=100)
    page = in_admin(staff(provider=cohort.programme.provider)).get(page_of(cohort)).text
    assert "Until then no invoice can be sent. This is for: finance officer." in page
    assert "Invoice numbers</a>" not in page


def test_the_overview_of_a_cohort_in_preparation_leads_there_and_that_of_another_does_not(cohort, in_admin):
    client = in_admin(staff(provider=cohort.programme.provider))
    overview = reverse("admin:cohorts_cohort_tab", args=[cohort.pk, "overview"])
    assert f'href="{page_of(cohort)}">Getting ready' in client.get(overview).text
    client.post(reverse("admin:cohorts_cohort_step", args=[cohort.pk, "publish"]), {"confirm": "yes"})
    Cohort.objects.filter(pk=cohort.pk).update(status="published")
    assert f'href="{page_of(cohort)}">Getting ready' not in client.get(overview).text
    assert "Publish the cohort" not in client.get(page_of(cohort)).text
