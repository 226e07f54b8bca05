"""What other apps ask about messages."""

from django.db import models

from steppingup.messaging.models import Message
from steppingup.messaging.models.message import MessageQuerySet


def messages_about(obj: models.Model) -> MessageQuerySet:
    """What was said about an object, or to a person, the newest first: for `admin/components/messages.html`."""
    return Message.objects.about(obj).defer("text", "html", "sealed", "context")
