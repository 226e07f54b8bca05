"""Whoever pays for their own place agrees the fee themselves, and asks for a bursary themselves (B36, B38, N13)."""

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.actions import applications as actions
from applications.actions import own_fee, sponsors
from applications.fee.standing import fee_state
from applications.models import Application
from applications.states import Asked, FeeBy
from cohorts.actions import enrolments
from cohorts.states import Standing
from funding.actions import invoices
from funding.actions import liability as cases
from funding.actions.answers import require_asked
from funding.models import BursaryRequest, FeeAgreement, Invoice, LiabilityCase
from funding.queries import agreement_of, waiting_for_sponsors
from funding.rules import Payer
from funding.states import AgreementStatus, BursaryStatus, Route
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.applications.test_payers import terms
from tests.factories import funding as money
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.applications import WindowFactory, sponsor_answers
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory
from tests.factories.standings import accept, agreed_oneself, completed_as, submitted_as, window_for_all, work_of
from tests.short_pages import whole

pytestmark = pytest.mark.django_db
ME = "amara@example.org"


@pytest.fixture
def window():
    return window_for_all(cohort=PublishedCohortFactory(fee=Decimal(1000)))


@pytest.fixture
def alone(window):
    return completed_as(Standing.SELF_EMPLOYED, window, UserFactory(full_name="Amara Okafor", email=ME))


def fee_of(application: Application) -> FeeAgreement:
    found = agreement_of(application.applicant_id, application.cohort_id)
    assert found is not None
    return FeeAgreement.objects.for_steps().get(pk=found.pk)


def letters() -> dict[str, str]:
    """What she was sent about money, by kind."""
    sent = Message.objects.filter(kind__startswith="funding.", to_email=ME).order_by("pk")
    return {one.kind.removeprefix("funding."): f"{one.subject}\n{one.text}" for one in sent}


def asked_for_bursary(application: Application) -> BursaryRequest:
    money.PotFactory(programme=application.cohort.programme)
    return own_fee.ask_for_bursary(application=application, reason="I earn too little.", by=application.applicant)


def decided(request: BursaryRequest, amount: int) -> BursaryRequest:
    agreement = request.agreement
    officer = staff("finance", agreement.provider)
    given = {"request": request, "reason": "As you told us.", "by": officer}
    if not amount:
        return money.refused(**given)
    return money.granted(**given, source=agreement.cohort.programme.funding_sources.get(), amount=Decimal(amount))


# -- agreeing --------------------------------------------------------------------------------------


@pytest.mark.requirement("B36")
def test_nothing_is_submitted_before_they_have_agreed_and_nobody_else_is_asked(alone, client):
    with pytest.raises(NotPossible, match="You must agree the fee of £1,000 before you can submit"):
        actions.submit(application=alone, by=alone.applicant, notice_read=True)
    with pytest.raises(NotPossible, match="You agree the fee yourself"):
        sponsors.ask(application=alone, name="Jo", email="jo@example.org", job_title="", by=alone.applicant)
    client.force_login(alone.applicant)
    page = client.get(reverse("applications:fee", args=[alone.pk])).text
    assert "You pay for your place yourself." in page
    assert "Your employer" not in page
    address = reverse("applications:own_fee", args=[alone.pk])
    asked = client.get(address).text
    assert "Amara Okafor pays it." in asked
    assert "I have read the terms" in asked
    given = {"filled": "yes", "billing_address": "Amara Okafor\n1 Quay Street", "purchase_order": "", "is_agreed": "on"}
    looked = client.post(address, given)
    assert not FeeAgreement.objects.filter(status=AgreementStatus.AGREED).exists()
    assert "Your copy: what you agreed about your place" in looked.text
    assert client.post(address, {**given, "digest": looked.context["digest"]}).status_code == 302
    agreement = fee_of(alone)
    assert (agreement.status, agreement.self_paid, agreement.route) == (AgreementStatus.AGREED, True, Route.EMPLOYER)
    assert (agreement.amount, agreement.employer_pays, agreement.who_pays[1]) == (1000, 1000, ME)
    assert letters()["agreed_copy"].count("you pay £1,000 for your place") == 1
    assert set(letters()) == {"agreed_copy"}
    alone = actions.submit(application=Application.objects.get(pk=alone.pk), by=alone.applicant, notice_read=True)
    assert alone.fee_agreement == agreement


