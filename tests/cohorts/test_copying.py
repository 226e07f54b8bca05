"""Next year's cohort is copied from this year's."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.models import Window
from cohorts.actions import copying
from cohorts.models import Cohort, Plan
from cohorts.states import CohortStatus
from modules.models import Module
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.applications import WindowFactory, internal_fund
from tests.factories.cohorts import ParticipantFactory
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    window = WindowFactory()
    internal_fund(window, OrganisationFactory())
    window.cohort.completion_rules.create(minimum=5)
    Module.objects.create(cohort=window.cohort, number=1, title="Beginning")
    ParticipantFactory(cohort=window.cohort)
    return window.cohort


def test_rules_and_dates_are_copied_and_people_are_not(cohort):
    coordinator = staff(provider=cohort.programme.provider)
    start = cohort.starts_on + timedelta(days=364)
    new = copying.copy(cohort=cohort, name="Next year", starts_on=start, by=coordinator)
    assert (new.status, new.capacity, new.fee, new.plan) == (
        CohortStatus.DRAFT,
        cohort.capacity,
        cohort.fee,
        cohort.plan,
    )
    assert new.ends_on - new.starts_on == cohort.ends_on - cohort.starts_on
    assert [rule.minimum for rule in new.completion_rules.all()] == [5]
    assert [module.title for module in new.modules.all()] == ["Beginning"]
    assert new.window.employer_rules.get().funded_by == cohort.window.employer_rules.get().funded_by
    assert not new.enrolments.exists()
    opened, opens = timezone.localtime(cohort.window.opens_at), timezone.localtime(new.window.opens_at)
    assert opens.date() - opened.date() == timedelta(days=364)
    assert (opens.hour, opens.minute) == (opened.hour, opened.minute)


def test_the_page_before_says_that_the_plan_is_not_offered_any_more(client, cohort):
    desk = with_second_factor(client, staff(provider=cohort.programme.provider))
    page, given = (
        f"/admin/cohorts/cohort/{cohort.pk}/step/copy/",
        {"name": "Again", "starts_on": "1 May 2031", "filled": "yes"},
    )
    said = "is not offered for new cohorts any more"
    assert said not in desk.post(page, given).text
    Plan.objects.filter(pk=cohort.plan_id).update(is_offered=False)
    assert said in desk.post(page, given).text


def test_a_name_that_is_taken_is_refused_and_nothing_is_made(cohort):
    coordinator = staff(provider=cohort.programme.provider)
    cohort.slug = "next-year"
    cohort.save()
    with pytest.raises(NotPossible, match="already"):
        copying.copy(cohort=cohort, name="Next year", starts_on=cohort.starts_on, by=coordinator)
    assert Window.objects.count() == 1


def test_nobody_copies_the_cohort_of_another_provider(cohort):
    for stranger in (staff(), UserFactory()):
        with pytest.raises(NotAllowed):
            copying.copy(cohort=cohort, name="Mine", starts_on=cohort.starts_on, by=stranger)


def test_the_coordinator_goes_on_with_the_copy_and_a_second_click_makes_no_second_one(in_admin, cohort):
    client = in_admin(staff(provider=cohort.programme.provider))
    step = f"/admin/cohorts/cohort/{cohort.pk}/step/copy/"
    wanted = {"name": "Next year", "starts_on": (cohort.starts_on + timedelta(days=364)).isoformat()}
    answer = take_step(client, step, **wanted)
    copy = Cohort.objects.get(name="Next year")
    assert answer.headers["Location"] == f"/admin/cohorts/cohort/workspace/{copy.pk}/overview/"
    again = take_step(client, step, **wanted).text
    assert "already" in again
    assert 'value="Next year"' in again  # what was typed stays, to be mended
    assert Cohort.objects.filter(name="Next year").count() == 1
