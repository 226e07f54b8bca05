"""What a cell of an imported table says: read as its column wants it, or refused with a sentence. Never guessed."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from import_export.widgets import Widget

from steppingup.formats import english, sameness
from steppingup.formats.counting import length, plain_lines
from steppingup.site.export import as_it_was

EMPTY = "This is empty, and every row needs one."
MOST_DIGITS = 15  # a spreadsheet keeps no more of a number


class Moment(str):
    """A time of day, or a day with one, as a spreadsheet has it."""


class Unread(str):
    """What a spreadsheet shows for a formula that came to an error, or that was never worked out."""


def as_text(value: Any) -> str:
    """What a cell says, in the form in which texts are kept, and without the apostrophe that a download puts before what a
    spreadsheet would take for a formula."""
    if value is None:
        return ""
    if isinstance(value, date):
        return english.day_date(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**MOST_DIGITS:
        value = int(value)
    return as_it_was(sameness.clean(str(value)))


def doubt(value: Any) -> str:
    """Why nobody can be sure what a cell says, whatever its column is for; nothing where one can."""
    text = as_text(value)
    if isinstance(value, Unread):
        return f"The spreadsheet has a formula here without a result ({value}). Type what it should say."
    if isinstance(value, float) and abs(value) >= 10**MOST_DIGITS:
        return f"The spreadsheet has shortened this number ({value}). Format the cell as text and type it again."
    if "\ufffd" in text:
        return f"A letter was lost in “{text}” before this file was saved. Type it again."
    with suppress(UnicodeError):
        meant = text.encode("cp1252").decode()
        if meant != text:
            return (
                f"“{text}” was opened in the wrong alphabet before this file was saved. If it is “{meant}”, type that."
            )
    return ""


class Words(Widget):
    """A text of limited length. Two are `same` if what that makes of them is equal."""

    same: Callable[[str], str] = staticmethod(sameness.fold)

    def __init__(self, most: int, *, is_needed: bool = True) -> None:
        super().__init__()
        self.most, self.is_needed = most, is_needed

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if isinstance(value, (date, Moment)):
            raise ValueError(
                f"The spreadsheet has a date or a time here ({as_text(value)}). If you typed something else, format the cell as "
                "text and type it again."
            )
        text = as_text(value)
        if not text and self.is_needed:
            raise ValueError(EMPTY)
        if len(text) > self.most:
            raise ValueError(f"This has {len(text)} characters. Make it {self.most} or fewer.")
        return text


class Paragraphs(Words):
    """A text of several lines, which keeps them."""

    same = staticmethod(plain_lines)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        super().clean(value if isinstance(value, date) else "-")  # what is a date is asked about, as anywhere
        text = as_it_was(
            plain_lines(as_text(value) if not isinstance(value, str) else value).replace("\x00", "").strip()
        )
        if not text and self.is_needed:
            raise ValueError(EMPTY)
        if length(text) > self.most:
            raise ValueError(f"This has {length(text)} characters. Make it {self.most} or fewer.")
        return text


#: What a spreadsheet makes of a code, and leaves behind when it is saved as CSV.
BIG = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
DAY = re.compile(
    r"\d{1,4}[-/. ](?:\d{1,2}|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*(?:[-/. ]\d{2,4})?"
    r"|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*[-/. ]\d{2,4}",
    re.IGNORECASE,
)


class Code(Words):
    """A code, by which a record is found again however it is written.

    A spreadsheet turns codes into numbers and dates: 007 into 7, 3-4 into 3 April, 1E5 into 100000. What may have been turned is
    asked about, unless it is `known`: a code that is there already; or `sure`: somebody has said that they are right."""

    same = staticmethod(sameness.code)
    known: frozenset[str] = frozenset()
    sure = False

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if isinstance(value, float) and (not value.is_integer() or abs(value) >= 10**MOST_DIGITS):
            raise ValueError(
                f"The spreadsheet has turned this code into a number ({value}). Format it as text and type it again."
            )
        text = super().clean(value)
        if text and not self.sure and self.same(text) not in self.known:
            self._ask(value, text)
        return text

    def _ask(self, value: Any, text: str) -> None:
        again = "If that is right, tick “Codes are right as they stand”. If not, format the column as text and type the code again."
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            raise ValueError(
                f"The spreadsheet has this code as a number, {text}, so that noughts before it may be lost. {again}"
            )
        if BIG.fullmatch(text):
            raise ValueError(f"“{text}” looks like a number that a spreadsheet has shortened. {again}")
        if DAY.fullmatch(text):
            raise ValueError(f"“{text}” looks like a date that a spreadsheet has made of a code. {again}")


class EmailAddress(Words):
    same = staticmethod(sameness.address)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        email = sameness.address(super().clean(value))
        try:
            validate_email(email)
        except ValidationError:
            raise ValueError(f"“{as_text(value)}” is not an email address.") from None
        return email


class WholeNumber(Words):
    """A whole number; `example` stands in the sentence when it is not one."""

    def __init__(self, example: int, least: int = 1, most: int = 9999, *, is_needed: bool = True) -> None:
        super().__init__(40, is_needed=is_needed)
        self.example, self.range = example, range(least, most + 1)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = super().clean(value).removesuffix(".0")
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or int(text) not in self.range:
            least, most = self.range[0], self.range[-1]
            raise ValueError(
                f"“{text}” is not valid. Enter a whole number from {least} to {most}, such as {self.example}."
            )
        return int(text)


class YesOrNo(Widget):
    """Yes, where nothing is said."""

    WORDS = {
        "": True,
        "yes": True,
        "y": True,
        "true": True,
        "1": True,
        "no": False,
        "n": False,
        "false": False,
        "0": False,
    }

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = sameness.fold(as_text(value))
        if text not in self.WORDS:
            raise ValueError(f"“{value}” is neither yes nor no. Write yes or no.")
        return self.WORDS[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "Yes" if value else "No"
