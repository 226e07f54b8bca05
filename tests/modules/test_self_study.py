"""A qualification asks for so many hours of study a week: a log of one's own, beside the days of the programme (B45)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cohorts.actions import study
from cohorts.models import DayEntry, Enrolment, Study
from cohorts.models.study import week_of
from cohorts.states import Recording
from modules.actions import registrations
from steppingup.accounts.actors import SYSTEM
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, PlanFactory, RunningCohortFactory, complete, day
from tests.factories.modules import registered
from tests.short_pages import whole

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B45")]


@pytest.fixture
def registration():
    return registered(least_weekly_hours=4, most_weekly_hours=6, on=day(-20))


@pytest.fixture
def person(registration):
    return registration.enrolment


def record(person, **more) -> Study:
    given = {"on": day(-1), "hours": Decimal(3), "what": "Chapter 1", "by": person.participant, **more}
    return study.record_study(enrolment=person, is_beside=True, **given)


def with_a_log_of_the_plan() -> Enrolment:
    plan = PlanFactory()
    plan.components.create(key="reading", kind="study", title="Reading", most=2, order=9, recording=Recording.OWN)
    return ParticipantFactory(cohort=RunningCohortFactory(plan=plan, programme=plan.programme))


def test_what_is_studied_for_a_qualification_is_logged_against_its_range_and_adds_no_days(client, person):
    client.force_login(person.participant)
    address = reverse("cohorts:study_beside", args=[person.pk])
    assert address in client.get(reverse("modules:qualification", args=[person.pk])).text
    page = client.get(address).text
    assert "4 to 6 hours a week" in page
    weeks = (week_of(day(0)) - week_of(day(-20))).days // 7 + 1  # since they registered, not since the cohort began
    assert page.count("of 4–6 hours") == weeks
    on = day(-1)
    given = {"on_0": on.day, "on_1": on.month, "on_2": on.year, "hours": "4.5", "what": "Coaching"}
    page = client.post(address, given, follow=True).text
    assert "4½ of 4–6 hours" in page
    entry = Study.objects.get()
    correct = reverse("cohorts:correct_study", args=[person.pk, entry.pk])
    assert "Corrected: 2 hours" in client.post(correct, {**given, "hours": "2"}, follow=True).text
    assert not DayEntry.objects.exists()
    client.force_login(person.line_manager)
    assert "Coaching" not in whole(client, reverse("cohorts:managed", args=[person.pk]))
    assert client.get(address).status_code == 404


def test_there_is_no_such_log_without_a_qualification_that_says_how_many_hours(client, registration, person):
    silent = registered(least_weekly_hours=None, most_weekly_hours=None).enrolment
    registrations.withdraw(
        registration=registration, reason="No time.", by=staff(provider=person.cohort.programme.provider)
    )
    for one in (silent, person):
        client.force_login(one.participant)
        assert client.get(reverse("cohorts:study_beside", args=[one.pk])).status_code == 404
        with pytest.raises(NotPossible, match="nothing that you record in a log of your own"):
            record(one)
    with pytest.raises(NotPossible, match="studies for nothing beside the plan"):
        record(with_a_log_of_the_plan())


def test_an_entry_for_the_plan_needs_a_part_of_it(person):
    with pytest.raises(NotPossible, match="nothing that you record in a log of your own"):
        study.record_study(
            enrolment=person, on=day(-1), hours=Decimal(3), what="Chapter 1", is_beside=False, by=person.participant
        )


def test_completion_does_not_close_what_it_has_not_counted(person):
    complete(person)
    person.refresh_from_db()
    entry = record(person)
    study.remove(study=entry, by=person.participant)
    assert not Study.objects.standing().exists()


def test_staff_are_asked_which_log_it_is_only_where_there_are_several(person):
    given = {"on": f"{day(-1)}", "hours": "2", "what": "Chapter 1", "beside": ""}
    alone = study.WhichStudyForm(given, subject=person)
    assert "component" not in alone.fields
    assert alone.is_valid(), alone.errors
    assert alone.values()["is_beside"]
    two = with_a_log_of_the_plan()
    part, by = two.cohort.plan.components.get(key="reading"), staff(provider=two.cohort.programme.provider)
    name = registered(two).qualification.name
    both = study.WhichStudyForm({**given, "component": "beside"}, subject=two)
    assert [label for _, label in both.fields["component"].choices] == ["Reading", name]
    assert both.is_valid(), both.errors
    made = study.record_study(enrolment=two, by=by, **both.values())
    assert (made.component, made.studied_for) == (None, "Beside the plan")
    assert study.record_study(enrolment=two, on=day(-2), hours=Decimal(1), what="x", by=SYSTEM).component == part
