from applications.desk import applications, scoring, windows

__all__ = ["applications", "scoring", "windows"]
