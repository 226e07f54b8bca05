"""The sponsor needs no account, and the link is all they have: reading changes nothing, answering happens once."""

import html
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pghistory.models import Context
from pypdf import PdfReader

from applications.roles import RoleName
from cohorts.models import Programme
from funding.actions import agreements as act
from funding.links import AGREEMENT_LINK, INVOICE_LINK
from funding.models import BursaryRequest, FeeAgreement, InvoiceSeries
from funding.queries import pots_for
from funding.rules import VatTreatment
from funding.states import AgreementStatus
from steppingup.accounts.models import TokenLink, hash_token
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.funding import InvoiceSeriesFactory, PotFactory, asked
from tests.funding.test_invoices import issued

pytestmark = pytest.mark.django_db

AGREE = {
    "name": "Jo Harris",
    "job_title": "Head of Service",
    "purchase_order": "PO 7",
    "billing_address": "1 Quay Street",
    "authority": "on",
}


def page(raw: str, name: str = "") -> str:
    return reverse("funding:answer", args=[raw, name]) if name else reverse("funding:support", args=[raw])


@pytest.mark.requirement("B36")
def test_the_page_says_who_asks_for_what_and_reading_it_changes_nothing(client, django_assert_max_num_queries):
    agreement, raw = asked()
    before = FeeAgreement.objects.values().get(pk=agreement.pk), Message.objects.count()
    response = client.get(page(raw))
    for words in (
        str(agreement.person),
        agreement.cohort.programme.name,
        "8 days",
        "£1,000",
        "stays in their present job",
    ):
        assert words in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"]
    for name in ("agree", "decline", "bursary"):
        client.get(page(raw, name))
    assert (FeeAgreement.objects.values().get(pk=agreement.pk), Message.objects.count()) == before


@pytest.mark.requirement("B36")
def test_agreeing_is_checked_first_and_posting_twice_answers_once(client):
    agreement, raw = asked()
    url = page(raw, "agree")
    check = client.post(url, AGREE).content.decode()
    assert "Who will be told" in check
    assert str(agreement.person) in check
    agreement.refresh_from_db()
    assert agreement.status == AgreementStatus.ASKED
    for _ in range(2):
        assert client.post(url, {**AGREE, "confirmed": "yes"})["Location"] == page(raw)
    agreement.refresh_from_db()
    assert (agreement.is_settled, agreement.purchase_order) == (True, "PO 7")
    assert Message.objects.filter(kind="funding.agreed").count() == 1
    later = client.get(page(raw)).content.decode()
    assert "The fee is agreed" in later
    pdf = client.get(reverse("funding:agreement_pdf", args=[raw]))
    assert "PO 7" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()


def test_what_is_missing_gets_a_sentence_and_what_was_typed_stays(client):
    _, raw = asked()
    text = client.post(page(raw, "agree"), {**AGREE, "authority": "", "job_title": ""}).content.decode()
    assert "Enter your job title" in text
    assert "Tick the box if you are authorised to agree" in text
    assert "1 Quay Street" in text


@pytest.mark.requirement("B38")
def test_a_bursary_is_offered_only_where_there_is_a_pot(client):
    agreement, raw = asked()
    assert "Ask for a bursary" not in client.get(page(raw)).content.decode()
    assert (
        client.post(page(raw, "bursary"), {"reason": "Please.", "release": "on", "confirmed": "yes"}).status_code == 302
    )
    assert not BursaryRequest.objects.exists()
    PotFactory(programme=agreement.cohort.programme, description="First for not-for-profit organisations.")
    assert "First for not-for-profit organisations." in client.get(page(raw)).content.decode()
    client.post(page(raw, "bursary"), {"reason": "Please.", "release": "on", "confirmed": "yes"})
    assert BursaryRequest.objects.get().reason == "Please."
    assert "You have asked for a bursary" in client.get(page(raw)).content.decode()


