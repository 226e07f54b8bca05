"""Two texts are the same as people see them, in Python and in PostgreSQL alike."""

import ast
import re
import unicodedata
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from steppingup.formats import sameness
from steppingup.formats.sameness_sql import CODE, FOLD, ORGANISATION
from tests.sweeps.test_records import MODELS, OURS

KEYS = {FOLD: sameness.fold, ORGANISATION: sameness.organisation, CODE: sameness.code}
#: What has no meaning yet in the Unicode of this Python may have one in that of PostgreSQL.
signs = st.characters(codec="utf-8", exclude_categories=["Cn", "Cs"], exclude_characters="\x00")
words = st.sampled_from(
    [
        *"'’‘`´-‐–—−.,&+/()[] \u00a0\u200b\u00ad\u202e\u3000",
        *"ZzÉéßẞıİøŁЁёΣςΆ",
        "e\u0301",
        "ﬁ",
        "Ｚ",
        "ŉ",
        "℡",
        "㎏",
        "१",
        "か゛",
    ]
    + ["The", "Ltd", "Limited", "limited", "St", "Saint", "St.", "NHS", "FT", "Foundation", "Trust", "and", "Company"]
)
texts = st.lists(st.one_of(signs, words, st.sampled_from("  ")), max_size=12).map("".join)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(texts, min_size=60, max_size=120))
def test_the_database_says_the_same_as_python(samples):
    with connection.cursor() as cursor:
        for function, key in KEYS.items():
            cursor.execute(f"SELECT t, {function}(t) FROM unnest(%s) AS t", [samples])
            assert [(text, found) for text, found in cursor.fetchall() if found != key(text)] == []


@pytest.mark.django_db
def test_the_database_says_the_same_of_every_letter():
    every = [chr(n) for n in range(1, 0x110000) if unicodedata.category(chr(n)) not in ("Cn", "Cs", "Co")]
    with connection.cursor() as cursor:
        for function, key in KEYS.items():
            cursor.execute(f"SELECT t, {function}(t) FROM unnest(%s) AS t", [every])
            assert [(text, found, key(text)) for text, found in cursor.fetchall() if found != key(text)] == []


#: Plain text, with much of what a search leaves out and of what a pattern takes for its own; a little is foreign.
plain = st.one_of(
    st.text(st.sampled_from("aRz.'- "), min_size=2, max_size=7),
    st.text(st.sampled_from('a9_@%\\*(|+[^$#?&~"`\t\n\x0b\x1f\x7féß’–'), max_size=9),
)


@pytest.mark.django_db
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.reuse, Phase.generate],  # the word says enough when it fails
)
@given(st.lists(plain, min_size=40), st.lists(texts, max_size=20))
def test_a_search_finds_what_has_the_same_in_it_and_nothing_else(samples, foreign):
    Session.objects.all().delete()
    Session.objects.bulk_create(
        Session(session_key=str(n), session_data=text, expire_date=timezone.now())
        for n, text in enumerate(samples + foreign)
    )
    for whole in (*samples[:9], *foreign[:3], "", "".join(samples) * 9):
        for word in (whole, whole[1:3].swapcase()):
            found = set(Session.objects.filter(session_data__finds=word).values_list("session_data", flat=True))
            assert found == {text for text in samples + foreign if sameness.fold(word) in sameness.fold(text)}, word


