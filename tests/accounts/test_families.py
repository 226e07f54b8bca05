"""“Another organisation” is one rule: in Python, in PostgreSQL, for assessors, mentors, hosts and panels."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.actions import interviews, reviews
from applications.selection.impartiality import families_of
from cohorts.actions import placements
from cohorts.desk.programme_forms import ProgrammeForm
from cohorts.models import Placement, Programme
from mentoring.actions import matching, mentors
from steppingup.accounts.families import Reach, near
from steppingup.accounts.models import Organisation
from steppingup.history.lifecycle import NotPossible
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory
from tests.factories.mentoring import confirmed_pair, coordinator_of, mentor_for

pytestmark = pytest.mark.django_db


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(-1, 30), min_size=1, max_size=10), st.randoms(use_true_random=False))
def test_the_database_and_python_agree_over_any_trees(parts, dice):
    """Each organisation is part of an earlier one, or of none."""
    with transaction.atomic():
        made: list[Organisation] = []
        for number, part in enumerate(parts):
            parent = made[part % number] if number and part >= 0 else None
            made.append(Organisation.objects.create(name=f"O{number}", slug=f"o-{number}", parent=parent))
        ids = [one.pk for one in made]
        with connection.cursor() as cursor:
            for reach in Reach.values:
                cursor.execute(
                    "SELECT a, b, organisations_related(a, b, %s) FROM unnest(%s) AS a, unnest(%s) AS b",
                    [reach, ids, ids],
                )
                said = {(a, b): related for a, b, related in cursor.fetchall()}
                found = Organisation.objects.families(ids, reach)
                assert said == {(a, b): b in found[a] for a in ids for b in ids}
        transaction.set_rollback(True)


def test_steps_are_counted_through_what_both_are_part_of():
    parents = {2: 1, 3: 1, 4: 2, 5: 4}  # 1 above 2 and 3; 4 below 2; 5 below 4
    assert near(parents, [2], Reach.SAME)[2] == {2}
    assert near(parents, [2], Reach.PARENT)[2] == {1, 2, 4}
    assert near(parents, [2], Reach.SISTER)[2] == {1, 2, 3, 4, 5}
    assert near(parents, [5], Reach.SISTER)[5] == {5, 4, 2}
    assert near(parents, [5, 3], Reach.GROUP) == {5: {1, 2, 3, 4, 5}, 3: {1, 2, 3, 4, 5}}


def test_an_organisation_is_never_part_of_itself_by_a_detour():
    top = OrganisationFactory()
    below = OrganisationFactory(parent=OrganisationFactory(parent=top))
    with pytest.raises(IntegrityError, match="part of itself"), transaction.atomic():
        Organisation.objects.filter(pk=top.pk).update(parent=below)


def relative(employer: Organisation, which: str) -> Organisation:
    above = OrganisationFactory(name="Avon Group")
    Organisation.objects.filter(pk=employer.pk).update(parent=above)
    employer.refresh_from_db()
    if which == "same":
        return employer
    if which == "grandparent":
        above.parent = OrganisationFactory(name="The Whole Group")
        above.save()
        return above.parent
    return {
        "parent": lambda: above,
        "subsidiary": lambda: OrganisationFactory(name="Avon Care", parent=employer),
        "sister": lambda: OrganisationFactory(name="Avon Homes", parent=above),
        "cousin": lambda: OrganisationFactory(parent=OrganisationFactory(parent=above)),
    }[which]()


NEEDS = {"same": 0, "parent": 1, "subsidiary": 1, "sister": 2, "grandparent": 2, "cousin": 99}


@pytest.mark.requirement("B8", "B13")
@pytest.mark.parametrize("which", NEEDS)
@pytest.mark.parametrize("reach", Reach.values)
def test_assessor_mentor_and_host_follow_the_programmes_rule(which, reach):
    refused = NEEDS[which] <= reach
    window = make.window()
    who = ParticipantFactory(cohort=window.cohort)
    Programme.objects.update(reach=reach)
    other, by = relative(who.employer, which), coordinator_of(who)
    who = type(who).objects.get(pk=who.pk)
    application = make.arrived(window, employer=who.employer)
    assessor, mentor = make.assessor(window, other), mentor_for(who, organisation=other)

    def attempt(function, **given):
        try:
            with transaction.atomic():
                function(**given)
        except NotPossible as sentence:
            return str(sentence)
        return ""

    details = {"kind": Placement.Kind.PROJECT, "title": "A new front desk", "by": by}
    said = [
        attempt(reviews.assign, application=application, assessor=assessor, by=by),
        attempt(matching.pair_by_hand, enrolment=who, mentor=mentor, by=by),
    ]
    if not refused:  # a mentor is from another organisation than the host too
        matching.end(pair=matching.confirm(pair=who.mentoring_pairs.get(), by=by), reason="Moved.", by=by)
    said.append(attempt(placements.set_placement, enrolment=who, host=other, **details))
    assert [bool(words) for words in said] == [refused] * 3
    if which in ("parent", "subsidiary", "sister", "grandparent") and refused:
        assert all("part of" in words for words in said)
    assert (other.pk in families_of([application])[application.pk]) == refused


@pytest.mark.requirement("B13")
def test_the_mentor_is_from_another_organisation_than_the_host_whichever_comes_first():
    who = ParticipantFactory()
    by, host = coordinator_of(who), OrganisationFactory(name="Harbour Trust")
    details = {"kind": Placement.Kind.PROJECT, "title": "A new front desk", "by": by}
    pair = confirmed_pair(who, mentor_for(who, organisation=OrganisationFactory(parent=host)))
    with pytest.raises(NotPossible, match="the mentor of .* part of Harbour Trust"):
        placements.set_placement(enrolment=who, host=host, **details)
    matching.end(pair=pair, reason="Moved.", by=by)
    placements.set_placement(enrolment=who, host=host, **details)
    mentor = mentor_for(who, organisation=host)
    with pytest.raises(NotPossible, match="has an assignment at Harbour Trust"):
        matching.pair_by_hand(enrolment=who, mentor=mentor, by=by)
    with pytest.raises(IntegrityError, match="than the host"), transaction.atomic():
        who.mentoring_pairs.create(mentor=mentor)
    elsewhere = mentor_for(who)
    matching.pair_by_hand(enrolment=who, mentor=elsewhere, by=by)
    with pytest.raises(NotPossible, match="whose assignment is at Harbour Trust"):
        mentors.change(mentor=elsewhere, organisation=host, by=by)


def test_nobody_of_the_applicants_organisation_is_on_the_panel():
    window = make.window()
    by = make.coordinator(window)
    make.assessor(window, OrganisationFactory(), full_name="Ada Obi")
    applicant = make.shortlisted(window, by, name="Zoë O’Brien")
    make.assessor(window, OrganisationFactory(parent=applicant.employer), full_name="Sol Marsh-Ade")
    given = {"application": applicant, "starts_at": timezone.now() + timedelta(days=9), "place": "Room 3", "by": by}
    for panel, words in (
        ("Ada Obi and SOL MARSH ADE", "Sol Marsh-Ade cannot judge this application: .* is part of"),
        ("Ada Obi, Zoe O'Brien", "on their own panel"),
    ):
        with pytest.raises(NotPossible, match=words):
            interviews.invite(panel=panel, **given)
    interviews.invite(panel="Ada Obi & Somebody Else", **given)


def test_the_rule_reaches_further_only_once_nothing_under_way_breaks_it():
    who = ParticipantFactory()
    programme = who.cohort.programme
    programme.reach = Reach.PARENT
    programme.save()
    by = staff(provider=programme.provider)
    sister = relative(who.employer, "sister")
    pair = confirmed_pair(who, mentor_for(who, organisation=sister))
    made = type("F", (ProgrammeForm,), {"Meta": type("Meta", (), {"model": Programme, "fields": ("reach",)})})
    longer = made({"reach": Reach.SISTER}, instance=Programme.objects.get(pk=programme.pk))
    assert "1 pair of mentor and participant" in longer.errors["reach"][0]
    assert made({"reach": Reach.SAME}, instance=Programme.objects.get(pk=programme.pk)).is_valid()
    matching.end(pair=pair, reason="Moved.", by=by)
    assert made({"reach": Reach.SISTER}, instance=Programme.objects.get(pk=programme.pk)).is_valid()
