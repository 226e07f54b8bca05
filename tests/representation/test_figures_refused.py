"""What is refused of figures of a workforce: what belongs to others, what cannot be, and what is over."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from applications.roles import RoleName
from representation import jobs
from representation.actions import counts, releases
from representation.measuring import counting
from representation.models import CountFile, Snapshot
from representation.reading.figures import CATEGORY, NUMBER, UNIT
from steppingup import clock
from steppingup.history.lifecycle import NotPossible
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R9")]
COUNTS = {("Housing", "Officer"): (60, 140, 10)}


@pytest.fixture
def provider():
    return ProviderFactory(name="Leicester City Council")


@pytest.fixture
def keeper(provider):
    return staff(RoleName.EQUALITY, provider)


@pytest.fixture
def ethnicity(provider):
    return make.characteristic(provider)


def file_of(ethnicity, by, **more) -> CountFile:
    """One row for each count."""
    said = {
        "provider": ethnicity.provider,
        "name": "report.csv",
        "digest": "0",
        "headings": ["Division", "Answer", "People"],
        "lines": [(2, ["Housing", "BME", "4"])],
        "taken_on": clock.today() - timedelta(days=9),
        "source": "Report",
        "characteristic": ethnicity,
    }
    return counts.read_counts_file(by=by, **{**said, **more})


def test_a_file_of_another_provider_or_of_a_day_to_come_is_refused(ethnicity, keeper):
    with pytest.raises(NotPossible, match="characteristic of this provider"):
        file_of(ethnicity, keeper, provider=ProviderFactory())
    with pytest.raises(NotPossible, match="today or an earlier day"):
        file_of(ethnicity, keeper, taken_on=clock.today() + timedelta(days=1))


def test_only_figures_of_the_provider_that_stand_can_be_corrected(ethnicity, keeper):
    others = make.snapshot(make.characteristic(ProviderFactory()), COUNTS)
    with pytest.raises(NotPossible, match="figures of this provider"):
        file_of(ethnicity, keeper, corrects=others, why="A column was shifted.")
    wrong = make.snapshot(ethnicity, COUNTS)
    make.snapshot(ethnicity, COUNTS, corrects=wrong, why="A column was shifted.")
    wrong = Snapshot.objects.for_steps().get(pk=wrong.pk)
    with pytest.raises(NotPossible, match="corrected already"):
        file_of(ethnicity, keeper, corrects=wrong, why="Once more.")
    with pytest.raises(NotPossible, match="Publish the correction"):
        releases.publish_snapshot(snapshot=wrong, by=keeper)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [(["Housing", "BME", "x"], "nothing in it"), (["Housing", "Martian", "4"], "There is no answer “Martian”")],
)
def test_a_file_without_counts_or_with_an_answer_that_nobody_knows_makes_no_snapshot(ethnicity, keeper, row, sentence):
    file = counts.say_columns(
        file=file_of(ethnicity, keeper, lines=[(2, row)]), roles=[UNIT, CATEGORY, NUMBER], by=keeper
    )
    with pytest.raises(NotPossible, match=sentence):
        counts.make_snapshot(file=file, by=keeper)
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize("roles", [[UNIT], [UNIT, CATEGORY, "something else"], []])
def test_every_column_is_said_to_be_something_that_there_is(ethnicity, keeper, roles):
    file = file_of(ethnicity, keeper, lines=[(2, ["Housing", "BME", "4"])])
    with pytest.raises(NotPossible, match="Choose what each column is"):
        counts.say_columns(file=file, roles=roles, by=keeper)


def test_figures_for_which_no_numbers_are_safe_are_not_published(ethnicity, keeper, monkeypatch):
    def nothing(*given, **more):
        raise counting.NothingFits

    monkeypatch.setattr(counting, "release", nothing)
    with pytest.raises(NotPossible, match="No rounded numbers are safe"):
        releases.make_release(snapshot=make.snapshot(ethnicity, COUNTS), by=keeper)


def test_figures_without_tiers_are_published_as_units_alone(ethnicity, keeper):
    snapshot = make.snapshot(ethnicity, {("Housing", ""): (60, 140, 10), ("Parks", ""): (1, 4, 0)})
    release = releases.make_release(snapshot=snapshot, by=keeper)
    assert {row.key[1] for row in release.rows} == {counting.EVERYBODY}
    assert sorted(row.people for row in release.rows) == [5, 210, 215]


@pytest.mark.parametrize("work", [jobs.take_counts, jobs.publish])
def test_a_job_whose_subject_was_removed_ends_with_a_sentence(work):
    with pytest.raises(NotPossible, match="removed"):
        work(SimpleNamespace(about=None, started_by=None), lambda *given, **more: None)
