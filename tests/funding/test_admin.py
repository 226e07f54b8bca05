"""The admin of money: finance officers decide, coordinators see, nobody else and no other provider."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications.roles import RoleName
from funding.models import BursaryRequest, FundingSource, Invoice
from tests.factories.accounts import staff
from tests.factories.cohorts import PublishedCohortFactory
from tests.factories.funding import FundFactory, agreed, asked, bursary_asked, issued, refused, taken_up
from tests.staff import take_step, take_steps, with_second_factor

pytestmark = pytest.mark.django_db

LISTS = (
    *("feeagreement", "bursaryrequest", "fundingsource", "invoice", "invoiceseries", "feeterms"),
    *("creditnote", "adjustment", "payment"),
)


def sign_in(client, role, provider):
    user = staff(role, provider)
    with_second_factor(client, user)
    return user


def url(model: str, view: str = "changelist", *args) -> str:
    return reverse(f"admin:funding_{model}_{view}", args=args)


def test_lists_show_ones_own_provider_only(client):
    invoice, other = issued(), issued()
    sign_in(client, RoleName.FINANCE, invoice.agreement.provider)
    for model in LISTS:
        assert client.get(url(model)).status_code == 200, model
    for row, status in ((invoice, 200), (other, 404)):
        assert client.get(url("invoice", "change", row.pk)).status_code == status
        assert client.get(url("invoice", "pdf", row.pk)).status_code == status
        assert client.get(url("feeagreement", "change", row.agreement.pk)).status_code == status
    client.logout()
    sign_in(client, RoleName.ASSESSOR, invoice.agreement.provider)
    for model in LISTS:
        assert client.get(url(model)).status_code in (403, 404)


@pytest.mark.requirement("B38")
def test_a_finance_officer_sees_who_will_be_told_before_granting(client):
    request = bursary_asked()
    pot = FundingSource.objects.get()
    sign_in(client, RoleName.FINANCE, request.agreement.provider)
    grant = url("bursaryrequest", "step", request.pk, "propose_grant")
    answer = {"source": pot.pk, "amount": "400", "reason": "A charity."}
    page = client.get(grant).text
    assert "No budget is left." in page
    assert "£3,000 left" in page
    assert "until a second person has confirmed it" in client.post(grant, {**answer, "filled": "yes"}).text
    assert BursaryRequest.objects.get().status == "requested"
    take_step(client, grant, **answer)
    assert BursaryRequest.objects.get().status == "proposed"
    assert take_step(client, grant, **answer).status_code == 302
    assert "decision waits for a second person" in client.get("/admin/").text
    confirm = url("bursaryrequest", "step", request.pk, "confirm")
    assert confirm not in client.get(url("bursaryrequest", "change", request.pk)).text
    client.logout()
    sign_in(client, RoleName.FINANCE, request.agreement.provider)
    check = client.post(confirm, {"filled": "yes"}).text
    for words in ("Who will be told", "do you agree to the rest?", "proposes to grant £400 of £1,000", "A charity."):
        assert words in check
    take_step(client, confirm)
    assert (BursaryRequest.objects.get().status, BursaryRequest.objects.get().amount) == ("granted", Decimal(400))


@pytest.mark.requirement("B38")
def test_what_a_decision_told_stands_on_the_page_of_the_request(client):
    request = bursary_asked()
    sign_in(client, RoleName.FINANCE, request.agreement.provider)
    refused(request=request, reason="The pot is for charities.", by=staff(RoleName.FINANCE, request.agreement.provider))
    page = client.get(url("bursaryrequest", "change", request.pk)).text
    assert "No emails yet" not in page
    assert request.agreement.sponsor_email in page
    assert request.agreement.person.email in page


def test_where_no_pot_is_open_the_page_says_that_one_can_only_refuse(client):
    request = bursary_asked()
    FundingSource.objects.update(is_open=False)
    sign_in(client, RoleName.FINANCE, request.agreement.provider)
    assert "you can only refuse" in client.get(url("bursaryrequest", "step", request.pk, "propose_grant")).text


def test_a_coordinator_sees_a_request_but_cannot_decide(client):
    request = bursary_asked()
    sign_in(client, RoleName.COORDINATOR, request.agreement.provider)
    assert "No budget is left." in client.get(url("bursaryrequest", "change", request.pk)).text
    for name in ("propose_grant", "propose_refusal", "confirm"):
        assert client.post(url("bursaryrequest", "step", request.pk, name), {"reason": "No."}).status_code == 404


def test_all_due_invoices_of_a_cohort_are_issued_after_a_page_that_says_so(client):
    first = taken_up()
    due = [first.pk, taken_up(cohort=first.cohort).pk]
    agreed(cohort=first.cohort)  # not taken up
    taken_up()  # somebody else's
    sign_in(client, RoleName.FINANCE, first.provider)
    page = client.post(url("feeagreement", "issue_due", first.cohort.pk))
    assert "Going ahead: 2" in page.text
    assert "-00002" in page.text
    assert not Invoice.objects.exists()
    done = take_steps(client, "funding_feeagreement", "issue", due)
    assert done.text.count("Invoice issued.") == 2
    take_steps(client, "funding_feeagreement", "issue", due)
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [1, 2]


def test_nobody_but_finance_issues_what_is_due(client):
    agreement = taken_up()
    sign_in(client, RoleName.COORDINATOR, agreement.provider)
    assert client.post(url("feeagreement", "issue_due", agreement.cohort.pk)).status_code == 404


def test_a_payment_is_recorded_and_taken_back_by_a_button(client):
    invoice = issued()
    sign_in(client, RoleName.FINANCE, invoice.agreement.provider)
    paid = {"amount": "1000", "on": invoice.issued_on.isoformat(), "reference": "BACS"}
    take_step(client, url("invoice", "step", invoice.pk, "pay"), **paid)
    invoice.refresh_from_db()
    assert invoice.status == "paid"
    wrong = {"payment": invoice.payments.get().pk, "reason": "It was for somebody else."}
    assert (
        "Say why the payment"
        in take_step(client, url("invoice", "step", invoice.pk, "take_back"), payment=wrong["payment"]).text
    )
    take_step(client, url("invoice", "step", invoice.pk, "take_back"), **wrong)
    invoice.refresh_from_db()
    assert invoice.status == "issued"


def test_a_payment_that_cannot_be_is_refused_with_what_was_typed(client):
    invoice = issued()
    sign_in(client, RoleName.FINANCE, invoice.agreement.provider)
    form = {"amount": "-1000.01", "on": invoice.issued_on.isoformat(), "reference": "O'Neil & sons"}
    page = take_step(client, url("invoice", "step", invoice.pk, "pay"), **form).text
    assert "Enter an amount above zero" in page
    assert 'value="-1000.01"' in page
    assert "O&#x27;Neil &amp; sons" in page
    assert not invoice.payments.exists()


def test_a_payment_sent_twice_is_recorded_once(client):
    invoice = issued()
    sign_in(client, RoleName.FINANCE, invoice.agreement.provider)
    form = {"amount": "250", "on": invoice.issued_on.isoformat(), "reference": "BACS 1"}
    pay = url("invoice", "step", invoice.pk, "pay")
    assert take_step(client, pay, **form).status_code == 302
    assert "recorded a moment ago" in take_step(client, pay, **form).text
    assert take_step(client, pay, **{**form, "reference": "BACS 2"}).status_code == 302
    assert invoice.payments.count() == 2


def test_records_that_a_finance_officer_may_not_open_are_named_without_a_link(client):
    invoice = issued()
    person = invoice.agreement.person
    sign_in(client, RoleName.FINANCE, invoice.agreement.provider)
    page = client.get(url("feeagreement", "change", invoice.agreement.pk)).text
    assert str(person) in page
    assert reverse("admin:accounts_user_change", args=[person.pk]) not in page
    assert url("invoice", "change", invoice.pk) in page
    client.logout()
    sign_in(client, RoleName.COORDINATOR, invoice.agreement.provider)
    page = client.get(url("feeagreement", "change", invoice.agreement.pk)).text
    assert reverse("admin:accounts_user_change", args=[person.pk]) in page


def test_the_emails_about_an_invoice_stand_on_its_page(client):
    invoice = issued()
    sign_in(client, RoleName.FINANCE, invoice.agreement.provider)
    page = client.get(url("invoice", "change", invoice.pk)).text
    assert "jo@employer.example" in page
    assert "/admin/messaging/" not in page


def test_a_budget_cannot_be_less_than_what_is_promised(client):
    request = bursary_asked()
    pot = FundingSource.objects.get()
    FundingSource.objects.filter(pk=pot.pk).update(committed=Decimal(900))
    sign_in(client, RoleName.FINANCE, request.agreement.provider)
    form = {"name": pot.name, "budget": "800", "is_open": "on", "description": ""}
    form |= {"commitments-TOTAL_FORMS": "0", "commitments-INITIAL_FORMS": "0"}
    answer = client.post(url("fundingsource", "change", pot.pk), form)
    assert "has already been promised" in answer.content.decode()
    pot.refresh_from_db()
    assert pot.budget == 3000


def test_a_fund_cannot_be_made_for_another_providers_programme(client):
    cohort, other = PublishedCohortFactory(), PublishedCohortFactory()
    sign_in(client, RoleName.FINANCE, cohort.programme.provider)
    form = {"key": "pot", "name": "Pot", "route": "bursary", "budget": "100", "is_open": "on"}
    form |= {"commitments-TOTAL_FORMS": "0", "commitments-INITIAL_FORMS": "0"}
    client.post(url("fundingsource", "add"), form | {"programme": other.programme.pk})
    assert not FundingSource.objects.exists()
    client.post(url("fundingsource", "add"), form | {"programme": cohort.programme.pk})
    assert FundingSource.objects.get().programme == cohort.programme


def test_a_place_is_funded_internally_and_its_money_given_back_by_a_button(client):
    agreement, _ = asked()
    fund = FundFactory(programme=agreement.cohort.programme)
    sign_in(client, RoleName.FINANCE, agreement.provider)
    step = url("feeagreement", "step", agreement.pk, "fund")
    assert agreement.sponsor_name in client.post(step, {"source": fund.pk, "filled": "yes"}).text
    take_step(client, step, source=fund.pk)
    fund.refresh_from_db()
    assert fund.committed == agreement.cohort.fee
    step = url("feeagreement", "step", agreement.pk, "release")
    assert "Say why the place is no longer needed" in take_step(client, step, reason="").text
    take_step(client, step, reason="The place is not needed.")
    fund.refresh_from_db()
    assert fund.committed == 0


@pytest.mark.requirement("B36")
def test_a_coordinator_asks_another_sponsor_by_a_button_and_the_first_is_told(client):
    agreement, _ = asked()
    first = agreement.sponsor_email
    sign_in(client, RoleName.COORDINATOR, agreement.provider)
    ask = url("feeagreement", "step", agreement.pk, "ask")
    assert ask in client.get(url("feeagreement", "change", agreement.pk)).text
    sponsor = {"sponsor_name": "Jo Harris", "sponsor_email": "jo.harris@example.org"}
    shown = client.post(ask, {**sponsor, "filled": "yes"}).text
    assert first in shown
    assert "Somebody else has been asked." in shown
    take_step(client, ask, **sponsor)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.sponsor_email) == ("asked", "jo.harris@example.org")
    assert take_step(client, ask, **{**sponsor, "sponsor_email": "no address"}).status_code == 200


def test_a_finance_officer_begins_at_the_money_of_each_cohort(client):
    invoice = issued()
    cohort = invoice.agreement.cohort
    taken_up(cohort=cohort)
    issue, page = url("feeagreement", "issue_due", cohort.pk), url("feeagreement", "cohorts")
    sign_in(client, RoleName.FINANCE, cohort.programme.provider)
    shown = client.get(page).text
    for words in (str(cohort), "Still to be invoiced", "£2,000", issue):
        assert words in shown
    assert page in client.get("/admin/").text
    client.logout()
    sign_in(client, RoleName.COORDINATOR, cohort.programme.provider)
    assert issue not in client.get(page).text
    client.logout()
    sign_in(client, RoleName.FINANCE, PublishedCohortFactory().programme.provider)
    assert str(cohort) not in client.get(page).text


def test_money_is_corrected_by_buttons(client):
    invoice = issued()
    sign_in(client, RoleName.FINANCE, invoice.agreement.provider)
    assert 'value="1000.00"' in client.get(url("invoice", "step", invoice.pk, "credit")).text
    take_step(client, url("invoice", "step", invoice.pk, "credit"), amount="300", reason="A mistake.")
    take_step(client, url("invoice", "step", invoice.pk, "propose_write_off"), amount="100", reason="They closed.")
    page = client.get(url("invoice", "change", invoice.pk)).text
    for words in ("−£300.00", "A mistake.", "CN-", "They closed."):
        assert words in page
    assert "write-off or refund waits for a second person" in client.get("/admin/").text
    made, note = invoice.adjustments.get(), invoice.credit_notes.get()
    assert url("adjustment", "step", made.pk, "confirm") not in client.get(url("adjustment", "change", made.pk)).text
    assert client.get(url("creditnote", "pdf", note.pk))["Content-Type"] == "application/pdf"
    client.logout()
    sign_in(client, RoleName.FINANCE, invoice.agreement.provider)
    take_step(client, url("adjustment", "step", made.pk, "confirm"))
    take_step(client, url("invoice", "step", invoice.pk, "pay"), amount="650", on=invoice.issued_on.isoformat())
    take_step(client, url("invoice", "step", invoice.pk, "propose_refund"), amount="50", reason="Paid too much.")
    invoice.refresh_from_db()
    assert (invoice.outstanding, invoice.on_account, invoice.adjustments.count()) == (0, 50, 2)
    payment = invoice.payments.get()
    assert f"{invoice}</a>: £650" in client.get(url("payment", "change", payment.pk)).text
