from modules.models.module import Module, SessionSpeaker, Speaker
from modules.models.qualification import Assignment, Course, CourseChoice, Extension, Qualification, Registration

__all__ = [
    "Assignment",
    "Course",
    "CourseChoice",
    "Extension",
    "Module",
    "Qualification",
    "Registration",
    "SessionSpeaker",
    "Speaker",
]
