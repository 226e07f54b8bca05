"""Moments at which letters to employers about their pledges are written."""

from representation.actions import commitments
from tests.factories import commitments as make
from tests.sweeps.letters_moments import moment
from tests.sweeps.world import World


@moment
def an_employer_is_asked_how_its_pledge_stands(w: World) -> None:
    commitments.ask_about_pledge(
        commitment=make.fresh(w.pledge_hidden), name="Ola Kent", email="ola@example.org", by=w.equality
    )
