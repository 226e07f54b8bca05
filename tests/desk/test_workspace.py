"""The workspace of a cohort: its tabs, who sees which, the frame around lists and records, and the switcher."""

import re
from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from applications.models import Application
from applications.roles import RoleName
from cohorts.models import Cohort, Enrolment
from cohorts.states import COHORT
from steppingup.desk import menu, workspace
from tests.factories import review
from tests.factories.accounts import UserFactory, staff
from tests.factories.applications import WindowFactory, started
from tests.factories.cohorts import CohortFactory, ParticipantFactory, RunningCohortFactory, SessionFactory
from tests.factories.world import everything

pytestmark = pytest.mark.django_db

TABS = [
    *("Overview", "Applications", "Selection", "Participants", "Sessions and registers", "Placements", "Mentoring"),
    *("Qualification", "Money", "Messages", "Settings"),
]
LINK = re.compile(r'<li><a href="([^"]+)"(?: aria-current="\w+")?>([^<]+)</a></li>')


def tabs_on(page: str) -> dict[str, str]:
    """The tabs of a page, with their addresses."""
    found = re.search(r'<nav class="su-tabs".*?</nav>', page, re.DOTALL)
    return {title: url.replace("&amp;", "&") for url, title in LINK.findall(found[0])} if found else {}


def here(page: str) -> str:
    found = re.search(r'<nav class="su-tabs".*?</nav>', page, re.DOTALL)
    current = re.search(r'aria-current="\w+">([^<]+)', found[0]) if found else None
    return current[1] if current else ""


def overview(cohort: Cohort) -> str:
    return reverse("admin:cohorts_cohort_tab", args=[cohort.pk, "overview"])


@pytest.fixture
def cohort() -> Cohort:
    return RunningCohortFactory()


@pytest.fixture
def client(cohort, in_admin) -> Client:
    return in_admin(staff(provider=cohort.programme.provider))


def test_a_cohort_has_one_page_a_tab_and_each_has_an_address_of_its_own(client, cohort):
    tabs = tabs_on(client.get(overview(cohort)).text)
    assert list(tabs) == TABS
    assert len(set(tabs.values())) == len(TABS)
    for title, address in tabs.items():
        page = client.get(address, follow=True)
        assert page.status_code == 200, title
        assert here(page.text) == title
        assert list(tabs_on(page.text)) == TABS


def test_every_further_page_of_a_tab_stands_in_the_frame(client, cohort):
    WindowFactory(cohort=cohort)
    wrong = []
    for tab in workspace.all_tabs():
        page = client.get(workspace.address_of(cohort, tab.key), follow=True).text
        ways = re.search(r'<nav class="su-ways".*?</nav>', page, re.DOTALL)
        for url, title in LINK.findall(ways[0]) if ways else []:
            found = client.get(url.replace("&amp;", "&"), follow=True)
            if found.status_code != 200 or ("cohort" in url and not tabs_on(found.text)):
                wrong.append(f"{tab.title}: {title}")
    assert not wrong


@pytest.mark.parametrize(
    "moved", [(), ("publish",), ("publish", "start", "finish")], ids=lambda moved: "-".join(moved) or "draft"
)
def test_no_page_of_a_cohort_with_nobody_shows_anybody_of_another(in_admin, moved):
    keeper = UserFactory(is_staff=True, is_superuser=True)
    everything(keeper)
    theirs = Enrolment.objects.first().cohort
    cohort, client = CohortFactory(programme=theirs.programme, plan=theirs.plan), in_admin(keeper)
    for move in moved:
        COHORT.move(cohort, move)
    people = {str(one.participant) for one in Enrolment.objects.all()} | {
        one.full_name for one in Application.objects.all()
    }
    names = re.compile(rf"\b({'|'.join(map(re.escape, sorted(people)))})\b")
    assert names.search(client.get(reverse("admin:cohorts_enrolment_stuck")).text)
    shown, lost, seen = {}, [], 0
    for tab in workspace.all_tabs():
        ways = dict(workspace.ways_of(keeper, cohort, tab.key)) | {tab.title: workspace.address_of(cohort, tab.key)}
        for title, url in ways.items():
            page, seen = client.get(url, follow=True).text, seen + 1
            if found := names.search(page):
                shown[f"{tab.title}: {title}"] = found[0]
            if "search and filters" in page:  # nobody has searched
                lost.append(f"{tab.title}: {title}")
    assert seen > 40
    assert not shown
    assert not lost