def test_nobody_else_agrees_for_them(alone):
    with pytest.raises(NotAllowed):
        own_fee.agree(application=alone, billing_address="x", by=UserFactory())
    with pytest.raises(NotPossible, match="name and address"):
        own_fee.agree(application=alone, billing_address=" ", by=alone.applicant)
    agreed_oneself(alone)
    with pytest.raises(NotPossible, match="settled"):
        agreed_oneself(alone)
    employed = completed_as(Standing.EMPLOYED, alone.cohort.window)
    with pytest.raises(NotPossible, match="Somebody at your employer agrees the fee"):
        agreed_oneself(employed)


def test_whoever_has_agreed_and_then_works_for_somebody_names_a_sponsor(alone):
    agreed_oneself(alone)
    home = OrganisationFactory()
    work = work_of(Standing.EMPLOYED, employer=home, manager_name="Mo", manager_email="mo@example.org")
    alone = actions.save_part(application=alone, part="work", values=work, by=alone.applicant)
    assert fee_state(alone).kind == "draft"
    agreement = fee_of(alone)
    assert (agreement.self_paid, agreement.employer, agreement.amount) == (False, home, None)
    sponsors.ask(application=alone, name="Jo", email="jo@example.org", job_title="", by=alone.applicant)
    sponsor_answers(alone)
    assert fee_state(Application.objects.get(pk=alone.pk)).settled


@pytest.mark.parametrize("chosen", ["own", "sponsor"])
def test_where_either_may_they_choose(chosen, client):
    window = WindowFactory(cohort=PublishedCohortFactory(fee=Decimal(1000)))
    accept(window.cohort.rule_set, Standing.VOLUNTEER, support=Asked.LEFT_OUT, fee_by=FeeBy.EITHER)
    application = completed_as(Standing.VOLUNTEER, window, employer=OrganisationFactory())
    state = fee_state(application)
    assert (state.kind, state.or_own) == ("draft", True)
    client.force_login(application.applicant)
    page = client.get(reverse("applications:fee", args=[application.pk])).text
    assert "You can also agree to pay the fee of £1,000 yourself." in page
    assert "Their name" in page
    if chosen == "own":
        agreed_oneself(application)
    else:
        sponsors.ask(application=application, name="Jo", email="jo@x.example", job_title="", by=application.applicant)
        sponsor_answers(application)
    application = actions.submit(
        application=Application.objects.get(pk=application.pk), by=application.applicant, notice_read=True
    )
    assert fee_of(application).self_paid == (chosen == "own")


def test_terms_may_let_everybody_pay_themselves(client):
    window = WindowFactory(cohort=PublishedCohortFactory(fee=Decimal(300)))
    terms(window.cohort.programme, payer=Payer.PERSON)
    application = completed_as(Standing.EMPLOYED, window)
    assert fee_state(application).kind == "own"
    application = actions.submit(application=agreed_oneself(application), by=application.applicant, notice_read=True)
    assert fee_of(application).employer_display == str(application.applicant)
    public = client.get(reverse("cohorts:programme", args=[window.cohort.programme.path])).text
    assert "You pay for your place yourself." in public
    assert "somebody at your employer" not in public


@pytest.mark.requirement("B37")
def test_a_fund_pays_for_whoever_has_no_employer_where_the_terms_say_so(window):
    fund = money.FundFactory(programme=window.cohort.programme)
    terms(window.cohort.programme, payer=Payer.FUND, fund=fund)
    application = completed_as(Standing.NOT_EMPLOYED, window)
    assert fee_state(application).words == f"{fund.name} pays"
    actions.submit(application=application, by=application.applicant, notice_read=True)
    assert fee_of(application).route == Route.INTERNAL


# -- a bursary -------------------------------------------------------------------------------------


