"""A participant's page, and a line manager's of one person: what is asked, what is next, the days, and a menu of short pages."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import attendance, enrolments
from cohorts.models import Session
from cohorts.progress import progress_of, progress_on_page
from cohorts.states import Mark
from mentoring.models import MentoringWish
from modules.actions.assignments import refer_assignment
from steppingup.accounts.actors import SYSTEM
from steppingup.site import sections
from steppingup.site.topics import topics_of
from steppingup.steps.models import Taking
from tests.factories.accounts import staff
from tests.factories.agreements import signed
from tests.factories.cohorts import ParticipantFactory, SessionFactory, complete, do_days
from tests.factories.conversations import talked
from tests.factories.mentoring import ThemeFactory, confirmed_pair
from tests.factories.modules import (
    ModuleFactory,
    QualificationFactory,
    achieved,
    chosen,
    handed_in,
    placed,
    registered,
)
from tests.short_pages import menu_of
from tests.staff import take_step

pytestmark = pytest.mark.django_db

HEADING = re.compile(r"<h([1-6])[ >]")


@pytest.fixture
def participant():
    return ParticipantFactory()


def front_of(person) -> str:
    return reverse("cohorts:participant", args=[person.pk])


def managed(person) -> str:
    return reverse("cohorts:managed", args=[person.pk])


def line_of(page: str, key: str) -> str:
    """What the menu says of a topic, without its title."""
    found = re.search(rf'id="{key}">.*?<span class="menu__line">(.*?)</span>', page, re.S)
    assert found, key
    return found[1]


# -- what is asked, what is next, the days --------------------------------------------------------


def test_the_front_page_says_what_is_asked_with_the_button_and_what_has_a_last_day_comes_first(client, participant):
    visit = SessionFactory(cohort=participant.cohort, title="First residential", nights=1)
    Session.objects.filter(pk=visit.pk).update(needs_by=timezone.localdate() + timedelta(days=9))
    talked(participant)
    client.force_login(participant.participant)
    page = client.get(front_of(participant)).text
    asked = re.findall(r'class="asks__what">(.*?)<', page)
    assert asked == ["Say what you need for “First residential”", "Tell us what you would like from a mentor"]
    assert reverse("cohorts:needs", args=[participant.pk, visit.pk]) in page
    assert reverse("mentoring:wish", args=[participant.pk]) in page
    assert page.index("What we ask of you now") < page.index("What is next") < page.index("big-number__figure")
    assert page.index("big-number__figure") < page.index("Everything else")


def test_where_nothing_is_asked_it_says_so_and_to_whoever_has_left_nothing(client, participant):
    MentoringWish.objects.create(enrolment=participant)
    talked(participant)
    client.force_login(participant.participant)
    assert "There is nothing that we ask of you at the moment." in client.get(front_of(participant)).text
    SessionFactory(cohort=participant.cohort, nights=1)
    enrolments.withdraw(enrolment=participant, reason="A new job.", by=SYSTEM)
    page = client.get(front_of(participant)).text
    assert "nothing that we ask" not in page
    assert "asks__what" not in page


def test_the_front_page_shows_three_dates_and_counts_the_others(client, participant):
    now = timezone.now()
    for ahead in range(1, 13):
        SessionFactory(cohort=participant.cohort, title=f"Day {ahead}", starts_at=now + timedelta(days=ahead))
    SessionFactory(cohort=participant.cohort, title="Over", starts_at=now - timedelta(days=3))
    for person, page in ((participant.participant, front_of), (participant.line_manager, managed)):
        client.force_login(person)
        front = client.get(page(participant)).text
        assert [title for title in (f"Day {ahead}" for ahead in range(1, 13)) if f"{title}<" in front] == [
            "Day 1",
            "Day 2",
            "Day 3",
        ]
        assert line_of(front, "calendar") == "12 dates to come"
    client.force_login(participant.participant)
    assert "Day 12" in client.get(reverse("cohorts:calendar", args=[participant.pk])).text


def test_what_is_booked_is_added_up_by_the_database_as_it_is_elsewhere(participant):
    now, cohort = timezone.now(), participant.cohort
    modules, *others = cohort.plan.components.all()
    SessionFactory(cohort=cohort, days=1, starts_at=now + timedelta(days=2))
    both = SessionFactory(cohort=cohort, days="0.5", starts_at=now + timedelta(days=3))
    both.parts.create(component=others[0], days="0.5")
    cancelled = SessionFactory(cohort=cohort, starts_at=now + timedelta(days=4))
    Session.objects.filter(pk=cancelled.pk).update(cancelled_at=now)
    SessionFactory(cohort=cohort, starts_at=now + timedelta(days=5), peer_group=cohort.peer_groups.create(name="Red"))
    marked = SessionFactory(cohort=cohort, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    attendance.mark(session=marked, marks={participant.pk: Mark.PRESENT}, by=SYSTEM)
    do_days(participant, others[0].key, 1)

    def said(progress):
        return [(part.component.pk, part.done, part.booked_sessions) for part in progress.components]

    assert said(progress_on_page(participant)) == said(progress_of(participant))
    assert progress_on_page(participant).of(modules).booked_sessions == Decimal("1.5")


# -- the menu and its pages -----------------------------------------------------------------------


def in_states() -> dict[str, object]:
    """People in the states in which somebody may open their page."""
    found = {"begun": ParticipantFactory(), "under way": confirmed_pair().enrolment}
    under_way = found["under way"]
    placed(under_way)
    ModuleFactory(cohort=under_way.cohort).sessions.add(SessionFactory(cohort=under_way.cohort))
    QualificationFactory(programme=under_way.cohort.programme)
    signed(under_way, "Amara O.", "I take part.")
    working = registered().enrolment
    complete(completed := achieved(registered()).enrolment)
    left = ParticipantFactory()
    SessionFactory(cohort=left.cohort, starts_at=timezone.now() - timedelta(days=3))
    enrolments.withdraw(enrolment=left, reason="A new job.", by=SYSTEM)
    return found | {"working": working, "completed": completed, "left": left}


def test_the_menu_leads_to_all_that_there_is_and_what_is_not_in_it_is_not_found(client):
    for name, person in in_states().items():
        for page, who, address in (
            ("participant", person.participant, front_of(person)),
            ("manager", person.line_manager, managed(person)),
        ):
            client.force_login(who)
            shown = menu_of(client.get(address).text)
            for topic in topics_of(page):
                if (name, page, topic.key) == ("working", "participant", "study"):
                    continue  # leads to the log of the qualification, where the plan has none
                url = topic.url(person)
                assert client.get(url).status_code == (200 if url in shown else 404), (name, url)
            assert shown, (name, page)


def test_each_page_says_what_it_is_about_and_its_headings_are_in_order(client):
    for person in in_states().values():
        for who, address in ((person.participant, front_of(person)), (person.line_manager, managed(person))):
            client.force_login(who)
            front = client.get(address).text
            for url in (address, *menu_of(front)):
                page = client.get(url).text
                levels = [int(level) for level in HEADING.findall(page)]
                assert levels[0] == 1, url
                assert levels.count(1) == 1, url
                assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), url
                heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)[1].strip()
                assert re.search(r"<title>(.*?)</title>", page, re.S)[1].startswith(heading), url
                if url != address:
                    assert f'href="{address}">Overview</a>' in page
                    assert f'href="{url}" aria-current="page"' in page


def test_a_section_names_a_topic_that_there_is():
    named = {(one.page, one.topic) for one in sections._registry.values() if one.topic}
    assert named
    assert named <= {(page, topic.key) for page in ("participant", "manager") for topic in topics_of(page)}


def test_whoever_has_left_is_told_of_the_modules_that_were_over_by_then(client, participant):
    now, cohort = timezone.now(), participant.cohort
    for number, ago in ((1, 9), (2, 2)):
        module = ModuleFactory(cohort=cohort, number=number, title=f"Module of {ago}")
        module.sessions.add(SessionFactory(cohort=cohort, starts_at=now - timedelta(days=ago)))
    ModuleFactory(cohort=cohort, number=3).sessions.add(SessionFactory(cohort=cohort))
    client.force_login(participant.participant)
    assert line_of(client.get(front_of(participant)).text, "modules") == "2 of 3 modules are over"
    enrolments.withdraw(enrolment=participant, reason="A new job.", by=SYSTEM)
    type(participant).objects.filter(pk=participant.pk).update(withdrawn_at=now - timedelta(days=5))
    assert line_of(client.get(front_of(participant)).text, "modules") == "1 module until you left"
    shown = client.get(reverse("modules:modules", args=[participant.pk])).text
    assert "Module of 9" in shown
    assert "Module of 2" not in shown


@pytest.mark.parametrize(
    ("days", "words"),
    [(40, None), (20, "Finish the"), (-3, "Finish the")],
)
def test_a_qualification_is_asked_for_once_it_is_near_its_day(client, days, words):
    registration, today = registered(), timezone.localdate()
    chosen(registration, 13)
    values = {"registered_on": today - timedelta(days=100), "due_on": today + timedelta(days=days)}
    type(registration).objects.filter(pk=registration.pk).update(**values)
    client.force_login(registration.enrolment.participant)
    page = client.get(front_of(registration.enrolment)).text
    assert ("Finish the" in page) == (words is not None)
    assert ("Ask for more time" in page) == (days < 0)


def test_whoever_has_registered_is_asked_to_choose_and_to_revise_what_came_back(client):
    registration = registered()
    client.force_login(registration.enrolment.participant)
    front = front_of(registration.enrolment)
    assert "Choose your courses" in client.get(front).text
    chosen(registration, 13)
    assert "Choose your courses" not in client.get(front).text
    keeper = staff(provider=registration.enrolment.cohort.programme.provider)
    refer_assignment(assignment=handed_in(registration), feedback="Say more.", by=keeper)
    assert "Revise your assignment and hand it in again" in client.get(front).text


@pytest.mark.requirement("B31")
def test_the_line_managers_menu_has_no_more_than_days_dates_assignment_mentoring_and_qualification():
    """And what the two talked about; where the participant shows it to them, how far they have come, and entries of their journal; what
    coaching they are asked to support, and who mentors at work."""
    assert {topic.key for topic in topics_of("manager")} == {
        "days", "calendar", "assignment", "study", "mentoring", "qualification", "how-far", "journal", "conversations", "reviews",
        "coaching", "internal",
    }  # fmt: skip


def test_a_link_to_a_part_of_the_long_page_leads_to_its_entry_in_the_menu(client, participant):
    """Emails of before lead to “…/#mentoring”."""
    client.force_login(participant.participant)
    assert '<li class="menu__item" id="mentoring">' in client.get(front_of(participant)).text


