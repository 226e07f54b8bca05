"""Stories that graduates tell, in the demonstration: two are read by everybody, one waits for its author, one for its wording."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from cohorts.actions import stories
from cohorts.models import Cohort, Enrolment, Story
from cohorts.states.stories import NamedAs
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast


class Told(NamedTuple):
    """`worded`, `agreed`: how far it has come."""

    title: str
    text: str
    quote: str
    named_as: NamedAs
    worded: bool = True
    agreed: bool = True


STORIES = (
    Told(
        "The day I stopped asking whether I was allowed to",
        "I had applied for a manager’s post twice and was told both times that I came second. On the programme I learned to say what I had "
        "done, not what we had done. My stretch assignment was with the housing team: for twelve days I ran a project that nobody else "
        "wanted, and it is still running. The third time I applied I did not come second.",
        "The third time I applied I did not come second.",
        NamedAs.FULL,
    ),
    Told(
        "Somebody to ring",
        "What I remember is my mentor. She had been where I was, and she did not pretend that it was easy. We met at the station café every "
        "six weeks. When the post came up I rang her before I rang anybody else, and we went through the advert line by line.",
        "She had been where I was, and she did not pretend that it was easy.",
        NamedAs.FIRST,
    ),
    Told(
        "Six people on a Thursday",
        "Our peer group still meets, although the programme is over. We began with an agenda and ended up with a friendship. Two of us have "
        "moved on, and the other four prepared them for their interviews.",
        "We began with an agenda and ended up with a friendship.",
        NamedAs.NOBODY,
        agreed=False,
    ),
    Told(
        "Thirty days that my team noticed",
        "My team thought that I would be away for thirty days. What they noticed in the end was that I came back with questions, and that "
        "I listened to the answers.",
        "",
        NamedAs.FIRST,
        worded=False,
        agreed=False,
    ),
)


@dataclass
class Telling:
    """Writes into the diary who of a cohort tells a story, and what becomes of it."""

    diary: Diary
    cast: Cast
    cohort: Cohort
    people: Sequence[Applicant]

    def write(self, first: date) -> None:
        by = self.cast.coordinator
        for number, (who, told) in enumerate(zip(self.people, STORIES, strict=False)):
            on = first + timedelta(days=3 * number)
            self.diary.write(moment(on, 20, number), who.me, partial(self._tell, who, told))
            if told.worded:
                self.diary.write(moment(on + timedelta(days=2), 11, number), by, partial(self._word, who))
            if told.agreed:
                self.diary.write(moment(on + timedelta(days=4), 21, number), who.me, partial(self._agree, who))

    def _tell(self, who: Applicant, told: Told) -> None:
        enrolment = Enrolment.objects.for_steps().get(cohort=self.cohort, participant=who.user)
        stories.tell_story(
            enrolment=enrolment,
            title=told.title,
            text=told.text,
            quote=told.quote,
            named_as=told.named_as,
            on_pages=True,
            in_papers=told.named_as != NamedAs.NOBODY,
            by=who.account,
        )

    def _story(self, who: Applicant) -> Story:
        return Story.objects.for_steps().get(enrolment__cohort=self.cohort, enrolment__participant=who.user)

    def _word(self, who: Applicant) -> None:
        """In their own words as they were."""
        story = self._story(who)
        words = {f"worded_{name}": getattr(story, name) for name in ("title", "text", "quote")}
        stories.propose(story=story, by=self.cast.coordinator, **words)

    def _agree(self, who: Applicant) -> None:
        story = self._story(who)
        stories.agree(story=story, words=story.fingerprint, by=who.account)
