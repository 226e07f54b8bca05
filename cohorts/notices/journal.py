"""What is told about a journal: that somebody has shared an entry, and not a word of it."""

from cohorts.journal import Reader, page_of
from cohorts.models import Goal, JournalEntry
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.kinds import Kinds, Told

#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "what": ("what they share: a journal entry, or a goal of their development plan", "a journal entry"),
}
READER = Told(
    "Whoever may read it: the line manager, the mentor", "the page on which it can be opened", called="Jo Maddern"
)
KINDS = Kinds("cohorts", WORDS, tuple(WORDS))
SHARED = KINDS.add("entry_shared", "A participant has shared a journal entry", READER)


def tell_shared(entry: JournalEntry, reader: Reader) -> None:
    enrolment = entry.enrolment
    about = [enrolment.cohort, reader.user]
    is_goal = Goal.objects.filter(entry=entry).exists()
    what = "a goal of their development plan" if is_goal else "a journal entry"
    context = {"link": page_of(reader, enrolment), "what": what}
    send(Notice(SHARED, reader.user, enrolment, context, called=reader.called, email=reader.email, related=about))
