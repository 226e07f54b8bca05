"""What employers have committed themselves to, in the world of the sweeps."""

from typing import Any

from representation.models import Commitment
from tests.factories import commitments as make


def have_commitments(world: Any) -> None:
    """A partner with a pledge that is not public, about which somebody is asked and somebody has answered, and one commitment of each kind that is."""
    things = world.things
    employer = things.employer_listed = things.partner.organisation
    things.pledge_hidden = make.commitment(things.provider, employer, words="For every head of service.")
    things.commitment_public = make.published(things.provider, employer, "fast_track", "Straight to an interview")
    for kind in ("policy", "pay_gap", "apprenticeship", "pledge"):
        make.published(things.provider, employer, kind, f"Our {kind}")
    things.pledge_question = make.asked(things.pledge_hidden)
    things.pledge_token = make.link_of(things.pledge_question)
    things.pledge_answer = make.answered(things.pledge_hidden, name="Sam Marsh", email="sam@avon.example")


def more_commitments(world: Any, number: int) -> None:
    """As many again: another employer with a pledge of its own, and more of what is there."""
    other = make.listed(world.programme, f"Employer {number}", policy=f"We do {number}.")
    for employer in (other, world.employer_listed):
        for kind in make.GIVEN:
            make.published(world.provider, employer, kind, f"{kind} {number}")
        one = make.commitment(world.provider, employer, title=f"Pledge {number}")
        make.answered(one, email=f"kent{number}@avon.example")
    make.answered(world.pledge_hidden, email=f"sam{number}@avon.example")
    assert Commitment.objects.public(world.provider).exists()
