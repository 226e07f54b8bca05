"""How numbers, money, days and times are said on every page, in every email and in every document."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

PART_OF_A_DAY = {Decimal("0.25"): "¼", Decimal("0.50"): "½", Decimal("0.75"): "¾"}
PENNY = Decimal("0.01")
QUARTER = Decimal("0.25")
Number = Decimal | int | float | str | None


def _hundredths(value: Decimal | int | float | str) -> Decimal:
    return Decimal(str(value)).quantize(PENNY, rounding=ROUND_HALF_UP)


def days(value: Number) -> str:
    """A number of days: “18½”, “¼”, “2.1”, “−½”. Nothing for None."""
    if value is None or value == "":
        return ""
    amount = _hundredths(value)
    sign = "−" if amount < 0 else ""
    whole, part = divmod(abs(amount), 1)
    if part == 0:
        return f"{sign}{whole:.0f}"
    if glyph := PART_OF_A_DAY.get(part):
        return f"{sign}{whole:.0f}{glyph}" if whole else f"{sign}{glyph}"
    return f"{sign}{abs(amount):f}".rstrip("0")


def plain_number(value: Decimal) -> str:
    """As it is typed into a form: “1.5”, to the hundredth."""
    return f"{_hundredths(value).normalize():f}"


def trimmed(value: Decimal) -> Decimal:
    """The same number without noughts at its end: 1 and 0.285714 of what the database keeps to the millionth."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def days_counted(value: Number, noun: str = "day") -> str:
    """With the noun: “1 day”, “½ day”, “18½ days”; “12 hours” where another noun is given."""
    amount = Decimal(0) if value is None or value == "" else _hundredths(value)
    return f"{days(amount)} {noun if 0 < abs(amount) <= 1 else f'{noun}s'}"


def figures(least: Number, most: Number) -> str:
    """“6–10”, or “10” where the two are the same."""
    low, high = days(least), days(most)
    return high if low == high else f"{low}–{high}"


def ranged(least: Number, most: Number, noun: str = "day") -> str:
    """“6–10 days”, “1 day”, “12–20 hours”."""
    if days(least) == days(most):
        return days_counted(most, noun)
    _, _, nouns = days_counted(most, noun).rpartition(" ")
    return f"{figures(least, most)} {nouns}"


def from_to(least: Number, most: Number, noun: str = "day") -> str:
    """The same in a sentence: “6 to 10 days”."""
    return ranged(least, most, noun).replace("–", " to ")


def hours_a_week(least: Number, most: Number) -> str:
    """“4 to 6 hours a week”; nothing where no range is stated (B45)."""
    return "" if least is None or most is None else f"{from_to(least, most, 'hour')} a week"


def still(least: Decimal, most: Decimal) -> str:
    """How much is to come: “3”; “2–6” of a range of which the least is not done yet, “up to 2” where it is."""
    if least > 0 or not most:
        return figures(max(Decimal(0), min(least, most)), most)
    return f"up to {days(most)}"


def quarter_below(value: Decimal) -> Decimal:
    return (value / QUARTER).quantize(Decimal(1), ROUND_FLOOR) * QUARTER


def nearest_quarter(value: Decimal) -> Decimal:
    return (value / QUARTER).quantize(Decimal(1), ROUND_HALF_UP) * QUARTER


def pounds(value: Number) -> str:
    """An amount of money: “£2,500”, “£1,310.50”, “−£20”. Nothing for None."""
    if value is None or value == "":
        return ""
    amount = _hundredths(value)
    sign = "−" if amount < 0 else ""
    return f"{sign}£{abs(amount):,.2f}".removesuffix(".00")


def pounds_and_pence(value: Number) -> str:
    """As accounts want it: “£2,500.00”."""
    text = pounds(value)
    return f"{text}.00" if text and "." not in text else text


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day_date(value: date | datetime | None) -> str:
    """“12 February 2020”; a moment is turned into the day it is in London."""
    if not value:
        return ""
    day = _local(value)
    return f"{day.day} {day:%B %Y}"


def weekday_date(value: date | datetime | None) -> str:
    """“Wednesday 12 February 2020”."""
    return f"{_local(value):%A} {day_date(value)}" if value else ""


def clock(value: datetime | time) -> str:
    """“2:30pm”, “9am”, “midday”, “midnight”."""
    if value.minute == 0 and value.hour in (0, 12):
        return "midday" if value.hour else "midnight"
    minutes = f":{value.minute:02}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{'am' if value.hour < 12 else 'pm'}"


def when(value: datetime | date | None) -> str:
    """“Wednesday 12 February 2020, 2:30pm”, in London's time; without the time for a plain date."""
    if not value:
        return ""
    moment = _local(value)
    return f"{weekday_date(moment)}, {clock(moment)}" if isinstance(moment, datetime) else weekday_date(moment)


def span(starts: datetime, ends: datetime) -> str:
    """“Wednesday 12 February 2020, 9:30am to 4:30pm”, in London's time; an end on another day is said with its day."""
    first, last = timezone.localtime(starts), timezone.localtime(ends)
    return f"{when(first)} to {clock(last) if first.date() == last.date() else when(last)}"


def counted(number: int, one: str, many: str = "") -> str:
    """“1 person”, “3 people”, “12,000 applications”; the plural is `one` with an s, unless it is given."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def lasting(span: timedelta) -> str:
    """“10 minutes”, “3 hours”, “a day”, “2 days”: how long something takes, in the largest of these that it fills."""
    minutes = int(span.total_seconds() // 60)
    for size, name in ((24 * 60, "day"), (60, "hour")):
        if minutes and minutes % size == 0:
            number = minutes // size
            article = "an" if name == "hour" else "a"
            return f"{article} {name}" if number == 1 else counted(number, name)
    return counted(minutes, "minute")


def listed(parts: Iterable[str]) -> str:
    """“a”, “a and b”, “a, b and c”; nothing of nothing."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last


# -- Markdown ------------------------------------------------------------------------------------

CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "link_open": "govuk-link",
    "blockquote_open": "govuk-inset-text",
    "table_open": "govuk-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
    "hr": "govuk-section-break govuk-section-break--m govuk-section-break--visible",
}
HEADING_CLASS = {2: "govuk-heading-m", 3: "govuk-heading-s", 4: "govuk-heading-s"}
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def _dress(tokens: list[Token], top: int) -> None:
    for token in tokens:
        if token.type.startswith("heading_"):
            level = min(int(token.tag[1]) + top - 1, 4)
            token.tag = f"h{level}"
            if token.type == "heading_open":
                token.attrSet("class", HEADING_CLASS.get(level, "govuk-heading-l"))
        elif token.type in CLASSES:
            token.attrJoin("class", CLASSES[token.type])
        if token.children:
            _dress(token.children, top)


def markdown(text: Any, top: int = 2) -> SafeString:
    """Markdown as safe HTML with the site's classes. HTML in the text is shown, not obeyed; pictures are left out.

    `top` is the level of heading that a single # becomes."""
    tokens = _markdown.parse(str(text or ""))
    _dress(tokens, top)
    return mark_safe(_markdown.renderer.render(tokens, _markdown.options, {}))  # markdown-it escapes what is written


def plain(text: Any) -> str:
    """Markdown as it would be read aloud: for summaries and plain emails, without marks."""
    words: list[str] = []
    for token in _markdown.parse(str(text or "")):
        if token.type == "inline":
            words.append("".join(child.content or " " for child in token.children or []))
    return " ".join(" ".join(words).split())
