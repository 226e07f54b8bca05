from steppingup.messaging.actions.again import send_again
from steppingup.messaging.actions.sending import MessagePreview, preview, send, send_as
from steppingup.messaging.notices import Notice

__all__ = ["MessagePreview", "Notice", "preview", "send", "send_again", "send_as"]
