"""The own log of study: hours against a range a week, days in the ledger, and who sees what (B45)."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db.models import Sum
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohorts.actions import days as ledger
from cohorts.actions import enrolments, study
from cohorts.models import Cohort, DayEntry, Enrolment, Study
from cohorts.progress import progress_of
from cohorts.progress.study import weeks_of
from cohorts.states import Recording, Unit
from steppingup.accounts.actors import NotAllowed
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import (
    ParticipantFactory,
    PlanFactory,
    RunningCohortFactory,
    complete,
    day,
    do_days,
)
from tests.short_pages import whole

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B45")]
FOUR_TO_SIX = {"week_least": 4, "week_most": 6}


def cohort_with_a_log(**more) -> Cohort:
    plan = PlanFactory()
    given = {"unit": Unit.HOURS, "least": 12, "most": 20, "recording": Recording.OWN, **FOUR_TO_SIX, **more}
    plan.components.create(key="study", kind="study", title="Self-study", order=9, **given)
    return RunningCohortFactory(programme=plan.programme, plan=plan, starts_on=day(-40))


@pytest.fixture
def person() -> Enrolment:
    return ParticipantFactory(cohort=cohort_with_a_log())


@pytest.fixture
def coordinator(person):
    return staff(provider=person.cohort.programme.provider)


def record(person: Enrolment, hours="1.5", on: date | None = None, **more) -> Study:
    given = {"what": "Chapter 1", "by": person.participant, **more}
    return study.record_study(enrolment=person, on=on or day(-1), hours=Decimal(hours), **given)


def done(person: Enrolment):
    return progress_of(person).recorded_by(Recording.OWN)[0].in_quarters().in_unit


def test_hours_are_counted_in_hours_and_posted_in_days(person):
    record(person, "7")
    record(person, "5", day(-2))
    assert done(person).in_words == "12 of 12–20 hours"
    assert progress_of(person).recorded_by(Recording.OWN)[0].is_done
    assert abs(DayEntry.objects.aggregate(sum=Sum("days"))["sum"] - Decimal(12) / 7) < Decimal("0.00001")


def test_a_log_may_be_counted_in_days_of_so_many_minutes():
    person = ParticipantFactory(cohort=cohort_with_a_log(unit=Unit.DAYS, least=2, most=3, minutes_per_day=360))
    for ago in range(1, 9):
        record(person, "1.5", day(-ago))
    assert done(person).in_words == "2 of 2–3 days"


def test_an_entry_is_corrected_by_reversal_and_the_first_stays_on_record(person):
    first = record(person, "3")
    second = study.correct(study=first, on=day(-2), hours=Decimal(2), what="Chapter 2", by=person.participant)
    assert done(person).counted == 2
    assert [(one.days > 0, one.on) for one in ledger.entries_of(first).order_by("sequence")] == [
        (True, day(-1)), (False, day(-1)),
    ]  # fmt: skip
    first.refresh_from_db()
    assert first.removed_at
    assert (second.minutes, second.what, str(second.on)) == (120, "Chapter 2", str(day(-2)))
    with pytest.raises(NotPossible, match="already been removed"):
        study.correct(study=first, on=day(-2), hours=Decimal(1), what="x", by=person.participant)
    with pytest.raises(NotPossible, match="Nothing has changed"):
        study.correct(study=second, on=day(-2), hours=Decimal(2), what="Chapter 2", by=person.participant)
    study.remove(study=second, by=person.participant)
    assert done(person).counted == 0


def test_study_on_a_full_day_needs_to_say_when(person):
    do_days(person, "modules", 1)
    with pytest.raises(ledger.DayFull):
        record(person, "2", day(0))
    entry = record(person, "2", day(0), beside="In the evening")
    assert ledger.entries_of(entry).get().beside == "In the evening"
    # What is needed to be corrected comes along on the form.
    assert study.CorrectForm(subject=entry).fields["beside"].initial == "In the evening"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"on": day(2)}, "in the future"),
        ({"on": day(-60)}, "joined the programme on"),
        ({"on": day(-45)}, "The programme started on"),
        ({"hours": "0.1"}, "from a quarter"),
        ({"hours": "17"}, "from a quarter"),
        ({"what": "  "}, "what was studied"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(person, given, sentence):
    with pytest.raises(NotPossible, match=sentence):
        record(person, **given)


def test_only_the_participant_and_whoever_runs_the_cohort_write_in_the_log(person, coordinator):
    entry = record(person)
    for stranger in (UserFactory(), person.line_manager):
        for act in (
            partial(record, person, by=stranger),
            partial(study.remove, study=entry, by=stranger),
            partial(study.correct, study=entry, on=day(-2), hours=Decimal(1), what="x", by=stranger),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert record(person, on=day(-3), by=coordinator).recorded_by == coordinator


def test_nothing_is_recorded_without_a_log_nor_after_completion(person):
    without = ParticipantFactory()
    with pytest.raises(NotPossible, match="nothing that you record"):
        record(without)
    entry = record(person)
    complete(person)
    person.refresh_from_db()
    with pytest.raises(NotPossible, match="Completion has been recorded"):
        record(person, on=day(-2))
    entry.enrolment = person
    with pytest.raises(NotPossible, match="Completion has been recorded"):
        study.remove(study=entry, by=person.participant)
    gone = ParticipantFactory(cohort=person.cohort)
    enrolments.withdraw(enrolment=gone, reason="Another job.", by=staff(provider=person.cohort.programme.provider))
    gone.refresh_from_db()
    with pytest.raises(NotPossible, match="has left the programme, so nothing more"):
        record(gone)


def test_which_log_it_is_for_is_asked_only_where_there_are_several(person):
    assert "component" not in study.WhichStudyForm(subject=person).fields
    plan = PlanFactory(programme=person.cohort.programme)
    for key in ("reading", "project"):
        plan.components.create(key=key, kind="study", title=key.capitalize(), most=2, recording=Recording.OWN)
    two = ParticipantFactory(cohort=RunningCohortFactory(programme=plan.programme, plan=plan))
    assert "component" in study.WhichStudyForm(subject=two).fields
    with pytest.raises(NotPossible, match="Choose what it was for"):
        record(two)
    project = plan.components.get(key="project")
    assert record(two, component=project).component == project
    with pytest.raises(NotPossible, match="not recorded in a log"):
        record(two, component=plan.components.get(key="modules"))


def test_each_week_stands_against_the_range_of_the_plan(person):
    component = person.cohort.plan.components.get(key="study")
    monday = day(0) - timedelta(days=day(0).weekday())
    entries = [
        Study(on=monday - timedelta(days=7 * back), minutes=60 * hours) for back, hours in ((1, 5), (2, 2), (4, 9))
    ]
    weeks = weeks_of(component, entries, monday - timedelta(days=28))
    assert [(week.in_words, week.standing) for week in weeks] == [
        ("0 of 4–6 hours", ""),  # this week is not over
        ("5 of 4–6 hours", "as expected"),
        ("2 of 4–6 hours", "less than expected"),
        ("0 of 4–6 hours", "less than expected"),
        ("9 of 4–6 hours", "more than expected"),
    ]


def test_the_participant_writes_corrects_and_removes_on_their_own_pages(client, person):
    client.force_login(person.participant)
    address = reverse("cohorts:study", args=[person.pk])
    page = client.get(address).text
    assert "4 to 6 hours a week" in page
    on = day(-1)
    boxes = {"on_0": on.day, "on_1": on.month, "on_2": on.year}
    assert client.post(address, {**boxes, "hours": "x", "what": ""}).text.count("govuk-error-message") == 2
    assert not Study.objects.exists()
    page = client.post(address, {**boxes, "hours": "1.5", "what": "Adaptive leadership"}, follow=True).text
    assert "Recorded: 1½ hours on" in page
    assert "Adaptive leadership" in page
    entry = Study.objects.get()
    correct = reverse("cohorts:correct_study", args=[person.pk, entry.pk])
    assert 'value="1.5"' in client.get(correct).text
    page = client.post(correct, {**boxes, "hours": "2", "what": "Adaptive leadership"}, follow=True).text
    assert "Corrected: 2 hours on" in page
    assert "2 of 12–20 hours" in client.get(reverse("cohorts:participant", args=[person.pk])).text
    new = Study.objects.standing().get()
    remove = reverse("cohorts:remove_study", args=[person.pk, new.pk])
    assert "It will no longer count" in client.post(remove).text
    client.force_login(ParticipantFactory().participant)
    assert {client.get(url).status_code for url in (address, correct, remove)} == {404}


def test_the_page_asks_when_they_studied_only_once_the_day_is_full(client, person):
    do_days(person, "modules", 1)
    client.force_login(person.participant)
    address, on = reverse("cohorts:study", args=[person.pk]), day(0)
    given = {"on_0": on.day, "on_1": on.month, "on_2": on.year, "hours": "2", "what": "Chapter 1"}
    assert 'name="beside"' not in client.get(address).text
    asked = client.post(address, given).text
    assert 'name="beside"' in asked
    assert f"{english.day_date(on)} is full: 1 day of Modules" in asked
    assert "Recorded" in client.post(address, {**given, "ask": "beside", "beside": "Late"}, follow=True).text


def test_the_line_manager_sees_the_sum_and_not_what_was_studied(client, person):
    record(person, "4", what="Leaving well")
    client.force_login(person.line_manager)
    page = whole(client, reverse("cohorts:managed", args=[person.pk]))
    assert "4 of 12–20 hours" in page
    assert "Leaving well" not in page


def test_staff_find_the_log_put_it_right_and_export_it(in_admin, person, coordinator):
    entry = record(person, "4", what="Leaving well")
    desk = in_admin(coordinator)
    lists = reverse("admin:cohorts_study_changelist")
    assert "Leaving well" in desk.get(lists).text
    exported = desk.get(lists, {"export": "csv"})
    page = desk.get(reverse("admin:cohorts_study_change", args=[entry.pk])).text
    for name in ("remove", "correct"):
        assert reverse("admin:cohorts_study_step", args=[entry.pk, name]) in page
    assert exported.status_code == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(1, 26)), max_size=8, unique_by=lambda pair: pair[0]), st.data()
)
def test_after_any_entries_and_removals_the_ledger_has_what_the_hours_come_to(person, rows, data):
    from django.db import transaction

    with transaction.atomic():
        made = [record(person, str(Decimal(quarters) / 4), day(-ago)) for ago, quarters in rows]
        for entry in data.draw(st.lists(st.sampled_from(made), unique=True)) if made else ():
            study.remove(study=entry, by=person.participant)
        stands = Study.objects.standing().filter(enrolment=person)
        minutes = sum(min(one.minutes, 420) for one in stands)
        posted = ledger.posted_by(Study.objects.filter(enrolment=person))
        # What a removal takes back is the whole entry; the next one brings what then is lacking.
        assert abs(posted - Decimal(minutes) / 420) < Decimal("0.0001")
        transaction.set_rollback(True)
