"""What apps that cohorts do not know have to say or do. They register it in `AppConfig.ready()`:

when_withdrawn.register(Consequence(do=end_pairs, told=would_be_told))  # a participant leaves
on_publishing.register(who_hears_of_it)  # a sentence on the page before a cohort is published
against_cancelling.register(who_still_waits)  # why a cohort cannot be cancelled yet
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from cohorts.models import Cohort, Enrolment
from steppingup.accounts.actors import Actor
from steppingup.messaging.actions import MessagePreview


@dataclass(frozen=True)
class Consequence:
    """`do(enrolment, by)` runs in the transaction of the action; `told(enrolment)` says beforehand who will be told."""

    do: Callable[[Enrolment, Actor], None]
    told: Callable[[Enrolment], list[MessagePreview]] = lambda enrolment: []


@dataclass(frozen=True)
class Consequences:
    registered: list[Consequence] = field(default_factory=list)

    def register(self, consequence: Consequence) -> None:
        if consequence not in self.registered:
            self.registered.append(consequence)

    def do(self, enrolment: Enrolment, by: Actor) -> None:
        for consequence in self.registered:
            consequence.do(enrolment, by)

    def told(self, enrolment: Enrolment) -> list[MessagePreview]:
        return [message for consequence in self.registered for message in consequence.told(enrolment)]


when_withdrawn = Consequences()


@dataclass(frozen=True)
class Sentences:
    """Each that is registered gives a sentence about a cohort, or nothing."""

    registered: list[Callable[[Cohort], str]] = field(default_factory=list)

    def register(self, says: Callable[[Cohort], str]) -> None:
        if says not in self.registered:
            self.registered.append(says)

    def about(self, cohort: Cohort) -> list[str]:
        return [sentence for says in self.registered if (sentence := says(cohort))]


#: What else happens once a cohort is on the site: who is told, and when.
on_publishing = Sentences()
#: Why a cohort cannot be cancelled yet, and what to do first.
against_cancelling = Sentences()
