"""A snapshot is published: a grid of units and tiers, with gaps, intervals and what is too few to tell; and one group over the years."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.roles import RoleName
from representation.actions import releases, units
from representation.measuring import grid
from representation.measuring.counting import EVERYBODY, SENIOR, Row
from representation.measuring.grid import Verdict
from representation.measuring.shares import Share
from representation.models import Category, Characteristic, FigureRelease, RecruitmentFigure, Snapshot, Tier, Unit
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import take_step, with_second_factor
from tests.sweeps.forms_found import read

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R9")]
#: Unit and tier: of the group, of others, and not known.
COUNTS = {
    ("Housing", "Officer"): (60, 140, 10),
    ("Housing", "Head of service"): (4, 36, 0),
    ("Parks", "Officer"): (30, 170, 5),
    ("Parks", "Head of service"): (1, 4, 0),
}
#: By so much a share of two hundred people may lie beside the true one.
NEAR = Decimal("2.5")


@pytest.fixture
def provider():
    return ProviderFactory(name="Leicester City Council")


@pytest.fixture
def keeper(provider):
    return staff(RoleName.EQUALITY, provider)


@pytest.fixture
def desk(client, keeper):
    return with_second_factor(client, keeper)


@pytest.fixture
def ethnicity(provider):
    return make.characteristic(provider)


def published(ethnicity, keeper, day=date(2020, 3, 31), counts=None, **more) -> FigureRelease:
    return releases.make_release(snapshot=make.snapshot(ethnicity, counts or COUNTS, day, **more), by=keeper)


def cells(release: FigureRelease) -> dict[tuple[str, str], Row]:
    named = {pk: name for pk, name, *_ in release.contents["units"]}
    tiers = {pk: name for pk, name, *_ in release.contents["tiers"]} | {EVERYBODY: "all", SENIOR: "senior"}
    return {(named[unit], tiers[tier]): row for row in release.rows for unit, tier in [row.key]}


def table_of(desk, release, **chosen) -> dict[tuple[str, str], dict[str, str]]:
    address = reverse("admin:representation_figurerelease_grid", args=[release.pk])
    said = b"".join(desk.get(address, {"as": "csv", **chosen}).streaming_content).decode("utf-8-sig")
    return {(row["Unit"], row["Tier"]): row for row in csv.DictReader(io.StringIO(said))}


def test_a_worker_publishes_a_snapshot_and_leads_to_its_grid(desk, ethnicity):
    snapshot = make.snapshot(ethnicity, COUNTS)
    take_step(desk, reverse("admin:representation_snapshot_step", args=[snapshot.pk, "publish_snapshot"]))
    for job in Job.objects.unfinished():
        jobs.run(job.pk)
    release = FigureRelease.objects.get()
    assert Job.objects.get().result["url"] == reverse("admin:representation_figurerelease_grid", args=[release.pk])
    page = desk.get(Job.objects.get().result["url"]).content.decode()
    for words in ("Housing", "Head of service", "too few", "All tiers", "Where the ladder breaks"):
        assert words in page
    with pytest.raises(NotPossible, match="published already"):
        releases.publish_snapshot(snapshot=Snapshot.objects.for_steps().get(), by=release.made_by)


def test_numbers_are_near_and_groups_of_fewer_than_fifteen_have_none(ethnicity, keeper):
    found = cells(published(ethnicity, keeper))
    assert found["Parks", "Head of service"] == Row(found["Parks", "Head of service"].key, 5)
    assert found["Leicester City Council", "all"].people == 460
    true = {("Housing", "Officer"): (60, 10), ("Leicester City Council", "all"): (95, 15), ("Parks", "all"): (31, 5)}
    for key, (group, unknown) in true.items():
        row = found[key]
        assert row.group is not None
        assert row.unknown is not None
        assert row.group % 5 == row.unknown % 5 == 0
        assert abs(row.group - group) <= 4
        assert abs(row.unknown - unknown) <= 4


@pytest.mark.requirement("C2")
def test_the_grid_says_how_far_each_share_lies_from_everybody_and_how_many_people_that_is(desk, ethnicity, keeper):
    release = published(ethnicity, keeper)
    found = table_of(desk, release)
    heads, whole = found["Housing", "Head of service"], found["Leicester City Council", "All tiers"]
    share = Decimal(heads["Share (%)"])
    assert abs(Decimal(whole["Share (%)"]) - Decimal(100 * 95) / 445) < NEAR
    assert abs(Decimal(heads["Points above or below"]) - (share - Decimal(whole["Share (%)"]))) <= Decimal("0.1")
    assert int(heads["People who would have to be more"]) > 0
    least, most = Decimal(heads["At least (%)"]), Decimal(heads["At most (%)"])
    assert least <= share <= most  # four of forty are nought or five by lot, and nothing is less than nought
    assert least < most
    assert found["Parks", "Head of service"]["Share (%)"] == ""
    assert found["Parks", "Head of service"]["What can be said"] == "hidden"


@pytest.mark.requirement("C1")
def test_a_published_figure_can_be_the_comparator(desk, provider, ethnicity, keeper):
    figure = make.figure(provider, "Population of Leicester", whom="population", percent=50)
    found = table_of(desk, published(ethnicity, keeper), against=f"figure:{figure.pk}")
    assert found["Housing", "All tiers"]["What can be said"] == "below"
    assert found["Housing", "All tiers"]["Compared with"].startswith("Population of Leicester")


def test_a_figure_of_another_provider_is_no_comparator(desk, ethnicity, keeper):
    figure = make.figure(ProviderFactory(), "Population of York", whom="population", percent=50)
    found = table_of(desk, published(ethnicity, keeper), against=f"figure:{figure.pk}")
    assert found["Housing", "All tiers"]["Compared with"].startswith("everybody on the same day")


def test_two_snapshots_are_compared_and_the_trend_is_shown(desk, ethnicity, keeper):
    before = published(ethnicity, keeper, date(2019, 3, 31))
    more = {**COUNTS, ("Housing", "Officer"): (110, 90, 10)}
    after = published(ethnicity, keeper, date(2020, 3, 31), more)
    found = table_of(desk, after, against=f"release:{before.pk}")
    assert found["Housing", "Officer"]["What can be said"] == "above"
    assert abs(Decimal(found["Housing", "Officer"]["Points above or below"]) - 25) < 2 * NEAR
    assert abs(Decimal(table_of(desk, after)["Housing", "Officer"]["Points since the release before"]) - 25) < 2 * NEAR


def test_a_correction_takes_the_place_of_what_was_wrong(desk, ethnicity, keeper):
    wrong = published(ethnicity, keeper)
    right = make.snapshot(ethnicity, COUNTS, corrects=wrong.snapshot, why="Two columns were shifted.")
    releases.make_release(snapshot=right, by=keeper)
    page = desk.get(reverse("admin:representation_figurerelease_grid", args=[wrong.pk])).content.decode()
    assert "These figures have been corrected since." in page
    assert list(FigureRelease.objects.current()) == [right.release]


def test_units_that_were_merged_are_shown_together_over_the_years(desk, provider, ethnicity, keeper):
    published(ethnicity, keeper, date(2019, 12, 31))
    housing, parks = (Unit.objects.get(versions__name=name) for name in ("Housing", "Parks"))
    new = units.merge_units(unit=housing, others=[parks], name="Places", on=date(2020, 3, 1), by=keeper)
    after = published(ethnicity, keeper, counts={("Places", "Officer"): (92, 310, 15)})
    address = reverse("admin:representation_figurerelease_series", args=[after.pk])
    page = desk.get(address, {"unit": new.pk}).content.decode()
    assert "31 December 2019" in page
    assert "31 March 2020" in page
    said = b"".join(desk.get(address, {"unit": new.pk, "as": "csv"}).streaming_content).decode("utf-8-sig")
    earlier, later = csv.DictReader(io.StringIO(said))
    assert (earlier["People"], later["People"]) == ("460", "417")
    assert abs(int(earlier["About so many"]) - 95) <= 8  # two numbers, each within four


def test_answers_that_a_census_changed_are_pointed_at(desk, ethnicity, keeper):
    published(ethnicity, keeper, date(2019, 3, 31))
    Category.objects.filter(characteristic=ethnicity, name="BME").update(name="Global majority")
    after = published(ethnicity, keeper, date(2020, 3, 31))
    page = desk.get(reverse("admin:representation_figurerelease_grid", args=[after.pk])).content.decode()
    assert "The answers were not the same on 31 March 2019" in page


@pytest.mark.requirement("C1")
def test_a_source_without_counts_has_no_number_and_is_named(desk, ethnicity, keeper):
    release = published(ethnicity, keeper, more={("Museums", "Officer"): Decimal("17.5")})
    assert ("Museums", "Officer") not in cells(release)
    page = desk.get(reverse("admin:representation_figurerelease_grid", args=[release.pk])).content.decode()
    assert "For 1 group the source gives percentages" in page


def test_figures_without_any_count_cannot_be_published(ethnicity, keeper):
    snapshot = make.snapshot(ethnicity, {}, more={("Museums", "Officer"): Decimal("17.5")})
    with pytest.raises(NotPossible, match="without saying of how many"):
        releases.make_release(snapshot=snapshot, by=keeper)
    with pytest.raises(NotPossible, match="no counts"):
        releases.make_release(snapshot=make.snapshot(ethnicity, {}), by=keeper)


def test_asking_again_publishes_nothing_new(ethnicity, keeper):
    snapshot = make.snapshot(ethnicity, COUNTS)
    assert releases.make_release(snapshot=snapshot, by=keeper) == releases.make_release(snapshot=snapshot, by=keeper)


def test_senior_tiers_are_shown_together(provider, ethnicity, keeper):
    Tier.objects.create(provider=provider, name="Head of service", order=9, is_senior=True)
    found = cells(published(ethnicity, keeper))
    assert found["Leicester City Council", "senior"].people == 45
    assert found["Housing", "senior"].group == found["Housing", "Head of service"].group


def test_the_picture_says_in_words_what_its_colours_say(desk, ethnicity, keeper):
    release = published(ethnicity, keeper)
    address = reverse("admin:representation_figurerelease_grid", args=[release.pk])
    page = desk.get(address, {"as": "picture"}).content.decode()
    assert "▼ lower" in page
    assert 'role="img"' in page
    assert "The same as a table" in page


def test_the_race_equality_standard_has_each_band_the_top_and_appointments(desk, provider, ethnicity, keeper):
    Tier.objects.create(provider=provider, name="Officer", order=1, track="non_clinical")
    Tier.objects.create(provider=provider, name="Head of service", order=9, track="clinical", is_top=True)
    release = published(ethnicity, keeper)
    RecruitmentFigure.objects.create(
        provider=provider,
        characteristic=ethnicity,
        from_on=date(2019, 4, 1),
        until_on=date(2020, 3, 31),
        source="Recruitment system",
        group_shortlisted=400,
        group_appointed=60,
        others_shortlisted=600,
        others_appointed=120,
    )
    page = desk.get(reverse("admin:representation_figurerelease_wres", args=[release.pk])).content.decode()
    for words in ("Non-clinical", "Clinical", "very senior or board", "1.33 (1.00 to 1.77)", "Indicator 9"):
        assert words in page
    address = reverse("admin:representation_figurerelease_wres", args=[release.pk])
    said = b"".join(desk.get(address, {"as": "csv"}).streaming_content).decode("utf-8-sig")
    assert [row["Band"] for row in csv.DictReader(io.StringIO(said))] == ["Head of service", "Officer"]


def test_recruitment_figures_that_cannot_be_are_refused_at_their_box(desk, provider, ethnicity):
    said = {
        "provider": provider.pk,
        "characteristic": ethnicity.pk,
        "from_on": "1 April 2019",
        "until_on": "31 March 2019",
        "source": "Recruitment system",
        "group_shortlisted": "4",
        "group_appointed": "5",
    }
    page = desk.post(reverse("admin:representation_recruitmentfigure_add"), said).content.decode()
    assert "Only 4 of them were shortlisted." in page
    assert "The last day is before the first." in page
    assert (
        "Enter at least one of the numbers."
        in desk.post(
            reverse("admin:representation_recruitmentfigure_add"),
            said | {"group_shortlisted": "", "group_appointed": ""},
        ).content.decode()
    )


def test_the_step_at_which_the_share_falls_most_is_where_the_ladder_breaks():
    rows = [Row((1, tier), 200, number, 0) for tier, number in ((1, 60), (2, 55), (3, 20), (4, 15))]
    found = grid.cells(rows, {})
    worst = grid.broken(1, [1, 2, 3, 4], found)
    assert worst is not None
    assert (worst.lower, worst.upper, worst.points) == (2, 3, Decimal("-17.5"))
    assert grid.broken(1, [3, 2], found) is None


@given(st.integers(20, 5000), st.data())
def test_an_interval_holds_that_of_every_number_that_may_stand_behind_the_published_one(of, data):
    number = data.draw(st.integers(0, of))
    ((least, most),) = grid.intervals([Share(number, of)])
    for true in (max(0, number - 4), number, min(of, number + 4)):
        low, high = Share(true, of).interval
        assert least <= low + Decimal("0.001")
        assert high - Decimal("0.001") <= most


def test_what_is_not_certain_is_called_too_few_to_tell():
    rows = [Row((1, 1), 40, 5, 0), Row((1, 2), 4000, 500, 0)]
    found = grid.cells(rows, dict.fromkeys([(1, 1), (1, 2)], Decimal(20)))
    assert found[1, 1].verdict is Verdict.TOO_FEW
    assert found[1, 2].verdict is Verdict.BELOW
    assert found[1, 2].missing == 300


def test_a_reader_of_another_provider_finds_nothing(client, ethnicity, keeper):
    release = published(ethnicity, keeper)
    other = with_second_factor(client, staff(RoleName.EQUALITY, ProviderFactory()))
    for name in ("grid", "wres", "series"):
        address = reverse(f"admin:representation_figurerelease_{name}", args=[release.pk])
        assert other.get(address).status_code == 404
    assert Characteristic.objects.visible_to(keeper).exists()


def test_with_whom_an_answer_is_counted_stays_once_figures_were_published(desk, ethnicity, keeper):
    answer = Category.objects.filter(characteristic=ethnicity, counts="group").first()
    Category.objects.filter(pk=answer.pk).update(counts="others")
    Category.objects.filter(pk=answer.pk).update(counts="group")  # nothing was published yet
    published(ethnicity, keeper)
    address = reverse("admin:representation_characteristic_change", args=[ethnicity.pk])
    form = next(one for one in read(desk.get(address).text).forms if "seen-before" in one.fields)
    changed = next(name for name, (_, value) in form.fields.items() if name.endswith("-counts") and value == "group")
    page = desk.post(address, form.as_a_browser(**{changed: "unknown"})).text
    assert "Published figures count it this way." in page
    answer.refresh_from_db()
    assert answer.counts == "group"
    with pytest.raises(IntegrityError, match="count it this way"), transaction.atomic():
        Category.objects.filter(pk=answer.pk).update(counts="others")
    answer.name = "Black, Asian and minority ethnic"
    answer.full_clean()
