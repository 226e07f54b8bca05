"""Saved views of lists: what was searched and filtered, under a name, for oneself or for one's colleagues."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from steppingup.desk.models import SavedView
from tests.factories import review
from tests.factories.accounts import staff

pytestmark = pytest.mark.django_db
LIST = reverse("admin:applications_application_changelist")
QUERY = "status=offered&q=efe"


@pytest.fixture
def window():
    return review.window()


@pytest.fixture
def by(window):
    return review.coordinator(window)


def save(client, **more):
    given = {"listing": "applications_application", "query": QUERY, "name": "Offered to Efe", **more}
    return client.post(reverse("admin:save_view"), given)


def test_a_view_is_saved_under_a_name_and_leads_to_the_same_rows(window, by, in_admin):
    review.offered(window, by, name="Efe Obi")
    review.arrived(window, name="Ada Lin")
    client = in_admin(by)
    assert "Save this view" in client.get(f"{LIST}?{QUERY}").text
    assert save(client).url == f"{LIST}?{QUERY}"
    page = client.get(LIST)
    assert 'href="?status=offered&amp;q=efe">Offered to Efe</a>' in page.text
    assert client.get(f"{LIST}?{QUERY}").context["cl"].result_count == 1


def test_the_same_name_takes_the_place_of_ones_own_view(by, in_admin):
    client = in_admin(by)
    save(client)
    save(client, query="status=waiting")
    assert [one.query for one in SavedView.objects.filter(person=by)] == ["status=waiting"]


def test_colleagues_see_a_view_that_is_shared_and_nobody_else_does(window, by, in_admin):
    provider = window.cohort.programme.provider
    save(in_admin(by), name="Mine")
    save(in_admin(by), name="Ours", shared_with=provider.pk)
    colleague, stranger = in_admin(staff(provider=provider)), in_admin(staff())
    seen = colleague.get(LIST).text
    assert "Ours" in seen
    assert ">Mine<" not in seen
    assert ">Ours<" not in stranger.get(LIST).text
    ours = SavedView.objects.get(name="Ours")
    assert colleague.post(reverse("admin:remove_view", args=[ours.pk])).status_code == 404
    in_admin(by).post(reverse("admin:remove_view", args=[ours.pk]))
    assert not SavedView.objects.filter(pk=ours.pk).exists()


def test_a_view_is_shared_only_where_one_holds_a_role(by, in_admin):
    other = staff().role_assignments.get().provider
    save(in_admin(by), shared_with=other.pk)
    assert SavedView.objects.get().shared_with is None


def test_a_list_that_one_may_not_open_has_no_views(in_admin, by):
    assert save(in_admin(staff(RoleName.EQUALITY))).status_code == 404
    assert save(in_admin(by), listing="nothing_here").status_code == 404
    assert in_admin(by).get(reverse("admin:save_view")).status_code == 405


def test_a_list_offers_how_it_was_left(by, in_admin):
    client = in_admin(by)
    assert "as you left it" not in client.get(LIST).text
    client.get(f"{LIST}?status=waiting&p=2")
    assert 'href="?status=waiting">Show the list as you left it' in client.get(LIST).text


def test_a_view_without_a_name_is_not_saved_and_says_so(by, in_admin):
    client = in_admin(by)
    save(client, name="  ")
    assert "Give the view a name" in client.get(LIST).text
    assert not SavedView.objects.exists()
