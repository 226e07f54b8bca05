"""Somebody at the employer is asked to confirm a step up."""

from typing import Any

from cohorts.actions import confirmations, destinations
from cohorts.models import Destination, StepConfirmation
from cohorts.notices.confirmations import CONFIRMATION_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink

SAM = {"name": "Sam Marsh", "email": "sam.marsh@harbour.example", "agrees": True}


def stepped(destination: Destination, *moves: str, **more: Any) -> Destination:
    """The graduate says that they were promoted."""
    given = {"moves": list(moves) or ["promoted"], "job_title": "Head of Care", **more}
    destinations.answer(destination=destination, by=destination.enrolment.participant, **given)
    return Destination.objects.for_steps().get(pk=destination.pk)


def asked(destination: Destination, **more: Any) -> StepConfirmation:
    given = {**SAM, **more}
    return confirmations.ask_employer(destination=destination, by=destination.enrolment.participant, **given)


def holder_of(confirmation: StepConfirmation) -> LinkHolder:
    link, raw = TokenLink.issue(purpose=CONFIRMATION_LINK, target=confirmation, email=confirmation.email, days=9)
    link.raw = raw
    return LinkHolder(link)


def confirmed(confirmation: StepConfirmation, said: str = "yes", words: str = "") -> StepConfirmation:
    return confirmations.confirm(confirmation=confirmation, said=said, words=words, by=holder_of(confirmation))
