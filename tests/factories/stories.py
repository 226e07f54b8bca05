"""Stories, by the moments of their lives."""

from typing import Any

from cohorts.actions import stories
from cohorts.models import Enrolment, Story
from steppingup.accounts.models import User
from tests.factories.cohorts import day

SAID = {
    "title": "From ward to board",
    "text": "I had been told not yet for ten years. Now I chair the board.",
    "quote": "Now I chair the board.",
    "named_as": "full",
    "on_pages": True,
    "in_papers": True,
}


def again(story: Story) -> Story:
    return Story.objects.for_steps().get(pk=story.pk)


def told(enrolment: Enrolment, **more: Any) -> Story:
    story = stories.tell_story(enrolment=enrolment, by=enrolment.participant, **{**SAID, **more})
    return again(story)


def worded(story: Story, by: User, text: str = "For ten years: not yet. Now I chair the board.") -> Story:
    given = {"worded_title": story.title, "worded_text": text, "worded_quote": story.quote}
    return again(stories.propose(story=story, by=by, **given))


def agreed(story: Story) -> Story:
    by = story.enrolment.participant
    return again(stories.agree(story=story, words=story.fingerprint, by=by))


def written(enrolment: Enrolment) -> Story:
    """One that stands in the list; nobody was asked anything."""
    return Story.objects.create(
        enrolment=enrolment,
        told_on=day(0),
        worded_title="From ward to board",
        worded_text="Now I chair the board.",
        byline="A graduate",
        **SAID,
    )
