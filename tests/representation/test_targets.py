"""Targets: what is wanted by when, how it stands beside published figures, what it would take, and whether the parts reach the whole."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import releases, targets, units
from representation.actions.units import make_unit, put_version
from representation.measuring import aims
from representation.models import RecruitmentFigure, Target, TargetStep, Tier, Unit
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import day
from tests.staff import take_step, with_second_factor

FIGURES = {("Housing", "Officer"): (300, 700, 10), ("Parks", "Officer"): (500, 500, 20)}
WANTED = {date(2012, 12, 31): "48.0", date(2017, 12, 31): "50.2"}


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


def published(ethnicity, keeper, day, counts=FIGURES):
    return releases.make_release(snapshot=make.snapshot(ethnicity, counts, day), by=keeper)


def page_of(desk, target, **asked) -> str:
    answer = desk.get(reverse("admin:representation_target_look", args=[target.pk]), asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def fresh(target: Target) -> Target:
    return Target.objects.for_steps().get(pk=target.pk)


# -- pages -------------------------------------------------------------------------------------------

pages = pytest.mark.django_db


def form_of(ethnicity, steps, **more) -> dict[str, str]:
    """A target as it is sent from its page."""
    values = {
        "characteristic": ethnicity.pk,
        "unit": "",
        "tiers": "all",
        "tier": "",
        "part_of": "",
        "begins_on": "1 January 2008",
        "begins_at": "44.0",
        "source": "Reach Higher, measure 4",
        "watched_from": "1 January 2008",
        "watched_until": "31 December 2013",
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": 0,
        **more,
    }
    for place, (due, percent, label) in enumerate(steps):
        values |= {f"steps-{place}-due_on": due, f"steps-{place}-percent": percent, f"steps-{place}-label": label}
    return {key: str(value) for key, value in values.items()}


@pages
@pytest.mark.requirement("R11")
def test_the_targets_of_leicester_are_entered_with_their_days_and_labels(desk, provider, ethnicity):
    steps = [("31 December 2013", "48.0", "2012"), ("31 December 2017", "50.2", "2017")]
    sent = form_of(ethnicity, steps, provider=provider.pk)
    answer = desk.post(reverse("admin:representation_target_add"), sent, follow=True)
    assert "errors" not in answer.content.decode().split("</form>")[0].lower() or Target.objects.exists()
    target = fresh(Target.objects.get())
    assert [(step.due_on, step.percent, step.doubt) for step in target.in_order] == [
        (date(2013, 12, 31), Decimal("48.00"), "2012"),
        (date(2017, 12, 31), Decimal("50.20"), ""),
    ]
    said = page_of(desk, target)
    assert "The source calls 48.0% “2012”, and its day is 31 December 2013. The day counts." in said
    assert "Monitored from 1 January 2008 to 31 December 2013" in said
    assert "nothing can be said yet" in said
    assert "there are none with a number yet" in said


BAD = {
    "no step": ([], {}, "Add at least one step"),
    "a step before it begins": ([("31 December 2007", "48", "")], {}, "A step has a later day."),
    "a share of more than all": ([("31 December 2012", "148", "")], {}, "Enter 100 or less."),
    "one tier without its name": ([("31 December 2012", "48", "")], {"tiers": "one"}, "Choose the tier."),
    "watched backwards": (
        [("31 December 2012", "48", "")],
        {"watched_until": "31 December 2006"},
        "The last day is before the first.",
    ),
    "two steps for one day": (
        [("31 December 2012", "48", ""), ("31 December 2012", "49", "")],
        {},
        "Please correct the duplicate",
    ),
    "no source": ([("31 December 2012", "48", "")], {"source": ""}, "Fill in"),
}


@pages
@pytest.mark.parametrize("case", BAD)
def test_a_target_that_cannot_be_has_a_sentence_at_its_field_and_nothing_is_lost(desk, provider, ethnicity, case):
    steps, more, sentence = BAD[case]
    sent = form_of(ethnicity, steps, provider=provider.pk, **more)
    said = desk.post(reverse("admin:representation_target_add"), sent).content.decode()
    assert not Target.objects.exists()
    assert sentence in said
    assert "44.0" in said


@pages
def test_things_of_another_provider_are_no_choice(desk, provider, ethnicity):
    strange = make.characteristic(ProviderFactory())
    make.snapshot(strange, {("Strangers", "Strange tier"): (1, 2, 3)})
    theirs = make.target(strange, WANTED)
    for more in (
        {"characteristic": strange.pk},
        {"unit": Unit.objects.get().pk},
        {"tiers": "one", "tier": Tier.objects.get().pk},
        {"part_of": theirs.pk},
    ):
        sent = form_of(ethnicity, [("31 December 2012", "48", "")], provider=provider.pk, **more)
        said = desk.post(reverse("admin:representation_target_add"), sent).content.decode()
        assert "Strangers" not in said
        assert Target.objects.count() == 1


@pages
def test_a_target_is_no_part_of_itself_however_far_up(desk, ethnicity):
    whole = make.target(ethnicity, WANTED)
    part = make.target(ethnicity, WANTED, part_of=whole)
    step = whole.steps.first()
    sent = form_of(ethnicity, [], part_of=part.pk, **{"steps-TOTAL_FORMS": 1, "steps-INITIAL_FORMS": 1})
    sent |= {"steps-0-id": str(step.pk), "steps-0-due_on": "31 December 2012", "steps-0-percent": "48"}
    said = desk.post(reverse("admin:representation_target_change", args=[whole.pk]), sent).content.decode()
    assert "A target is no part of itself." in said
    other = make.target(make.characteristic(ethnicity.provider, "Disability"), WANTED)
    sent |= {"part_of": str(other.pk)}
    said = desk.post(reverse("admin:representation_target_change", args=[whole.pk]), sent).content.decode()
    assert "counted by something else" in said


@pages
@pytest.mark.requirement("R11")
def test_a_share_far_below_the_way_is_behind_and_one_near_it_is_too_few_to_tell(desk, ethnicity, keeper):
    target = make.target(ethnicity, WANTED, begins=(date(2008, 1, 1), "44"))
    published(ethnicity, keeper, date(2009, 12, 31), {("Housing", "Officer"): (300, 700, 10)})
    said = page_of(desk, target)
    assert "Behind:" in said
    assert "45.6% was wanted by then" in said
    near = {("Housing", "Officer"): (470, 530, 10)}
    published(ethnicity, keeper, date(2011, 12, 31), near)
    assert "Too few to tell:" in page_of(desk, target)
    published(ethnicity, keeper, date(2018, 12, 31), {("Housing", "Officer"): (700, 300, 10)})
    assert "On track:" in page_of(desk, target)
    listed = desk.get(reverse("admin:representation_target_changelist")).content.decode()
    assert "On track" in listed


@pages
def test_the_picture_has_a_table_and_a_file_with_the_same_days(desk, ethnicity, keeper):
    target = make.target(ethnicity, WANTED)
    published(ethnicity, keeper, date(2009, 12, 31))
    said = page_of(desk, target)
    assert "<svg" in said
    assert "su-line-aim" in said
    sent = desk.get(reverse("admin:representation_target_look", args=[target.pk]), {"export": "csv"})
    rows = list(csv.DictReader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig"))))
    assert [row["What it is"] for row in rows] == ["Where it begins", "Figures", "Wanted", "Wanted"]
    assert rows[1]["Wanted (%)"] == "43.2"
    assert rows[1]["What can be said"] == "Behind"


@pages
def test_the_list_is_a_file_with_how_each_stands(desk, ethnicity, keeper):
    make.target(ethnicity, WANTED)
    published(ethnicity, keeper, date(2009, 12, 31), {("Housing", "Officer"): (300, 700, 10)})
    sent = desk.get(reverse("admin:representation_target_changelist"), {"export": "csv"})
    (row,) = csv.DictReader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig")))
    assert (row["Wanted (%)"], row["What can be said"], row["Unit"]) == ("50.20", "Behind", "Everybody")


@pages
def test_a_target_of_fewer_than_fifteen_people_shows_no_number(desk, ethnicity, keeper):
    figures = {("Housing", "Officer"): (300, 700, 10), ("Board", "Director"): (2, 7, 0)}
    published(ethnicity, keeper, date(2009, 12, 31), figures)
    board = Unit.objects.get(versions__name="Board")
    target = make.target(ethnicity, WANTED, unit=board)
    said = page_of(desk, target)
    assert "there were too few people for a number" in said
    assert "there are none with a number yet" in said


@pages
def test_figures_of_units_that_were_merged_count_for_the_one_they_became(desk, ethnicity, keeper):
    published(ethnicity, keeper, date(2009, 3, 1))
    housing, parks = (Unit.objects.for_steps().get(versions__name=name) for name in ("Housing", "Parks"))
    merged = units.merge_units(unit=housing, others=[parks], name="Places", on=date(2009, 4, 1), by=keeper)
    published(ethnicity, keeper, date(2010, 3, 1), {("Places", "Officer"): (820, 1180, 30)})
    target = make.target(
        ethnicity, WANTED, unit=merged if isinstance(merged, Unit) else Unit.objects.get(versions__name="Places")
    )
    said = page_of(desk, target)
    assert said.count("Employment Monitoring Report") == 2


# -- what it would take, on its page -----------------------------------------------------------------


def recruited(ethnicity, **more):
    about = {"from_on": date(2019, 4, 1), "until_on": date(2020, 3, 31), "source": "Recruitment 2019/20"}
    return RecruitmentFigure.objects.create(provider=ethnicity.provider, characteristic=ethnicity, **about, **more)


@pages
@pytest.mark.requirement("R11")
def test_assumptions_come_from_recruitment_and_are_said_in_words(desk, ethnicity, keeper):
    target = make.target(ethnicity, {date(2040, 12, 31): "48"}, begins=(date(2019, 1, 1), "40"))
    published(ethnicity, keeper, date(2020, 3, 31))
    said = page_of(desk, target)
    assert "Nobody has entered how many leave, so we assume 10% a year." in said
    assert "assume that they are like those who are there now" in said
    recruited(ethnicity, group_appointed=120, others_appointed=120, group_left=100, others_left=140, unknown_left=0)
    said = page_of(desk, target)
    assert "12% leave in a year: 240 of 2,030 (Recruitment 2019/20" in said
    assert "50% of those who were appointed are from the group: 240 appointments" in said


@pages
def test_without_recruitment_the_share_of_appointments_is_worked_out_of_two_figures(desk, ethnicity, keeper):
    target = make.target(ethnicity, {date(2030, 12, 31): "48"}, begins=(date(2018, 1, 1), "40"))
    published(ethnicity, keeper, date(2018, 3, 31), {("Housing", "Officer"): (400, 600, 0)})
    published(ethnicity, keeper, date(2020, 3, 31), {("Housing", "Officer"): (440, 560, 0)})
    assert re.search(
        r"between 31 March 2018 and 31 March 2020, about (5[5-9]|6[0-7])% were from the group", page_of(desk, target)
    )


@pages
def test_sliders_change_what_is_said_and_a_wrong_number_has_a_sentence(desk, ethnicity, keeper):
    target = make.target(ethnicity, {day(2_300): "48"}, begins=(day(-700), "40"))
    published(ethnicity, keeper, day(-200))
    said = page_of(desk, target, turnover=20, growth=0, appointed=90)
    assert "90% of those who are appointed are from the group." in said
    assert "If 90% of those who are appointed are from the group, 48.0% is reached" in said
    said = page_of(desk, target, turnover=20, growth=0, appointed=10)
    assert "48.0% is not reached within 40 years." in said
    said = page_of(desk, target, turnover=1, growth=0, appointed=41)
    assert f"cannot be reached by {english.day_date(day(2_300))}" in said
    for wrong in ({"turnover": "x", "growth": 0, "appointed": 1}, {"turnover": 90, "growth": 0, "appointed": 1}):
        said = page_of(desk, target, **wrong)
        assert "Enter a whole number from 1 to 60." in said
        assert "The years ahead" not in said


@pages
def test_a_target_whose_day_is_over_says_so_and_when_it_would_be_reached(desk, ethnicity, keeper):
    target = make.target(ethnicity, WANTED)
    published(ethnicity, keeper, date(2020, 3, 31))
    said = page_of(desk, target, turnover=12, growth=0, appointed=70)
    assert "Its last day, 31 December 2017, has passed." in said
    assert "is reached between" in said
    assert "is reached never" not in said
    assert aims.years_between(date(2020, 3, 31), date(2017, 12, 31)) == 0


# -- divided among units -----------------------------------------------------------------------------


@pytest.fixture
def council(ethnicity, keeper):
    """A council with two divisions, published."""
    whole = make_unit(provider=ethnicity.provider, name="Council", kind="organisation")
    snapshot = make.snapshot(ethnicity, FIGURES, date(2009, 12, 31))
    for unit in Unit.objects.exclude(pk=whole.pk):
        put_version(unit=unit, from_on=None, name=str(unit), parent=whole)
    releases.make_release(snapshot=snapshot, by=keeper)
    return whole


@pages
@pytest.mark.requirement("R12")
def test_a_target_is_divided_among_divisions_which_reach_it_together(desk, ethnicity, council):
    target = make.target(ethnicity, WANTED, unit=council)
    said = take_step(desk, reverse("admin:representation_target_step", args=[target.pk, "divide_target"]))
    parts = {str(part.unit): fresh(part) for part in Target.objects.filter(part_of=target)}
    assert set(parts) == {"Housing", "Parks"}
    assert [step.due_on for step in parts["Housing"].in_order] == list(WANTED)
    rises = {name: part.last.percent - part.begins_at for name, part in parts.items()}
    assert abs(rises["Housing"] - rises["Parks"]) <= Decimal("0.2")
    assert said is not None
    shown = page_of(desk, target)
    assert "That is enough for 50.2%." in shown
    assert "Part of" in page_of(desk, parts["Housing"])


@pages
@pytest.mark.requirement("R12")
def test_parts_that_do_not_reach_the_whole_say_by_how_much(desk, ethnicity, council):
    target = make.target(ethnicity, WANTED, unit=council)
    housing = Unit.objects.get(versions__name="Housing")
    make.target(ethnicity, {date(2017, 12, 31): "38"}, unit=housing, part_of=target, begins=(date(2009, 12, 31), "30"))
    said = page_of(desk, target)
    found = re.search(
        r"the whole comes to ([\d.]+)%\. 50\.2% is wanted, so (\d+) more people are needed: ([\d.]+) points", said
    )
    assert found
    percent, people, points = Decimal(found[1]), int(found[2]), Decimal(found[3])
    assert percent + points == Decimal("50.2")
    assert abs(people - points * 20) <= 2
    assert "Everybody else" in said


@pages
def test_a_part_inside_another_part_is_counted_once(desk, ethnicity, council):
    target = make.target(ethnicity, WANTED)
    housing = Unit.objects.get(versions__name="Housing")
    for unit in (council, housing):
        make.target(ethnicity, WANTED, unit=unit, part_of=target)
    assert "Housing, all tiers lies inside another part" in page_of(desk, target)


@pages
def test_what_cannot_be_divided_says_why(ethnicity, keeper):
    def refused(target, sentence):
        with pytest.raises(NotPossible, match=sentence):
            targets.divide_target(target=fresh(target), by=keeper)

    target = make.target(ethnicity, WANTED)
    refused(make.target(ethnicity, {}), "Add a step first")
    refused(target, "no published figures")
    published(ethnicity, keeper, date(2009, 12, 31))
    housing = Unit.objects.get(versions__name="Housing")
    refused(make.target(ethnicity, WANTED, unit=housing), "no figures of units below")
    targets.divide_target(target=fresh(target), by=keeper)
    refused(target, "has its target")
    published(ethnicity, keeper, date(2018, 12, 31))
    refused(target, "last day is over")


@pages
def test_a_division_with_too_few_people_gets_no_target_and_that_is_said(desk, ethnicity, keeper):
    figures = {**FIGURES, ("Board", "Director"): (2, 7, 0)}
    published(ethnicity, keeper, date(2009, 12, 31), figures)
    target = make.target(ethnicity, WANTED)
    address = reverse("admin:representation_target_step", args=[target.pk, "divide_target"])
    assert "1 unit below has too few people for a number" in desk.post(address, {}).content.decode()


@pages
def test_a_target_can_be_deleted_and_its_parts_stay(desk, ethnicity):
    whole = make.target(ethnicity, WANTED)
    part = make.target(ethnicity, WANTED, part_of=whole)
    desk.post(reverse("admin:representation_target_delete", args=[whole.pk]), {"post": "yes"})
    assert list(Target.objects.values_list("pk", "part_of")) == [(part.pk, None)]
    assert TargetStep.objects.count() == 2
