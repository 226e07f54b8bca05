import re
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path

from steppingup.accounts import colours
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.site import errors
from tests.factories.accounts import ProviderFactory, UserFactory
from tests.plugins.browser import DESKTOP, TELEPHONE

PAGES = ["/", "/contact/", "/privacy/", "/accessibility/", "/nowhere/"]


def refuse(request):
    raise NotPossible("This cohort is full, so you cannot accept the offer.")


def forbid(request):
    raise NotAllowed("No.")


def fail(request):
    raise RuntimeError("Something broke.")


urlpatterns = [
    path("refuse/", refuse),
    path("forbid/", forbid),
    path("fail/", fail),
    path("before/", lambda request: HttpResponse("before")),
    path("", include("steppingup.urls")),
]
handler404 = partial(errors.page, status=404)
handler500 = errors.server_error
here = override_settings(ROOT_URLCONF=__name__)


@pytest.mark.django_db
@here
def test_what_is_not_possible_becomes_a_sentence_on_the_page_before(client):
    response = client.post("/refuse/", headers={"referer": "http://testserver/before/?page=2"})
    assert (response.status_code, response["Location"]) == (302, "/before/?page=2")
    assert [str(m) for m in get_messages(response.wsgi_request)] == [
        "This cohort is full, so you cannot accept the offer."
    ]


@pytest.mark.django_db
@here
def test_the_way_back_never_leads_to_another_site(client):
    response = client.post("/refuse/", headers={"referer": "https://elsewhere.example/"})
    assert response["Location"] == "/refuse/"


@pytest.mark.django_db
@here
def test_a_page_that_refuses_itself_does_not_go_round_in_circles(client):
    response = client.get("/refuse/", follow=True)
    assert b"This cohort is full" in response.content
    response = client.post("/refuse/", follow=True)
    assert response.status_code in (200, 409)
    assert b"This cohort is full" in response.content


@pytest.mark.django_db
@here
def test_what_is_not_allowed_looks_as_if_it_did_not_exist(client):
    assert client.get("/forbid/").status_code == 404


@here
def test_the_page_for_a_broken_site_needs_no_database(client):
    client.raise_request_exception = False
    response = client.get("/fail/")
    assert response.status_code == 500
    assert "not your fault" in response.content.decode()


def test_a_colour_that_cannot_be_read_is_darkened(client):
    assert colours.contrast_with_white("#ffdd00") < colours.ENOUGH
    for colour in ("#ffdd00", "#ffffff", "#0b5c63", "#ff6600"):
        assert colours.contrast_with_white(colours.readable(colour)) >= colours.ENOUGH
    response = client.get("/brand/ffdd00.css")
    assert "immutable" in response["Cache-Control"]
    assert b"--brand:" in response.content
    assert client.get("/brand/red.css").status_code == 404


@pytest.mark.django_db
def test_a_provider_without_a_logo_has_no_logo(client):
    assert client.get(f"/brand/{ProviderFactory().slug}/logo").status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("viewport", [DESKTOP, TELEPHONE], ids=["desktop", "telephone"])
def test_the_site_s_own_pages_are_accessible(new_page, axe, screenshot, viewport):
    page = new_page(viewport)
    for address in PAGES:
        page.goto(address)
        axe(page)
        screenshot(page, f"{address.strip('/') or 'home'}-{viewport['width']}", full_page=True)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], f"{address} scrolls sideways"


@pytest.mark.django_db
def test_somebody_who_is_signed_in_is_greeted_and_can_sign_out(client):
    client.force_login(UserFactory(full_name="Amara Okafor"))
    text = client.get("/").content.decode()
    assert "Welcome, Amara Okafor" in text
    assert 'action="/account/sign-out/" method="post"' in text


def test_what_is_wrong_is_said_once_on_a_page():
    """`base.html` has the summary of errors: a page that includes it once more would show it twice."""
    root = Path(settings.BASE_DIR) / "templates"
    include = re.compile(r"(\{% block errors %\}[^\n]*)?\{% include \"components/error_summary.html\"")
    pages = [(path, path.read_text()) for path in root.rglob("*.html")]
    twice = {
        str(path.relative_to(root))
        for path, text in pages
        if "{% extends" in text and any(not found.group(1) for found in include.finditer(text))
    }
    assert len(pages) > 200
    assert twice == set()
