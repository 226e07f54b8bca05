"""What a certificate says was done, for whoever completed and whoever did not; and what became of one that was replaced."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cohorts.actions import certificates, completion
from cohorts.actions import days as ledger
from cohorts.actions.certificates import cohort_in_words
from cohorts.models import Certificate, CompletionRule, Enrolment, Programme
from cohorts.states import CertificateKind, CertificateSays, EnrolmentStatus
from steppingup.accounts.actors import SYSTEM
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory, day
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return ParticipantFactory(cohort__name="Cohort 2")


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


@pytest.fixture
def rule(person):
    return CompletionRule.objects.create(cohort=person.cohort, minimum=2)


def does(person, days: str, ago: int) -> None:
    """So many days of the assignment, on a date."""
    component = person.cohort.plan.components.get(key="stretch")
    source = SessionFactory(cohort=person.cohort)
    ledger.post(enrolment=person, component=component, days=Decimal(days), on=day(-ago), source=source, by=SYSTEM)


def text_of(certificate: Certificate) -> str:
    return " ".join(PdfReader(BytesIO(certificates.render(certificate))).pages[0].extract_text().split())


def fresh(person) -> Enrolment:
    return Enrolment.objects.for_steps().get(pk=person.pk)


def test_a_certificate_says_the_days_that_were_done_and_carries_the_day_of_completing(person, coordinator, rule):
    for ago in (9, 8, 7):
        does(person, "0.75", ago)
    completion.complete(enrolment=person, on=day(-6), by=coordinator)
    certificate = certificates.make(enrolment=fresh(person), by=coordinator)
    assert (certificate.completed_on, certificate.statement) == (day(-6), "2¼ days of leadership development")
    text = text_of(certificate)
    assert "has completed" in text
    assert "2¼ days of leadership development" in text
    assert "Cohort 2" in text
    assert "Cohort Cohort" not in text


def test_or_that_the_requirements_were_met_waivers_included(person, coordinator, rule, client):
    Programme.objects.update(certificate_says=CertificateSays.REQUIREMENTS)
    does(person, "1", 3)
    completion.waive(enrolment=person, rule=rule, reason="Illness.", by=coordinator)
    completion.complete(enrolment=person, by=coordinator)
    certificate = certificates.make(enrolment=fresh(person), by=coordinator)
    assert certificate.claim == "has met the requirements of"
    assert "a programme of 8 days of leadership development" in text_of(certificate)
    assert "has met the requirements of" in client.get(certificate.address).text
    Programme.objects.update(certificate_says=CertificateSays.DAYS)  # what was said stays said
    assert "a programme of 8 days" in text_of(Certificate.objects.get())


def test_whoever_did_not_complete_is_told_and_has_a_statement_of_the_days(person, coordinator, rule, in_admin, client):
    with pytest.raises(NotPossible, match="nothing to certify"):
        certificates.make(enrolment=person, by=coordinator)
    does(person, "1", 5)
    url = reverse("admin:cohorts_enrolment_step", args=[person.pk, "conclude"])
    take_step(in_admin(coordinator), url, on=day(-4).isoformat())
    over = fresh(person)
    assert over.status == EnrolmentStatus.NOT_COMPLETED
    told = {message.kind: message for message in Message.objects.all()}
    assert told["cohorts.not_completed"].to == person.participant
    assert "1 of 8 days" in told["cohorts.not_completed"].text
    assert told["cohorts.manager_not_completed"].to == person.line_manager
    with pytest.raises(NotPossible, match="cannot"):
        completion.complete(enrolment=over, by=coordinator)
    assert list(certificates.waiting_for_one(person.cohort)) == [over]
    certificate = certificates.make(enrolment=over, by=coordinator)
    assert (certificate.kind, certificate.completed_on) == (CertificateKind.DAYS_DONE, day(-4))
    assert "has taken part in" in text_of(certificate)
    assert "1 of 8 days of leadership development" in text_of(certificate)
    page = client.get(certificate.address).text
    assert "For taking part in" in page
    assert "For completing" not in page
    client.force_login(person.participant)
    assert "You did 1 of 8 days" in client.get(reverse("cohorts:participant", args=[person.pk])).text
    with pytest.raises(NotPossible, match="Revoke it first"):
        completion.go_on(enrolment=over, by=coordinator)
    certificates.revoke(certificate=certificate, reason="Too early.", by=coordinator)
    completion.go_on(enrolment=over, by=coordinator)
    assert fresh(person).status == EnrolmentStatus.ENROLLED
    assert Message.objects.filter(kind="cohorts.goes_on").count() == 1


def test_whoever_meets_the_rules_has_completed(person, coordinator, rule):
    for ago in (3, 2):
        does(person, "1", ago)
    with pytest.raises(NotPossible, match="Record the completion instead"):
        completion.conclude(enrolment=person, by=coordinator)


def test_the_number_of_a_certificate_that_was_replaced_says_so_with_the_day(person, coordinator, rule, client):
    does(person, "1", 3)
    completion.waive(enrolment=person, rule=rule, reason="Illness.", by=coordinator)
    completion.complete(enrolment=person, by=coordinator)
    first = certificates.make(enrolment=fresh(person), by=coordinator)
    certificates.revoke(certificate=first, reason="A wrong name.", by=coordinator)
    page = client.get(first.address).text
    assert "This certificate has been revoked" in page
    second = certificates.make(enrolment=fresh(person), by=coordinator)
    page = client.get(first.address).text
    today = timezone.localdate()
    assert "This certificate has been replaced" in page
    assert f"on {today.day} {today:%B %Y}" in page
    assert second.serial not in page
    assert "A wrong name" not in page
    assert "This certificate is genuine" in client.get(second.address).text


@pytest.mark.parametrize(
    ("name", "said"),
    [("February 2027", "Cohort February 2027"), ("Cohort 2", "Cohort 2"), ("cohort of 2020", "cohort of 2020")]
    + [(name, name) for name in ("Cohort", "Second cohort", "The Cohort of 2027", "🎓 COHORT 3", "Cohorts 1 and 2")]
    + [(name, f"Cohort {name}") for name in ("2027 🎓", "Cohortium", "Autumn", "2027/28")],
)
def test_a_cohort_is_called_a_cohort_once(name, said):
    assert cohort_in_words(name) == said