SAME_PEOPLE = [
    ("Zoë O’Brien", "Zoe\u0301\u0308".replace("\u0301", "") + " O'Brien", "ZOE OBRIEN", " zoe  o`brien ", "Zoe\u00a0O\u02bcBrien"),
    ("Anne-Marie Łoś", "Anne\u2011Marie Los", "ANNE – MARIE ŁOŚ", "Anne Marie Loś"),
    ("Straßer", "STRASSER", "Stra\u00adsser"),
    ("İpek Işık", "ipek ışık", "IPEK IŞIK", "İPEK ISIK"),
    ("Ｊｏ Ｌｅｅ", "Jo Lee", "J\u200bo Lee", "\u202eJo Lee\u202c", "J.o Lee"),
    ("Σωκράτης", "ΣΩΚΡΑΤΗΣ", "σωκρατησ"),
    ("Dr Zoë Obi", "Obi, Zoe", "OBI, Zoë, OBE", "Zoe Obi (she/her)", "Prof. Zoë Obi PhD", "Zoë Obi, MSc, RN", "Mrs. Zoe Obi"),
    ("Аmara", "Amara", "ᴀᴍᴀʀᴀ", "Αmara"),
    ("یوسف کریم", "يوسف كريم"),
    ("محـــمد", "مُحمد"),
    ("Zoe O'Brien", "Zoe O Brien", "ZOË O BRIEN", "O Brien, Zoe", "Zoe O’ Brien", "Zoe O-Brien", "Dr Zoe OBrien (chair)"),
    ("J.K. Lee", "J K Lee", "JK Lee", "J. K. Lee", "Lee, J.K.", "Lee, J K", "jk lee", "J. K. LEE", "Dr J K Lee OBE"),
    ("Ana M K Lee", "Ana MK Lee", "Ana M.K. Lee"),
    ("M O Lee", "M.O. Lee", "MO Lee"),
    ("J O Brien", "J O'Brien", "J. O’Brien"),
    ("J K O Brien", "JK O'Brien", "J.K. O'Brien"),
    ("Ann McDonald", "Ann Mc Donald", "Mc Donald, Ann", "ANN MC DONALD", "Ann Mc-Donald"),
    ("McDonald", "Mc Donald"),
    ("J K McDonald", "JK Mc Donald"),
    ("Ann MacNeil", "Ann Mac Neil"),
    ("Ann D'Souza", "Ann D Souza", "Ann DSouza"),
]  # fmt: skip
OTHER_PEOPLE = [
    *(("Jo Lee", "Jo Leigh"), ("कि", "का"), ("がか", "かか"), ("Ann Marie", "Anne Marie"), ("Li Na", "Lina")),
    *(
        ("Dr", "Professor"),
        ("Jack Ma", "Jack"),
        ("Dean Ward", "Ward"),
        ("Ada Obi, Sol Marsh", "Ada Obi"),
        ("Anna", "Anya"),
    ),
    *(
        ("J Lee", "JK Lee"),
        ("J Lee", "J K Lee"),
        ("K J Lee", "J K Lee"),
        ("Ana O", "Anao"),
        ("Ana O", "A N A O"),
        ("Ana M O", "Ana Mo"),
    ),
    *(
        ("John F Oster", "John Foster"),
        ("Sam P Rice", "Sam Price"),
        ("Ann D Avis", "Ann Davis"),
        ("Tim B Owen", "Tim Bowen"),
    ),
    *(("Mac Donald", "MacDonald"), ("Ann McDonald", "Ann MacDonald"), ("Ann Mc", "Annmc"), ("Jo An Lee", "Joan Lee")),
    *(("Zoe O Brien", "Zoe Brien"), ("Mo Brien", "M O Brien"), ("Lee J K", "Lee K J"), ("J.K. Rowe", "J.R. Rowe")),
]
SAME_ORGANISATIONS = [
    ("The Acme Co. Limited", "Acme Company Ltd", "ACME CO LTD.", "acme co ltd"),
    ("Smith & Jones", "Smith and Jones", "SMITH  &JONES", "Smith ＆ Jones"),
    ("St Peter’s Hospice", "Saint Peters Hospice", "St. Peter's Hospice"),
    ("North Bristol NHS Trust", "north bristol N.H.S. trust"),
    ("Bath NHS FT", "Bath NHS Foundation Trust", "The Bath NHS Foundation Trust", "Bath NHSFT", "Bath N.H.S. F.T."),
    ("The Wallich", "Wallich, The", "Wallich"),
    ("Асme · UK", "Acme UK", "Acme • UK", "Acme_UK", "Acme/UK"),
    ("Aid CIO", "Aid Charitable Incorporated Organisation"),
    ("Council of the City of York", "The Council of the City of York"),
]
OTHER_ORGANISATIONS = [
    ("Acme", "Acme Ltd"),
    ("Bristol City Council", "Bristol Council"),
    ("Theatre Royal", "atre Royal"),
    ("Bath NHS Trust", "Bath NHS Foundation Trust"),
    ("High Street Surgery", "High Saint Surgery"),
    ("North Bristol NHS Trust", "Bristol NHS Trust"),
    ("Wallich Thea", "Wallich"),
]
SAME_CODES = [
    ("PO-12A", "po–12 a", "PO\u201112А", "ＰＯ-12Ａ", "PO‑12A\u200b"),
    ("L5/7", "l5 ⁄ 7"),
    ("ΑΒ1", "AB1", "АВ1", "AB١", "ＡＢ१"),
]
OTHER_CODES = [("3-4", "34"), ("007", "7"), ("1.2", "12"), ("O1", "01"), ("1E5", "100000")]
SAME_ADDRESSES = [
    ("Zoe@Bücher.Example", "zoe@xn--bcher-kva.example", " ZOE@bu\u0308cher.example\u200b", "zoe＠bücher.example", "zoe@bücher。example."),
    ("a@x.org", "a@x.org.", "mailto:a@x.org", "<A@X.org>", "Ada Obi <a@x.org>", "Ada <mailto:a@x.org>"),
    ("a@straße.example", "a@xn--strae-oqa.example", "A@STRAẞE.example"),
]  # fmt: skip
OTHER_ADDRESSES = [
    ("a.b@x.org", "ab@x.org"),
    ("a+1@x.org", "a@x.org"),
    ("a@paypal.com", "a@pаypal.com"),
    ("a@straße.example", "a@strasse.example"),
]


