from applications.admin import queue, scoring

__all__ = ["queue", "scoring"]
