"""The address that people write to about a programme, when whoever reads it leaves."""

from collections.abc import Sequence

from cohorts.models import Programme
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import may
from steppingup.accounts.models import User


def hand_over_contact(programmes: Sequence[Programme], to: User | None, by: User) -> list[str]:
    """From now on people write to somebody else: on the programme's pages, and when they reply to its emails. Says of each that
    is not this person's to change that it stays."""
    stayed = []
    for programme in programmes:
        if not may(by, CohortPermission.EDIT_PROGRAMMES, programme):
            stayed.append(f"{programme} keeps its contact address: you may not change this programme.")
            continue
        programme.contact_email = to.email if to else ""
        programme.save(update_fields=["contact_email"])
    return stayed
