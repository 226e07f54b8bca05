"""Bursaries are decided by finance officers from a pot that cannot go below zero (B38)."""

from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from applications.roles import RoleName
from funding.actions import agreements as act
from funding.actions import answers, bursaries
from funding.links import AGREEMENT_LINK
from funding.models import BursaryRequest, Commitment, FeeAgreement, FundingSource
from funding.states import AgreementStatus, BursaryStatus, Route
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import PublishedCohortFactory
from tests.factories.funding import (
    AgreementFactory,
    FundFactory,
    PotFactory,
    asked,
    bursary_asked,
    granted,
    holder,
    refused,
)
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def officer_of(request):
    return staff(RoleName.FINANCE, request.agreement.provider)


def pot_of(request) -> FundingSource:
    return FundingSource.objects.get(programme=request.agreement.cohort.programme, route=Route.BURSARY)


@pytest.mark.requirement("B38")
def test_the_whole_fee_settles_the_place_and_both_are_told():
    request = bursary_asked()
    pot = pot_of(request)
    granted(request=request, source=pot, amount=Decimal(1000), reason="A charity.", by=officer_of(request))
    agreement = request.agreement
    agreement.refresh_from_db()
    pot.refresh_from_db()
    assert agreement.is_settled
    assert (agreement.route, agreement.employer_pays, pot.committed) == (Route.BURSARY, 0, 1000)
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert {"funding.bursary_granted", "funding.bursary_granted_sponsor"} <= kinds
    assert f"A bursary pays it. {agreement.employer_display} pays nothing." in agreement.terms


@pytest.mark.requirement("B38")
def test_a_part_is_reserved_and_the_sponsor_agrees_to_the_rest():
    request = bursary_asked()
    granted(request=request, source=pot_of(request), amount=Decimal(600), reason="A part.", by=officer_of(request))
    agreement = request.agreement
    assert (agreement.status, agreement.employer_pays) == (AgreementStatus.ASKED, 400)
    assert "£400" in agreement.terms
    _, raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email="jo@employer.example", days=3)
    answers.agree(agreement=agreement, name="Jo", job_title="H", purchase_order="", billing_address="X", by=holder(raw))
    assert (agreement.is_settled, agreement.route, agreement.employer_pays) == (True, Route.BURSARY, 400)


def test_declining_the_rest_gives_the_part_back():
    request = bursary_asked()
    pot = pot_of(request)
    granted(request=request, source=pot, amount=Decimal(600), reason="A part.", by=officer_of(request))
    agreement = request.agreement
    _, raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email="jo@employer.example", days=3)
    answers.decline(agreement=agreement, reason="Still too much.", by=holder(raw))
    pot.refresh_from_db()
    assert (pot.committed, agreement.bursary_amount, agreement.employer_pays) == (0, 0, 1000)
    assert "bursary" not in agreement.terms


@pytest.mark.requirement("B38")
def test_refusing_needs_a_reason_and_asks_the_sponsor_again_with_a_new_link():
    request = bursary_asked()
    by = officer_of(request)
    with pytest.raises(NotPossible, match="reason"):
        refused(request=request, reason=" ", by=by)
    refused(request=request, reason="The pot is for charities.", by=by)
    request.agreement.refresh_from_db()
    assert request.agreement.status == AgreementStatus.ASKED
    assert TokenLink.objects.usable().filter(purpose=AGREEMENT_LINK).count() == 1
    with pytest.raises(NotPossible):
        granted(request=request, source=pot_of(request), amount=Decimal(1), reason="Late.", by=by)


def test_only_a_finance_officer_of_the_provider_decides():
    request = bursary_asked()
    pot = pot_of(request)
    elsewhere = staff(RoleName.FINANCE)
    limited = staff(RoleName.FINANCE, request.agreement.provider)
    PublishedCohortFactory(programme=request.agreement.cohort.programme).limited_roles.set(
        limited.role_assignments.all()
    )
    coordinator = staff(RoleName.COORDINATOR, request.agreement.provider)
    for by in (coordinator, elsewhere, limited, request.agreement.person, SYSTEM):
        with pytest.raises(NotAllowed):
            granted(request=request, source=pot, amount=Decimal(1000), reason="Yes.", by=by)


