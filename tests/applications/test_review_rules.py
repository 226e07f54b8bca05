"""Spreading, masking and flags: rules that are tried on anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.scores import differs_much
from applications.selection.impartiality import Need, spread
from applications.selection.masking import Mask, mask_for
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory


@pytest.mark.parametrize(
    ("spread_of_totals", "highest_total", "much"),
    [(5, 20, True), (4, 20, False), (4, 17, False), (5, 17, True), (20, 20, True), (0, 20, False), (0, 0, False)],
)
def test_assessors_differ_much_from_a_quarter_of_all_the_points_on(spread_of_totals, highest_total, much):
    assert differs_much(spread_of_totals, highest_total) is much


# -- spreading -------------------------------------------------------------------------------------


@given(st.integers(1, 30), st.integers(1, 3), st.integers(3, 8))
def test_applications_are_spread_evenly(applications, each, assessors):
    everybody = tuple(range(assessors))
    plan = spread([Need(n, each, everybody) for n in range(applications)], {})
    assert len(plan.pairs) == len(set(plan.pairs)) == applications * each
    counts = [plan.counts()[assessor] for assessor in everybody]
    assert max(counts) - min(counts) <= 1
    assert not plan.short


@given(
    st.lists(st.tuples(st.integers(0, 3), st.frozensets(st.integers(0, 5), max_size=6)), max_size=20),
    st.dictionaries(st.integers(0, 5), st.integers(0, 9)),
)
def test_nobody_gets_what_they_may_not_score(given_needs, load):
    needs = [Need(n, number, tuple(sorted(eligible))) for n, (number, eligible) in enumerate(given_needs)]
    plan = spread(needs, load)
    for need in needs:
        got = [assessor for application, assessor in plan.pairs if application == need.application]
        assert set(got) <= set(need.eligible)
        assert len(got) == len(set(got)) == min(need.number, len(need.eligible))
        assert plan.short.get(need.application, 0) == need.number - len(got)


def test_whoever_has_fewer_gets_as_many_as_they_are_behind():
    plan = spread([Need(n, 1, (1, 2)) for n in range(3)], {1: 0, 2: 3})
    assert plan.pairs == [(0, 1), (1, 1), (2, 1)]
    assert spread([Need(n, 1, (1, 2)) for n in range(5)], {1: 0, 2: 3}).counts() == {1: 4, 2: 1}


# -- masking ---------------------------------------------------------------------------------------

LETTERS = st.text("abcdefghijklmnoprstuvzéüñøß", min_size=3, max_size=9)
NAMES = st.lists(LETTERS.map(str.title), min_size=1, max_size=3).map(" ".join)
AROUND = st.text(" .,;:!?()\n“”’", max_size=3).map(lambda text: f" {text} ")
WRITTEN = st.sampled_from([str, str.upper, str.lower, str.title, str.casefold])


@given(NAMES, WRITTEN, AROUND, AROUND)
def test_a_name_never_survives_however_it_is_written(name, written, before, after):
    masked = Mask(name=name)(f"Then{before}{written(name)}{after}said no.")
    for part in name.split():
        assert written(part) not in masked.split()
    assert masked.startswith("Then")
    assert masked.endswith("said no.")


@given(st.text(max_size=80))
def test_a_text_without_the_applicant_in_it_is_left_alone(text):
    strange = "Qxzzvk Wqqjxz"
    if "@" not in text:
        import unicodedata

        assert Mask(name=strange, employers=[strange])(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I am Amara Okafor.", "I am [name]."),
        ("OKAFOR’s team and amara", "[name]’s team and [name]"),
        ("Amaranth is a plant", "Amaranth is a plant"),
        ("I work for Harbour Council, the harbour council.", "I work for [employer], the [employer]."),
        ("Write to amara.okafor@example.org or boss@harbour.gov.uk", "Write to [email address] or [email address]"),
        ("Call 0117 496-0117.", "Call [telephone number]."),
        ("At HCB we did", "At HCB we did"),
    ],
)
def test_what_gives_somebody_away_is_hidden(written, read):
    mask = Mask(
        name="Amara Okafor", email="amara.okafor@example.org", employers=["Harbour Council"], phone="0117 496 0117"
    )
    assert mask(written) == read


def test_names_in_several_spellings():
    mask = Mask(name="Zoë O'Brien-Li", employers=["St Mary's NHS Trust", "Acme Ltd", "Bristol City Council"])
    assert mask("Zoe O’Brien‑Li, zoë, LI") == "[name], [name], [name]"
    assert mask("St Mary’s  NHS\nTrust and SMNT and Acme and BCC and bcc") == (
        "[employer] and [employer] and [employer] and [employer] and bcc"
    )


def test_a_name_that_is_an_ordinary_word_is_hidden_where_it_is_a_name():
    mask = Mask(name="Will White")
    assert mask("I will write on white paper. Will did.") == "I will write on white paper. [name] did."


def test_a_short_word_in_a_name_is_hidden_in_the_whole_name_only():
    mask = Mask(name="Ada van Beek")
    assert mask("Ada van Beek drove a van. Beek and the Van") == "[name] drove a van. [name] and the Van"


def test_a_name_whose_capitals_are_made_of_several_signs_is_hidden_in_capitals_too():
    assert Mask(name="Ταΐς")(f"Then {'Ταΐς'.upper()} said no") == "Then [name] said no"


def test_a_whole_name_of_two_letters_is_hidden_even_where_it_is_too_common_in_other_names():
    assert Mask(name="Le")("Le led the team") == "[name] led the team"
    assert Mask(name="J")("J led the team") == "J led the team"


@pytest.mark.django_db
def test_the_employer_that_was_typed_is_hidden_as_well_as_the_one_that_was_settled_and_its_parent():
    employer = OrganisationFactory(name="Quay Housing", parent=OrganisationFactory(name="Harbour Group"))
    application = make.arrived(make.window(), employer=employer)
    application.employer_name = "Quayside Homes"
    mask = mask_for(application)
    assert mask("Quayside Homes is Quay Housing of Harbour Group, not Dock Homes") == (
        "[employer] is [employer] of [employer], not Dock Homes"
    )
