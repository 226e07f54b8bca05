"""One search over everything that somebody may see: by name, reference or number, and on to it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application
from applications.roles import RoleName
from cohorts.models import Certificate, Cohort
from funding.models import Invoice
from steppingup.accounts.models import Organisation
from steppingup.desk import workspace
from tests.factories.accounts import UserFactory, staff
from tests.factories.world import everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    everything(UserFactory(is_staff=True, is_superuser=True))


def search(client: Client, text: str):
    return client.get(reverse("admin:search"), {"s": text})


def found(client: Client, text: str) -> dict[str, list[str]]:
    answer = search(client, text)
    return {kind.title: [one.name for one in rows] for kind, rows in answer.context["groups"]} if answer.context else {}


def provider_of(record) -> Organisation:
    return record.cohort.programme.provider


@pytest.fixture
def application(world) -> Application:
    return Application.objects.get(full_name="Efe Obi")


def test_a_name_finds_whoever_has_it_and_all_that_is_theirs(application, in_admin):
    client = in_admin(staff(provider=provider_of(application)))
    kinds = found(client, "efe obi")
    assert kinds["Applications"] == ["Efe Obi"]
    assert application.applicant.full_name in found(client, application.applicant.email)["People"]


@pytest.mark.parametrize("typed", [str, str.lower, lambda code: code.replace("-", " ")])
def test_a_reference_leads_straight_to_its_application(application, in_admin, typed):
    client = in_admin(staff(provider=provider_of(application)))
    there = reverse("admin:applications_application_change", args=[application.pk])
    assert search(client, typed(application.reference)).url == there


def test_the_number_of_an_invoice_or_a_certificate_leads_straight_to_it(world, in_admin):
    keeper = in_admin(UserFactory(is_staff=True, is_superuser=True))
    invoice, certificate = Invoice.objects.first(), Certificate.objects.first()
    assert search(keeper, invoice.reference).url == reverse("admin:funding_invoice_change", args=[invoice.pk])
    there = reverse("admin:cohorts_certificate_change", args=[certificate.pk])
    assert search(keeper, certificate.serial).url == there


def test_a_cohort_leads_to_its_workspace(world, in_admin):
    cohort = Cohort.objects.first()
    page = search(in_admin(staff(provider=cohort.programme.provider)), cohort.name).text
    assert f'href="{workspace.address_of(cohort)}"' in page


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (RoleName.ASSESSOR, set()),
        (RoleName.EQUALITY, set()),
        (RoleName.FINANCE, {"Invoices"}),
    ],
)
def test_a_role_finds_what_it_may_see_and_nothing_else(world, in_admin, role, kinds):
    invoice = Invoice.objects.first()
    provider = invoice.agreement.cohort.programme.provider
    client = in_admin(staff(role, provider))
    names = {invoice.agreement.person.full_name, "Efe Obi", "Ada Osei"}
    seen = {kind for name in names for kind in found(client, name)}
    assert seen == kinds
    assert search(client, invoice.reference).status_code == (302 if kinds else 200)


def test_another_provider_finds_nothing_of_ours(application, in_admin):
    client = in_admin(staff())
    for text in ("Efe Obi", application.reference, application.applicant.email):
        assert found(client, text) == {}, text


def test_nonsense_finds_nothing(world, in_admin):
    client = in_admin(UserFactory(is_staff=True, is_superuser=True))
    for text in ("", "   ", "-", "\x00", "%", "9" * 400, "'; drop", "²"):
        assert search(client, text).status_code == 200


def test_a_search_costs_few_queries_however_much_it_finds(world, in_admin):
    client = in_admin(UserFactory(is_staff=True, is_superuser=True))
    search(client, "a")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        search(client, "a")
    assert len(queries) <= 15
