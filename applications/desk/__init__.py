from applications.desk import applications, drafts, equality, nominations, rules, scoring, windows

__all__ = ["applications", "drafts", "equality", "nominations", "rules", "scoring", "windows"]
