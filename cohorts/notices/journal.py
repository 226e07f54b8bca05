"""What is told about a journal: that somebody has shared an entry, and not a word of it."""

from cohorts.journal import Reader, page_of
from cohorts.models import Goal, JournalEntry
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
            "what": "what they share: a journal entry, or a goal of their development plan",
            "link": "the page on which it can be opened",
        },
        button_placeholder="link",
        samples={
            "programme": "Stepping Up",
            "cohort": "2020",
            "participant": "Amara Okafor",
            "what": "a journal entry",
        },
    )
)


def tell_shared(entry: JournalEntry, reader: Reader) -> None:
    enrolment = entry.enrolment
    about = [enrolment.cohort, reader.user]
    is_goal = Goal.objects.filter(entry=entry).exists()
    what = "a goal of their development plan" if is_goal else "a journal entry"
    context = {"link": page_of(reader, enrolment), "what": what}
    send(Notice(SHARED, reader.user, enrolment, context, called=reader.called, email=reader.email, related=about))