def test_a_finance_officer_who_applied_does_not_decide_about_their_own_bursary():
    request = bursary_asked()
    by = staff(RoleName.FINANCE, request.agreement.provider)
    FeeAgreement.objects.update(person=by)
    request.agreement.refresh_from_db()
    with pytest.raises(NotAllowed, match="your own bursary"):
        granted(request=request, source=pot_of(request), amount=Decimal(1000), reason="Yes.", by=by)
    with pytest.raises(NotAllowed, match="your own bursary"):
        refused(request=request, reason="No.", by=by)
    assert BursaryRequest.objects.get().status == BursaryStatus.REQUESTED


@pytest.mark.requirement("B38")
def test_a_place_gets_one_bursary():
    request = bursary_asked()
    agreement, by = request.agreement, officer_of(request)
    granted(request=request, source=pot_of(request), amount=Decimal(600), reason="A part.", by=by)
    _, raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email="jo@employer.example", days=3)
    with pytest.raises(NotPossible, match="already pays part"):
        answers.ask_for_bursary(agreement=agreement, reason="The rest too.", by=holder(raw))
    assert agreement.bursary_requests.count() == 1


@pytest.mark.requirement("B38")
def test_a_closed_pot_grants_nothing_and_nobody_is_sent_to_it():
    request = bursary_asked()
    other, raw = asked(cohort=request.agreement.cohort)
    FundingSource.objects.update(is_open=False)
    with pytest.raises(NotPossible, match="you can only refuse"):
        granted(request=request, source=pot_of(request), amount=Decimal(1), reason="Yes.", by=officer_of(request))
    with pytest.raises(NotPossible, match="no bursaries"):
        answers.ask_for_bursary(agreement=other, reason="Please.", by=holder(raw))
    assert pot_of(request).committed == 0


def test_more_than_the_fee_or_from_another_pot_is_refused():
    request = bursary_asked()
    by = officer_of(request)
    for amount in (Decimal(0), Decimal("1000.01"), Decimal(-5)):
        with pytest.raises(NotPossible, match="up to the fee"):
            granted(request=request, source=pot_of(request), amount=amount, reason="Yes.", by=by)
    for pot in (PotFactory(), FundFactory(programme=request.agreement.cohort.programme)):
        with pytest.raises(NotPossible, match="is not a bursary for"):
            granted(request=request, source=pot, amount=Decimal(1), reason="Yes.", by=by)


def test_the_database_itself_refuses_a_pot_below_zero_and_edited_entries():
    request = bursary_asked()
    pot = pot_of(request)
    granted(request=request, source=pot, amount=Decimal(600), reason="Yes.", by=officer_of(request))
    with pytest.raises(IntegrityError), transaction.atomic():
        FundingSource.objects.filter(pk=pot.pk).update(committed=Decimal("3000.01"))
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        Commitment.objects.update(amount=1)


