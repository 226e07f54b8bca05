"""A fee is agreed before the application: asked, answered, settled, fixed (B36, B37)."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pypdf import PdfReader

from applications.roles import RoleName
from cohorts.models import Cohort
from cohorts.states import ENROLMENT
from funding.actions import agreements as act
from funding.actions import answers, taking_up
from funding.documents import agreement_pdf, answered_rows, place_rows
from funding.links import AGREEMENT_LINK
from funding.models import FeeAgreement, FeeTerms, FundingSource
from funding.models.agreement import DAYS
from funding.states import AGREEMENT, AgreementStatus, Route
from steppingup.accounts.actors import SYSTEM, LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink, User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory
from tests.factories.funding import (
    AgreementFactory,
    FundFactory,
    agreed,
    asked,
    bursary_asked,
    holder,
    taken_up,
)

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def told(agreement: FeeAgreement) -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("kind", "to_email"))


@pytest.mark.requirement("B36")
def test_the_sponsor_agrees_and_both_are_told():
    agreement = agreed(cohort__fee=Decimal("2500"))
    assert agreement.is_settled
    assert (agreement.amount, agreement.purchase_order, agreement.answered_by) == (2500, "PO 4711", "Jo Harris")
    assert told(agreement) == [
        ("funding.asked", "jo@employer.example"),
        ("funding.agreed", agreement.person.email),
        ("funding.agreed_copy", "jo@employer.example"),
    ]
    assert "£2,500" in agreement.terms
    assert agreement.terms in Message.objects.get(kind="funding.agreed_copy").text


@pytest.mark.requirement("B36", "B4")
def test_the_terms_speak_of_the_plans_days_and_the_cohorts_fee_and_are_the_programmes_own():
    cohort = PublishedCohortFactory(fee=Decimal("1310.50"))
    FeeTerms.objects.create(
        programme=cohort.programme, text="{{ days }} for {{ to_pay }}. {{ invoiced_when }}", invoiced_when="In May."
    )
    agreement, _ = asked(cohort=cohort)
    assert agreement.terms == "8 days for £1,310.50. In May."


@pytest.mark.requirement("B36")
def test_a_fee_that_changes_after_the_question_does_not_change_what_was_asked():
    agreement, raw = asked(cohort__fee=Decimal("1000"))
    agreement.cohort.fee = Decimal("1500")
    agreement.cohort.save()
    answers.agree(
        agreement=agreement, name="Jo", job_title="Head", purchase_order="", billing_address="Here", by=holder(raw)
    )
    assert agreement.amount == 1000


@pytest.mark.requirement("B2", "B36")
def test_what_a_sponsor_read_and_signed_goes_on_saying_what_it_said():
    agreement = agreed()
    rows, words, pdf = answered_rows(agreement), agreement.message_facts, text_of(agreement_pdf(agreement))
    cohort = agreement.cohort
    cohort.plan.components.update(least=3, most=3)
    Cohort.objects.filter(pk=cohort.pk).update(name="Renamed", ends_on=cohort.ends_on + timedelta(days=40))
    User.objects.filter(pk=agreement.person_id).update(full_name="Another Name")
    agreement = FeeAgreement.objects.for_steps().get(pk=agreement.pk)
    assert answered_rows(agreement) == rows
    assert text_of(agreement_pdf(agreement)) == pdf
    assert [agreement.message_facts[name] for name in DAYS] == [words[name] for name in DAYS]
    assert agreement.message_facts["cohort"] == "Renamed"  # where the place is today, for letters
    act.release(agreement=agreement, reason="They left.", by=SYSTEM)
    AGREEMENT.move(agreement, "begin_again", **act.CLEAN)
    assert {"key": "Release from work", "value": "12 days"} in place_rows(agreement)


@pytest.mark.requirement("B36")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", 1),
        ("terms", "less"),
        ("promised", {"days": "2 days"}),
        ("route", Route.INTERNAL),
        ("answered_by", "Somebody"),
    ],
)
def test_what_was_agreed_is_kept_by_the_database(field, value):
    agreement = agreed()
    with pytest.raises(DatabaseError), transaction.atomic():
        FeeAgreement.objects.filter(pk=agreement.pk).update(**{field: value})


def test_markdown_in_a_name_does_not_become_a_link_in_the_terms():
    agreement, _ = asked(employer=None, employer_name="[Pay here](https://evil.example)")
    assert "[" not in agreement.terms


def test_nobody_agrees_their_own_fee():
    agreement = AgreementFactory()
    with pytest.raises(NotPossible, match="yourself"):
        act.ask(
            agreement=agreement, sponsor_name="Me", sponsor_email=agreement.person.email.upper(), by=agreement.person
        )


def test_strangers_neither_ask_nor_answer():
    agreement, _ = asked()
    other, raw = asked()
    for by in (UserFactory(), staff(RoleName.ASSESSOR, agreement.provider), staff(RoleName.COORDINATOR)):
        with pytest.raises(NotAllowed):
            act.take_back(agreement=agreement, by=by)
    for by in (agreement.person, SYSTEM, holder(raw)):
        with pytest.raises(NotAllowed):
            answers.decline(agreement=agreement, reason="No.", by=by)
    wrong, secret = TokenLink.issue(purpose="other", target=agreement, email="x@example.org", days=1)
    with pytest.raises(NotAllowed):
        answers.decline(agreement=agreement, reason="No.", by=LinkHolder(wrong))


def test_asking_somebody_else_ends_the_first_link_and_tells_its_holder():
    agreement, raw = asked()
    first = holder(raw)
    act.ask(agreement=agreement, sponsor_name="Sam", sponsor_email="sam@employer.example", by=agreement.person)
    with pytest.raises(NotPossible, match="latest email"):
        answers.decline(agreement=agreement, reason="No.", by=first)
    assert ("funding.not_needed", "jo@employer.example") in told(agreement)


def test_declining_needs_a_reason_and_can_be_changed_to_agreeing():
    agreement, raw = asked()
    with pytest.raises(NotPossible, match="why"):
        answers.decline(agreement=agreement, reason=" ", by=holder(raw))
    answers.decline(agreement=agreement, reason="No budget.", by=holder(raw))
    assert not agreement.is_settled
    answers.agree(agreement=agreement, name="Jo", job_title="H", purchase_order="", billing_address="X", by=holder(raw))
    assert agreement.is_settled
    assert agreement.decline_reason == ""
    with pytest.raises(NotPossible):
        answers.decline(agreement=agreement, reason="After all not.", by=holder(raw))


@pytest.mark.requirement("B38")
def test_agreeing_after_all_withdraws_the_bursary_request():
    request = bursary_asked()
    agreement = request.agreement
    link, raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email="jo@employer.example", days=3)
    answers.agree(agreement=agreement, name="Jo", job_title="H", purchase_order="", billing_address="X", by=holder(raw))
    request.refresh_from_db()
    assert (request.status, agreement.route) == ("withdrawn", Route.EMPLOYER)


@pytest.mark.requirement("B38")
def test_a_bursary_cannot_be_asked_for_where_the_programme_has_none():
    agreement, raw = asked()
    with pytest.raises(NotPossible, match="no bursaries"):
        answers.ask_for_bursary(agreement=agreement, reason="Please.", by=holder(raw))


@pytest.mark.requirement("B37")
def test_the_corporate_fund_pays_for_its_own_staff_until_it_is_used_up():
    council = OrganisationFactory()
    part = OrganisationFactory(parent=council)
    cohort = PublishedCohortFactory(fee=Decimal("1000"))
    fund = FundFactory(programme=cohort.programme, budget=Decimal("2500"))
    fund.employers.add(council)
    for employer in (council, part):
        agreement = AgreementFactory(cohort=cohort, employer=employer)
        act.settle_internally(agreement=agreement, source=fund, by=agreement.person)
        assert (agreement.route, agreement.amount, agreement.employer_pays) == (Route.INTERNAL, 1000, 0)
    third = AgreementFactory(cohort=cohort, employer=council)
    with pytest.raises(NotPossible, match="£1,000 is needed and £500 is left"):
        act.settle_internally(agreement=third, source=fund, by=third.person)
    stranger = AgreementFactory(cohort=cohort)
    with pytest.raises(NotPossible, match="does not pay for people who work for"):
        act.settle_internally(agreement=stranger, source=fund, by=stranger.person)
    third.refresh_from_db()
    assert third.status == AgreementStatus.DRAFT


@pytest.mark.requirement("B37")
def test_releasing_gives_the_money_back_once_and_the_place_can_begin_again():
    agreement = AgreementFactory()
    fund = FundFactory(programme=agreement.cohort.programme)
    act.settle_internally(agreement=agreement, source=fund, by=agreement.person)
    for _ in range(2):
        act.release(agreement=agreement, reason="Withdrawn.", by=agreement.person)
    fund.refresh_from_db()
    assert fund.committed == 0
    assert list(fund.commitments.values_list("amount", flat=True)) == [1000, -1000]
    again = act.begin(
        cohort=agreement.cohort, person=agreement.person, employer=agreement.employer, employer_name="", by=SYSTEM
    )
    assert (again.pk, again.status, again.amount) == (agreement.pk, AgreementStatus.DRAFT, None)


@pytest.mark.requirement("B37")
def test_releasing_a_place_leaves_what_another_fund_has_promised():
    agreement, other = AgreementFactory(), AgreementFactory()
    funds = [FundFactory(programme=place.cohort.programme) for place in (agreement, other)]
    for place, fund in zip((agreement, other), funds, strict=True):
        act.settle_internally(agreement=place, source=fund, by=place.person)
    act.release(agreement=agreement, reason="Withdrawn.", by=agreement.person)
    for fund in funds:
        fund.refresh_from_db()
    assert [fund.committed for fund in funds] == [0, 1000]


def test_another_employer_begins_again_but_not_after_the_first_agreed():
    agreement, _ = asked()
    who = {"cohort": agreement.cohort, "person": agreement.person, "by": agreement.person}
    again = act.begin(**who, employer=None, employer_name="Another Ltd")
    assert (again.status, again.employer_display) == (AgreementStatus.DRAFT, "Another Ltd")
    agreed(again)
    with pytest.raises(NotPossible, match="has agreed to pay"):
        act.begin(**who, employer=None, employer_name="A third")


def test_a_place_that_is_taken_up_keeps_its_fee():
    agreement = agreed()
    enrolment = ParticipantFactory(cohort=agreement.cohort, participant=agreement.person)
    taking_up.attach_enrolment(agreement=agreement, enrolment=enrolment)
    with pytest.raises(NotPossible, match="has a place"):
        act.release(agreement=agreement, reason="Changed mind.", by=agreement.person)
    with pytest.raises(NotPossible, match="another person"):
        taking_up.attach_enrolment(agreement=agreed(), enrolment=enrolment)


def test_a_fee_that_was_not_invoiced_ends_with_the_place():
    agreement = taken_up()
    ENROLMENT.move(agreement.enrolment, "withdraw", withdrawn_at=timezone.now(), withdrawal_reason="Moved away.")
    assert act.release(agreement=agreement, reason="Moved away.", by=SYSTEM).status == AgreementStatus.RELEASED


@pytest.mark.requirement("B37")
def test_a_closed_fund_pays_for_no_new_place_and_keeps_its_promises():
    agreement = AgreementFactory()
    fund = FundFactory(programme=agreement.cohort.programme)
    act.settle_internally(agreement=agreement, source=fund, by=SYSTEM)
    FundingSource.objects.update(is_open=False)
    late = AgreementFactory(cohort=agreement.cohort)
    with pytest.raises(NotPossible, match=f"{fund.name} is closed"):
        act.settle_internally(agreement=late, source=fund, by=SYSTEM)
    fund.refresh_from_db()
    late.refresh_from_db()
    assert (fund.committed, late.status) == (agreement.amount, AgreementStatus.DRAFT)


def test_a_link_that_was_revoked_while_its_page_was_open_agrees_to_nothing():
    agreement, raw = asked()
    by = holder(raw)
    TokenLink.objects.update(revoked_at=timezone.now())
    with pytest.raises(NotPossible, match="latest email"):
        answers.agree(agreement=agreement, name="Jo", job_title="H", purchase_order="", billing_address="X", by=by)
    agreement.refresh_from_db()
    assert agreement.status == AgreementStatus.ASKED


def test_the_fee_is_the_cohorts_until_somebody_was_asked_and_then_what_they_were_asked():
    agreement = AgreementFactory(cohort__fee=2500)
    assert agreement.fee == 2500
    asked(agreement)
    agreement.cohort.fee = 3000
    assert agreement.fee == 2500
