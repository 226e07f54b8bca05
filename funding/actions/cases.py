"""Cases of what is owed after leaving: opened with the withdrawal, and closed when there is nothing left to owe for."""

from datetime import date, timedelta
from decimal import Decimal

from funding import liability_notices as notices
from funding.links import CASE_LINK
from funding.models import FeeAgreement, LiabilityCase
from funding.states import LIABILITY
from steppingup import clock
from steppingup.accounts.models import TokenLink


def open_case(agreement: FeeAgreement, owed: Decimal, left_on: date) -> LiabilityCase:
    """From today the participant and the employer have so many days as the terms say to tell of circumstances. Both are told."""
    until = clock.today() + timedelta(days=agreement.circumstances_days)
    case = LiabilityCase.objects.create(agreement=agreement, left_on=left_on, assessed=owed, owed=owed, ask_until=until)
    notices.tell_of_opening(case)
    return case


def close_case(agreement: FeeAgreement) -> LiabilityCase | None:
    """Nothing is owed for having left any more: the participant is back, or the cohort was cancelled."""
    case = agreement.liability_cases.filter(status__in=LIABILITY.moves["close"].sources).first()
    if case:
        LIABILITY.move(case, "close", ended_at=clock.now())
        TokenLink.revoke_all(purpose=CASE_LINK, target=case)
    return case
