"""Rows inside a record's page, each a form of its own: what keeps a page of many of them quick."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.forms.models import BaseInlineFormSet, ModelChoiceIterator

#: So many rows may be added before saving. A page is drawn anew with all of them when something has to be mended.
MOST_NEW = 40


class ChoicesOfRows(ModelChoiceIterator):
    """What may be chosen in a column, asked for once for all rows of a page. A field has a subclass of its own, which remembers
    it (`found`)."""

    found: ClassVar[list[Any]]

    def __iter__(self) -> Iterator[Any]:
        if not self.found:
            self.found.extend(super().__iter__())
        return iter(self.found)


class FewAtOnce(BaseInlineFormSet):
    """Draws the rows that there are and some more, however many somebody says they have sent."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "too_many_forms": f"Add no more than {MOST_NEW} rows at a time, and save in between."
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.absolute_max = min(self.absolute_max, len(self.get_queryset()) + MOST_NEW)
