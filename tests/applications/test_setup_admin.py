"""Setting up applications in the admin: the provider's own only, and the register of interest as a list."""

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import EmployerRule, Interest
from applications.roles import RoleName
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.applications import WindowFactory, internal_fund
from tests.staff import choices, with_second_factor

pytestmark = pytest.mark.django_db
LISTS = ("applications_window", "cohorts_ruleset", "applications_interest")


@pytest.fixture
def window():
    window = WindowFactory()
    now = timezone.now()
    programme = window.cohort.programme
    Interest.objects.create(programme=programme, email="on@example.org", name="=On", confirmed_at=now)
    Interest.objects.create(programme=programme, email="new@example.org")
    Interest.objects.create(programme=programme, email="gone@example.org", confirmed_at=now, left_at=now)
    return window


def coordinator(client, window, role=RoleName.COORDINATOR):
    user = staff(role, provider=window.cohort.programme.provider)
    with_second_factor(client, user)
    return user


def change(name: str, *args) -> str:
    return reverse(f"admin:{name}_change", args=args)


def listed(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def test_a_coordinator_sees_and_changes_the_providers_own(client, window):
    other = WindowFactory()
    coordinator(client, window)
    for name in LISTS:
        assert client.get(listed(name)).status_code == 200, name
    assert client.get(change("applications_window", window.pk)).status_code == 200
    assert client.get(change("applications_window", other.pk)).status_code == 404
    assert str(other.cohort) not in client.get(listed("applications_window")).text


def test_an_assessor_sets_nothing_up_and_reads_no_register(client, window):
    coordinator(client, window, RoleName.ASSESSOR)
    for name in LISTS:
        assert client.get(listed(name)).status_code == 403, name


@pytest.mark.requirement("B32")
def test_the_register_is_exported_as_filtered_and_cannot_be_changed(client, window):
    coordinator(client, window)
    answer = client.get(listed("applications_interest") + "?state=standing&export=csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("on@example.org,'=On,")
    entry = Interest.objects.first()
    client.post(change("applications_interest", entry.pk), {"email": "x@example.org"})
    entry.refresh_from_db()
    assert entry.email != "x@example.org"


@pytest.mark.requirement("B34", "B37")
def test_a_rule_for_an_employer_takes_only_funds_of_its_own_programme(client, window):
    other = WindowFactory()
    theirs = internal_fund(other, OrganisationFactory()).funded_by
    ours = internal_fund(window, OrganisationFactory()).funded_by
    coordinator(client, window)
    page = client.get(change("applications_window", window.pk)).text
    offered = choices(page, "employer_rules-__prefix__-funded_by")
    assert str(ours.pk) in offered
    assert str(theirs.pk) not in offered
    assert EmployerRule.objects.count() == 2


@pytest.mark.requirement("B18")
def test_the_page_of_a_question_warns_about_age(client, window):
    coordinator(client, window)
    assert "age is a protected" in client.get(change("cohorts_ruleset", window.cohort.rule_set_id)).text
