"""Participants and graduates find one another, across programmes and providers, if they want it, and for as long as they do (C6)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohorts.actions import completion, directory, directory_letters, directory_sharing, enrolments
from cohorts.actions.directory_letters import write
from cohorts.directory import confirm_by, seen_by, whom_it_reaches
from cohorts.models import Cohort, DirectoryEntry, DirectoryLetter, Enrolment, Programme
from cohorts.states import Circle, DirectoryReach, SharingStatus
from cohorts.tasks import keep_directory
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.formats.dates import add_months
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import make_usual_rules, work_out_reminders
from steppingup.messaging.states import MessageStatus
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Change, Taking
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory, ProgrammeFactory, RunningCohortFactory, complete
from tests.factories.directory import joined, opened, shared, words
from tests.factories.joint import Side

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C6")]


@pytest.fixture
def nhs():
    side = Side("Leadership Academy", "Stepping Up", ("Amara Okafor", "Ben Otieno"))
    opened(side.programme)
    return side


@pytest.fixture
def care():
    side = Side("Care Skills", "Moving Up", ("Chidi Nwosu", "Dalia Haddad"))
    opened(side.programme)
    return side


@pytest.fixture
def amara(nhs):
    return joined(nhs.people[0])


@pytest.fixture
def ben(nhs):
    return joined(nhs.people[1])


@pytest.fixture
def chidi(care):
    return joined(care.people[0])


def names(person):
    return sorted(seen_by(person).values_list("name", flat=True))


def who(entry):
    return entry.enrolment.participant


def told(kind):
    return sorted(str(one.to) for one in Message.objects.filter(kind=f"cohorts.directory_{kind}"))


def ready_now(nhs):
    """Another programme of the same provider, with somebody on it."""
    programme = ProgrammeFactory(provider=nhs.provider, name="Ready Now", directory=DirectoryReach.PROVIDER)
    cohort = RunningCohortFactory(programme=programme)
    return joined(ParticipantFactory(cohort=cohort, participant__full_name="Efe Bello"))


# -- who sees whom ---------------------------------------------------------------------------------


def test_nobody_is_in_it_unless_they_want_to_be_and_who_is_not_sees_nobody(nhs, amara):
    assert list(DirectoryEntry.objects.all()) == [amara]
    assert names(nhs.people[1].participant) == []
    joined(nhs.people[1])
    assert names(nhs.people[1].participant) == ["Amara Okafor"]
    assert names(who(amara)) == ["Ben Otieno"]


def test_another_provider_is_reached_once_both_agree_and_by_those_who_want_it(nhs, care, amara, ben, chidi):
    assert names(who(chidi)) == []
    asked = directory_sharing.share_directory(programme=nhs.programme, other=care.programme, by=nhs.coordinator)
    assert names(who(chidi)) == [], "one side alone"
    directory.change(enrolment=ben.enrolment, by=who(ben), **words(ben.enrolment, circle=Circle.PROVIDER))
    directory_sharing.agree(agreement=asked, by=care.coordinator)
    assert names(who(chidi)) == ["Amara Okafor"]
    assert names(who(amara)) == ["Ben Otieno", "Chidi Nwosu"]
    assert names(who(ben)) == ["Amara Okafor"], "whoever does not want to be seen so far does not see so far"
    assert told("wider") == ["Amara Okafor", "Chidi Nwosu"]
    assert told("agreed") == [str(nhs.coordinator)]
    assert whom_it_reaches(amara) == (
        "1 person of Moving Up (Care Skills) and 1 person of Stepping Up (Leadership Academy)"
    )


@pytest.mark.parametrize("side", ["host", "guest"])
def test_either_side_ends_it_at_once(nhs, care, amara, chidi, side):
    agreement = shared(nhs, care)
    assert names(who(chidi)) == ["Amara Okafor"]
    if side == "host":
        directory_sharing.stop_sharing(
            programme=nhs.programme, agreement=agreement, reason="A complaint.", by=nhs.coordinator
        )
    else:
        directory_sharing.withdraw(agreement=agreement, reason="A complaint.", by=care.coordinator)
    assert names(who(chidi)) == names(who(amara)) == []
    assert told("stopped") == [str((care if side == "host" else nhs).coordinator)]
    agreement.refresh_from_db()
    assert agreement.status == SharingStatus.ENDED


def test_other_programmes_of_the_provider_are_reached_as_both_programmes_and_both_people_say(nhs, amara):
    other = ready_now(nhs)
    assert names(who(amara)) == ["Efe Bello"]
    directory.change(enrolment=other.enrolment, by=who(other), **words(other.enrolment, circle=Circle.PROGRAMME))
    assert names(who(amara)) == names(who(other)) == []
    directory.change(enrolment=other.enrolment, by=who(other), **words(other.enrolment, circle=Circle.PROVIDER))
    opened(nhs.programme, DirectoryReach.PROGRAMME)
    assert names(who(amara)) == names(who(other)) == []


def test_a_programme_without_a_directory_shows_nobody_and_takes_nobody(nhs, amara, ben):
    opened(nhs.programme, DirectoryReach.NONE)
    assert names(who(amara)) == []
    new = ParticipantFactory(cohort=nhs.cohort)
    with pytest.raises(NotPossible, match="has no directory"):
        directory.join(enrolment=Enrolment.objects.get(pk=new.pk), by=new.participant, **words(new))


def test_whoever_has_left_the_programme_cannot_join_any_more(nhs):
    enrolment = nhs.people[0]
    enrolments.withdraw(enrolment=enrolment, reason="Moved away.", by=nhs.coordinator)
    with pytest.raises(NotPossible, match="on the programme or have completed it") as refused:
        joined(enrolment)
    assert refused.value.code == "not_on_it"
    assert not DirectoryEntry.objects.filter(enrolment=enrolment).exists()


def test_the_same_is_asked_of_the_database_for_one_and_for_thirty(nhs, care, amara, chidi):
    shared(nhs, care)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            list(seen_by(who(amara)).joined())
        return len(queries)

    Cohort.objects.update(capacity=99)
    few = cost()
    for _ in range(30):
        joined(ParticipantFactory(cohort=care.cohort))
    assert cost() == few <= 3


# -- in it, and out of it --------------------------------------------------------------------------


def test_only_the_person_decides_and_has_to_be_reachable(nhs):
    enrolment = nhs.people[0]
    for by in (nhs.coordinator, UserFactory(is_superuser=True)):
        with pytest.raises(NotAllowed):
            directory.join(enrolment=enrolment, by=by, **words(enrolment))
    for wrong, field in (({"takes_messages": False}, "takes_messages"), ({"name": " "}, "name")):
        with pytest.raises(NotPossible) as refused:
            directory.join(enrolment=enrolment, by=enrolment.participant, **words(enrolment, **wrong))
        assert refused.value.field == field
    joined(enrolment, takes_messages=False, phone="0117 496 0123")
    with pytest.raises(NotPossible, match="already"):
        joined(enrolment)


def test_leaving_deletes_the_words_at_once_and_says_whom_they_no_longer_reach(amara, ben):
    assert directory.leave(enrolment=amara.enrolment, by=who(amara)) == "1 person of Stepping Up (Leadership Academy)"
    assert not DirectoryEntry.objects.filter(enrolment=amara.enrolment).exists()
    assert names(who(ben)) == names(who(amara)) == []
    with pytest.raises(NotPossible, match="not in the directory any more"):
        directory.confirm(enrolment=amara.enrolment, by=who(amara))


def test_withdrawing_ends_it_and_taking_that_back_brings_it_back(nhs, amara, ben):
    enrolments.withdraw(enrolment=amara.enrolment, reason="A new job.", by=nhs.coordinator)
    assert names(who(ben)) == []
    assert told("ended") == ["Amara Okafor"]
    taking = Taking.objects.get(step="cohorts.enrolment.withdraw")
    take_back(taking=taking, reason="The wrong person.", by=nhs.coordinator)
    assert names(who(ben)) == ["Amara Okafor"]
    directory.leave(enrolment=amara.enrolment, by=who(amara))
    assert not Change.objects.filter(table="cohorts_directoryentry", before__has_key="offers").exists()


def test_whoever_did_not_complete_is_not_in_it_any_more(nhs, amara, ben):
    completion.conclude(enrolment=amara.enrolment, by=nhs.coordinator)
    assert names(who(ben)) == []
    assert told("ended") == ["Amara Okafor"]


def test_graduates_stay_are_asked_once_a_year_and_end_if_they_do_not_confirm(nhs, amara, ben):
    make_usual_rules()
    assert confirm_by(amara) is None, "nobody who is still on the programme is asked"
    for entry in (amara, ben):
        complete(entry.enrolment, by=nhs.coordinator)
    nhs.programme.directory_months = 6
    nhs.programme.save()
    [amara, ben] = DirectoryEntry.objects.joined().order_by("name")
    by = confirm_by(amara)
    assert by == add_months(clock.today(), 6)
    assert names(who(ben)) == ["Amara Okafor"]
    rule = ReminderRule.objects.get(kind="cohorts.directory_unconfirmed")
    work_out_reminders(today=by - timedelta(days=rule.days + 1))
    assert told("confirm") == []
    for _ in range(2):
        work_out_reminders(today=by - timedelta(days=rule.days))
    assert told("confirm") == ["Amara Okafor", "Ben Otieno"], "once each"
    with clock.moved() as moved:
        moved.to(clock.now() + (by - clock.today()) + timedelta(days=1))
        directory.confirm(enrolment=ben.enrolment, by=who(ben))
        assert keep_directory() == 1
    assert told("ended") == ["Amara Okafor"]
    assert [one.name for one in DirectoryEntry.objects.all()] == ["Ben Otieno"]


# -- what people do with one another -------------------------------------------------------------


def test_a_message_is_passed_on_without_addresses_and_what_it_says_is_not_kept(nhs, care, amara, chidi, mailoutbox):
    shared(nhs, care)
    write(enrolment=chidi.enrolment, text="Shall we compare notes?", by=who(amara))
    [kept] = Message.objects.filter(kind="cohorts.directory_letter")
    assert (kept.to, kept.provider) == (who(chidi), care.provider)
    assert who(amara).email not in kept.whole["text"] + kept.reply_to
    assert "compare notes" not in kept.text + kept.html + str(kept.context)
    assert "compare notes" in kept.whole["text"]
    while deliver_due():
        pass
    [mail] = [one for one in mailoutbox if "writes to you" in one.subject]
    assert "compare notes" in mail.body
    kept.refresh_from_db()
    assert kept.sealed is None


def test_the_answer_goes_straight_to_whoever_gives_their_address(nhs, amara, ben):
    write(enrolment=ben.enrolment, text="Hello.", shares_address=True, by=who(amara))
    [kept] = Message.objects.filter(kind="cohorts.directory_letter")
    assert kept.reply_to == who(amara).email
    assert who(amara).email in kept.whole["text"]


def test_one_person_sends_no_more_in_a_day_than_the_programme_lets_them(nhs, amara, ben):
    Programme.objects.update(directory_letters=2)
    for _ in range(2):
        write(enrolment=ben.enrolment, text="Hello.", by=who(amara))
    with pytest.raises(NotPossible, match="2 messages today") as refused:
        write(enrolment=ben.enrolment, text="Hello.", by=who(amara))
    assert refused.value.field == "text"
    DirectoryLetter.objects.update(sent_at=clock.now() - timedelta(days=1))
    write(enrolment=ben.enrolment, text="Hello.", by=who(amara))


def test_nothing_is_sent_to_somebody_who_left_meanwhile(nhs, amara, ben):
    write(enrolment=ben.enrolment, text="Hello.", by=who(amara))
    directory.leave(enrolment=ben.enrolment, by=who(ben))
    assert Message.objects.get(kind="cohorts.directory_letter").status == MessageStatus.STOPPED
    with pytest.raises(NotPossible, match="Nothing was sent"):
        write(enrolment=ben.enrolment, text="Hello.", by=who(amara))


def test_nobody_is_written_to_who_does_not_take_messages_or_by_whoever_is_not_in_it(nhs, amara, ben):
    directory.change(
        enrolment=ben.enrolment, by=who(ben), **words(ben.enrolment, takes_messages=False, email="ben@example.org")
    )
    with pytest.raises(NotPossible, match="takes no messages"):
        write(enrolment=ben.enrolment, text="Hello.", by=who(amara))
    with pytest.raises(NotPossible, match="Write your message"):
        write(enrolment=ben.enrolment, text=" ", by=who(amara))
    with pytest.raises(NotAllowed):
        write(enrolment=ben.enrolment, text="Hello.", by=UserFactory())


def test_whoever_is_blocked_neither_sees_nor_is_seen(amara, ben):
    block = directory_letters.block(enrolment=amara.enrolment, by=who(ben))
    assert names(who(amara)) == names(who(ben)) == []
    with pytest.raises(NotPossible, match="Nothing was sent"):
        write(enrolment=ben.enrolment, text="Hello.", by=who(amara))
    with pytest.raises(NotAllowed):
        directory_letters.unblock(block=block, by=who(amara))
    directory_letters.unblock(block=block, by=who(ben))
    assert names(who(amara)) == ["Ben Otieno"]


def test_a_report_reaches_those_who_run_the_other_programme_also_once_the_sender_has_left(nhs, care, amara, chidi):
    shared(nhs, care)
    with pytest.raises(NotAllowed):
        directory_letters.report(enrolment=amara.enrolment, reason="Odd.", by=UserFactory())
    write(enrolment=chidi.enrolment, text="Buy my insurance.", by=who(amara))
    directory.leave(enrolment=amara.enrolment, by=who(amara))
    assert directory_letters.report(enrolment=amara.enrolment, reason="They sell insurance.", by=who(chidi)) == 1
    assert told("reported") == [str(nhs.coordinator)]
    [kept] = Message.objects.filter(kind="cohorts.directory_reported")
    assert "Chidi Nwosu (Care Skills)" in kept.text
    assert "They sell insurance." in kept.text


# -- those who run the programme -----------------------------------------------------------------


def test_a_hidden_entry_is_told_why_and_comes_back_once_it_was_changed(nhs, amara, ben):
    directory.hide(entry=amara, reason="Somebody else’s number.", by=nhs.coordinator)
    assert names(who(ben)) == names(who(amara)) == []
    assert told("hidden") == ["Amara Okafor"]
    assert not DirectoryEntry.objects.to_look_at_again().exists()
    amara.refresh_from_db()
    with pytest.raises(NotPossible, match="hidden already"):
        directory.hide(entry=amara, reason="Again.", by=nhs.coordinator)
    directory.change(enrolment=amara.enrolment, by=who(amara), **words(amara.enrolment))
    assert names(who(ben)) == [], "changing it does not show it"
    [again] = DirectoryEntry.objects.to_look_at_again()
    directory.show_again(entry=again, by=nhs.coordinator)
    assert names(who(ben)) == ["Amara Okafor"]
    assert told("shown") == ["Amara Okafor"]
    again.refresh_from_db()
    with pytest.raises(NotPossible, match="not hidden"):
        directory.show_again(entry=again, by=nhs.coordinator)


def test_leaving_does_not_wipe_out_that_an_entry_is_hidden(nhs, amara, ben):
    directory.hide(entry=amara, reason="Somebody else’s number.", by=nhs.coordinator)
    assert directory.leave(enrolment=amara.enrolment, by=who(amara)) == ""
    kept = DirectoryEntry.objects.joined().get(enrolment=amara.enrolment)
    assert (kept.name, kept.offers, kept.organisation, kept.hidden_because) == ("", "", "", "Somebody else’s number.")
    with pytest.raises(NotPossible, match="already"):
        joined(amara.enrolment)
    with pytest.raises(NotPossible, match="nothing to show"):
        directory.show_again(entry=kept, by=nhs.coordinator)


def test_staff_see_entries_of_their_own_people_alone(nhs, care, amara, chidi):
    shared(nhs, care)
    assert list(DirectoryEntry.objects.visible_to(nhs.coordinator)) == [amara]
    assert list(DirectoryEntry.objects.visible_to(care.coordinator)) == [chidi]
    assert not DirectoryEntry.objects.visible_to(who(amara)).exists()
    assert not DirectoryLetter.objects.visible_to(nhs.coordinator).exists()


def test_only_whoever_keeps_all_programmes_of_a_provider_agrees_and_only_once(nhs, care):
    asked = directory_sharing.share_directory(programme=nhs.programme, other=care.programme, by=nhs.coordinator)
    with pytest.raises(NotPossible, match="has been asked already"):
        directory_sharing.share_directory(programme=care.programme, other=nhs.programme, by=care.coordinator)
    with pytest.raises(NotAllowed):
        directory_sharing.agree(agreement=asked, by=nhs.coordinator)
    opened(nhs.programme, DirectoryReach.NONE)
    asked.refresh_from_db()
    asked = type(asked).objects.for_steps().get(pk=asked.pk)
    with pytest.raises(NotPossible, match="has no directory any more"):
        directory_sharing.agree(agreement=asked, by=care.coordinator)
    directory_sharing.decline(agreement=asked, reason="Not this year.", by=care.coordinator)
    assert told("declined") == [str(nhs.coordinator)]
