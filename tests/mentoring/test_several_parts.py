"""Several parts of a plan that are recorded in the same way, each with its own rule about the host or the mentor."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cohorts.actions import enrolments, placements
from cohorts.actions.employing import host_too_near
from cohorts.desk.forms import PlacementForm
from cohorts.models import Placement
from cohorts.progress import progress_of
from cohorts.states import Counterpart, Recording
from mentoring.actions import matching, mentors, sessions
from mentoring.matching import pool
from mentoring.models import Mentor, Pair
from mentoring.states import Mode
from steppingup.history.lifecycle import NotPossible
from tests.factories import modules as qualifying
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, PlanFactory, RunningCohortFactory, day
from tests.factories.mentoring import mentor_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def m() -> SimpleNamespace:
    """A plan with two assignments and two kinds of mentoring: one of each with another organisation, one with one's own."""
    plan = PlanFactory()
    plan.components.create(
        key="inside", kind="stretch", title="Work shadowing", most=2, order=5,
        recording=Recording.HOST, counterpart=Counterpart.OWN,
    )  # fmt: skip
    plan.components.create(
        key="internal", kind="mentoring", title="Internal mentor", most=1, order=6,
        recording=Recording.PAIR, counterpart=Counterpart.OWN,
    )  # fmt: skip
    cohort = RunningCohortFactory(programme=plan.programme, plan=plan)
    person = ParticipantFactory(cohort=cohort)
    part = {one.key: one for one in plan.components.all()}
    return SimpleNamespace(part=part, cohort=cohort, person=person, by=staff(provider=plan.programme.provider))


def place(m: SimpleNamespace, key: str | None, host=None, **more):
    given = {"kind": "project", "title": f"A {key} project", "by": m.by, **more}
    component = m.part[key] if key else None
    return placements.set_placement(
        enrolment=m.person, component=component, host=host or OrganisationFactory(), **given
    )


def refused(sentence: str):
    return pytest.raises(IntegrityError, match=sentence)


# -- assignments -----------------------------------------------------------------------------------


@pytest.mark.requirement("B7", "B8")
def test_each_part_of_the_plan_has_an_assignment_of_its_own_and_its_own_days(m):
    with pytest.raises(NotPossible, match="several assignments: Stretch assignment and Work shadowing. Choose"):
        place(m, None)
    with pytest.raises(NotPossible, match="“Modules” is not an assignment"):
        place(m, "modules")
    away, inside = place(m, "stretch"), place(m, "inside", host=m.person.employer)
    assert place(m, "stretch", title="Another title").pk == away.pk
    for placement, ago in ((away, 1), (away, 2), (inside, 3)):
        placements.record_day(placement=placement, on=day(-ago), days=Decimal(1), by=m.person.participant)
    done = {one.component.key: one.done for one in progress_of(m.person).components}
    assert (done["stretch"], done["inside"]) == (2, 1)
    placements.record_day(placement=inside, on=day(-4), days=Decimal(1), by=m.person.participant)
    with pytest.raises(NotPossible, match="All 2 days of the assignment"):
        placements.record_day(placement=inside, on=day(-5), days=Decimal(1), by=m.person.participant)


@pytest.mark.requirement("B8")
@pytest.mark.parametrize(
    ("rule", "own", "other"), [("another", False, True), ("own", True, False), ("any", True, True)]
)
def test_the_rule_of_the_part_decides_who_may_be_the_host(rule, own, other):
    plan = PlanFactory()
    plan.components.filter(key="stretch").update(counterpart=rule)
    person = ParticipantFactory(cohort=RunningCohortFactory(programme=plan.programme, plan=plan))
    part = plan.components.get(key="stretch")
    for host, may in ((person.employer, own), (OrganisationFactory(), other)):
        assert (placements.why_not_host(person, host, component=part) == "") == may
        form = PlacementForm({"enrolment": person.pk, "host": host.pk, "kind": "project", "title": "A project"})
        assert ("host" not in form.errors) == may
        with transaction.atomic():  # the database says the same
            row = Placement(enrolment=person, component=part, host=host, kind="project", title="x")
            if may:
                row.save()
            else:
                with refused("organisation"), transaction.atomic():
                    row.save()
            transaction.set_rollback(True)


