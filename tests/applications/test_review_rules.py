"""Ranking, spreading and masking: rules that are tried on anything."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.scores import Figures, differs_much
from applications.selection.impartiality import Need, spread
from applications.selection.masking import Mask
from applications.selection.ranking import Candidate, rank

START = datetime(2026, 11, 1, tzinfo=UTC)


@st.composite
def candidates(draw, most: int = 12) -> list[Candidate]:
    totals = st.one_of(st.none(), st.integers(0, 60).map(lambda points: points / 2))
    number = draw(st.integers(0, most))
    return [
        Candidate(
            pk, draw(st.integers(0, 3)), START + timedelta(minutes=draw(st.integers(0, 3))), Figures(1, draw(totals))
        )
        for pk in range(1, number + 1)
    ]


@given(candidates(), st.randoms())
def test_the_ranking_does_not_depend_on_the_order_it_came_in(found, chance: random.Random):
    mixed = list(found)
    chance.shuffle(mixed)
    assert rank(mixed) == rank(found)


@given(candidates())
def test_the_same_mean_is_the_same_rank_and_only_that_is_a_tie(found):
    ranked = rank(found)
    assert [one.position for one in ranked] == list(range(1, len(found) + 1))
    for one in ranked:
        same = [other for other in ranked if other.candidate.mean == one.candidate.mean]
        if one.candidate.mean is None:
            assert one.rank is None
            assert not one.tied
            continue
        better = [o for o in ranked if o.candidate.mean is not None and o.candidate.mean > one.candidate.mean]
        assert one.rank == len(better) + 1
        assert one.tied == (len(same) > 1)
        assert {other.rank for other in same} == {one.rank}


@given(candidates(), candidates(most=1))
def test_somebody_who_comes_lower_changes_nothing_above(found, more):
    before = rank(found)
    after = rank([*found, *(one._replace(pk=1000) for one in more)])
    cut = next((i for i, one in enumerate(after) if one.candidate.pk == 1000), len(after))
    assert [o.candidate for o in after[:cut]] == [o.candidate for o in before[:cut]]
    assert [o.rank for o in after[:cut]] == [o.rank for o in before[:cut]]


@pytest.mark.parametrize(
    ("spread_of_totals", "highest_total", "much"),
    [(5, 20, True), (4, 20, False), (4, 17, False), (5, 17, True), (20, 20, True), (0, 20, False), (0, 0, False)],
)
def test_assessors_differ_much_from_a_quarter_of_all_the_points_on(spread_of_totals, highest_total, much):
    assert differs_much(spread_of_totals, highest_total) is much


@given(candidates())
def test_whoever_has_no_scores_comes_last(found):
    scored = [one.candidate.mean is not None for one in rank(found)]
    assert scored == sorted(scored, reverse=True)


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
