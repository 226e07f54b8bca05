"""What is owed as somebody has left, through the pages: told by the participant or the employer, decided, appealed (N13 to N15)."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from funding.actions import invoices, liability
from funding.links import CASE_LINK
from funding.models import FeeAgreement, FeeTerms, Invoice, LiabilityCase, Statement
from funding.rules import AfterLeaving, OwedOf, Payer
from funding.states import CaseStatus
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import PublishedCohortFactory
from tests.files.uploads import pdf, upload
from tests.funding.cases import fresh, officer, owing, told
from tests.staff import take_step

pytestmark = pytest.mark.django_db


def sign_in(client: Client, user) -> Client:
    client.force_login(user)
    return client


def on_desk(in_admin, case: LiabilityCase, name: str, user, **values) -> None:
    desk = in_admin(user)
    take_step(desk, reverse("admin:funding_liabilitycase_step", args=[case.pk, name]), **values)


def send_checked(client: Client, page: str, **filled) -> None:
    """Fill in, read who will be told, and send; the file goes along under its seal."""
    checked = client.post(page, filled)
    assert "Check it before you send it" in checked.text
    assert not Statement.objects.filter(text=filled["text"]).exists()
    kept = dict(re.findall(r'name="(\w+-kept)" value="([^"]+)"', checked.text))
    assert client.post(page, {"text": filled["text"], "confirmed": "yes", **kept}).status_code == 302


@pytest.mark.requirement("N13", "N14", "N15")
def test_from_leaving_over_evidence_a_decision_and_a_lost_appeal_to_an_invoice(client, in_admin):
    case = owing()
    person, first, second = case.agreement.person, officer(case), officer(case)
    assert {letter.to_email for letter in told("still_owed")} == {"jo@employer.example"}
    mine = reverse("funding:own_case", args=[case.pk])
    page = sign_in(client, person).get(mine).text
    assert "owed as it stands" in page
    send_checked(client, mine, text="I was in hospital.", first=upload(pdf(), name="letter.pdf"))
    assert "Only the people who decide can open it" in client.get(mine).text
    assert {letter.to for letter in told("liability_to_decide")} == {first, second}
    assert "hospital" not in "".join(Message.objects.values_list("text", flat=True))
    values = {"outcome": "reduced", "amount": "400", "reason": "A part was used."}
    on_desk(in_admin, case, "decide", first, **values)
    case = fresh(case)
    assert (case.status, case.owed, case.agreement.owed) == (CaseStatus.DECIDED, 400, 400)
    assert len(told("liability_decided")) == len(told("liability_decided_sponsor")) == 1
    with pytest.raises(NotPossible, match="not settled yet"):
        invoices.issue(agreement=case.agreement, by=first)
    raw = TokenLink.issue(purpose=CASE_LINK, target=case, email="jo@employer.example", days=9)[1]
    by_link = Client()
    theirs = by_link.get(reverse("funding:case", args=[raw])).text
    assert "A part was used." in theirs
    assert "hospital" not in theirs
    send_checked(by_link, reverse("funding:case", args=[raw]), text="It is too much.")
    with pytest.raises(NotAllowed, match="somebody else|Somebody else|another|second"):
        liability.decide_appeal(case=fresh(case), outcome="stands", reason="No.", by=first)
    on_desk(in_admin, case, "decide_appeal", second, outcome="stands", reason="It is fair.")
    case = fresh(case)
    assert (case.status, case.owed, case.appeal_decided_by) == (CaseStatus.OWED, 400, second)
    assert LiabilityCase.objects.to_invoice().get() == case
    on_desk(in_admin, case, "invoice", first)
    invoice = Invoice.objects.get()
    assert (invoice.amount, invoice.agreement) == (400, case.agreement)
    assert not LiabilityCase.objects.to_invoice().exists()


@pytest.mark.requirement("N13", "N14")
def test_from_leaving_over_the_employers_request_to_a_waiver(in_admin, client):
    case = owing()
    raw = TokenLink.issue(purpose=CASE_LINK, target=case, email="jo@employer.example", days=9)[1]
    page = reverse("funding:case", args=[raw])
    wrong = client.post(page, {"text": "  "})
    assert "Tell us what happened." in wrong.text
    send_checked(client, page, text="We closed the department.")
    on_desk(in_admin, case, "decide", officer(case), outcome="waived", reason="Agreed.")
    case = fresh(case)
    assert (case.status, case.owed, case.agreement.status, case.agreement.owed) == ("waived", 0, "released", None)
    assert "Nothing is owed. The reason: Agreed." in told("liability_ended_sponsor")[0].text
    raw = TokenLink.issue(purpose=CASE_LINK, target=case, email="jo@employer.example", days=9)[1]
    assert "was waived" in client.get(reverse("funding:case", args=[raw])).text
    assert not FeeAgreement.objects.to_invoice().exists()
    assert not Invoice.objects.exists()


def test_the_page_before_names_nobody_of_the_staff_and_two_clicks_send_it_once(client):
    case = owing()
    first = officer(case)
    mine = reverse("funding:own_case", args=[case.pk])
    sign_in(client, case.agreement.person)
    checked = client.post(mine, {"text": "I was ill."}).text
    assert "Who will be told" in checked
    assert first.email not in checked
    assert first.full_name not in checked
    for _ in range(2):
        answer = client.post(mine, {"text": "I was ill.", "confirmed": "yes"}, follow=True)
        assert "We have it." in answer.text
    assert Statement.objects.count() == 1
    with pytest.raises(NotPossible, match="sent us this already"):
        liability.tell(case=fresh(case), text="I was ill.", by=case.agreement.person)


def test_what_comes_too_late_is_said_not_to_count(client):
    case = owing()
    sign_in(client, case.agreement.person)
    LiabilityCase.objects.update(ask_until=timezone.localdate() - timedelta(days=1))
    page = reverse("funding:own_case", args=[case.pk])
    answer = client.post(page, {"text": "I was ill.", "confirmed": "yes"}, follow=True)
    assert "What you sent does not count. This was possible until" in answer.text
    assert not Statement.objects.exists()


@pytest.mark.requirement("N14")
def test_nobody_but_those_who_decide_sees_what_was_told(client, in_admin):
    case = owing()
    liability.tell(case=case, text="A private matter.", by=case.agreement.person)
    page = reverse("admin:funding_liabilitycase_change", args=[case.pk])
    assert "A private matter." in in_admin(officer(case)).get(page).text
    coordinator = staff(RoleName.COORDINATOR, case.agreement.provider)
    shown = in_admin(coordinator).get(page).text
    assert "Owed" in shown
    assert "A private matter." not in shown
    for stranger in (UserFactory(), coordinator):
        assert not Statement.objects.visible_to(stranger).exists()
        assert sign_in(client, stranger).get(reverse("funding:own_case", args=[case.pk])).status_code == 404
    assert not LiabilityCase.objects.visible_to(case.agreement.person).exists()


def test_the_participant_reads_what_their_employer_owes_on_their_own_page(client):
    case = owing()
    page = reverse("cohorts:participant", args=[case.agreement.enrolment_id])
    text = sign_in(client, case.agreement.person).get(page).text
    assert "Tell us if circumstances made you leave" in text
    assert "Tell us of circumstances" in client.get(reverse("funding:money", args=[case.agreement.enrolment_id])).text


@pytest.mark.requirement("N11", "N13")
def test_the_public_page_says_that_a_place_costs_nothing_unless_somebody_leaves(client):
    of = PublishedCohortFactory(fee=0, cost=970)
    values = {"payer": Payer.PROVIDER, "after_leaving": AfterLeaving.WHOLE, "owed_of": OwedOf.COST}
    terms = FeeTerms.objects.create(programme=of.programme, text="x", invoiced_when="x", **values)
    page = reverse("cohorts:programme", args=[of.programme.path])
    assert "nothing, unless you leave before the end" in client.get(page).text
    terms.after_leaving = AfterLeaving.NOTHING
    terms.save()
    assert "unless you leave" not in client.get(page).text
