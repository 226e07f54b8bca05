"""What a goal says of itself afterwards: who had opened it, whether it has changed, and what is still asked for (L4, B53)."""

import pytest
import time_machine
from django.urls import reverse

from cohorts.actions import development, journal
from cohorts.models import Goal
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory, day
from tests.factories.conversations import talked
from tests.factories.development import goal_of
from tests.factories.journal import opened, shared_with

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L4", "B53")]


@pytest.fixture
def person():
    return ParticipantFactory(participant__full_name="Amara Okafor", line_manager=UserFactory(full_name="Jo Maddern"))


def seen(client, person, name, *args):
    client.force_login(person.participant)
    return client.get(reverse(f"cohorts:{name}", args=[person.pk, *args]), follow=True).content.decode()


def fresh(goal):
    return Goal.objects.select_related("entry__enrolment").get(pk=goal.pk)


def test_a_goal_that_was_taken_back_says_that_it_was_opened(client, person):
    goal = goal_of(person)
    journal.take_back(sharing=opened(shared_with(goal.entry)), by=person.participant)
    assert "You took it back" in seen(client, person, "goal", goal.pk)


def test_whoever_is_no_line_manager_any_more_is_named_with_what_they_had_opened(client, person):
    goal = goal_of(person)
    opened(shared_with(goal.entry))
    person.line_manager = UserFactory()
    person.save(update_fields=["line_manager"])
    shown = seen(client, person, "goal", goal.pk)
    assert "Jo Maddern" in shown
    assert "not your line manager now" in shown


def test_saving_a_goal_as_it_was_is_no_change_to_read_again(person):
    goal = goal_of(person)
    sharing = opened(shared_with(goal.entry))
    same = {"title": goal.entry.title, "text": goal.entry.text, "theme": goal.theme, "review_on": goal.review_on}
    development.change_goal(goal=fresh(goal), by=person.participant, **same)
    sharing.refresh_from_db()
    sharing.entry.refresh_from_db()
    assert sharing.is_open
    development.change_goal(goal=fresh(goal), by=person.participant, **{**same, "theme": "money"})
    sharing.entry.refresh_from_db()
    assert not sharing.is_open


def test_nothing_is_overdue_of_a_goal_that_is_reached(client, person):
    goal = goal_of(person, due_on=day(0))
    with time_machine.travel(day(5)):
        assert "Its day is over" in seen(client, person, "goal", goal.pk)
        development.reach(goal=fresh(goal), on=day(0), by=person.participant)
        assert "Its day is over" not in seen(client, person, "goal", goal.pk)


def test_reaching_a_goal_again_begins_with_what_came_of_it_before(client, person):
    goal, by = goal_of(person), person.participant
    development.reach(goal=fresh(goal), on=day(0), outcome="They asked me again.", by=by)
    development.take_up_again(goal=fresh(goal), by=by)
    assert "They asked me again." in seen(client, person, "plan_reach", goal.pk)


def test_a_goal_is_asked_for_on_the_day_on_which_its_writer_wanted_to_look_at_it_again(client, person):
    words = {"title": "Vorpal", "text": "x", "theme": "leading"}
    development.set_goal(enrolment=person, review_on=day(4), by=person.participant, **words)
    assert "Look at your goal again" not in seen(client, person, "participant")
    with time_machine.travel(day(4)):
        assert "Look at your goal again: Vorpal" in seen(client, person, "participant")


def test_conversations_alone_can_be_downloaded_and_the_download_says_when_a_goal_is_looked_at(client, person):
    talked(person)
    keep = reverse("cohorts:journal_export", args=[person.pk])
    assert keep in seen(client, person, "conversations")
    words = {"title": "Vorpal", "text": "x", "theme": "leading"}
    development.set_goal(enrolment=person, review_on=day(45), by=person.participant, **words)
    kept = b"".join(client.get(keep).streaming_content).decode()
    assert f"{day(45).day} {day(45):%B %Y}" in kept


def test_the_letter_about_a_goal_says_that_it_is_one(person):
    shared_with(goal_of(person).entry)
    letter = Message.objects.get(kind="cohorts.entry_shared")
    assert letter.subject == "Amara Okafor has shared a goal of their development plan with you"
    assert "journal entry" not in letter.text
