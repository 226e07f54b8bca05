"""Spreading, masking and flags: rules that are tried on anything."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.scores import differs_much
from applications.selection.impartiality import Need, spread
from applications.selection.masking import Mask, mask_for
from funding.actions import agreements as fees
from steppingup.formats import sameness
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


@pytest.mark.parametrize(
    ("ways", "alone"),
    [
        (("Zoe O'Brien", "Zoe O Brien", "ZOE O’BRIEN", "Zoe O-Brien", "Zoe OBrien"), ("O'Brien", "O Brien")),
        (("Ann McDonald", "Ann Mc Donald", "ANN MC DONALD"), ("McDonald", "Mc Donald")),
        (("Ann MacIntyre", "Ann Mac Intyre"), ("MacIntyre", "Mac Intyre")),
        (("J K Lee", "J.K. Lee", "JK Lee", "J. K. Lee"), ("Lee",)),
        (("Mary D'Arcy", "Mary D Arcy"), ("D'Arcy", "D Arcy")),
    ],
)
def test_a_name_is_hidden_whether_its_parts_are_written_together_or_apart(ways, alone):
    for name in ways:
        for text in (*ways, *alone):
            read = Mask(name=name)(f"then {text} said no")
            assert re.fullmatch(r"then (?:\w['’]?[ -]?)?\[name\] said no", read), (name, text, read)


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


SPELT = st.sampled_from(
    [
        str,
        str.upper,
        lambda name: unicodedata.normalize("NFD", name),
        lambda name: "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)),
        lambda name: name.replace("-", "\u2011").replace("'", "’"),
        lambda name: name.replace("'", "").replace("-", " "),
        lambda name: name.replace(" ", "\u00a0"),
        lambda name: "\u200b".join(name),
        lambda name: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name),
        lambda name: f"{name}'s",
        lambda name: f"{name}s",
        lambda name: ".".join(part[0] for part in name.replace("-", " ").split()) + ".",
        lambda name: f"{name[0]}. {name.split()[-1]}",
    ]
)


@given(st.sampled_from(["Zoë O'Brien-Li", "Anne-Marie Łoś", "Şule Güneş", "Amara Okafor"]), SPELT, SPELT)
def test_nobody_who_is_named_survives_in_any_spelling(name, spelt, again):
    """The applicant's, the line manager's and the sponsor's alike."""
    for mask in (Mask(name=name), Mask(name="Qxz Vvw", others=[(name, "")])):
        read = mask(f"I told {spelt(name)} and then {again(name)} that it was done.")
        kept = set(sameness.fold(read).split()) - {"i", "told", "and", "then", "that", "it", "was", "done", "[name]"}
        assert not kept - {"[name]s", "s"}, read
        assert read.startswith("I told ")
        assert read.endswith(" that it was done.")


@pytest.mark.parametrize(
    ("employer", "written"),
    [
        ("Smith & Jones Ltd", "Smith and Jones Limited|smith&jones|SMITH & JONES|Smith and Jones Ltd"),
        ("St Peter's Hospice", "Saint Peters Hospice|St. Peter’s Hospice|st peter’s  Hospice"),
        ("Bath NHS Foundation Trust", "Bath NHS FT|BATH N.H.S. Foundation Trust|B.N.F.T|BNFT|Bath NHSFT"),
    ],
)
def test_an_employer_is_hidden_in_its_spellings(employer, written):
    for one in written.split("|"):
        assert Mask(employers=[employer])(f"I work at {one} now") == "I work at [employer] now"


@pytest.mark.parametrize("phone", ["0117 496 0123", "+44 117 496 0123", "(0117) 4960123"])
def test_a_number_is_hidden_however_it_is_dialled(phone):
    for one in ("0117 496 0123", "+44 117 496 0123", "0044 (0)117 4960123", "+44 (0) 117-496-0123", "01174960123"):
        assert Mask(phone=phone)(f"Ring {one} now") == "Ring [telephone number] now"
    assert Mask(phone=phone)("Ring 0117 496 01234") == "Ring 0117 496 01234"


def test_the_name_of_an_account_elsewhere_is_hidden():
    mask = Mask(name="Amara Joy Okafor")
    for one in ("@amaraokafor", "#AmaraOkafor", "linkedin.com/in/amarajoyokafor", "amara_okafor", "Аmara"):
        assert "mara" not in mask(f"I write as {one} there").casefold(), one
    assert mask("I amara-okaforize") == "I [name]-okaforize"


def test_two_initials_are_hidden_only_with_full_stops():
    assert Mask(name="Helen Reid")("H.R, of HR, H Reid") == "[name], of HR, [name]"


@pytest.mark.django_db
def test_whoever_stands_for_the_applicant_is_hidden_like_them():
    application = make.arrived(make.window(), manager_name="Siân Prys", manager_email="s.prys@example.org",
        nominator_name="Jo O’Hare", nominator_email="johare@example.org")  # fmt: skip
    application.fee_agreement = fees.begin(
        cohort=application.cohort, person=application.applicant, employer=application.employer, employer_name="",
        by=application.applicant,
    )  # fmt: skip
    application.fee_agreement.sponsor_name, application.fee_agreement.sponsor_email = "Kit Osei", "kit.osei@example.org"
    written = "Sian (s.prys) and Jo O'Hare, johare, asked Osei: kit.osei said yes"
    assert mask_for(application)(written) == (
        "[name] ([email address]) and [name], [email address], asked [name]: [email address] said yes"
    )


@pytest.mark.django_db
def test_the_employer_that_was_typed_is_hidden_as_well_as_the_one_that_was_settled_and_its_parent():
    employer = OrganisationFactory(name="Quay Housing", parent=OrganisationFactory(name="Harbour Group"))
    application = make.arrived(make.window(), employer=employer)
    application.employer_name = "Quayside Homes"
    mask = mask_for(application)
    assert mask("Quayside Homes is Quay Housing of Harbour Group, not Dock Homes") == (
        "[employer] is [employer] of [employer], not Dock Homes"
    )
