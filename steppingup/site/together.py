"""Two people at one form: whoever saves over what somebody else changed since the page was opened is shown it, box by box.

sheet = Sheet(form, formsets)                       # of a form that shows what the record has now
sealed = Seen.of_sheet(sheet, record.pk).sealed()   # stands on the page, in a hidden box
meeting = Meeting(sheet, Seen.read(sealed), request.POST, request.FILES, told)

What a page showed comes back with what was typed into it, so three can be compared: as it was, as it is by now, and as it
was typed. What only the other has changed is taken into what was sent; what both have changed stands open until one of the
two is chosen; and before anything is saved, the page is shown again (`meeting.shows`) with `meeting.data`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Self

from django.core import signing
from django.db import connection, models, transaction
from django.http import QueryDict
from django.utils import timezone

from steppingup import clock
from steppingup.formats import english
from steppingup.site.boxes import Box, Values, bare, boxes_of

SALT = "steppingup.together"
SEEN = "seen-before"  # the hidden box
KEEP = "keep-"
THEIRS, YOURS = "theirs", "yours"


class Told(NamedTuple):
    """Who made a change, and when, as far as it is known."""

    who: str = ""
    at: datetime | None = None

    def in_words(self, what: str, passive: str) -> str:
        """“Ana Obi changed the fee at 10:42am”, or “the fee was changed”."""
        return f"{self.who} {what}" if self.who else passive

    @property
    def moment(self) -> str:
        if self.at is None:
            return ""
        local = timezone.localtime(self.at)
        return f" at {english.clock(local)}" if local.date() == clock.today() else f" on {english.when(self.at)}"


Teller = Callable[[Any, str], Told]


@contextmanager
def one_at_a_time(model: type[models.Model], pk: Any) -> Iterator[None]:
    """Whoever saves something of this record at the same moment waits, and then sees what was saved: comparing and saving are
    one. A lock of its own, taken before all others, since steps lock rows in an order of theirs."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{model._meta.label_lower}:{pk}"])
        yield


@dataclass(frozen=True)
class Met:
    """One change by somebody else, in words. `open`: both have changed it, and nobody has chosen yet."""

    key: str
    words: str
    yours: str = ""
    open: bool = False
    choose: bool = False  # it was sent again without a choice

    @property
    def name(self) -> str:
        """Of the choice on the page."""
        return KEEP + self.key


class Sheet:
    """What can be filled in on a page: a form, and formsets with the rows that belong to its record."""

    def __init__(self, form: Any, formsets: Sequence[Any] = ()) -> None:
        self.form, self.formsets = form, formsets
        self.boxes = boxes_of(form)

    def rows(self, formset: Any) -> dict[str, tuple[Any, dict[str, Box]]]:
        """The rows that there are, by their keys."""
        besides = (formset._pk_field.name, formset.fk.name)
        return {str(one.instance.pk): (one, boxes_of(one, *besides)) for one in formset.initial_forms}


