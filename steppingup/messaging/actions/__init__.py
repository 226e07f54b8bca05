from steppingup.messaging.actions.again import send_again
from steppingup.messaging.actions.sending import send
from steppingup.messaging.actions.together import send_together
from steppingup.messaging.notices import Notice

__all__ = ["Notice", "send", "send_again", "send_together"]
