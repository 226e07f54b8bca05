"""What staff write to people in their own words, with fields that are filled in for each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from cohorts.extensions import Addressed
from cohorts.models import Announcement
from steppingup.files.models import StoredFile
from steppingup.messaging.kinds import MessageKind, Text, add_message_kind
from steppingup.messaging.models import MessageTemplate
from steppingup.messaging.notices import Notice
from steppingup.messaging.rendering import names_in, problems

FIELDS = {
    "participant": "the participant's name",
    "programme": "the programme's name",
    "cohort": "the cohort's name",
    "starts_on": "the day on which the cohort starts",
    "ends_on": "the day on which it ends",
    "peer_group": "the participant's peer group",
    "days_done": "the days done, and of how many",
    "next_session": "their next session: what, when and where",
    "link": "their own page about it",
}
#: What differs between two participants.
OF_EACH = frozenset({"participant", "peer_group", "days_done", "next_session", "link"})
SAMPLES = {
    "programme": "Stepping Up",
    "cohort": "2020",
    "participant": "Amara Okafor",
    "starts_on": "12 February 2020",
    "ends_on": "30 November 2020",
    "peer_group": "Blue",
    "days_done": "18½ of 30 days",
    "next_session": "Module 1, day 1: Wednesday 12 February 2020, 9:30am to 4:30pm, City Hall",
    "subject": "The room for Thursday",
    "message": "We meet in the library on Thursday.",
}
WRITTEN = add_message_kind(
    MessageKind(
        "cohorts.written",
        "What staff write to people in their own words",
        "Whom you write to",
        {**FIELDS, "subject": "what stands as the subject", "message": "what was written"},
        samples=SAMPLES,
    )
)
#: What may stand in the words themselves.
OWN_WORDS = replace(WRITTEN, placeholders=FIELDS)
_PLACE = re.compile(r"\{\{\s*(message|subject)\s*\}\}")


def fields_in(subject: str, text: str) -> list[str]:
    return names_in(f"{subject} {text}")


def wrong_fields(subject: str, text: str) -> dict[str, list[str]]:
    """Sentences about fields that there are not: by “subject” and “text”."""
    found = problems(OWN_WORDS, Text(subject, text))
    return {"text" if name == "body" else name: sentences for name, sentences in found.items()}


def _around(frame: Text, subject: str, text: str) -> Text:
    """The words within those that the provider has around them; its own fields are filled in with them."""
    own = {"message": text, "subject": subject}
    subject, text = (_PLACE.sub(lambda found: own[found[1]], part) for part in (frame.subject, frame.body))
    return Text(subject, text, frame.button_label)


def notices_of(
    announcement: Announcement,
    people: Sequence[Addressed],
    files: Sequence[StoredFile],
    facts: Mapping[int, Mapping[str, str]],
) -> list[Notice]:
    """One for each of these people. `facts`: by place, what is filled in for its participant (`OF_EACH`)."""
    cohort, subject, text = announcement.cohort, announcement.subject, announcement.text
    scopes = cohort.message_scopes
    words = _around(MessageTemplate.objects.nearest(WRITTEN.key, scopes).text, subject, text)
    of_all = {**cohort.message_facts, "subject": subject, "message": text}
    return [
        Notice(
            WRITTEN,
            one.to,
            one.enrolment,
            {**of_all, **facts[one.enrolment.pk], "link": one.link},
            called=one.called,
            email=one.email,
            related=[announcement, cohort, one.to],
            scopes=scopes,
            reply_to=announcement.reply_to,
            text=words,
            files=files,
        )
        for one in people
    ]
