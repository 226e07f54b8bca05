"""The lists of modules, speakers, courses, qualifications, registrations, results and assignments."""

from modules.desk import catalogue, registrations, results, teaching

__all__ = ["catalogue", "registrations", "results", "teaching"]
