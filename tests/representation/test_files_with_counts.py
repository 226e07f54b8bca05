"""A table of HR becomes a snapshot: its columns are said once and remembered, its mistakes are listed, a correction takes its place."""

import time
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import counts
from representation.models import (
    Category,
    Characteristic,
    CountFile,
    HeadCount,
    Snapshot,
    Tier,
    Unit,
)
from representation.tasks import forget_count_files
from steppingup import clock
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R9")]
TABLE = """Division,Grade,BME,White,Not known,Total
Housing,Officer,40,60,3,103
Housing,Head of service,1,9,0,10
Parks,Officer,10,50,1,61
"""


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
    found = Characteristic.objects.create(provider=provider, name="Ethnicity")
    for name, whom in (("BME", "group"), ("White", "others"), ("Not known", "unknown")):
        Category.objects.create(characteristic=found, name=name, counts=whom)
    return found


def read_in(desk, ethnicity, table: str = TABLE, **more):
    said = {
        "provider": ethnicity.provider_id,
        "characteristic": ethnicity.pk,
        "taken_on": "31 March 2020",
        "source": "Employment Monitoring Report 2020",
        "corrects": "",
        "why": "",
        "file": SimpleUploadedFile("report.csv", table.encode()),
    }
    return desk.post(reverse("admin:representation_countfile_read"), said | more)


def name_columns(desk, file: CountFile, *roles: str):
    given = {f"role-{at}": role for at, role in enumerate(roles)}
    return desk.post(reverse("admin:representation_countfile_look", args=[file.pk]), given)


def roles(ethnicity) -> list[str]:
    answers = {one.name: f"answer:{one.pk}" for one in ethnicity.categories.all()}
    return ["unit", "tier", answers["BME"], answers["White"], answers["Not known"], "total"]


def taken(desk, file: CountFile) -> Snapshot:
    take_step(desk, reverse("admin:representation_countfile_step", args=[file.pk, "take_counts"]))
    for job in Job.objects.unfinished():
        jobs.run(job.pk)
    return Snapshot.objects.latest("pk")


@pytest.mark.parametrize("listed", ["countfile", "snapshot", "figurerelease"])
def test_each_list_of_figures_leads_to_reading_them_in(desk, listed):
    page = desk.get(reverse(f"admin:representation_{listed}_changelist")).text
    assert f'href="{reverse("admin:representation_countfile_read")}">Read in figures of a workforce</a>' in page
    assert "will be listed here" not in page


def test_a_table_is_looked_at_and_then_taken_over_by_a_worker(desk, ethnicity):
    answer = read_in(desk, ethnicity)
    file = CountFile.objects.get()
    page = desk.get(answer.url).content.decode()
    assert "Division" in page
    name_columns(desk, file, *roles(ethnicity))
    page = desk.get(answer.url).content.decode()
    assert "9 counts would be." in page
    assert "would be made: Housing, Parks" in page
    snapshot = taken(desk, file)
    assert (snapshot.taken_on, snapshot.rows) == (date(2020, 3, 31), 9)
    found = HeadCount.objects.filter(snapshot=snapshot, category__name="BME").order_by("pk")
    assert [(str(one.unit), str(one.tier), one.number) for one in found] == [
        ("Housing", "Officer", 40),
        ("Housing", "Head of service", 1),
        ("Parks", "Officer", 10),
    ]
    file.refresh_from_db()
    assert file.lines == []
    assert [tier.name for tier in Tier.objects.order_by("order")] == ["Officer", "Head of service"]


def test_what_columns_are_is_remembered(desk, ethnicity):
    read_in(desk, ethnicity)
    name_columns(desk, CountFile.objects.get(), *roles(ethnicity))
    read_in(desk, ethnicity, TABLE.replace("Division", "DIVISION "), source="The next one")
    assert CountFile.objects.latest("pk").roles == roles(ethnicity)


def test_a_column_that_is_called_as_an_answer_begins_as_that(desk, ethnicity):
    read_in(desk, ethnicity)
    assert CountFile.objects.get().roles[2:5] == roles(ethnicity)[2:5]


def test_mistakes_are_listed_by_row_and_left_out(desk, ethnicity):
    answer = read_in(desk, ethnicity, TABLE + "Law,Officer,<5,20,0,\nLaw,Director,1,1,1,9\n")
    file = CountFile.objects.get()
    name_columns(desk, file, *roles(ethnicity))
    page = desk.get(answer.url).content.decode()
    assert "Line 5, BME: “&lt;5” stands for a number that was left out" in page
    assert "Line 6, Total: The columns add up to 3, and the total says 9." in page
    assert taken(desk, file).rows == 9  # Law as a whole is left out


