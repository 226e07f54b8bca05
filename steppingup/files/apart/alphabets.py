"""Which alphabet a text was saved in: Unicode, or one of those that Windows, old Macs and MS-DOS have for Western Europe.

A text of the last three does not say which. Read in the wrong one, “Müller” is “MŸller”, “O’Brien” is “OÕBrien” and “Jörg” is
“J”rg”. So it is read in each, and what stands beyond ASCII is weighed by where it stands. The likeliest reading is taken if it is
likely enough, and far ahead of the others; otherwise the text is refused, as names could be misspelt."""

import re
import unicodedata
from collections.abc import Callable
from itertools import islice

from steppingup.files.apart.limits import Refused

ALPHABET = (
    "We cannot tell which alphabet this file was saved in, and names could be misspelt. Save it again as “CSV UTF-8” or as an "
    "Excel workbook (.xlsx)."
)
MOST_WORDS, LONGEST_WORD = 5_000, 200  # that are weighed
LIKELY = 3.0  # what a reading may cost, whatever the others do
#: So much more must every other reading cost: than the usual one, and than another.
AHEAD, FAR_AHEAD = 1.5, 4.0
USUAL = "cp1252"
#: What each costs to begin with, by how the lines end: Windows and MS-DOS write two signs, old Macs “\r”.
BEGINS = {
    "\r\n": {"cp1252": 0.0, "cp850": 1.0, "mac_roman": 2.5},
    "\n": {"cp1252": 0.0, "mac_roman": 1.0, "cp850": 1.25},
    "\r": {"mac_roman": 0.0, "cp1252": 3.0, "cp850": 3.5},
}

LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýßðþœšž")
VOWELS, RARER = frozenset("aeiouyæøœ"), frozenset("ãõûšžœðþìòý")
#: Few words begin with these, and few are words of their own.
NOT_FIRST, ALONE = frozenset("ãëïõùûßòì"), frozenset("àáèéêíóô")
IMPOSSIBLE, ODD, UNUSUAL, RARE = 6.0, 3.0, 1.5, 0.5
_WORDS = re.compile(r"\S*[^\x00-\x7f\s]\S*|\S*\xa0\S*")
_LETTERS = re.compile(r"(?:[^\W\d_ªº½¼¾²³¹])+")


def _is_vowel(sign: str) -> bool:
    return unicodedata.normalize("NFD", sign.lower())[:1] in VOWELS


def _is_case_right(word: str, at: int) -> bool:
    """Is a letter as large as it may be here? Words are small, large, or begin with a large letter; within those of mixed letters
    (“McDonald”) those of ASCII are large only."""
    if word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower()):
        return True
    beside = word[max(0, at - 2) : at], word[at + 1 : at + 2]
    return word[at].islower() and at > 0 and not any(part.isupper() for part in beside)


def _letter(word: str, at: int) -> float:
    """What one letter beyond ASCII costs in its word."""
    small = word[at].lower()
    before, after = word[:at][-1:], word[at + 1 :][:1]
    if small not in LETTERS or not _is_case_right(word, at):
        return IMPOSSIBLE
    if len(word) == 1:
        return 0 if small in ALONE else ODD
    if small == "ß" and not (before and _is_vowel(before) and (not after or _is_vowel(after))):
        return IMPOSSIBLE
    if small in "šžð" and before and after and not _is_vowel(before) and not _is_vowel(after):
        return ODD
    if (small in "çñ" and after and not _is_vowel(after)) or (small == "œ" and before and after.lower() != "u"):
        return ODD
    if at == 0:
        return ODD if small in NOT_FIRST else UNUSUAL if word[at].islower() else RARE if small in "íý" else 0
    twice = unicodedata.normalize("NFD", small)[0] == before.lower() and _is_vowel(small)
    return UNUSUAL if twice else RARE if small in RARER else 0


def _letters(word: str) -> float:
    """What the letters of one word beyond ASCII cost; three on end are another script, or “Ã©Ã¨”."""
    if re.search(r"[^\x00-\x7f]{3}", word):
        return IMPOSSIBLE
    return sum(_letter(word, at) for at, sign in enumerate(word) if not sign.isascii())


