"""What other apps ask about messages."""

from django.db import models

from steppingup.messaging.models import Message
from steppingup.messaging.models.message import MessageQuerySet


def messages_about(*objects: models.Model) -> MessageQuerySet:
    """What was said about objects, or to people, the newest first: for `admin/components/messages.html`."""
    return Message.objects.about(*objects).defer("text", "html", "sealed", "context")
