from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steppingup.formats import english

GLYPHS = {"¼": Decimal("0.25"), "½": Decimal("0.5"), "¾": Decimal("0.75")}


def read_days(text: str) -> Decimal:
    """Understand what `days` wrote."""
    sign = -1 if text.startswith("−") else 1
    text = text.removeprefix("−")
    part = GLYPHS.get(text[-1], Decimal(0))
    whole = text[:-1] if part else text
    return sign * (Decimal(whole or 0) + part)


@given(st.decimals(min_value=-1000, max_value=1000, places=2))
def test_days_say_exactly_what_the_number_is(value):
    assert read_days(english.days(value)) == value


@given(st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2))
def test_pounds_say_exactly_what_the_amount_is(value):
    text = english.pounds(value)
    assert Decimal(text.replace("−", "-").replace("£", "").replace(",", "")) == value
    assert not text.endswith(".00")


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("18.5"), "18½"), (Decimal("0.25"), "¼"), (30, "30"), (0, "0"), ("2.10", "2.1"), (None, ""), (-0.5, "−½")],
)
def test_days_use_glyphs_for_halves_and_quarters(value, text):
    assert english.days(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(2500, "£2,500"), (Decimal("1310.5"), "£1,310.50"), (-20, "−£20"), (None, ""), (0, "£0")]
)
def test_pounds_leave_out_pence_that_are_nothing(value, text):
    assert english.pounds(value) == text


def test_the_noun_of_days_follows_the_number():
    assert [english.days_counted(n) for n in (0, "0.5", 1, "1.5")] == ["0 days", "½ day", "1 day", "1½ days"]


def test_a_moment_is_said_in_london_s_time():
    assert english.when(datetime(2020, 2, 12, 14, 30, tzinfo=UTC)) == "Wednesday 12 February 2020, 2:30pm"
    assert english.when(datetime(2020, 7, 31, 23, 0, tzinfo=UTC)) == "Saturday 1 August 2020, midnight"
    assert english.day_date(datetime(2020, 7, 31, 23, 0, tzinfo=UTC)) == "1 August 2020"
    assert english.when(date(2020, 2, 12)) == "Wednesday 12 February 2020"
    assert english.when(datetime(2020, 1, 1, 12, 0, tzinfo=UTC)).endswith("midday")


def test_markdown_carries_the_site_s_classes_and_its_headings_start_below_the_page_s():
    html = english.markdown("# Who can apply\n\nYou *can*.\n\n- one\n- [two](https://example.org)")
    assert '<h2 class="govuk-heading-m">Who can apply</h2>' in html
    assert '<p class="govuk-body">' in html
    assert 'class="govuk-list govuk-list--bullet"' in html
    assert 'class="govuk-link"' in html


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "![x](https://e.org/x)"],
)
def test_markdown_never_lets_markup_or_pictures_through(text):
    html = english.markdown(text).lower()
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
