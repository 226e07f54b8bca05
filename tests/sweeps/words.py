"""What staff write to people of the world, and note about them."""

from typing import Any

import pgtrigger

from cohorts.actions import complaints, concerns, notes, writing
from cohorts.models import Addressee, StaffNote
from cohorts.states.writing import Reader
from steppingup import clock
from steppingup.messaging.actions import replies
from steppingup.messaging.models import Message, Reply, ReplyFile
from steppingup.messaging.states import MessageStatus
from tests.factories.cohorts import day


def write_to_people(world: Any) -> None:
    things, by = world.things, world.coordinator
    words = {"subject": "The room", "text": "We meet in the library, {{ name }}."}
    things.announcement = writing.write(
        cohort=things.running,
        whom=writing.EVERYBODY,
        readers=[Reader.PARTICIPANT, Reader.MANAGER],
        files=[things.stored_file],
        by=by,
        **words,
    )
    things.addressee = Addressee.objects.filter(announcement=things.announcement).exclude(message=None).first()
    things.written = things.addressee.message
    with pgtrigger.ignore():
        Message.objects.filter(pk=things.written.pk).update(status=MessageStatus.SENT, sent_at=clock.now())
    things.written.refresh_from_db()
    things.reply = replies.note_reply(message=things.written, text="I will come.", by=by, to_answer=True)
    ReplyFile.objects.create(reply=things.reply, file=things.stored_file)
    reader = world.people["confidant"]
    given = {"what": "He shouted at her.", "about": "Max", "name": "Amara", "email": "amara.writes@example.org"}
    things.concern = concerns.raise_concern(provider=things.provider, readers=[reader], **given)
    said = {"kind": "seen", "text": "My file lay open.", "name": "Amara"}
    things.complaint = complaints.complain(provider=things.provider, email="amara.complains@example.org", **said)
    things.staff_note = notes.write_note(enrolment=things.enrolment, text="Rang about a placement.", on=day(-1), by=by)


def more_words(world: Any, enrolment: Any) -> None:
    """Another of each, for a crowd."""
    text = {"subject": f"The room, {enrolment.pk}", "text": "Upstairs."}
    writing.write(
        cohort=enrolment.cohort,
        whom=writing.CHOSEN,
        people=[enrolment.pk],
        readers=[Reader.PARTICIPANT],
        by=world.coordinator,
        **text,
    )
    concerns.raise_concern(provider=world.provider, what="Again.", readers=[world.people["confidant"]])
    said = {"kind": "wrong", "text": "My name is wrong.", "name": "Ben", "contact": "3 Quay Street"}
    other = complaints.complain(provider=world.provider, **said)
    complaints.note_complaint(complaint=other, text="Asked.", by=world.coordinator)
    reply = {"message": world.written, "provider": world.written.provider, "person": enrolment.participant}
    Reply.objects.create(text="I will come too.", key=f"reply-{enrolment.pk}", **reply)
    for who in (enrolment, world.enrolment):
        StaffNote.objects.create(enrolment=who, on=day(-1), text="Rang again.", written_by=world.coordinator)
