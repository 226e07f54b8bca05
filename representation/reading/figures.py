"""Counts of a workforce as HR has them in a table: one count a row, or one row for each unit and tier with a column for each answer.

Which column is what is said once by a person and remembered by its heading. Nothing is guessed: a name that is not known is a question,
and a number that is none is an error of its row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from steppingup.formats.sameness import fold

UNIT, TIER, CATEGORY, NUMBER, PERCENT, OF, TOTAL = "unit", "tier", "category", "number", "percent", "of", "total"
#: “answer:12” is a column of numbers for the answer with that key.
ANSWER = "answer:"
ROLES = {
    UNIT: "The unit: department, division or service",
    TIER: "The tier or grade",
    CATEGORY: "The answer, such as White or Asian",
    NUMBER: "How many people",
    PERCENT: "The percentage, where there are no numbers",
    OF: "Of how many",
    TOTAL: "The total of the row, to check it by",
}
#: What people write for a number that they have left out.
_HIDDEN = re.compile(r"^(?:[<≤]\s*\d+|\*+|-+|–|c|s|x|n/?a|suppressed|\[.\])$", re.IGNORECASE)
_NUMBER = re.compile(r"^\d{1,3}(?:[ ,]\d{3})+$|^\d+(?:\.0+)?$")
MOST_PEOPLE = 10_000_000


@dataclass(frozen=True)
class Count:
    """One count of the file: its line, the names as they stand there, and the number, or the percentage and of how many."""

    line: int
    unit: str
    tier: str
    answer: str
    number: int | None = None
    percent: Decimal | None = None
    of: int | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, by its line and the heading of the column."""

    line: int
    column: str
    sentence: str


@dataclass
class Counts:
    """What a file gives, and what is wrong with it."""

    counts: list[Count] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def whole_number(text: str) -> int:
    """A number as people write it: “1,204”. Raises ValueError with a sentence."""
    text = text.strip()
    if _HIDDEN.match(text):
        raise ValueError(
            f"“{text}” stands for a number that was left out. Ask whoever made the file for the number, or leave the row out."
        )
    if not _NUMBER.match(text):
        raise ValueError(f"“{text}” is no whole number.")
    found = int(re.sub(r"[ ,]|\.0+$", "", text))
    if found > MOST_PEOPLE:
        raise ValueError(f"“{text}” is more people than any workforce has.")
    return found


def percentage(text: str) -> Decimal:
    """“17%”, “17.5”. Raises ValueError with a sentence."""
    plain = text.strip().removesuffix("%").strip().replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise ValueError(f"“{text.strip()}” is no percentage.") from None
    if not found.is_finite() or not 0 <= found <= 100:
        raise ValueError(f"“{text.strip()}” lies outside 0 to 100 percent.")
    return found


def why_not(roles: Sequence[str]) -> str:
    """What speaks against these columns: a sentence, or nothing."""
    single = [role for role in roles if role and not role.startswith(ANSWER)]
    if twice := next((role for role in single if single.count(role) > 1), ""):
        return f"Two columns are said to be the same: “{ROLES[twice]}”. Choose it once."
    answers = [role for role in roles if role.startswith(ANSWER)]
    if len(set(answers)) < len(answers):
        return "Two columns are said to count the same answer. Choose each answer once."
    if UNIT not in roles:
        return "Say which column names the unit."
    if answers and (CATEGORY in roles or NUMBER in roles):
        return "Either each row names its answer, or each answer has a column of its own: not both."
    if not answers and (CATEGORY not in roles or (NUMBER not in roles and PERCENT not in roles)):
        return "Say which columns hold the numbers: one for each answer, or one for the answer and one for how many."
    return ""


