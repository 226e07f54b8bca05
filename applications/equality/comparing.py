"""Was it the programme? Those just above the lines of its rounds against those just below them, of whom enough agreed and answered
(issue 10, section 5). The arithmetic is in `representation.measuring.comparison`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.utils.timezone import localdate

from applications.models import Line, LineAnswer, LineConsent
from applications.models.line import STEPPED_UP
from cohorts.models import Programme
from representation.evidence import Result
from representation.measuring.comparison import Comparison, Person, Telling, compare
from representation.measuring.shares import rounded
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.disclosure.tables import FEWEST
from steppingup.formats import english
from steppingup.formats.dates import quarter_of

NAME, TITLE = "comparison", "Was it the programme?"
FEW = f"fewer than {FEWEST}"
#: Of so many people of a side what is counted changes at once, or of none.
AT_ONCE = 5


@dataclass(frozen=True)
class Side:
    """People of one side of the line."""

    near: int
    agreed: int
    answered: int


@dataclass(frozen=True)
class Compared:
    """What can be told of a programme, with answers until the day before `until`."""

    until: date
    lines: int
    above: Side
    below: Side
    result: Comparison

    @property
    def sentence(self) -> str:
        return sentence_of(self.result)


class Given(NamedTuple):
    """One answer, and whether it says that somebody has stepped up."""

    consent: int
    answer: int
    is_above: bool
    on: date
    is_up: bool


def _given(programme: Programme, until: date) -> list[Given]:
    """Every answer before this day, the earliest first: those that stand, and what they said before where it may have counted."""
    rows = LineAnswer.objects.filter(consent__line__cohort__programme=programme, answered_at__isnull=False)
    found = []
    for consent, pk, is_above, *both in rows.order_by("pk").values_list(
        "consent", "pk", "consent__is_above", "moves_before", "answered_before", "moves", "answered_at"
    ):
        for moves, at in (both[:2], both[2:]):
            if at is not None and localdate(at) < until:
                found.append(Given(consent, pk, is_above, localdate(at), bool(STEPPED_UP & set(moves))))
    return sorted(found, key=lambda one: one.on)


def counted(programme: Programme, until: date) -> dict[int, bool]:
    """Whose answers count, by their agreement, and whether any of these says that they have stepped up.

    Answers are added at the end of a quarter, and on each side only once they change what is counted of `AT_ONCE` people or more: what
    differs between two quarters is never what one person said."""
    stands: dict[int, dict[int, bool]] = {}
    waiting: dict[bool, dict[int, dict[int, bool]]] = {True: {}, False: {}}
    for _, of_quarter in groupby(_given(programme, until), key=lambda one: quarter_of(one.on)):
        for one in of_quarter:
            waiting[one.is_above].setdefault(one.consent, {})[one.answer] = one.is_up
        for side in waiting.values():
            then = {who: stands.get(who, {}) | answers for who, answers in side.items()}
            changed = [
                who for who, answers in then.items() if not stands.get(who) or _is_up(answers) != _is_up(stands[who])
            ]
            if len(changed) >= AT_ONCE:
                stands |= then
                side.clear()
    return {who: _is_up(answers) for who, answers in stands.items()}


def _is_up(answers: dict[int, bool]) -> bool:
    return any(answers.values())


def said(number: int) -> str:
    """As it may be shown."""
    return f"{number:,}" if number >= FEWEST else FEW


def whole(points: float) -> Decimal:
    return rounded(Decimal(points))


def signed(points: float) -> str:
    """“+12”, “−3”, “0”."""
    number = whole(points)
    return "0" if not number else f"{'+' if number > 0 else '−'}{abs(number)}"


def sentence_of(result: Comparison) -> str:
    """The verdict with its figures, in plain English."""
    if result.is_too_few or result.estimate is None or result.low is None or result.high is None:
        there = f"{said(result.above)} above the line and {said(result.below)} below it"
        return f"There are too few people to tell: it takes {result.needed:,} who answered on each side, and there are {there}."
    interval = f"95% interval from {signed(result.low)} to {signed(result.high)} points"
    if result.telling == Telling.NEITHER:
        return f"There is no difference that can be told from chance: {signed(result.estimate)} points ({interval})."
    number = abs(whole(result.estimate))
    more = "more" if result.telling == Telling.HIGHER else "fewer"
    return f"Just above the line {number} {more} of every 100 people stepped up than just below it ({interval})."


def _people(programme: Programme, until: date) -> list[tuple[Person, bool]]:
    """Everybody who agreed, and whether they answered. Points are in widths of their own line, since rounds have their own scales."""
    stands = counted(programme, until)
    rows = LineConsent.objects.filter(line__cohort__programme=programme, agreed_at__date__lt=until).order_by("pk")
    return [
        (Person(points / float(width), is_above, stands.get(pk)), pk in stands)
        for pk, points, width, is_above in rows.values_list("pk", "points", "line__width", "is_above")
    ]


def compared(programme: Programme, today: date | None = None) -> Compared | None:
    """All rounds of a programme together; nothing where none had a line."""
    lines = list(Line.objects.filter(cohort__programme=programme))
    if not lines:
        return None
    until = quarter_of(today or clock.today())
    people = _people(programme, until)

    def side(is_above: bool) -> Side:
        own = [answered for person, answered in people if person.is_above is is_above]
        near = sum(one.near_above if is_above else one.near_below for one in lines)
        return Side(near, len(own), sum(own))

    result = compare([person for person, _ in people], within=1 + 1e-9)
    return Compared(until, len(lines), side(True), side(False), result)


def evidence(provider: Organisation) -> list[Result]:
    """For papers: one result for each programme whose rounds had a line."""
    programmes = Programme.objects.filter(provider=provider).order_by("name", "pk")
    found = ((programme, compared(programme)) for programme in programmes)
    return [_as_result(programme, one) for programme, one in found if one is not None]


def _as_result(programme: Programme, found: Compared) -> Result:
    result, said_of = found.result, [f"{programme.name}: {found.sentence}"]
    if not result.is_too_few and result.least is not None and result.most is not None:
        bounds = f"from {signed(result.least)} to {signed(result.most)} points"
        said_of.append(f"Whatever those who did not answer had said, it would have been {bounds}.")
    return Result(tuple(said_of))


def told_in_lines(found: Compared) -> list[tuple[str, str]]:
    """The figures of the page, each with its name, as they may be shown."""
    result = found.result
    facts = [
        ("Rounds with a line", str(found.lines)),
        *(
            (f"{what}, {where}", said(getattr(side, name)))
            for what, name in (("Near the line", "near"), ("Agreed to be asked", "agreed"), ("Answered", "answered"))
            for where, side in (("above", found.above), ("below", found.below))
        ),
        ("Needed on each side", f"{result.needed:,}"),
    ]
    if result.estimate is None or result.low is None or result.high is None:
        return facts
    facts += [
        ("Difference, in points", signed(result.estimate)),
        ("95% interval, from", signed(result.low)),
        ("95% interval, to", signed(result.high)),
    ]
    if result.least is not None and result.most is not None:
        facts += [
            ("Whatever the silent had said, at least", signed(result.least)),
            ("Whatever the silent had said, at most", signed(result.most)),
        ]
    return facts


def people_in_words(side: Side) -> str:
    """“of 40 people near the line 25 agreed and 18 answered”."""
    if side.near < FEWEST:
        return f"{FEW} people were near the line"
    agreed, answered = said(side.agreed), said(side.answered)
    return f"of {english.counted(side.near, 'person', 'people')} near the line {agreed} agreed and {answered} answered"
