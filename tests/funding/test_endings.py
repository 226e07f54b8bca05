"""Money follows: whatever ends a place, nothing stays promised or is asked for that is not owed, and everybody is told."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from applications.roles import RoleName
from cohorts.actions import cohorts, enrolments
from cohorts.models import Enrolment
from funding.actions import agreements as act
from funding.actions import anew, answers, endings, invoices, liability, payments, taking_up
from funding.models import BursaryRequest, Commitment, FeeAgreement, FeeTerms, FundingSource, Invoice, LiabilityCase
from funding.rules import AfterLeaving, Ending, owed_after
from funding.states import AgreementStatus
from funding.terms import default_text
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import make_usual_rules, work_out_reminders
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from steppingup.steps.waiting import waiting_of
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.factories.funding import (
    AgreementFactory,
    FundFactory,
    InvoiceSeriesFactory,
    PotFactory,
    agreed,
    asked,
    bursary_asked,
    granted,
    holder,
    issued,
    taken_up,
)

pytestmark = pytest.mark.django_db


def finance(agreement: FeeAgreement):
    return staff(RoleName.FINANCE, agreement.provider)


def leave(agreement: FeeAgreement) -> FeeAgreement:
    enrolments.withdraw(enrolment=agreement.enrolment, reason="A private matter.", by=SYSTEM)
    return FeeAgreement.objects.get(pk=agreement.pk)


def told(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=f"funding.{kind}"))


def under(rule: str, agreement: FeeAgreement | None = None, **fields) -> FeeAgreement:
    """An agreement that will be asked for under this rule."""
    agreement = agreement or AgreementFactory(cohort__fee=1000, **fields)
    FeeTerms.objects.update_or_create(
        programme=agreement.cohort.programme,
        defaults={"text": default_text(), "invoiced_when": "Soon.", "after_leaving": rule},
    )
    return agreement


@pytest.mark.requirement("N13")
@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("nothing", "nothing more is owed"),
        ("once_started", "once it has started"),
        ("whole", "after taking up the place"),
    ],
)
def test_the_terms_say_what_is_owed_by_who_leaves_and_are_kept_with_the_agreement(rule, said):
    agreement, _ = asked(under(rule))
    assert said in agreement.terms
    assert agreement.after_leaving == rule
    FeeTerms.objects.update(after_leaving="whole" if rule == "nothing" else "nothing", text="Other terms.")
    agreement.refresh_from_db()
    assert said in agreement.terms
    assert agreement.after_leaving == rule


def test_nobody_owes_by_a_rule_that_they_did_not_read():
    agreement = under("whole")
    FeeTerms.objects.update(text="Short terms.")
    assert "the fee is still owed" in asked(agreement)[0].terms
    under("nothing", agreement)
    FeeTerms.objects.update(text="Short terms.")
    assert asked(AgreementFactory(cohort=agreement.cohort))[0].terms == "Short terms."


@pytest.mark.requirement("B36", "B38")
def test_withdrawing_a_participant_with_a_bursary_and_an_invoice_settles_all_of_it():
    request = bursary_asked(under("nothing"))
    officer, pot = finance(request.agreement), FundingSource.objects.get()
    granted(request=request, source=pot, amount=Decimal(400), reason="A charity.", by=officer)
    agreement = taken_up(agreement=FeeAgreement.objects.get())
    invoice = invoices.issue(agreement=agreement, by=officer)
    payments.record(invoice=invoice, amount=Decimal(100), on=timezone.localdate(), by=officer)
    make_usual_rules()
    Message.objects.all().delete()
    agreement = leave(agreement)
    pot.refresh_from_db()
    assert (agreement.status, pot.committed) == (AgreementStatus.RELEASED, 0)
    [letter] = told("invoice_not_owed")
    assert letter.to_email == "jo@employer.example"
    for words in ("is no longer owed", "credit note", "You have paid £100"):
        assert words in letter.text
    assert "private matter" not in letter.text
    letter = next(letter for letter in told("settled") if letter.to == officer)
    for words in ("£400 has gone back to", f"Invoice {invoice} over £600", "£100 was paid for it"):
        assert words in letter.text
    work_out_reminders(today=invoice.due_on + timedelta(days=7))
    assert not told("invoice_overdue")
    invoice = Invoice.objects.get()
    assert (invoice.standing, invoice.is_overdue) == ("No longer owed", False)
    assert list(Invoice.objects.not_owed()) == [invoice]
    assert not Invoice.objects.unpaid().exists()
    with pytest.raises(NotPossible, match="no longer owed"):
        invoices.send_again(invoice=invoice, by=officer)


@pytest.mark.requirement("N13")
def test_by_the_terms_a_leaver_owes_the_fee_the_invoice_stands_and_is_chased():
    invoice = issued(agreement=under("whole", cohort__starts_on=timezone.localdate() + timedelta(days=5)))
    officer = finance(invoice.agreement)
    make_usual_rules()
    Message.objects.all().delete()
    agreement = leave(invoice.agreement)
    assert (agreement.status, agreement.still_owed) == (AgreementStatus.AGREED, True)
    [letter] = told("still_owed")
    assert "owes £1,000" in letter.text
    assert str(invoice) in letter.text
    assert [letter.to for letter in told("settled")] == [officer]
    work_out_reminders(today=invoice.due_on + timedelta(days=7))
    assert not told("invoice_overdue")  # it may still be waived
    LiabilityCase.objects.update(ask_until=timezone.localdate() - timedelta(days=1))
    liability.lapse_due()
    work_out_reminders(today=invoice.due_on + timedelta(days=7))
    assert told("invoice_overdue")
    with pytest.raises(NotPossible, match="decided about in the liability case"):
        act.release(agreement=agreement, reason="x", by=officer)


@pytest.mark.parametrize(("days", "owed"), [(-1, True), (0, True), (1, False)])
def test_once_started_means_from_the_first_day(days, owed):
    first = timezone.localdate() + timedelta(days=days)
    agreement = taken_up(
        agreement=under("once_started", cohort__starts_on=first, cohort__ends_on=first + timedelta(days=90))
    )
    assert leave(agreement).still_owed is owed
    LiabilityCase.objects.update(ask_until=timezone.localdate() - timedelta(days=1))
    liability.lapse_due()
    assert FeeAgreement.objects.to_invoice().exists() is owed


@pytest.mark.requirement("N14")
def test_what_a_leaver_owes_is_waived_by_finance_with_a_reason_that_the_sponsor_reads():
    agreement = leave(taken_up(agreement=under("whole")))
    officer, case = finance(agreement), agreement.liability_cases.get()
    waived = {"case": case, "outcome": "waived"}
    with pytest.raises(NotAllowed):
        liability.decide(**waived, reason="Illness.", by=staff(RoleName.COORDINATOR, agreement.provider))
    with pytest.raises(NotPossible, match="Give the reason"):
        liability.decide(**waived, reason=" ", by=officer)
    Message.objects.all().delete()
    liability.decide(**waived, reason="Illness.", by=officer)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.still_owed) == (AgreementStatus.RELEASED, False)
    assert "Illness." in told("not_needed")[0].text
    with pytest.raises(NotPossible, match="you cannot"):
        liability.decide(**waived, reason="Illness.", by=officer)


def test_a_fund_keeps_what_is_spent_and_gets_back_what_is_not():
    for rule, left in (("whole", 1000), ("nothing", 0)):
        agreement = under(rule)
        fund = FundFactory(programme=agreement.cohort.programme)
        act.settle_internally(agreement=agreement, source=fund, by=SYSTEM)
        place = ParticipantFactory(cohort=agreement.cohort, participant=agreement.person)
        taking_up.attach_enrolment(agreement=agreement, enrolment=place)
        leave(agreement)
        fund.refresh_from_db()
        assert fund.committed == left


def test_who_left_before_money_followed_waits_for_finance_to_settle_it():
    agreement = taken_up(agreement=under("nothing"))
    Enrolment.objects.update(status="withdrawn", withdrawn_at=timezone.now())
    assert list(FeeAgreement.objects.to_settle()) == [agreement]
    assert not FeeAgreement.objects.to_invoice().exists()
    agreement = FeeAgreement.objects.get()
    endings.settle(agreement=agreement, by=finance(agreement))
    assert agreement.status == AgreementStatus.RELEASED
    assert not FeeAgreement.objects.to_settle().exists()
    with pytest.raises(NotPossible, match="nothing to settle"):
        endings.settle(agreement=agreement, by=finance(agreement))


def test_cancelling_a_cohort_lets_everything_go_and_tells_finance_once():
    cohort = RunningCohortFactory(fee=1000)
    agreement = under("whole", AgreementFactory(cohort=cohort))
    invoice = issued(agreement=agreement)
    waiting, raw = asked(AgreementFactory(cohort=cohort))
    fund = FundFactory(programme=cohort.programme)
    internal = act.settle_internally(agreement=AgreementFactory(cohort=cohort), source=fund, by=SYSTEM)
    officer, link = finance(agreement), holder(raw)
    Message.objects.all().delete()
    cohorts.cancel(cohort=cohort, by=SYSTEM)
    assert set(FeeAgreement.objects.values_list("status", flat=True)) == {AgreementStatus.RELEASED}
    fund.refresh_from_db()
    assert fund.committed == 0
    [letter] = told("cohort_settled")
    assert letter.to == officer
    assert f"{agreement.person}: Invoice {invoice}" in letter.text
    assert f"{internal.person}: £1,000 has gone back to {fund.name}." in letter.text
    assert str(waiting.person) not in letter.text
    assert (len(told("invoice_not_owed")), len(told("not_needed"))) == (1, 1)
    with pytest.raises(NotPossible, match="link has been replaced"):
        answers.decline(agreement=waiting, reason="No.", by=link)


def test_who_completed_had_the_place_and_owes_for_it_though_the_cohort_is_cancelled():
    agreement = taken_up(agreement=under("nothing", AgreementFactory(cohort=RunningCohortFactory(fee=1000))))
    Enrolment.objects.update(status="completed", completed_at=timezone.now())
    cohorts.cancel(cohort=agreement.cohort, by=SYSTEM)
    agreement.refresh_from_db()
    assert agreement.is_settled


# -- any sequence ----------------------------------------------------------------------------------


class World:
    """One cohort, a fund and a pot for three places, and what a bookkeeper would keep of it by hand."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory(fee=1000, capacity=9)
        InvoiceSeriesFactory(provider=self.cohort.programme.provider)
        self.fund = FundFactory(programme=self.cohort.programme, budget=2000)
        self.pot = PotFactory(programme=self.cohort.programme, budget=1500)
        self.officer = staff(RoleName.FINANCE, self.cohort.programme.provider)
        employer = OrganisationFactory()
        self.rows = [AgreementFactory(cohort=self.cohort, employer=employer) for _ in range(3)]
        #: Pounds that are promised or spent, by agreement.
        self.promised = dict.fromkeys((row.pk for row in self.rows), Decimal(0))

    def now(self, place: int) -> FeeAgreement:
        return FeeAgreement.objects.select_related("enrolment", "cohort__programme__provider").get(
            pk=self.rows[place].pk
        )

    # Each move does something, or is refused and changes nothing.

    def rule(self, place: int, rule: str) -> None:
        under(rule, self.rows[0])

    def ask(self, place: int) -> None:
        agreement = self.now(place)
        if agreement.status == AgreementStatus.RELEASED:
            act.begin(
                cohort=self.cohort, person=agreement.person, employer=agreement.employer, employer_name="", by=SYSTEM
            )
        asked(self.now(place))

    def agree(self, place: int) -> None:
        agreed(self.now(place))

    def bursary(self, place: int, amount: int) -> None:
        request = bursary_asked(self.now(place))
        granted(request=request, source=self.pot, amount=Decimal(amount), reason="Yes.", by=self.officer)
        self.promised[request.agreement_id] = Decimal(amount)

    def from_fund(self, place: int) -> None:
        agreement = self.now(place)
        act.settle_internally(agreement=agreement, source=self.fund, by=SYSTEM)
        self.promised[agreement.pk] = Decimal(1000)

    def take_up(self, place: int) -> None:
        agreement = self.now(place)
        if agreement.enrolment:
            raise NotPossible("Had it already.")
        person = ParticipantFactory(cohort=self.cohort, participant=agreement.person, employer=agreement.employer)
        taking_up.attach_enrolment(agreement=agreement, enrolment=person)

    def issue(self, place: int) -> None:
        invoices.issue(agreement=self.now(place), by=self.officer)

    def leave(self, place: int) -> None:
        agreement = self.now(place)
        if agreement.enrolment is None:
            raise NotPossible("Nobody is there.")
        left, of = timezone.localdate(), agreement.cohort
        dates = {"starts_on": of.starts_on, "ends_on": of.ends_on, "left_on": left}
        rule = agreement.after_leaving
        leave(agreement)
        self.promised[agreement.pk] = owed_after(
            Ending.LEFT, after_leaving=rule, whole=self.promised[agreement.pk], **dates
        )

    def release(self, place: int) -> None:
        act.release(agreement=self.now(place), reason="Not needed.", by=SYSTEM)
        self.promised[self.rows[place].pk] = Decimal(0)

    def waive(self, place: int) -> None:
        agreement = self.now(place)
        case = agreement.liability_cases.undecided().first()
        if case:
            liability.decide(case=case, outcome="waived", reason="Illness.", by=self.officer)
        else:
            endings.return_to_fund(agreement=agreement, reason="Illness.", by=self.officer)
        self.promised[self.rows[place].pk] = Decimal(0)

    def cancel(self, place: int) -> None:
        cohorts.cancel(cohort=self.cohort, by=SYSTEM)
        for agreement in FeeAgreement.objects.filter(still_owed=False):
            self.promised[agreement.pk] = Decimal(0)

    def check(self) -> None:
        for source in (self.fund, self.pot):
            source.refresh_from_db()
            entries = Commitment.objects.filter(source=source).aggregate(s=Sum("amount"))["s"] or 0
            assert source.committed == entries
            assert 0 <= source.committed <= source.budget
        assert self.fund.committed + self.pot.committed == sum(self.promised.values())
        for agreement in FeeAgreement.objects.select_related("enrolment"):
            ended = agreement.status == AgreementStatus.RELEASED
            links = TokenLink.objects.usable().filter(object_id=agreement.pk, purpose="fee-agreement")
            assert not (ended and links.exists())
            assert not (ended and BursaryRequest.objects.filter(agreement=agreement).waiting().exists())
            gone = agreement.enrolment is not None and agreement.enrolment.status == "withdrawn"
            assert agreement.still_owed is (gone and not ended)
            chased = Invoice.objects.unpaid().filter(agreement=agreement).exists()
            assert chased is (agreement.is_owed and agreement.billed is not None)
            assert FeeAgreement.objects.to_invoice().filter(pk=agreement.pk).exists() is (
                agreement.is_owed and agreement.billed is None and agreement.employer_pays > 0
            )


