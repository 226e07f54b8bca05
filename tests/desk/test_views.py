"""Saved views of lists: what was searched and filtered, under a name, for oneself or for one's colleagues."""

import re

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
    there = save(client).url
    assert there == f"{LIST}?{QUERY}&view={SavedView.objects.get().pk}"
    assert 'aria-current="page">Offered to Efe' in client.get(there).text
    page = client.get(LIST)
    assert f'href="?status=offered&amp;q=efe&amp;view={SavedView.objects.get().pk}">Offered to Efe</a>' in page.text
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


def choose(client, *columns, listing="applications_application", **more):
    given = {"listing": listing, "query": QUERY, "column": columns, **more}
    return client.post(reverse("admin:choose_columns"), given)


def headings(client, address=LIST):
    table = client.get(address).text.partition("<thead>")[2].partition("</thead>")[0]
    return [one.strip() for one in re.findall(r'<th scope="col"[^>]*>(?:<a[^>]*>)?(\w[\w ]*)', table)]


def test_a_list_shows_the_columns_that_one_chose_and_colleagues_lists_stay_as_they_are(window, by, in_admin):
    review.arrived(window, name="Ada Lin")
    client, colleague = in_admin(by), in_admin(review.coordinator(window))
    every = headings(client)
    assert every == ["Name", "Employer", "Status", "Submitted", "Reviews", "Mean", "Spread", "Fee", "Reason"]
    choose(client, "state", "fee", "password")
    assert headings(client) == ["Name", "Status", "Fee"]
    assert 'data-label="Employer"' not in client.get(LIST).text
    assert headings(colleague) == every
    choose(client)
    assert headings(client) == every


def test_every_order_sorts_by_the_same_column_whichever_are_shown(window, by, in_admin):
    for name in ("Ben Cole", "Ada Lin", "Cy Ode"):
        review.arrived(window, name=name)
    client = in_admin(by)
    found = {
        o: [one.pk for one in client.get(f"{LIST}?o={o}").context["cl"].result_list] for o in ("0", "-0", "3", "-3")
    }
    choose(client, "submitted", "fee")
    for o, rows in found.items():
        page = client.get(f"{LIST}?o={o}")
        assert [one.pk for one in page.context["cl"].result_list] == rows
    assert headings(client, f"{LIST}?o=2") == ["Name", "Submitted", "Fee"]  # sorted by what is not shown
    links = re.findall(r'<th scope="col"[^>]*><a href="\?[^"]*o=([-.\d]+)', client.get(f"{LIST}?o=0").text)
    assert links == ["-0", "3.0", "7.0"]


def test_a_view_keeps_its_own_columns(window, by, in_admin):
    review.arrived(window, name="Ada Lin")
    client = in_admin(by)
    save(client, query="", column=["state"], shared_with=window.cohort.programme.provider.pk)
    view = SavedView.objects.get()
    choose(client, "fee", query="")
    assert headings(client) == ["Name", "Fee"]
    colleague = in_admin(review.coordinator(window))
    assert (
        headings(client, f"{LIST}?view={view.pk}")
        == headings(colleague, f"{LIST}?view={view.pk}")
        == ["Name", "Status"]
    )


@pytest.mark.parametrize("listing", ["cohorts_session", "funding_invoice", "mentoring_mentor", "cohorts_enrolment"])
def test_every_list_has_its_columns(by, in_admin, listing):
    client, address = in_admin(by), reverse(f"admin:{listing}_changelist")
    shown = client.get(address).context["cl"].list_display[2:4]
    choose(client, shown[-1], listing=listing, query="")
    assert client.get(address).context["cl"].list_display[1:][-1] == shown[-1]
    assert shown[0] not in client.get(address).context["cl"].list_display


def test_a_view_without_a_name_is_not_saved_and_says_so(by, in_admin):
    client = in_admin(by)
    save(client, name="  ")
    assert "Give the view a name" in client.get(LIST).text
    assert not SavedView.objects.exists()