# -- back to where one came from ------------------------------------------------------------------


def test_whoever_did_something_on_a_page_comes_back_to_it_and_takes_it_back_there(client, participant):
    placement, on = placed(participant), timezone.localdate() - timedelta(days=1)
    client.force_login(participant.participant)
    page = reverse("cohorts:assignment", args=[participant.pk])
    boxes = {"on_0": on.day, "on_1": on.month, "on_2": on.year, "days": "1"}
    wrong = client.post(page, {**boxes, "on_1": "13", "what": "Met the team"}).text
    assert 'value="Met the team"' in wrong
    assert "govuk-error-summary" in wrong
    assert client.post(page, {**boxes, "what": "Met the team"}).url == page
    taking = Taking.objects.latest("pk")
    link = reverse("cohorts:take_back", args=[participant.pk, taking.pk])
    assert link in client.get(page).text
    assert link in client.get(front_of(participant)).text
    assert link not in client.get(reverse("mentoring:mentor", args=[participant.pk])).text
    assert take_step(client, link).url == page
    assert not placement.days.filter(removed_at=None).exists()


def test_what_is_said_to_a_mentor_leads_back_to_the_page_about_them(client, participant):
    theme = ThemeFactory(programme=participant.cohort.programme)
    client.force_login(participant.participant)
    said = client.post(reverse("mentoring:wish", args=[participant.pk]), {"themes": [theme.pk]})
    assert said.url == reverse("mentoring:mentor", args=[participant.pk])
