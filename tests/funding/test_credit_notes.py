"""Credit notes and their numbers, VAT, and what needs a second person."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.roles import RoleName
from funding.actions import adjustments, credits, invoices, payments
from funding.models import Adjustment, CreditNote, FeeAgreement, Invoice, InvoiceSeries
from funding.rules import VAT_SENTENCES, VatTreatment, vat_in, year_of
from steppingup.accounts.actions.merging import merge
from steppingup.accounts.actors import SYSTEM, NotAllowed, OwnRecord
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import RunningCohortFactory
from tests.factories.funding import AgreementFactory, InvoiceSeriesFactory, issued, proposed, taken_up
from tests.factories.money_moves import TODAY, again, credit, officer, pay
from tests.racing import at_once

pytestmark = pytest.mark.django_db


# -- credit notes ----------------------------------------------------------------------------------


def test_a_part_is_credited_then_the_rest_and_another_invoice_can_be_issued():
    invoice = issued()
    by = officer(invoice)
    note = credit(invoice, 300, by=by)
    assert note.reference == f"CN-{year_of(TODAY(), 'financial')}-00001"
    assert (invoice.standing, invoice.outstanding) == ("Part credited", 700)
    letter = Message.objects.get(kind="funding.credit_note")
    assert letter.to_email == "jo@employer.example"
    for words in (note.reference, invoice.reference, "£300", "£700", "A mistake."):
        assert words in letter.text
    with pytest.raises(NotPossible, match="already been issued"):
        invoices.issue(agreement=invoice.agreement, by=by)
    for amount in (0, "700.01"):
        with pytest.raises(NotPossible, match="up to £700"):
            credit(invoice, amount, by=by)
    with pytest.raises(NotPossible, match="Say why"):
        credits.credit(invoice=invoice, amount=Decimal(1), reason=" ", by=by)
    second = credit(invoice, 700, by=by)
    assert (second.number, invoice.standing, invoice.outstanding) == (2, "Credited", 0)
    with pytest.raises(NotPossible, match="left to credit"):
        credit(invoice, 1, by=by)
    another = invoices.issue(agreement=FeeAgreement.objects.get(), by=by)
    assert (another.number, another.amount) == (2, 1000)
    assert FeeAgreement.objects.get().billed == another


def test_crediting_what_was_paid_keeps_it_as_credit():
    invoice = issued()
    pay(invoice, 1000)
    credit(invoice, 250)
    assert (invoice.status, invoice.on_account) == ("paid", 250)
    credit(invoice, 750)
    assert (invoice.status, invoice.paid_on, invoice.on_account) == ("credited", None, 1000)


def test_a_credit_note_is_kept_by_the_database_and_never_over_more_than_the_invoice():
    note = credit(issued(), 300)
    for change in ({"amount": 1}, {"reason": "Other."}, {"number": 9}, {"bill_to": "Me"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            CreditNote.objects.filter(pk=note.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        note.delete()
    with pytest.raises(DatabaseError, match="More would be credited"), transaction.atomic():
        CreditNote.objects.create(
            series=note.series, year=note.year, number=2, invoice=note.invoice, amount=701, reason="x",
            bill_to="x", description="x", issued_on=TODAY(),
        )  # fmt: skip


def test_nobody_credits_their_own_place_and_a_coordinator_nobodys():
    invoice = issued()
    with pytest.raises(NotAllowed):
        credit(invoice, 1, by=staff(RoleName.COORDINATOR, invoice.agreement.provider))
    with pytest.raises(OwnRecord):
        credit(invoice, 1, by=invoice.agreement.person)


# -- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "financial", "calendar"),
    [
        (date(2027, 3, 31), "2026-27", "2027"),
        (date(2027, 4, 1), "2027-28", "2027"),
        (date(2026, 12, 31), "2026-27", "2026"),
        (date(2099, 4, 1), "2099-00", "2099"),
    ],
)
def test_the_year_of_a_number(day, financial, calendar):
    assert (year_of(day, "financial"), year_of(day, "calendar")) == (financial, calendar)


def test_numbers_begin_again_each_year_and_old_ones_stay(time_machine):
    series = InvoiceSeriesFactory(provider=OrganisationFactory(is_provider=True), years="calendar", last_number=41)
    cohort = RunningCohortFactory(programme__provider=series.provider, fee=1000)
    found = []
    for day in ("2027-03-31", "2027-04-01", "2028-01-01"):
        time_machine.move_to(f"{day} 12:00")
        found.append(issued(agreement=AgreementFactory(cohort=cohort)).reference)
    InvoiceSeries.objects.update(years="financial")
    found.append(issued(agreement=AgreementFactory(cohort=cohort)).reference)
    assert found == ["SU-2027-00001", "SU-2027-00002", "SU-2028-00001", "SU-2027-28-00001"]
    assert Invoice(series=series, number=41).reference == "SU-00041"


@pytest.mark.django_db(transaction=True)
def test_invoices_and_credit_notes_at_once_have_no_gap_in_either_series():
    first = taken_up()
    rows = [first, *(taken_up(cohort=first.cohort) for _ in range(5))]
    sent = [invoices.issue(agreement=row, by=SYSTEM) for row in rows[:3]]

    def fail() -> None:
        """Takes a number of each, and gives them back with everything else."""
        with transaction.atomic():
            credits.credit(invoice=Invoice.objects.get(pk=sent[0].pk), amount=Decimal(1), reason="x", by=SYSTEM)
            raise InterruptedError

    work = [partial(invoices.issue, agreement=row, by=SYSTEM) for row in rows[3:]]
    work += [partial(credits.credit, invoice=one, amount=Decimal(5), reason="x", by=SYSTEM) for one in [*sent, *sent]]
    outcomes = Counter(type(outcome) for outcome in at_once([fail, *work, fail]))
    assert outcomes == {Invoice: 3, CreditNote: 6, InterruptedError: 2}
    for model in (Invoice, CreditNote):
        assert sorted(model.objects.values_list("number", flat=True)) == list(range(1, 7))


# -- VAT -------------------------------------------------------------------------------------------


def with_vat(treatment: str, **more) -> Invoice:
    agreement = taken_up(agreement=AgreementFactory(cohort__fee=more.pop("fee", 1000)))
    InvoiceSeries.objects.update(vat_treatment=treatment, **more)
    return invoices.issue(agreement=agreement, by=SYSTEM)


@pytest.mark.parametrize("treatment", VatTreatment.values)
def test_how_vat_is_treated_is_worded_on_the_invoice_and_stays_when_the_setting_changes(treatment):
    more = {"vat_rate": 20, "vat_number": "GB 123 4567 89"} if treatment == "standard" else {}
    invoice = with_vat(treatment, **more)
    InvoiceSeries.objects.update(vat_treatment="exempt", vat_words="Other words.")
    invoice = again(invoice)
    assert invoice.vat_words == VAT_SENTENCES[VatTreatment(treatment)]
    assert invoice.vat_amount == (Decimal("166.66") if more else 0)
    note = credit(invoice, 100)
    assert (note.vat_words, note.vat_rate) == (invoice.vat_words, invoice.vat_rate)
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(vat_words="Else.")


def test_no_invoice_is_issued_before_the_provider_has_said_how_vat_is_treated():
    agreement = taken_up()
    InvoiceSeries.objects.update(vat_treatment="")
    with pytest.raises(NotPossible, match="First say how VAT is treated"):
        invoices.issue(agreement=agreement, by=SYSTEM)
    with pytest.raises(DatabaseError), transaction.atomic():
        InvoiceSeries.objects.update(vat_treatment="standard")


@given(
    total=st.decimals("0.02", "99999.99", places=2),
    rate=st.sampled_from([Decimal(20), Decimal("17.5"), Decimal(5)]),
)
def test_vat_is_rounded_down_once_and_is_never_a_penny_more_than_it_is(total, rate):
    vat = vat_in(total, rate)
    exact = total - total / (1 + rate / 100)
    assert 0 <= exact - vat < Decimal("0.01")


@settings(max_examples=12, deadline=None)
@given(parts=st.lists(st.integers(1, 39999), min_size=1, max_size=4))
def test_credit_notes_over_the_whole_take_off_all_of_the_vat(parts):
    with transaction.atomic():
        invoice = with_vat("standard", fee=Decimal("999.97"), vat_rate=Decimal(20), vat_number="GB 1")
        for pence in parts:
            with suppress(NotPossible):
                credit(invoice, Decimal(pence) / 100)
        if invoice.creditable:
            credit(invoice, invoice.creditable)
        notes = list(invoice.credit_notes.all())
        assert sum(note.vat_amount for note in notes) == invoice.vat_amount
        assert all(0 <= note.vat_amount <= note.amount for note in notes)
        transaction.set_rollback(True)


# -- the second person -----------------------------------------------------------------------------


@pytest.mark.parametrize("superuser", [True, False])
def test_a_write_off_needs_two_people_and_one_who_may_do_everything_is_one_too(superuser):
    invoice = issued()
    first = UserFactory(is_superuser=True, is_staff=True) if superuser else officer(invoice)
    made = adjustments.propose_write_off(invoice=invoice, amount=Decimal(400), reason="They closed.", by=first)
    assert invoice.outstanding == 1000
    with pytest.raises(NotPossible, match="waits for a second person"):
        adjustments.propose_write_off(invoice=invoice, amount=Decimal(1), reason="x", by=first)
    for act in (adjustments.confirm, partial(adjustments.decline, reason="x")):
        with pytest.raises(OwnRecord, match="second person"):
            act(adjustment=made, by=first)
    with pytest.raises(OwnRecord):
        adjustments.confirm(adjustment=made, by=invoice.agreement.person)
    with pytest.raises(NotAllowed):
        adjustments.confirm(adjustment=made, by=SYSTEM)
    with pytest.raises(DatabaseError), transaction.atomic():
        Adjustment.objects.filter(pk=made.pk).update(status="confirmed", decided_by=first, decided_at=timezone.now())
    adjustments.confirm(adjustment=made, by=officer(invoice))
    assert (again(invoice).outstanding, again(invoice).status) == (600, "issued")


def test_what_was_written_off_in_whole_is_not_paid_before_it_is_taken_back():
    invoice = issued()
    made = adjustments.confirm(adjustment=proposed(invoice), by=officer(invoice))
    invoice = again(invoice)
    assert (invoice.standing, invoice.is_overdue) == ("Written off", False)
    with pytest.raises(NotPossible, match="written off"):
        pay(invoice, 10)
    with pytest.raises(NotPossible, match="Say why it is to be paid"):
        adjustments.take_back(adjustment=made, reason="", by=officer(invoice))
    adjustments.take_back(adjustment=made, reason="They paid.", by=officer(invoice))
    assert again(invoice).standing == "Issued"


def test_a_refund_is_proposed_confirmed_with_its_date_and_told():
    invoice = issued()
    pay(invoice, 1250)
    first, second = officer(invoice), officer(invoice)
    with pytest.raises(NotPossible, match="up to £250"):
        adjustments.propose_refund(invoice=invoice, amount=Decimal(251), reason="Paid twice.", by=first)
    made = adjustments.propose_refund(invoice=invoice, amount=Decimal(250), reason="Paid twice.", by=first)
    assert not Invoice.objects.to_refund().exists()
    for days, sentence in ((1, "in the future"), (-1, "came in on")):
        with pytest.raises(NotPossible, match=sentence):
            adjustments.confirm_refund(adjustment=made, on=TODAY() + timedelta(days=days), by=second)
    with pytest.raises(NotPossible, match="say when"):
        adjustments.confirm(adjustment=made, by=second)
    adjustments.confirm_refund(adjustment=made, on=TODAY(), by=second)
    assert (again(invoice).on_account, again(invoice).refunded, again(invoice).status) == (0, 250, "paid")
    assert "£250" in Message.objects.get(kind="funding.refunded").text
    with pytest.raises(NotPossible, match="cannot be taken back"):
        adjustments.take_back(adjustment=made, reason="x", by=second)
    with pytest.raises(NotPossible, match="No more was paid"):
        adjustments.propose_refund(invoice=again(invoice), amount=Decimal(1), reason="x", by=first)


def test_a_proposal_is_declined_with_a_reason_that_the_first_is_told_or_withdrawn_by_the_first():
    invoice = issued()
    first, second = officer(invoice), officer(invoice)
    made = proposed(invoice, by=first)
    with pytest.raises(NotAllowed, match="Only the person who proposed"):
        adjustments.withdraw(adjustment=made, by=second)
    adjustments.decline(adjustment=made, reason="Ask them again.", by=second)
    letter = Message.objects.get(kind="funding.not_confirmed")
    assert (letter.to, "Ask them again." in letter.text) == (first, True)
    adjustments.withdraw(adjustment=proposed(invoice, by=first), by=first)
    assert set(Adjustment.objects.values_list("status", flat=True)) == {"declined", "withdrawn"}
    with pytest.raises(NotPossible, match="write-off: no money"):
        adjustments.confirm_refund(adjustment=proposed(invoice, by=first), on=TODAY(), by=second)


def test_less_may_be_outstanding_by_the_time_that_it_is_confirmed():
    invoice = issued()
    made = proposed(invoice)
    pay(invoice, 900)
    with pytest.raises(NotPossible, match="£100 is outstanding by now, and £1,000 was proposed. Do not confirm it"):
        adjustments.confirm(adjustment=made, by=officer(invoice))
    with pytest.raises(DatabaseError, match="more than is there"), transaction.atomic():
        Adjustment.objects.filter(pk=made.pk).update(
            status="confirmed", decided_by=UserFactory(), decided_at=timezone.now()
        )
    paid = issued()
    pay(paid, 1000)
    with pytest.raises(NotPossible, match="Nothing is outstanding"):
        adjustments.propose_write_off(invoice=paid, amount=Decimal(1), reason="x", by=officer(paid))


@pytest.mark.parametrize("how", ["merged", "one mailbox"])
def test_a_second_account_is_no_second_person(how):
    """Whoever proposes with one account does not confirm with another that is theirs: nor decide about their own place."""
    invoice, address = issued(), "pat@example.org" if how == "merged" else "pat+money@council.example"
    first = officer(invoice)
    second = staff(RoleName.FINANCE, invoice.agreement.provider, email=address)
    made = proposed(invoice, by=second)
    if how == "merged":
        merge(kept=first, gone=second, by=UserFactory(is_superuser=True, is_staff=True))
    else:
        User.objects.filter(pk=first.pk).update(email="pat@council.example")
    first, made = User.objects.get(pk=first.pk), Adjustment.objects.for_steps().get(pk=made.pk)
    for step in (adjustments.confirm, adjustments.decline):
        assert isinstance(step.refusal(first, made), OwnRecord)
    adjustments.withdraw(adjustment=made, by=first)  # it is theirs to withdraw
    User.objects.filter(pk=invoice.agreement.person_id).update(email="pat+work@council.example")
    User.objects.filter(pk=first.pk).update(email="pat@council.example")
    found = Invoice.objects.for_steps().get(pk=invoice.pk)
    for step in (payments.record, credits.credit, adjustments.propose_write_off):
        assert isinstance(step.refusal(User.objects.get(pk=first.pk), found), OwnRecord)