@pytest.mark.parametrize(
    ("key", "same", "other"),
    [
        (sameness.person, SAME_PEOPLE, OTHER_PEOPLE),
        (sameness.organisation, SAME_ORGANISATIONS, OTHER_ORGANISATIONS),
        (sameness.code, SAME_CODES, OTHER_CODES),
        (sameness.address, SAME_ADDRESSES, OTHER_ADDRESSES),
    ],
)
def test_what_people_see_as_the_same_is_the_same_and_nothing_else(key, same, other):
    for group in same:
        assert len({key(one) for one in group}) == 1, [key(one) for one in group]
    for one, two in other:
        assert key(one) != key(two)


#: Other ways of writing the same name, which do not matter to people.
REWRITTEN = {
    "with a title": lambda first, last: f"Dr. {first} {last}",
    "surname first": lambda first, last: f"{last.upper()}, {first}",
    "with honours": lambda first, last: f"{first} {last} OBE",
    "with a role": lambda first, last: f"{first} {last} (chair)",
    "in Cyrillic letters": lambda first, last: f"{first} {last}".translate(
        str.maketrans("aeopcyxAEOPCX", "аеорсухАЕОРСХ")
    ),
    "with another apostrophe": lambda first, last: f"{first} {last}".replace("’", "՚"),
    "with another dash": lambda first, last: f"{first} {last}".replace("-", "─"),
    "with a blank that is none": lambda first, last: f"{first}\u2800{last}",
    "with signs that nobody sees": lambda first, last: f"\u202e{first} \u200b{last}\u2069",
}
FIRST = st.sampled_from(["Zoë", "Anne-Marie", "Ngozi", "Mo", "Cap", "D’Arcy", "Łucja", "Xo"])
LAST = st.sampled_from(["O’Brien", "Obi", "Okafor-Peace", "St John", "van der Ploeg", "Popescu", "Li"])


@given(FIRST, LAST, st.sampled_from(list(REWRITTEN)), st.sampled_from(list(REWRITTEN)))
def test_no_way_of_writing_a_name_makes_it_another(first, last, way, other):
    """Nor two of them at once, where the second is one of signs."""
    written = REWRITTEN[way](first, last)
    if other.startswith(("with another", "with signs", "in ")):
        *words, end = written.split(" ")
        written = REWRITTEN[other](" ".join(words), end)
    assert sameness.person(written) == sameness.person(f"{first} {last}")


