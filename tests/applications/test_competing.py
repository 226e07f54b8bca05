"""Whoever competes by another of their accounts competes: what they see, do and are given is as with one account."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.actions import allocation, reviews
from applications.actions.access import DECIDE
from applications.models import Application, Decision, Interview, Review
from applications.selection.impartiality import assessors_of
from steppingup.accounts.actions import roles
from steppingup.accounts.actors import OwnRecord, is_one_person
from steppingup.accounts.models import User
from steppingup.accounts.scope import contests_of, may_see
from steppingup.formats import sameness
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.step import steps_of
from tests.factories import review as make
from tests.factories.accounts import UserFactory
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import PublishedCohortFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/applications/application/"
#: The address of whoever is staff, of the account that applied, and whether the two are one person's.
ONE = {
    "plus": ("pat.obi@council.example", "pat.obi+home@council.example"),
    "both plus": ("pat.obi+work@council.example", "pat.obi+home@council.example"),
    "dots": ("patobi@gmail.com", "p.a.t.obi+x@googlemail.com"),
    "quoted": ("pat.obi@council.example", '"pat.obi"@council.example'),
    "merged": ("pat.obi@council.example", "merged-7@accounts.invalid"),
}
TWO = {
    "a dot that counts": ("pat.obi@council.example", "patobi@council.example"),
    "another domain": ("pat.obi@council.example", "pat.obi@council.example.org"),
    "longer": ("pat.obi@council.example", "pat.obi2@council.example"),
    "ends alike": ("obi@council.example", "pat.obi@council.example"),
    "a pattern": ("p.t@council.example", "pat@council.example"),
}


@pytest.fixture
def window():
    return make.window(capacity=3)


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def two_accounts(window, addresses: tuple[str, str], merged: bool, role=make.coordinator) -> tuple[User, Application]:
    """Staff, and an application by the account with the other address; scored by a colleague."""
    me = role(window, email=addresses[0], full_name="Pat Obi")
    other = UserFactory(email=addresses[1])
    own = make.reviewed(make.arrived(window, applicant=other), 3, 3, by=make.coordinator(window))
    if merged:
        User.objects.filter(pk=other.pk).update(merged_into=me, is_active=False)
    return me, own


def listed(me: User) -> set[type]:
    """The kinds of which they see rows of this cohort."""
    found = set()
    for model, how in {Application: {}, Review: {"permission": DECIDE}, Interview: {}, Decision: {}}.items():
        rows = set(model.objects.visible_to(fresh(me), **how))
        assert rows == {row for row in model._base_manager.all() if may_see(fresh(me), row, **how)}, model
        found |= {model} if rows else set()
    return found


@pytest.mark.requirement("B23")
@pytest.mark.parametrize("how", ONE)
def test_by_whichever_account_somebody_applied_they_see_and_decide_nothing_of_the_cohort(window, in_admin, how):
    me, own = two_accounts(window, ONE[how], how == "merged")
    rival = make.reviewed(make.arrived(window, name="Rival"), 4, 2, by=make.coordinator(window))
    assert [(one.cohort, one.is_open) for one in contests_of(fresh(me))] == [(window.cohort_id, True)]
    assert listed(me) == set()
    for subject in (rival, own, window.cohort):
        for step in steps_of(type(subject)):
            if step.permission == DECIDE:
                assert isinstance(step.refusal(fresh(me), subject), OwnRecord), step.key
    colleague = make.assessor(window)
    for act in (
        lambda: allocation.allocate(cohort=window.cohort, by=fresh(me)),
        lambda: reviews.assign(application=rival, assessor=colleague, by=fresh(me)),
        lambda: roles.end_role(assignment=colleague.role_assignments.get(), by=fresh(me)),
    ):
        with pytest.raises(OwnRecord):
            act()
    browser = in_admin(me)
    for one in (own, rival):
        assert browser.get(f"{LIST}{one.pk}/change/").status_code == 404
    text = browser.get(LIST).text
    assert f"You have applied for {window.cohort} yourself" in text
    assert rival.reference not in text
    elsewhere = make.arrived(WindowFactory(cohort=PublishedCohortFactory(programme=window.cohort.programme, fee=0)))
    assert set(Application.objects.visible_to(fresh(me))) == {elsewhere}


@pytest.mark.parametrize("how", TWO)
def test_somebody_else_whose_address_looks_alike_competes_with_nobody(window, how):
    me, own = two_accounts(window, TWO[how], merged=False)
    assert contests_of(fresh(me)) == []
    assert fresh(me).own_accounts == {me.pk}
    assert listed(me) == {Application, Review}
    assert may_see(fresh(me), own)


@pytest.mark.requirement("B23")
@pytest.mark.parametrize("how", ONE)
def test_an_assessor_who_applied_by_another_account_is_given_nothing_of_the_cohort(window, how):
    me, own = two_accounts(window, ONE[how], how == "merged", make.assessor)
    other = make.assessor(window)
    assert me not in assessors_of(window.cohort)
    assert other in assessors_of(window.cohort)
    coordinator = make.coordinator(window)
    with pytest.raises(NotPossible, match="has applied for this cohort too"):
        reviews.assign(application=make.arrived(window), assessor=fresh(me), by=coordinator)
    with pytest.raises(NotPossible, match="cannot judge this application"):
        reviews.assign(application=own, assessor=fresh(me), by=coordinator)


LOCAL = st.text(st.sampled_from('ab.+\\"-_'), min_size=1, max_size=6)
EMAIL = st.builds("{}@{}".format, LOCAL, st.sampled_from(["gmail.com", "googlemail.com", "x.example", "a.x.example"]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(EMAIL, st.lists(EMAIL, min_size=20, max_size=60, unique=True))
def test_the_accounts_that_are_found_are_those_that_are_one_person_s(mine, others):
    User.objects.filter(email__contains="@").delete()
    me = User.objects.create(email=sameness.address(mine))
    User.objects.bulk_create(
        (User(email=email) for email in {sameness.address(one) for one in others} - {me.email}), ignore_conflicts=True
    )
    everybody = list(User.objects.all())
    assert fresh(me).own_accounts == {one.pk for one in everybody if is_one_person(me, one)}
