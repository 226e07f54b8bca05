"""What is owed as somebody has left: a share of it, circumstances, a decision, an appeal, and then the invoice or nothing (N13 to N15)."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from applications.roles import RoleName
from cohorts.actions import cohorts, enrolments
from funding.actions import agreements, endings, liability, taking_up
from funding.models import Evidence, FeeAgreement, FeeTerms, Invoice, LiabilityCase, Statement
from funding.rules import AfterLeaving, Ending, OwedOf, Payer, owed_after
from funding.states import CaseStatus, Route
from funding.terms import default_text
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.reminders import make_usual_rules, work_out_reminders
from steppingup.steps.waiting import waiting_of
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.factories.funding import AgreementFactory, FundFactory, asked, case_holder, left_owing, taken_up
from tests.funding.cases import fresh, officer, owing, told

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@pytest.mark.requirement("N13", "N15")
@given(
    whole=st.decimals(0, 100_000, places=2),
    starts=DAYS,
    length=st.integers(0, 500),
    left=DAYS,
    later=st.integers(0, 400),
    rule=st.sampled_from(AfterLeaving.values),
)
def test_a_share_is_never_below_nothing_nor_above_the_whole_grows_with_the_days_and_adds_up(
    whole, starts, length, left, later, rule
):
    dates = {"starts_on": starts, "ends_on": starts + timedelta(days=length)}
    owed, more = (
        owed_after(Ending.LEFT, after_leaving=rule, whole=whole, left_on=day, **dates)
        for day in (left, left + timedelta(days=later))
    )
    assert 0 <= owed <= more <= whole
    assert owed == owed.quantize(Decimal("0.01"))
    assert owed + (whole - owed) == whole
    if rule == AfterLeaving.SHARE:
        assert left >= starts or owed == 0
        assert left < dates["ends_on"] or owed == whole
    for ending in (Ending.CANCELLED, Ending.NOT_TAKEN_UP):
        assert owed_after(ending, after_leaving=rule, whole=whole, left_on=left, **dates) == 0


def test_half_of_the_days_are_half_of_the_pounds_to_the_penny():
    dates = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 10), "left_on": date(2026, 3, 5)}
    assert owed_after(Ending.LEFT, after_leaving="share", whole=Decimal("970.01"), **dates) == Decimal("485.00")


# -- the terms -------------------------------------------------------------------------------------


def nhs(**more) -> FeeAgreement:
    agreement = AgreementFactory(cohort=RunningCohortFactory(fee=0, cost=970))
    said = {"payer": Payer.PROVIDER, "after_leaving": "whole", "owed_of": OwedOf.COST, **more}
    FeeTerms.objects.create(programme=agreement.cohort.programme, text=default_text(), invoiced_when="Soon.", **said)
    return agreement


@pytest.mark.requirement("N11", "N13", "N15")
def test_where_there_is_no_fee_the_employer_agrees_by_the_same_link_to_what_it_owes(client):
    agreement, raw = asked(nhs())
    text = client.get(reverse("funding:support", args=[raw])).text
    for words in ("asks you to agree the terms", "£970", "the cost of the place is still owed", "Yes, we agree"):
        assert words in text
    [letter] = told("asked")
    assert "pays £970" in letter.text
    case = left_owing(agreement=nhs())
    agreement = case.agreement
    assert (agreement.route, agreement.amount, case.assessed, agreement.employer_pays) == (Route.PROVIDER, 0, 970, 970)
    assert "If " in agreement.promised["after_leaving"]


@pytest.mark.requirement("N15")
def test_what_was_signed_holds_whatever_the_terms_say_since():
    agreement, _ = asked(nhs())
    FeeTerms.objects.update(after_leaving="nothing", circumstances_days=1)
    agreement.refresh_from_db()
    assert (agreement.after_leaving, agreement.owed_of, agreement.circumstances_days) == ("whole", "cost", 14)


def test_a_fund_that_bore_the_cost_has_it_back_once_the_employer_owes_it():
    agreement = nhs()
    fund = FundFactory(programme=agreement.cohort.programme)
    FeeTerms.objects.update(payer=Payer.FUND, fund=fund)
    case = left_owing(agreement=agreement)
    fund.refresh_from_db()
    assert (case.agreement.route, fund.committed) == (Route.INTERNAL, 970)
    LiabilityCase.objects.update(ask_until=timezone.localdate() - timedelta(days=1))
    assert liability.lapse_due() == 1
    fund.refresh_from_db()
    assert fund.committed == 0


# -- rules -----------------------------------------------------------------------------------------


def test_only_a_waiver_is_decided_before_the_days_to_tell_us_have_passed():
    case = owing()
    by = officer(case)
    with pytest.raises(NotPossible, match="they can still tell us"):
        liability.decide(case=case, outcome="stands", reason="No.", by=by)
    liability.tell(case=case, text="Ill.", by=case_holder(case))
    for amount in (None, Decimal(0), Decimal(1000)):
        with pytest.raises(NotPossible, match="above zero and below £1,000"):
            liability.decide(case=case, outcome="reduced", amount=amount, reason="So.", by=by)
    with pytest.raises(NotAllowed):
        liability.decide(case=case, outcome="waived", reason="So.", by=SYSTEM)


def test_the_database_lets_nobody_decide_about_an_appeal_against_their_own_decision():
    case = owing()
    by = officer(case)
    liability.tell(case=case, text="Ill.", by=case.agreement.person)
    case = liability.decide(case=fresh(case), outcome="stands", reason="No.", by=by)
    liability.appeal(case=fresh(case), text="But.", by=case.agreement.person)
    values = {
        "appeal_decided_by": by,
        "appeal_decided_at": timezone.now(),
        "appeal_outcome": "stands",
        "appeal_reason": "x",
    }
    with pytest.raises(IntegrityError, match="appeal_second_person"), transaction.atomic():
        LiabilityCase.objects.update(**values)


@pytest.mark.parametrize("stage", ["open", "decided"])
def test_what_nobody_spoke_against_in_time_stands_and_is_reminded_of_before(stage):
    case = owing()
    make_usual_rules()
    if stage == "decided":
        liability.tell(case=case, text="Ill.", by=case.agreement.person)
        case = liability.decide(case=fresh(case), outcome="stands", reason="No.", by=officer(case))
    last = case.appeal_until or case.ask_until
    work_out_reminders(today=last - timedelta(days=4))
    assert len(told("liability_reminder")) == len(told("liability_reminder_sponsor")) == 1
    assert liability.lapse_due() == 0
    with time_machine.travel(timezone.localtime() + timedelta(days=15)):
        with pytest.raises(NotPossible, match="This was possible until"):
            (liability.appeal if stage == "decided" else liability.tell)(
                case=fresh(case), text="Late.", by=case.agreement.person
            )
        assert liability.lapse_due() == 1
        assert liability.lapse_due() == 0
    assert fresh(case).status == CaseStatus.OWED
    assert len(told("liability_ended")) == 1


def test_whoever_is_back_owes_nothing_for_having_left():
    case = owing()
    enrolments.come_back(enrolment=case.agreement.enrolment, by=SYSTEM)
    case = fresh(case)
    assert (case.status, case.agreement.still_owed, case.agreement.owed) == (CaseStatus.CLOSED, False, None)
    assert case.agreement.employer_pays == 1000


@pytest.mark.parametrize(("settled", "status"), [(False, CaseStatus.CLOSED), (True, CaseStatus.OWED)])
def test_a_cancelled_cohort_closes_what_is_not_settled_and_leaves_what_is(settled, status):
    case = owing()
    if settled:
        LiabilityCase.objects.update(ask_until=timezone.localdate() - timedelta(days=1))
        liability.lapse_due()
    cohorts.cancel(cohort=case.agreement.cohort, by=SYSTEM)
    assert fresh(case).status == status


def test_it_is_looked_at_again_when_something_comes_to_light_after_the_invoice():
    case = owing()
    LiabilityCase.objects.update(ask_until=timezone.localdate() - timedelta(days=1))
    liability.lapse_due()
    by = officer(case)
    invoice = liability.invoice(case=fresh(case), by=by)
    case = liability.reopen(case=fresh(case), why="A letter was late.", by=by)
    assert "A letter was late." in told("still_owed")[-1].text
    assert not Invoice.objects.chased(invoice.due_on, invoice.due_on).exists()
    liability.tell(case=fresh(case), text="Ill.", by=case.agreement.person)
    case = liability.decide(case=fresh(case), outcome="reduced", amount=Decimal(300), reason="So.", by=by)
    LiabilityCase.objects.update(appeal_until=timezone.localdate() - timedelta(days=1))
    liability.lapse_due()
    assert Invoice.objects.to_credit().get() == invoice
    with pytest.raises(NotPossible, match="already been issued"):
        liability.invoice(case=fresh(case), by=by)


def test_a_place_is_not_released_while_something_is_owed_for_leaving_it():
    case = owing()
    with pytest.raises(NotPossible, match="decided about in the liability case"):
        agreements.release(agreement=case.agreement, reason="x", by=case.agreement.person)


def test_what_was_told_is_forgotten_a_year_after_it_was_settled():
    case = owing()
    liability.tell(case=case, text="Ill.", by=case.agreement.person)
    liability.decide(case=fresh(case), outcome="waived", reason="Yes.", by=officer(case))
    assert liability.forget_due() == 0
    with time_machine.travel(timezone.localtime() + timedelta(days=370)):
        assert liability.forget_due() == 1
    assert not Statement.objects.exists()
    assert not Evidence.objects.exists()
    assert fresh(case).reason == "Yes."


def test_those_who_decide_find_it_on_their_first_page():
    case = owing()
    by = officer(case)
    liability.tell(case=case, text="Ill.", by=case.agreement.person)
    waits = waiting_of(LiabilityCase)["decide"]
    assert waits.rows(LiabilityCase.objects.visible_to(by)).get() == case
    assert not waits.rows(LiabilityCase.objects.visible_to(case.agreement.person)).exists()


def test_without_a_rule_nothing_is_opened():
    agreement = taken_up(agreement=AgreementFactory(cohort=RunningCohortFactory(fee=1000)))
    enrolments.withdraw(enrolment=agreement.enrolment, reason="x", by=SYSTEM)
    assert not LiabilityCase.objects.exists()


def test_money_of_a_fund_that_stayed_spent_is_given_back_with_a_reason():
    agreement = AgreementFactory(cohort=RunningCohortFactory(fee=1000))
    FeeTerms.objects.create(programme=agreement.cohort.programme, text="x", invoiced_when="x", after_leaving="whole")
    fund = FundFactory(programme=agreement.cohort.programme)
    agreements.settle_internally(agreement=agreement, source=fund, by=SYSTEM)
    place = ParticipantFactory(cohort=agreement.cohort, participant=agreement.person)
    taking_up.attach_enrolment(agreement=agreement, enrolment=place)
    enrolments.withdraw(enrolment=place, reason="x", by=SYSTEM)
    agreement = FeeAgreement.objects.get()
    assert not agreement.liability_cases.exists()
    endings.return_to_fund(agreement=agreement, reason="Agreed.", by=staff(RoleName.FINANCE, agreement.provider))
    fund.refresh_from_db()
    assert fund.committed == 0
    with pytest.raises(NotPossible, match="No money of a fund"):
        endings.return_to_fund(agreement=agreement, reason="Again.", by=staff(RoleName.FINANCE, agreement.provider))


def test_the_rule_is_one_table():
    """Never had it, or cancelled: nothing. Left: what the terms say, and when."""
    first, last = date(2026, 3, 1), date(2026, 3, 10)
    dates = {"starts_on": first, "ends_on": last}
    owed = {
        (str(ending), rule, day): pounds
        for ending, rule, day in product(Ending, AfterLeaving.values, (first - timedelta(days=1), first, last))
        if (pounds := owed_after(ending, after_leaving=rule, whole=Decimal(1000), left_on=day, **dates))
    }
    assert owed == {
        **{("left", "once_started", day): 1000 for day in (first, last)},
        **{("left", "whole", day): 1000 for day in (first - timedelta(days=1), first, last)},
        ("left", "share", first): 100,
        ("left", "share", last): 1000,
    }
