from applications.admin import queue, scoring, setup

__all__ = ["queue", "scoring", "setup"]
