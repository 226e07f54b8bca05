"""Somebody who is self-employed, a volunteer or not employed has a place like everybody else (B2)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from cohorts.actions import enrolments, placements
from cohorts.actions.arranging import arrange_for
from cohorts.agreements import text_of, unsigned_before_place
from cohorts.models import Agreement, Cohort, Enrolment, Placement
from cohorts.states import WITH_ORGANISATION, Counterpart, Ending, Signatory, SignedBefore, Standing
from steppingup.accounts.actors import SYSTEM
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.agreements import asked_by
from tests.factories.cohorts import ParticipantFactory, PlanFactory, PublishedCohortFactory, RunningCohortFactory, day
from tests.factories.contracts import cohort_with_a_contract, contract_of, told
from tests.short_pages import whole
from tests.staff import take_step

pytestmark = pytest.mark.django_db
ALONE = [Standing.SELF_EMPLOYED, Standing.NOT_EMPLOYED]
PROJECT = {"kind": Placement.Kind.PROJECT, "title": "A new front desk"}


def person_with(standing: Standing, employer: object = None, **fields: object) -> Enrolment:
    return ParticipantFactory(standing=standing, employer=employer, line_manager=None, **fields)


def cohort_at_home(key: str = "stretch") -> Cohort:
    """Whose host, or mentor, must be from the participant's own organisation."""
    plan = PlanFactory()
    plan.components.filter(key=key).update(counterpart=Counterpart.OWN)
    return RunningCohortFactory(programme=plan.programme, plan=plan)


def fresh(enrolment: Enrolment) -> Enrolment:
    return Enrolment.objects.for_steps().get(pk=enrolment.pk)


@pytest.mark.requirement("B2")
@pytest.mark.parametrize("standing", ALONE)
def test_whoever_has_no_employer_takes_a_place_and_reads_of_none(standing, client):
    person = UserFactory()
    place = enrolments.enrol(
        cohort=PublishedCohortFactory(), participant=person, employer=None, standing=standing,
        line_manager_name="", line_manager_email="", job_title="Facilitator", by=person,
    )  # fmt: skip
    assert (place.employer, place.works_as) == (None, standing.label)
    assert [(one.employer, one.standing) for one in place.memberships.all()] == [(None, standing)]
    client.force_login(person)
    page = whole(client, reverse("cohorts:participant", args=[place.pk]))
    assert "other than your employer" not in page
    assert "It will be with an organisation" in page
    assert "None" not in page


def test_the_database_keeps_an_employer_to_whoever_has_one():
    place, some = ParticipantFactory(), OrganisationFactory()
    for standing in Standing:
        for employer in (None, some):
            fits = bool(employer) if standing.has_employer else employer is None or standing in WITH_ORGANISATION
            change = {"standing": standing, "employer": employer}
            if fits:
                Enrolment.objects.filter(pk=place.pk).update(**change)
                continue
            with pytest.raises(IntegrityError, match="enrolment_employer_by_standing"), transaction.atomic():
                Enrolment.objects.filter(pk=place.pk).update(**change)


@pytest.mark.requirement("B8")
@pytest.mark.parametrize("standing", ALONE)
def test_to_whoever_has_no_employer_every_host_is_another_and_none_their_own(standing):
    place, host = person_with(standing), OrganisationFactory()
    part = place.cohort.plan.components.get(key="stretch")
    assert placements.why_not_host(place, host, component=part) == ""
    part.counterpart = Counterpart.OWN
    sentence = placements.why_not_host(place, host, component=part)
    assert "must be their own organisation. There is none" in sentence
    assert Standing(standing).in_sentence() in sentence
    place = person_with(standing, cohort=cohort_at_home())
    part = place.cohort.plan.components.get(key="stretch")
    with pytest.raises(IntegrityError, match="own organisation"), transaction.atomic():
        Placement.objects.create(enrolment=place, component=part, host=host, **PROJECT)


@pytest.mark.requirement("B8")
def test_the_organisation_of_a_volunteer_is_their_own():
    home = OrganisationFactory(name="Harbour Food Bank")
    place = person_with(Standing.VOLUNTEER, home)
    part = place.cohort.plan.components.get(key="stretch")
    assert "own employer" in placements.why_not_host(place, home, component=part)
    with pytest.raises(IntegrityError, match="another organisation"), transaction.atomic():
        Placement.objects.create(enrolment=place, component=part, host=home, **PROJECT)
    assert place.works_as == "Volunteer with Harbour Food Bank"


@pytest.mark.requirement("B9", "N12")
def test_nobody_signs_for_an_employer_that_there_is_not():
    cohort = cohort_with_a_contract()
    place = person_with(Standing.SELF_EMPLOYED, cohort=cohort)
    arrange_for(place)
    contract = contract_of(place)
    assert Signatory.EMPLOYER not in contract.missing
    assert Signatory.PROVIDER in contract.missing
    assert "of whoever they work for and" in text_of(contract)
    assert not Agreement.objects.to_sign(Signatory.EMPLOYER).filter(pk=contract.pk).exists()
    assert not Agreement.objects.waits_for_nobody().filter(pk=contract.pk).exists()