def test_an_empty_list_says_whether_there_is_nothing_or_nothing_that_fits(client, cohort):
    address = workspace.address_of(cohort, "sessions")
    plain = client.get(address, follow=True)
    assert "Nothing of this cohort is in this list." in plain.text
    assert "Show all</a>" not in plain.text.partition("Nothing here yet")[2]
    asked = f"{plain.request['PATH_INFO']}?{plain.request['QUERY_STRING']}"
    assert "Nothing here matches" in client.get(f"{asked}&q=harbour").text
    assert "Nothing of this cohort" in client.get(f"{asked}&o=0").text


def test_lists_of_a_tab_are_sorted_by_the_column_that_they_name(client, cohort):
    for days in (9, 3, 6):
        SessionFactory(cohort=cohort, starts_at=timezone.now() + timedelta(days=days))
    rows = client.get(workspace.address_of(cohort, "sessions"), follow=True).context["cl"].result_list
    assert [one.starts_at for one in rows] == sorted(one.starts_at for one in rows)


def test_the_filter_by_peer_group_offers_those_of_the_cohort_alone(client, cohort):
    mine, other = cohort.peer_groups.create(name="Avon"), RunningCohortFactory(programme=cohort.programme)
    theirs = other.peer_groups.create(name="Avon")
    inside, outside = ParticipantFactory(cohort=cohort, peer_group=mine), ParticipantFactory(cohort=cohort)
    address = f"{reverse('admin:cohorts_enrolment_changelist')}?cohort={cohort.pk}"

    def found(more: str) -> list[Enrolment]:
        return list(client.get(f"{address}&peer_group={more}").context["cl"].result_list)

    page = client.get(address).text
    assert f'<option value="{mine.pk}"' in page
    assert f'<option value="{theirs.pk}"' not in page
    assert f"Avon, {other}" in client.get(address.partition("?")[0]).text
    assert (found(str(mine.pk)), found("none"), found("9" * 30)) == ([inside], [outside], [])


def test_the_page_of_what_belongs_to_a_cohort_stands_in_its_frame(client, cohort):
    person = ParticipantFactory(cohort=cohort)
    page = client.get(reverse("admin:cohorts_enrolment_change", args=[person.pk])).text
    assert here(page) == "Participants"


def test_what_was_begun_and_not_submitted_stands_in_no_frame_of_a_stranger(client):
    draft = started(review.window())
    assert client.get(overview(draft.cohort)).status_code == 404
    assert not tabs_on(
        client.get(f"{reverse('admin:applications_application_changelist')}?cohort={draft.cohort_id}").text
    )


@pytest.mark.parametrize(
    ("role", "tabs"),
    [
        (RoleName.COORDINATOR, TABS),
        (RoleName.FINANCE, ["Money"]),
        (RoleName.ASSESSOR, []),
        (RoleName.EQUALITY, []),
    ],
)
def test_a_tab_that_somebody_may_not_see_is_not_shown_and_not_found(cohort, in_admin, role, tabs):
    client = in_admin(staff(role, cohort.programme.provider))
    titles = {tab.title: tab.key for tab in workspace.all_tabs()}
    found = [
        title
        for title, key in titles.items()
        if client.get(workspace.address_of(cohort, key), follow=True).status_code == 200
    ]
    assert sorted(found) == sorted(tabs)
    entered = client.get(reverse("admin:cohorts_cohort_workspace"), follow=True)
    assert list(tabs_on(entered.text)) == tabs


def test_a_role_that_is_limited_to_some_cohorts_enters_and_switches_to_these_only(cohort, in_admin):
    other = CohortFactory(programme=cohort.programme)
    limited = staff(provider=cohort.programme.provider)
    cohort.limited_roles.add(limited.role_assignments.get())
    client = in_admin(limited)
    assert client.get(overview(cohort)).status_code == 200
    assert client.get(overview(other)).status_code == 404
    assert client.post(reverse("admin:cohorts_cohort_switch"), {"cohort": other.pk}).status_code == 404
    assert client.get(reverse("admin:cohorts_cohort_switch")).context["choices"] == [cohort]


def test_the_switcher_finds_a_cohort_by_any_words_of_its_name_and_says_where_there_is_none(cohort, client):
    other = CohortFactory(programme=cohort.programme, name="Évening 2031")
    switch = reverse("admin:cohorts_cohort_switch")
    assert f'href="{switch}?tab=overview"' in client.get(overview(cohort)).text
    assert set(client.get(switch).context["choices"]) == {cohort, other}
    assert client.get(switch, {"q": f"2031 {cohort.programme.name[:4]}  evening"}).context["choices"] == [other]
    assert "None of your cohorts has “zzz”" in client.get(switch, {"q": "zzz"}).text
    assert client.get(switch, {"q": "\x00"}).status_code == 200


