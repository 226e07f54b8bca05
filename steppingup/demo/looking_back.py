"""Where people of a cohort see themselves, before and after, in the demonstration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random

from cohorts.actions import assessing
from cohorts.actions.assessing import Said
from cohorts.assessing.own import answers_of, standing_of, things_of, with_assessments
from cohorts.models import Assessment, Cohort, Enrolment
from cohorts.states import LookedAt
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast

#: Who never gets round to it.
SILENT = 7
WROTE = {
    LookedAt.BEFORE: (
        "I am often the only one in the room, and then I say less.",
        "I know my own service well and little beyond it.",
        "Nobody above me has come the way I did.",
    ),
    LookedAt.AFTER: (
        "I asked for the budget meeting, and nobody was surprised.",
        "The assignment showed me that I can lead people whose work I do not know.",
        "Two colleagues have asked me how to apply.",
    ),
}


@dataclass
class LookingBack:
    """Writes what people say of themselves into the diary."""

    diary: Diary
    cast: Cast
    cohort: Cohort
    people: Sequence[Applicant]

    def write(self, day: date, at: LookedAt) -> None:
        """Most of them, over some evenings from this day on."""
        for number, who in enumerate(self.people):
            if number % SILENT != SILENT - 1:
                on = moment(day + timedelta(days=number % 5), 19, 5 + number)
                self.diary.write(on, who.me, partial(self._say, who, at, number))

    def write_release(self, day: date) -> None:
        release = partial(assessing.release, cohort=self.cohort, by=self.cast.coordinator)
        self.diary.write(moment(day, 11), self.cast.coordinator, release)

    def share(self, who: Applicant, day: date) -> None:
        self.diary.write(moment(day, 20), who.me, partial(self._share, who))

    def _share(self, who: Applicant) -> None:
        assessing.share(enrolment=who.place(), by=who.me())

    def _say(self, who: Applicant, at: LookedAt, number: int) -> None:
        """Where they begin; or one or two steps on, and some nowhere. Whoever is not asked says nothing."""
        found = with_assessments(Enrolment.objects.select_related("cohort__plan")).get(pk=who.place().pk)
        standing = standing_of(found)
        if standing is None or standing.now is None or standing.now.moment != at:
            return
        before = answers_of(Assessment.objects.filter(enrolment=found, moment=LookedAt.BEFORE).first())
        said, dice = {}, Random(1000 * number + len(at))
        for place, thing in enumerate(things_of(found.cohort.plan)):
            begun = before[thing.key].value if thing.key in before else None
            further = (0, 1, 1, 2, 2)[dice.randrange(5)]
            if thing.is_barrier:
                value = max(1, (begun or 4) - further) if begun else 3 + dice.randrange(3)
            else:
                value = min(thing.steps, begun + further) if begun else 1 + dice.randrange(3)
            sentence = WROTE[at][number % 3] if place == number % 4 else ""
            said[thing.key] = Said(value, sentence)
        is_draft = at == LookedAt.AFTER and number % 11 == 10
        assessing.assess(enrolment=found, moment=at, answers=said, done=not is_draft, by=found.participant)
