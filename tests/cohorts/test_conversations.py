"""Conversations with the line manager: written down by either, read by both and nobody else, missed after six weeks (B52, B54)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import conversations, pausing
from cohorts.desk.stuck import watched
from cohorts.models import Conversation, Enrolment
from cohorts.progress.conversations import KIND
from cohorts.progress.stuck import troubles_of
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.conversations import SAID, manager_by_link, talked

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B52")]
WORDS = "Ada leads the Tuesday meeting."


@pytest.fixture
def person():
    cohort = RunningCohortFactory(starts_on=day(-60), ends_on=day(200))
    manager = UserFactory(full_name="Jo Maddern")
    found = ParticipantFactory(cohort=cohort, participant__full_name="Ada Osei", line_manager=manager)
    Enrolment.objects.filter(pk=found.pk).update(enrolled_at=timezone.now() - timedelta(days=70))
    found.refresh_from_db()
    return found


def at(name, *args):
    return reverse(f"cohorts:{name}", args=args)


def filled(**more):
    on = day(-2)
    return {"on_0": on.day, "on_1": on.month, "on_2": on.year, "how": "call", "agreed": WORDS, **more}


def sent(kind):
    return Message.objects.filter(kind=f"cohorts.{kind}")


def test_the_participant_writes_one_down_and_the_line_manager_reads_it(client, person):
    client.force_login(person.participant)
    more = {"minutes": "40", "next_step": "A talk with Sam", "next_by_0": "1", "next_by_1": "12", "next_by_2": "2030"}
    text = client.post(at("conversation_write", person.pk), filled(**more), follow=True).text
    assert "Jo Maddern gets an email that it is there." in text
    assert "By telephone or video, 40 minutes. Written down by you" in text
    assert "A talk with Sam, by 1 December 2030" in text
    told = sent("conversation_told").get()
    assert told.to == person.line_manager
    assert WORDS not in told.subject + told.text
    client.force_login(person.line_manager)
    text = client.get(at("managed_conversations", person.pk)).text
    assert WORDS in text
    assert "Written down by Ada Osei" in text
    assert "Correct" not in text, "it is its writer's"
    one = Conversation.objects.get()
    assert client.get(at("managed_conversation_change", person.pk, one.pk)).status_code == 404


@pytest.mark.requirement("B54")
def test_the_line_manager_writes_one_down_by_the_link_without_signing_in(client, person):
    page = at("talked", manager_by_link(person).link.raw)
    assert "This page is for Jo Maddern" in client.get(page).text
    assert "Say in a few words what you talked about and agreed." in client.post(page, filled(agreed=" ")).text
    text = client.post(page, filled(impact="Fewer complaints"), follow=True).text
    assert "Thank you. Ada Osei gets an email that it is there." in text
    assert "Fewer complaints" in text
    assert sent("conversation_logged").get().to == person.participant
    client.force_login(person.participant)
    text = client.get(at("conversations", person.pk)).text
    assert "Fewer complaints" in text
    assert "Written down by Jo Maddern" in text


def test_what_cannot_be_kept_gets_a_sentence(client, person):
    for given, sentence in (
        ({"agreed": " "}, "Say in a few words"),
        ({"on": day(1)}, "This day is in the future"),
        ({"on": day(-2600)}, "Check the year"),
        ({"next_by": day(9)}, "Say what is to be done by then."),
    ):
        with pytest.raises(NotPossible, match=sentence):
            talked(person, **given)
    client.force_login(person.participant)
    given = {"minutes": "700", "next_by_0": "1", "next_by_1": "12", "next_by_2": "2030"}
    text = client.post(at("conversation_write", person.pk), filled(**given)).text
    assert "Enter the minutes as a whole number, such as 30." in text
    assert "Say what is to be done by then." in text
    assert WORDS in text, "what was typed is still there"


def test_a_second_click_writes_nothing_more(person):
    same = "0b56ee2c-2f2c-4bd9-8a5e-111111111111"
    assert talked(person, submission=same) == talked(person, submission=same)
    assert sent("conversation_told").count() == 1


def test_it_is_corrected_and_removed_by_its_writer_and_put_back(client, person):
    one = talked(person)
    client.force_login(person.participant)
    page = at("conversation_change", person.pk, one.pk)
    assert WORDS in client.get(page).text
    text = client.post(page, filled(agreed="Ada leads on Fridays."), follow=True).text
    assert "Ada leads on Fridays." in text
    assert "changed on" in text
    one.refresh_from_db()
    changed = one.changed_at
    assert conversations.correct(conversation=one, by=person.participant, on=one.on, agreed=one.agreed, how=one.how)
    one.refresh_from_db()
    assert one.changed_at == changed, "nothing was changed"
    text = client.post(at("conversation_remove", person.pk, one.pk), follow=True).text
    assert "Fridays" not in text
    one.refresh_from_db()
    with pytest.raises(NotPossible, match="Put it back first"):
        conversations.correct(conversation=one, by=person.participant, **SAID)
    client.force_login(person.line_manager)
    assert "Removed by Ada Osei on" in client.get(at("managed_conversations", person.pk)).text
    assert client.post(at("managed_conversation_put_back", person.pk, one.pk)).status_code == 404
    client.force_login(person.participant)
    assert "Fridays" in client.post(at("conversation_put_back", person.pk, one.pk), follow=True).text


def test_nobody_else_has_a_word_of_it_and_the_former_line_manager_loses_sight_at_once(client, person):
    """Line manager, former one, somebody else's, peer, coordinator here and elsewhere: in pages, and by the link."""
    theirs = talked(person, by=person.line_manager)
    former, by_link = person.line_manager, manager_by_link(person)
    others = ParticipantFactory(cohort=person.cohort, line_manager=UserFactory())
    coordinator = staff(provider=person.cohort.programme.provider)
    pages = (at("managed_conversations", person.pk), at("conversations", person.pk))
    outside = [others.line_manager, others.participant, coordinator, staff()]
    for who in outside:
        client.force_login(who)
        assert [client.get(page).status_code for page in pages] == [404, 404], who
        with pytest.raises(NotAllowed):
            talked(person, by=who)
        with pytest.raises(NotAllowed):
            conversations.remove(conversation=theirs, by=who)
    after = UserFactory(full_name="Nia New")
    Enrolment.objects.filter(pk=person.pk).update(line_manager=after)
    person = Enrolment.objects.for_steps().get(pk=person.pk)
    client.force_login(former)
    assert client.get(pages[0]).status_code == 404
    client.logout()
    assert client.get(at("talked", by_link.link.raw)).status_code == 410
    theirs = Conversation.objects.for_steps().get()
    with pytest.raises(NotAllowed):
        talked(person, by=by_link)
    with pytest.raises(NotAllowed):
        conversations.correct(conversation=theirs, by=former, **SAID)
    # Whoever comes after has no word of what was said before; the participant has.
    client.force_login(after)
    text = client.get(pages[0]).text
    assert WORDS not in text
    assert "Nothing written down yet" in text
    client.force_login(person.participant)
    text = client.get(pages[1]).text
    assert WORDS in text
    assert "Written down by Jo Maddern" in text
    # The coordinator's own pages have none either.
    client.force_login(coordinator)
    assert WORDS not in client.get(reverse("admin:cohorts_enrolment_change", args=[person.pk])).text


