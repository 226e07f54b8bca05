"""Taking an applicant's own name, address and employer out of what they wrote, before an assessor reads it.

It cannot find everything: a project that only one team ran, or a nickname, gives somebody away all the same.
An assessor who recognises somebody steps back.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

from django.db.models import Q

from applications.models import Application
from steppingup.accounts.models import Organisation

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
_ENDINGS = re.compile(r"[\s,]+(ltd|limited|plc|llp|cic|inc)\.?$", re.IGNORECASE)
_APOSTROPHES, _HYPHENS = "'’‘ʼ`´", "-‐‑‒–"


def _plain(text: str) -> str:
    """Without accents: Zoë is also written Zoe."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _pattern(words: str) -> str:
    """The words as they may be written: any space, any apostrophe, any hyphen."""
    pieces: list[str] = []
    for piece in re.split(r"(\s+)", words.strip()):
        if not piece or piece.isspace():
            pieces.append(r"\s+" if piece else "")
            continue
        for c in piece:
            among = next((group for group in (_APOSTROPHES, _HYPHENS) if c in group), None)
            pieces.append(f"[{re.escape(among)}]" if among else re.escape(c))
    return "".join(pieces)


def _spellings(words: str) -> set[str]:
    """The same words with and without accents, in every case (some letters change when their case does)."""
    normal = unicodedata.normalize("NFC", words).strip()
    both = {normal, _plain(normal)}
    forms = {form for one in both for form in (one, one.lower(), one.upper(), one.casefold()) if form}
    # A capital may be written as two signs where the small letter is one (ΐ); the text is read in NFC.
    return {unicodedata.normalize("NFC", form) for form in forms}


def _alternatives(texts: Iterable[str], *, any_case: bool = True) -> re.Pattern[str] | None:
    found = {spelling for text in texts for spelling in (_spellings(text) if any_case else {text})}
    if not found:
        return None
    # “Anne Marie” before “Anne”: the first alternative that fits is taken.
    longest_first = sorted(found, key=lambda text: (-len(text), text))
    either = "|".join(_pattern(text) for text in longest_first)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE if any_case else 0)


def _name_patterns(full_name: str) -> list[re.Pattern[str] | None]:
    name = unicodedata.normalize("NFC", full_name).strip()
    parts = {part for part in re.split(rf"[\s,{re.escape(_HYPHENS)}]+", name) if len(part.strip(".")) > 1}
    parts |= {part for part in re.split(r"[\s,]+", name) if len(part.strip(".")) > 1}
    parts = {part for part in parts if part.lower() not in _PARTICLES}
    ordinary = {part for part in parts if part.lower() in _ORDINARY}
    capitals = {form for part in ordinary for form in (part.capitalize(), part.upper())}
    return [
        _alternatives([name]) if len(name) > 1 else None,
        _alternatives(parts - ordinary),
        _alternatives(capitals, any_case=False),
    ]


def _employer_patterns(names: Iterable[str]) -> list[re.Pattern[str] | None]:
    whole, initials = set(), set()
    for given in names:
        name = unicodedata.normalize("NFC", given or "").strip()
        if len(name) < 2:
            continue
        whole |= {name, _ENDINGS.sub("", name)}
        letters = "".join(word[0] for word in re.findall(r"\w+", name) if word[0].isupper())
        if len(letters) > 2:
            initials.add(letters)
    return [_alternatives({name for name in whole if name}), _alternatives(initials, any_case=False)]


def _phone_pattern(phone: str) -> re.Pattern[str] | None:
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 7:
        return None
    return re.compile(r"(?<!\d)\+?\(?" + r"[\s().-]*".join(digits) + r"(?!\d)")


class Mask:
    """Hides one applicant in texts: `Mask(name=…, email=…, employers=[…])(text)`.

    Whole words only, in any case; a name that is an ordinary word (Will, Grace) only where it has a capital.
    Every email address goes, whoever's it is."""

    def __init__(self, *, name: str = "", email: str = "", employers: Iterable[str] = (), phone: str = "") -> None:
        local = email.partition("@")[0]
        own_address = _alternatives([text for text in (email, local) if len(text) > 3])
        patterns = [(_EMAIL, EMAIL), (own_address, EMAIL), (_phone_pattern(phone), PHONE)]
        patterns += [(pattern, EMPLOYER) for pattern in _employer_patterns(employers)]
        patterns += [(pattern, NAME) for pattern in _name_patterns(name)]
        self._patterns = [(pattern, word) for pattern, word in patterns if pattern is not None]

    def __call__(self, text: str) -> str:
        masked = unicodedata.normalize("NFC", text)  # an accent may be typed as a letter of its own
        for pattern, word in self._patterns:
            masked = pattern.sub(word, masked)
        return masked


def mask_for(application: Application) -> Callable[[str], str]:
    """What hides this applicant in what they wrote."""
    names = [application.employer_name]
    if application.employer:
        around = Organisation.objects.filter(Q(pk=application.employer_id) | Q(pk=application.employer.parent_id))
        names += [organisation.name for organisation in around]
    person = application.applicant
    whole = Mask(name=application.full_name, email=person.email, employers=names, phone=application.phone)
    account = Mask(name=person.full_name)
    return lambda text: account(whole(text))
