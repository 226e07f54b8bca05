"""What must be true of a pair when a step is taken back."""

from mentoring.models import Pair
from mentoring.states import WAS_CONFIRMED, PairStatus
from steppingup.history.lifecycle import refuse_if
from steppingup.messaging.models import Message
from steppingup.steps.letters import say_how_it_stands
from steppingup.steps.restoring import Back, keep


def _nothing_was_recorded(pair: Pair, back: Back) -> None:
    refuse_if(
        pair.status not in WAS_CONFIRMED and pair.sessions.exists(),
        "The two have recorded sessions since. End the pair instead: their sessions still count then.",
        "sessions",
    )


def _of_the_pair(pair: Pair, message: Message) -> str:
    pair = Pair.objects.select_related("mentor__user", "enrolment__participant").get(pk=pair.pk)
    if pair.status == PairStatus.CONFIRMED:
        return f"{pair} are mentor and mentee, as before."
    return f"{pair} are not mentor and mentee at the moment."


keep(Pair, check=_nothing_was_recorded, unless="a pair that has recorded sessions since")
say_how_it_stands(Pair, _of_the_pair)
