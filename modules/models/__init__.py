from modules.models.catalogue import Course, Qualification
from modules.models.feedback import TalkFeedback
from modules.models.module import Module, SessionSpeaker, Speaker
from modules.models.registration import NEAR_DAYS, RELATED, Assignment, CourseChoice, Extension, Registration

__all__ = [
    "NEAR_DAYS",
    "RELATED",
    "Assignment",
    "Course",
    "CourseChoice",
    "Extension",
    "Module",
    "Qualification",
    "Registration",
    "SessionSpeaker",
    "Speaker",
    "TalkFeedback",
]
