from steppingup.messaging.actions.again import send_again
from steppingup.messaging.actions.sending import MessagePreview, preview, send

__all__ = ["MessagePreview", "preview", "send", "send_again"]
