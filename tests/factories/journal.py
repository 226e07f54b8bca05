"""Entries of a journal, and whom they are shared with."""

from typing import Any

from cohorts.actions import journal
from cohorts.journal import readers_of
from cohorts.models import JournalEntry, JournalFile, SharedEntry
from steppingup.files.actions.files import store
from steppingup.files.rules import CV
from tests.factories.cohorts import day
from tests.files.uploads import pdf, upload


def entry_of(enrolment: Any, title: str = "The first module", text: str = "I spoke up.", **more: Any) -> JournalEntry:
    given = {"on": day(-3), "by": enrolment.participant, **more}
    return journal.write(enrolment=enrolment, title=title, text=text, **given)


def file_of(entry: JournalEntry) -> JournalFile:
    stored = store(upload=upload(pdf()), rule=CV, by=entry.enrolment.participant)
    return JournalFile.objects.create(entry=entry, file=stored)


def shared_with(entry: JournalEntry, role: str = "line_manager") -> SharedEntry:
    """Shared with whoever is that to its writer now."""
    [reader] = [one for one in readers_of(entry.enrolment) if one.role == role]
    journal.share(entry=entry, readers=[reader.key], by=entry.enrolment.participant)
    return entry.sharings.standing().get(role=role, reader=reader.user)


def opened(sharing: SharedEntry) -> SharedEntry:
    return journal.open_entry(sharing=sharing, by=sharing.reader)
