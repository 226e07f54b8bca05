"""The keys of `steppingup.formats.sameness` as functions of PostgreSQL, made from the same tables.

Constraints, indexes, triggers and searches use them; `tests/platform/test_sameness.py` holds both against each other. Each is
written out whole, as a restored database builds its indexes before anything else can be found.

Whoever changes a rule makes the functions anew in a migration (`FUNCTIONS`), and the indexes that use them (REINDEX)."""

import re
import unicodedata
from functools import cache

from django.db import models
from django.db.migrations import RunSQL

from steppingup.formats import sameness

FOLD, ORGANISATION, CODE = "same_fold", "same_organisation", "same_code"


def _text(value: str) -> str:
    """A literal in which every sign can be read."""
    escaped = "".join(
        sign if sign.isascii() and sign.isprintable() and sign not in "'\\" else f"\\U{ord(sign):08X}" for sign in value
    )
    return f"E'{escaped}'"


def _class(signs: str) -> str:
    """A bracket of a regular expression; the pattern itself has its escapes, so the literal needs none."""
    inside = "".join(
        sign if sign.isalnum() and sign.isascii() or sign in "-\\" else f"\\U{ord(sign):08X}" for sign in signs
    )
    return f"'[{inside}]'"


@cache
def _cases(letters: tuple[tuple[str, str], ...]) -> tuple[dict[str, str], dict[str, str]]:
    """What casefolding and `letters` make of each sign that is left when a text is taken apart: one for one, and longer."""
    table = str.maketrans(dict(letters))
    one: dict[str, str] = {}
    more: dict[str, str] = {}
    for number in range(0x80, 0x110000):
        sign = chr(number)
        folded = sign.casefold().translate(table)
        if folded != sign and unicodedata.normalize("NFKD", sign) == sign:
            (one if len(folded) == 1 else more)[sign] = folded
    return one, more


def _lower(letters: dict[str, str]) -> str:
    """Statements that fold the case of `t`: A to Z; letters of two letters; what is common; what is rare, if there is any."""
    one, more = _cases(tuple(letters.items()))
    lines = ['t := lower(t COLLATE "C");']
    value = "t"
    for sign, folded in more.items():
        value = f"replace({value}, {_text(sign)}, {_text(folded)})"
    common = {sign: folded for sign, folded in one.items() if sign < "\u0590"}
    rare = {sign: folded for sign, folded in one.items() if sign >= "\u0590"}
    lines.append(f"t := translate({value}, {_text(''.join(common))}, {_text(''.join(common.values()))});")
    lines.append(
        f"IF t ~ {_class(''.join(rare))} THEN"
        f" t := translate(t, {_text(''.join(rare))}, {_text(''.join(rare.values()))}); END IF;"
    )
    return "\n    ".join(lines)


def _bare(dropped: str) -> str:
    invisible, apostrophes = _class(sameness.INVISIBLE), _class(sameness.APOSTROPHES)
    return (
        f"t := normalize(regexp_replace(regexp_replace(value, {invisible}, '', 'g'), {apostrophes}, '''', 'g'), NFKD);\n"
        f"    t := regexp_replace(t, {_class(dropped)}, '', 'g');"
    )


#: Whatever a text of ASCII alone can hold that is dropped: controls (but spaces), quotes.
_ASCII_DROPPED = "".join(chr(number) for number in (*range(1, 9), *range(14, 32), 127)) + "'`\""
_ASCII_SPACES = "\t\n\x0b\x0c\r"


def _fold() -> str:
    everything = sameness.MARKS + sameness.INVISIBLE + sameness.QUOTES + sameness.APOSTROPHES + "."
    spaces = _ASCII_SPACES + "-"
    return f"""
    IF octet_length(value) = char_length(value) THEN
        t := translate(lower(value COLLATE "C"), {_text(spaces + _ASCII_DROPPED + ".")}, {_text(" " * len(spaces))});
    ELSE
    {_bare(everything)}
    {_lower(sameness.LETTERS)}
    t := regexp_replace(t, {_class(sameness.DASHES + sameness.SPACES)}, ' ', 'g');
    END IF;
    IF strpos(t, '  ') > 0 THEN t := regexp_replace(t, ' +', ' ', 'g'); END IF;
    t := btrim(t, ' ');"""


def _organisation() -> str:
    words = f"t := replace(replace(t, '&', ' & '), '+', ' & ');\n    t := translate(t, {_text(sameness.PUNCTUATION)}, {_text(' ' * len(sameness.PUNCTUATION))});"
    spelt = "t"
    for long, short in sameness.SPELLINGS:
        spelt = f"replace({spelt}, {_text(f' {long} '.replace(' ', '  ')[1:-1])}, {_text(f' {short} '.replace(' ', '  ')[1:-1])})"
    return f"""{_fold()}
    {words}
    t := ' ' || regexp_replace(btrim(t, ' '), ' +', '  ', 'g') || ' ';
    t := btrim(regexp_replace({spelt}, ' +', ' ', 'g'), ' ');
    IF starts_with(t, 'the ') THEN t := substr(t, 5); END IF;
    IF right(t, 4) = ' the' THEN t := left(t, -4); END IF;"""


def _code() -> str:
    everything = sameness.MARKS + sameness.INVISIBLE + sameness.QUOTES + sameness.APOSTROPHES
    return f"""
    IF octet_length(value) = char_length(value) THEN
        t := translate(lower(value COLLATE "C"), {_text(" " + _ASCII_SPACES + _ASCII_DROPPED)}, '');
    ELSE
    {_bare(everything)}
    {_lower(sameness.LETTERS | sameness.DIGITS)}
    t := regexp_replace(t, {_class(" " + sameness.SPACES)}, '', 'g');
    t := regexp_replace(regexp_replace(t, {_class(sameness.DASHES)}, '-', 'g'), {_class(sameness.SLASHES)}, '/', 'g');
    END IF;"""


#: A search looks at so much of a long word before the function is asked; PostgreSQL limits its regular expressions.
_LOOKED_AT = 60


def hint(folded: str) -> str:
    """A regular expression, to be matched without case, for every text whose fold has `folded` in it, and few others. It costs
    a tenth of the function, so a search asks it first, and the function only about what is left."""
    left_out = re.escape(_ASCII_DROPPED + ".")
    parts = {" ": f"[-{_ASCII_SPACES} ][-{_ASCII_SPACES} {left_out}]*"}
    signs = (parts.get(sign) or f"{re.escape(sign)}[{left_out}]*" for sign in folded[:_LOOKED_AT])
    foreign = r"[^\x01-\x7f]"
    return f"{''.join(signs)}|{foreign}" if folded.isascii() else foreign


def _function(name: str, body: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION {name}(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $same$
DECLARE t text;
BEGIN{body}
    RETURN t;
END $same$;"""


class Functions(RunSQL):
    """The operation of a migration that makes the functions; written out when it runs, which takes a second."""

    def __init__(self) -> None:
        super().__init__(sql=RunSQL.noop, reverse_sql=RunSQL.noop, elidable=False)

    def deconstruct(self):
        return self.__class__.__qualname__, [], {}

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(functions())


def functions() -> str:
    bodies = {FOLD: _fold(), ORGANISATION: _organisation(), CODE: _code()}
    return "\n".join(_function(name, body) for name, body in bodies.items())


class NameKey(models.Func):
    function, arity, output_field = FOLD, 1, models.TextField()


class OrganisationKey(models.Func):
    function, arity, output_field = ORGANISATION, 1, models.TextField()


class CodeKey(models.Func):
    function, arity, output_field = CODE, 1, models.TextField()
