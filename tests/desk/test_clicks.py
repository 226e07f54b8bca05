"""The commonest jobs of a coordinator, by the links and buttons of the pages alone (docs/desk.md)."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from applications.models import Application
from cohorts.models import Attendance, Cohort
from cohorts.planning.bank_holidays import is_working_day
from cohorts.states import Mark
from modules.models import Registration
from steppingup.accounts.models import User
from tests.factories import review
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day, do_days
from tests.factories.modules import registered
from tests.sweeps.forms_found import read

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

    def send(self, words: str, **filled: str) -> "Desk":
        """Press a button that begins with these words, with the form as it stands but for what is filled in."""
        for form in re.findall(r'<form[^>]*method="post".*?</form>', self.answer.text, re.DOTALL):
            buttons = re.findall(r"<button([^>]*)>(.*?)</button>", form, re.DOTALL)
            own = [
                given for given, inner in buttons if " ".join(re.sub(r"<[^>]+>", " ", inner).split()).startswith(words)
            ]
            if own:
                found, named = read(form).forms[0], re.search(r'name="(\w+)" value="(\w+)"', own[0])
                more = {named[1]: named[2]} if named else {}
                address = unescape(found.action) or self.answer.request["PATH_INFO"]
                return self._went(self.client.post(address, found.as_a_browser(**more, **filled), follow=True))
        there = re.findall(r"<button[^>]*>(.*?)</button>", self.answer.text.partition("<main")[2], re.DOTALL)
        plain = [" ".join(re.sub(r"<[^>]+>", " ", inner).split()) for inner in there]
        raise AssertionError(f"There is no button “{words}” here: {plain}")

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
        ([], "Outstanding"),
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


def test_a_person_is_found_by_name_and_opened(desk, window):
    person = UserFactory(full_name="Ada Obi")
    ParticipantFactory(participant=person, cohort=RunningCohortFactory(programme=window.cohort.programme))
    desk.find("obi").press("Ada Obi")
    assert desk.reads("Ada Obi")
    assert desk.clicks == 2


def test_everybody_who_is_scored_is_put_on_the_shortlist_and_then_invited(desk, window, by):
    people = [review.arrived(window, name=name) for name in ("Ada Obi", "Ben Cole")]
    for one in people:
        review.reviewed(one, 3, 3, by=by)
    desk.press("Cohort").send("Shortlist").send("Shortlist (2)")
    assert desk.clicks == 3
    assert {review.fresh(one).status for one in people} == {"shortlisted"}
    desk.clicks = 0
    first_on = str(next(on for on in map(day, range(10, 20)) if is_working_day(on)))
    given = {"first_on": first_on, "minutes": "45", "place": "City Hall"}
    desk.press("Cohort").send("Invite to interview").send("Continue", **given).send("Invite to interview (2)")
    assert desk.clicks == 4
    assert {review.fresh(one).status for one in people} == {"interview"}


def test_the_next_place_is_offered_from_the_selection(desk, window, by):
    first = review.waiting(window, by, name="Ada Obi")
    desk.press("Cohort").press("Selection").send("Offer the next place").send("Offer the next place")
    assert desk.clicks == 4
    assert review.fresh(first).status == "offered"


@pytest.fixture
def under_way(window):
    """Another cohort of the programme, on which somebody is; it is opened first."""
    cohort = RunningCohortFactory(programme=window.cohort.programme)
    ParticipantFactory(cohort=cohort, participant__full_name="Ada Obi")
    return cohort


def test_a_register_is_reached_from_the_cohort(desk, under_way):
    SessionFactory(cohort=under_way, title="Leading change", starts_at=timezone.now() - timedelta(days=1))
    desk.press("Cohort").press("Sessions and registers").press("Leading change").press("Take the register")
    assert desk.reads("Ada Obi")


def test_the_cohort_says_who_has_missed_a_day_and_whose_qualification_is_overdue(desk, under_way):
    person = under_way.enrolments.get()
    session = SessionFactory(cohort=under_way, starts_at=timezone.now() - timedelta(days=1))
    Attendance.objects.create(session=session, enrolment=person, mark=Mark.ABSENT)
    Registration.objects.filter(pk=registered(person, on=day(-60)).pk).update(due_on=day(-1))
    desk.press("Cohort")
    assert "has missed a day or more" in desk.answer.text
    # Who is stuck is fetched once the page is there.
    part = re.search(r'data-part="([^"]+)"', desk.answer.text)
    assert part
    first = desk.client.get(part[1]).text
    assert "Ada Obi" in first
    assert "is overdue" in first


def test_completion_is_recorded_for_all_who_meet_the_rules(desk, under_way):
    person = under_way.enrolments.get()
    under_way.completion_rules.create(minimum=1)
    for component in under_way.plan.components.all():
        do_days(person, component.key, component.days)
    desk.press("Cohort").press("0 Graduated").send("Record completion for all 1").send("Record completion (1)")
    assert desk.clicks == 4
    assert review.fresh(person).completed_at


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
