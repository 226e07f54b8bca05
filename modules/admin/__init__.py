"""The admin of modules, speakers, courses, qualifications, registrations, results and assignments."""

from modules.admin import catalogue, registrations, results, teaching

__all__ = ["catalogue", "registrations", "results", "teaching"]