def test_columns_that_do_not_belong_together_are_said(desk, ethnicity):
    answer = read_in(desk, ethnicity)
    file = CountFile.objects.get()
    name_columns(desk, file, "", *roles(ethnicity)[1:])
    assert "Say which column names the unit." in desk.get(answer.url).content.decode()
    with pytest.raises(NotPossible, match="names the unit"):
        counts.take_counts(file=CountFile.objects.for_steps().get(), by=file.read_by)


def test_a_correction_takes_the_place_of_figures_which_stay_as_they_were(desk, ethnicity, keeper):
    read_in(desk, ethnicity)
    file = CountFile.objects.get()
    name_columns(desk, file, *roles(ethnicity))
    first = taken(desk, file)
    assert "Say what was corrected." in read_in(desk, ethnicity, corrects=first.pk).content.decode()
    read_in(desk, ethnicity, TABLE.replace("40,60,3,103", "41,59,3,103"), corrects=first.pk, why="One was miscounted.")
    second = taken(desk, CountFile.objects.latest("pk"))
    assert list(Snapshot.objects.current()) == [second]
    assert HeadCount.objects.filter(snapshot=first, category__name="BME").order_by("pk")[0].number == 40
    assert "Choose a valid" not in read_in(desk, ethnicity, corrects=first.pk, why="Again.").content.decode()
    assert Snapshot.objects.count() == 2


def test_the_same_file_makes_one_snapshot_whoever_begins_twice(desk, ethnicity, keeper):
    read_in(desk, ethnicity)
    file = CountFile.objects.get()
    name_columns(desk, file, *roles(ethnicity))
    first = taken(desk, file)
    assert counts.make_snapshot(file=CountFile.objects.for_steps().get(pk=file.pk), by=keeper) == first
    with pytest.raises(NotPossible, match="already"):
        counts.take_counts(file=CountFile.objects.for_steps().get(pk=file.pk), by=keeper)
    assert Job.objects.count() == 1


def test_units_of_the_day_are_found_by_the_names_of_then(provider, ethnicity, desk):
    from representation.actions import units

    unit = units.make_unit(provider=provider, name="Housing")
    units.put_version(unit=unit, from_on=date(2025, 4, 1), name="Homes", parent=None)
    answer = read_in(desk, ethnicity)
    name_columns(desk, CountFile.objects.get(), *roles(ethnicity))
    assert "would be made: Parks." in desk.get(answer.url).content.decode()


def test_fifty_thousand_rows_are_taken_over_in_less_than_twenty_seconds(provider, ethnicity, keeper):
    tiers, number = 12, 50_000
    lines = [
        (at + 2, [f"Unit {at // tiers}", f"Tier {at % tiers}", str(at % 7), str(at % 31), str(at % 3), ""])
        for at in range(number // 3)
    ]
    file = CountFile.objects.create(
        provider=provider,
        name="large.csv",
        digest="0",
        taken_on=date(2020, 3, 31),
        source="Large",
        characteristic=ethnicity,
        headings=["Division", "Grade", "BME", "White", "Not known", "Total"],
        lines=lines,
        roles=roles(ethnicity),
    )
    heard: list[int] = []
    begun = time.process_time()
    made = counts.make_snapshot(file=file, by=keeper, progress=heard.append)
    assert time.process_time() - begun < 20
    assert made.rows == number // 3 * 3 == HeadCount.objects.filter(snapshot=made).count()
    assert heard == sorted(heard)
    assert len(heard) > 20
    assert Unit.objects.count() == len({line[1][0] for line in lines})


def test_a_file_that_nobody_takes_over_is_forgotten_after_thirty_days(desk, ethnicity, time_machine):
    read_in(desk, ethnicity)
    taken_over = CountFile.objects.get()
    name_columns(desk, taken_over, *roles(ethnicity))
    taken(desk, taken_over)
    read_in(desk, ethnicity, source="Another one")
    time_machine.move_to(clock.local() + timedelta(days=29))
    assert forget_count_files() == 0
    time_machine.move_to(clock.local() + timedelta(days=2))
    assert forget_count_files() == 1
    assert list(CountFile.objects.all()) == [taken_over]
