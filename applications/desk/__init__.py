from applications.desk import applications, rules, scoring, windows

__all__ = ["applications", "rules", "scoring", "windows"]