INITIALS = st.lists(st.sampled_from("ABCDEFGHIJKLMNOPRSTVWÉŁ"), min_size=1, max_size=4)
SURNAMES = st.sampled_from(["Lee", "Okafor-Peace", "van der Ploeg", "Popescu", "Brown"])
FULL = st.sampled_from(["", "Zoë ", "Anne-Marie ", "Mo "])
#: Ways of writing initials that do not matter to people.
TYPED = (
    " ".join,
    "".join,
    ".".join,
    ". ".join,
    lambda all: "".join(f"{one}." for one in all),
    lambda all: "".join(f"{one}. " for one in all),
)


@given(FULL, INITIALS, SURNAMES, st.sampled_from(TYPED), st.sampled_from(["{}", "Dr {}", "{} OBE"]), st.booleans())
def test_initials_are_the_same_with_and_without_spaces_and_full_stops(first, initials, last, way, around, shout):
    plain = f"{first}{' '.join(initials)} {last}"
    written = around.format(f"{first}{way(initials).strip()} {last}")
    # An O behind a first name is no initial.
    if not (first and initials == ["O"]):
        assert sameness.person(written.upper() if shout else written) == sameness.person(plain)


@given(INITIALS, INITIALS, SURNAMES)
def test_other_initials_are_another_person(ours, theirs, last):
    same = sameness.person(f"{' '.join(ours)} {last}") == sameness.person(f"{' '.join(theirs)} {last}")
    assert same == ([sameness.fold(one) for one in ours] == [sameness.fold(one) for one in theirs])


PARTED = st.sampled_from(
    [
        ("O", "Brien"),
        ("O", "Neill"),
        ("O", "Xyzzy"),
        ("Mc", "Donald"),
        ("Mac", "Intyre"),
        ("D", "Arcy"),
        ("Fitz", "Gerald"),
    ]
)


@given(
    st.sampled_from(["Zoë", "Anne-Marie", "Mo", "Ngozi J", "JK"]),
    PARTED,
    st.sampled_from(["'", "’", " ", "-", "’ ", ""]),
    st.booleans(),
)
def test_a_part_of_a_surname_is_the_same_apart_together_and_with_an_apostrophe(first, surname, between, turned):
    start, rest = surname
    if (first, rest) == ("Ngozi J", "Xyzzy"):
        return  # an unknown surname behind an initial: O is taken for another
    whole = f"{start}{between}{rest}"
    written = f"{whole}, {first}" if turned else f"{first} {whole}"
    assert sameness.person(written) == sameness.person(f"{first} {start}{rest}")
    assert sameness.person(written) != sameness.person(f"{first} {rest}")


@given(
    st.lists(st.sampled_from(["ana", "o", "mc", "mac", "j", "k", "lee", "brien", "d", "arcy"]), min_size=1, max_size=5)
)
def test_no_letter_of_a_name_is_lost_in_its_key(words):
    assert sameness.person(" ".join(words)).replace(" ", "") == "".join(words)


@given(texts)
def test_the_form_that_is_stored_is_stable_and_the_same(text):
    stored = sameness.clean(text)
    assert sameness.clean(stored) == stored == unicodedata.normalize("NFC", stored).strip()
    assert "  " not in stored
    assert all(key(stored) == key(text) for key in (sameness.fold, sameness.organisation, sameness.code))
    assert sameness.fold(sameness.fold(text)) == sameness.fold(text)
    assert sameness.address(sameness.address(text)) == sameness.address(text)


def test_a_joiner_stays_where_a_script_is_written_with_it():
    assert sameness.clean("ශ්\u200dරී") == "ශ්\u200dරී"
    assert sameness.clean("Zo\u200de") == "Zoe"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Briston City Council", ["Bristol City Council"]),
        ("bristol council, city", ["Bristol City Council"]),
        ("BCC", ["Bristol City Council"]),
        ("Bristol Council", ["Bristol City Council"]),
        ("Acme", ["Acme Ltd"]),
        ("Leeds City Council", []),
        ("Bath", []),
    ],
)
def test_names_that_may_be_meant_are_found(typed, found):
    assert sameness.alike(typed, ["Bristol City Council", "Acme Ltd", "Leicester City Council"]) == found


