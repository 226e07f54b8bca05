from cohorts.desk import (
    agreements,
    certificates,
    cohorts,
    directory,
    joint,
    opportunities,
    participants,
    programmes,
    sessions,
    study,
)

__all__ = [
    "agreements",
    "certificates",
    "cohorts",
    "directory",
    "joint",
    "opportunities",
    "participants",
    "programmes",
    "sessions",
    "study",
]