def test_the_form_asks_for_the_part_only_where_there_are_several(m):
    given = {"enrolment": m.person.pk, "host": OrganisationFactory().pk, "kind": "project", "title": "A project"}
    assert "Choose which one" in PlacementForm(given).errors["component"][0]
    assert PlacementForm({**given, "component": m.part["stretch"].pk}).is_valid()
    place(m, "stretch")
    assert "already" in PlacementForm({**given, "component": m.part["stretch"].pk}).errors["enrolment"][0]
    alone = ParticipantFactory()
    form = PlacementForm({**given, "enrolment": alone.pk})
    assert form.is_valid()
    assert form.instance.component == alone.cohort.plan.components.get(key="stretch")


def test_whoever_has_two_assignments_has_a_page_for_each(client, m):
    away, inside = place(m, "stretch"), place(m, "inside", host=m.person.employer)
    client.force_login(m.person.participant)
    page = client.get(reverse("cohorts:assignment", args=[m.person.pk])).text
    for one in (away, inside):
        address = reverse("cohorts:one_assignment", args=[m.person.pk, one.pk])
        assert address in page
        assert one.title in client.get(address).text
    assert client.get(reverse("cohorts:one_assignment", args=[m.person.pk, inside.pk + 999])).status_code == 404
    on = day(-1)
    boxes = {"on_0": on.day, "on_1": on.month, "on_2": on.year, "days": "1"}
    client.post(reverse("cohorts:one_assignment", args=[m.person.pk, inside.pk]), boxes)
    assert inside.days.count() == 1
    assert not away.days.exists()


def test_written_work_says_which_of_two_assignments_it_is_about(m):
    from modules.actions.assignments import HandInForm

    away, _ = place(m, "stretch"), place(m, "inside", host=m.person.employer)
    registration = qualifying.registered(m.person)
    form = HandInForm(subject=registration)
    assert [pk for pk, _ in form.fields["about_placement"].choices][0] == ""
    form.cleaned_data = {"file": None, "about_placement": str(away.pk)}
    assert form.values()["placement"] == away
    form.cleaned_data["about_placement"] = ""
    assert form.values()["placement"] is None


def test_another_employer_is_refused_where_the_host_would_no_longer_be_from_where_it_must(m):
    other = OrganisationFactory()
    place(m, "inside", host=m.person.employer)
    assert "must be their own organisation" in host_too_near(m.person, other)
    with pytest.raises(NotPossible, match="must be their own organisation"):
        enrolments.change_employer(enrolment=m.person, employer=other, by=m.by)


# -- mentors ---------------------------------------------------------------------------------------


def pair_up(m: SimpleNamespace, key: str, mentor: Mentor) -> Pair:
    pair = matching.pair_by_hand(enrolment=m.person, mentor=mentor, component=m.part[key], by=m.by)
    return matching.confirm(pair=pair, by=m.by)


@pytest.mark.requirement("B13", "B48")
@pytest.mark.parametrize(
    ("rule", "own", "other"), [("another", False, True), ("own", True, False), ("any", True, True)]
)
def test_the_rule_of_the_part_decides_who_may_be_the_mentor(rule, own, other):
    plan = PlanFactory()
    plan.components.filter(key="mentoring").update(counterpart=rule)
    person = ParticipantFactory(cohort=RunningCohortFactory(programme=plan.programme, plan=plan))
    part = plan.components.get(key="mentoring")
    inside, outside = mentor_for(person, organisation=person.employer), mentor_for(person)
    for mentor, may in ((inside, own), (outside, other)):
        assert (pool.why_not(person, mentor, part) == "") == may
        assert (mentor.pk in {one.offer.id for one in pool.choices_for(person, part)}) == may
        with transaction.atomic():
            row = Pair(enrolment=person, component=part, mentor=mentor)
            if may:
                row.save()
            else:
                with refused("organisation"), transaction.atomic():
                    row.save()
            transaction.set_rollback(True)
    # The matcher agrees: only those who may are proposed.
    run = matching.work_out(cohort=person.cohort, by=staff(provider=plan.programme.provider))
    proposed = set(run.pairs.values_list("mentor", flat=True))
    assert proposed <= {mentor.pk for mentor, may in ((inside, own), (outside, other)) if may}
    assert len(proposed) == 1


