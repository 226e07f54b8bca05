"""Lines of one table that are drawn together, and everybody of a workforce over the years, whatever stands at the top (R9)."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import releases
from representation.actions.units import make_unit, put_version
from representation.measuring import counting
from representation.measuring.counting import EVERYBODY, Counted, Shape
from representation.models import FigureRelease, Unit
from representation.states import UnitKind
from steppingup.disclosure import tables
from steppingup.disclosure.audit import REACH
from steppingup.disclosure.tables import NothingFits, Past, publish_lines
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.representation.test_releases import published, table_of
from tests.staff import with_second_factor

pytestmark = pytest.mark.requirement("R9")

#: Units of a few people, how many of them are of the group, and of how many nobody knows; the last group is everybody.
TABLE = {"sizes": [8, 23, 10, 11], "lines": [[7, 20, 8, 8], [0, 2, 2, 3]], "groups": [[1], [0, 1, 2, 3]]}
OPEN = [[None, None], [None, None]]


def test_a_line_that_does_not_fit_beside_the_first_is_drawn_anew(monkeypatch):
    drawn = publish_lines(**TABLE, past=OPEN, key="k", secret="s")
    assert drawn == publish_lines(**TABLE, past=OPEN, key="k", secret="s")
    for line, counts in zip(drawn, TABLE["lines"], strict=True):
        for number, group in zip(line, TABLE["groups"], strict=True):
            assert abs(number - sum(counts[part] for part in group)) <= REACH
    monkeypatch.setattr(tables, "ATTEMPTS", 1)
    with pytest.raises(NothingFits):
        publish_lines(**TABLE, past=OPEN, key="k", secret="s")


def test_where_the_first_line_never_fits_no_lot_is_drawn_in_vain(monkeypatch):
    """Beside errors of before that no number agrees with."""
    drawn = []
    one = tables.publish
    monkeypatch.setattr(tables, "publish", lambda **about: drawn.append(about["key"]) or one(**about))
    with pytest.raises(NothingFits):
        publish_lines(**TABLE, past=[[Past(8, 8), None], [None, None]], key="k", secret="s")
    assert len(drawn) == 1


def test_a_workforce_is_published_where_the_first_lot_would_not_do(monkeypatch):
    parts = {
        (unit, EVERYBODY): Counted(size, group, unknown)
        for unit, (size, group, unknown) in enumerate(zip(TABLE["sizes"], *TABLE["lines"], strict=True), 1)
    }
    shape = Shape(
        [(100, frozenset(unit for unit, _ in parts)), *((unit, frozenset([unit])) for unit, _ in parts)],
        [],
        frozenset(),
    )
    saved = 0
    for day in range(40):
        rows = counting.release(shape, parts, {}, f"day {day}", "s")
        assert {row.key[0] for row in rows if row.group is not None} == {100, 2}
        with monkeypatch.context() as once:
            once.setattr(tables, "ATTEMPTS", 1)
            try:
                counting.release(shape, parts, {}, f"day {day}", "s")
            except NothingFits:
                saved += 1
    assert saved > 0


LATER, LAST = date(2020, 3, 31), date(2021, 3, 31)


@pytest.fixture
def provider():
    return ProviderFactory(name="Leicester City Council")


@pytest.fixture
def keeper(provider):
    return staff(RoleName.EQUALITY, provider)


@pytest.fixture
def ethnicity(provider):
    return make.characteristic(provider)


def put_a_council_above(provider) -> None:
    """From 2020 to 2021 all units lie below it."""
    about = {"kind": UnitKind.ORGANISATION, "began_on": date(2020, 1, 1)}
    council = make_unit(provider=provider, name="The Council", **about)
    for unit in Unit.objects.filter(provider=provider).exclude(pk=council.pk):
        name = unit.version(LATER).name
        put_version(unit=unit, from_on=date(2020, 1, 1), name=name, parent=council)
        put_version(unit=unit, from_on=date(2021, 1, 1), name=name, parent=None)


@pytest.fixture
def three_years(provider, ethnicity, keeper) -> list[FigureRelease]:
    """At the top stand two divisions, then the council above them, then the two again."""
    first = published(ethnicity, keeper, date(2019, 3, 31))
    put_a_council_above(provider)
    return [first, *(published(ethnicity, keeper, day) for day in (LATER, LAST))]


def tops(several: list[FigureRelease]) -> list[str]:
    return [one.contents["units"][0][1] for one in several]


@pytest.mark.django_db
def test_everybody_is_a_series_whatever_stands_at_the_top(client, keeper, provider, three_years):
    desk = with_second_factor(client, keeper)
    assert tops(three_years) == [provider.name, "The Council", provider.name]
    for release in three_years:
        address = reverse("admin:representation_figurerelease_series", args=[release.pk])
        said = b"".join(desk.get(address, {"as": "csv"}).streaming_content).decode("utf-8-sig")
        assert [row["People"] for row in csv.DictReader(io.StringIO(said))] == ["460"] * 3
        whole = table_of(desk, release)[release.contents["units"][0][1], "All tiers"]
        assert bool(whole["Points since the release before"]) == (release != three_years[0])


@pytest.mark.django_db
def test_what_was_published_of_everybody_binds_later_numbers_whatever_stands_at_the_top(three_years, ethnicity):
    """Three values stay possible of numbers that are the same people each year."""
    true = {"group": 95, "unknown": 15}
    for line, number in true.items():
        errors = [
            number - getattr(row, line)
            for one in three_years
            for row in one.rows
            if row.key == (one.contents["units"][0][0], EVERYBODY)
        ]
        assert len(errors) == 3
        assert max(errors) - min(errors) <= tables.SWING
    known = releases.errors_before(ethnicity, Unit.objects.all())
    assert {key for key in known if key[0] == releases.WHOLE} >= {(releases.WHOLE, EVERYBODY)}
    council = next(one for one in three_years if one.contents["units"][0][1] == "The Council")
    top = council.contents["units"][0][0]
    assert releases.of_everybody(known, top)[top, EVERYBODY] == known[releases.WHOLE, EVERYBODY]
