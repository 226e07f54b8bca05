"""Every step that is not in the table is refused, by the lifecycle and by the database."""

import pytest
from django.db import DatabaseError, transaction

from funding.models import BursaryRequest, FeeAgreement
from funding.states import AGREEMENT, BURSARY, AgreementStatus, BursaryStatus
from steppingup.history.lifecycle import NotPossible
from tests.factories.funding import agreed, asked, bursary_asked

pytestmark = pytest.mark.django_db


def test_an_agreed_fee_only_ends_by_being_released():
    agreement = agreed()
    assert set(AGREEMENT.possible(agreement.status)) == {"release"}
    for name in set(AGREEMENT.moves) - {"release"}:
        with pytest.raises(NotPossible):
            AGREEMENT.move(agreement, name)
    for status in set(AgreementStatus) - {AgreementStatus.AGREED, AgreementStatus.RELEASED}:
        with pytest.raises(DatabaseError), transaction.atomic():
            FeeAgreement.objects.filter(pk=agreement.pk).update(status=status)


def test_a_fee_that_was_asked_cannot_be_agreed_without_its_amount_and_date():
    agreement, _ = asked()
    with pytest.raises(DatabaseError), transaction.atomic():
        FeeAgreement.objects.filter(pk=agreement.pk).update(status=AgreementStatus.AGREED)


def test_a_request_is_not_granted_without_a_person_a_reason_and_a_pot():
    request = bursary_asked()
    for status in (BursaryStatus.GRANTED, BursaryStatus.REFUSED):
        with pytest.raises(DatabaseError), transaction.atomic():
            BursaryRequest.objects.filter(pk=request.pk).update(status=status)
    BURSARY.move(request, "withdraw")
    for name in BURSARY.moves:
        with pytest.raises(NotPossible):
            BURSARY.move(request, name)