@pytest.mark.requirement("N12")
def test_what_an_employer_signs_before_the_place_keeps_nobody_out_who_has_none():
    cohort = PublishedCohortFactory()
    asked_by(cohort, SignedBefore.PLACE, key="release", participant_signs=False, employer_signs=True)
    person = UserFactory()
    (asked,) = unsigned_before_place(person=person, cohort=cohort)
    assert asked.roles == (Signatory.EMPLOYER,)
    assert unsigned_before_place(person=person, cohort=cohort, has_employer=False) == []
    with pytest.raises(IntegrityError, match="signed first"), transaction.atomic():
        Enrolment.objects.create(participant=person, cohort=cohort, employer=OrganisationFactory())
    place = Enrolment.objects.create(participant=person, cohort=cohort, standing=Standing.VOLUNTEER)
    assert arrange_for(place) == []


def test_somebody_becomes_self_employed_half_way_and_finds_an_employer_again(in_admin):
    cohort = cohort_with_a_contract()
    place = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
    arrange_for(place)
    employer, manager, before = place.employer, place.line_manager, contract_of(place)
    by = staff(provider=cohort.programme.provider)
    browser, url = in_admin(by), reverse("admin:cohorts_enrolment_step", args=[place.pk, "change_employer"])
    shown = browser.post(url, {"standing": "self_employed", "employer": employer.pk, "filled": "yes"}).text
    assert "Somebody who is self-employed has no employer" in shown
    shown = browser.post(url, {"standing": "employed", "employer": "", "filled": "yes"}).text
    assert "Choose the new employer." in shown
    take_step(browser, url, standing="self_employed", employer="", from_on=day(-7).isoformat())
    place = fresh(place)
    assert (place.standing, place.employer, place.line_manager) == (Standing.SELF_EMPLOYED, None, None)
    old, new = place.memberships.all()
    assert (old.employer, old.line_manager, old.last_day) == (employer, manager, day(-8))
    assert (new.works_as, new.manager) == ("Self-employed", "")
    before.refresh_from_db()
    assert before.ended_because == Ending.OTHER_EMPLOYER
    assert Signatory.EMPLOYER not in contract_of(place).missing
    page = browser.get(reverse("admin:cohorts_enrolment_change", args=[place.pk])).text
    assert "Self-employed" in page
    assert str(employer) in page
    found = OrganisationFactory(name="Avon Water")
    take_step(
        browser, url, standing="employed", employer=found.pk, manager_name="Mo Patel", manager_email="mo@avon.example"
    )
    assert (fresh(place).works_as, fresh(place).manager) == ("Avon Water", "Mo Patel")
    assert told("manager_welcome", "mo@avon.example") == 1
    assert Signatory.EMPLOYER in contract_of(place).missing


def test_whose_host_is_their_own_organisation_cannot_lose_it_meanwhile():
    place = ParticipantFactory(cohort=cohort_at_home())
    part = place.cohort.plan.components.get(key="stretch")
    Placement.objects.create(enrolment=place, component=part, host=place.employer, **PROJECT)
    with pytest.raises(NotPossible, match="they would have none") as refused:
        enrolments.change_employer(enrolment=place, employer=None, standing=Standing.NOT_EMPLOYED, by=SYSTEM)
    assert refused.value.field == "employer"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(Standing)), st.integers(0, 2)), min_size=1, max_size=5))
def test_however_often_somebody_works_otherwise_place_and_membership_say_the_same(moves):
    place = ParticipantFactory(cohort=RunningCohortFactory())
    employers = [None, place.employer, OrganisationFactory()]
    codes: set[str] = set()
    for standing, number in moves:
        try:
            enrolments.change_employer(enrolment=fresh(place), employer=employers[number], standing=standing, by=SYSTEM)
        except NotPossible as why:
            codes.add(why.code)
        now = fresh(place)
        last = now.memberships.latest("starts_on")
        assert (last.employer, last.standing, last.line_manager) == (now.employer, now.standing, now.line_manager)
        assert now.line_manager is None or now.standing in WITH_ORGANISATION
    assert codes <= {"same", "required", "works_alone"}


def test_lists_and_exports_say_how_somebody_works(in_admin):
    place = person_with(Standing.VOLUNTEER, OrganisationFactory(name="Harbour Food Bank"))
    alone = person_with(Standing.SELF_EMPLOYED, cohort=place.cohort)
    browser = in_admin(staff(provider=place.cohort.programme.provider))
    listed = reverse("admin:cohorts_enrolment_changelist")
    page = browser.get(listed).text
    assert "Volunteer with Harbour Food Bank" in page
    assert "Self-employed" in page
    narrowed = browser.get(listed, {"standing__exact": "self_employed"}).text
    assert str(alone.participant) in narrowed
    assert str(place.participant) not in narrowed
