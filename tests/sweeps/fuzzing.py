"""Bad input for any form and any address: drawn from a seed, so that what was found once is found again."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.sweeps.forms_found import Found

#: What no box asks for, and somebody will type, paste, or send by a program.
TEXTS: tuple[str | bytes, ...] = (
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\x0b\x1b[31m",
        "\r\n",
        "0",
        "-1",
        "-0",
        "00",
        "1e999",
        "1e-999",
        "NaN",
        "sNaN",
        "-Infinity",
    ),
    *(
        "Infinity",
        "9" * 30,
        "-" + "9" * 30,
        "9" * 5000,
        "9" * 100_000,
        "0." + "3" * 400,
        "1_000",
        "0x10",
        "²",
        "½",
        "١٢",
    ),
    *(
        "1,5",
        "1.5.5",
        "+1",
        "--1",
        "1e5",
        "9223372036854775808",
        "2147483648",
        "32768",
        "None",
        "null",
        "true",
        "on",
        "[]",
    ),
    *("0000-00-00", "0001-01-01", "0000-01-01", "9999-12-31", "10000-01-01", "-2026-01-01", "2026-02-30", "2026-13-01"),
    *("31/12/0000", "0/0/0", "1/1/1", "99/99/9999", "24:00", "99:99", "-1:00", "12:00:00.9999999", "2026-10-25T01:30"),
    *("9999-12-31 23:59:59", "0001-01-01 00:00", "today", "P1D", "99999999999 days", "-99999999999:00"),
    *(
        "x" * 256,
        "x" * 100_000,
        "x " * 20_000,
        "é" * 5000,
        "\u0301" * 2000,
        "🏳️‍🌈" * 300,
        "\u202egnp.exe",
        "\u200b",
        "\ufeff",
    ),
    *("ﷺ" * 100, "ß" * 300, "İ" * 300, "مرحبا", "𝟙𝟚", "\U0010ffff", b"\xed\xa0\x80", b"\xff\xfe", b"%ZZ"),
    *(
        "<script>alert(1)</script>",
        "{{ x }}",
        "{% x %}",
        "%s%n%d",
        "${x}",
        "'; DROP TABLE a; --",
        "\"\\'",
        "\\",
        "%",
        "_",
    ),
    *("../../etc/passwd", "a@" + "b" * 300, "@", "a@b", "a@[::1]", '"a b"@c.example', "a@b.example, c@d.example"),
    *(
        "http://[::1",
        "http://",
        "//elsewhere.example",
        "javascript:alert(1)",
        "http://x" + "x" * 3000,
        "https://\u202e",
    ),
    *(
        "+44" + "0" * 60,
        "{",
        '{"a": ' * 500,
        "[" * 5000,
        "#",
        "#12",
        "#gggggg",
        "SU-",
        "None,None",
        "1,1,1",
        "1," * 3000,
    ),
)


@dataclass
class Bad:
    """One bad input: what is sent, and the words in which a failure says what it was."""

    data: dict[str, Any]
    said: str


def _short(value: Any) -> str:
    return repr(value[:40]) + (f" ({len(value)} long)" if len(value) > 40 else "")


def bad_inputs(form: Found, chance: random.Random) -> Iterator[Bad]:
    """Without end: sometimes all of it is bad, mostly one to three fields of what was there; some fields twice, some missing."""
    names = list(form.fields)
    while True:
        data: dict[str, Any] = {name: value for name, (_, value) in form.fields.items()}
        number = len(names) if chance.random() < 0.15 else chance.randint(1, 3)
        chosen = chance.sample(names, min(number, len(names)))
        words = []
        for name in chosen:
            value: Any = chance.choice(TEXTS)
            said = _short(value)
            fate = chance.random()
            if fate < 0.05:
                data.pop(name)
                said = "missing"
            elif fate < 0.1:
                data[name] = [value, chance.choice(TEXTS)]
                said = f"twice, {said}"
            else:
                data[name] = value
            words.append(f"{name}={said}")
        yield Bad(data, ", ".join(words[:4]))


def bad_queries(names: list[str], chance: random.Random) -> Iterator[Bad]:
    """Of an address: what is searched, filtered, sorted and chosen by."""
    while True:
        data: dict[str, Any] = {}
        for name in chance.sample(names, min(len(names), chance.randint(1, 3))):
            data[name] = chance.choice([value for value in TEXTS if len(value) < 6000])
        yield Bad(data, ", ".join(f"{name}={_short(value)}" for name, value in data.items()))
