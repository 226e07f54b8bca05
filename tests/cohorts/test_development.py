"""The development plan: goals, what is done for each, who reads it, and what of it is kept (L4, B50)."""

import pytest
import time_machine
from django.urls import reverse

from cohorts.actions import development, journal
from cohorts.models import Enrolment, Goal, GoalAction, JournalEntry
from cohorts.models.development import MOST_ACTIONS
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, day
from tests.factories.conversations import talked
from tests.factories.development import goal_of
from tests.factories.journal import opened, shared_with

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L4", "B50")]


@pytest.fixture
def person():
    return ParticipantFactory(participant__full_name="Amara Okafor", line_manager=UserFactory(full_name="Jo Maddern"))


def at(name, *args):
    return reverse(f"cohorts:{name}", args=args)


def read(client, user, name, *args):
    client.force_login(user)
    return client.get(at(name, *args)).content.decode()


def in_boxes(name, on):
    return {f"{name}_{place}": part for place, part in enumerate((on.day, on.month, on.year))}


def test_a_goal_is_set_has_things_to_do_and_is_reached(client, person):
    assert "No goal yet" in read(client, person.participant, "plan", person.pk)
    wrong = client.post(at("plan_write", person.pk), {"title": "", "text": "", "theme": ""}).content.decode()
    for sentence in (development.NO_GOAL, development.NO_NEED, development.NO_THEME):
        assert sentence in wrong
    given = {"title": "Chair the board", "text": "Without notes.", "theme": "leading", **in_boxes("review_on", day(60))}
    shown = client.post(at("plan_write", person.pk), given, follow=True).content.decode()
    assert "Only you can read it" in shown
    goal = Goal.objects.get()
    assert (goal.theme, goal.review_on) == ("leading", day(60))
    page = at("goal", person.pk, goal.pk)
    client.post(page, {"what": "Watch Delia", "owner": "me", **in_boxes("due_on", day(7))})
    client.post(page, {"what": "Find a board", "owner": "manager"})
    first, second = GoalAction.objects.order_by("pk")
    mark = at("plan_mark", person.pk, goal.pk, first.pk)
    assert "Done: 1 of 2." in client.post(mark, {"done": "yes"}, follow=True).content.decode()
    assert "It is open again." in client.post(mark, {"done": "no"}, follow=True).content.decode()
    client.post(mark, {"done": "yes"})
    last = client.post(at("plan_mark", person.pk, goal.pk, second.pk), {"done": "yes"}, follow=True).content.decode()
    assert "That was the last one for this goal." in last
    said = {**in_boxes("on", day(0)), "outcome": "They asked me to stay on."}
    reached = client.post(at("plan_reach", person.pk, goal.pk), said, follow=True).content.decode()
    assert "Well done" in reached
    assert "They asked me to stay on." in reached
    assert "What you have reached" in read(client, person.participant, "plan", person.pk)
    client.post(at("plan_again", person.pk, goal.pk))
    client.post(at("plan_again", person.pk, goal.pk))  # a second press changes nothing
    assert Goal.objects.get().reached_on is None


def test_a_goal_is_no_entry_of_the_journal_but_is_kept_and_deleted_like_one(client, person):
    goal = goal_of(person)
    talked(person, agreed="We talked about the board.")
    assert "Chairing" not in read(client, person.participant, "journal", person.pk)
    assert client.get(at("journal_entry", person.pk, goal.entry.pk)).url == at("goal", person.pk, goal.pk)
    kept = b"".join(client.get(at("journal_export", person.pk)).streaming_content).decode()
    for words in ("Chairing the board", "watch how it is done", "We talked about the board."):
        assert words in kept
    assert client.post(at("journal_delete", person.pk, goal.entry.pk)).url == at("plan", person.pk)
    assert [model.objects.count() for model in (Goal, GoalAction, JournalEntry)] == [0, 0, 0]


