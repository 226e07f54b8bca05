"""Days and times as people type them: read the same everywhere, and refused with a sentence where nobody can have meant them."""

import gc
import re
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import DateField, TimeField
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from steppingup.formats.date_fields import (
    NO_SUCH_TIME,
    ClockInput,
    DayInput,
    MomentInput,
    MomentInTwo,
    ThreeBoxes,
)
from steppingup.formats.dates import ANY, FUTURE, MONTHS, PAST, WEEKDAYS, NotMeant, Within, clock_of, day_of, moment_of
from tests.sweeps.addresses import names

DAY = date(2026, 5, 3)
TODAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _one_day():
    with time_machine.travel(datetime(2026, 11, 27, 9, 0, tzinfo=ZoneInfo("Europe/London")), tick=False):
        yield


def spellings(day: date) -> list[str]:
    """How people write it."""
    month, year = MONTHS[day.month - 1].capitalize(), day.year
    th = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day.day, "th")
    two, weekday = f"{year % 100:02}", WEEKDAYS[day.weekday()].capitalize()
    return [
        *(f"{day:%d}{sign}{day:%m}{sign}{year}" for sign in "/.- "),
        *(f"{day.day}{sign}{day.month}{sign}{two}" for sign in "/.-"),
        *(day.isoformat(), f"{day:%Y/%m/%d}", f"{day.isoformat()}T00:00:00", f"{day.isoformat()} 00:00"),
        *(f"{day.day} {month} {year}", f"{day.day}{th} {month.upper()}, {year}", f"{day.day} {month[:3]} {two}"),
        *(f"{weekday} {day.day}{th} of {month} {year}", f"{weekday[:3]}, {day.day} {month[:3]}. {year}"),
        *(f"{month} {day.day}, {year}", f"{month} {day.day}{th} {year}", f"{day.day}-{month[:3]}-{two}"),
        *(
            f"  {day.day}\u00a0{month}\u2009{year} ",
            f"{day.day}\u2013{day.month}\u2013{year}",
            f"{day.day} {month} \u2019{two}",
        ),
        f"{day:%d/%m/%Y}".translate(str.maketrans("0123456789/", "０１２３４５６７８９／")),
    ]


@given(st.dates(date(1997, 1, 1), date(2046, 12, 31)))
def test_one_day_in_every_spelling(day):
    for text in spellings(day):
        assert day_of(text) == day, text
    boxes = (
        [str(day.day), str(day.month), str(day.year)],
        [f"{day:%d}", f"{day:%B}", f"{day:%y}"],
        [f"{day:%d/%m/%Y}", "", ""],
    )
    for box in boxes:
        assert ThreeBoxes(require_all_fields=False).clean(box) == day


ANYTHING = st.one_of(
    st.text(max_size=70),
    st.text("0123456789/-. :tTapmMay", max_size=24),
    st.sampled_from(["9" * 5000, "²", "-1", "1e9", "\x00", "today", "0000-00-00", "10000-01-01", "1/1/1", "99999-1-1"]),
)


@given(ANYTHING, st.sampled_from([ANY, PAST, FUTURE, Within(120, 0)]))
def test_whatever_is_typed_is_a_day_that_can_be_meant_or_gets_a_sentence(text, within):
    days = DayInput(within=within), ThreeBoxes(within=within), ThreeBoxes(within=within)
    for field, typed in zip(days, (text, [text, "5", "2026"], [text] * 3), strict=True):
        found = read(field, typed)
        assert is_sentence(found) if isinstance(found, str) else within.first <= found <= within.last
    for field in (ClockInput(), MomentInput()):
        found = read(field, text)
        assert not isinstance(found, str) or is_sentence(found)


def read(field, typed):
    """What a field makes of it: a value, or its sentence."""
    try:
        return field.clean(typed)
    except forms.ValidationError as refused:
        return " ".join(refused.messages)


def is_sentence(text):
    return text in ("This field is required.", "Enter the day, month and year") or (
        text.endswith(".") and "%" not in text
    )


@pytest.mark.parametrize(
    ("text", "within", "sentence"),
    [
        ("31 June 2026", ANY, "There is no 31 June. Enter another date."),
        ("29/2/2027", ANY, "There is no 29 February 2027. Enter another date."),
        ("5/13/2026", ANY, "There is no month 13. Enter the day first, then the month and the year, like 3 May 2026."),
        ("0026-05-03", ANY, "The year 26 cannot be right here. Enter a date from 1 January 1996 to 31 December 2046."),
        ("3/5/2206", ANY, "The year 2206 cannot be right here. Enter a date from 1 January 1996 to 31 December 2046."),
        (
            "3 May 1926",
            ANY,
            "The year 1926 cannot be right here. Enter a date from 1 January 1996 to 31 December 2046.",
        ),
        ("3 May", ANY, "Enter the year as well, like 3 May 2026."),
        ("soon", ANY, "Enter a date, like 3 May 2026."),
        ("28.11.26", PAST, "28 November 2026 is in the future. Enter today’s date or an earlier one."),
        ("26.11.26", FUTURE, "26 November 2026 is in the past. Enter today’s date or a later one."),
        (
            "3/5/1896",
            Within(120, 0),
            "The year 1896 cannot be right here. Enter a date from 1 January 1906 to 27 November 2026.",
        ),
    ],
)
def test_what_nobody_can_have_meant_is_refused_by_a_sentence(text, within, sentence):
    with pytest.raises(NotMeant) as refused:
        day_of(text, within)
    assert str(refused.value) == sentence


