from applications.desk import applications, drafts, equality, rules, scoring, windows

__all__ = ["applications", "drafts", "equality", "rules", "scoring", "windows"]
