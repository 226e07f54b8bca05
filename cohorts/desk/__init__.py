from cohorts.desk import (
    agreements,
    certificates,
    cohorts,
    directory,
    joint,
    notes,
    opportunities,
    participants,
    programmes,
    sessions,
    study,
    writing,
)

__all__ = [
    "agreements",
    "certificates",
    "cohorts",
    "directory",
    "joint",
    "notes",
    "opportunities",
    "participants",
    "programmes",
    "sessions",
    "study",
    "writing",
]
