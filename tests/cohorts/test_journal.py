"""The journal: what is written, who reads it and when no more, and what is known of that (B53)."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import journal
from cohorts.journal import read_by
from cohorts.models import Enrolment, JournalEntry, SharedEntry
from mentoring.actions import matching
from steppingup.accounts.actors import NotAllowed
from steppingup.files.models import StoredFile
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import mentoring
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory, day
from tests.factories.journal import entry_of, file_of, opened, shared_with
from tests.files.uploads import pdf, upload
from tests.staff import take_step

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B53")]


@pytest.fixture
def person():
    return ParticipantFactory(participant__full_name="Amara Okafor", line_manager=UserFactory(full_name="Jo Maddern"))


def at(name, *args):
    return reverse(f"cohorts:{name}", args=args)


def page(client, user, name, *args):
    client.force_login(user)
    response = client.get(at(name, *args))
    return response.content.decode() if response.status_code == 200 else response.status_code


def test_an_entry_is_written_with_a_file_and_is_private(client, person):
    client.force_login(person.participant)
    today = day(0)
    given = {"title": "Module 1", "text": "I spoke up.", "file": upload(pdf())}
    given |= {f"on_{place}": part for place, part in enumerate((today.day, today.month, today.year))}
    response = client.post(at("journal_write", person.pk), given, follow=True)
    assert "Kept. Only you can read it." in response.content.decode()
    entry = JournalEntry.objects.get()
    assert (entry.title, entry.text, entry.on) == ("Module 1", "I spoke up.", today)
    assert entry.files.get().file.name.endswith(".pdf")
    assert not entry.sharings.exists()
    assert not Message.objects.exists()
    download = client.get(at("journal_file", person.pk, entry.pk, entry.files.get().pk))
    assert b"".join(download.streaming_content).startswith(b"%PDF")


def test_what_cannot_be_kept_gets_a_sentence(person):
    for given, sentence in (
        ({"title": " "}, "Give the entry a title."),
        ({"text": " "}, "Write something."),
        ({"on": day(1)}, "This day is in the future."),
        ({"text": "x" * 20_001}, "This is longer than 20,000 characters."),
    ):
        with pytest.raises(NotPossible, match=sentence):
            entry_of(person, **given)


def test_an_entry_has_at_most_ten_files(person):
    entry = entry_of(person)
    for _ in range(10):
        file_of(entry)
    extra = file_of(entry_of(person)).file
    given = {"title": "More", "text": "More", "on": day(0), "by": person.participant}
    with pytest.raises(NotPossible, match="An entry can have 10 files"):
        journal.change(entry=entry, file=extra, **given)


def test_a_second_click_writes_nothing_more(person):
    same = "0b56ee2c-2f2c-4bd9-8a5e-111111111111"
    assert entry_of(person, submission=same) == entry_of(person, submission=same)
    assert JournalEntry.objects.count() == 1


def test_whoever_it_is_shared_with_reads_it_once_they_press_read_and_its_writer_sees_that(client, person):
    entry = entry_of(person, "A secret title", "A secret text")
    file = file_of(entry)
    manager = person.line_manager
    assert page(client, manager, "managed_journal", person.pk) == 404
    client.force_login(person.participant)
    take_step(client, at("journal_share", person.pk, entry.pk), readers=f"line_manager-{manager.pk}")
    message = Message.objects.get()
    assert message.to == manager
    assert "secret" not in message.subject + message.text
    sharing = SharedEntry.objects.get()
    before = page(client, manager, "managed_journal", person.pk) + page(client, manager, "shared_entry", sharing.pk)
    assert "secret" not in before
    assert page(client, manager, "shared_file", sharing.pk, file.pk) == 404
    assert "Jo Maddern has not opened it." in page(client, person.participant, "journal_entry", person.pk, entry.pk)
    client.force_login(manager)
    opened_page = client.post(at("open_entry", sharing.pk), follow=True).content.decode()
    assert "A secret text" in opened_page
    assert "A secret title" in page(client, manager, "managed_journal", person.pk)
    assert client.get(at("shared_file", sharing.pk, file.pk)).status_code == 200
    assert "Jo Maddern opened it on" in page(client, person.participant, "journal_entry", person.pk, entry.pk)


def test_taking_back_is_at_once_and_says_whether_it_was_read(client, person):
    entry, manager = entry_of(person), person.line_manager
    for was_read, sentence in ((False, "Jo Maddern has not opened it."), (True, "Jo Maddern opened it on")):
        sharing = shared_with(entry)
        if was_read:
            opened(sharing)
        sent = Message.objects.count()
        client.force_login(person.participant)
        answer = client.post(at("journal_take_back", person.pk, entry.pk, sharing.pk), follow=True)
        assert "Taken back: Jo Maddern cannot read it any more." in answer.content.decode()
        assert sentence in answer.content.decode()
        assert page(client, manager, "shared_entry", sharing.pk) == 404
        assert page(client, manager, "managed_journal", person.pk) == 404
        assert Message.objects.count() == sent
    with pytest.raises(NotPossible, match="taken it back already"):
        journal.take_back(sharing=sharing, by=person.participant)


def test_what_was_changed_is_to_be_opened_again(client, person):
    entry = entry_of(person, "First words", "First text")
    sharing = opened(shared_with(entry))
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        journal.change(entry=entry, title="Second words", text="Second text", on=entry.on, by=person.participant)
    text = page(client, person.line_manager, "shared_entry", sharing.pk)
    assert "changed since you read it" in text
    assert "Second" not in text
    with time_machine.travel(timezone.now() + timedelta(minutes=4), tick=False):
        opened(sharing)
    assert "Second text" in page(client, person.line_manager, "shared_entry", sharing.pk)
    assert "and last on" in page(client, person.participant, "journal_entry", person.pk, entry.pk)


def test_who_reads_is_asked_as_of_now(person):
    """Another line manager neither sees what was shared before, nor does the former one any more."""
    former = person.line_manager
    sharing = shared_with(entry_of(person))
    assert list(read_by(former)) == [sharing]
    new = UserFactory()
    Enrolment.objects.filter(pk=person.pk).update(line_manager=new)
    assert not read_by(former).exists()
    assert not read_by(new).exists()
    with pytest.raises(NotAllowed):
        journal.open_entry(sharing=sharing, by=former)


def test_a_mentor_reads_it_as_long_as_they_mentor(client, person):
    pair = mentoring.confirmed_pair(person)
    mentor = pair.mentor.user
    sharing = shared_with(entry_of(person, "For my mentor"), "mentor")
    client.force_login(mentor)
    mentees = reverse("mentoring:mentees")
    assert "Read the entry of" in client.get(mentees).content.decode()
    opened(sharing)
    assert "For my mentor" in client.get(mentees).content.decode()
    assert not read_by(person.line_manager).exists()
    matching.end(pair=pair, reason="Both agreed.", by=mentoring.coordinator_of(person))
    assert "For my mentor" not in client.get(mentees).content.decode()
    assert client.get(at("shared_entry", sharing.pk)).status_code == 404


def test_it_is_shared_with_nobody_else(person):
    entry = entry_of(person)
    for readers in ([], [f"line_manager-{UserFactory().pk}"]):
        with pytest.raises(NotPossible, match="Choose who may read it"):
            journal.share(entry=entry, readers=readers, by=person.participant)
    shared_with(entry)
    with pytest.raises(NotPossible, match="Everybody who could read it"):
        journal.share(entry=entry, readers=[f"line_manager-{person.line_manager_id}"], by=person.participant)
    alone = entry_of(ParticipantFactory(line_manager=None))
    with pytest.raises(NotPossible, match="There is nobody to share it with"):
        journal.share(entry=alone, readers=[], by=alone.enrolment.participant)


def test_what_is_deleted_is_gone_with_its_files(client, person, django_capture_on_commit_callbacks):
    entry = entry_of(person)
    kept, gone = file_of(entry), file_of(entry)
    opened(shared_with(entry))
    client.force_login(person.participant)
    client.post(at("journal_remove_file", person.pk, entry.pk, gone.pk))
    assert list(StoredFile.objects.all()) == [kept.file]
    client.post(at("journal_delete", person.pk, entry.pk))
    assert not JournalEntry.objects.exists()
    assert not SharedEntry.objects.exists()
    assert not StoredFile.objects.exists()


def test_entries_are_found_by_their_words_and_by_who_reads_them(client, person):
    shared_with(entry_of(person, "Chairing a meeting", "It went well"))
    entry_of(person, "A hard day", "Zoë listened")
    client.force_login(person.participant)

    def found(**query):
        return client.get(at("journal", person.pk), query).content.decode()

    assert "A hard day" in found(q="zoe")
    assert "Chairing" not in found(q="zoe")
    assert "Chairing" in found(shared="yes")
    assert "A hard day" not in found(shared="yes")
    assert "A hard day" in found(shared="no")
    assert "Shared with Jo Maddern" in found()
    assert "No entry has these words." in found(q="nothing like it")


def test_all_of_it_can_be_downloaded_to_keep(client, person):
    entry_of(person, "First <b>", "One\n\nTwo")
    client.force_login(person.participant)
    alone = client.get(at("journal_export", person.pk))
    assert "journal.html" in alone["Content-Disposition"]
    assert "First &lt;b&gt;" in b"".join(alone.streaming_content).decode()
    file = file_of(entry_of(person, "Second"))
    packed = client.get(at("journal_export", person.pk))
    pack = zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content)))
    assert pack.namelist() == ["journal.html", f"files/{file.pk}-{file.file.name}"]
    assert "Second" in pack.read("journal.html").decode()
