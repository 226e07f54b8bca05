from applications.desk import applications, drafts, rules, scoring, windows

__all__ = ["applications", "drafts", "rules", "scoring", "windows"]