class Sums(TestCase):
    """Whatever is settled and released, in whatever order: promised is the sum of the entries, and within the budget."""

    @settings(max_examples=15, deadline=None)
    @given(
        budget=st.integers(0, 400_000),
        fees=st.lists(st.integers(0, 200_000), min_size=1, max_size=5),
        steps=st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=12),
    )
    def test_what_is_promised_is_the_sum_of_the_entries(self, budget, fees, steps):
        pence = Decimal("0.01")
        first = PublishedCohortFactory(fee=fees[0] * pence)
        fund = FundFactory(programme=first.programme, budget=budget * pence)
        cohorts = [first, *(PublishedCohortFactory(programme=first.programme, fee=fee * pence) for fee in fees[1:])]
        places = [AgreementFactory(cohort=cohort, employer=None) for cohort in cohorts]
        for index, settle in steps:
            place = places[index % len(places)]
            try:
                if settle:
                    act.begin(cohort=place.cohort, person=place.person, employer=None, employer_name="", by=SYSTEM)
                    place.refresh_from_db()
                    act.settle_internally(agreement=place, source=fund, by=SYSTEM)
                else:
                    act.release(agreement=place, reason="Not needed.", by=SYSTEM)
            except NotPossible:
                place.refresh_from_db()
        fund.refresh_from_db()
        standing = sum((p.amount for p in places if p.is_settled), Decimal(0))
        entries = fund.commitments.aggregate(total=Sum("amount"))["total"] or Decimal(0)
        assert fund.committed == entries == standing
        assert 0 <= fund.committed <= fund.budget


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("B38")
def test_two_grants_racing_for_the_last_pounds_get_one_of_them():
    first = bursary_asked()
    second = bursary_asked(cohort=first.agreement.cohort)
    pot = pot_of(first)
    FundingSource.objects.filter(pk=pot.pk).update(budget=Decimal(1500))
    given = {"source": pot, "amount": Decimal(1000), "reason": "Yes.", "by": officer_of(first)}
    for request in (first, second):
        bursaries.propose_grant(request=request, **given)
    by = officer_of(first)
    outcomes = at_once([partial(bursaries.confirm, request=request, by=by) for request in (first, second)])
    assert sorted(isinstance(outcome, NotPossible) for outcome in outcomes) == [False, True]
    pot.refresh_from_db()
    assert pot.committed == 1000


@pytest.mark.requirement("B38")
@pytest.mark.parametrize("superuser", [True, False])
def test_a_decision_needs_a_second_person_who_is_neither_the_first_nor_the_applicant(superuser):
    request = bursary_asked()
    first = UserFactory(is_staff=True, is_superuser=True) if superuser else officer_of(request)
    Message.objects.all().delete()
    bursaries.propose_grant(
        request=request, source=pot_of(request), amount=Decimal(1000), reason="A charity.", by=first
    )
    assert (request.status, request.agreement.status, pot_of(request).committed) == ("proposed", "bursary_asked", 0)
    assert not Message.objects.exists()
    assert list(BursaryRequest.objects.proposed()) == [request]
    for by in (first, request.agreement.person, SYSTEM):
        with pytest.raises(NotAllowed):
            bursaries.confirm(request=request, by=by)
    now = timezone.now()
    with pytest.raises(DatabaseError), transaction.atomic():
        BursaryRequest.objects.update(status="granted", decided_by=first, decided_at=now)
    bursaries.confirm(request=request, by=officer_of(request))
    assert (request.status, request.agreement.is_settled) == ("granted", True)
    with pytest.raises(NotPossible):
        bursaries.send_back(request=request, by=first)


def test_what_was_proposed_can_be_sent_back_and_proposed_otherwise():
    request = bursary_asked()
    first, second = officer_of(request), officer_of(request)
    bursaries.propose_grant(request=request, source=pot_of(request), amount=Decimal(1), reason="Yes.", by=first)
    bursaries.send_back(request=request, by=second)
    assert (request.status, request.proposed_by, request.amount, request.decision_reason) == (
        "requested",
        None,
        None,
        "",
    )
    with pytest.raises(NotPossible):
        bursaries.confirm(request=request, by=second)
    bursaries.propose_refusal(request=request, reason="It is for charities.", by=second)
    bursaries.confirm(request=request, by=first)
    assert (request.status, request.decided_by) == ("refused", first)


def test_a_sponsor_who_agrees_while_a_decision_is_proposed_ends_the_request():
    request = bursary_asked()
    bursaries.propose_refusal(request=request, reason="No.", by=officer_of(request))
    _, raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=request.agreement, email="jo@employer.example", days=3)
    answers.agree(
        agreement=request.agreement, name="Jo", job_title="H", purchase_order="", billing_address="X", by=holder(raw)
    )
    assert BursaryRequest.objects.get().status == "withdrawn"