@pytest.mark.requirement("B38")
def test_they_ask_for_a_bursary_on_a_page_of_their_own_and_it_pays_everything(alone, client):
    client.force_login(alone.applicant)
    fee_page = reverse("applications:fee", args=[alone.pk])
    assert "Ask for a bursary" not in client.get(fee_page).text
    money.PotFactory(programme=alone.cohort.programme)
    address = reverse("applications:own_bursary", args=[alone.pk])
    assert address in client.get(fee_page).text
    given = {"filled": "yes", "reason": "I earn too little."}
    looked = client.post(address, given)
    client.post(address, {**given, "digest": looked.context["digest"]})
    request = BursaryRequest.objects.get()
    assert (request.status, fee_of(alone).status) == (BursaryStatus.REQUESTED, AgreementStatus.BURSARY_ASKED)
    assert "You have asked for a bursary for your place" in letters()["bursary_asked"]
    assert "tell you both" not in letters()["bursary_asked"]
    assert "You have asked for a bursary." in client.get(fee_page).text
    decided(request, 1000)
    assert fee_of(alone).is_settled
    assert "bursary_granted_sponsor" not in letters()
    assert "We have told" not in letters()["bursary_granted"]
    assert "As you told us." in letters()["bursary_granted"]
    assert "A bursary pays the whole fee of £1,000." in client.get(fee_page).text


@pytest.mark.requirement("B38")
def test_a_part_is_reserved_and_they_agree_to_the_rest(alone, client):
    decided(asked_for_bursary(alone), 600)
    client.force_login(alone.applicant)
    page = client.get(reverse("applications:fee", args=[alone.pk])).text
    assert "You must agree to pay the rest, £400," in page
    assert "Ask for a bursary" not in page
    assert "Please tell us on your page whether you agree to pay it." in letters()["bursary_part"]
    with pytest.raises(NotPossible, match="already pays part"):
        own_fee.ask_for_bursary(application=alone, reason="More.", by=alone.applicant)
    agreed_oneself(alone)
    agreement = fee_of(alone)
    assert (agreement.is_settled, agreement.route, agreement.employer_pays) == (True, Route.BURSARY, 400)
    assert "A bursary pays £600 of it, and Amara Okafor pays £400." in agreement.terms
    assert "you pay £400 for your place" in letters()["agreed_copy"]


@pytest.mark.requirement("B38")
def test_after_a_refusal_they_can_still_pay_or_ask_again(alone, client):
    decided(asked_for_bursary(alone), 0)
    assert "bursary_refused_sponsor" not in letters()
    assert "the bursary that you asked for" in letters()["bursary_refused"]
    assert "You can still agree to pay the fee of £1,000 yourself" in letters()["bursary_refused"]
    client.force_login(alone.applicant)
    page = client.get(reverse("applications:fee", args=[alone.pk])).text
    assert "We could not grant the bursary that you asked for." in page
    assert "As you told us." in page
    own_fee.ask_for_bursary(application=alone, reason="Things have changed.", by=alone.applicant)
    agreed_oneself(alone)
    assert set(BursaryRequest.objects.values_list("status", flat=True)) == {
        BursaryStatus.REFUSED,
        BursaryStatus.WITHDRAWN,
    }
    assert fee_of(alone).employer_pays == 1000


def test_nobody_reminds_whoever_pays_themselves_of_what_they_have_not_said(alone):
    decided(asked_for_bursary(alone), 600)
    asked_on = fee_of(alone).asked_at.date()
    assert fee_of(alone).status == AgreementStatus.ASKED
    assert not FeeAgreement.objects.asked_between(asked_on, asked_on).exists()
    assert not waiting_for_sponsors(alone.cohort).exists()


# -- the place -------------------------------------------------------------------------------------


def taken_up(window, standing=Standing.SELF_EMPLOYED) -> FeeAgreement:
    from funding.actions import taking_up

    applicant = UserFactory(full_name="Amara Okafor", email=ME)
    application = actions.submit(
        application=agreed_oneself(completed_as(standing, window, applicant)), by=applicant, notice_read=True
    )
    place = ParticipantFactory(
        cohort=window.cohort, participant=applicant, standing=standing, employer=None, line_manager=None
    )
    money.InvoiceSeriesFactory(provider=window.cohort.programme.provider)
    agreement = fee_of(application)
    taking_up.attach_enrolment(agreement=agreement, enrolment=place)
    return fee_of(application)


def test_the_invoice_goes_to_them_and_so_does_what_follows(window, client):
    agreement = taken_up(window)
    invoice = invoices.issue(agreement=agreement, by=SYSTEM)
    assert invoice.bill_to == "Amara Okafor\n1 Quay Street"
    assert "You have taken up a place" in letters()["invoice"]
    assert "here is your invoice." in letters()["invoice"]
    client.force_login(agreement.person)
    page = whole(client, reverse("cohorts:participant", args=[agreement.enrolment_id]))
    assert "You pay £1,000 for your place." in page
    assert "You do not have to pay anything" not in page


