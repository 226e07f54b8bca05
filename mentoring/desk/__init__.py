"""The lists of mentors, pairs and themes, and the page on which a cohort is matched."""

from mentoring.desk import mentors, pairs, themes

__all__ = ["mentors", "pairs", "themes"]
