from steppingup.messaging.actions.sending import MessagePreview, preview, send
from steppingup.messaging.actions.again import send_again

__all__ = ["MessagePreview", "preview", "send", "send_again"]