def test_two_who_pay_themselves_are_two_payers(window):
    first = invoices.issue(agreement=taken_up(window), by=SYSTEM)
    again = PublishedCohortFactory(
        fee=Decimal(1000), programme=window.cohort.programme, rule_set=window.cohort.rule_set
    )
    other = WindowFactory(cohort=again)
    application = submitted_as(Standing.SELF_EMPLOYED, other)
    place = ParticipantFactory(
        cohort=other.cohort, participant=application.applicant, standing=Standing.SELF_EMPLOYED, employer=None
    )
    FeeAgreement.objects.filter(pk=application.fee_agreement_id).update(enrolment=place)
    second = invoices.issue(agreement=fee_of(application), by=SYSTEM)
    assert list(Invoice.objects.all().of_payer(first)) == [first]
    assert list(Invoice.objects.all().of_payer(second)) == [second]


@pytest.mark.requirement("N13", "N14")
def test_whoever_pays_and_leaves_owes_by_the_terms_and_is_heard_once(window, client):
    terms(window.cohort.programme, after_leaving="whole")
    agreement = taken_up(window)
    enrolments.withdraw(enrolment=agreement.enrolment, reason="Too much work.", by=SYSTEM)
    case = LiabilityCase.objects.get()
    assert case.owed == 1000
    assert "still_owed" not in letters()
    opened = letters()["liability_opened"]
    assert "what you owe" in opened
    assert "you owe £1,000." in opened
    assert "employer" not in opened
    client.force_login(agreement.person)
    page = client.get(reverse("funding:own_case", args=[case.pk])).text
    assert "What you owe as you left" in page
    assert "Your employer" not in page
    cases.tell(case=LiabilityCase.objects.for_steps().get(), text="I fell ill.", by=agreement.person)
    assert LiabilityCase.objects.get().status == "asked"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["agree", "ask", "refuse", "submit"]),
            st.sampled_from([250, 1000]),
            st.sampled_from([Standing.SELF_EMPLOYED, Standing.NOT_EMPLOYED, Standing.EMPLOYED]),
        ),
        max_size=6,
    )
)
def test_whatever_comes_in_whatever_order_the_sums_are_whole_and_nobody_else_pays(moves):
    window = window_for_all(cohort=PublishedCohortFactory(fee=Decimal(1000)))
    pot = money.PotFactory(programme=window.cohort.programme)
    application, officer = (
        completed_as(Standing.SELF_EMPLOYED, window),
        staff("finance", window.cohort.programme.provider),
    )
    for move in moves:
        application = Application.objects.get(pk=application.pk)
        mine = BursaryRequest.objects.filter(agreement__person=application.applicant)
        request = mine.filter(status=BursaryStatus.REQUESTED).first()
        try:
            if isinstance(move, Standing):
                work = {"employer": OrganisationFactory(), "manager_name": "Mo", "manager_email": "mo@example.org"}
                given = work_of(move, **(work if move.has_employer else {}))
                actions.save_part(application=application, part="work", values=given, by=application.applicant)
            elif move == "agree":
                agreed_oneself(application)
            elif move == "ask":
                own_fee.ask_for_bursary(application=application, reason="Why.", by=application.applicant)
            elif move == "submit":
                actions.submit(application=application, by=application.applicant, notice_read=True)
            elif request and move == "refuse":
                money.refused(request=request, reason="No.", by=officer)
            elif request:
                money.granted(request=request, reason="Yes.", by=officer, source=pot, amount=Decimal(str(move)))
        except NotPossible:
            pass
        found = agreement_of(application.applicant_id, application.cohort_id)
        if found is None:
            continue
        pot.refresh_from_db()
        assert pot.committed == found.bursary_amount
        application.refresh_from_db()
        if found.self_paid:
            assert application.standing != Standing.EMPLOYED
            assert found.employer_pays + found.bursary_amount == (found.amount or 0)
        if application.submitted_at:
            assert fee_state(application).settled
            assert found.is_settled


def test_no_employer_answers_for_whoever_pays_themselves(alone):
    agreement = fee_of(agreed_oneself(alone))
    with pytest.raises(NotPossible, match="pays for the place themselves, so no employer answers"):
        require_asked(agreement)
