"""Telling people that they were given a role: how to sign in, and what is expected of them."""

from django.conf import settings
from django.urls import reverse

from steppingup.accounts.actors import Actor
from steppingup.accounts.models import RoleAssignment
from steppingup.accounts.roles import ROLES
from steppingup.messaging.actions.sending import send_as
from steppingup.messaging.messages import ROLE_GIVEN
from steppingup.messaging.models import Message


def _words(assignment: RoleAssignment, by: Actor) -> dict[str, str]:
    return {
        "role": assignment.get_role_display(),
        "provider": str(assignment.provider),
        "meaning": ROLES[assignment.role].prose,
        "by": str(by),
        "link": f"{settings.SITE_URL}{reverse('admin:index')}",
    }


def tell_of_role(*, assignment: RoleAssignment, by: Actor) -> Message:
    """Write to whoever was given a role. Call it in the transaction that gives it."""
    return send_as(
        kind=ROLE_GIVEN.key,
        to=assignment.user,
        about=assignment.user,
        context=_words(assignment, by),
        provider=assignment.provider,
    )
