from steppingup.messaging.models.message import Attachment, Message, MessageSubject
from steppingup.messaging.models.reminder import ReminderRule, ReminderSent
from steppingup.messaging.models.reply import MailboxPlace, Reply, ReplyFile
from steppingup.messaging.models.template import MessageTemplate

__all__ = [
    "Attachment",
    "MailboxPlace",
    "Message",
    "MessageSubject",
    "MessageTemplate",
    "ReminderRule",
    "ReminderSent",
    "Reply",
    "ReplyFile",
]