def test_a_line_manager_reads_a_goal_while_it_is_shared_and_they_are_that(client, person):
    goal, private = goal_of(person), goal_of(person, "Grieving")
    sharing = shared_with(goal.entry)
    before = read(client, person.line_manager, "shared_entry", sharing.pk)
    assert "A goal of their development plan" in before
    assert "Chairing" not in before
    opened(sharing)
    shown = read(client, person.line_manager, "shared_entry", sharing.pk)
    assert "Chairing: watch how it is done (Amara Okafor)" in shown
    development.reach(goal=Goal.objects.get(pk=goal.pk), on=day(0), by=person.participant)
    assert "changed since you read it" in read(client, person.line_manager, "shared_entry", sharing.pk)
    opened(sharing)
    assert "A good moment to say “well done”." in read(client, person.line_manager, "shared_entry", sharing.pk)
    client.force_login(person.line_manager)
    assert client.get(at("goal", person.pk, private.pk)).status_code == 404
    Enrolment.objects.filter(pk=person.pk).update(line_manager=UserFactory())
    assert client.get(at("shared_entry", sharing.pk)).status_code == 404
    Enrolment.objects.filter(pk=person.pk).update(line_manager=person.line_manager)
    journal.take_back(sharing=sharing, by=person.participant)
    assert client.get(at("shared_entry", sharing.pk)).status_code == 404


def test_an_action_whose_day_has_come_is_asked_for_on_ones_own_page_only(client, person):
    goal = goal_of(person, due_on=day(0))
    assert "From your plan: Chairing: watch how it is done" in read(
        client, person.participant, "participant", person.pk
    )
    assert "Chairing" not in read(client, person.line_manager, "managed", person.pk)
    development.mark_done(action=goal.actions.get(), by=person.participant)
    assert "From your plan" not in read(client, person.participant, "participant", person.pk)


def test_what_is_to_be_done_changes_its_words_owner_and_day_and_stays_done(client, person):
    goal = goal_of(person, due_on=day(30))
    action = goal.actions.get()
    development.mark_done(action=action, by=person.participant)
    sharing = opened(shared_with(goal.entry))
    page = at("plan_change_action", person.pk, goal.pk, action.pk)
    assert page in read(client, person.participant, "goal", person.pk, goal.pk)
    assert "Chairing: watch how it is done" in client.get(page).content.decode()
    assert development.NO_ACTION in client.post(page, {"what": "", "owner": "me"}).content.decode()
    assert (
        development.PAST
        in client.post(page, {"what": "Ask", "owner": "me", **in_boxes("due_on", day(-1))}).content.decode()
    )
    client.post(page, {"what": "Ask Delia", "owner": "mentor", **in_boxes("due_on", day(9))})
    action.refresh_from_db()
    assert (action.what, action.owner, action.due_on, action.done_on) == ("Ask Delia", "mentor", day(9), day(0))
    assert "changed since you read it" in read(client, person.line_manager, "shared_entry", sharing.pk)
    before = goal.entry.__class__.objects.get(pk=goal.entry.pk).changed_at
    client.force_login(person.participant)
    client.post(page, {"what": "Ask Delia", "owner": "mentor", **in_boxes("due_on", day(9))})
    assert goal.entry.__class__.objects.get(pk=goal.entry.pk).changed_at == before, "nothing has changed"
    GoalAction.objects.update(due_on=day(-3))
    client.post(page, {"what": "Ask Delia soon", "owner": "mentor", **in_boxes("due_on", day(-3))})
    assert GoalAction.objects.get().what == "Ask Delia soon", "its day was over before"
    with pytest.raises(NotPossible, match="Choose who does it"):
        development.change_action(action=action, what="x", owner="nobody", by=person.participant)
    with pytest.raises(NotAllowed):
        development.change_action(action=action, what="x", owner="me", by=person.line_manager)