def test_the_last_cohort_is_remembered_also_where_one_signs_in_anew(cohort, in_admin):
    other = RunningCohortFactory(programme=cohort.programme)
    person = staff(provider=cohort.programme.provider)
    client, enter = in_admin(person), reverse("admin:cohorts_cohort_workspace")
    for one in (other, cohort, other):
        gone = client.post(reverse("admin:cohorts_cohort_switch"), {"cohort": one.pk, "tab": "money"})
        assert gone.url == workspace.address_of(one, "money")
        assert client.get(enter).url == in_admin(person).get(enter).url == overview(one)
    client.get(overview(cohort))
    assert client.get(enter).url == overview(cohort)


def test_nonsense_in_the_switcher_is_not_found(client):
    for given in ("", "x", "9" * 30, "²"):
        assert client.post(reverse("admin:cohorts_cohort_switch"), {"cohort": given}).status_code == 404


def test_every_number_that_waits_leads_to_a_list_with_as_many_rows(in_admin):
    keeper = UserFactory(is_staff=True, is_superuser=True)
    everything(keeper)
    client, seen = in_admin(keeper), 0
    for cohort in Cohort.objects.visible_to(keeper):
        page = client.get(overview(cohort))
        for one in page.context["to_do"]:
            seen += 1
            rows = client.get(one["line"].url).context["cl"].result_count
            assert rows == one["line"].number, one["line"].words
    assert seen >= 5


def test_the_button_beside_what_waits_leads_to_the_page_before_the_step_for_all_of_them(in_admin):
    window = review.window()
    by = review.coordinator(window)
    people = [review.shortlisted(window, by, name=name) for name in ("Ada Obi", "Bola Ade")]
    client = in_admin(by)
    waits = {one["line"].name: one for one in client.get(overview(window.cohort)).context["to_do"]}
    done = next(one for one in waits.values() if one.get("do"))
    before = client.post(done["do"])
    assert before.status_code == 200
    assert all(person.status == type(person).objects.get(pk=person.pk).status for person in people)
    assert client.get(done["do"]).status_code == 404
    assert in_admin(staff()).post(done["do"]).status_code == 404


def test_the_picture_of_the_way_has_its_figures_as_text(in_admin):
    window = review.window()
    by = review.coordinator(window)
    review.arrived(window)
    review.offered(window, by, name="Efe Obi")
    page = in_admin(by).get(overview(window.cohort)).text
    figures = {words: int(number) for number, words in re.findall(r"</svg><b>(\d+)</b> <span>([^<]+)</span>", page)}
    assert figures["Applied"] == 2
    assert figures["Offered a place"] == 1
    assert figures["Graduated"] == 0


def test_the_list_of_cohorts_leads_to_the_workspace(client, cohort):
    page = client.get(reverse("admin:cohorts_cohort_changelist")).text
    assert f'href="{overview(cohort)}"' in page


def sidebar_of(user, address: str = "/admin/") -> dict[str, list[str]]:
    request = RequestFactory().get(address)
    request.user, request.resolver_match = user, resolve(address)
    return {group["title"]: [item["title"] for item in group["items"]] for group in menu.sidebar(request)}


def test_a_coordinator_has_few_entries_and_the_rest_on_a_page_of_their_own(cohort, client):
    found = sidebar_of(staff(provider=cohort.programme.provider))
    assert list(found) == ["", "All cohorts", "People and organisations", "Set-up"]
    assert found[""] == ["Cohort"]
    assert found["All cohorts"][0] == "Today"
    assert found["Set-up"][-1] == "All pages"
    assert sum(map(len, found.values())) <= 18
    page = client.get(reverse("admin:set_up")).text
    assert "Matching weights" in page
    assert "Matching weights" not in str(found)


@pytest.mark.parametrize(
    ("role", "first"),
    [(RoleName.FINANCE, "Cohort"), (RoleName.ASSESSOR, "My reviews"), (RoleName.EQUALITY, "Figures")],
)
def test_what_a_role_does_most_stands_first(cohort, role, first):
    found = sidebar_of(staff(role, cohort.programme.provider))
    assert next(iter(found.values()))[0] == first
    if role == RoleName.EQUALITY:  # who may open very many pages
        assert found["All cohorts"][:3] == ["Today", "Action plans", "Grids of figures"]
        return
    assert "Today" in found[""]
    if role == RoleName.FINANCE:
        assert list(found)[1] == "Money"


def test_every_entry_of_the_menu_leads_from_the_page_of_all_pages(client, cohort):
    page = client.get(reverse("admin:set_up")).text
    for item in menu.entries(staff(provider=cohort.programme.provider)):
        assert f'href="{item.link}"' in page
