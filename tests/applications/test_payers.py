"""Who pays for a place: the rule for the employer, then that for its kind, then the terms of the cohort; and what it costs them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction
from hypothesis import given
from hypothesis import strategies as st

from applications.fee.standing import fee_state
from applications.models import Application, EmployerRule
from applications.queries import payer_of
from cohorts.actions import copying
from funding.actions import agreements, taking_up
from funding.models import FeeTerms
from funding.queries import money_of
from funding.rules import Payer, paid_instead
from funding.states import AgreementStatus, Route
from funding.terms import default_text
from steppingup.accounts.actors import SYSTEM
from tests.applications.test_apply import submit
from tests.factories.accounts import OrganisationFactory
from tests.factories.applications import WindowFactory, completed, started
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory, day
from tests.factories.funding import AgreementFactory, FundFactory, agreed

pytestmark = pytest.mark.django_db
FREE = {"fee": Decimal(0), "cost": Decimal(970)}


def terms(programme, cohort=None, **said):
    given = {"text": default_text(), "invoiced_when": "Soon.", **said}
    return FeeTerms.objects.update_or_create(programme=programme, cohort=cohort, defaults=given)[0]


@given(st.decimals(0, 10_000, places=2), st.decimals(0, 10_000, places=2))
def test_somebody_else_pays_the_fee_and_where_there_is_none_the_cost(fee, cost):
    assert paid_instead(fee, cost) == (fee if fee > 0 else cost)


@pytest.mark.requirement("B36", "B37", "N11")
def test_the_rule_of_the_employer_goes_before_that_of_its_kind_and_that_before_the_cohorts_terms():
    window, employer = WindowFactory(), OrganisationFactory(kind="nhs")
    programme, application = window.cohort.programme, started(window)
    Application.objects.filter(pk=application.pk).update(employer=employer)
    application.refresh_from_db()
    everybodys, own, kinds = (FundFactory(programme=programme) for _ in range(3))
    assert payer_of(application) == (Payer.EMPLOYER, None)
    terms(programme, payer=Payer.PROVIDER)
    assert payer_of(application) == (Payer.PROVIDER, None)
    terms(programme, window.cohort, payer=Payer.FUND, fund=everybodys)
    assert payer_of(application) == (Payer.FUND, everybodys)
    assert Application.objects.of_funded_employers().get() == application
    EmployerRule.objects.create(window=window, kind="care", funded_by=own)
    kind = EmployerRule.objects.create(window=window, kind="nhs", payer=Payer.EMPLOYER)
    assert payer_of(application) == (Payer.EMPLOYER, None)
    assert not Application.objects.of_funded_employers().exists()
    kind.payer, kind.funded_by = Payer.FUND, kinds
    kind.save()
    assert payer_of(application) == (Payer.FUND, kinds)
    # A rule about approval alone says nothing about money.
    rule = EmployerRule.objects.create(window=window, employer=employer, approval_needed=False)
    assert payer_of(application) == (Payer.FUND, kinds)
    rule.payer = Payer.PROVIDER
    rule.save()
    assert payer_of(application) == (Payer.PROVIDER, None)
    assert fee_state(application).words == f"{programme.provider} pays"
    assert not Application.objects.of_funded_employers().exists()


@pytest.mark.requirement("B34")
def test_approval_is_asked_for_as_the_employers_own_rule_says_or_else_that_of_its_kind():
    from applications.form.parts import approval_needed

    window, employer = WindowFactory(), OrganisationFactory(kind="charity")
    application = started(window)
    Application.objects.filter(pk=application.pk).update(employer=employer)
    application.refresh_from_db()
    EmployerRule.objects.create(window=window, kind="charity", approval_needed=False)
    assert not approval_needed(application)
    EmployerRule.objects.create(window=window, employer=employer, approval_needed=True)
    assert approval_needed(application)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "nhs", "employer": True},
        {"kind": "nhs", "payer": "fund"},
        {"kind": "nhs", "payer": "provider", "funded_by": True},
    ],
)
def test_the_database_refuses_rules_that_say_two_things(wrong):
    window = WindowFactory()
    given = dict(wrong)
    if "employer" in given:
        given["employer"] = OrganisationFactory()
    if "funded_by" in given:
        given["funded_by"] = FundFactory(programme=window.cohort.programme)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmployerRule.objects.create(window=window, **given)


@pytest.mark.requirement("N11", "N15")
@pytest.mark.parametrize("from_fund", [True, False])
def test_of_a_fully_funded_place_the_fund_or_the_provider_bears_the_cost_and_nobody_is_asked(from_fund):
    window = WindowFactory(cohort=PublishedCohortFactory(**FREE))
    programme = window.cohort.programme
    fund = FundFactory(programme=programme) if from_fund else None
    terms(programme, payer=Payer.FUND if from_fund else Payer.PROVIDER, fund=fund)
    application = completed(window, employer=OrganisationFactory(), settle=False)
    assert fee_state(application).kind == "nothing"
    agreement = submit(application).fee_agreement
    assert (agreement.status, agreement.amount, agreement.cost) == (AgreementStatus.AGREED, 0, 970)
    assert (agreement.employer_pays, agreement.paid_instead) == (0, 970)
    assert "The cost of the place, £970, is paid by" in agreement.terms
    if fund:
        fund.refresh_from_db()
        assert (agreement.route, fund.committed) == (Route.INTERNAL, 970)
        agreements.release(agreement=agreement, reason="Not needed.", by=SYSTEM)
        fund.refresh_from_db()
        assert fund.committed == 0
    else:
        place = ParticipantFactory(cohort=window.cohort, participant=agreement.person)
        taking_up.attach_enrolment(agreement=agreement, enrolment=place)
        money = money_of(window.cohort)
        assert (money["borne"], money["internal"], money["employer"]) == (970, 0, 0)


def test_where_the_employer_would_pay_a_place_without_a_fee_needs_no_agreement():
    application = submit(completed(WindowFactory(cohort=PublishedCohortFactory(**FREE)), settle=False))
    assert application.fee_agreement is None


@pytest.mark.requirement("N15")
def test_what_a_place_costs_is_fixed_at_signing_as_the_fee_is():
    agreement = agreed(AgreementFactory(cohort__fee=1000, cohort__cost=1310))
    cohort = agreement.cohort
    cohort.fee, cohort.cost = Decimal(2000), Decimal(2620)
    cohort.save()
    agreement.refresh_from_db()
    assert (agreement.fee, agreement.place_costs) == (1000, 1310)
    with pytest.raises(InternalError, match="frozen_once_agreed"), transaction.atomic():
        type(agreement).objects.filter(pk=agreement.pk).update(cost=1)


def test_a_place_costs_the_fee_where_nothing_else_is_said():
    assert PublishedCohortFactory(fee=Decimal(2500)).cost == 2500


@pytest.mark.requirement("N11")
@pytest.mark.parametrize(
    ("said", "payer", "words"),
    [
        (FREE, Payer.PROVIDER, "The cost of a place, £970, is paid by"),
        ({"fee": Decimal(500), "cost": Decimal(970)}, Payer.PROVIDER, "The fee of £500 is paid by"),
        ({"fee": Decimal(500), "cost": Decimal(970)}, Payer.EMPLOYER, "A place costs £970. The fee pays part of it."),
    ],
)
def test_the_programmes_page_says_what_a_place_costs_and_who_pays(client, said, payer, words):
    cohort = PublishedCohortFactory(programme__is_published=True, starts_on=day(30), ends_on=day(120), **said)
    terms(cohort.programme, payer=payer)
    text = " ".join(client.get(f"/programmes/{cohort.programme.path}/").text.split())
    assert words in text
    assert ("It costs you and your employer nothing" in text) is (payer == Payer.PROVIDER)


def test_terms_of_a_cohort_go_along_when_it_is_copied_and_those_of_the_programme_hold_anyway():
    cohort = PublishedCohortFactory(**FREE)
    WindowFactory(cohort=cohort)
    EmployerRule.objects.create(window=cohort.window, kind="nhs", payer=Payer.PROVIDER)
    terms(cohort.programme)
    terms(cohort.programme, cohort, payer=Payer.PROVIDER, text="Ours.")
    new = copying.copy(cohort=cohort, name="Another year", starts_on=day(400), by=SYSTEM)
    assert (new.fee, new.cost) == (0, 970)
    assert (new.own_fee_terms.payer, new.own_fee_terms.text) == (Payer.PROVIDER, "Ours.")
    assert new.window.employer_rules.get().kind == "nhs"


@pytest.mark.parametrize("of_other", [True, False])
def test_terms_name_a_fund_of_the_programme_that_is_for_everybody(of_other):
    cohort = PublishedCohortFactory()
    fund = FundFactory() if of_other else FundFactory(programme=cohort.programme)
    if not of_other:
        fund.employers.add(OrganisationFactory())
    row = FeeTerms(programme=cohort.programme, text="x", invoiced_when="x", payer=Payer.FUND, fund=fund)
    with pytest.raises(
        ValidationError, match="no internal fund of" if of_other else "only for staff of some employers"
    ):
        row.full_clean()
    fund = FundFactory(programme=cohort.programme)
    row.fund, row.cohort = fund, PublishedCohortFactory()
    with pytest.raises(ValidationError, match="is no cohort of"):
        row.full_clean()
