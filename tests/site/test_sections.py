from datetime import date
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template

from steppingup.site import navigation, sections, topics
from steppingup.site.sections import Section
from tests.factories.accounts import UserFactory


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(sections, "_registry", {})


@pytest.fixture
def request_of_nobody(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def section(key, order, context, **kwargs):
    return Section("participant", key, order, "components/tag.html", context, **kwargs)


def test_sections_show_in_order_and_one_without_context_stays_away(request_of_nobody):
    sections.add_section(section("later", 20, lambda subject, viewer: {"label": f"{subject}!"}, title="Later"))
    sections.add_section(
        section("sooner", 10, lambda subject, viewer: {"label": "first", "title": "Sooner than planned"})
    )
    sections.add_section(section("never", 5, lambda subject, viewer: None))

    shown = sections.render_sections("participant", request_of_nobody, "Ada")

    assert [(s.key, s.title) for s in shown] == [("sooner", "Sooner than planned"), ("later", "Later")]
    assert "Ada!" in shown[1].html


def test_the_tag_shows_sections_with_their_headings(request_of_nobody):
    sections.add_section(section("days", 10, lambda subject, viewer: {"label": "18½"}, title="Your days"))
    html = Template('{% load steppingup %}{% sections "participant" subject %}').render(
        Context({"request": request_of_nobody, "subject": None})
    )
    assert 'aria-labelledby="days-title"' in html
    assert ">Your days</h2>" in html


def test_what_a_section_says_is_escaped(request_of_nobody):
    sections.add_section(section("days", 10, lambda subject, viewer: {"label": "<b>"}))
    assert "&lt;b&gt;" in sections.render_sections("participant", request_of_nobody)[0].html


def test_a_key_is_taken_once_and_a_page_is_a_known_one():
    sections.add_section(section("days", 10, lambda **kwargs: None))
    with pytest.raises(ValueError, match="already"):
        sections.add_section(section("days", 20, lambda **kwargs: None))
    with pytest.raises(ValueError, match="no page"):
        sections.add_section(Section("nowhere", "days", 10, "x.html", lambda **kwargs: None))


def test_a_section_that_names_a_topic_stands_on_its_page_only(request_of_nobody):
    sections.add_section(section("days", 10, lambda subject, viewer: {"label": "18½"}))
    sections.add_section(section("dates", 10, lambda subject, viewer: {"label": "March"}, topic="calendar"))
    assert [one.key for one in sections.render_sections("participant", request_of_nobody)] == ["days"]
    assert [one.key for one in sections.render_sections("participant", request_of_nobody, topic="calendar")] == [
        "dates"
    ]


def topic(key, order, status, **kwargs):
    return topics.Topic("participant", key, order, key.title(), "cohorts:days", status, **kwargs)


def test_a_menu_has_the_topics_that_have_something_in_order(monkeypatch):
    monkeypatch.setattr(topics, "_registry", {})
    found = topic("later", 20, lambda subject, viewer: topics.Status(lambda: "asked for", "Later on"))
    topics.add_topics(found, topic("sooner", 10, lambda subject, viewer: topics.Status("one line")))
    topics.add_topics(topic("never", 5, lambda subject, viewer: None))
    subject = SimpleNamespace(pk=7)
    menu = topics.menu_of("participant", subject, None, with_lines=True)
    assert [(one.title, one.line, one.url) for one in menu] == [
        ("Sooner", "one line", "/my-programme/7/days/"),
        ("Later on", "asked for", "/my-programme/7/days/"),
    ]
    assert {one.line for one in topics.menu_of("participant", subject, None)} == {""}
    topics.add_topics(found)  # the same once more
    with pytest.raises(ValueError, match="already"):
        topics.add_topics(topic("later", 30, lambda subject, viewer: None))


def test_what_has_a_last_day_is_asked_first(monkeypatch):
    monkeypatch.setattr(topics, "_registry", {})

    def asks(*found):
        return lambda subject, viewer: [topics.Ask(what, "Do it", "/", by) for what, by in found]

    none = lambda subject, viewer: None  # noqa: E731
    topics.add_topics(
        topic("one", 10, none, asks=asks(("any time", None), ("in May", date(2026, 5, 1)))),
        topic("two", 20, none, asks=asks(("in March", date(2026, 3, 1)))),
    )
    assert [ask.what for ask in topics.asks_of("participant", None, None)] == ["in March", "in May", "any time"]


def test_the_entry_that_leads_deepest_to_this_page_is_the_current_one(rf, monkeypatch):
    entries = [
        navigation.Entry("home", "Home", "home", 1, lambda user: True),
        navigation.Entry("privacy", "Privacy", "privacy", 2, lambda user: True),
        navigation.Entry("secret", "Secret", "contact", 3, lambda user: False),
    ]
    monkeypatch.setattr(navigation, "_registry", {entry.key: entry for entry in entries})
    request = rf.get("/privacy/more/")
    request.user = AnonymousUser()
    assert [(link.label, link.is_current) for link in navigation.links_for(request)] == [
        ("Home", False),
        ("Privacy", True),
    ]


def test_what_two_sections_need_is_worked_out_once_for_a_page_and_anew_for_the_next(request_of_nobody):
    asked = []

    def needs(subject, viewer):
        return {"label": sections.once("days", lambda: asked.append(subject) or "18½")}

    sections.add_section(section("one", 1, needs))
    sections.add_section(section("two", 2, needs))
    sections.render_sections("participant", request_of_nobody, "Ada")
    assert asked == ["Ada"]
    sections.render_sections("participant", request_of_nobody, "Sol")
    assert asked == ["Ada", "Sol"]
    assert sections.once("days", lambda: "outside a page nothing is remembered") != "18½"


@pytest.mark.django_db
def test_what_entries_ask_the_database_is_asked_in_one_query(rf, monkeypatch, django_assert_num_queries):
    me, other = UserFactory(), UserFactory()
    people = type(me).objects
    entries = [
        navigation.Entry("a", "Mine", "home", 1, lambda user: people.filter(pk=me.pk)),
        navigation.Entry("b", "Nobody's", "home", 2, lambda user: people.filter(pk=0)),
        navigation.Entry("c", "Always", "home", 3, lambda user: True),
        navigation.Entry("d", "Others'", "home", 4, lambda user: people.filter(pk=other.pk)),
    ]
    monkeypatch.setattr(navigation, "_registry", {entry.key: entry for entry in entries})
    request = rf.get("/")
    request.user = me
    with django_assert_num_queries(1):
        links = navigation.links_for(request)
    assert [link.label for link in links] == ["Mine", "Always", "Others'"]
