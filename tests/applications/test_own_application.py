"""Staff who apply: they see of themselves what every applicant sees, and leave the choice among all to colleagues."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from applications.actions import allocation, applications, reviews
from applications.actions.access import DECIDE
from applications.models import Application, Decision, Interview, InterviewScore, Review, Score, Statement
from applications.selection.impartiality import assessors_of
from cohorts.states import COHORT
from steppingup.accounts.actions import people, roles
from steppingup.accounts.actors import NotAllowed, OwnRecord
from steppingup.accounts.models import User
from steppingup.accounts.scope import may_see
from steppingup.desk.people_forms import RoleForm
from steppingup.desk.people_steps import invite
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from steppingup.steps.step import steps_of
from tests.factories import review as make
from tests.factories.accounts import UserFactory
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import PublishedCohortFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/applications/application/"
SECRET, ASSESSOR = "Not-for-the-applicant", "Scores-the-applicant"


@pytest.fixture
def window():
    return make.window(capacity=3)


@pytest.fixture
def colleague(window) -> User:
    return make.coordinator(window)


def application_of(applicant: User, window: Any, colleague: User) -> Application:
    """Scored, interviewed and waiting, with a comment or a note wherever one can be; one assessor has stepped back."""
    application = make.arrived(window, applicant=applicant, name=f"Own {applicant.pk}")
    first, second, third = (make.assessor(window, full_name=f"{ASSESSOR} {n}") for n in range(3))
    for assessor in (first, second):
        review = make.scored(reviews.assign(application=application, assessor=assessor, by=colleague))
        Score.objects.filter(review=review).update(comment=SECRET)
    reviews.reopen(review=review, reason=SECRET, by=colleague)
    make.scored(make.fresh(review))
    again = reviews.assign(application=application, assessor=third, by=colleague)
    reviews.step_back(review=again, reason=SECRET, by=third)
    reviews.remove(
        review=reviews.assign(application=application, assessor=make.assessor(window), by=colleague), by=colleague
    )
    application = make.waiting(window, colleague, application=make.fresh(application))
    Interview.objects.filter(application=application).update(note=SECRET)
    return application


@pytest.fixture(params=["coordinator", "superuser"])
def me(request, window) -> User:
    """Whoever has every right, and has applied."""
    person = make.coordinator(window, full_name="Ada Osei")
    person.is_superuser = request.param == "superuser"
    person.save()
    return person


@pytest.fixture
def own(me, window, colleague) -> Application:
    return application_of(me, window, colleague)


@pytest.fixture
def rival(window, colleague) -> Application:
    return make.reviewed(make.arrived(window, name="Rival"), 4, 2, by=colleague)


def fresh(person: User) -> User:
    """As a request fetches them: roles, and what they apply for, are remembered with the object."""
    return User.objects.get(pk=person.pk)


def addresses(browser: Client, own: Application) -> Iterator[str]:
    """Every list of the desk, as a file where there is one, the applications by each filter and order, and every page
    that could speak of one application."""
    for model, options in admin.site._registry.items():
        page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        yield f"{page}?export=csv" if getattr(options, "export_columns", ()) else page
    for spec in browser.get(LIST).context["cl"].filter_specs:
        yield from (f"{LIST}?{spec.parameter_name}={value}&export=csv" for value, _ in spec.lookup_choices)
    yield from (f"{LIST}?o={column}&export=csv" for column in range(8))
    yield from (LIST, f"{LIST}?q={own.reference}", f"{LIST}ranking/{own.cohort_id}/")
    yield from (f"{LIST}ranking/{own.cohort_id}/?show={state}" for state in ("open", "waiting"))
    yield from (f"{LIST}{own.pk}/{page}/" for page in ("change", "step/shortlist", "step/assign", "history"))
    yield from (reverse("admin:cohorts_cohort_change", args=[own.cohort_id]), reverse("admin:index"))
    yield from (reverse("admin:cohorts_cohort_tab", args=[own.cohort_id, tab]) for tab in ("overview", "money"))
    yield f"{reverse('admin:search')}?s=a"
    yield reverse("admin:accounts_user_change", args=[own.applicant_id])
    yield from (
        reverse("admin:messaging_message_change", args=[pk]) for pk in Message.objects.values_list("pk", flat=True)
    )
    yield from (f"/admin/applications/review/{pk}/change/" for pk in own.reviews.values_list("pk", flat=True))


@pytest.mark.requirement("B23", "B24")
@pytest.mark.parametrize("me", ["superuser"], indirect=True)
def test_no_page_list_or_file_of_the_desk_tells_staff_about_their_own_application(in_admin, me, own, rival):
    browser, marks = in_admin(me), {rival.full_name, rival.reference}
    for address in addresses(browser, own):
        answer = browser.get(address, follow=True)
        text = answer.getvalue().decode()
        assert SECRET not in text, address
        if address.startswith(("/admin/applications/", "/admin/cohorts/")):  # elsewhere: roles, and mail to oneself
            assert ASSESSOR not in text, address
            assert own.full_name not in text, address
            assert not any(mark in text for mark in marks), address  # nor about those with whom they compete
    assert f"You have applied for {own.cohort} yourself" in browser.get(LIST).text


def test_a_colleague_sees_all_of_it(in_admin, colleague, window):
    own = application_of(UserFactory(), window, colleague)
    browser = in_admin(colleague)
    assert browser.get(f"{LIST}{own.pk}/change/").text.count(SECRET) > 3
    assert own.full_name in browser.get(f"{LIST}ranking/{own.cohort_id}/").text


def test_the_list_and_the_single_record_agree_on_what_is_about_oneself(me, own, rival):
    found = {
        Application: {}, Review: {"permission": DECIDE}, Score: {"permission": DECIDE}, Interview: {},
        InterviewScore: {}, Decision: {}, Statement: {},
    }  # fmt: skip
    for model, how in found.items():
        rows = list(model._base_manager.all())
        listed = set(model.objects.visible_to(fresh(me), **how))
        assert listed == {row for row in rows if may_see(fresh(me), row, **how)}, model
        assert not listed, model
    elsewhere = make.arrived(WindowFactory(cohort=PublishedCohortFactory(programme=own.cohort.programme, fee=0)))
    assert set(Application.objects.visible_to(fresh(me))) == {elsewhere}
    Application.objects.filter(pk=own.pk).update(status="withdrawn")  # which they can undo
    assert set(Application.objects.visible_to(fresh(me))) == {elsewhere}
    COHORT.move(own.cohort, "start")
    assert set(Application.objects.visible_to(fresh(me))) == {elsewhere, rival}


def test_withdrawing_is_no_way_to_read_what_rivals_were_given_and_to_come_back(in_admin, me, own, rival, colleague):
    """Read the scores, choose the assessors, and then apply again: closed until the cohort begins."""
    applications.withdraw(application=own, by=me)
    browser = in_admin(me)
    assert browser.get(f"{LIST}{rival.pk}/change/").status_code == 404
    text = browser.get(f"{LIST}ranking/{own.cohort_id}/").text
    assert "once the cohort has begun, as you could still come back until then" in text
    assert not Review.objects.visible_to(fresh(me), DECIDE).exists()
    for act in (
        lambda: allocation.allocate(cohort=own.cohort, by=fresh(me)),
        lambda: reviews.assign(application=rival, assessor=colleague, by=fresh(me)),
        lambda: roles.end_role(assignment=colleague.role_assignments.get(), by=fresh(me)),
    ):
        with pytest.raises(OwnRecord):
            act()
    take_back(taking=Taking.objects.standing().on(own).first(), reason="I will come after all.", by=fresh(me))
    assert make.fresh(own).status == "waiting"


def _application(row: Any) -> Application:
    for name in ("review", "interview", "application"):
        row = getattr(row, name, row)
    return row


def test_whoever_has_applied_decides_about_nobody_else_of_the_cohort(in_admin, me, own, rival, window):
    about = {Application: rival, Review: rival.reviews.first(), type(own.cohort): own.cohort}
    for model, subject in about.items():
        for step in steps_of(model):
            if step.permission == DECIDE:
                assert isinstance(step.refusal(fresh(me), subject), OwnRecord), step.key
    browser = in_admin(me)
    assert browser.get(f"{LIST}{rival.pk}/change/").status_code == 404
    text = browser.get(f"{LIST}ranking/{own.cohort_id}/").text
    assert "so you do not see who else has, nor how they were scored" in text
    assert rival.full_name not in text
    assert "With those selected" not in text
    elsewhere = make.arrived(WindowFactory(cohort=PublishedCohortFactory(programme=own.cohort.programme, fee=0)))
    assert "/step/shortlist/" in browser.get(f"{LIST}{elsewhere.pk}/change/").text


def test_another_account_of_the_same_person_decides_about_them_no_more_than_they_do(rival, window):
    second = make.coordinator(window, email="pat+work@council.example")
    User.objects.filter(pk=rival.applicant_id).update(email="pat@council.example")
    again = Application.objects.get(pk=rival.pk)
    steps = [step for step in steps_of(Application) if step.permission == DECIDE]
    assert len(steps) > 5
    for step in steps:
        assert isinstance(step.refusal(fresh(second), again), OwnRecord), step.key


@pytest.mark.requirement("B23")
def test_an_assessor_who_applies_is_given_nothing_of_the_cohort_and_can_only_step_back(in_admin, window, colleague):
    assessor = make.assessor(window)
    review = reviews.assign(application=make.arrived(window), assessor=assessor, by=colleague)
    mine = make.arrived(window, applicant=assessor)
    assert assessor not in assessors_of(window.cohort)
    with pytest.raises(NotPossible, match="has applied for this cohort too"):
        reviews.assign(application=make.arrived(window), assessor=fresh(assessor), by=colleague)
    for act in (
        lambda by: reviews.save_scores(review=review, scores={}, by=by),
        lambda by: reviews.submit(review=review, by=by),
    ):
        with pytest.raises(OwnRecord, match="Please step back"):
            act(fresh(assessor))
    assert in_admin(assessor).post(f"/admin/applications/review/{review.pk}/save/").status_code == 403
    reviews.step_back(review=review, reason="I apply myself.", by=fresh(assessor))
    Application.objects.filter(pk=mine.pk).update(status="withdrawn")
    assert assessor not in assessors_of(window.cohort)  # they can still come back


def test_an_assessor_who_has_not_signed_in_yet_is_named_where_assessors_are_chosen(in_admin, window, colleague):
    one = make.arrived(window)
    typed = ("Jo Boss", "jo@example.org")
    invite(user=UserFactory(), role="assessor", provider=window.cohort.programme.provider, by=colleague, typed=typed)
    sentence = "Jo Boss (jo@example.org) has not signed in yet, and can be given applications once they have."
    with pytest.raises(NotPossible, match=f"yet. {re.escape(sentence)}"):
        allocation.allocate(cohort=window.cohort, by=colleague)
    make.assessor(window)
    browser = in_admin(colleague)
    for page in (f"{LIST}{one.pk}/step/assign/", f"/admin/cohorts/cohort/{window.cohort_id}/step/allocate/"):
        assert sentence in browser.get(page).text or sentence in browser.post(page, {"filled": "yes"}).text, page


@pytest.mark.requirement("B23", "B24")
def test_whoever_has_applied_does_not_choose_who_judges_nor_by_what(in_admin, me, own, window, colleague):
    provider, browser = own.cohort.programme.provider, in_admin(me)
    assessor = make.assessor(window)
    held = assessor.role_assignments.get()
    for act in (
        lambda: roles.give_role(user=UserFactory(), role="assessor", provider=provider, by=fresh(me)),
        lambda: roles.end_role(assignment=held, by=fresh(me)),
        lambda: people.close_account(user=assessor, by=fresh(me)),
    ):
        with pytest.raises(OwnRecord, match="a colleague gives and ends the roles"):
            act()
    typed = {"role": "assessor", "provider": provider.pk}
    assert "a colleague gives and ends the roles" in str(RoleForm(typed, subject=assessor, by=fresh(me)).errors)
    for page in (
        reverse("admin:applications_window_change", args=[window.pk]),
        reverse("admin:cohorts_ruleset_change", args=[window.cohort.rule_set_id]),
    ):
        text = browser.get(page).text
        assert "a colleague makes changes here" in text
        assert 'name="_save"' not in text
        assert browser.post(page, {"max_score": "9"}).status_code == 403
    cohort = reverse("admin:cohorts_cohort_change", args=[own.cohort_id])
    assert 'name="limited_roles"' not in browser.get(cohort).text
    COHORT.move(own.cohort, "start")  # the places are given: whoever has one may work here again
    roles.end_role(assignment=held, by=fresh(me))


def test_nobody_reads_what_others_were_told_about_them(me, own):
    listed = Message.objects.visible_to(fresh(me))
    assert listed.filter(to=me).exists()
    assert not listed.filter(kind__in=["applications.stepped_back", "applications.review_reopened"]).exists()


def test_a_stranger_is_not_told_that_a_record_is_about_somebody(own, window):
    with pytest.raises(NotAllowed) as said:
        steps_of(Application)[0].require_allowed(make.assessor(window), own)
    assert not isinstance(said.value, OwnRecord)
