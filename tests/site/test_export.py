import csv
import io
import types
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest

from steppingup.accounts.models import Organisation
from steppingup.site import export
from steppingup.site.export import Column
from tests.factories.accounts import OrganisationFactory

NAME = [Column("Name", "name")]


def thing(**values):
    return types.SimpleNamespace(**values)


def read_csv(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def read_xlsx(response) -> list[list]:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


@pytest.mark.parametrize("text", ["=1+1", "+44 117", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("http://e.org")'])
@pytest.mark.parametrize(("make", "read"), [(export.stream_csv, read_csv), (export.xlsx, read_xlsx)])
def test_a_text_is_never_taken_for_a_formula(text, make, read):
    assert read(make("people", NAME, [thing(name=text)]))[1] == [f"'{text}"]


@pytest.mark.parametrize(("make", "read"), [(export.stream_csv, read_csv), (export.xlsx, read_xlsx)])
def test_numbers_stay_numbers_and_moments_are_in_london_s_time(make, read):
    columns = [Column("Days", "days"), Column("Sent", "sent"), Column("Paid", "paid"), Column("Who", "a__b")]
    row = thing(days=Decimal("-1.5"), sent=datetime(2020, 7, 1, 12, 0, tzinfo=UTC), paid=True, a=None)
    values = [str(value or "") for value in read(make("x", columns, [row]))[1]]
    assert values == ["-1.5", "2020-07-01 13:00:00", "Yes", ""]


def test_characters_that_excel_cannot_hold_are_left_out():
    assert read_xlsx(export.xlsx("x", NAME, [thing(name="a\x0bb")]))[1] == ["ab"]


def test_a_csv_begins_with_the_mark_that_excel_looks_for():
    response = export.stream_csv("x", NAME, [])
    assert b"".join(response.streaming_content).startswith("\ufeffName".encode())
    assert response["Cache-Control"] == "private, no-store"


def test_rows_are_taken_only_as_they_are_sent():
    taken = 0

    def rows() -> Iterator:
        nonlocal taken
        for number in range(100_000):
            taken += 1
            yield thing(name=number)

    lines = export.csv_lines(NAME, rows())
    next(lines)
    next(lines)
    assert taken == export.BATCH


@pytest.mark.django_db
def test_a_queryset_is_fetched_by_a_cursor_in_one_query(django_assert_num_queries):
    OrganisationFactory.create_batch(3)
    with django_assert_num_queries(1):
        rows = read_csv(export.stream_csv("x", NAME, Organisation.objects.all()))
    assert len(rows) == 4
