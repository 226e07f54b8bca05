"""The month in the words of a timescale (R10): “Funding to be in place by Sept 2010”."""

import re
from datetime import date

from steppingup.formats.dates import MONTHS
from steppingup.formats.sameness import fold

_NAMES = "|".join(rf"{name[:3]}(?:{name[3:]})?" if name[3:] else name for name in MONTHS).replace(
    "sep(?:tember)?", "sept?(?:ember)?"
)
_MONTH = re.compile(rf"\b({_NAMES})\.?,?\s+(\d{{4}})\b", re.IGNORECASE)


def month_in(words: str) -> date | None:
    """The first day of the month that the words name. Nothing where they name none, or more than one: which of them is meant is
    not for us to say."""
    found = {
        date(int(year), [month[:3] for month in MONTHS].index(fold(name)[:3]) + 1, 1)
        for name, year in _MONTH.findall(words)
        if int(year) >= 1900
    }
    return found.pop() if len(found) == 1 else None
