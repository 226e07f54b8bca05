"""One click makes you somebody else, in a demonstration and nowhere else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from steppingup.demo.visitors import announce, introduce, person_for_key, sign_in_key
from tests.factories.accounts import UserFactory, staff

pytestmark = pytest.mark.django_db


def test_there_is_no_demonstration_address_outside_a_demonstration(client):
    user = staff()
    introduce(user=user, title="Coordinator")
    assert client.get("/demo/people/").status_code == 404
    assert client.get(f"/demo/sign-in/{sign_in_key(user)}/").status_code == 404
    assert person_for_key(sign_in_key(user)) is None
    with pytest.raises(CommandError):
        call_command("demo_people")


@pytest.mark.usefixtures("_demonstration")
def test_one_click_signs_you_in_and_opens_the_first_page(client):
    user = staff()
    introduce(user=user, title="Coordinator", look_at="The list of applications.", address="/admin/")
    page = client.get("/demo/people/").content.decode()
    assert "The list of applications." in page
    key = sign_in_key(user)
    assert f"/demo/sign-in/{key}/" in page
    assert client.get(f"/demo/sign-in/{key}/").headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("_demonstration")
def test_real_people_and_forged_keys_are_refused(client):
    real, invented = UserFactory(), UserFactory()
    introduce(user=invented, title="Applicant")
    assert client.get(f"/demo/sign-in/{sign_in_key(real)}/").status_code == 404
    assert client.get(f"/demo/sign-in/{invented.pk}:forged/").status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("_demonstration")
def test_the_command_prints_everybody_with_a_link():
    user = UserFactory(full_name="Asha Patel")
    introduce(user=user, title="Applicant", look_at="Applying.")
    introduce(user=user, title="Applicant", look_at="Applying over several sittings.")
    out = StringIO()
    call_command("demo_people", stdout=out, address="http://localhost:8123")
    assert f"Applicant  Asha Patel  http://localhost:8123/demo/sign-in/{sign_in_key(user)}/" in out.getvalue()
    assert out.getvalue().count("Applicant") == 1


@pytest.mark.usefixtures("_demonstration")
def test_who_is_still_being_loaded_is_announced_without_a_link(client):
    announce(title="Participant", look_at="Half-way through the days.", position=1)
    out = StringIO()
    call_command("demo_people", stdout=out)
    assert out.getvalue().startswith("Participant    (still loading)\n")
    page = client.get("/demo/people/").text
    assert "Two earlier cohorts are still loading" in page
    assert '<h2 class="card__title">Participant</h2>' in page
    introduce(user=UserFactory(), title="Participant", look_at="Half-way through the days.", position=1)
    page = client.get("/demo/people/").text
    assert "still being loaded" not in page
    assert page.count("Participant") == 1
