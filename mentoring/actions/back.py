"""What must be true of a pair when a step is taken back."""

from mentoring.models import Pair
from mentoring.states import WAS_CONFIRMED
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.restoring import Back, keep


def _nothing_was_recorded(pair: Pair, back: Back) -> None:
    refuse_if(
        pair.status not in WAS_CONFIRMED and pair.sessions.exists(),
        "The two have recorded sessions since. End the pair instead: their sessions still count then.",
        "sessions",
    )


keep(Pair, check=_nothing_was_recorded, unless="a pair that has recorded sessions since")