PLACES = st.integers(0, 2)
MOVES: st.SearchStrategy[tuple[str, dict]] = st.one_of(
    st.tuples(st.just("rule"), st.fixed_dictionaries({"rule": st.sampled_from(AfterLeaving.values)})),
    st.tuples(st.just("bursary"), st.fixed_dictionaries({"amount": st.sampled_from([400, 1000])})),
    *(st.tuples(st.just(name), st.just({})) for name in ("agree", "from_fund", "take_up", "issue", "leave", "leave")),
    *(st.tuples(st.just(name), st.just({})) for name in ("ask", "release", "waive", "take_up")),
)


class TestAnySequence(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(PLACES, MOVES), min_size=6, max_size=16), st.booleans())
    def test_promised_is_what_a_bookkeeper_would_keep_and_nobody_is_chased_for_what_is_not_owed(self, moves, cancelled):
        world = World()
        for place, (name, more) in moves:
            move: Callable[..., None] = getattr(world, name)
            with suppress(NotPossible), transaction.atomic():
                move(place, **more)
        world.check()
        if cancelled:
            world.cancel(0)
            world.check()


def test_a_place_that_nobody_pays_for_any_more_waits_for_finance_and_is_paid_for_anew():
    """Withdrawing was taken back, and the fund was spent since."""
    agreement = under(AfterLeaving.NOTHING)
    fund = FundFactory(programme=agreement.cohort.programme, budget=1000)
    act.settle_internally(agreement=agreement, source=fund, by=SYSTEM)
    place = ParticipantFactory(cohort=agreement.cohort, participant=agreement.person)
    taking_up.attach_enrolment(agreement=agreement, enrolment=place)
    officer, coordinator = finance(agreement), staff(RoleName.COORDINATOR, agreement.provider)
    enrolments.withdraw(enrolment=agreement.enrolment, reason="The wrong person.", by=coordinator)
    other = AgreementFactory(cohort=agreement.cohort)
    act.settle_internally(agreement=other, source=fund, by=SYSTEM)
    with pytest.raises(NotPossible, match="has no place"):
        anew.begin_again(agreement=agreement, by=officer)
    take_back(taking=Taking.objects.standing().on(agreement.enrolment).first(), reason="A mistake.", by=coordinator)
    rows = FeeAgreement.objects.visible_to(officer)
    waits = waiting_of(FeeAgreement)
    assert list(waits["begin_again"].rows(rows)) == [agreement]
    agreement = FeeAgreement.objects.get(pk=agreement.pk)
    anew.begin_again(agreement=agreement, by=officer)
    assert list(waits["ask"].rows(rows)) == [agreement]
    asked(agreement)
    assert not any(waits[name].rows(rows).filter(pk=agreement.pk).exists() for name in ("begin_again", "ask"))