def read_counts(
    headings: Sequence[str], roles: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], called: Mapping[str, str]
) -> Counts:
    """The counts of all rows, with their lines. `called` are the names of the answers by their keys."""
    found = Counts()
    at = {role: place for place, role in enumerate(roles) if role}
    answers = [(place, role.removeprefix(ANSWER)) for place, role in enumerate(roles) if role.startswith(ANSWER)]
    seen: dict[tuple[str, str, str], int] = {}
    incomplete: set[tuple[str, str]] = set()
    for line, cells in rows:
        row = _Row(line, headings, cells, at, found)
        unit, tier = row.text(UNIT), row.text(TIER)
        if not unit:
            row.wrong(UNIT, "Name the unit.")
            continue
        made = _of_columns(row, unit, tier, answers, called) if answers else _of_one(row, unit, tier)
        for count in made:
            key = (fold(count.unit), fold(count.tier), fold(count.answer))
            if (first := seen.setdefault(key, line)) != line:
                row.wrong(
                    UNIT,
                    f"“{count.answer}” of “{count.unit}”{f', {count.tier},' if count.tier else ''} is counted in line {first} already.",
                )
            else:
                found.counts.append(count)
        if row.is_incomplete:
            incomplete.add((fold(unit), fold(tier)))
    # Without one of its answers the shares of a group would be wrong.
    found.counts = [count for count in found.counts if (fold(count.unit), fold(count.tier)) not in incomplete]
    return found


@dataclass
class _Row:
    line: int
    headings: Sequence[str]
    cells: Sequence[str]
    at: Mapping[str, int]
    found: Counts
    is_incomplete: bool = False

    def cell(self, place: int) -> str:
        return self.cells[place].strip() if place < len(self.cells) else ""

    def text(self, role: str) -> str:
        return self.cell(self.at[role]) if role in self.at else ""

    def wrong(self, role: str, sentence: str, place: int | None = None) -> None:
        place = self.at.get(role, 0) if place is None else place
        self.is_incomplete = True
        self.found.problems.append(Problem(self.line, self.headings[place] or f"column {place + 1}", sentence))

    def number(self, place: int) -> int | None:
        try:
            return whole_number(self.cell(place))
        except ValueError as sentence:
            self.wrong("", str(sentence), place)
            return None


def _of_columns(
    row: _Row, unit: str, tier: str, answers: Sequence[tuple[int, str]], called: Mapping[str, str]
) -> list[Count]:
    """One count for each column that has a number; an empty cell is an error, as nobody knows whether it is nought."""
    made, complete = [], True
    for place, key in answers:
        if not row.cell(place):
            row.wrong("", f"Say how many: 0 where there is nobody ({called[key]}).", place)
            complete = False
            continue
        number = row.number(place)
        complete = complete and number is not None
        if number is not None:
            made.append(Count(row.line, unit, tier, called[key], number))
    if TOTAL in row.at and complete and row.text(TOTAL):
        total = row.number(row.at[TOTAL])
        if total is not None and total != sum(count.number or 0 for count in made):
            row.wrong(
                TOTAL,
                f"The columns add up to {sum(count.number or 0 for count in made):,}, and the total says {total:,}.",
            )
            return []
    return made


def _of_one(row: _Row, unit: str, tier: str) -> list[Count]:
    answer = row.text(CATEGORY)
    if not answer:
        row.wrong(CATEGORY, "Name the answer.")
        return []
    if row.text(NUMBER):
        number = row.number(row.at[NUMBER])
        return [] if number is None else [Count(row.line, unit, tier, answer, number)]
    if not row.text(PERCENT):
        row.wrong(NUMBER if NUMBER in row.at else PERCENT, "Say how many: 0 where there is nobody.")
        return []
    try:
        percent = percentage(row.text(PERCENT))
    except ValueError as sentence:
        row.wrong(PERCENT, str(sentence))
        return []
    of = row.number(row.at[OF]) if row.text(OF) else None
    if of == 0:
        row.wrong(OF, "Of nobody there is no share.")
        return []
    return [Count(row.line, unit, tier, answer, None, percent, of)]
