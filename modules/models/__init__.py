from modules.models.module import Module, SessionSpeaker, Speaker
from modules.models.qualification import Assignment, Course, CourseChoice, Qualification, Registration

__all__ = [
    "Assignment",
    "Course",
    "CourseChoice",
    "Module",
    "Qualification",
    "Registration",
    "SessionSpeaker",
    "Speaker",
]
