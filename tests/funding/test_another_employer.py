"""Another employer half-way: the page says what hangs on the one before, and one press hands it over."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.actions.enrolments import change_employer
from funding.actions import answers, invoices
from funding.actions.employers import of_the_employer
from funding.models import FeeAgreement
from funding.states import AgreementStatus
from steppingup.history.previews import previewing
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import funding as money
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    cohort = RunningCohortFactory(fee=Decimal(2500))
    return ParticipantFactory(cohort=cohort, line_manager=UserFactory(full_name="Mo Patel"))


@pytest.fixture
def coordinator(place):
    return staff(provider=place.cohort.programme.provider)


@pytest.fixture
def finance(place):
    return staff("finance", place.cohort.programme.provider)


def agreed(place) -> FeeAgreement:
    fee = money.AgreementFactory(cohort=place.cohort, person=place.participant, employer=place.employer)
    fee = money.agreed(fee)
    FeeAgreement.objects.filter(pk=fee.pk).update(enrolment=place)
    return FeeAgreement.objects.get(pk=fee.pk)


def test_what_was_agreed_stays_finance_is_told_and_the_new_line_manager_welcomed(in_admin, place, coordinator, finance):
    former, agreement, new = place.employer, agreed(place), OrganisationFactory(name="Avon Water")
    money.InvoiceSeriesFactory(provider=place.cohort.programme.provider)
    invoices.issue(agreement=agreement, by=finance)
    url = reverse("admin:cohorts_enrolment_step", args=[place.pk, "change_employer"])
    given = {"employer": new.pk, "from_on": timezone.localdate().isoformat()}
    browser = in_admin(coordinator)
    shown = browser.post(url, {**given, "filled": "yes"}).text
    assert f"{former} agreed to pay £2,500. That stays with them." in shown
    assert "is still owed" in shown
    assert "Mo Patel stays the line manager" in shown
    written = set(Message.objects.values_list("pk", flat=True))
    take_step(browser, url, **given, manager_name="Jo Lee", manager_email="jo@example.org")
    place.refresh_from_db()
    assert (place.employer, place.line_manager.email) == (new, "jo@example.org")
    agreement.refresh_from_db()
    assert (agreement.employer, agreement.status) == (former, AgreementStatus.AGREED)
    told = Message.objects.exclude(pk__in=written)
    letter = told.get(kind="funding.employer_changed")
    assert letter.to == finance
    assert "Avon Water" in letter.subject
    assert told.filter(to_email="jo@example.org").exists()
    take_back(taking=Taking.objects.on(place).standing().first(), reason="It was her sister.", by=coordinator)
    place.refresh_from_db()
    assert (place.employer, place.line_manager.full_name) == (former, "Mo Patel")


@pytest.mark.parametrize("status", [AgreementStatus.DRAFT, AgreementStatus.ASKED, AgreementStatus.DECLINED])
def test_what_nobody_has_agreed_to_begins_again_for_the_new_employer(place, coordinator, status):
    fee = money.AgreementFactory(cohort=place.cohort, person=place.participant, employer=place.employer)
    if status != AgreementStatus.DRAFT:
        fee, raw = money.asked(fee)
        if status == AgreementStatus.DECLINED:
            answers.decline(agreement=fee, reason="No budget.", by=money.holder(raw))
    new = OrganisationFactory()
    change_employer(enrolment=place, employer=new, by=coordinator)
    fee = FeeAgreement.objects.get(person=place.participant)
    assert (fee.employer, fee.status, fee.sponsor_email) == (new, AgreementStatus.DRAFT, "")


def test_a_place_without_a_fee_hangs_on_nothing(place, coordinator):
    assert of_the_employer(place) == []
    with previewing() as preview:
        change_employer(enrolment=place, employer=OrganisationFactory(), by=coordinator)
    assert not [one for one in preview.messages if one.kind == "funding.employer_changed"]