# -- everywhere --------------------------------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[2]
HOMES = {
    "steppingup/formats/dates.py",
    "steppingup/formats/sameness.py",
    "steppingup/formats/sameness_sql.py",
    "steppingup/formats/fields.py",
}
#: Invented people, and the names of files and of what is in them.
NOT_PEOPLES = ("steppingup/demo/", "steppingup/files/")
FORBIDDEN = re.compile(
    r"__iexact|__icontains|__istartswith|normalize_email|\bLower\(|\bUpper\(|\.casefold\(|SearchVector|unicodedata\.normalize"
)
#: Where a text is compared or rewritten for another reason than being the same to people.
ALLOWED = {
    "applications/selection/masking.py": "finds a name in a text, in each of its spellings",
    "cohorts/actions/certificates.py": "looks at how a name is drawn",
    "steppingup/site/printing.py": "looks at how a name is drawn",
}
#: An attribute or variable that holds a name, an address or a code.
NAMED = re.compile(r"(^|_)(e?mail|name|code|reference|order|employer|organisation|address)s?$")


def sources():
    for folder in OURS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if "/migrations/" not in name and name not in HOMES and not name.startswith(NOT_PEOPLES):
                yield name, path.read_text()


def held(node: ast.expr) -> str:
    """The name of what an expression reads: `email` of `person.email.strip()`."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def compared_by_hand(tree: ast.AST):
    """Cases changed, and addresses compared, without asking `sameness`."""
    for node in ast.walk(tree):
        changes = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if changes and node.func.attr in ("lower", "upper", "casefold") and NAMED.search(held(node.func.value)):
            yield node.lineno
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [held(side) for side in (node.left, *node.comparators) if not isinstance(side, ast.Constant)]
            if len(sides) == 2 and all(re.search(r"(^|_)e?mail$|full_name$|employer_name$", side) for side in sides):
                yield node.lineno


def test_nothing_is_compared_in_another_way():
    found = [
        f"{name}: {line.strip()}"
        for name, text in sources()
        if name not in ALLOWED
        for line in text.splitlines()
        if FORBIDDEN.search(line)
    ]
    assert found == []
    assert [f"{name}:{line}" for name, text in sources() for line in compared_by_hand(ast.parse(text))] == []


def test_comparing_by_hand_is_noticed():
    bad = "a.email.strip().lower() == b\nform.cleaned_data['email'].lower()\nx = one.email != other.email"
    assert sorted(compared_by_hand(ast.parse(bad))) == [1, 2, 3]


#: Columns of characters that no person types a name, a title or a code into.
NOT_TYPED = {
    "key", "slug", "kind", "status", "password", "token_hash", "sha256", "content_type", "purpose", "part", "step", "process",
    "brand_colour", "recipient", "message_id_header", "serial", "Application.reference", "StoredFile.name", "Job.title", "Job.note",
    "Message.subject", "Reply.subject", "MailboxPlace.mailbox", "Concern.reference", "Story.reference", "Paper.reference", "Paper.digest", "PaperPart.evidence", "Story.agreed_to", "DataComplaint.reference", "ReviewSignature.digest", "ConcernNote.what", "SharedEntry.role", "RegisterMark.device", "RegisterMark.saw", "RegisterMark.refused", "Addressee.why_not", "MessageTemplate.subject", "MessageTemplate.button_label", "DemonstrationPerson.look_at",
    "DemonstrationPerson.address", "by_name", "table", "Taking.name", "Taking.for_name", "Certificate.claim", "Certificate.statement", "Remembered.name", "SavedView.listing", "SavedView.query", "Signature.digest", "PlanReading.digest", "CountFile.digest", "ColumnMemory.role",
}  # fmt: skip


def test_every_line_that_people_fill_in_is_kept_in_one_form():
    for model in MODELS:
        for field in model._meta.concrete_fields:
            plain = type(field) in (models.CharField, models.EmailField) and not field.choices
            names = {field.name, f"{model.__name__}.{field.name}"}
            assert not plain or names & NOT_TYPED, (
                f"{model.__name__}.{field.name}: use a field of steppingup.formats.fields"
            )
