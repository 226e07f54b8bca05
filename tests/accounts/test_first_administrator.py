"""An empty site is given to whoever follows the link that was made where it runs: once, and to nobody else."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from steppingup.accounts.actions.first import NOT_YET
from steppingup.accounts.models import TokenLink, User
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
GIVEN = {"full_name": "Ada Lin", "email": "ada.lin@council.example", "password": "copper kettle rainstorm"}


def printed() -> str:
    said = io.StringIO()
    call_command("first_administrator", stdout=said)
    return said.getvalue().strip()


def page_of(url: str) -> str:
    return url.partition("//")[2].partition("/")[1] + url.partition("//")[2].partition("/")[2]


def test_whoever_follows_the_link_says_who_they_are_and_signs_in(client):
    address = page_of(printed())
    page = client.get(address)
    assert "Welcome to Stepping Up" in page.text
    assert page["Cache-Control"] == "no-store"
    assert client.post(address, GIVEN).url == f"{reverse('account_login_password')}?next=%2Fadmin%2F"
    person = User.objects.get()
    assert (person.full_name, person.email) == ("Ada Lin", "ada.lin@council.example")
    assert person.is_superuser
    assert client.login(email=person.email, password=GIVEN["password"])
    # From the admin they are led to set up a second factor.
    assert reverse("account_second_factor") in client.get("/admin/").url


def test_the_link_works_once_and_ends_with_a_newer_one(client):
    first, second = page_of(printed()), page_of(printed())
    assert client.get(first).status_code == 404
    assert User.objects.count() == 1
    client.post(second, GIVEN)
    assert client.get(second).status_code in (404, 410)
    assert User.objects.get().full_name == "Ada Lin"


def test_a_site_that_has_an_administrator_gives_no_such_link():
    UserFactory(is_superuser=True, is_staff=True)
    with pytest.raises(CommandError, match="has an administrator"):
        printed()
    assert not TokenLink.objects.exists()


def test_a_link_that_is_left_open_makes_nobody_administrator_of_a_site_that_has_one(client):
    address = page_of(printed())
    UserFactory(is_superuser=True, is_staff=True)
    assert "This site has an administrator" in client.post(address, GIVEN).text
    assert User.objects.get(email=NOT_YET).has_usable_password() is False


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"full_name": " "}, "Enter your full name."),
        ({"email": "ada"}, "Enter an email address in the correct format, like name@example.org."),
        ({"password": ""}, "Enter a password."),
        ({"password": "short"}, "12 characters"),
        ({"password": "password1234"}, "too common"),
    ],
)
def test_each_mistake_has_its_sentence_and_what_was_typed_stays(client, given, sentence):
    page = client.post(page_of(printed()), {**GIVEN, **given})
    assert sentence in page.text
    kept = {name: value for name, value in {**GIVEN, **given}.items() if name != "password" and value.strip()}
    assert [value for value in kept.values() if f'value="{value}"' not in page.text] == []
    assert User.objects.get().email == NOT_YET