@dataclass
class Seen:
    """What a page showed, and when. `met` and `open` are what it said of others' changes."""

    at: datetime
    of: str
    boxes: dict[str, Values] = field(default_factory=dict)
    rows: dict[str, dict[str, dict[str, Values]]] = field(default_factory=dict)
    met: list[Met] = field(default_factory=list)

    @classmethod
    def of_sheet(cls, sheet: Sheet, of: Any, met: Sequence[Met] = ()) -> Self:
        rows = {
            formset.prefix: {
                pk: {"": {"": [str(form.instance)]}, **{name: box.sent for name, box in boxes.items()}}
                for pk, (form, boxes) in sheet.rows(formset).items()
            }
            for formset in sheet.formsets
        }
        shown = {name: box.sent for name, box in sheet.boxes.items()}
        return cls(clock.now(), str(of), shown, rows, list(met))

    def sealed(self) -> str:
        return signing.dumps({**asdict(self), "at": self.at.isoformat()}, salt=SALT, compress=True)

    @classmethod
    def read(cls, token: str) -> Self | None:
        """Nothing where it is not one of ours."""
        try:
            found = signing.loads(token, salt=SALT)
        except signing.BadSignature:
            return None
        met = [Met(**one) for one in found["met"]]
        return cls(datetime.fromisoformat(found["at"]), found["of"], found["boxes"], found["rows"], met)

    def typed_into(self, data: QueryDict) -> list[tuple[str, str]]:
        """What was sent and did not stand there, by its name: for when nothing can be saved any more."""
        shown = {"".join((name, end)): given for name, values in self.boxes.items() for end, given in values.items()}
        for prefix, rows in self.rows.items():
            for number in range(len(rows)):
                shown |= _shown_in(rows, prefix, number, data)
        before = bare(shown)
        found = bare({name: data.getlist(name) for name in data if name in shown})
        return [(_as_label(name), ", ".join(given)) for name, given in found.items() if given != before.get(name)]


