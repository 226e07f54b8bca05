"""How people are asked for a story, what whoever told one hears of it, and what staff hear once it is withdrawn."""

from cohorts.models import Enrolment
from cohorts.models.stories import Story
from cohorts.permissions import CohortPermission
from cohorts.queries import staff_of
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind, add_message_kind

AUTHOR, STAFF = "Whoever told a story", "Those who run the cohort"
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("whose story it is", "Amara Okafor"),
    "title": ("the title of the story", "From ward to board"),
    "reason": ("why, in staff's words", "It names a colleague."),
    "printed": ("what is known to have been printed, in a sentence", "It is in: Annual report 2020."),
    "uses": ("where it may be used", "the public pages"),
    "own_words": ("what the coordinator adds", "You said in May that the board sounds different now."),
}


def _kind(key: str, title: str, told: str, *names: str) -> MessageKind:
    used = {name: WORDS[name] for name in ("programme", "cohort", "participant", "title", *names)}
    return add_message_kind(
        MessageKind(
            f"cohorts.{key}",
            title,
            told,
            {name: what for name, (what, _) in used.items()} | {"link": "the page of the story"},
            button_placeholder="link",
            samples={name: sample for name, (_, sample) in used.items()},
        )
    )


ASKED = add_message_kind(
    MessageKind(
        "cohorts.story_asked",
        "Somebody is asked for their story",
        "Whoever takes part or has completed",
        {name: WORDS[name][0] for name in ("programme", "cohort", "participant", "own_words")}
        | {"link": "the page on which they tell it"},
        button_placeholder="link",
        samples={name: WORDS[name][1] for name in ("programme", "cohort", "participant", "own_words")},
    )
)
PROPOSED = _kind("story_proposed", "A wording is proposed for somebody’s story", AUTHOR, "uses")
TAKEN_OFF = _kind("story_taken_off", "A story was taken off", AUTHOR, "reason")
WITHDRAWN = _kind("story_withdrawn", "A story was withdrawn", STAFF, "printed")


def tell_author(kind: MessageKind, story: Story, **more: str) -> None:
    person = story.enrolment.participant
    link = address("cohorts:story", story.enrolment_id)
    send(Notice(kind, person, story, {"link": link, **more}, related=[story.enrolment, person]))


def ask(enrolment: Enrolment, own_words: str) -> None:
    person = enrolment.participant
    given = {"link": address("cohorts:story", enrolment.pk), "own_words": own_words}
    send(Notice(ASKED, person, enrolment, given, related=[person]))


def propose(story: Story) -> None:
    tell_author(PROPOSED, story, uses=english.listed(story.uses))


def tell_staff(story: Story) -> None:
    """Everybody who runs the cohort, with what remains on paper."""
    lines = story.used_in.splitlines()
    printed = f"It is in: {'; '.join(lines)}." if lines else "Nothing was noted of where it was printed."
    link = address("admin:cohorts_story_change", story.pk)
    for person in staff_of(story.enrolment.cohort, CohortPermission.RUN_COHORTS):
        if person.pk != story.enrolment.participant_id:
            send(Notice(WITHDRAWN, person, story, {"link": link, "printed": printed}, related=[story.enrolment]))
