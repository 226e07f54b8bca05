"""What speakers are asked and told by email, with an entry for their calendar. None of them has an account."""

from datetime import timedelta
from typing import Any

from cohorts.permissions import CohortPermission
from cohorts.queries import staff_of
from modules.models import SessionSpeaker
from steppingup import clock
from steppingup.accounts.models import TokenLink
from steppingup.calendars.events import Event
from steppingup.calendars.invitations import cancellation, invitation
from steppingup.messaging.actions import send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told
from steppingup.messaging.notices import Notice

TALK_LINK = "talk"
#: The link works so long after the session.
AFTERWARDS = timedelta(days=60)
SPEAKER = Told("The speaker", "their own page about the talk", lets_in=True, called="Femi Cole")
COLLEAGUE = Told("Those who run the cohort", "the speaker's page, in the admin", called="Priya Nair")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "provider": ("who runs the programme", "Bristol City Council"),
    "speaker": ("the speaker's name", "Femi Cole"),
    "session": ("what the session is called", "Module 1, day 1"),
    "when": ("day and time", "Wednesday 12 February 2020, 9:30am to 4:30pm"),
    "place": ("where it is", "City Hall"),
    "subject": ("what they speak about, in a sentence", "You speak about “How I came here”."),
    "before": ("the original time and place", "Monday 10 February 2020, 9:30am to 4:30pm, City Hall"),
    "unsure": (
        "that the date is still to be confirmed, where it is",
        "This date is not confirmed yet. Please keep it free all the same.",
    ),
    "why": ("why the session changed, if that was said", "The reason: the tutor is ill."),
    "said": ("what the speaker wrote", "I am on leave that week."),
}
KINDS = Kinds("modules", WORDS, ("programme", "cohort", "provider", "speaker", "session", "when"))
ASKED = KINDS.add("talk_asked", "A speaker is asked to speak", SPEAKER, "place", "unsure", "subject")
REMINDER = KINDS.add("talk_reminder", "A talk is coming up", SPEAKER, "place", "unsure", "subject")
STANDS = KINDS.add("talk_stands", "A speaker has said that they come", SPEAKER, "place", "unsure", "subject")
MOVED = KINDS.add(
    "talk_moved", "A session at which somebody speaks has moved", SPEAKER, "place", "unsure", "before", "why"
)
OFF = KINDS.add("talk_off", "A speaker does not speak after all", SPEAKER, "why", link=False)
WORDS_SAID = KINDS.add("talk_words", "Somebody wrote what they took away from a talk", SPEAKER)
CANNOT = KINDS.add("talk_cannot", "A speaker cannot come", COLLEAGUE, "said")


def new_link(talk: SessionSpeaker) -> str:
    """One more address of their page. Those in earlier emails go on working."""
    days = (max(talk.session.ends_at, clock.now()) + AFTERWARDS - clock.now()).days + 1
    raw = TokenLink.issue(purpose=TALK_LINK, target=talk, email=talk.speaker.email, days=days)[1]
    return address("modules:talk", raw)


def event_of(talk: SessionSpeaker) -> Event:
    """The session in the speaker's calendar: a later version too as they say that they come, do not, and do after all."""
    session = talk.session
    versions = type(talk).objects.filter(pk=talk.pk).values_list("sequence", "session__sequence")
    return Event(
        key=f"talk-{talk.pk}",
        sequence=sum(versions.get()),  # as the database has counted by now
        title=f"{session.cohort.programme}: {session}",
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.venue or session.online_link,
        about=talk.subject_in_words,
        is_cancelled=session.cancelled_at is not None,
        is_tentative=session.to_be_confirmed,
    )


def of_talk(kind: MessageKind, talk: SessionSpeaker, calendar: str = "", **context: Any) -> Notice:
    to = talk.speaker
    secrets: Any = (lambda: {"link": new_link(talk)}) if "link" in kind.placeholders else {}
    return Notice(
        kind, to.email, talk, context, secrets, name=to.name, related=[talk.session.cohort], calendar=calendar
    )


def ask(talk: SessionSpeaker) -> None:
    send(of_talk(ASKED, talk))


def tell_standing(talk: SessionSpeaker) -> None:
    """Whoever comes has it in their calendar."""
    send(of_talk(STANDS, talk, invitation(event_of(talk), talk.speaker.email, talk.speaker.name, is_coming=True)))


def tell_moved(talk: SessionSpeaker, before: str, had_said_yes: bool) -> None:
    calendar = invitation(event_of(talk), talk.speaker.email, talk.speaker.name) if had_said_yes else ""
    send(of_talk(MOVED, talk, calendar, before=before))


def tell_off(talk: SessionSpeaker, why: str, *, was_coming: bool) -> None:
    """Not any more; it goes from the calendar of whoever had said that they come."""
    calendar = cancellation(event_of(talk), talk.speaker.email, talk.speaker.name) if was_coming else ""
    context = {"speaker": talk.speaker.name, "provider": str(talk.session.cohort.programme.provider), "why": why}
    about, to = talk.session, talk.speaker
    send(Notice(OFF, to.email, about, context, {}, name=to.name, related=[about.cohort], calendar=calendar))


def tell_of_words(talk: SessionSpeaker) -> None:
    """That there is something to read, once."""
    send(of_talk(WORDS_SAID, talk))


def tell_staff(talk: SessionSpeaker) -> None:
    """Those who run the cohort, that the speaker cannot come."""
    link = address("admin:modules_speaker_change", talk.speaker_id)
    for colleague in staff_of(talk.session.cohort, CohortPermission.RUN_COHORTS):
        send(Notice(CANNOT, colleague, talk, {"said": talk.said, "link": link}))
