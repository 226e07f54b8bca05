"""What is told about a journal: that somebody has shared an entry, and not a word of it."""

from cohorts.journal import Reader, page_of
from cohorts.models import Enrolment
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.kinds import MessageKind, add_message_kind

SHARED = add_message_kind(
    MessageKind(
        "cohorts.entry_shared",
        "A participant has shared a journal entry",
        "Whoever may read it: the line manager, the mentor",
        {
            "programme": "the programme's name",
            "cohort": "the cohort's name",
            "participant": "the participant's name",
            "link": "the page on which it can be opened",
        },
        button_placeholder="link",
        samples={"programme": "Stepping Up", "cohort": "2020", "participant": "Amara Okafor"},
    )
)


def tell_shared(enrolment: Enrolment, reader: Reader) -> None:
    about = [enrolment.cohort, reader.user]
    context = {"link": page_of(reader, enrolment)}
    send(Notice(SHARED, reader.user, enrolment, context, called=reader.called, email=reader.email, related=about))
