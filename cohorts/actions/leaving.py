"""A participant has died: a step of which nobody hears from us, and after which nothing automatic reaches them or speaks of them."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from cohorts.actions import belonging, directory
from cohorts.extensions import when_withdrawn
from cohorts.models import DirectoryEntry, Enrolment
from cohorts.permissions import CohortPermission
from cohorts.progress.standing import standing_of_place
from cohorts.states import ENROLMENT, EnrolmentStatus
from steppingup.accounts.actors import Actor, require_colleague
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.history.previews import note
from steppingup.history.silence import in_silence
from steppingup.messaging.models import Message, MessageSubject
from steppingup.messaging.notices import Notice
from steppingup.messaging.states import DUE, MESSAGE, MessageStatus
from steppingup.steps.dates import EventDate, event_day, moment_of
from steppingup.steps.step import Weight, asking, step

DIED = "It was recorded that they have died."


def _require_not_recorded(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.participant.died_on and enrolment.status != EnrolmentStatus.ENROLLED,
        "This is recorded already.",
        "died",
    )


@step(
    Enrolment,
    "Record that they have died",
    name="record_death",
    past="Recorded that they have died",
    meaning="Nobody gets an email about it: not their account, not their line manager, mentor or host. Nothing automatic is sent to them or "
    "about them any more, nor what has not left yet, and their account is closed. If they are on the programme, their place ends; the days that they did are kept, and "
    "nothing is owed for leaving. The page before you confirm says who else would have been written to, so that you can ring them.",
    permission=CohortPermission.RUN_COHORTS,
    guard=lambda by, enrolment: require_colleague(
        by, enrolment.participant, "You cannot record this of yourself. Ask a colleague."
    ),
    policy=_require_not_recorded,
    form=asking(on=EventDate(label="On which day did they die?")),
    weight=Weight.DANGER,
    stands=standing_of_place,
)
def record_death(*, enrolment: Enrolment, by: Actor, on: date | None = None) -> Enrolment:
    """In silence. Raises NotPossible for a day in the future, and for whoever is staff here too: their roles are handed over first."""
    locked = Enrolment.objects.locked(enrolment.pk)
    person = User.objects.select_for_update(of=("self",)).get(pk=locked.participant_id)
    joined = belonging.joined_on(locked)
    died = event_day(on, not_before=joined, because=f"{person} joined on {english.day_date(joined)}.")
    refuse_if(
        person.is_active and (person.is_staff or person.is_superuser or bool(person.current_roles)),
        f"{person} is staff here, too. Whoever keeps people’s records hands over their roles and closes the account first.",
        "staff",
    )
    if person.died_on is None:
        person.died_on, person.is_active = died, False
        person.save(update_fields=["died_on", "is_active"])
    enrolment.participant = person
    _stop_what_waits(enrolment, person)
    with in_silence():
        if locked.status == EnrolmentStatus.ENROLLED:
            # What is on record stands, whatever day it is of: their place ends with the later of the two.
            last_day = max(died, belonging.last_recorded(enrolment))
            ENROLMENT.move(enrolment, "withdraw", withdrawn_at=moment_of(last_day), withdrawal_reason="They have died.")
            when_withdrawn(enrolment, by)
    for entry in DirectoryEntry.objects.joined().filter(enrolment=enrolment):
        directory.remove(entry, keeps_a_way_back=True)
    if enrolment.line_manager:
        note(f"Their line manager is {enrolment.manager} ({enrolment.manager_address}).")
    others = Enrolment.objects.filter(participant=person, status=EnrolmentStatus.ENROLLED).exclude(pk=enrolment.pk)
    if isinstance(by, User):
        for one in others.visible_to(by).select_related("cohort__programme"):
            note(f"They have a place on {one.cohort}, too. Record it there as well.")
    return enrolment


def _stop_what_waits(enrolment: Enrolment, person: User) -> None:
    """What was written before and has not left: to them, and of their place to others."""
    kind = ContentType.objects.get_for_model(Enrolment)
    of_place = MessageSubject.objects.filter(content_type=kind, object_id=enrolment.pk).values("message")
    rows = Message.objects.select_for_update(of=("self",)).filter(status__in=(*DUE, MessageStatus.TO_POST))
    for message in rows.filter(Q(to=person) | Q(pk__in=of_place)).order_by("pk"):
        MESSAGE.move(message, "stop", last_error=DIED)
        note(
            f"The email “{message.subject}” to {message.to_name or message.to_email} has not left yet, and is stopped."
        )


def of_somebody_who_died(notice: Notice) -> bool:
    """Is a reminder about them? Nobody is nagged about somebody who has died, wherever their place has not been ended yet."""
    return any(_whom(one).died_on for one in (notice.about, *notice.related) if _whom(one))


def _whom(record: Any) -> Any:
    """Whom a record is about, by the names that records have for it."""
    if isinstance(record, User):
        return record
    for name in ("participant", "person", "enrolment", "agreement"):
        if found := getattr(record, name, None):
            return _whom(found)
    return None
