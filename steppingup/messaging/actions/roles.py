"""Telling people that they were given a role: how to sign in, and what is expected of them."""

from steppingup.accounts.actors import Actor
from steppingup.accounts.models import RoleAssignment
from steppingup.accounts.roles import ROLES
from steppingup.messaging.actions.sending import send
from steppingup.messaging.addresses import address
from steppingup.messaging.messages import ROLE_GIVEN
from steppingup.messaging.models import Message
from steppingup.messaging.notices import Notice


def tell_of_role(*, assignment: RoleAssignment, by: Actor) -> Message:
    """Write to whoever was given a role. Call it in the transaction that gives it."""
    words = {
        "role": assignment.get_role_display(),
        "provider": str(assignment.provider),
        "meaning": ROLES[assignment.role].prose,
        "by": str(by),
        "link": address("admin:index"),
    }
    return send(Notice(ROLE_GIVEN, assignment.user, assignment.user, words, provider=assignment.provider))
