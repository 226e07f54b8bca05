"""The name of an employer that somebody types: the same is taken silently, what is near is asked about, and staff settle the
rest, many at once."""

import pytest
from django.urls import reverse

from applications.actions.employers import settle_employer
from applications.models import Application
from steppingup.accounts.models import Organisation
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory
from tests.factories.applications import started
from tests.staff import take_step, take_steps

pytestmark = pytest.mark.django_db
WORK = {
    "job_title": "Team leader",
    "manager_name": "Mo Lane",
    "manager_email": "mo@example.org",
    "employer": "not-listed",
}


@pytest.fixture
def trust() -> Organisation:
    OrganisationFactory(name="Bath and Wells College")
    return OrganisationFactory(name="North Bristol NHS Trust")


@pytest.fixture
def application(client) -> Application:
    application = started()
    client.force_login(application.applicant)
    return application


def typed(client, application, name, **more):
    address = reverse("applications:part", args=[application.pk, "work"])
    answer = client.post(address, {**WORK, "employer_name": name, **more})
    application.refresh_from_db()
    return answer


@pytest.mark.parametrize("name", ["north bristol N.H.S. trust", "The North Bristol National Health Service Trust"])
def test_the_same_name_in_another_spelling_is_taken_without_a_question(client, application, trust, name):
    assert typed(client, application, name).status_code == 302
    assert (application.employer, application.employer_name) == (trust, "")


@pytest.mark.parametrize("name", ["North Bristol Trust", "North Bristle NHS Trust"])
def test_a_near_one_is_offered_and_nothing_that_was_typed_is_lost(client, application, trust, name):
    page = typed(client, application, name, job_title="Ward sister")
    assert "Did you mean North Bristol NHS Trust?" in page.text
    assert "Say whether you mean North Bristol NHS Trust." in page.text
    assert f'value="{name}"' in page.text
    assert 'value="Ward sister"' in page.text
    assert application.employer is None
    assert "work" not in application.parts_done
    assert typed(client, application, name, which=str(trust.pk)).status_code == 302
    assert (application.employer, application.employer_name) == (trust, "")
    assert "work" in application.parts_done


def test_several_near_ones_are_all_offered(client, application, trust):
    OrganisationFactory(name="North Bristol College")
    page = typed(client, application, "North Bristol").text
    assert "Choose the one that you mean, or “None of these”." in page
    assert all(name in page for name in ("North Bristol NHS Trust", "North Bristol College", "None of these. It is"))


def test_none_of_these_keeps_the_name_and_is_not_asked_twice(client, application, trust):
    assert typed(client, application, "North Bristol Trust", which="none").status_code == 302
    assert (application.employer, application.employer_name) == (None, "North Bristol Trust")
    assert typed(client, application, "North Bristol Trust").status_code == 302
    assert "Did you mean" in typed(client, application, "North Bristol N Trust").text


@pytest.mark.parametrize("which", ["999999999999", "x", "²", "\x00"])
def test_an_answer_that_was_not_offered_is_asked_again(client, application, trust, which):
    assert typed(client, application, "North Bristol Trust", which=which).status_code == 200
    assert application.employer is None


def test_staff_settle_every_name_at_once_and_can_take_it_all_back(in_admin, trust):
    window = make.window()
    coordinator = make.coordinator(window)
    names = ("N Bristol NHS Trust", "n. bristol nhs trust", "Harbour Cafe Ltd", "Somewhere Else")
    found = [make.arrived(window) for _ in names]
    for application, name in zip(found, names, strict=True):
        Application.objects.filter(pk=application.pk).update(employer=None, employer_name=name)
    browser = in_admin(coordinator)
    page = browser.get(reverse("admin:applications_application_employers")).text
    assert "“N Bristol NHS Trust” (2 applications)" in page
    assert page.count('label="Did you mean"') == 1
    assert "Did you mean “North Bristol NHS Trust”?" in page
    assert page.count("Harbour Cafe Ltd (private company)") == 1
    ids = [application.pk for application in found]
    answers = {"employer": trust.pk, "employer_1": "new-private", "employer_2": "leave"}
    done = take_steps(browser, "applications_application", "settle_employer", ids, **answers)
    assert "It is left as it is for now." in done.text
    first, second, third, fourth = Application.objects.filter(pk__in=ids).order_by("pk")
    assert first.employer == second.employer == trust
    assert third.employer == Organisation.objects.get(name="Harbour Cafe Ltd", kind="private", sector="commercial")
    assert fourth.employer is None
    back = done.context["back_ids"].split(",")
    take_steps(browser, "steps_taking", "take_back", back, reason="Another trust.")
    assert set(Application.objects.filter(pk__in=ids).values_list("employer", "employer_name")) == {
        (None, name) for name in names
    }


def test_a_new_entry_takes_the_one_that_is_there_by_now_and_says_when_nobody_waits(in_admin):
    window = make.window()
    coordinator = make.coordinator(window)
    found = [make.arrived(window) for _ in range(2)]
    Application.objects.filter(pk__in=[one.pk for one in found]).update(employer=None, employer_name="Harbour Cafe Ltd")
    for application in found:
        settle_employer(application=make.fresh(application), employer=None, kind="charity", by=coordinator)
    assert Organisation.objects.filter(name="Harbour Cafe Ltd").count() == 1
    page = in_admin(coordinator).get(reverse("admin:applications_application_employers")).text
    assert "Every employer is in the directory" in page


def test_the_directory_asks_before_it_has_the_same_organisation_twice(in_admin, trust):
    browser = in_admin(make.coordinator(make.window()))
    address = reverse("admin:accounts_organisation_add")
    data = {"name": "North Bristol Trust", "slug": "nbt", "kind": "nhs", "sector": "public"}
    page = browser.post(address, data)
    assert "The directory has “North Bristol NHS Trust” already." in page.text
    assert 'name="is_another"' in page.text
    browser.post(address, {**data, "is_another": "on"})
    assert Organisation.objects.filter(slug="nbt").exists()
    same = browser.post(address, {**data, "name": "north bristol NHS trust", "slug": "nbt2"})
    assert "There is already an organisation with this name." in same.text


def test_one_application_is_settled_on_its_page(in_admin, trust):
    window = make.window()
    application = make.arrived(window)
    Application.objects.filter(pk=application.pk).update(employer=None, employer_name="N Bristol NHS Trust")
    browser = in_admin(make.coordinator(window))
    address = reverse("admin:applications_application_step", args=[application.pk, "settle_employer"])
    assert "Choose the organisation." in take_step(browser, address, employer="").text
    take_step(browser, address, employer=trust.pk)
    assert make.fresh(application).employer == trust
