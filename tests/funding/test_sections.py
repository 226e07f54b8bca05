"""What money says on the pages that every app shares, and to whom it says nothing."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser

from applications.roles import RoleName
from cohorts.models import RuleSet
from funding.models import BursaryRequest
from funding.pages.sections import cohort_money, cost_of_programme, own_fee
from steppingup.desk.waiting import to_do_of
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import PublishedCohortFactory
from tests.factories.funding import FundFactory, PotFactory, bursary_asked
from tests.funding.test_invoices import taken_up

pytestmark = pytest.mark.django_db


def test_a_line_manager_is_told_nothing_of_money():
    enrolment = taken_up().enrolment
    enrolment.line_manager = UserFactory()
    assert own_fee(subject=enrolment, viewer=enrolment.line_manager) is None
    assert own_fee(subject=enrolment, viewer=AnonymousUser()) is None
    assert cohort_money(subject=enrolment.cohort, viewer=enrolment.line_manager) is None
    assert own_fee(subject=enrolment, viewer=enrolment.participant)["agreement"].enrolment == enrolment


@pytest.mark.requirement("B36", "B37", "B38")
def test_the_programme_says_what_it_costs_and_who_else_pays():
    cohort = PublishedCohortFactory(fee=Decimal("970"))
    fund, pot = FundFactory(programme=cohort.programme), PotFactory(programme=cohort.programme)
    PotFactory(programme=cohort.programme, is_open=False)
    said = cost_of_programme(subject=cohort.programme, viewer=AnonymousUser())
    [fee] = said["fees"]
    assert (fee["fee"], fee["payer"], fee["of"], said["is_agreed_first"]) == (Decimal("970"), "", "", True)
    assert (said["internal"], said["bursaries"]) == ([fund], [pot])


def test_the_words_of_the_provider_stand_in_place_of_ours_about_the_funds(client):
    cohort = PublishedCohortFactory(fee=Decimal("970"))
    RuleSet.objects.filter(cohorts=cohort).update(how_it_is_funded="The **Academy** pays most of it.")
    pot = PotFactory(programme=cohort.programme)
    page = client.get(f"/programmes/{cohort.programme.path}/").text
    assert "<strong>Academy</strong> pays most of it" in page
    assert "£970" in page
    assert pot.name not in page
    assert page.count("How it is funded") == 1


def test_staff_see_what_waits_at_their_own_provider_only():
    request = bursary_asked()
    provider = request.agreement.provider
    finance, elsewhere, assessor = (
        staff(RoleName.FINANCE, provider), staff(RoleName.FINANCE), staff(RoleName.ASSESSOR, provider),
    )  # fmt: skip
    for viewer, waits in ((finance, [1, 0]), (elsewhere, [0, 0]), (assessor, [0, 0])):
        assert [line.number for line in to_do_of([BursaryRequest.objects.visible_to(viewer)])] == waits
    figures = cohort_money(
        subject=request.agreement.cohort, viewer=staff(RoleName.COORDINATOR, request.agreement.provider)
    )
    assert (figures["money"]["waiting"], figures["may_decide"]) == (1, False)
