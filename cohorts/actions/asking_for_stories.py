"""Participants and graduates are asked for their story: once, by an email that they may leave (C7, N21)."""

from datetime import timedelta
from typing import Any

from cohorts.actions.following_up import words_of_ones_own
from cohorts.models import Enrolment, Story
from cohorts.notices import stories as notices
from cohorts.permissions import CohortPermission
from cohorts.states import IN_THE_DIRECTORY
from steppingup import clock
from steppingup.accounts.actors import Actor, require_colleague
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.messaging.models import Message
from steppingup.steps.step import StepForm, step

#: Nobody is asked again before.
AGAIN = timedelta(days=90)


def asked_lately() -> Any:
    """The emails by which people were asked in this time."""
    return Message.objects.filter(kind=notices.ASKED.key, created_at__gt=clock.now() - AGAIN)


def _require_to_ask(enrolment: Enrolment) -> None:
    person = enrolment.participant
    refuse_if(enrolment.status not in IN_THE_DIRECTORY, f"{person} neither takes part nor has completed.", "not_on_it")
    refuse_if(
        Story.objects.told().filter(enrolment=enrolment.pk).exists(), f"{person} has told a story already.", "already"
    )
    refuse_if(not person.is_active, "Their account is closed, so they are not written to.", "closed")
    refuse_if(
        asked_lately().filter(to=person).exists(),
        f"{person} was asked in the last {english.lasting(AGAIN)}.",
        "asked_lately",
    )


class AskForm(StepForm):
    own_words = words_of_ones_own("You said in May that the board sounds different now.")


@step(
    Enrolment,
    "Ask for their story",
    name="ask_for_story",
    past="Asked for their story",
    story="You were asked for your story",
    meaning="They get an email with the page on which they tell it. They may leave it, and are not asked again for three months.",
    permission=CohortPermission.RUN_COHORTS,
    guard=lambda by, enrolment: require_colleague(
        by, enrolment.participant, "You can tell your own story. There is no need to write to you."
    ),
    policy=_require_to_ask,
    form=AskForm,
    bulk=True,
    final="Whoever was asked has the email.",
)
def ask_for_story(*, enrolment: Enrolment, by: Actor, own_words: str = "") -> Enrolment:
    """Raises NotPossible for whoever has left, has told one, or was asked less than AGAIN ago."""
    _require_to_ask(Enrolment.objects.locked(enrolment.pk))
    notices.ask(Enrolment.objects.for_steps().get(pk=enrolment.pk), own_words.strip())
    return enrolment