def test_one_of_before_is_with_whoever_was_the_line_manager_then(person):
    """And that person, who is it no more, is not written to."""
    former, after = person.line_manager, UserFactory()
    person.memberships.update(starts_on=day(-70))
    Enrolment.objects.filter(pk=person.pk).update(line_manager=after)
    person = Enrolment.objects.for_steps().get(pk=person.pk)
    assert talked(person).manager == former
    assert not sent("conversation_told").exists()
    assert talked(person, on=day(0)).manager == after
    assert sent("conversation_told").get().to == after


def test_without_a_line_manager_there_is_nothing_to_write_down(person):
    Enrolment.objects.filter(pk=person.pk).update(line_manager=None)
    person.refresh_from_db()
    with pytest.raises(NotPossible, match="There is no line manager"):
        talked(person)


def test_after_leaving_nothing_is_written_down(person):
    Enrolment.objects.filter(pk=person.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    person.refresh_from_db()
    with pytest.raises(NotPossible, match="has left the programme"):
        talked(person)


# -- six weeks without one -----------------------------------------------------------------------------


def nudged():
    work_out_reminders()
    return [message.to for message in sent("conversation_due") | sent("conversation_due_manager")]


def test_both_are_nudged_after_six_weeks_without_one_once(person):
    assert {person.participant, person.line_manager} == set(nudged())
    assert len(nudged()) == 2
    assert "Time to talk with Ada Osei?" in sent("conversation_due_manager").get().subject


def test_nobody_is_nudged_who_has_talked_or_is_on_a_pause(person):
    one = talked(person, on=day(-41))
    assert nudged() == []
    conversations.remove(conversation=one, by=person.participant)
    by = staff(provider=person.cohort.programme.provider)
    pausing.pause(enrolment=person, starts_on=day(-5), by=by)
    assert nudged() == []


def test_the_number_of_weeks_is_a_row_that_the_programme_changes(client, person):
    client.force_login(person.participant)
    front = at("participant", person.pk)
    assert "Talk with Jo Maddern and write it down" in client.get(front).text
    ReminderRule.objects.filter(kind=KIND).update(days=90, until=120)
    assert nudged() == []
    assert "Talk with Jo Maddern and write it down" not in client.get(front).text
    ReminderRule.objects.filter(kind=KIND).update(active=False)
    assert "Talk with Jo Maddern and write it down" not in client.get(front).text


@pytest.mark.requirement("R15")
def test_the_line_manager_is_told_what_the_participant_would_like_to_talk_about(client, person):
    talked(person, on=day(-50), progression=True)
    assert set(nudged()) == {person.participant, person.line_manager}
    assert "would like to talk with you about where they go from here" in sent("conversation_due_manager").get().text
    # A line manager does not wish it for them.
    made = talked(person, by=person.line_manager, progression=True)
    assert not made.progression


def test_whoever_was_nudged_in_vain_is_stuck(person):
    coordinator = staff(provider=person.cohort.programme.provider)

    def found():
        people = watched(Enrolment.objects.filter(pk=person.pk))
        return [one for one in troubles_of(people, coordinator) if one.kind.key == "no_conversation"]

    assert "none since" in found()[0].why
    talked(person, on=day(-50))
    assert found() == [], "nudged, and not for a fortnight yet"
