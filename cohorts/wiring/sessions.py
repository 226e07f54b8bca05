"""Where sessions plug into the desk: the steps that its pages do not name."""

from cohorts.actions import confirming

__all__ = ["confirming"]