class Meeting:
    """What was sent, brought together with what others have changed since. `told` says who changed a field of a record.

    `acts`: to send the page does something by itself, even when nothing was typed."""

    def __init__(
        self,
        sheet: Sheet,
        seen: Seen,
        data: Any,
        files: Any,
        told: Teller = lambda record, name: Told(),
        *,
        acts: bool = False,
    ) -> None:
        self.sheet, self.seen, self.told = sheet, seen, told
        self.data: QueryDict = data.copy()
        self.files: Any = files.copy()
        self.met: list[Met] = []
        self._open = {met.key: met for met in seen.met if met.open}
        self._typed = acts
        form = sheet.form
        row = {name: self.data.getlist(name) for name in self.data}
        self._one(form, sheet.boxes, row, self.files, seen.boxes)
        self._locked(row)
        self._keep(row)
        for formset in sheet.formsets:
            self._rows(formset, seen.rows.get(formset.prefix, {}))

    @property
    def shows(self) -> bool:
        """Is the page to be shown again, before anything is saved?"""
        return self._typed and bool(self.met)

    @property
    def is_open(self) -> bool:
        """Has something to be chosen?"""
        return any(met.open for met in self.met)

    def sealed(self) -> str:
        """What the page that is shown again has seen."""
        return Seen.of_sheet(self.sheet, self.seen.of, self.met).sealed()

    def _keep(self, row: Values) -> None:
        """What the form was given; an empty list is a box that a browser leaves out."""
        for name in {*self.data, *row}:
            if row.get(name):
                self.data.setlist(name, row[name])
            else:
                self.data.pop(name, None)

    # -- one form ------------------------------------------------------------------------------

    def _one(
        self, form: Any, boxes: dict[str, Box], row: Values, files: Any, was: dict[str, Values], within: str = ""
    ) -> None:
        """Bring together the boxes of one form; what only the other has changed is put into `row`."""
        record = getattr(form, "instance", None) or getattr(form, "subject", None)
        for name, box in boxes.items():
            if name not in was:
                continue
            key, before, now = f"{within}{name}", was[name], box.sent
            mine, again = box.typed(row, files, before), not box.are_same(before, now)
            typed = not box.are_same(mine, before)
            self._typed |= typed
            if key in self._open and not again:
                if self._chosen(self._open[key]) == THEIRS:
                    _put(row, box, now, files)
            elif again and not box.are_same(mine, now):
                words = self._words(self.told(record, name), box, before, now, record if within else None)
                self.met.append(Met(key, words, box.said(mine) if typed else "", open=typed))
                if not typed:
                    _put(row, box, now, files)

    def _chosen(self, met: Met) -> str:
        """Whose is kept, of what both have changed; without a choice it is asked again."""
        self._typed = True
        choice = self.data.get(met.name, "")
        if choice not in (THEIRS, YOURS):
            self.met.append(replace(met, choose=True))
        return choice

    def _words(self, told: Told, box: Box, before: Values, now: Values, row: Any) -> str:
        of = f" of “{row}”" if row is not None else ""
        what = f"{_the(box.label)}{of} from {box.said(before)} to {box.said(now)}{told.moment}."
        return "Since you opened this page " + (
            f"{told.who} changed {what}" if told.who else f"somebody changed {what}"
        )

    def _locked(self, row: Values) -> None:
        """What could be filled in when the page was opened, and can no longer be."""
        for name, was in self.seen.boxes.items():
            if name in self.sheet.boxes:
                continue
            got = {end: row.get(name + end, []) for end in was}
            if any(end in row or name + end in row for end in was) and bare(got) != bare(was):
                said = ", ".join(one for given in bare(got).values() for one in given) or "nothing"
                words = f"Since you opened this page “{name.replace('_', ' ')}” can no longer be changed. You wrote “{said}”."
                self.met.append(Met(name, words))
                self._typed = True

    # -- rows ----------------------------------------------------------------------------------

    def _rows(self, formset: Any, was: dict[str, dict[str, Values]]) -> None:
        """Rows are brought together by their keys: others may have added or removed some."""
        prefix, pk_name = formset.prefix, formset._pk_field.name
        rows, files = _grouped(self.data, prefix), _grouped_files(self.files, prefix)
        if not self.data.get(f"{prefix}-TOTAL_FORMS", "").isdecimal() or len(rows) > formset.absolute_max:
            return  # Django says what is wrong with it
        known = {row[pk_name][0]: number for number, row in rows.items() if row.get(pk_name, [""])[0]}
        now = self.sheet.rows(formset)
        order: list[tuple[Values, dict[str, Any]]] = []
        for pk, (form, boxes) in now.items():
            if pk not in known:
                if pk not in was:
                    self._added(form)
                    order.append((_as_row(form), {}))
                continue
            row, uploads = rows[known[pk]], files.get(known[pk], {})
            if "DELETE" in row:
                self._taken_away(form, boxes, row, was.get(pk, {}), f"{prefix}/{pk}/")
            else:
                self._one(form, boxes, row, uploads, was.get(pk, {}), f"{prefix}/{pk}/")
            order.append((row, uploads))
        kept = len(order)
        for pk, number in known.items():
            if pk in was and pk not in now and self._removed(formset, pk, rows[number], was[pk]):
                order.append((rows[number] | {pk_name: [""]}, files.get(number, {})))
        order += [(row, files.get(number, {})) for number, row in rows.items() if number not in known.values()]
        self._typed |= len(order) > kept and any(_is_filled(formset, row) for row, _ in order[kept:])
        self._write(prefix, order, kept)

    def _taken_away(self, form: Any, boxes: dict[str, Box], row: Values, was: dict[str, Values], within: str) -> None:
        """A row that is to be removed, and that somebody else may have changed."""
        self._typed, key = True, f"{within}DELETE"
        changed = [name for name, box in boxes.items() if name in was and not box.are_same(was[name], box.sent)]
        if key in self._open and not changed:
            if self._chosen(self._open[key]) == THEIRS:
                for box in boxes.values():
                    _put(row, box, box.sent, {})
                del row["DELETE"]
        elif changed:
            words = [
                self._words(self.told(form.instance, n), boxes[n], was[n], boxes[n].sent, form.instance)
                for n in changed
            ]
            self.met.append(Met(key, " ".join(words), "that it is to be removed", open=True))

    def _added(self, form: Any) -> None:
        told = self.told(form.instance, "")
        words = told.in_words(f"added “{form.instance}”{told.moment}.", f"“{form.instance}” was added.")
        self.met.append(Met("", f"Since you opened this page {words}"))

    def _removed(self, formset: Any, pk: str, row: Values, was: dict[str, Values]) -> bool:
        """Says whether what was typed into the row goes on as a new one."""
        if "DELETE" in row:
            return False
        boxes = boxes_of(formset.empty_form, formset._pk_field.name, formset.fk.name)
        typed = [
            name
            for name, box in boxes.items()
            if name in was and not box.are_same(box.typed(row, (), was[name]), was[name])
        ]
        told, name = self.told(formset.instance, ""), was[""][""][0]
        words = told.in_words(f"removed “{name}”{told.moment}.", f"“{name}” was removed.")
        more = (
            " You had changed it, so it stands below as a new row: save to put it back, or take the row away."
            if typed
            else ""
        )
        self.met.append(Met("", f"Since you opened this page {words}{more}"))
        return bool(typed)

    def _write(self, prefix: str, order: list[tuple[Values, dict[str, Any]]], kept: int) -> None:
        for kind in (self.data, self.files):
            for name in [name for name in kind if re.match(rf"{re.escape(prefix)}-\d+-", name)]:
                del kind[name]
        for number, (row, uploads) in enumerate(order):
            for name in [name for name, given in row.items() if given]:
                self.data.setlist(f"{prefix}-{number}-{name}", row[name])
            for name, upload in uploads.items():
                self.files[f"{prefix}-{number}-{name}"] = upload
        self.data[f"{prefix}-TOTAL_FORMS"], self.data[f"{prefix}-INITIAL_FORMS"] = str(len(order)), str(kept)