def test_a_long_plan_is_searched_and_has_pages_and_a_short_one_asks_nothing(client, person):
    for number in range(4):
        goal_of(person, f"Goal{number}")
    assert "Search" not in read(client, person.participant, "plan", person.pk)
    for number in range(4, 23):
        goal_of(person, f"Goal{number}")
    reached = Goal.objects.get(entry__title="Goal22 the board")
    development.reach(goal=reached, on=day(0), outcome="A new chair", by=person.participant)
    first = read(client, person.participant, "plan", person.pk)
    assert "23 goals" in first
    assert "Goal19 the board" in first
    assert "Goal20 the board" not in first
    page = at("plan", person.pk)
    second = client.get(page, {"page": 2}).content.decode()
    assert "Goal20 the board" in second
    assert "What you have reached" in second
    assert "Goal7 the" in (found := client.get(page, {"q": "goal7"}).content.decode())
    assert "Goal8 the" not in found
    assert "Goal22" in client.get(page, {"q": "new chair"}).content.decode()
    assert "Goal22" not in client.get(page, {"show": "ahead", "page": 2}).content.decode()
    none = client.get(page, {"theme": "skills", "q": "nowhere"}).content.decode()
    assert "No goal is like that." in none
    assert "Show all" in none


def test_nobody_else_changes_a_plan_and_what_makes_no_sense_is_refused(person):
    goal, by = goal_of(person), person.participant
    words = {"title": "x", "text": "x", "theme": "leading"}
    for other in (staff(provider=person.cohort.programme.provider), person.line_manager):
        with pytest.raises(NotAllowed):
            development.set_goal(enrolment=person, by=other, **words)
        with pytest.raises(NotAllowed):
            development.reach(goal=goal, on=day(0), by=other)
    for given, sentence in (
        ({"theme": "none"}, development.NO_THEME),
        ({"title": " "}, development.NO_GOAL),
        ({"text": " "}, development.NO_NEED),
        ({"review_on": day(-1)}, development.PAST),
    ):
        with pytest.raises(NotPossible, match=sentence.replace(".", r"\.")):
            development.set_goal(enrolment=person, by=by, **{**words, **given})
    for given, sentence in (
        ({"what": " "}, development.NO_ACTION),
        ({"what": "x", "owner": "nobody"}, "Choose who does it."),
        ({"what": "x", "due_on": day(-1)}, development.PAST),
    ):
        with pytest.raises(NotPossible, match=sentence.replace(".", r"\.")):
            development.add_action(goal=goal, by=by, **given)
    for number in range(MOST_ACTIONS - 1):
        development.add_action(goal=goal, what=f"Step {number}", by=by)
    with pytest.raises(NotPossible, match="Remove one first"):
        development.add_action(goal=goal, what="x", by=by)
    with pytest.raises(NotPossible, match="not reached this goal yet"):
        development.take_up_again(goal=goal, by=by)
    with pytest.raises(NotPossible, match="in the future"):
        development.reach(goal=goal, on=day(1), by=by)
    with pytest.raises(NotPossible, match="Keep it to"):
        development.reach(goal=goal, on=day(0), outcome="x" * 1001, by=by)
    development.reach(goal=goal, on=day(0), by=by)
    with pytest.raises(NotPossible, match="reached this goal already"):
        development.reach(goal=goal, on=day(0), by=by)


def test_a_goal_keeps_its_day_to_look_at_it_when_other_words_change_after_it(person):
    goal = development.set_goal(
        enrolment=person, title="x", text="x", theme="leading", review_on=day(1), by=person.participant
    )
    with time_machine.travel(day(9)):
        changed = development.change_goal(
            goal=goal, title="y", text="y", theme="money", review_on=goal.review_on, by=person.participant
        )
    assert (changed.entry.title, changed.theme) == ("y", "money")


def test_a_second_click_sets_one_goal(client, person):
    client.force_login(person.participant)
    page = client.get(at("plan_write", person.pk))
    key = page.context["form"]["submission"].value()
    given = {"title": "x", "text": "x", "theme": "leading", "submission": key}
    for _ in range(2):
        client.post(at("plan_write", person.pk), given)
    assert Goal.objects.count() == 1
