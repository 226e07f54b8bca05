"""What may be changed about a cohort once it is there, and by whom."""

import pytest

from applications.roles import RoleName
from cohorts.models import Cohort
from steppingup.accounts.actions.roles import give_role
from steppingup.accounts.actors import NotAllowed
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory, PublishedCohortFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return PublishedCohortFactory(capacity=3)


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


def form_of(cohort, **changes) -> dict:
    fields = ("name", "slug", "capacity", "fee", "starts_on", "ends_on", "venue")
    inline = {"completion_rules-TOTAL_FORMS": 0, "completion_rules-INITIAL_FORMS": 0}
    given = {name: getattr(cohort, name) for name in fields} | inline
    return {
        **given,
        "programme": cohort.programme_id,
        "plan": cohort.plan_id,
        "rule_set": cohort.rule_set_id,
        **changes,
    }


def save(browser, cohort, **changes):
    return browser.post(f"/admin/cohorts/cohort/{cohort.pk}/change/", form_of(cohort, **changes))


def test_whose_role_is_limited_to_some_cohorts_does_not_lift_the_limit(in_admin, cohort, coordinator):
    role = coordinator.role_assignments.get()
    cohort.limited_roles.add(role)
    other = CohortFactory(programme=cohort.programme, plan=cohort.plan)
    assert save(in_admin(coordinator), cohort, limited_roles=[], venue="City Hall").status_code == 302
    cohort.refresh_from_db()
    assert cohort.venue == "City Hall"
    assert list(cohort.limited_roles.all()) == [role]
    assert in_admin(coordinator).get(f"/admin/cohorts/cohort/{other.pk}/change/").status_code == 404
    with pytest.raises(NotAllowed):
        give_role(user=UserFactory(), role=RoleName.COORDINATOR, provider=cohort.programme.provider, by=coordinator)


def test_whoever_runs_them_all_sets_the_limits(in_admin, cohort, coordinator):
    role = staff(provider=cohort.programme.provider).role_assignments.get()
    assert save(in_admin(coordinator), cohort, limited_roles=[role.pk]).status_code == 302
    assert list(cohort.limited_roles.all()) == [role]


def test_a_cohort_keeps_its_programme_and_with_participants_its_plan_and_their_places(in_admin, cohort, coordinator):
    elsewhere = CohortFactory()
    ParticipantFactory.create_batch(2, cohort=cohort)
    browser = in_admin(coordinator)
    assert save(browser, cohort, programme=elsewhere.programme_id, plan=elsewhere.plan_id).status_code == 302
    found = Cohort.objects.get(pk=cohort.pk)
    assert (found.programme_id, found.plan_id) == (cohort.programme_id, cohort.plan_id)
    assert "2 places are already taken" in save(browser, cohort, capacity=1).text
