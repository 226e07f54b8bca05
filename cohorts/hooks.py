"""What else happens when a participant leaves. Apps that cohorts do not know register it in `AppConfig.ready()`:

when_withdrawn.register(Consequence(do=end_pairs, told=would_be_told))
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from cohorts.models import Enrolment
from steppingup.accounts.actors import Actor
from steppingup.messaging.actions import MessagePreview


@dataclass(frozen=True)
class Consequence:
    """`do(enrolment, by)` runs in the transaction of the action; `told(enrolment)` says beforehand who will be told."""

    do: Callable[[Enrolment, Actor], None]
    told: Callable[[Enrolment], list[MessagePreview]]


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
