"""The second factor opens the admin for twelve hours, and what is sensitive for one."""

import time
from datetime import timedelta

import pytest
from allauth.account.internal.flows import login
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from steppingup.accounts.models import User
from steppingup.accounts.roles import SENSITIVE
from steppingup.accounts.second_factor import LASTS, LASTS_FOR_SENSITIVE, TO_WRITE
from steppingup.desk.stepping import SteppedAdmin
from steppingup.steps.step import Step
from tests.accounts.test_second_factor import SECRET, app_code
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


def used(client: Client, user: User, ago: timedelta) -> Client:
    """Signed in, with a second factor so long ago."""
    with_second_factor(client, user)
    session = client.session
    [record] = session[login.AUTHENTICATION_METHODS_SESSION_KEY]
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [record | {"at": time.time() - ago.total_seconds()}]
    session.save()
    return client


def asks(response) -> bool:
    """Is this the way to the page for the second factor, and back?"""
    way = response.headers.get("Location", "")
    return response.status_code == 302 and way.startswith(reverse("account_second_factor"))


@pytest.fixture
def boss() -> User:
    return UserFactory(is_staff=True, is_superuser=True)


LITTLE, MUCH = timedelta(minutes=1), timedelta(hours=2)


def test_the_admin_is_open_for_twelve_hours(client, boss):
    assert used(client, boss, LASTS - LITTLE).get("/admin/").status_code == 200
    answer = used(client, boss, LASTS + LITTLE).get("/admin/accounts/user/?q=ada")
    assert asks(answer)
    assert "next=%2Fadmin%2Faccounts%2Fuser%2F%3Fq%3Dada" in answer.headers["Location"]


def test_what_was_written_on_a_page_that_was_opened_in_time_can_still_be_sent(client, boss):
    address = reverse("admin:accounts_organisation_add")
    written = used(client, boss, LASTS_FOR_SENSITIVE + TO_WRITE - LITTLE).post(address, {"name": ""})
    assert written.status_code == 200  # with a sentence at the empty field
    assert asks(used(client, boss, LASTS_FOR_SENSITIVE + TO_WRITE + LITTLE).post(address, {"name": ""}))


def addresses() -> list[str]:
    """The pages of every step that is sensitive, of a record that need not be there, and of forms and files that are."""
    return [
        *(
            reverse(f"admin:{step.model._meta.label_lower.replace('.', '_')}_step", args=[1, step.name])
            for step in sensitive_steps()
            if isinstance(admin.site._registry.get(step.model), SteppedAdmin)
        ),
        reverse("admin:accounts_organisation_add"),
        reverse("admin:funding_fundingsource_add"),
        reverse("applications:equality"),
        reverse("applications:equality_register", args=["a-provider/a-programme"]),
        reverse("applications:equality_publish", args=["a-provider/a-programme"]),
        *(
            f"{reverse(f'admin:{name}_changelist')}?export={kind}"
            for name in ("applications_application", "cohorts_enrolment", "funding_invoice", "mentoring_mentor")
            for kind in ("csv", "xlsx")
        ),
    ]


def sensitive_steps() -> list[Step]:
    return [step for step in Step.registry.values() if step.permission in SENSITIVE]


def test_everything_sensitive_asks_again_after_an_hour(client, boss):
    found = addresses()
    assert len(found) > 20
    fresh, old = used(Client(), boss, LITTLE), used(Client(), boss, LASTS_FOR_SENSITIVE + LITTLE)
    assert {address for address in found if asks(fresh.get(address))} == set()
    assert {address for address in found if not asks(old.get(address))} == set()


@pytest.mark.parametrize("address", ["/admin/", "/admin/applications/application/", "/admin/accounts/user/"])
def test_what_is_only_looked_at_does_not(client, boss, address):
    assert used(client, boss, MUCH).get(address).status_code == 200


def test_with_the_code_one_is_back_on_the_page(client, boss):
    TOTP.activate(boss, SECRET)
    page = reverse("admin:accounts_organisation_add")
    way = used(client, boss, MUCH).get(page).headers["Location"]
    answer = client.post(way, {"code": app_code()})
    assert answer.headers["Location"] == page
    assert client.get(page).status_code == 200


def test_people_who_are_no_staff_download_what_is_theirs_to_see_without(client):
    enrolment = ParticipantFactory()
    programme = enrolment.cohort.programme
    programme.is_published = True
    programme.save()
    client.force_login(enrolment.participant)
    answer = client.get(reverse("cohorts:partners", args=[programme.path]), {"export": "csv"})
    assert answer.headers["Content-Type"].startswith("text/csv")
