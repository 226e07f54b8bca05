"""Whatever name is accepted can be filed, downloaded, mailed, sorted and read in again: generated names, on every way out."""

import csv
import email
import email.policy
import io
import types

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.template import engines
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.models import Course
from steppingup.accounts.models import Organisation, User
from steppingup.desk.cells import Paragraphs, Words, as_text
from steppingup.desk.importing import RowsImport
from steppingup.files.apart.tables import from_csv, from_workbook
from steppingup.files.names import MOST_BYTES, disposition, file_name
from steppingup.formats.sameness import clean
from steppingup.messaging.actions.delivery import email_of
from steppingup.messaging.models import Message
from steppingup.site import export
from steppingup.site.export import Column

PIECES = (
    *(
        "O\u2019Brien",
        "d'Arc",
        "Nguy\u1ec5n",
        "\u6b27\u9633\u5a1c\u5a1c",
        "\u0634\u064a\u062e",
        "Z\u0301",
        "\U0001f469\U0001f3fd\u200d\u2695\ufe0f",
    ),
    *(
        ",",
        ";",
        ":",
        '"',
        "''",
        "\\",
        "/",
        "..",
        "%0d%0a",
        "=1+1",
        "+44",
        "-",
        "@x",
        "\uff1d1",
        "_x0041_",
        "<b>",
        "&amp;",
        "{{x}}",
    ),
    *(
        " ",
        "\u00a0",
        "\u202e",
        "\u2028",
        "\r\nBcc: a@b.example",
        "=?utf-8?q?x?=",
        "\ufffd",
        "\U00020000",
        "CON",
        "a" * 60,
        "\u6f22" * 60,
    ),
)
NAMES = (
    st.one_of(
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60),
    )
    .map(lambda text: clean(text)[:150].strip())
    .filter(bool)
)
#: Texts of several lines, as a form keeps them.
TEXTS = st.lists(NAMES, min_size=1, max_size=4).map(lambda lines: "\n".join(lines).strip())


@given(NAMES)
def test_a_download_has_a_name_that_every_disk_and_browser_takes(name):
    value = HttpResponse(headers={"Content-Disposition": disposition(name, "pdf")})["Content-Disposition"]
    assert value.isascii()
    assert not set(value) & set("\r\n\x00")
    read = email.message_from_string(f"Content-Disposition: {value}\n\n").get_filename()
    assert read == file_name(name, "pdf")
    assert read.endswith(".pdf")
    assert 4 < len(read.encode()) <= MOST_BYTES
    assert not set(read) & set('/\\<>:"|?*')


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Invoice INV/2026-7", "Invoice INV-2026-7.pdf"),
        ("Certificate \u5c71\u7530\u592a\u90ce", "Certificate \u5c71\u7530\u592a\u90ce.pdf"),
        ("..", "document.pdf"),
        ("Dr. Zo\u00eb X.", "Dr. Zo\u00eb X.pdf"),
    ],
)
def test_it_is_the_name_of_the_record(name, found):
    assert file_name(name, "pdf") == found


def of_workbook(answer):
    return from_workbook(b"".join(answer.streaming_content))


def of_csv(answer):
    return from_csv(b"".join(answer.streaming_content))


@settings(max_examples=60)
@given(st.lists(st.tuples(NAMES, TEXTS), min_size=1, max_size=8))
def test_names_and_texts_come_back_as_they_were_from_every_kind_of_file(pairs):
    rows = [types.SimpleNamespace(name=name, text=text) for name, text in pairs]
    columns = [Column("Name", "name"), Column("Text", "text")]
    for make, read in ((export.stream_csv, of_csv), (export.xlsx, of_workbook)):
        (sheet,) = read(make("list", columns, rows))
        words, paragraphs = Words(1000), Paragraphs(5000)
        found = [(words.clean(row[0]), paragraphs.clean(row[1])) for row in sheet["rows"][1:]]
        assert found == pairs


@given(NAMES)
def test_no_cell_is_a_formula_in_any_spreadsheet(name):
    text = b"".join(export.stream_csv("x", [Column("N", "n")], [types.SimpleNamespace(n=name)]).streaming_content)
    (_, (value,)) = csv.reader(io.StringIO(text.decode("utf-8-sig")))
    assert value[0] not in "=+-@\uff1d\uff0b\uff0d\uff20\t\r"
    assert as_text(value) == name


@given(NAMES, NAMES)
def test_a_mail_about_anybody_has_one_recipient_and_its_subject(name, other):
    message = Message(
        to_email="who@example.org",
        to_name=name,
        subject=f"{name} and {other}",
        text=name,
        html=other,
        message_id_header="<a@b.example>",
    )
    sent = email.message_from_bytes(email_of(message).message().as_bytes(), policy=email.policy.default)
    assert [one.addr_spec for one in sent["To"].addresses] == ["who@example.org"]
    assert sent["Bcc"] is None
    assert " ".join(str(sent["Subject"]).split()) == " ".join(f"{name} and {other}".replace("=?", "= ?").split())


@given(NAMES)
def test_a_page_shows_it_as_text(name):
    shown = engines["django"].from_string("{{ name }}").render({"name": name})
    assert not set(shown) & set("<>\"'")


@pytest.mark.django_db
def test_names_are_kept_sorted_and_found():
    drawn: list[str] = []

    @settings(max_examples=60, database=None)
    @given(NAMES)
    def draw(name):
        drawn.append(name)

    draw()
    User.objects.bulk_create(User(email=f"u{number}@example.org", full_name=name) for number, name in enumerate(drawn))
    kept = User.objects.order_by("full_name")
    assert sorted(kept.values_list("full_name", flat=True)) == sorted(drawn)
    for name in drawn[:25]:
        assert kept.filter(full_name__finds=name).filter(full_name=name).exists()
    assert Organisation.objects.filter(name__same_organisation=drawn[0]).count() == 0


def test_every_import_says_what_is_wrong_beside_the_rows():
    """Whatever can be read in has the file with the errors to download, and no import of another kind exists."""
    able = {model: own for model, own in admin.site._registry.items() if hasattr(own, "import_action")}
    assert Course in able
    assert all(isinstance(own, RowsImport) for own in able.values())
