"""What participants could do themselves about their qualification, and staff do for those who rang or wrote on paper."""

from typing import Any

from cohorts.models import Enrolment
from modules.actions.assignments import submit_assignment
from modules.actions.courses import choose_course, drop_course
from modules.actions.registrations import give_up, register_for, resume
from modules.models import CourseChoice, Registration
from modules.policies import KEEP
from steppingup.steps.behalf import on_behalf

OF_PARTICIPANT: dict[str, Any] = {"whose": lambda record: record.participant, "permission": KEEP}

register_for_them = on_behalf(
    register_for,
    Enrolment,
    "Register them for a qualification",
    past="Registered for them",
    **OF_PARTICIPANT,
)
choose_course_for_them = on_behalf(
    choose_course, Registration, "Choose a course for them", past="Course chosen for them", **OF_PARTICIPANT
)
drop_course_for_them = on_behalf(
    drop_course, CourseChoice, "Drop the course for them", past="Dropped for them", **OF_PARTICIPANT
)
hand_in_for_them = on_behalf(
    submit_assignment, Registration, "Hand in the assignment for them", past="Handed in for them", **OF_PARTICIPANT
)
give_up_for_them = on_behalf(give_up, Registration, "Withdraw for them", past="Withdrawn for them", **OF_PARTICIPANT)
resume_for_them = on_behalf(
    resume, Registration, "Take it up again for them", past="Taken up again for them", **OF_PARTICIPANT
)