def _is_digit(sign: str) -> bool:
    return sign.isascii() and sign.isdigit()


#: Where each sign that is no letter usually stands, by what stands before and after it (a space at either end).
PLACES: dict[str, Callable[[str, str], bool]] = {
    **dict.fromkeys("’", lambda a, b: a.isalnum() or b.isalnum()),
    **dict.fromkeys("“‘«¡¿", lambda a, b: not a.isalnum() and not b.isspace()),
    **dict.fromkeys("”»", lambda a, b: (a.isalnum() or a in ".!?)…’%") and not b.isalnum()),
    **dict.fromkeys("–—\xa0", lambda a, b: not (a.isalpha() and b.isalpha())),
    **dict.fromkeys("…", lambda a, b: not b.isalpha()),
    "°": lambda a, b: (_is_digit(a) or a in " nN") and not b.islower(),
    **dict.fromkeys("ªº", lambda a, b: (_is_digit(a) or a == ".") and not b.isalnum()),
    **dict.fromkeys("²³", lambda a, b: a.isalnum() and not b.isalpha()),
    **dict.fromkeys("€£½¼¾•§×±©", lambda a, b: not a.isalpha() and not b.isalpha()),
    **dict.fromkeys("®™", lambda a, b: a.isalpha() and not b.isalnum()),
    "·": lambda a, b: not a.isspace() and not b.isspace(),
}
#: What such a sign costs elsewhere, where it is not impossible.
ELSEWHERE = {"\xa0": RARE, "–": ODD, "—": ODD, "…": ODD}
#: What follows an apostrophe in an English word; otherwise one stands near its beginning (“O’Brien”, “Ng’ang’a”).
_ENDS = frozenset(("s", "t", "re", "ve", "ll", "d", "m", "n"))


def _apostrophe(word: str, at: int) -> float:
    before = re.search(r"[^\W\d_]*$", word[:at])
    after = re.match(r"[^\W\d_]*", word[at + 1 :])
    held = "’" in word[:at] or not before or len(before[0]) < 3
    return 0 if held or not after or not after[0] or after[0].lower() in _ENDS else UNUSUAL + RARE


def _sign(word: str, at: int) -> float:
    """What another sign beyond ASCII costs, or a letter beside a digit."""
    padded = f" {word} "
    sign, before, after = padded[at + 1], padded[at], padded[at + 2]
    if _LETTERS.fullmatch(sign):
        return ODD if _is_digit(before) or _is_digit(after) else 0
    if sign not in PLACES:
        return IMPOSSIBLE
    if not PLACES[sign](before, after):
        return ELSEWHERE.get(sign, IMPOSSIBLE - 1)
    if sign == "’":
        return _apostrophe(word, at)
    return UNUSUAL if sign in "¡¿" else 0


def cost_of(text: str) -> float:
    """How unlikely it is that somebody has written this, nothing where all of it stands where it may."""
    words = dict.fromkeys(found[0][:LONGEST_WORD] for found in islice(_WORDS.finditer(text), MOST_WORDS))
    return sum(
        sum(map(_letters, _LETTERS.findall(word)))
        + sum(_sign(word, at) for at, sign in enumerate(word) if not sign.isascii())
        for word in words
    )


def likeliest(content: bytes) -> str:
    """A text that is no Unicode. Raises Refused where it cannot be told in which alphabet it was saved."""
    end = next((end for end in ("\r\n", "\n", "\r") if end.encode() in content), "\r\n")
    costs: list[tuple[float, str, str]] = []
    for name, begins in BEGINS[end].items():
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        costs.append((begins + cost_of(text), name, text))
    costs.sort()
    others = [cost for cost, _, text in costs[1:] if text != costs[0][2]]
    ahead = AHEAD if costs[0][1] == USUAL else FAR_AHEAD
    if costs[0][0] > LIKELY or (others and others[0] - costs[0][0] < ahead):
        raise Refused(ALPHABET)
    return costs[0][2]
