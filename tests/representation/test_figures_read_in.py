"""Tables of HR are read in through the pages: what stands around them is said, and nothing is taken over twice."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import counts
from representation.actions.units import make_unit
from representation.models import Category, CountFile, HeadCount, Tier
from representation.reading.balance import ALL_OF_THEM
from steppingup.history.lifecycle import NotPossible
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.representation.test_figures_again import WIDE, book
from tests.staff import with_second_factor

pytestmark = pytest.mark.requirement("R9")


@pytest.fixture
def ethnicity(db):
    return make.characteristic(ProviderFactory(name="Leicester City Council"))


@pytest.fixture
def keeper(ethnicity):
    return staff(RoleName.EQUALITY, ethnicity.provider)


@pytest.fixture
def desk(client, keeper):
    return with_second_factor(client, keeper)


def read_in(desk, ethnicity, content: bytes, name: str = "report.xlsx", **more):
    said = {
        "provider": ethnicity.provider_id,
        "characteristic": ethnicity.pk,
        "taken_on": "31 March 2020",
        "source": "Report",
    }
    file = SimpleUploadedFile(name, content)
    return desk.post(
        reverse("admin:representation_countfile_read"),
        {**said, "corrects": "", "why": "", "file": file, **more},
        follow=True,
    )


DATA = [["Leicester City Council"], [], [*WIDE[:5]], ["Housing", "Officer", 40, 60, 3, "a note"]]


def test_titles_are_said_to_be_left_out_and_columns_without_a_name_are_there(desk, ethnicity):
    page = read_in(desk, ethnicity, book(DATA)).text
    assert "Not read, as it stands above the names of the columns: “Leicester City Council”." in page
    assert CountFile.objects.get().headings == [*WIDE[:5], ""]
    assert "(column 6)" in page


def test_of_several_sheets_one_is_named(desk, ethnicity):
    content = book([["made by", "HR"], ["on", "1 May"]], DATA)
    page = read_in(desk, ethnicity, content, source="Employment report").text
    assert "This workbook has several sheets with a table: “Cover” and “Data”. Write which one to read." in page
    assert 'value="Employment report"' in page
    assert "There is no sheet “Figures” with a table" in read_in(desk, ethnicity, content, sheet="Figures").text
    assert not CountFile.objects.exists()
    read_in(desk, ethnicity, content, sheet="data")
    assert CountFile.objects.get().headings == [*WIDE[:5], ""]


@pytest.mark.parametrize("rows", [[["Division", "BME"]], [], [["Title"], ["Division", "BME", "White"]]])
def test_a_sheet_without_rows_is_refused(desk, ethnicity, rows):
    assert "There are no rows below the names of the columns." in read_in(desk, ethnicity, book(rows)).text


def test_an_answer_that_is_used_no_longer_is_asked_for_again(desk, ethnicity, keeper):
    read_in(desk, ethnicity, book(DATA))
    file = CountFile.objects.get()
    answers = [f"answer:{ethnicity.categories.get(name=name).pk}" for name in WIDE[2:5]]
    counts.say_columns(file=file, roles=["unit", "tier", *answers, ""], by=keeper)
    Category.objects.filter(name="Not known").delete()
    page = desk.get(reverse("admin:representation_countfile_look", args=[file.pk])).text
    assert "count an answer that is not used on this day" in page
    read_in(desk, ethnicity, book(DATA))
    assert CountFile.objects.latest("pk").roles == ["unit", "tier", *answers[:2], "", ""]


def test_of_two_columns_with_one_heading_the_one_that_is_something_is_remembered(desk, ethnicity, keeper):
    read_in(desk, ethnicity, b"Unit,An  swer,People,An swer,\xe2\x80\x8b\nHousing,BME,4,,\n", "report.csv")
    roles = ["unit", "category", "number", "", ""]
    for _ in range(2):
        counts.say_columns(file=CountFile.objects.latest("pk"), roles=roles, by=keeper)
    read_in(desk, ethnicity, b"Unit,an swer,People\nHousing,BME,4\n", "report.csv")
    assert CountFile.objects.latest("pk").roles == ["unit", "category", "number"]


def test_percentages_are_taken_over_as_the_workbook_shows_them(desk, ethnicity, keeper):
    rows = [["Unit", "Answer", "Share"], ["Housing", "BME", 0.4], ["Housing", "White", 1 / 3]]
    read_in(desk, ethnicity, book(rows, shown="0%"))
    counts.say_columns(file=CountFile.objects.get(), roles=["unit", "category", "percent"], by=keeper)
    counts.make_snapshot(file=CountFile.objects.for_steps().get(), by=keeper)
    found = HeadCount.objects.order_by("pk").values_list("percent", flat=True)
    assert list(found) == [Decimal("40.00"), Decimal("33.33")]


def test_figures_of_one_day_and_source_are_read_in_once_and_then_corrected(desk, ethnicity, keeper):
    for _ in range(2):  # two people, each of whom has read it in
        read_in(desk, ethnicity, b"Unit,BME,White,Not known\nHousing,4,6,1\n", "report.csv")
    first, second = CountFile.objects.order_by("pk")
    answers = [f"answer:{one.pk}" for one in ethnicity.categories.order_by("pk")]
    for file in (first, second):
        counts.say_columns(file=file, roles=["unit", *answers], by=keeper)
    made = counts.make_snapshot(file=CountFile.objects.for_steps().get(pk=first.pk), by=keeper)
    for again in (counts.make_snapshot, counts.take_counts):
        with pytest.raises(NotPossible, match="are here already"):
            again(file=CountFile.objects.for_steps().get(pk=second.pk), by=keeper)
    page = read_in(desk, ethnicity, b"Unit,BME\nHousing,4\n", "report.csv", source="REPORT ").text
    assert "Figures of 31 March 2020 from “REPORT” are here already." in page
    assert 'value="REPORT' in page
    read_in(desk, ethnicity, b"Unit,BME\nHousing,4\n", "report.csv", corrects=made.pk, why="One was miscounted.")
    assert CountFile.objects.count() == 3
    read_in(desk, ethnicity, b"Unit,BME\nHousing,4\n", "report.csv", taken_on="31 March 2019")
    assert CountFile.objects.count() == 4


def test_a_file_of_one_side_alone_says_so_before_it_is_taken_over(desk, ethnicity, keeper):
    read_in(desk, ethnicity, b"Unit,Answer,People\nHousing,BME,4\n", "report.csv")
    file = CountFile.objects.get()
    counts.say_columns(file=file, roles=["unit", "category", "number"], by=keeper)
    assert ALL_OF_THEM in desk.get(reverse("admin:representation_countfile_look", args=[file.pk])).text
    assert ALL_OF_THEM in desk.get(reverse("admin:representation_countfile_step", args=[file.pk, "take_counts"])).text


def test_what_nothing_can_be_taken_from_says_why(desk, ethnicity, keeper):
    read_in(desk, ethnicity, b"Unit,Answer,People\nHousing,Martian,4\n", "report.csv")
    file = CountFile.objects.get()
    counts.say_columns(file=file, roles=["unit", "category", "number"], by=keeper)
    page = desk.get(reverse("admin:representation_countfile_look", args=[file.pk])).text
    assert "Line 2, Answer: There is no answer “Martian”. Add it to the characteristic, or correct the file." in page
    with pytest.raises(NotPossible, match="nothing in it that could be taken over. There is no answer “Martian”"):
        counts.make_snapshot(file=CountFile.objects.for_steps().get(), by=keeper)


def test_a_name_that_several_units_or_tiers_have_is_a_question(desk, ethnicity, keeper):
    provider = ethnicity.provider
    first, _ = (make_unit(provider=provider, name="Administration") for _ in range(2))
    first.code = "A1"
    first.save()
    for order, (name, track) in enumerate(
        (("Band 8a", "clinical"), ("Band 8a", "non_clinical"), ("Director", "clinical"), ("Director", ""))
    ):
        Tier.objects.create(provider=provider, order=order, name=name, track=track)
    rows = ["administration,Director,4", "A1,Director,5", "Housing,Band 8a,6", 'Housing,"Band 8a, clinical",7']
    table = "Unit,Grade,BME\n" + "\n".join(rows) + "\n"
    read_in(desk, ethnicity, table.encode(), "report.csv")
    bme = ethnicity.categories.get(name="BME").pk
    counts.say_columns(file=CountFile.objects.get(), roles=["unit", "tier", f"answer:{bme}"], by=keeper)
    page = desk.get(reverse("admin:representation_countfile_look", args=[CountFile.objects.get().pk])).text
    assert "Line 2, Unit: Several units are called “Administration” on that day. Write the code" in page
    assert (
        "Line 4, Grade: Several tiers are called “Band 8a”. Write which one is meant, as in “Band 8a, non-clinical”."
        in page
    )
    made = counts.make_snapshot(file=CountFile.objects.for_steps().get(), by=keeper)
    found = [(one.unit_id == first.pk, str(one.tier), one.number) for one in made.counts.order_by("pk")]
    assert found == [(True, "Director", 5), (False, "Band 8a, clinical", 7)]


def test_a_unit_under_two_names_is_counted_once(desk, ethnicity, keeper):
    unit = make_unit(provider=ethnicity.provider, name="Housing")
    unit.code = "H1"
    unit.save()
    read_in(desk, ethnicity, b"Unit,BME\nHousing,4\nh1,5\nParks,6\n", "report.csv")
    bme = ethnicity.categories.get(name="BME").pk
    counts.say_columns(file=CountFile.objects.get(), roles=["unit", f"answer:{bme}"], by=keeper)
    page = desk.get(reverse("admin:representation_countfile_look", args=[CountFile.objects.get().pk])).text
    assert "Line 3, Unit: “h1” is counted in line 2 already, as “Housing”." in page
    made = counts.make_snapshot(file=CountFile.objects.for_steps().get(), by=keeper)
    assert [str(one.unit) for one in made.counts.select_related("unit")] == ["Parks"]
