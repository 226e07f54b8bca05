"""Fee agreements, funds and invoices for tests, named after moments."""

from decimal import Decimal

import factory
import pgtrigger
from factory.django import DjangoModelFactory

from applications.roles import RoleName
from cohorts.actions import enrolments
from funding.actions import agreements, answers, bursaries, invoices, liability, taking_up
from funding.actions.liability_forms import EVIDENCE
from funding.links import AGREEMENT_LINK, CASE_LINK
from funding.models import (
    Adjustment,
    BursaryRequest,
    Evidence,
    FeeAgreement,
    FundingSource,
    Invoice,
    InvoiceSeries,
    LiabilityCase,
)
from funding.queries import pots_for
from funding.states import Route
from steppingup.accounts.actors import SYSTEM, LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.files.actions.files import store
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, ProgrammeFactory, PublishedCohortFactory
from tests.files.uploads import pdf, upload


class FundFactory(DjangoModelFactory):
    """An internal fund for everybody's staff, with money for three places of a thousand pounds."""

    class Meta:
        model = FundingSource

    programme = factory.SubFactory(ProgrammeFactory)
    key = factory.Sequence(lambda n: f"fund-{n}")
    name = factory.Sequence(lambda n: f"Fund {n}")
    route = Route.INTERNAL
    budget = Decimal("3000.00")


class PotFactory(FundFactory):
    """A bursary pot."""

    name = factory.Sequence(lambda n: f"Bursaries {n}")
    route = Route.BURSARY


class AgreementFactory(DjangoModelFactory):
    """Nobody was asked yet."""

    class Meta:
        model = FeeAgreement

    cohort = factory.SubFactory(PublishedCohortFactory)
    person = factory.SubFactory(UserFactory)
    employer = factory.SubFactory(OrganisationFactory)


class InvoiceSeriesFactory(DjangoModelFactory):
    class Meta:
        model = InvoiceSeries

    prefix = "SU-"
    vat_treatment = "exempt"
    bill_from = "Harbour Council\nCity Hall\nHarbour HA1 1AA\n\nAccount 12345678, sort code 00-00-00"


def asked(agreement: FeeAgreement | None = None, **fields) -> tuple[FeeAgreement, str]:
    """A sponsor was asked. Returns the agreement and the secret of a link that works."""
    agreement = agreement or AgreementFactory(**fields)
    agreements.ask(
        agreement=agreement,
        sponsor_name="Jo Harris",
        sponsor_email="jo@employer.example",
        sponsor_job_title="Head of Service",
        by=agreement.person,
    )
    _, raw = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email=agreement.sponsor_email, days=30)
    return agreement, raw


def holder(raw: str) -> LinkHolder:
    return LinkHolder(TokenLink.objects.find(AGREEMENT_LINK, raw))


def agreed(agreement: FeeAgreement | None = None, **fields) -> FeeAgreement:
    """The employer pays."""
    agreement, raw = asked(agreement, **fields)
    return answers.agree(
        agreement=agreement,
        name="Jo Harris",
        job_title="Head of Service",
        purchase_order="PO 4711",
        billing_address="Harbour Housing\n1 Quay Street\nHarbour HA1 2BB",
        by=holder(raw),
    )


def bursary_asked(agreement: FeeAgreement | None = None, **fields):
    """A bursary was asked for; the programme has a pot. Returns the request."""
    agreement, raw = asked(agreement, **fields)
    if not pots_for(agreement).exists():
        PotFactory(programme=agreement.cohort.programme)
    return answers.ask_for_bursary(agreement=agreement, reason="No budget is left.", by=holder(raw))


def taken_up(**fields):
    """A place that the employer pays and somebody took up, at a provider that can send invoices."""
    agreement = agreed(**fields)
    enrolment = ParticipantFactory(cohort=agreement.cohort, participant=agreement.person, employer=agreement.employer)
    taking_up.attach_enrolment(agreement=agreement, enrolment=enrolment)
    if not InvoiceSeries.objects.filter(provider=agreement.provider).exists():
        InvoiceSeriesFactory(provider=agreement.provider)
    return agreement


def issued(**fields) -> Invoice:
    """The invoice for such a place was sent."""
    return invoices.issue(agreement=taken_up(**fields), by=SYSTEM)


def left_owing(**fields) -> LiabilityCase:
    """Somebody has left, and by the terms the employer owes the fee, or so much as `after_leaving` says."""
    agreement, rule = taken_up(**{name: fields[name] for name in fields if name != "after_leaving"}), fields
    put = {"after_leaving": rule.get("after_leaving", "whole")}
    with pgtrigger.ignore("funding.FeeAgreement:frozen_once_agreed"):
        FeeAgreement.objects.filter(pk=agreement.pk).update(**put)
    enrolments.withdraw(enrolment=agreement.enrolment, reason="A private matter.", by=SYSTEM)
    return LiabilityCase.objects.for_steps().get(agreement=agreement)


def told_case(**fields) -> tuple[LiabilityCase, str, Evidence]:
    """The same, and the participant has told us of circumstances, with a file; the letters about it have long arrived. With the secret of
    the employer's link."""
    before = Message.objects.order_by("pk").last()
    case = left_owing(**fields)
    liability.tell(case=case, text="She is ill.", by=case.agreement.person)
    paper = store(upload=upload(pdf()), rule=EVIDENCE, by=case.agreement.person)
    evidence = Evidence.objects.create(statement=case.statements.get(), file=paper)
    Message.objects.filter(pk__gt=before.pk if before else 0).delete()
    _, raw = TokenLink.issue(purpose=CASE_LINK, target=case, email="sam@example.org", days=9)
    return case, raw, evidence


def case_holder(case: LiabilityCase) -> LinkHolder:
    """Whoever speaks for the employer."""
    link, _ = TokenLink.issue(purpose=CASE_LINK, target=case, email=case.agreement.sponsor_email, days=30)
    return LinkHolder(link)


def proposed(invoice: Invoice, **fields) -> Adjustment:
    """A finance officer has proposed to write it off; a second one has not said anything yet."""
    by = fields.pop("by", None) or staff(RoleName.FINANCE, invoice.agreement.provider)
    values = {"kind": "write_off", "amount": invoice.amount, "reason": "They have closed.", **fields}
    return Adjustment.objects.create(invoice=invoice, proposed_by=by, **values)


def _second(request: BursaryRequest):
    return bursaries.confirm(request=request, by=staff(RoleName.FINANCE, request.agreement.provider))


def granted(*, request: BursaryRequest, **given) -> BursaryRequest:
    """One finance officer proposes to grant a bursary, and another confirms it."""
    return _second(bursaries.propose_grant(request=request, **given))


def refused(*, request: BursaryRequest, **given) -> BursaryRequest:
    """The same for refusing it."""
    return _second(bursaries.propose_refusal(request=request, **given))