def page_of(met: Meeting | None, sheet: Sheet, of: Any) -> dict[str, Any]:
    """For components/together.html: what the page has seen, and what it says of others."""
    if met is not None and met.shows:
        return {"sealed": met.sealed(), "met": met.met, "is_open": met.is_open}
    return {"sealed": Seen.of_sheet(sheet, of).sealed()}


def _the(label: str) -> str:
    """“the fee”; a label that is no noun stands in quotation marks."""
    return f"“{label}”" if label.split()[0] in ("is", "may", "has", "can", "the", "your", "this") else f"the {label}"


def _put(row: Values, box: Box, values: Values, files: Any) -> None:
    """Let the row have what the box shows now."""
    if box.is_file:
        for end in ("-clear", "-kept"):
            row.pop(box.name + end, None)
        if box.name in files:
            del files[box.name]
        return
    for end in box.sent:
        row[box.name + end] = values.get(end, [])


def _shown_in(rows: dict[str, dict[str, Values]], prefix: str, number: int, data: QueryDict) -> Values:
    """What a row of the page showed, by the names under which it was sent."""
    keys = [data.get(f"{prefix}-{number}-{name}", "") for name in ("id", "pk")]
    row = next((rows[key] for key in keys if key in rows), {})
    return {f"{prefix}-{number}-{name}{end}": given for name, vs in row.items() if name for end, given in vs.items()}


def _as_label(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def _as_row(form: Any) -> Values:
    """The whole row as a browser would send it."""
    return {
        name + end: given
        for name in form.fields
        if name not in ("DELETE", "ORDER")
        for end, given in Box(form, name).sent.items()
        if given
    }


def _is_filled(formset: Any, row: Values) -> bool:
    boxes = boxes_of(formset.empty_form, formset._pk_field.name, formset.fk.name)
    return any(not box.are_same(box.typed(row, (), box.sent), box.sent) for box in boxes.values())


def _grouped(data: QueryDict, prefix: str) -> dict[int, Values]:
    found: dict[int, Values] = {}
    for name in data:
        if match := re.fullmatch(rf"{re.escape(prefix)}-(\d{{1,6}})-(.+)", name):
            found.setdefault(int(match[1]), {})[match[2]] = data.getlist(name)
    return dict(sorted(found.items()))


def _grouped_files(files: Any, prefix: str) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for name in files:
        if match := re.fullmatch(rf"{re.escape(prefix)}-(\d{{1,6}})-(.+)", name):
            found.setdefault(int(match[1]), {})[match[2]] = files[name]
    return found
