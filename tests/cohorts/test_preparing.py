"""What a cohort lacks and somebody else has to see to: they are asked from the page that says so."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions.preparing import ask_colleague
from cohorts.models import Cohort
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import CohortFactory
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    """In preparation, with a fee; nobody has set up invoice numbers."""
    return CohortFactory(fee=500)


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


def test_whose_task_it_is_gets_the_page_on_which_it_is_done(client, cohort, coordinator):
    finance = staff(RoleName.FINANCE, cohort.programme.provider)
    staff(RoleName.FINANCE)  # of somebody else
    browser = with_second_factor(client, coordinator)
    url = reverse("admin:cohorts_cohort_step", args=[cohort.pk, "ask_colleague"])
    assert url in browser.get(reverse("admin:cohorts_cohort_ready", args=[cohort.pk])).text
    assert "Invoice numbers: for the finance officer" in browser.get(url).text
    assert take_step(browser, url, what="Invoice numbers", message="By Friday?").status_code == 302
    message = Message.objects.get(kind="cohorts.to_prepare")
    assert message.to == finance
    assert "By Friday?" in message.text
    assert reverse("admin:funding_invoiceseries_add") in message.text


def test_where_nobody_has_the_role_it_is_said(cohort, coordinator):
    with pytest.raises(NotPossible, match="Nobody is finance officer"):
        ask_colleague(cohort=cohort, what="Invoice numbers", by=coordinator)


def test_nobody_is_asked_for_what_is_ones_own_task(cohort, coordinator):
    staff(RoleName.FINANCE, cohort.programme.provider)
    for what in ("A venue", "What there is not"):
        with pytest.raises(NotPossible, match="you can do it yourself"):
            ask_colleague(cohort=cohort, what=what, by=coordinator)


def test_once_the_cohort_has_begun_nothing_is_prepared(cohort, coordinator):
    Cohort.objects.filter(pk=cohort.pk).update(status="published")
    Cohort.objects.filter(pk=cohort.pk).update(status="running")
    with pytest.raises(NotPossible, match="has begun"):
        ask_colleague(cohort=Cohort.objects.get(pk=cohort.pk), what="Invoice numbers", by=coordinator)
