"""How people are asked for a story, what whoever told one hears of it, and what staff hear once it is withdrawn."""

from cohorts.models import Enrolment
from cohorts.models.stories import Story
from cohorts.permissions import CohortPermission
from cohorts.queries import staff_of
from steppingup.formats import english
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

ASKED_TO_TELL = Told("Whoever takes part or has completed", "the page on which they tell it")
PAGE = "the page of the story"
AUTHOR, STAFF = Told("Whoever told a story", PAGE), Told("Those who run the cohort", PAGE, called="Priya Nair")
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
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort", "participant"))
ASKED = KINDS.add("story_asked", "Somebody is asked for their story", ASKED_TO_TELL, "own_words")
PROPOSED = KINDS.add("story_proposed", "A wording is proposed for somebody’s story", AUTHOR, "title", "uses")
TAKEN_OFF = KINDS.add("story_taken_off", "A story was taken off", AUTHOR, "title", "reason")
WITHDRAWN = KINDS.add("story_withdrawn", "A story was withdrawn", STAFF, "title", "printed")


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
