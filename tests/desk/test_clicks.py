"""The commonest jobs of a coordinator, by the links and buttons of the pages alone (docs/desk.md)."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from applications.models import Application
from cohorts.models import Cohort
from steppingup.accounts.models import User
from tests.factories import review
from tests.factories.accounts import staff
from tests.factories.cohorts import RunningCohortFactory

pytestmark = pytest.mark.django_db
MOST = 4


class Desk:
    """Somebody at the desk, who presses what is on the page and nothing else; `clicks` counts."""

    def __init__(self, client: Client) -> None:
        self.client, self.clicks = client, 0
        self.answer: Any = client.get("/admin/", follow=True)

    def press(self, words: str) -> "Desk":
        """Follow the first link with these words, in the page rather than in the sidebar."""
        text = re.sub(r'<span class="[^"]*material-symbols[^"]*"[^>]*>[^<]*</span>', "", self.answer.text)
        sidebar, _, page = text.partition("<main")
        links = re.findall(r'<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', page + sidebar, re.DOTALL)
        plain = [(unescape(url), " ".join(re.sub(r"<[^>]+>", " ", inner).split())) for url, inner in links]
        found = [url for url, inner in plain if inner == words]
        assert found, f"There is no link “{words}” here: {sorted({inner for _, inner in plain})}"
        return self._went(self.client.get(found[0], follow=True))

    def switch(self, cohort: Cohort) -> "Desk":
        """Open the switcher, and choose another cohort."""
        self.press("Switch cohort")
        pk = re.search(rf'name="cohort" value="(\d+)">{re.escape(str(cohort))}<', self.answer.text)
        tab = re.search(r'name="tab" value="([^"]*)"', self.answer.text)
        assert pk
        assert tab
        address = self.answer.request["PATH_INFO"]
        return self._went(self.client.post(address, {"cohort": pk[1], "tab": tab[1]}, follow=True))

    def find(self, text: str) -> "Desk":
        """Type into the search at the top, and press Enter."""
        form = re.search(r'<form class="su-search"[^>]*action="([^"]+)"', self.answer.text)
        assert form
        return self._went(self.client.get(form[1], {"s": text}, follow=True))

    def _went(self, answer: Any) -> "Desk":
        assert answer.status_code == 200
        self.answer, self.clicks = answer, self.clicks + 1
        return self

    def reads(self, words: str) -> bool:
        assert self.clicks <= MOST, f"{self.clicks} clicks"
        return words in unescape(self.answer.text)


@pytest.fixture
def window():
    return review.window()


@pytest.fixture
def by(window) -> User:
    return review.coordinator(window)


@pytest.fixture
def desk(by, in_admin) -> Desk:
    return Desk(in_admin(by))


def test_one_click_shows_how_the_cohort_stands_and_what_waits(desk, window):
    review.arrived(window, name="Ada Obi")
    desk.press("Cohort")
    assert desk.reads("From interest to graduation")
    assert desk.reads("application needs assessors")
    assert desk.clicks == 1


@pytest.mark.parametrize(
    ("ways", "words"),
    [
        (["Applications"], "Name, email address or reference"),
        (["Selection"], "Ranked by the mean"),
        (["Participants"], "Everybody"),
        (["Mentoring", "Match mentors"], "Mentors of"),
        (["Money"], "Still to be invoiced"),
        (["Messages"], "Sent about this cohort"),
        (["Settings"], "Places and money"),
        (["Applications", "Application dates"], "Application dates"),
    ],
)
def test_each_of_these_is_found_from_the_cohort_by_links_alone(desk, window, ways, words):
    desk.press("Cohort")
    for way in ways:
        desk.press(way)
    assert desk.reads(words)
    assert desk.clicks == 1 + len(ways)


def test_another_cohort_is_opened_on_the_same_tab_with_two_clicks(desk, window):
    other = RunningCohortFactory(programme=window.cohort.programme)
    desk.press("Cohort").press("Money")
    before = desk.clicks
    desk.switch(window.cohort)
    assert desk.clicks == before + 2
    assert desk.answer.context["workspace_of"] == window.cohort
    desk.switch(other)
    assert desk.answer.context["workspace_of"] == other
    assert "Still to be invoiced" in desk.answer.text


def test_a_reference_and_a_name_are_found_from_any_page(desk, window):
    one = review.arrived(window, name="Ada Obi")
    desk.find(Application.objects.get(pk=one.pk).reference)
    assert desk.answer.request["PATH_INFO"].endswith(f"/{one.pk}/change/")
    assert desk.answer.context["workspace_of"] == window.cohort
    assert desk.clicks == 1


def test_another_provider_finds_no_way_to_the_cohort(window, in_admin):
    review.arrived(window, name="Ada Obi")
    stranger = Desk(in_admin(staff()))
    stranger.find("Ada Obi")
    assert not stranger.reads("Ada Obi</a>")
