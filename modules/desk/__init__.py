"""The lists of modules, speakers, courses, qualifications, registrations, results and assignments."""

from modules.desk import catalogue, feedback, registrations, results, teaching

__all__ = ["catalogue", "feedback", "registrations", "results", "teaching"]