def test_of_two_figures_the_year_is_the_latest_that_can_be_meant():
    assert day_of("3/5/26", PAST) == DAY
    assert day_of("3/5/61", Within(120, 0)) == date(1961, 5, 3)
    assert day_of("3/5/30") == date(2030, 5, 3)


@given(st.times(), st.sampled_from(["%H:%M", "%H.%M", "%I:%M%p", "%I.%M %p", "%-I:%M%p", "%H:%M:%S"]))
def test_one_time_in_every_spelling(moment, spelling):
    assert clock_of(moment.strftime(spelling).lower()) == moment.replace(
        microsecond=0, second=moment.second * ("S" in spelling)
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [("9am", time(9)), ("12 p.m.", time(12)), ("12am", time(0)), ("Midday", time(12)), ("9h30", time(9, 30))],
)
def test_times_in_words(text, found):
    assert clock_of(text) == found


@pytest.mark.parametrize("text", ["9", "25:00", "13pm", "0am", "9:60", "half nine", "", "9" * 99])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(NotMeant, match="Enter a time, like 9:30am or 14:30."):
        clock_of(text)


def test_a_day_with_its_time():
    for text in (
        "2026-05-03T09:30",
        "3 May 2026, 9.30am",
        "3/5/26 9:30",
        "3 May 2026 at 9:30 am",
        "2026-05-03 09:30:00",
    ):
        assert moment_of(text) == datetime.combine(DAY, time(9, 30)), text
    assert moment_of("3 May 2026, midday") == datetime.combine(DAY, time(12))


@pytest.mark.parametrize(("day", "clock"), [("29 March 2026", "1:30am"), ("25 October 2026", "1:30am")])
def test_a_time_that_the_clocks_leave_out_or_repeat_is_refused(day, clock):
    for field, typed in ((MomentInTwo(), [day, clock]), (MomentInput(), f"{day}, {clock}")):
        with pytest.raises(forms.ValidationError, match=NO_SUCH_TIME):
            field.clean(typed)


# -- every form --------------------------------------------------------------------------------------


OURS = ("steppingup.", "cohorts.", "modules.", "mentoring.", "funding.", "applications.")


def fields_of_every_form():
    """(where, field) of each form of ours, and of each that the admin makes from a model."""
    assert names()  # the addresses import every module
    found, waiting = [], [forms.BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found += [
            (f"{kind.__module__}.{kind.__name__}.{name}", field)
            for name, field in getattr(kind, "base_fields", {}).items()
        ]
    request = RequestFactory().get("/admin/")
    for model, own in admin.site._registry.items():
        for made in (own, *(inline(model, admin.site) for inline in own.inlines)):
            shown = flatten_fieldsets(made.fieldsets or [("", {"fields": made.fields or made.form.base_fields})])
            for column in made.model._meta.fields:
                is_asked = (
                    getattr(own, "change_permission", None)
                    and column.name in shown
                    and column.name not in made.readonly_fields
                    and column.editable
                )
                if is_asked and isinstance(column, DateField | TimeField):
                    found.append((f"{made.__module__}.{column.name}", made.formfield_for_dbfield(column, request)))
    return found


def test_every_form_reads_dates_alike():
    gc.collect()
    found = [(where, field) for where, field in fields_of_every_form() if where.startswith(OURS)]
    dated = [
        (where, field)
        for where, field in found
        if isinstance(
            field, forms.DateField | ThreeBoxes | forms.DateTimeField | forms.TimeField | forms.SplitDateTimeField
        )
    ]
    assert len(dated) > 15
    for where, field in dated:
        if isinstance(field, ClockInput):
            assert field.clean("9.30am") == time(9, 30)
            continue
        assert isinstance(field, DayInput | ThreeBoxes | MomentInput | MomentInTwo), (
            f"{where} is Django's own {type(field)}"
        )
        for text, is_meant in (
            ("3/5/26", True),
            ("3 May 2026", True),
            ("03.05.2026", True),
            ("2026-05-03", True),
            ("3/5/2206", False),
            ("0026-05-03", False),
            ("3 May 1926", False),
            ("31 June 2026", False),
        ):
            typed = {MomentInput: f"{text}, 9am", MomentInTwo: [text, "9am"], ThreeBoxes: [text, "", ""]}
            value = next((given for kind, given in typed.items() if isinstance(field, kind)), text)
            found = read(field, value)
            assert isinstance(found, str) != is_meant, f"{where}: {text} is read as {found}"


def test_no_form_is_made_with_a_date_of_djangos_own():
    """Also where a field is made when its form is."""
    plain = re.compile(r"forms\.(Date|DateTime|SplitDateTime|Time)(Field|Input)\b")
    root = Path(settings.BASE_DIR)
    files = [path for house in OURS for path in (root / house.strip(".")).rglob("*.py")]
    assert len(files) > 200
    assert {path.name for path in files if plain.search(path.read_text())} == {"date_fields.py", "boxes.py"}
