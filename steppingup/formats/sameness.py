"""Whether two names, addresses or codes are the same as people see them: whichever keyboard, program or spelling wrote them.

The only place that decides it. For each kind of text there is a *key*; two texts are the same if their keys are:

    person("Zoe O’Brien-Ade") == person("ZOË  O'BRIEN ADE")
    organisation("The Acme Co. Limited") == organisation("Acme Co Ltd")
    address("Zoe@Bücher.example") == address("zoe@xn--bcher-kva.example")
    code("po–12 А") == code("PO-12A")            # that А is Cyrillic

Keys are for comparing, never for showing. What is stored is what people wrote, `clean`: in one canonical form, without signs that
nobody sees. The fields of `steppingup.formats.fields` see to that. PostgreSQL has the same keys as functions
(`steppingup.formats.sameness_sql`), for constraints, indexes, triggers and search.

No key guesses: “Acme” and “Acme Ltd” may be two companies, which `alike` finds, so that somebody can be asked."""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from difflib import SequenceMatcher

import idna

from steppingup.formats.surnames import as_one

#: Signs that nobody sees: controls, soft hyphens, marks of direction, zero-width signs, variation selectors, half characters.
INVISIBLE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U00013430-\U0001343f\U00016fe4\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
#: … and half characters, which Python can hold and neither a file nor PostgreSQL can.
HALVES = "\ud800-\udfff"
SPACES = "\t\n\x0b\x0c\r\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000"
#: Accents and other marks that people leave out, also the points of Hebrew and Arabic, and what stretches a word of Arabic; not
#: the vowels of Indian scripts.
MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
DASHES = "\\-\u00ac\u02d7\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u207b\u208b\u2212\u2500\u2501\u2796\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u301c\u30a0\ufe58\ufe63\uff0d"
APOSTROPHES = (
    "'`\u00b4\u02b9\u02bb-\u02bf\u02c8\u02ca\u02cb\u0374\u0384\u055a\u05f3\u07f4\u07f5\u1fbd\u1fbf\u1fef\u1ffd\u1ffe\u2018-\u201b"
    "\u2032\u2035\u275b\u275c\ua78b\ua78c\uff07\uff40"
)
QUOTES = '"\u00ab\u00bb\u02ba\u05f4\u201c-\u201f\u2033\u2036\u2039\u203a\uff02'
SLASHES = "/\u2044\u2215\u29f8\uff0f"
#: Letters of other scripts that look like these, also those that one keyboard has in place of another's (Arabic, Persian, Urdu).
LOOK_ALIKE = dict(
    zip(
        "авекмнорстухіјѕԁԛԝһӏҽүөѵαβεζηικμνορτυχօɑɡʋᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢیىکہھە",
        "abekmhopctyxijsdqwhleyovabezhikmnoptyxoagvabcdefghijklmnoprstuvwyzييكههه",
        strict=True,
    )
)
#: Letters that no accent can be taken off, as they are typed on other keyboards, and letters as they look.
LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l", "ŋ": "n", "þ": "th",
    "ŧ": "t", "ß": "ss", "ə": "e", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ς": "σ",
} | LOOK_ALIKE  # fmt: skip
#: Digits of other scripts, as a code may have them.
DIGITS = {
    sign: str(unicodedata.decimal(sign))
    for sign in map(chr, range(0x80, 0x1F000))
    if unicodedata.category(sign) == "Nd"
}

_INVISIBLE = re.compile(f"[{INVISIBLE}{HALVES}]")
_SPACES = re.compile(f"[ {SPACES}]+")
_BEFORE = re.compile(f"[{APOSTROPHES}]")
_DROPPED = re.compile(f"[{MARKS}{INVISIBLE}{QUOTES}{APOSTROPHES}.]")
_MARKS = re.compile(f"[{MARKS}{INVISIBLE}{QUOTES}{APOSTROPHES}]")
_DASHES = re.compile(f"[{DASHES}]")
_SLASHES = re.compile(f"[{SLASHES}]")
_LETTERS = str.maketrans(LETTERS)
_CODES = str.maketrans(LETTERS | DIGITS)
_TRACED = re.compile(f"[{MARKS}{INVISIBLE}{HALVES}]")
_JOINERS = "\u200c\u200d"


# -- as it is stored ---------------------------------------------------------------------------------


def _joins(text: str, at: int) -> bool:
    """Does the joiner here stand between two letters of a script that is written with it (Persian, Sinhala)?"""
    around = text[at - 1 : at], text[at + 1 : at + 2]
    return all(sign >= "\u0600" and unicodedata.category(sign)[0] in "LM" for sign in around)