@pytest.mark.requirement("B38")
def test_a_bursary_of_another_programme_is_not_offered(client):
    agreement, raw = asked()
    PotFactory()
    assert not pots_for(agreement).exists()
    assert "Ask for a bursary" not in client.get(page(raw)).text


def test_a_decline_is_shown_and_can_be_changed(client):
    agreement, raw = asked()
    client.post(page(raw, "decline"), {"reason": "No <b>budget</b>.", "confirmed": "yes"})
    shown = client.get(page(raw)).content.decode()
    assert "No &lt;b&gt;budget&lt;/b&gt;." in shown
    assert "Change your answer" in shown
    again = client.get(page(raw), {"change": "yes"})
    assert "funding/support.html" in [template.name for template in again.templates]
    assert page(raw, "agree") in again.text
    client.post(page(raw, "agree"), {**AGREE, "confirmed": "yes"})
    agreement.refresh_from_db()
    assert agreement.is_settled
    settled = client.get(page(raw), {"change": "yes"}).text
    assert "The fee is agreed" in settled
    assert page(raw, "agree") not in settled


@pytest.mark.parametrize("spoil", ["expired", "revoked", "other purpose", "wrong"])
def test_a_link_that_does_not_work_shows_a_kind_page_and_answers_nothing(client, spoil):
    agreement, raw = asked()
    link = TokenLink.objects.find(AGREEMENT_LINK, raw)
    if spoil == "expired":
        link.expires_at = timezone.now() - timedelta(seconds=1)
    elif spoil == "revoked":
        link.revoked_at = timezone.now()
    elif spoil == "other purpose":
        link.purpose = INVOICE_LINK
    else:
        raw = raw[:-1]
    link.save()
    for url in (page(raw), page(raw, "agree"), reverse("funding:agreement_pdf", args=[raw])):
        assert client.get(url).status_code in (404, 410)
        assert client.post(url, {**AGREE, "confirmed": "yes"}).status_code in (404, 410)
    agreement.refresh_from_db()
    assert agreement.status == AgreementStatus.ASKED


def test_nobody_gets_from_a_sponsors_link_to_the_invoice_or_back(client):
    invoice = issued()
    _, agreement_raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=invoice.agreement, email="a@b.example", days=1)
    _, invoice_raw = TokenLink.issue(purpose=INVOICE_LINK, target=invoice, email="a@b.example", days=1)
    assert client.get(reverse("funding:invoice", args=[agreement_raw])).status_code == 404
    assert client.get(page(invoice_raw)).status_code == 404
    assert "-00001" in client.get(reverse("funding:invoice", args=[invoice_raw])).content.decode()
    assert client.get(reverse("funding:invoice_pdf", args=[invoice_raw])).content.startswith(b"%PDF")


def test_taking_the_question_back_closes_the_page(client):
    agreement, raw = asked()
    act.take_back(agreement=agreement, by=agreement.person)
    closed = client.get(page(raw))
    assert closed.status_code == 410
    assert "You do not need to answer any more." in closed.text


def test_whoever_has_the_link_to_a_place_that_was_released_reads_that_and_nobody_else_does(client):
    agreement, raw = asked()
    other, current = asked()
    act.release(agreement=agreement, reason="The applicant withdrew.", by=agreement.person)
    for name in ("", "agree"):
        closed = client.get(page(raw, name) if name else page(raw))
        assert closed.status_code == 410
        assert "nothing is owed for it" in closed.text
        assert str(agreement.person) not in closed.text
    for wrong in (raw[:-1], raw[::-1], f"{raw}x"):
        assert client.get(page(wrong)).status_code == 404
    _, earlier = TokenLink.issue(purpose=AGREEMENT_LINK, target=other, email="old@employer.example", days=30)
    TokenLink.objects.filter(email="old@employer.example").update(revoked_at=timezone.now())
    assert "You do not need to answer any more." in client.get(page(earlier)).text
    _, replaced = TokenLink.issue(purpose=AGREEMENT_LINK, target=other, email=other.sponsor_email, days=30)
    TokenLink.objects.filter(token_hash=hash_token(replaced)).update(revoked_at=timezone.now())
    assert client.get(page(replaced)).status_code == 404  # a newer one has taken its place
    assert client.get(page(current)).status_code == 200


