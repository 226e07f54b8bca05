"""On the admin's first page: emails that did not go out, or of which nobody knows."""

from typing import Any

from django.db.models import Count, Q

from steppingup.accounts.actors import holds, providers_with
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.desk.to_do import TEMPLATE, ToDo, waiting
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from steppingup.site.sections import Section, register


def stuck(*, subject: Any, viewer: User) -> dict[str, Any] | None:
    if not holds(viewer, Permission.SEE_MESSAGES):
        return None
    providers = providers_with(viewer, Permission.SEE_MESSAGES)
    mine = Message.objects.all() if providers is None else Message.objects.filter(provider__in=providers)
    states = (MessageStatus.FAILED, MessageStatus.UNCERTAIN)
    counts = {state.value: Count("pk", filter=Q(status=state)) for state in states}
    found = mine.filter(status__in=states).aggregate(**counts)
    page = "admin:messaging_message_changelist"
    words = ((states[0], "could not be sent"), (states[1], "may not have arrived"))
    return waiting(
        *(
            ToDo(found[state.value], f"email {what}", f"emails {what}", page, f"status__exact={state.value}")
            for state, what in words
        )
    )


def register_section() -> None:
    register(Section("dashboard", "messages", 70, TEMPLATE, stuck, "Emails"))