def clean(text: str) -> str:
    """A name or a code as it is stored: composed (NFC), one space between words, nothing that cannot be seen."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # Joiners are held apart where they shape a letter: without them some names are misspelt.
    kept = "".join(
        "" if sign in _JOINERS and not _joins(text, at) else sign
        for at, sign in enumerate(text)
        if sign in _JOINERS or not _INVISIBLE.match(sign)
    )
    return _SPACES.sub(" ", unicodedata.normalize("NFC", kept)).strip(" ")


#: How programs write an address that is copied from them: “Zoe Obi <zoe@example.org>”, “mailto:zoe@example.org”.
_COPIED = re.compile(r"[^<>]*<\s*(?:mailto:)?([^<>]+@[^<>]+?)\s*>|mailto:(.+@.+)", re.IGNORECASE)


def address(text: str) -> str:
    """An email address as it is stored and compared: small letters, its domain as mail servers write it (punycode), so that
    letters of another script show. What is no address stays one that no check accepts."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    if copied := _COPIED.fullmatch(plain):
        plain = copied[1] or copied[2]
    local, at, domain = plain.rpartition("@")
    return f"{local}{at}{_domain(domain) if local else domain}".lower()


def _domain(text: str) -> str:
    """As it is registered today; what is older than those rules as it was then. The full stop that ends a domain, or the
    sentence that it stood in, is not its own."""
    text = re.sub("[\u3002\uff61]", ".", text).rstrip(".")
    if text.isascii():
        return text
    with suppress(UnicodeError):
        return idna.encode(text, uts46=True).decode("ascii")
    with suppress(UnicodeError):
        return text.encode("idna").decode("ascii")
    return text


# -- keys --------------------------------------------------------------------------------------------


def _bare(text: str, dropped: re.Pattern[str]) -> str:
    """Taken apart, and without what people leave out."""
    apart = unicodedata.normalize("NFKD", _BEFORE.sub("'", _INVISIBLE.sub("", text)))
    return dropped.sub("", apart)


def fold(text: str) -> str:
    """What a search compares: without accents, case, apostrophes, quotes and full stops; a dash is a space."""
    bare = _bare(text, _DROPPED).casefold().translate(_LETTERS)
    return _SPACES.sub(" ", _DASHES.sub(" ", bare)).strip(" ")


#: What people write before a name, and behind it: neither is part of it.
TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "rev", "revd", "reverend", "cllr", "councillor"]
)
HONOURS = frozenset(["mbe", "obe", "cbe", "kbe", "dbe", "kcb", "phd", "dphil", "edd", "frsa"])
#: … and where a comma stands before them.
LETTERS_AFTER = HONOURS | frozenset(
    [
        "ma",
        "mba",
        "msc",
        "mphil",
        "ba",
        "bsc",
        "beng",
        "llb",
        "pgce",
        "rn",
        "rgn",
        "rmn",
        "jp",
        "cipd",
        "fcipd",
        "mcipd",
        "frcn",
        "qn",
    ]
)
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def person(name: str) -> str:
    """The key of a person's name, however it is written: “Dr Zoë O'Brien”, “O Brien, Zoe”, “ZOË OBRIEN OBE (chair)”."""
    return " ".join(as_one(words_of(name)))


def words_of(name: str) -> list[str]:
    """The words of a person's name as they were typed, folded, in their order, without titles and honours."""
    whole = fold(name)
    bare = " ".join(_IN_BRACKETS.sub(" ", whole).split()) or whole
    parts = [part for part in re.split(" *, *", bare) if part]
    while len(parts) > 1 and LETTERS_AFTER.issuperset(parts[-1].split()):
        parts.pop()
    words = (" ".join(parts[::-1]) if len(parts) == 2 else ", ".join(parts)).split()
    while len(words) > 1 and words[0] in TITLES:
        words = words[1:]
    while len(words) > 1 and words[-1] in HONOURS:
        words = words[:-1]
    return words


#: Words of organisations' names that are written in several ways, in this order.
SPELLINGS = (
    ("public limited company", "plc"),
    ("community interest company", "cic"),
    ("limited liability partnership", "llp"),
    ("national health service", "nhs"),
    ("charitable incorporated organisation", "cio"),
    ("nhs ft", "nhs foundation trust"),
    ("nhsft", "nhs foundation trust"),
    ("limited", "ltd"),
    ("incorporated", "inc"),
    ("company", "co"),
    ("saint", "st"),
    ("and", "&"),
)
PUNCTUATION = ",;:()[]{}/|_·•"


def organisation(name: str) -> str:
    """The key of an organisation's name: “and” and “&”, “Ltd” and “Limited”, “St” and “Saint”, with “The” before or after it, or
    without."""
    words = fold(name).replace("&", " & ").replace("+", " & ")
    for sign in PUNCTUATION:
        words = words.replace(sign, " ")
    # Two spaces between words, so that each has its own and one can follow itself.
    padded = f" {re.sub(' +', '  ', words.strip(' '))} "
    for long, short in SPELLINGS:
        padded = padded.replace(f" {long.replace(' ', '  ')} ", f" {short.replace(' ', '  ')} ")
    whole = re.sub(" +", " ", padded).strip(" ")
    return whole.removeprefix("the ").removesuffix(" the")


