"""Taking an applicant's own name, address and employer, and the names of those who stand for them, out of what they wrote, before
an assessor reads it.

It cannot find everything: a project that only one team ran, or a nickname, gives somebody away all the same.
An assessor who recognises somebody steps back.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from applications.models import Application
from steppingup.formats.sameness import clean, organisation, person, telephone, traced, words_of

NAME, EMPLOYER, EMAIL, PHONE = "[name]", "[employer]", "[email address]", "[telephone number]"

_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# Parts of names that are too common in sentences to be a name by themselves.
_PARTICLES = frozenset(
    ["al", "bin", "bint", "da", "de", "del", "der", "di", "dos", "du", "el", "la", "le", "of", "the", "van", "von", "y"]
)
# Names that are ordinary words as well: they are a name where they have a capital.
_ORDINARY = frozenset(
    [
        "an",
        "art",
        "best",
        "bill",
        "black",
        "brown",
        "chance",
        "chase",
        "cook",
        "day",
        "do",
        "drew",
        "english",
        "faith",
        "fair",
        "field",
        "fox",
        "frank",
        "good",
        "grace",
        "grant",
        "green",
        "grey",
        "guy",
        "hall",
        "hill",
        "hope",
        "hunt",
        "hunter",
        "joy",
        "jack",
        "king",
        "lane",
        "little",
        "long",
        "love",
        "mark",
        "may",
        "miles",
        "mill",
        "moss",
        "noble",
        "page",
        "park",
        "price",
        "pride",
        "read",
        "rich",
        "rob",
        "rose",
        "short",
        "small",
        "so",
        "strong",
        "sue",
        "swift",
        "taylor",
        "turner",
        "wall",
        "ward",
        "waters",
        "way",
        "white",
        "will",
        "wise",
        "wood",
        "wright",
        "young",
    ]
)
_ENDINGS = frozenset(["ltd", "plc", "llp", "cic", "inc", "co"])
#: Words of employers' names that are written in several ways, by how their key has them.
_WRITTEN = {
    "&": "(?:&|and)",
    "ltd": r"(?:ltd\.?|limited)",
    "co": r"(?:co\.?|company)",
    "st": r"(?:st\.?|saint)",
    "plc": r"(?:plc|public limited company)",
    "nhsft": r"n[.]?h[.]?s[\s.,]*(?:foundation\s+trust|f[.]?t)",
}
_TOGETHER = re.compile(r"\bnhs foundation trust\b")
_AFTER = r"(?=(?:'?(?:es|s)'?)?(?!\w))"  # “Amara’s”, “the Okafors”
_BETWEEN = r"[\s.,;:()/|]+"

#: Where a pattern fits, may this be the name? Asked with what stands there in the text itself.
Fits = Callable[[str], bool]


def _always(written: str) -> bool:
    return True


def _has_capital(written: str) -> bool:
    return written[0].isupper()


def _all_capitals(written: str) -> bool:
    return all(sign.isupper() for sign in written if sign.isalpha())


@dataclass(frozen=True)
class Pattern:
    """What to look for in a text as `sameness.traced` has it, and what stands in its place."""

    found: re.Pattern[str]
    word: str
    fits: Fits = _always


def _letters(key: str) -> str:
    """The letters of a key as they may be written: with an apostrophe or a full stop among them, and any space."""
    return r"['.]*\s+".join(map(_word, key.split()))


#: Behind these, and between initials, there may be a space where a key has none: “O Brien”, “Mc Donald”, “J K”.
_PARTED = re.compile("mac|mc|fitz|o|d")
_SHORT = 3  # letters of a word that may be initials


def _word(word: str) -> str:
    start = _PARTED.match(word)
    parted = start.end() if start and start.end() < len(word) - 1 else 0
    if len(word) <= _SHORT:
        return r"['.]?\s?".join(map(re.escape, word))
    return "".join(
        re.escape(sign) + ("" if at == len(word) else r"['.]?\s?" if at == parted else "['.]?")
        for at, sign in enumerate(word, 1)
    )


def _either(keys: Iterable[str], word: str, fits: Fits = _always) -> list[Pattern]:
    """“anne marie” before “anne”: the first alternative that fits is taken."""
    longest_first = sorted(set(keys) - {""}, key=lambda key: (-len(key), key))
    if not longest_first:
        return []
    either = "|".join(map(_letters, longest_first))
    return [Pattern(re.compile(rf"(?<!\w)(?:{either}){_AFTER}"), word, fits)]


def _of_name(full_name: str) -> list[Pattern]:
    """The whole name; its initials; each part that can stand alone."""
    words = [word for word in re.split(r"[\s,]+", " ".join(words_of(full_name))) if word]
    together = re.split(r"[\s,]+", person(full_name))
    parts = {word for word in (*words, *together) if len(word) > 1 and word not in _PARTICLES}
    ordinary = parts & _ORDINARY
    wholes = {person(full_name), " ".join(words_of(full_name))}
    found = _either((whole for whole in wholes if len(whole) > 1), NAME)
    if len(words) > 1:
        # As the name of an account elsewhere: “@amaraokafor”, “amara_okafor”.
        for joined in {tuple(words), (words[0], words[-1])}:
            either = rf"{'[._]'.join(map(re.escape, joined))}|(?<=[@#/]){re.escape(''.join(joined))}"
            found.append(Pattern(re.compile(rf"(?<!\w)(?:{either})(?!\w)"), NAME))
        initials = r"\.?\s*".join(re.escape(word[0]) for word in words)
        dotted = r"\.\s*".join(re.escape(word[0]) for word in words)
        shortest = dotted if len(words) == 2 else initials  # “HR” is more than somebody’s initials
        found.append(Pattern(re.compile(rf"(?<!\w){shortest}(?!\w)"), NAME, _all_capitals))
        first, last = (
            re.escape(words[0][0]),
            "|".join(map(_letters, {person(full_name.split()[-1]), words[-1], together[-1]} - {""})),
        )
        found.append(Pattern(re.compile(rf"(?<!\w){first}\.?\s+(?:{last}){_AFTER}"), NAME, _has_capital))
    return [*found, *_either(parts - ordinary, NAME), *_either(ordinary, NAME, _has_capital)]


def _of_employer(given: str) -> list[Pattern]:
    """The name in its spellings, with or without “Ltd”, and its initials."""
    words = organisation(given or "").split()
    if len("".join(words)) < 2:
        return []
    short = words[:-1] if len(words) > 1 and words[-1] in _ENDINGS else words
    found = []
    for name in (words, short):
        name = _TOGETHER.sub("nhsft", " ".join(name)).split()
        pieces = [_WRITTEN.get(word) or _letters(word) for word in name]
        joined = "".join(
            (piece if at == 0 else (r"[\s,]*" if "&" in (name[at], name[at - 1]) else _BETWEEN) + piece)
            for at, piece in enumerate(pieces)
        )
        found.append(Pattern(re.compile(rf"(?<!\w){joined}{_AFTER}"), EMPLOYER))
    letters = "".join(word[0] for word in re.findall(r"\w+", clean(given)) if word[0].isupper())
    if len(letters) > 2:
        dotted = r"\.?".join(re.escape(sign) for sign in person(letters))
        found.append(Pattern(re.compile(rf"(?<!\w){dotted}{_AFTER}"), EMPLOYER, _all_capitals))
    return found


def _of_address(email: str) -> list[Pattern]:
    """The address, and what stands before its @, also in words: “amara.okafor”."""
    found = []
    for text in (email, email.partition("@")[0]):
        if len(text) > 3:
            exactly = re.escape(traced(text)[0])
            found.append(Pattern(re.compile(rf"(?<!\w){exactly}(?!\w)"), EMAIL))
    return found


def _of_phone(phone: str) -> list[Pattern]:
    """The number as it is dialled here, and from abroad: “0117 …”, “+44 (0)117 …”."""
    number, between = telephone(traced(phone)[0]), r"[\s().-]*"
    if len(number) < 7:
        return []
    abroad = rf"(?:(?:\+|00){between}44{between}(?:0{between})?|0{between})?"
    start, digits = (abroad, number[1:]) if number.startswith("0") else ("", number.removeprefix("+"))
    return [Pattern(re.compile(rf"(?<!\d)\+?\(?{start}{between.join(digits)}(?!\d)"), PHONE)]


class Mask:
    """Hides people in texts: `Mask(name=…, email=…, employers=[…])(text)`; `others` are further names and addresses.

    Whole words only, in every spelling that `steppingup.formats.sameness` takes for the same; a name that is an ordinary word
    (Will, Grace) only where it has a capital. Every email address goes, whoever's it is."""

    def __init__(
        self,
        *,
        name: str = "",
        email: str = "",
        employers: Iterable[str] = (),
        phone: str = "",
        others: Iterable[tuple[str, str]] = (),
    ) -> None:
        people = [(name, email), *others]
        self._patterns: list[Pattern] = []
        for _, address in people:
            self._patterns += _of_address(address)
        self._patterns += _of_phone(phone)
        for employer in employers:
            self._patterns += _of_employer(employer)
        for full_name, _ in people:
            self._patterns += _of_name(full_name)

    def __call__(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)  # an accent may be typed as a letter of its own
        folded, at = traced(text)
        at.append(len(text))
        hidden = [(*match.span(), EMAIL) for match in _EMAIL.finditer(text)]
        taken = bytearray(len(text))
        for start, end, _ in hidden:
            taken[start:end] = b"\x01" * (end - start)
        for pattern in self._patterns:
            for match in pattern.found.finditer(folded):
                start, end = at[match.start()], at[match.end()]
                if start < end and not any(taken[start:end]) and pattern.fits(text[start:end].lstrip("(+")):
                    taken[start:end] = b"\x01" * (end - start)
                    hidden.append((start, end, pattern.word))
        for start, end, word in sorted(hidden, reverse=True):
            text = f"{text[:start]}{word}{text[end:]}"
        return text


def mask_for(application: Application) -> Callable[[str], str]:
    """What hides this applicant, and those who are named with them, in what they wrote: the line manager, who nominated them,
    who was asked to agree the fee or answered."""
    employers = [application.employer_name, *(one.strip() for one in application.other_employers.split(","))]
    if application.employer:
        employers += [one.name for one in application.employer.chain()[:2]]
    person, agreement = application.applicant, application.fee_agreement
    others = [
        (person.full_name, ""),
        (application.manager_name, application.manager_email),
        (application.nominator_name, application.nominator_email),
    ]
    if agreement:
        others += [(agreement.sponsor_name, agreement.sponsor_email), (agreement.answered_by, "")]
    return Mask(
        name=application.full_name, email=person.email, employers=employers, phone=application.phone, others=others
    )