def test_one_matching_finds_a_mentor_for_each_part_and_not_the_same_for_both(m):
    outside, inside = mentor_for(m.person), mentor_for(m.person, organisation=m.person.employer)
    run = matching.work_out(cohort=m.cohort, by=m.by)
    assert set(run.pairs.values_list("component__key", "mentor")) == {
        ("mentoring", outside.pk), ("internal", inside.pk),
    }  # fmt: skip
    assert run.unmatched == []
    inside.is_available = False
    inside.save()
    mentor_for(m.person)
    run = matching.work_out(cohort=m.cohort, by=m.by)
    (left,) = run.unmatched
    assert left["component"] == m.part["internal"].pk
    assert "one of their own" in left["reason"]


def test_the_part_is_asked_for_only_where_somebody_lacks_mentors_for_several(m):
    outside, inside = mentor_for(m.person, capacity=3), mentor_for(m.person, organisation=m.person.employer)
    form = matching.MentorForm(subject=m.person)
    assert "component" in form.fields
    with pytest.raises(NotPossible, match="mentoring in several parts: Mentoring and Internal mentor"):
        matching.pair_by_hand(enrolment=m.person, mentor=outside, by=m.by)
    with pytest.raises(NotPossible, match="must be from their own organisation"):
        matching.pair_by_hand(enrolment=m.person, mentor=outside, component=m.part["internal"], by=m.by)
    pair_up(m, "mentoring", outside)
    with pytest.raises(NotPossible, match="does not need a mentor for “Mentoring”"):
        matching.pair_by_hand(enrolment=m.person, mentor=inside, component=m.part["mentoring"], by=m.by)
    form = matching.MentorForm(subject=m.person)
    assert "component" not in form.fields
    assert form.fields["mentor"].label == "Mentors from their own organisation who have a free place"
    pair = matching.pair_by_hand(enrolment=m.person, mentor=inside, by=m.by)
    assert pair.component == m.part["internal"]
    with pytest.raises(NotPossible, match="already paired"):
        matching.pair_by_hand(enrolment=m.person, mentor=outside, by=m.by)
    assert not pool.without_some_mentor(m.cohort).filter(pk=m.person.pk).exists()


@pytest.mark.requirement("B14")
def test_the_minutes_of_each_pair_count_for_its_own_part(m, client):
    first = pair_up(m, "mentoring", mentor_for(m.person))
    second = pair_up(m, "internal", mentor_for(m.person, organisation=m.person.employer))
    for pair, ago, minutes in ((first, 1, 210), (second, 2, 105)):
        sessions.record(pair=pair, on=day(-ago), minutes=minutes, mode=Mode.VIDEO, by=m.person.participant)
    done = {one.component.key: one.done for one in progress_of(m.person).components}
    assert (done["mentoring"], done["internal"]) == (Decimal("0.5"), Decimal("0.25"))
    client.force_login(m.person.participant)
    page = client.get(reverse("mentoring:mentor", args=[m.person.pk])).text
    for pair in (first, second):
        assert pair.mentor.called in page
        assert reverse("mentoring:record_with", args=[m.person.pk, pair.pk]) in page
    client.force_login(m.person.line_manager)
    page = client.get(reverse("mentoring:managed_mentor", args=[m.person.pk])).text
    assert "has a mentor from another organisation" in page
    assert "has a mentor from their own organisation" in page


def test_a_mentor_does_not_leave_the_organisation_that_the_part_asks_for(m):
    mentor = mentor_for(m.person, organisation=m.person.employer)
    pair = pair_up(m, "internal", mentor)
    elsewhere = OrganisationFactory()
    assert "must be from their own organisation" in mentors.why_not_from(mentor, elsewhere)
    with refused("for whom it must be"), transaction.atomic():
        Mentor.objects.filter(pk=mentor.pk).update(organisation=elsewhere)
    assert "must be from their own organisation" in mentors.why_not_employed_by(m.person, elsewhere)
    assert not Pair.objects.no_longer_allowed().exists()
    type(m.person).objects.filter(pk=m.person.pk).update(employer=elsewhere)
    assert Pair.objects.no_longer_allowed().get() == pair


def test_a_host_may_be_of_the_mentors_organisation_where_the_part_lets_the_mentor_be_anybodys(m):
    mentor = mentor_for(m.person, organisation=m.person.employer)
    pair_up(m, "internal", mentor)
    assert place(m, "inside", host=m.person.employer).host == mentor.organisation
