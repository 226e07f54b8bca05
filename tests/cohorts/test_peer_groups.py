"""Peer groups are proposed, changed and made; what their members do among themselves stays among them (B11, B12)."""

from datetime import timedelta

import pytest
from django.db import models
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import grouping, keeping_apart, peers
from cohorts.models import Apart, Grouping, GroupProposal, PeerGroup, PeerPaper, PeerPoll
from cohorts.states import CohortStatus, EnrolmentStatus
from cohorts.states.peers import Half
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.families import Reach
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.factories.peers import MONDAY_TO_FRIDAY, chosen_for, member_of, paper_of, poll_of, proposed
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B11")]


class Scene:
    """A cohort with six people of three employers, of whom two belong together."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.by = staff(RoleName.COORDINATOR, self.cohort.programme.provider)
        council = OrganisationFactory(name="Bristol City Council", sector="public")
        homes = OrganisationFactory(name="Bristol Homes", sector="commercial", parent=council)
        charity = OrganisationFactory(name="Avon Care", sector="voluntary")
        where = [
            council,
            council,
            homes,
            charity,
            charity,
            OrganisationFactory(name="Marsh Media", sector="commercial"),
        ]
        names = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Fay")
        self.people = [
            ParticipantFactory(cohort=self.cohort, participant__full_name=name, employer=employer)
            for name, employer in zip(names, where, strict=True)
        ]


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def group():
    return PeerGroup.objects.create(cohort=RunningCohortFactory(), name="Blue")


def numbers(found):
    return {str(one.enrolment.participant): one.number for one in found.proposals.for_steps()}


# -- proposed and made -----------------------------------------------------------------------------


def test_the_best_mix_is_worked_out_by_a_worker_and_shown_with_what_could_not_be_had(client, scene):
    step = reverse("admin:cohorts_cohort_step", args=[scene.cohort.pk, "propose_groups"])
    client = with_second_factor(client, scene.by)
    response = take_step(client, step, number=2)
    found = Grouping.objects.get()
    assert response.url == reverse("admin:cohorts_grouping_proposal", args=[found.pk])
    assert "see how it is getting on" in client.get(response.url).text
    assert jobs.run(Job.objects.get().pk)
    found.refresh_from_db()
    assert found.is_best
    where = numbers(found)
    assert where["Dan"] != where["Eve"]
    page = " ".join(client.get(response.url).text.split())
    # The three of the council's family cannot all be apart in two groups.
    assert "Who works for the same employer as somebody in their group" in page
    assert "No other arrangement has a better score." in page


def test_organisations_of_a_family_are_one_employer_unless_the_programme_looks_at_each_alone(scene):
    programme = scene.cohort.programme
    programme.reach = Reach.SAME
    programme.save()
    found = proposed(scene.cohort, scene.by, 2)
    assert found.score < 10  # nobody with their own employer
    programme.reach = Reach.PARENT
    programme.save()
    again = grouping.work_out(grouping=Grouping.objects.get(), by=scene.by)
    assert 10 <= again.score < 20


def test_two_people_are_kept_apart_and_may_be_together_again(scene):
    ada, ben, cleo = scene.people[:3]
    found = proposed(scene.cohort, scene.by, 3)
    pair = keeping_apart.keep_apart(grouping=found, one=scene.people[5], other=ada, by=scene.by)
    assert keeping_apart.keep_apart(grouping=found, one=ada, other=scene.people[5], by=scene.by) == pair
    grouping.work_out(grouping=found, by=scene.by)
    assert numbers(found)["Ada"] != numbers(found)["Fay"]
    with pytest.raises(NotPossible, match="two different people"):
        keeping_apart.keep_apart(grouping=found, one=ben, other=ben, by=scene.by)
    with pytest.raises(NotPossible, match="another cohort"):
        keeping_apart.keep_apart(grouping=found, one=cleo, other=ParticipantFactory(), by=scene.by)
    keeping_apart.let_together(pair=pair, by=scene.by)
    assert not Apart.objects.exists()


def test_whom_a_coordinator_moves_stays_there_and_the_page_says_what_it_costs(client, scene):
    found = proposed(scene.cohort, scene.by, 2)
    dan = GroupProposal.objects.for_steps().get(enrolment=scene.people[3])
    other = numbers(found)["Eve"]
    client = with_second_factor(client, scene.by)
    take_step(client, reverse("admin:cohorts_groupproposal_step", args=[dan.pk, "put_elsewhere"]), number=other)
    page = " ".join(client.get(reverse("admin:cohorts_grouping_proposal", args=[found.pk])).text.split())
    assert f"Dan and Eve, both in group {other}: Avon Care." in page
    assert "They differ by more than one" in page
    assert "it has been changed by hand since" in page
    grouping.work_out(grouping=found, by=scene.by)
    assert numbers(found)["Dan"] == other != numbers(found)["Eve"]
    dan.refresh_from_db()
    grouping.unlock(proposal=dan, by=scene.by)
    with pytest.raises(NotPossible, match="not locked"):
        grouping.unlock(proposal=GroupProposal.objects.for_steps().get(pk=dan.pk), by=scene.by)
    grouping.lock(proposal=GroupProposal.objects.for_steps().get(pk=dan.pk), by=scene.by)
    with pytest.raises(NotPossible, match="locked already"):
        grouping.lock(proposal=GroupProposal.objects.for_steps().get(pk=dan.pk), by=scene.by)
    with pytest.raises(NotPossible, match="no such group"):
        grouping.put_elsewhere(proposal=GroupProposal.objects.for_steps().get(pk=dan.pk), number=7, by=scene.by)


def test_the_groups_are_made_in_one_step_and_everybody_is_told(scene):
    PeerGroup.objects.create(cohort=scene.cohort, name="Blue")
    PeerGroup.objects.create(cohort=scene.cohort, name="Group 2")
    found = proposed(scene.cohort, scene.by, 3)
    where = numbers(found)
    grouping.make_groups(grouping=found, by=scene.by)
    groups = {str(one.participant): str(one.peer_group) for one in scene.cohort.enrolments.select_related("peer_group")}
    names = {1: "Blue", 2: "Group 2", 3: "Group 3"}
    assert groups == {who: names[number] for who, number in where.items()}
    told = Message.objects.filter(kind="cohorts.peer_group")
    assert told.count() == 6
    assert "with 2 people in all" in told.first().text
    found.refresh_from_db()
    assert (found.made_at, found.made_by) != (None, None)
    for refused in (
        lambda: grouping.make_groups(grouping=found, by=scene.by),
        lambda: grouping.set_number(grouping=found, number=2, by=scene.by),
        lambda: grouping.propose(grouping=found, by=scene.by),
    ):
        with pytest.raises(NotPossible, match="have been made"):
            refused()


def test_groups_are_not_made_without_whoever_joined_since_nor_before_they_are_worked_out(scene):
    begun = Grouping.objects.create(cohort=scene.cohort, number=2)
    with pytest.raises(NotPossible, match="Nothing is worked out"):
        grouping.make_groups(grouping=begun, by=scene.by)
    begun = grouping.work_out(grouping=begun, by=scene.by)
    ParticipantFactory(cohort=scene.cohort, participant__full_name="Gus")
    with pytest.raises(NotPossible, match="Gus has joined since"):
        grouping.make_groups(grouping=begun, by=scene.by)


def test_one_proposal_at_a_time_for_a_cohort_that_is_not_over_and_has_people(scene):
    grouping.propose_groups(cohort=scene.cohort, number=2, by=scene.by)
    with pytest.raises(NotPossible, match="proposed for this cohort already"):
        grouping.propose_groups(cohort=scene.cohort, number=2, by=scene.by)
    empty = RunningCohortFactory(programme=scene.cohort.programme)
    with pytest.raises(NotPossible, match="Nobody is enrolled"):
        grouping.propose_groups(cohort=empty, number=2, by=scene.by)
    empty.status = CohortStatus.CANCELLED
    with pytest.raises(NotPossible, match="no groups are made"):
        grouping.propose_groups(cohort=empty, number=2, by=scene.by)


def test_fewer_groups_free_whoever_was_locked_into_one_that_is_gone(scene):
    found = proposed(scene.cohort, scene.by, 3)
    for one in found.proposals.for_steps():
        grouping.lock(proposal=one, by=scene.by)
    grouping.set_number(grouping=found, number=2, by=scene.by)
    grouping.work_out(grouping=Grouping.objects.get(), by=scene.by)
    assert set(numbers(found).values()) == {1, 2}
    assert found.proposals.filter(is_locked=True).count() == 4


def test_nobody_chooses_their_own_group(scene):
    found = proposed(scene.cohort, scene.by)
    own = found.proposals.for_steps().first()
    by = own.enrolment.participant
    RoleAssignmentFactory(user=by, role=RoleName.COORDINATOR, provider=scene.cohort.programme.provider)
    with pytest.raises(NotAllowed):
        grouping.put_elsewhere(proposal=own, number=3 - own.number, by=by)


# -- among themselves ------------------------------------------------------------------------------


def post(client, member, name, *args, **data):
    client.force_login(member.participant)
    return client.post(reverse(f"cohorts:{name}", args=[member.pk, *args]), data, follow=True)


def page(client, member, name="peer_group", *args):
    client.force_login(member.participant)
    response = client.get(reverse(f"cohorts:{name}", args=[member.pk, *args]))
    return " ".join(response.text.split()) if response.status_code == 200 else response.status_code


def test_members_know_each_others_names_and_what_else_each_chooses_to_say(client, group):
    ann, bob = member_of(group, "Ann"), member_of(group, "Bob")
    outside = ParticipantFactory(cohort=group.cohort)
    assert bob.participant.email not in page(client, ann)
    assert "Bob" in page(client, ann)
    saved = post(client, bob, "peer_card", shows_email="on", phone="0117 900 100", about="I run a reablement team.")
    assert "Saved." in saved.text
    shown = page(client, ann)
    assert all(words in shown for words in (bob.participant.email, "0117 900 100", "reablement"))
    assert page(client, outside) == 404
    post(client, bob, "peer_card")
    assert "0117 900 100" not in page(client, ann)


@pytest.mark.requirement("B12")
def test_a_paper_is_the_groups_alone_and_whoever_leaves_the_group_reads_it_no_more(client, group):
    ann, bob = member_of(group, "Ann"), member_of(group, "Bob")
    green = PeerGroup.objects.create(cohort=group.cohort, name="Green")
    cy = member_of(green, "Cy")
    done = post(client, ann, "peer_write", kind="notes", title="Notes of March", text="Zanthovar spoke.")
    assert "Zanthovar" in done.text
    paper = PeerPaper.objects.get()
    assert "Zanthovar" in page(client, bob, "peer_paper", paper.pk)
    for name in ("peer_paper", "peer_change"):
        assert page(client, cy, name, paper.pk) == 404
    bob.peer_group = green
    bob.save()
    assert page(client, bob, "peer_paper", paper.pk) == 404
    ann.status = EnrolmentStatus.WITHDRAWN
    assert peers.group_of(ann) is None


@pytest.mark.requirement("B12")
def test_two_who_write_at_once_lose_nothing(client, group):
    ann, bob = member_of(group, "Ann"), member_of(group, "Bob")
    paper = paper_of(ann)
    same = {"kind": "agenda", "title": "Agenda", "version": 1}
    assert "Saved." in post(client, bob, "peer_change", paper.pk, text="Bob’s words", **same).text
    late = post(client, ann, "peer_change", paper.pk, text="Ann’s words", **same).text
    assert "Bob has changed this since you opened it" in late
    assert "Ann’s words" in late
    paper.refresh_from_db()
    assert (paper.text, paper.version, paper.changed_by) == ("Bob’s words", 2, bob)


def test_a_second_click_writes_nothing_more_and_only_whoever_began_it_deletes_it(client, group):
    ann, bob = member_of(group, "Ann"), member_of(group, "Bob")
    given = {"kind": "notes", "title": "One", "text": "Two", "submission": "0c9c1d8e-8a6c-4a2e-b9a1-111111111111"}
    for _ in range(2):
        post(client, ann, "peer_write", **given)
    paper = PeerPaper.objects.get()
    assert post(client, bob, "peer_delete", paper.pk).status_code == 404
    with pytest.raises(NotAllowed):
        peers.delete(paper=paper, enrolment=bob, by=bob.participant)
    assert "Nothing of it is kept" in post(client, ann, "peer_delete", paper.pk).text
    assert not PeerPaper.objects.exists()
    for text, error in (("", "Write something."), ("x" * 20_001, "Keep it to")):
        assert error in post(client, ann, "peer_write", kind="notes", title="One", text=text).text
    with pytest.raises(NotPossible, match="longer than"):
        peers.write(enrolment=ann, kind="notes", title="One", text="x" * 20_001, by=ann.participant)


def when(first, last, **more):
    parts = {}
    for name, on in (("first", first), ("last", last)):
        parts |= {f"{name}_{place}": part for place, part in enumerate((on.day, on.month, on.year))}
    return {"title": "Peer learning 2", "weekdays": list(MONDAY_TO_FRIDAY), "halves": list(Half), **parts, **more}


def test_the_half_day_that_suits_most_is_found_and_the_session_moved_to_it(client, group):
    ann, bob, cy = (member_of(group, name) for name in ("Ann", "Bob", "Cy"))
    session = SessionFactory(cohort=group.cohort, peer_group=group, starts_at=timezone.now() + timedelta(days=40))
    asked = post(client, ann, "peer_ask_when", **when(day(1), day(9), session=session.pk))
    assert "The others have been asked" in asked.text
    assert Message.objects.filter(kind="cohorts.peer_ask_when").count() == 2
    poll = PeerPoll.objects.get()
    assert "Say which half-day suits you" in page(client, bob, "participant")
    first, second, *rest = poll.half_days.all()
    assert "Say of at least one half-day" in post(client, ann, "peer_poll").text
    post(client, ann, "peer_poll", **{f"half_{first.pk}": "yes", f"half_{second.pk}": "yes"})
    post(client, bob, "peer_poll", **{f"half_{first.pk}": "no", f"half_{second.pk}": "if_needed"})
    assert "Say which half-day suits you" not in page(client, bob, "participant")
    shown = page(client, cy, "peer_poll")
    assert "Still to answer: Cy" in shown
    assert shown.index("1 can (Ann), 1 if need be (Bob)") < shown.index("1 can (Ann), 1 cannot (Bob)")
    assert "1 if need be (Bob). Still to answer: Cy." in page(client, cy, "peer_choose", second.pk)
    assert not PeerPoll.objects.get().chosen, "looking chooses nothing"
    assert "Everybody in your group has been told" in post(client, cy, "peer_choose", second.pk).text
    assert Message.objects.filter(kind="cohorts.peer_chosen").count() == 3
    by = staff(RoleName.COORDINATOR, group.cohort.programme.provider)
    found = PeerPoll.objects.to_date().for_steps().get()
    starts, ends = found.chosen.span
    peers.set_date(poll=found, starts_at=starts, ends_at=ends, by=by)
    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (starts, ends)
    assert not PeerPoll.objects.to_date().exists()
    with pytest.raises(NotPossible, match="moved already"):
        peers.set_date(poll=found, starts_at=starts, ends_at=ends, by=by)


def test_staff_see_on_the_page_when_it_would_be(client, group):
    ann = member_of(group, "Ann")
    client = with_second_factor(client, staff(RoleName.COORDINATOR, group.cohort.programme.provider))
    session = SessionFactory(cohort=group.cohort, peer_group=group, starts_at=timezone.now() + timedelta(days=40))
    poll = chosen_for(ann, session)
    starts, _ = poll.chosen.span
    shown = client.get(reverse("admin:cohorts_peerpoll_step", args=[poll.pk, "set_date"])).text
    assert timezone.localtime(starts).strftime("%H:%M") in shown
    assert "peer group has chosen a half-day" in client.get(reverse("admin:index")).text


def test_a_group_looks_for_one_half_day_at_a_time_and_whoever_asked_calls_it_off(client, group):
    ann, bob = member_of(group, "Ann"), member_of(group, "Bob")
    poll = poll_of(ann)
    with pytest.raises(NotPossible, match="already"):
        poll_of(bob)
    assert post(client, bob, "peer_call_off").status_code == 404
    with pytest.raises(NotAllowed):
        peers.call_off(poll=poll, enrolment=bob, by=bob.participant)
    assert "Called off" in post(client, ann, "peer_call_off").text
    with pytest.raises(NotPossible, match="not looking"):
        peers.answer(poll=poll, enrolment=ann, answers={}, by=ann.participant)
    assert "not looking for a half-day now" in post(client, ann, "peer_poll").text


def test_what_is_wrong_with_the_days_gets_a_sentence(group):
    ann = member_of(group, "Ann")
    for first, last, weekdays, sentence in (
        (day(0), day(4), MONDAY_TO_FRIDAY, "tomorrow or later"),
        (day(4), day(3), MONDAY_TO_FRIDAY, "not be before"),
        (day(4), day(400), MONDAY_TO_FRIDAY, "Keep to a year"),
        (day(1), day(7), (7,), "working day"),
        (day(1), day(60), MONDAY_TO_FRIDAY, "Keep to 30"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            poll_of(ann, first=first, last=last, weekdays=weekdays)
    elsewhere = SessionFactory(cohort=group.cohort, starts_at=timezone.now() + timedelta(days=9))
    with pytest.raises(NotPossible, match="not a session of your group"):
        poll_of(ann, session=elsewhere)


def test_a_half_day_that_is_over_or_anothers_is_not_chosen(group):
    ann = member_of(group, "Ann")
    old = peers.call_off(poll=poll_of(ann), enrolment=ann, by=ann.participant)
    poll = poll_of(ann)
    with pytest.raises(NotPossible, match="one of these"):
        peers.choose(poll=poll, enrolment=ann, half_day=old.half_days.first(), by=ann.participant)
    gone = poll.half_days.first()
    poll.half_days.filter(pk=gone.pk).update(on=day(-1))
    gone.refresh_from_db()
    with pytest.raises(NotPossible, match="over"):
        peers.choose(poll=poll, enrolment=ann, half_day=gone, by=ann.participant)
    by = staff(RoleName.COORDINATOR, group.cohort.programme.provider)
    found = PeerPoll.objects.for_steps().get(pk=poll.pk)
    starts, ends = found.half_days.last().span
    with pytest.raises(NotPossible, match="not chosen"):
        peers.set_date(poll=found, starts_at=starts, ends_at=ends, by=by)
    peers.choose(poll=poll, enrolment=ann, half_day=poll.half_days.last(), by=ann.participant)
    with pytest.raises(NotPossible, match="meets by itself"):
        peers.set_date(poll=PeerPoll.objects.for_steps().get(pk=poll.pk), starts_at=starts, ends_at=ends, by=by)


def test_staff_who_are_no_members_do_none_of_it(group):
    ann = member_of(group, "Ann")
    by = staff(RoleName.COORDINATOR, group.cohort.programme.provider)
    with pytest.raises(NotAllowed):
        peers.write(enrolment=ann, kind="notes", title="One", text="Two", by=by)
    assert not PeerPaper.objects.visible_to(by).exists()


def test_a_search_of_which_every_half_day_is_over_stands_in_nobodys_way(client, group):
    ann, bob = member_of(group, "Ann"), member_of(group, "Bob")
    old = poll_of(ann)
    old.half_days.update(on=models.F("on") - timedelta(days=60))
    assert "Which half-day suits you?" not in page(client, bob)
    poll_of(bob)
    old.refresh_from_db()
    assert (old.chosen, old.closed_at is None) == (None, False)


def test_a_new_group_never_has_the_name_of_one_that_there_is(scene):
    PeerGroup.objects.create(cohort=scene.cohort, name="GROUP 2")
    found = proposed(scene.cohort, scene.by, 3)
    grouping.make_groups(grouping=found, by=scene.by)
    assert set(scene.cohort.peer_groups.values_list("name", flat=True)) == {"GROUP 2", "Group 3", "Group 4"}
