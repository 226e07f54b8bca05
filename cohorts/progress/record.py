"""What is on record of participants, as far as a forecast is made of it: read for all of them in one query."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Min, OuterRef, Subquery, Sum, TextField
from django.db.models.functions import Cast, JSONObject

from cohorts.models import (
    Attendance,
    CompletionWaiver,
    DayEntry,
    Enrolment,
    MakeUp,
    Membership,
    Pause,
    Placement,
    PlacementReport,
)
from cohorts.states import Recording
from cohorts.states.reports import Side

NONE, ONE = Decimal(0), Decimal(1)
#: What the plan says weighs as much as so many days of each part: attended, or logged in the time that the plan has for them.
DAYS_OF_TRUST = Decimal(2)
LATELY = 2  # marks
COLUMNS = (
    *("span_rows", "pause_rows", "first_rows", "placed_rows", "agreed_rows", "waived_rules"),
    *("last_on", "lately", "unsaid", "seen", "did"),
)


class Span(NamedTuple):
    """From when until when somebody was on a cohort."""

    cohort_id: int
    starts_on: date
    ends_on: date | None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True)
class Record:
    """What is on record of one participant."""

    spans: list[Span]
    pauses: list[Pause]
    began: dict[str, date]  # since when a part is recorded, by its key
    until: dict[str, date]
    agreed: dict[str, Decimal]  # days to be made up
    waived: set[int]
    seen: Decimal  # days in registers
    did: Decimal  # of them
    placed: set[str]  # keys of the parts for which there is a placement
    lost: dict[str, date]  # keys of the parts whose host cannot go on, and since when
    last_on: date | None  # the last day on which they did something
    lately: list[str]  # marks in registers, the latest first
    unsaid: list[
        dict[str, Any]
    ]  # reports on assignments that were asked for and not given: `pk`, `title`, `moment`, `asked`

    @cached_property
    def rate(self) -> Decimal:
        """How much of what they could have attended they did, as a share of one."""
        return min(ONE, (self.did + DAYS_OF_TRUST) / (self.seen + DAYS_OF_TRUST)) if self.seen else ONE


def records_of(pks: list[int]) -> dict[int, Record]:
    """By the key of the place."""
    return {row.pk: _record(row) for row in _recorded(pks)}


def _recorded(pks: list[int]) -> Any:
    """The places with all that is on record of each, in one query."""

    def own(model: Any) -> Any:
        return model._base_manager.filter(enrolment=OuterRef("pk")).order_by()

    def rows(found: Any, **fields: Any) -> ArraySubquery:
        return ArraySubquery(found.values_list(JSONObject(**fields), flat=True))

    def total(found: Any, what: str) -> Subquery:
        return Subquery(found.values("enrolment").annotate(sum=Sum(what)).values("sum"))

    register = ContentType.objects.get_for_model(Attendance)
    standing = DayEntry.objects.standing().filter(enrolment=OuterRef("pk"))
    logged = standing.exclude(component__recording=Recording.REGISTER)
    lately = own(Attendance).filter(session__cancelled_at=None).order_by("-session__starts_at")
    first = logged.order_by().values("component__key").annotate(first=Min("on"))
    unsaid = (
        PlacementReport.objects.waiting().filter(side=Side.PARTICIPANT, placement__enrolment=OuterRef("pk")).order_by()
    )
    to_do = MakeUp.objects.to_do().filter(enrolment=OuterRef("pk")).order_by()
    return (
        Enrolment.objects.filter(pk__in=pks)
        .order_by()
        .annotate(
            span_rows=rows(own(Membership), cohort="cohort", starts="starts_on", ends="ends_on"),
            pause_rows=rows(own(Pause), starts="starts_on", ends="ends_on"),
            first_rows=rows(first, key="component__key", first="first"),
            placed_rows=rows(own(Placement), key="component__key", starts="starts_on", ends="ends_on", lost="lost_on"),
            agreed_rows=rows(to_do, key="component__key", days=Cast("days", TextField())),
            waived_rules=ArraySubquery(own(CompletionWaiver).values("rule")),
            last_on=Subquery(standing.order_by("-on").values("on")[:1]),
            lately=ArraySubquery(lately.values("mark")[:LATELY]),
            unsaid=rows(unsaid, pk="pk", title="placement__title", moment="moment", asked="asked_at"),
            seen=total(own(Attendance).filter(session__cancelled_at=None), "session__days"),
            did=total(own(DayEntry).filter(content_type=register), "days"),
        )
        .values_list("pk", *COLUMNS, named=True)
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _record(row: Any) -> Record:
    began = {one["key"]: date.fromisoformat(one["first"]) for one in row.first_rows}
    for one in row.placed_rows:
        if starts := _day(one["starts"]):
            began[one["key"]] = min(starts, began.get(one["key"], starts))
    agreed: dict[str, Decimal] = defaultdict(Decimal)
    for one in row.agreed_rows:
        agreed[one["key"]] += Decimal(one["days"])
    return Record(
        spans=[Span(one["cohort"], date.fromisoformat(one["starts"]), _day(one["ends"])) for one in row.span_rows],
        pauses=[
            Pause(starts_on=date.fromisoformat(one["starts"]), ends_on=_day(one["ends"])) for one in row.pause_rows
        ],
        began=began,
        until={one["key"]: ends for one in row.placed_rows if (ends := _day(one["ends"]))},
        agreed=agreed,
        waived=set(row.waived_rules),
        seen=row.seen or NONE,
        did=row.did or NONE,
        placed={one["key"] for one in row.placed_rows if not one["lost"]},
        lost={one["key"]: lost for one in row.placed_rows if (lost := _day(one["lost"]))},
        last_on=row.last_on,
        lately=row.lately,
        unsaid=row.unsaid,
    )
