from steppingup.messaging.actions.again import send_again
from steppingup.messaging.actions.sending import send
from steppingup.messaging.notices import Notice

__all__ = ["Notice", "send", "send_again"]