def test_another_answer_after_the_one_that_stands_is_said_not_to_count(client):
    _, raw = asked()
    agree, decline = {**AGREE, "confirmed": "yes"}, {"reason": "No.", "confirmed": "yes"}
    for name, data, counts in (("agree", agree, True), ("agree", agree, True), ("decline", decline, False)):
        shown = client.post(page(raw, name), data, follow=True).content.decode()
        assert "The fee is agreed" in shown
        assert ("this one does not count" in shown) is not counts


def test_nobody_elses_address_stands_on_the_sponsors_check_page(client):
    agreement, raw = asked()
    PotFactory(programme=agreement.cohort.programme)
    provider = agreement.provider
    finance = [staff(RoleName.FINANCE, provider) for _ in range(2)]
    coordinator = staff(RoleName.COORDINATOR, provider)
    for name, more, who in (
        ("bursary", {"reason": "Please.", "release": "on"}, "The finance officers"),
        ("decline", {"reason": "No."}, "The coordinators"),
    ):
        page_before = html.unescape(client.post(page(raw, name), more).content.decode())
        assert page_before.count(f"{who}: {provider}") == 1
        assert f"The applicant: {agreement.person}" in page_before
        for person in (*finance, coordinator, agreement.person):
            assert person.email not in page_before
    assert agreement.sponsor_email in client.post(page(raw, "agree"), AGREE).content.decode()


def test_every_letter_about_a_fee_is_answered_to_the_programme(client):
    agreement, raw = asked()
    Programme.objects.update(contact_email="programme@example.org")
    client.post(page(raw, "decline"), {"reason": "No budget.", "confirmed": "yes"})
    client.post(page(raw, "agree"), {**AGREE, "confirmed": "yes"})
    kinds = dict(Message.objects.about(agreement).exclude(kind="funding.asked").values_list("kind", "reply_to"))
    assert kinds == dict.fromkeys(
        ("funding.declined", "funding.agreed", "funding.agreed_copy"), "programme@example.org"
    )


def test_coordinators_are_told_that_an_employer_declines(client):
    agreement, raw = asked()
    coordinator = staff(RoleName.COORDINATOR, agreement.provider)
    staff(RoleName.COORDINATOR)
    client.post(page(raw, "decline"), {"reason": "No budget.", "confirmed": "yes"})
    message = Message.objects.get(kind="funding.declined_staff")
    assert message.to == coordinator
    assert "No budget." in message.text
    assert reverse("admin:funding_feeagreement_change", args=[agreement.pk]) in message.text


def test_the_history_says_from_which_page_but_does_not_hold_the_key_to_it(client):
    agreement, raw = asked()
    client.post(page(raw, "agree"), {**AGREE, "confirmed": "yes"})
    event = agreement.events.order_by("-pgh_id").first()
    assert event.status == AgreementStatus.AGREED
    assert event.pgh_context.metadata["url"] == page("(private)", "agree")
    assert not Context.objects.filter(metadata__url__contains=raw).exists()


def test_the_page_before_answering_says_how_vat_is_treated_and_what_was_agreed_does_not_depend_on_it(client):
    agreement, raw = asked()
    assert "VAT" not in client.get(page(raw)).text
    series = InvoiceSeriesFactory(provider=agreement.provider, vat_treatment=VatTreatment.EXEMPT)
    assert "Exempt from VAT" in client.get(page(raw)).text
    fields = {"vat_treatment": VatTreatment.STANDARD, "vat_rate": 20, "vat_number": "GB1"}
    InvoiceSeries.objects.filter(pk=series.pk).update(**fields)
    assert "£166.66 at 20%. The amount includes VAT" in client.get(page(raw)).text
    client.post(page(raw, "agree"), AGREE | {"confirmed": "yes"})
    answered = client.get(page(raw)).text
    assert "Fee" in answered
    assert "VAT" not in answered
