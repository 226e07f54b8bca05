"""What it would take to reach a target, and when it is reached as things are: with the assumptions in words (R11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django import forms

from representation.measuring import aims
from representation.measuring.aims import Ahead, Assumptions, Between
from representation.measuring.shares import rounded
from representation.models import RecruitmentFigure, Target
from representation.states import TierGroup
from representation.trajectories import Trajectory
from steppingup import clock
from steppingup.formats import english

#: In percent a year, where nobody has entered how many leave.
USUAL_TURNOVER = 10
SHOWN_YEARS = 10
NEVER = f"not within {aims.FURTHEST} years"


def _slider(least: int, most: int, label: str, help_text: str) -> forms.IntegerField:
    messages = dict.fromkeys(
        ("invalid", "min_value", "max_value", "required"), f"Enter a whole number from {least} to {most}."
    )
    slider = forms.NumberInput(attrs={"type": "range", "step": 1, "min": least, "max": most})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=slider, help_text=help_text, error_messages=messages
    )


class AheadForm(forms.Form):
    """What the years ahead are taken to be like."""

    turnover = _slider(1, 60, "How many people leave in a year?", "Out of every 100 people")
    growth = _slider(
        -20, 20, "How many more posts are there each year?", "For every 100 posts. Below 0, there are fewer."
    )
    appointed = _slider(
        0, 100, "How many of those who are appointed are from the group?", "Out of every 100 people appointed"
    )


@dataclass(frozen=True)
class Begin:
    """What the sliders stand at before anybody moves them, with where it comes from."""

    turnover: int
    appointed: int
    seen: int | None
    sentences: Sequence[str]

    @property
    def initial(self) -> dict[str, int]:
        return {"turnover": self.turnover, "growth": 0, "appointed": self.appointed}


@dataclass(frozen=True)
class Prospects:
    """What is said of the years ahead. `rows` are years with their shares."""

    form: AheadForm
    sentences: Sequence[str]
    assumed: Sequence[str]
    rows: Sequence[tuple[date, Ahead]]


def recruitment_of(target: Target, day: date) -> RecruitmentFigure | None:
    """The latest that is about the same people, in the year before."""
    if target.tiers == TierGroup.SENIOR:
        return None
    rows = RecruitmentFigure.objects.in_year_to(day).filter(characteristic=target.characteristic_id)
    return rows.filter(unit=target.unit_id, tier=target.tier_id).order_by("-until_on", "-pk").first()


def begin(target: Target, made: Trajectory, figure: RecruitmentFigure | None) -> Begin:
    """Out of recruitment figures, or of two published shares, or as they are; and it says which."""
    known = [point for point in made.points if point.percent is not None and point.known]
    latest = known[-1]
    assert latest.percent is not None
    assert latest.known
    turnover, leaving = _turnover(figure, latest.people)
    appointed = _appointed(figure)
    if appointed is not None:
        share, seen, sentence = appointed
        return Begin(turnover, share, seen, [leaving, sentence])
    if len(known) > 1 and known[-2].percent is not None:
        before = known[-2]
        assert before.percent is not None
        years = Decimal((latest.day - before.day).days) / aims.YEAR
        behind = aims.share_behind(before.percent, latest.percent, years, turnover)
        if behind is not None:
            seen = round(latest.known * turnover / 100 * float(years))
            said = (
                f"Of those who were appointed between {english.day_date(before.day)} and {english.day_date(latest.day)}, about {round(behind)}% "
                "were from the group. That is worked out from the two shares, as nobody has entered how many were appointed."
            )
            return Begin(turnover, round(behind), max(1, seen), [leaving, said])
    said = "Nobody has entered how many were appointed, so we assume that they are like those who are there now."
    return Begin(turnover, round(latest.percent), None, [leaving, said])


def _turnover(figure: RecruitmentFigure | None, people: int) -> tuple[int, str]:
    left = [getattr(figure, f"{side}_left") for side in ("group", "others", "unknown")] if figure else []
    number = sum(value for value in left if value is not None)
    if figure is None or not number:
        return USUAL_TURNOVER, f"Nobody has entered how many leave, so we assume {USUAL_TURNOVER}% a year."
    years = Decimal((figure.until_on - figure.from_on).days + 1) / aims.YEAR
    rate = min(max(round(Decimal(100 * number) / max(people, 1) / years), 1), 60)
    return rate, f"{rate}% leave in a year: {number:,} of {people:,} ({figure})."


def _appointed(figure: RecruitmentFigure | None) -> tuple[int, int, str] | None:
    if figure is None or figure.group_appointed is None or figure.others_appointed is None:
        return None
    of = figure.group_appointed + figure.others_appointed
    if not of:
        return None
    share = round(100 * figure.group_appointed / of)
    return share, of, f"{share}% of those who were appointed are from the group: {of:,} appointments ({figure})."


def prospects(
    target: Target, made: Trajectory, figure: RecruitmentFigure | None, data: Mapping[str, str] | None
) -> Prospects | None:
    """From the latest figures on. Nothing without a number to begin with, and nothing but its errors for a form that is not filled in well."""
    known = [point for point in made.points if point.percent is not None and point.known]
    last = target.last
    if not known or last is None:
        return None
    latest, start = known[-1], begin(target, made, figure)
    assert latest.known is not None
    assert latest.number is not None
    form = AheadForm(data) if data else AheadForm(initial=start.initial)
    values = dict(start.initial)
    if form.is_bound:
        if not form.is_valid():
            return Prospects(form, [], [], [])
        values = form.cleaned_data
    moved = values != start.initial
    given = Assumptions(
        latest.known,
        latest.number,
        values["turnover"],
        values["growth"],
        values["appointed"],
        start.seen if values["appointed"] == start.appointed else None,
    )
    found = aims.futures(given, aims.FURTHEST)
    years = aims.years_between(latest.day, last.due_on)
    wanted, whose = last.percent, f"{rounded(last.percent, 1)}%"
    sentences = [_when(latest.day, aims.reached(found, wanted), whose, values["appointed"])]
    if last.due_on < clock.today():
        sentences.append(f"Its last day, {english.day_date(last.due_on)}, has passed.")
    elif years and years <= aims.FURTHEST:
        chances = aims.chance(found, years, wanted)
        ends = english.day_date(last.due_on)
        sentences.append(f"By {ends} it is reached in {chances} of the 100 futures that we played through.")
        sentences.append(_takes(aims.needed(given, years, wanted), whose, ends))
    rows = [(_later(latest.day, one.year), one) for one in aims.years_ahead(found[: max(years, SHOWN_YEARS)])]
    assumed = _assumed(values) if moved else [*start.sentences, "The number of posts stays as it is now."]
    return Prospects(form, sentences, [*assumed, *ALWAYS], rows[: aims.FURTHEST])


#: What is taken for granted whatever the sliders say.
ALWAYS = (
    "People from the group leave as often as everybody else.",
    "Whoever comes into these posts counts as appointed, from inside or from outside.",
    "The published numbers are rounded, so we try every number that each may stand for.",
)


def _assumed(values: Mapping[str, int]) -> list[str]:
    growth = values["growth"]
    posts = "The number of posts stays as it is now."
    if growth:
        posts = f"There are {abs(growth)}% {'more' if growth > 0 else 'fewer'} posts each year."
    return [
        f"{values['turnover']}% leave in a year.",
        f"{values['appointed']}% of those who are appointed are from the group.",
        posts,
    ]


def _later(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def _year(day: date, years: float | None) -> str:
    return NEVER if years is None else str(_later(day, int(years)).year)


def _when(day: date, found: Between, whose: str, appointed: int) -> str:
    """“As things are, 50.2% is reached in 2019, or between 2016 and 2024.”"""
    begin_words = f"If {appointed}% of those who are appointed are from the group, {whose} is"
    if found.least is None:
        return f"{begin_words} not reached within {aims.FURTHEST} years."
    first, middle, last = (_year(day, value) for value in (found.least, found.middle, found.most))
    if found.most is None:
        half = f"in half of all futures by {middle}" if found.middle is not None else "in less than half of all futures"
        return f"{begin_words} reached in {first} at the earliest, {half}, and in some {NEVER}."
    if first == last:
        return f"{begin_words} reached in {first}."
    return f"{begin_words} reached between {first} and {last}, half the time by {middle}."


def _takes(found: Between, whose: str, ends: str) -> str:
    """“To reach 50.2% by then, between 52 and 63 of 100 appointments would have to go to people from the group.”"""
    if found.least is None:
        return f"{whose} cannot be reached by {ends}, even if everybody who is appointed were from the group: too few posts become free."
    if found.most is None:
        return (
            f"To reach {whose} by {ends}, at least {found.least:.0f} of 100 appointments would have to go to people from the group, and "
            "even all of them may not be enough."
        )
    return (
        f"To reach {whose} by {ends}, between {found.least:.0f} and {found.most:.0f} of 100 appointments would have to go to people from the group: "
        f"with {found.middle:.0f}, reaching it is as likely as not."
    )
