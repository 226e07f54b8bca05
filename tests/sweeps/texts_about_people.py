"""Every kind of text that is written by a participant or about them, a word that stands nowhere else, and who reads it: one table.
Who reads it is a person of the cast, or the address of a link that was sent to somebody.

`test_journals_apart.py` crawls as everybody who is near enough to look for it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from applications.roles import RoleName
from cohorts.models import (
    CoachingRequest,
    Concern,
    ConcernNote,
    ConcernReader,
    DataComplaint,
    InternalMentor,
    JournalEntry,
    MakeUp,
    PeerCard,
    PlacementDay,
    PlacementReport,
    StaffNote,
    StepConfirmation,
    ThreeWayReview,
)
from cohorts.models.assessing import AssessmentAnswer
from mentoring.actions import matching
from modules.models import TalkFeedback
from representation.models import PoolEntry, PoolEvidence
from steppingup import clock
from steppingup.messaging.models import Reply
from tests.factories.accounts import staff
from tests.sweeps.journals import GOAL, OWN_GOAL, PRIVATE, SHARED, TAKEN_BACK, TALK
from tests.sweeps.peers import GROUPS_OWN
from tests.sweeps.world import World

#: Of a conversation with the line manager before.
TALK_BEFORE = "Brannoch"
#: Those who run the participant's cohort.
STAFF = ("coordinator", "superuser")


def _as_it_is(w: World) -> None:
    """The world has it already."""


class Text(NamedTuple):
    """One kind of text, its word, who reads it, and how the world comes to have it."""

    what: str
    word: str
    readers: tuple[str, ...]
    put: Callable[[World], object] = _as_it_is


def _kept(model: Any, pk: Any, **words: str) -> None:
    """As if it had been written so from the beginning."""
    assert model._base_manager.filter(pk=pk).update(**words) == 1


def _concern(w: World) -> None:
    """A concern about the participant, which was written to one confidant."""
    concern = Concern.objects.create(
        provider=w.provider,
        said={"about": "Pat Participant", "what": "Mirrowdene", "wish": "", "name": "", "email": ""},
    )
    ConcernReader.objects.create(concern=concern, user=w.people["confidant"])
    ConcernNote.objects.create(concern=concern, what="Noted", text={"text": "Fellgarth"}, by=w.people["confidant"])


def _end_of_a_pair(w: World) -> None:
    """Another participant has a mentor no more, and staff know why."""
    pair = matching.confirm(pair=w.other_pair, by=w.coordinator)
    matching.end(pair=pair, reason="Oxbarrow", by=w.coordinator)


TEXTS = (
    # In the journal and the plan: theirs, and whom they show it to.
    Text("a diary entry", PRIVATE, ("participant",)),
    Text("a diary entry shared with line manager and mentor", SHARED, ("participant", "manager", "mentor")),
    Text("a diary entry that was taken back", TAKEN_BACK, ("participant",)),
    Text("a goal", OWN_GOAL, ("participant",)),
    Text("a goal shared with the line manager", GOAL, ("participant", "manager")),
    # Between two, or among a group.
    Text("a conversation with the line manager", TALK, ("participant", "manager", "cohorts:talked")),
    Text("a conversation with the line manager before", TALK_BEFORE, ("participant",)),
    Text("a paper of the peer group", GROUPS_OWN, ("participant", "peer")),
    Text(
        "what somebody says of themselves to the peer group",
        "Harrowmint",
        ("participant", "peer"),
        lambda w: _kept(PeerCard, PeerCard.objects.get(enrolment=w.enrolment).pk, about="Harrowmint"),
    ),
    Text(
        "a three-way review that is not sent yet",
        "Cindermoor",
        ("participant", *STAFF),
        lambda w: _kept(ThreeWayReview, w.looking_back.pk, needed="Cindermoor"),
    ),
    Text(
        "a three-way review to be signed",
        "Alderquay",
        ("participant", "manager", "cohorts:review_by_link", *STAFF),
        lambda w: _kept(ThreeWayReview, w.review_to_sign.pk, needed="Alderquay"),
    ),
    # Said to those who run the programme.
    Text(
        "a request for coaching",
        "Tarnwick",
        ("participant", *STAFF),
        lambda w: _kept(CoachingRequest, w.coaching.pk, words="Tarnwick"),
    ),
    Text(
        "what they hope for of a mentor at work",
        "Velloway",
        ("participant", "manager", "cohorts:internal_answer", *STAFF),
        lambda w: _kept(InternalMentor, w.internal_mentor.pk, hopes="Velloway"),
    ),
    Text(
        "what an employer says of a step up",
        "Quellmere",
        ("participant", "cohorts:confirm_step", *STAFF),
        lambda w: _kept(StepConfirmation, w.confirmation.pk, words="Quellmere", said="no", answered_at=clock.now()),
    ),
    Text(
        "their own report on an assignment, half-way",
        "Ostermere",
        ("participant", "cohorts:hosting", *STAFF),
        lambda w: _kept(
            PlacementReport,
            w.own_report.pk,
            text="Ostermere",
            goes="well",
            given_at=w.enrolment.enrolled_at,
            given_by="Pat",
        ),
    ),
    Text(
        "what they did on a day at their host",
        "Pellinore",
        ("participant", *STAFF),
        lambda w: _kept(PlacementDay, w.placement_day.pk, what="Pellinore"),
    ),
    Text(
        "why they see themselves so",
        "Wrenshaw",
        ("participant",),
        lambda w: _kept(AssessmentAnswer, w.assessment.answers.first().pk, sentence="Wrenshaw"),
    ),
    Text("an answer to an email", "Duskerby", STAFF, lambda w: _kept(Reply, w.reply.pk, text="Duskerby")),
    Text(
        "what somebody else makes up for",
        "Skelderby",
        STAFF,
        lambda w: _kept(MakeUp, w.make_up.pk, what="Skelderby"),
    ),
    Text(
        "what they took away from a talk",
        "Larkhollow",
        ("participant", *STAFF),
        lambda w: _kept(TalkFeedback, w.talk_feedback.pk, words="Larkhollow"),
    ),
    # What came of a tool: theirs alone, until they share it as an entry of their journal.
    Text(
        "what they took from a tool",
        "Thornbeck",
        ("participant",),
        lambda w: _kept(JournalEntry, w.tool_result.entry_id, text="Thornbeck"),
    ),
    # In the succession pool: they, who keeps it, and whoever is named for the post, where they agreed.
    Text(
        "what they show in the pool",
        "Quillhaven",
        ("participant", "equality", "superuser", "representation:pool_viewer"),
        lambda w: _kept(PoolEvidence, w.pool_evidence.pk, words="Quillhaven"),
    ),
    Text(
        "why they were asked into the pool",
        "Marrowick",
        ("participant", "equality", "superuser"),
        lambda w: _kept(PoolEntry, w.pool_entry.pk, message="Marrowick"),
    ),
    # Among staff, and to those in confidence.
    Text("a note of staff", "Kettlestone", STAFF, lambda w: _kept(StaffNote, w.staff_note.pk, text="Kettlestone")),
    Text("why a mentor is theirs no more", "Oxbarrow", STAFF, _end_of_a_pair),
    Text("a concern", "Mirrowdene", ("confidant",), _concern),
    Text("what a confidant notes", "Fellgarth", ("confidant",)),
    Text(
        "a complaint about data",
        "Quarrendon",
        STAFF,
        lambda w: _kept(DataComplaint, w.complaint.pk, text="Quarrendon"),
    ),
)


def bring_in(w: World) -> None:
    """Whoever hears concerns, and every text that the world lacks."""
    w.people["confidant"] = staff(RoleName.CONFIDANT, w.provider, full_name="Jo Confidant")
    for text in TEXTS:
        text.put(w)
