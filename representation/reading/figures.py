"""Counts of a workforce as HR has them in a table: one count a row, or one row for each unit and tier with a column for each answer.

Which column is what is said once by a person and remembered by its heading. Nothing is guessed: a name that is not known is a question,
and a number that is none is an error of its row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from steppingup.formats.sameness import clean, fold

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
_HIDDEN = re.compile(
    r"^(?:[<≤>~]\s*\d+|\*+|[-‐-―−]+|\.\.+|c|s|x|z|n/?a|not (?:available|known|stated)|suppressed|\[.\]|(?:fewer|less) than \d+|under \d+"
    r"|\d+ or (?:fewer|less))$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^\d{1,3}(?:[ ,]\d{3})+$|^\d+(?:\.0{1,2})?$", re.ASCII)
_PERCENT = re.compile(
    r"^\+?\d+(?:\.\d+)?$|^\+?\d+,(?:\d{1,2}|\d{4,})$|^[-–−]?\d+(?:\.\d+)?$|^nan$", re.ASCII | re.IGNORECASE
)
#: Two forms of a share that are no number of people (C1).
_OF = re.compile(r"^(\d+)\s*(?:of|out of|in|/)\s*(\d+)$", re.ASCII | re.IGNORECASE)
#: A row that sums up others: with them it would count everybody twice.
_SUM = re.compile(r"^(?:(?:grand |sub-? ?|overall )?totals?\b.*|.*\btotals?|sum)$", re.IGNORECASE)
MOST_PEOPLE = 10_000_000
FIRST = 50  # rows, of which one names the columns
#: So far a percentage may be from the number beside it: it may be rounded to a whole one.
ROUNDED = Decimal("0.51")
LONGEST = {UNIT: 150, TIER: 100}


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
    """What a file gives, what is wrong with it, and what somebody should know before it is taken over."""

    counts: list[Count] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: Of how many people a unit and a tier are, where the file says so, and in which line.
    people: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def _plain(text: str) -> str:
    """Without what nobody sees, and with one kind of space."""
    return clean(text.strip())


def whole_number(text: str) -> int:
    """A number as people write it: “1,204”, “1 204”. Raises ValueError with a sentence, also for “1.000”, which may be a thousand."""
    text = _plain(text)
    if _HIDDEN.match(text):
        raise ValueError(
            f"“{text}” stands for a number that was left out. Ask whoever made the file for the number, or leave the row out."
        )
    if share := _OF.match(text):
        raise ValueError(
            f"“{text}” is a share, and no whole number. Put {share[1]} and {share[2]} into columns of their own: how many, and of how many."
        )
    if not _NUMBER.match(text):
        raise ValueError(f"“{text}” is no whole number.")
    found = int(re.sub(r"[ ,]|\.0+$", "", text)) if len(text) < 20 else MOST_PEOPLE + 1
    if found > MOST_PEOPLE:
        raise ValueError(f"“{text}” is more people than any workforce has.")
    return found


def percentage(text: str) -> Decimal:
    """“17%”, “17.5”, “17,5 %”. Raises ValueError with a sentence, also for “1,204”."""
    text = _plain(text)
    plain = text.removesuffix("%").strip()
    if not _PERCENT.match(plain):
        raise ValueError(f"“{text}” is no percentage.")
    found = Decimal(re.sub("[–−]", "-", plain).replace(",", "."))
    if not found.is_finite() or not 0 <= found <= 100:
        raise ValueError(f"“{text}” lies outside 0 to 100 percent.")
    return found


# -- the table ---------------------------------------------------------------------------------------


def heading_at(rows: Sequence[Sequence[str]]) -> int:
    """Which row names the columns: the first one that fills more than two thirds of the cells that the widest of the first rows does, and
    not mostly with numbers. What stands above it are titles."""
    filled = [[cell for cell in row if cell.strip()] for row in rows[:FIRST]]
    widest = max(map(len, filled), default=0)
    for at, cells in enumerate(filled):
        figures = sum(cell.strip().removesuffix("%").replace(".", "", 1).isdigit() for cell in cells)
        if len(cells) > 1 and 3 * len(cells) > 2 * widest and 2 * figures < len(cells):
            return at
    return 0


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
    known = {fold(name): name for name in called.values()}
    seen: dict[tuple[str, str, str], int] = {}
    incomplete: set[tuple[str, str]] = set()
    for line, cells in rows:
        row = _Row(line, headings, cells, at, found)
        unit, tier = _plain(row.text(UNIT)), _plain(row.text(TIER))
        if not row.has_names(unit, tier):
            continue
        made = _of_columns(row, unit, tier, answers, called) if answers else _of_one(row, unit, tier, known)
        where = (fold(unit), fold(tier))
        for count in made:
            key = (*where, fold(count.answer))
            if (first := seen.setdefault(key, line)) != line:
                row.wrong(
                    UNIT,
                    f"“{count.answer}” of “{count.unit}”{f', {count.tier},' if count.tier else ''} is counted in line {first} already.",
                )
            else:
                found.counts.append(count)
        if row.of is not None:
            of, first = found.people.setdefault(where, (row.of, line))
            if of != row.of:
                row.wrong(OF, f"Line {first} says that it is {of:,} people, and this one {row.of:,}.")
        if row.is_incomplete:
            incomplete.add(where)
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
    of: int | None = None

    def cell(self, place: int) -> str:
        return self.cells[place].strip() if place < len(self.cells) else ""

    def text(self, role: str) -> str:
        return self.cell(self.at[role]) if role in self.at else ""

    def has_names(self, unit: str, tier: str) -> bool:
        """Does it say which people it counts, and is it no sum of other rows? What speaks against it is kept."""
        if not unit or not fold(unit):
            self.wrong(UNIT, "Name the unit.")
        for role, name in ((UNIT, unit), (TIER, tier)):
            if len(name) > LONGEST[role]:
                self.wrong(role, f"This name is longer than {LONGEST[role]} characters. Shorten it.")
            elif _SUM.match(name):
                self.wrong(role, f"“{name}” sums up other rows, and would count their people twice. Leave it out.")
            elif name and not fold(name):
                self.wrong(role, f"“{name}” is no name.")
        return not self.is_incomplete

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

    def percent(self) -> Decimal | None:
        """Its percentage, with a sign where it is less than one: a spreadsheet keeps 0.4 for what it shows as 40%."""
        text = self.text(PERCENT)
        try:
            found = percentage(text)
        except ValueError as sentence:
            self.wrong(PERCENT, str(sentence))
            return None
        if 0 < found < 1 and "%" not in text:
            self.wrong(PERCENT, f"“{text}” may be {text}% or {(found * 100).normalize():f}%. Write it with the sign.")
            return None
        return found


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


def _of_one(row: _Row, unit: str, tier: str, known: Mapping[str, str]) -> list[Count]:
    answer = row.text(CATEGORY)
    if not answer:
        row.wrong(CATEGORY, "Name the answer.")
        return []
    if fold(answer) not in known:
        row.wrong(CATEGORY, f"There is no answer “{answer}”. Add it to the characteristic, or correct the file.")
        return []
    row.of = row.number(row.at[OF]) if row.text(OF) else None
    if row.of == 0:
        row.wrong(OF, "Of nobody there is no share.")
    if row.is_incomplete:
        return []
    if row.text(NUMBER):
        return _of_number(row, Count(row.line, unit, tier, answer))
    if not row.text(PERCENT):
        row.wrong(NUMBER if NUMBER in row.at else PERCENT, "Say how many: 0 where there is nobody.")
        return []
    percent = row.percent()
    return [] if percent is None else [Count(row.line, unit, tier, answer, None, percent, row.of)]


def _of_number(row: _Row, count: Count) -> list[Count]:
    """The number, unless what stands beside it says otherwise: of how many it is, and which percentage of them."""
    number = row.number(row.at[NUMBER])
    if number is None:
        return []
    if row.of is not None and number > row.of:
        row.wrong(NUMBER, f"{number:,} of {row.of:,} cannot be.")
        return []
    if row.of and row.text(PERCENT):
        share = Decimal(100 * number) / row.of
        said = row.percent()
        if said is None:
            return []
        if abs(said - share) > ROUNDED:
            row.wrong(PERCENT, f"{number:,} of {row.of:,} is {share:.1f}%, and the percentage says {said:f}%.")
            return []
    return [replace(count, number=number)]