def code(text: str) -> str:
    """The key of a code, a reference, a number of an order or of a register: without spaces, any dash, letters and digits of other
    scripts as they look. A dash, a full stop and a leading nought tell codes apart; O and 0 are two signs."""
    bare = _bare(text, _MARKS).casefold().translate(_CODES)
    return _SLASHES.sub("/", _DASHES.sub("-", _SPACES.sub("", bare)))


def mailbox(text: str) -> str:
    """One mailbox, however its address is written: what stands behind a plus is the owner's own, and Google's ignores dots.

    For limits, for finding two accounts of one person, and for “not yourself”; never to decide whose an account is."""
    before, found = "", address(text)
    while found != before:
        before, found = found, _mailbox(found)
    return found


def _mailbox(text: str) -> str:
    """One step nearer to it: a mail server takes “"\\a"@b” for “a@b” as well."""
    local, _, domain = text.rpartition("@")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    local, domain = local.partition("+")[0], {"googlemail.com": "gmail.com"}.get(domain, domain)
    return f"{local.replace('.', '') if domain == 'gmail.com' else local}@{domain}"


def telephone(text: str) -> str:
    """The digits of a telephone number as it is dialled from the United Kingdom; nothing of what stands after an “ext”."""
    main = re.split(r"(?i)\s*(?:ext|x|#)", unicodedata.normalize("NFKC", text))[0]
    digits = re.sub(r"\D", "", re.sub(r"\(\s*0\s*\)", "", main))
    if main.strip().startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        return f"0{digits[2:]}" if digits.startswith("44") else f"+{digits}"
    return digits


def _traced_sign(sign: str) -> str:
    if _BEFORE.match(sign):
        return "'"
    apart = unicodedata.normalize("NFKD", sign)
    return _DASHES.sub(" ", _TRACED.sub("", apart).casefold().translate(_LETTERS))


def traced(text: str) -> tuple[str, list[int]]:
    """A text as `fold` reads it, but with its apostrophes, full stops and every space, and where in the text each sign of that
    comes from: to find a name in it, however it is spelt there."""
    folded: list[str] = []
    at: list[int] = []
    for place, sign in enumerate(text):
        found = _traced_sign(sign)
        folded.append(found)
        at.extend([place] * len(found))
    return "".join(folded), at


# -- questions ---------------------------------------------------------------------------------------


def same_person(one: str, other: str) -> bool:
    return person(one) == person(other)


def shares_a_name(one: str, other: str) -> bool:
    """May both be the name of one person: has one of them a first name or a surname of the other? A letter alone is none, where there is
    more: “Liz Obi” and “Elizabeth Obi” share one, “L. Obi” and “L. Ade” do not."""
    words = [{word.strip(",") for word in words_of(name)} for name in (one, other)]
    longer = [{word for word in each if len(word) > 1} or each for each in words]
    return same_person(one, other) or bool(longer[0] & longer[1])


def same_organisation(one: str, other: str) -> bool:
    return organisation(one) == organisation(other)


def same_address(one: str, other: str) -> bool:
    """Neither is empty, and mail to both arrives in the same place."""
    return bool(one) and address(one) == address(other)


def same_code(one: str, other: str) -> bool:
    return code(one) == code(other)


_SMALL = frozenset(["&", "of", "the", "for", "in", "ltd", "plc", "cic", "llp", "inc", "co", "trust", "foundation"])
ALIKE = 0.86  # how much of two names is the same, for somebody to be asked


def _initials(words: Iterable[str]) -> str:
    return "".join(word[0] for word in words if word not in {"&", "of", "the", "for", "in"})


def likeness(one: str, other: str) -> float:
    """How alike two names of organisations are, from 0 to 1: as spelt, in other order, without what many names have, with
    a word left out, or one as the initials of the other."""
    keys = organisation(one), organisation(other)
    if keys[0] == keys[1]:
        return 1.0
    words = [key.split() for key in keys]
    telling = [sorted(set(each) - _SMALL) for each in words]
    if telling[0] and telling[0] == telling[1]:
        return 0.99
    for short, long in (words, words[::-1]):
        if len(short) == 1 and len(long) > 2 and short[0] == _initials(long):
            return 0.9
    inner, outer = sorted((set(each) for each in telling), key=len)
    if len(inner) > 1 and inner < outer:  # “Bristol Council”
        return 0.88
    spelt = SequenceMatcher(None, *keys, autojunk=False).ratio()
    sorts = 0.0
    if all(telling):
        sorts = SequenceMatcher(None, " ".join(telling[0]), " ".join(telling[1]), autojunk=False).ratio()
    return min(0.98, max(spelt, sorts))


def alike(name: str, among: Iterable[str], most: int = 3) -> list[str]:
    """Names that somebody who typed this one may have meant, the most alike first."""
    found = [(likeness(name, other), other) for other in among]
    near = sorted((pair for pair in found if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1]))
    return [other for _, other in near[:most]]
