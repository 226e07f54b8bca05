"""“Did it work?”: what became of graduates is published for the equality lead, without names, and shown with bounds (B58, C7, L9)."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import stories
from cohorts.states.destinations import Move
from funding.queries import fees_agreed
from representation import costs, evidence
from representation.actions import outcomes as publishing
from representation.models import OutcomeRelease, OutcomeStudy
from representation.models.outcomes import APART
from representation.states import Outcome
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from tests.factories import outcomes as make
from tests.factories import stories as telling
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import ProgrammeFactory, RunningCohortFactory, do_days
from tests.factories.funding import taken_up
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B58")]
LIST = reverse("admin:representation_outcomestudy_changelist")


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
def study(provider):
    return make.study(ProgrammeFactory(provider=provider))


@pytest.fixture
def cohorts(study):
    return [
        make.cohort_of(study.programme, 6, 6, 4, name="Spring 2019"),
        make.cohort_of(study.programme, 2, 3, 1, name="Spring 2020"),
    ]


def publish(study, keeper) -> OutcomeRelease:
    return publishing.publish_outcomes(study=study, by=keeper)


def page(study, **more) -> str:
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return f"{reverse('admin:representation_outcomestudy_outcomes', args=[study.pk])}?{query}"


def step(study) -> str:
    return reverse("admin:representation_outcomestudy_step", args=[study.pk, "publish_outcomes"])


def rows_of(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))


def test_those_who_completed_are_counted_and_the_silent_are_neither_yes_nor_no(study, cohorts):
    people = publishing.graduates_of(study)
    parts = publishing.parts_of(people, Outcome.STEPPED, 12, clock.today())
    first, second = (parts[cohort.pk] for cohort in cohorts)
    assert (first.people, first.yes, first.no, first.silent) == (16, 6, 6, 4)
    assert (second.people, second.yes, second.no, second.silent) == (6, 2, 3, 1)
    at_the_end = publishing.parts_of(people, Outcome.STEPPED, 0, clock.today())[cohorts[0].pk]
    assert (at_the_end.yes, at_the_end.no, at_the_end.silent) == (0, 12, 4)
    wider = publishing.parts_of(people, Outcome.WIDER, 12, clock.today())[cohorts[0].pk]
    # Whoever was promoted said nothing after the sixth month, so of their responsibility a year on nobody knows.
    assert (wider.yes, wider.no, wider.silent) == (6, 0, 10)


def test_a_moment_that_has_not_come_is_nobodys_silence(study):
    cohort = RunningCohortFactory(programme=study.programme)
    make.graduate(cohort, {0: [Move.SAME]}, days_ago=30)
    people = publishing.graduates_of(study)
    assert publishing.parts_of(people, Outcome.STEPPED, 0, clock.today())[cohort.pk].people == 1
    assert publishing.parts_of(people, Outcome.STEPPED, 6, clock.today()) == {}


def test_an_answer_that_was_replaced_does_not_count(study):
    cohort = RunningCohortFactory(programme=study.programme)
    one = make.graduate(cohort, {})
    first = make.say(one, 0, Move.PROMOTED)
    type(first).objects.filter(pk=first.pk).update(replaced_at=clock.now())
    make.say(one, 0, Move.SAME)
    found = publishing.parts_of(publishing.graduates_of(study), Outcome.STEPPED, 0, clock.today())[cohort.pk]
    assert (found.yes, found.no) == (0, 1)


def test_a_release_has_rounded_numbers_of_fifteen_people_or_more(study, cohorts, keeper):
    release = publish(study, keeper)
    groups = {group for group, *_ in release.tallies()}
    assert groups == {0, cohorts[0].pk}  # six graduates of the second cohort have no number
    found = release.tallies()[0, Outcome.STEPPED, 12]
    assert found.people == 22
    assert abs(found.yes - 8) <= 4
    assert found.yes % 5 == 0
    assert release.apart[f"0 {Outcome.STEPPED.value} 12"][0] == 8 - found.yes
    assert str(release) == f"{study}, {clock.today():%-d %B %Y}"


def test_newer_figures_come_by_the_calendar(study, cohorts, keeper):
    first = publish(study, keeper)
    with pytest.raises(NotPossible, match="Newer ones can be published from") as refused:
        publish(study, keeper)
    assert refused.value.code == "outcomes_too_soon"
    with time_machine.travel(clock.local() + APART):
        second = publish(study, keeper)
    kept = [key for key in first.tallies() if key in second.tallies()]
    # The same answers give the same numbers: publishing again tells nothing.
    assert [first.tallies()[key] for key in kept] == [second.tallies()[key] for key in kept]


def test_fewer_than_fifteen_graduates_have_no_figures(study, keeper, desk):
    make.cohort_of(study.programme, 5, 5, 4)
    with pytest.raises(NotPossible, match="Fewer than 15 people have completed") as refused:
        publish(study, keeper)
    assert refused.value.code == "too_few_graduates"
    text = desk.get(page(study)).text
    assert "Nothing has been published yet" in text
    assert step(study) not in text
    assert "Fewer than 15 people have completed" in desk.get(step(study), follow=True).text
    assert "Nobody has agreed yet that papers may use their story" in text


def test_only_the_equality_lead_of_the_provider_publishes(study, cohorts, provider):
    for user in (staff(RoleName.COORDINATOR, provider), staff(RoleName.EQUALITY, ProviderFactory())):
        with pytest.raises(NotAllowed):
            publish(study, user)


def test_a_programme_is_followed_up_published_and_read(desk, provider, cohorts, study):
    programme = ProgrammeFactory(provider=provider, name="Aspire")
    theirs = ProgrammeFactory(name="Somebody else’s")
    add = reverse("admin:representation_outcomestudy_add")
    text = desk.get(add).text
    assert "Aspire" in text
    assert "Somebody else’s" not in text
    desk.post(add, {"programme": programme.pk, "_save": "Save"})
    assert OutcomeStudy.objects.filter(programme=programme).exists()
    assert desk.post(add, {"programme": theirs.pk}).status_code == 200
    assert not OutcomeStudy.objects.filter(programme=theirs).exists()
    assert "followed up already" in desk.post(add, {"programme": programme.pk}).text
    take_step(desk, step(study))
    release = OutcomeRelease.objects.get()
    text = desk.get(page(study)).text
    assert "After 12 months" in text
    assert "Spring 2019" in text
    assert "Still there" in text
    assert "The same as a table" in text
    assert f"{release.tallies()[0, Outcome.STEPPED, 12].yes}</td>" in text
    text = desk.get(page(study, cohort=cohorts[1].pk)).text
    assert "Too few people to tell" in text
    assert 'role="img"' not in text
    assert 'role="img"' in desk.get(page(study, cohort=cohorts[0].pk)).text
    for wrong in ("x", "²", "9" * 30, "-1"):
        assert desk.get(page(study, cohort=wrong, release=wrong)).status_code == 200
    assert "Last published" in desk.get(LIST).text


def test_no_name_is_on_the_page_or_in_the_file(desk, study, keeper):
    cohort = RunningCohortFactory(programme=study.programme, capacity=60)
    for number in range(16):
        make.graduate(cohort, {0: [Move.PROMOTED]}, participant__full_name=f"Zelda {number}")
    publish(study, keeper)
    for one in (page(study), page(study, cohort=cohort.pk)):
        assert "Zelda" not in desk.get(one).text
    assert not [row for row in rows_of(desk.get(page(study, export="csv"))) if "Zelda" in str(row)]


def test_the_file_has_everybody_and_each_cohort(desk, study, cohorts, keeper):
    release = publish(study, keeper)
    rows = rows_of(desk.get(page(study, export="csv")))
    assert {row["People of"] for row in rows} == {"Everybody who completed", "Spring 2019", "Spring 2020"}
    one = next(row for row in rows if row["What"].startswith("Stepped up") and row["Moment"] == "After 12 months")
    found = release.tallies()[0, Outcome.STEPPED, 12]
    assert one["About so many said yes"] == str(found.yes)
    assert one["People"] == "22"
    small = [row for row in rows if row["People of"] == "Spring 2020"]
    assert {row["Why there is no number"] for row in small} == {"Too few people to tell"}
    assert {row["About so many said yes"] for row in small} == {""}
    assert desk.get(page(study, export="xlsx")).status_code == 200


@pytest.mark.requirement("C7", "L9")
def test_beside_the_figures_stands_what_was_agreed_to_for_papers(desk, study, cohorts, keeper, provider):
    by = staff(RoleName.COORDINATOR, provider)
    several = list(cohorts[0].enrolments.all()[:3])
    shown = telling.agreed(telling.worded(telling.told(several[0], title="One of us", quote="I chair it."), by))
    telling.agreed(telling.worded(telling.told(several[1], title="Pages only", in_papers=False), by))
    telling.told(several[2], title="Not agreed")
    text = desk.get(page(study)).text
    assert "I chair it." in text
    assert str(several[0].participant) not in text
    assert "Pages only" not in text
    assert "Not agreed" not in text
    publish(study, keeper)
    assert "I chair it." not in desk.get(page(study, cohort=cohorts[1].pk)).text
    stories.withdraw(story=shown, by=several[0].participant)
    assert "I chair it." not in desk.get(page(study)).text


def test_an_earlier_release_stays_to_be_read(desk, study, cohorts, keeper):
    first = publish(study, keeper)
    with time_machine.travel(clock.now() + APART + timedelta(days=1)):
        publish(study, keeper)
    assert "These are not the newest." in desk.get(page(study, release=first.pk)).text
    assert desk.get(reverse("admin:representation_outcomestudy_delete", args=[study.pk])).status_code != 200


def test_what_a_step_up_cost_is_an_interval_and_says_what_is_left_out(desk, study, cohorts, keeper):
    release = publish(study, keeper)
    text = desk.get(page(study)).text
    assert "There is nothing to work it out from yet." in text
    assert "Left out: fees, as none were agreed; released days" in text
    change = reverse("admin:representation_outcomestudy_change", args=[study.pk])
    assert "0" in desk.post(change, {"released_day": "-1"}).text
    desk.post(change, {"released_day": "200", "coordinator_days": "30.5", "coordinator_day": "400"})
    do_days(cohorts[0].enrolments.first(), cohorts[0].plan.components.first().key, 3)
    study.refresh_from_db()
    found = costs.cost_of(study, release)
    assert found.parts == [
        ("3 days that participants did, at £200", 600),
        ("30½ days of coordinators, at £400", 12_200),
    ]
    assert (found.total, found.months) == (12_800, 12)
    text = desk.get(page(study)).text
    assert "for each person who stepped up" in text
    assert "30½ days of coordinators" in text
    assert "for each person who stepped up" not in desk.get(page(study, cohort=cohorts[0].pk)).text


def test_fees_are_those_that_were_agreed_for_places_that_were_taken(study, cohorts, keeper):
    release = publish(study, keeper)
    agreement = taken_up(cohort=cohorts[0])
    assert costs.cost_of(study, release).parts == [("Fees that were agreed", agreement.amount)]
    assert fees_agreed([cohorts[1].pk]) == 0


def test_only_one_says_what_fees_there_are(monkeypatch):
    monkeypatch.setattr(costs, "_fees", [])
    costs.fees_from(fees_agreed)
    costs.fees_from(fees_agreed)
    with pytest.raises(ValueError, match="known already"):
        costs.fees_from(lambda cohorts: 0)


def test_a_paper_says_what_was_published_last(study, cohorts, keeper, provider):
    assert evidence.read("outcomes", provider) == []
    publish(study, keeper)
    make.study(ProgrammeFactory(provider=provider))
    (found,) = evidence.read("outcomes", provider)
    (sentence,) = found.sentences
    assert sentence.startswith(f"{study}: after 12 months, ")
    assert "of 22 graduates had been promoted" in sentence
    assert evidence.read("outcomes", ProviderFactory()) == []


def test_the_page_costs_few_queries(desk, study, cohorts, keeper, django_assert_max_num_queries):
    publish(study, keeper)
    desk.get(page(study))
    with django_assert_max_num_queries(15):
        desk.get(page(study))
