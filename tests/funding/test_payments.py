"""Payments as they were: the sums always balance, by invoice and by payer."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from funding.actions import adjustments, endings, invoices, payments
from funding.models import Adjustment, Allocation, FeeAgreement, Invoice, Payment
from funding.queries import money_of
from steppingup.accounts.actors import SYSTEM
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import UserFactory
from tests.factories.funding import AgreementFactory, issued, proposed, taken_up
from tests.factories.money_moves import TODAY, again, credit, officer, pay, same_payer
from tests.staff import take_step

pytestmark = pytest.mark.django_db


# -- payments --------------------------------------------------------------------------------------


def test_parts_are_paid_until_nothing_is_outstanding_and_can_be_reversed_with_a_reason():
    invoice = issued()
    by = officer(invoice)
    first = pay(invoice, "400.50", by=by)
    assert (invoice.standing, invoice.outstanding) == ("Part paid", Decimal("599.50"))
    second = pay(invoice, "599.50", by=by)
    assert (invoice.standing, invoice.paid_on) == ("Paid", TODAY())
    with pytest.raises(NotPossible, match="Say why the payment is reversed"):
        payments.take_back(invoice=invoice, payment=second, reason=" ", by=by)
    entry = payments.take_back(invoice=invoice, payment=first, reason="It was for somebody else.", by=by)
    assert (entry.amount, entry.reason) == (Decimal("-400.50"), "It was for somebody else.")
    assert (invoice.standing, invoice.outstanding) == ("Part paid", Decimal("400.50"))
    with pytest.raises(NotPossible, match="no such payment"):
        payments.take_back(invoice=invoice, payment=first, reason="Twice.", by=by)
    payments.take_back(invoice=invoice, payment=second, reason="Bounced.", by=by)
    assert (invoice.standing, invoice.outstanding) == ("Issued", 1000)
    for row in (first, Allocation.objects.first()):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(amount=1)


@pytest.mark.parametrize(
    ("amount", "days", "sentence"),
    [(-1, 0, "above zero"), (0, 0, "above zero"), (1, 1, "in the future"), (1, -1, "cannot be from before")],
)
def test_the_date_of_a_payment_is_never_to_come_and_never_before_the_invoice(amount, days, sentence):
    with pytest.raises(NotPossible, match=sentence):
        pay(issued(), amount, on=TODAY() + timedelta(days=days))


def test_what_is_paid_too_much_is_kept_and_set_against_another_invoice_of_the_payer():
    invoice, other = same_payer()
    stranger = issued(agreement=AgreementFactory(cohort=invoice.agreement.cohort))
    by = officer(invoice)
    pay(invoice, 1300, by=by)
    assert (invoice.status, invoice.on_account, invoice.outstanding) == ("paid", 300, 0)
    with pytest.raises(NotPossible, match="same payer"):
        payments.set_against(invoice=invoice, other=stranger, by=by)
    payments.set_against(invoice=invoice, other=other, by=by)
    assert (again(invoice).on_account, again(other).outstanding) == (0, 700)
    with pytest.raises(NotPossible, match="No more was paid"):
        payments.set_against(invoice=invoice, other=other, by=by)
    # Reversing it takes it from both.
    payments.take_back(invoice=again(invoice), payment=Payment.objects.get(), reason="Bounced.", by=by)
    assert (again(invoice).outstanding, again(other).outstanding) == (1000, 1000)


def test_a_payer_without_another_invoice_has_nothing_to_set_credit_against():
    invoice = issued()
    pay(invoice, 1001)
    with pytest.raises(NotPossible, match="no other invoice"):
        payments.set_against(invoice=invoice, other=invoice, by=officer(invoice))


def test_one_payment_pays_several_invoices_this_one_first_and_the_rest_stays_on_it():
    invoice, second, third = same_payer(3)
    pay(invoice, "2500", also=[second, third])
    assert [again(one).outstanding for one in (invoice, second, third)] == [0, 0, 500]
    assert Payment.objects.get().allocations.count() == 3
    pay(third, 800, also=[])
    assert again(third).on_account == 300
    with pytest.raises(NotPossible, match="one payer"):
        pay(issued(), 10, also=[third])


def test_the_payer_says_how_much_is_for_which_invoice(in_admin):
    invoice, second, third, fourth = same_payer(4)
    by = officer(invoice)
    given = {"amount": Decimal(1500), "also": [second, third], "by": by}
    for parts, sentence, field in (
        ({second.pk: Decimal(0)}, "Enter an amount above zero, or leave it empty", f"part_{second.pk}"),
        (
            {third.pk: Decimal("1000.01")},
            f"£1,000 is outstanding on invoice {third}. Enter that or less",
            f"part_{third.pk}",
        ),
        ({second.pk: Decimal(800), third.pk: Decimal(701)}, "come to £1,501, and the payment is £1,500", "amount"),
        ({fourth.pk: Decimal(1)}, "invoices of one payer", "also"),
    ):
        with pytest.raises(NotPossible, match=sentence) as refused, transaction.atomic():
            pay(invoice, parts=parts, **given)
        assert refused.value.field == field
    # On the page: £300 of it for the third, the second ticked, the rest for this one.
    url, browser = reverse("admin:funding_invoice_step", args=[invoice.pk, "pay"]), in_admin(by)
    sent = {"amount": "1500", "on": f"{TODAY()}", "also": [second.pk], f"part_{third.pk}": "300", "reference": "BACS 7"}
    shown = browser.post(url, {**sent, "filled": "yes"}).text
    said = f"It pays £1,000 of £1,000 for invoice {invoice}; £200 of £1,000 for invoice {second}; £300 of £1,000 for invoice {third}."
    assert said in shown
    too_much = browser.post(url, {**sent, f"part_{third.pk}": "1501", "filled": "yes"}).text
    assert f"£1,000 is outstanding on invoice {third}" in too_much
    take_step(browser, url, **sent)
    assert [again(one).outstanding for one in (invoice, second, third, fourth)] == [0, 800, 700, 1000]
    # Nothing has to be for this one, and taking it back opens all of them again.
    payments.take_back(invoice=again(invoice), payment=Payment.objects.get(), reason="Wrong.", by=by)
    pay(
        again(invoice),
        1000,
        also=[again(second), again(third)],
        parts={second.pk: Decimal(1), third.pk: Decimal(999)},
        by=by,
    )
    assert [again(one).outstanding for one in (invoice, second, third)] == [1000, 999, 1]


def test_a_second_payment_of_a_paid_invoice_is_kept_as_credit():
    invoice = issued()
    pay(invoice, 1000)
    pay(invoice, 1000, reference="again")
    assert (invoice.standing, invoice.on_account) == ("Paid", 1000)
    assert list(Invoice.objects.to_refund()) == [invoice]


def test_the_database_keeps_every_payment_set_against_invoices_in_full():
    invoice = issued()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="in full"), transaction.atomic():
        Payment.objects.create(invoice=invoice, amount=10, on=TODAY(), recorded_by=UserFactory())


# -- any sequence ----------------------------------------------------------------------------------

BALANCE = """
    SELECT i.id, i.status, i.amount,
        (SELECT coalesce(sum(amount), 0) FROM funding_creditnote WHERE invoice_id = i.id),
        (SELECT coalesce(sum(amount), 0) FROM funding_adjustment
         WHERE invoice_id = i.id AND kind = 'write_off' AND status = 'confirmed'),
        (SELECT coalesce(sum(amount), 0) FROM funding_allocation WHERE invoice_id = i.id),
        (SELECT coalesce(sum(amount), 0) FROM funding_adjustment
         WHERE invoice_id = i.id AND kind = 'refund' AND status = 'confirmed')
    FROM funding_invoice i ORDER BY i.id"""


class Books:
    """Three invoices of one payer, and the running total that a bookkeeper would keep of each beside the product."""

    def __init__(self) -> None:
        self.invoices = same_payer(3)
        self.first, self.second = (officer(self.invoices[0]) for _ in range(2))
        self.cash = Decimal(0)  # what the payer has really paid, less what came back
        self.taken_off = Counter({one.pk: Decimal(0) for one in self.invoices})

    def pay(self, invoice: Invoice, amount: Decimal, several: bool) -> None:
        others = [one for one in self.invoices if one.pk != invoice.pk and again(one).status == "issued"]
        number = Payment.objects.count()
        pay(invoice, amount, also=others if several else [], reference=str(number), by=self.first)
        self.cash += amount

    def split(self, invoice: Invoice, amount: Decimal, several: bool) -> None:
        """A third for each of the others, as far as it is outstanding there; typed for the first, or for both."""
        others = [again(one) for one in payments.others_of_payer(invoice)]
        wanted = {one.pk: min((amount / 3).quantize(Decimal("0.01")), one.outstanding) for one in others}
        parts = dict(list({pk: part for pk, part in wanted.items() if part}.items())[: 2 if several else 1])
        before = {one.pk: one.outstanding for one in others}
        pay(invoice, amount, also=others, parts=parts, reference=f"split {Payment.objects.count()}", by=self.first)
        assert all(before[pk] - again(Invoice(pk=pk)).outstanding == part for pk, part in parts.items())
        self.cash += amount

    def reverse(self, invoice: Invoice, amount: Decimal, several: bool) -> None:
        payment = payments.standing_payments(invoice).first()
        if payment is None:
            raise NotPossible("None.")
        payments.take_back(invoice=invoice, payment=payment, reason="Wrong.", by=self.first)
        self.cash -= payment.amount

    def credit(self, invoice: Invoice, amount: Decimal, several: bool) -> None:
        credit(invoice, amount, by=self.first)
        self.taken_off[invoice.pk] += amount

    def write_off(self, invoice: Invoice, amount: Decimal, several: bool) -> None:
        made = adjustments.propose_write_off(invoice=invoice, amount=amount, reason="x", by=self.first)
        adjustments.confirm(adjustment=made, by=self.second)
        self.taken_off[invoice.pk] += amount

    def forgive(self, invoice: Invoice, amount: Decimal, several: bool) -> None:
        made = Adjustment.objects.filter(invoice=invoice, kind="write_off", status="confirmed").first()
        if made is None:
            raise NotPossible("None.")
        adjustments.take_back(adjustment=made, reason="x", by=self.first)
        self.taken_off[invoice.pk] -= made.amount

    def refund(self, invoice: Invoice, amount: Decimal, several: bool) -> None:
        made = adjustments.propose_refund(invoice=invoice, amount=amount, reason="x", by=self.first)
        adjustments.confirm_refund(adjustment=made, on=TODAY(), by=self.second)
        self.cash -= amount

    def move(self, invoice: Invoice, amount: Decimal, several: bool) -> None:
        others = payments.others_of_payer(invoice)[:1]
        if not others:
            raise NotPossible("None.")
        payments.set_against(invoice=invoice, other=others[0], by=self.first)

    def check(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(BALANCE)
            rows = cursor.fetchall()
        balances = []
        for pk, status, amount, credited, off, received, refunded in rows:
            balance = amount - credited - off - received + refunded
            balances.append(balance)
            invoice = again(Invoice(pk=pk))
            assert (invoice.outstanding, invoice.on_account) == (max(balance, 0), max(-balance, 0))
            assert invoice.balance == Invoice.objects.get(pk=pk).balance == balance
            assert credited + off == self.taken_off[pk] <= amount
            assert (status == "issued") is (balance > 0)
            assert (status == "credited") is (credited == amount)
        # By payer: what was invoiced, less what was taken off, less what was really paid.
        assert sum(balances) == 3000 - sum(self.taken_off.values()) - self.cash
        money = money_of(self.invoices[0].agreement.cohort)
        assert money["outstanding"] - money["on_account"] == sum(balances)
        assert money["invoiced"] - money["credited"] - money["written_off"] - money["paid"] + money["refunded"] == sum(
            balances
        )


DEEDS = st.sampled_from(
    ["pay", "split", "split", "reverse", "credit", "write_off", "forgive", "refund", "refund", "move", "move"]
)
AMOUNTS = st.sampled_from([Decimal("0.01"), Decimal(250), Decimal("333.33"), Decimal(1000), Decimal(1600)])


class TestAnySequence(TestCase):
    @settings(max_examples=12, deadline=None)
    @given(st.lists(st.tuples(DEEDS, st.integers(0, 2), AMOUNTS, st.booleans()), min_size=5, max_size=14))
    def test_the_sums_balance_by_invoice_and_by_payer(self, deeds):
        books = Books()
        for deed, which, amount, several in deeds:
            with suppress(NotPossible), transaction.atomic():
                getattr(books, deed)(again(books.invoices[which]), amount, several)
        books.check()


# -- what the pages say ----------------------------------------------------------------------------


def test_every_figure_of_a_cohort_is_what_plain_python_makes_of_its_rows():
    invoice, second, third = same_payer(3)
    cohort = invoice.agreement.cohort
    taken_up(agreement=AgreementFactory(cohort=cohort))  # still to be invoiced
    other = issued()  # of another cohort
    pay(other, 400)
    pay(invoice, 1100)
    credit(second, 200)
    third.agreement.enrolment.withdrawn_at = timezone.now()
    endings.on_leaving(third.agreement.enrolment, SYSTEM)
    credited = issued(agreement=AgreementFactory(cohort=cohort))
    credit(credited, 1000)
    replaced = invoices.issue(agreement=FeeAgreement.objects.get(pk=credited.agreement_id), by=SYSTEM)
    adjustments.confirm(adjustment=proposed(replaced, amount=Decimal(100)), by=officer(replaced))
    expected = {
        "places": 4,
        "employer": Decimal(4000),
        "invoiced": Decimal(5000),
        "credited": Decimal(1200),
        "written_off": Decimal(100),
        "paid": Decimal(1100),
        "refunded": Decimal(0),
        "outstanding": Decimal(800 + 900),
        "on_account": Decimal(100),
        "not_owed": Decimal(1000),
        "to_invoice": Decimal(1000),
        "overdue": Decimal(0),
    }
    money = money_of(cohort)
    assert {name: money[name] for name in expected} == expected
    assert (money_of(other.agreement.cohort)["paid"], money_of(other.agreement.cohort)["outstanding"]) == (400, 600)
