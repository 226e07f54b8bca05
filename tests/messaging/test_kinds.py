"""Kinds of message that share a table of placeholders."""

from collections.abc import Iterator

import pytest

from steppingup.messaging.kinds import Kinds, MessageKind, Told, _kinds, get

WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "until": ("the last day", "12 April 2020"),
    "words": ("what they say", ""),
}
KINDS = Kinds("tests", WORDS, ("programme",))
STAFF = Told("Those who run it", "the page in the admin")
GUEST = Told("Somebody without an account", "their own page", lets_in=True)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """No kind of these tests is known to others."""
    known = dict(_kinds)
    yield
    _kinds.clear()
    _kinds.update(known)


def test_a_kind_has_what_is_always_there_then_what_it_names_then_its_link():
    kind = KINDS.add("asked", "Somebody is asked", STAFF, "words", "until")
    assert get("tests.asked") is kind
    assert (kind.title, kind.told, kind.in_confidence) == ("Somebody is asked", "Those who run it", False)
    assert list(kind.placeholders.items()) == [
        ("programme", "the programme's name"),
        ("words", "what they say"),
        ("until", "the last day"),
        ("link", "the page in the admin"),
    ]
    assert kind.button_placeholder == "link"
    assert Kinds("tests", WORDS, in_confidence=True).add("hidden", "Hidden", STAFF).in_confidence


def test_each_word_has_its_sample_even_an_empty_one():
    kind = KINDS.add("asked", "Somebody is asked", STAFF, "words")
    assert kind.samples == {"programme": "Stepping Up", "words": ""}
    assert kind.sample()["words"] == ""
    assert kind.sample()["link"].startswith("http")


def test_a_link_is_secret_only_where_it_lets_somebody_in():
    assert KINDS.add("staff", "To staff", STAFF, "until").secret_placeholders == set()
    assert KINDS.add("guest", "To a guest", GUEST, "until").secret_placeholders == {"link"}
    said = KINDS.add("said", "What somebody says", STAFF, "words", secret=("words",))
    assert said.secret_placeholders == {"words"}


@pytest.mark.parametrize(("told", "link"), [(GUEST, False), (Told("Somebody without a page"), True)])
def test_without_a_link_there_is_no_button_and_nothing_to_keep_secret(told, link):
    kind = KINDS.add("over", "It is over", told, link=link)
    assert list(kind.placeholders) == ["programme"]
    assert kind.button_placeholder is None
    assert kind.secret_placeholders == set()


def test_whoever_can_stop_such_emails_has_a_second_link_that_is_secret_and_not_the_button():
    kind = KINDS.add("weekly", "Once a week", Told("Whoever asked for it", "the list", stops=True))
    assert list(kind.placeholders) == ["programme", "link", "stop_link"]
    assert kind.secret_placeholders == {"stop_link"}
    assert kind.button_placeholder == "link"


@pytest.mark.parametrize(
    "add",
    [
        lambda: KINDS.add("asked", "Somebody is asked", STAFF, "untill"),
        lambda: Kinds("tests", WORDS, ("untill",)).add("asked", "Somebody is asked", STAFF),
        lambda: KINDS.add("asked", "Somebody is asked", STAFF, secret=("untill",)),
        lambda: KINDS.add("asked", "Somebody is asked", STAFF, samples={"untill": "1 May 2020"}),
    ],
)
def test_a_name_that_is_not_in_the_table_is_an_error_that_says_which_kind_and_which_name(add):
    with pytest.raises(ValueError, match=r"^tests\.asked: .*: untill\.$"):
        add()
    with pytest.raises(LookupError):
        get("tests.asked")


def test_a_kind_can_have_words_of_its_own_beside_the_table_and_a_sample_that_reads_better_in_it():
    kind = KINDS.add(
        "asked",
        "Somebody is asked",
        STAFF,
        "until",
        own={"until": ("the last day to answer", "1 May 2020"), "place": ("where", "City Hall")},
        samples={"programme": "Ready Now"},
    )
    assert list(kind.placeholders.items()) == [
        ("programme", "the programme's name"),
        ("until", "the last day to answer"),
        ("place", "where"),
        ("link", "the page in the admin"),
    ]
    assert kind.samples == {"programme": "Ready Now", "until": "1 May 2020", "place": "City Hall"}
    assert WORDS["until"][0] == "the last day"


def test_a_button_can_have_another_name_than_link():
    kind = KINDS.add("own", "Something of their own", Told("The participant", "their own page", at="page"))
    assert list(kind.placeholders) == ["programme", "page"]
    assert (kind.button_placeholder, kind.secret_placeholders) == ("page", set())
    guest = KINDS.add("guest", "To a guest", Told("A guest", "their own page", lets_in=True, at="page"))
    assert guest.secret_placeholders == {"page"}


def test_every_link_shows_the_address_of_the_site_in_a_preview(settings):
    kind = KINDS.add(
        "weekly", "Once a week", Told("Whoever asked for it", "the list", stops=True), own={"words": ("said", "Hello")}
    )
    site = settings.SITE_URL
    assert kind.sample() == {"programme": "Stepping Up", "words": "Hello", "link": site, "stop_link": site}
    assert not kind.is_link("words")


def test_a_placeholder_without_a_sample_shows_what_stands_there():
    kind = MessageKind("tests.bare", "Bare", "Somebody", {"thing": "what it is about", "link": "a page"})
    assert kind.sample()["thing"] == "[what it is about]"


def test_whom_a_preview_greets_is_among_the_samples_and_no_placeholder():
    kind = KINDS.add("asked", "Somebody is asked", Told("The sponsor", "their page", called="Jo Harris"))
    assert kind.samples["name"] == "Jo Harris"
    assert "name" not in kind.placeholders
    assert "name" not in kind.sample()
