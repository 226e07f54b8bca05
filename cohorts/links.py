"""The older name of `address`. Goes when no app calls it."""

from steppingup.messaging.addresses import address as absolute

__all__ = ["absolute"]
