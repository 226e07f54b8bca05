"""The written work-based assignment: handed in, with its pages counted, and marked (B43, B44)."""

from django.db import transaction
from django.utils import timezone

from cohorts.models import Placement
from modules import telling
from modules.access import lock, require_keeper, require_open, require_own, words_needed
from modules.actions.registrations import achieve_if_complete
from modules.models import Assignment, Registration
from modules.states import ASSIGNMENT, AssignmentStatus
from steppingup.accounts.actors import Actor, NotAllowed, person
from steppingup.files.models import StoredFile
from steppingup.history.lifecycle import NotPossible


def _check_file(registration: Registration, file: StoredFile) -> int:
    """Its pages, if the rule allows them (B43)."""
    rule = registration.qualification.file_rule
    if file.content_type != "application/pdf" or not file.pages:
        raise NotPossible("Upload the assignment as a PDF, so that we can count its pages.")
    too_few = file.pages < (rule.min_pages or 0)
    if too_few or (rule.max_pages and file.pages > rule.max_pages):
        has = "1 page" if file.pages == 1 else f"{file.pages} pages"
        raise NotPossible(f"This file has {has}. Upload one that has {rule.pages_in_words}.")
    return file.pages


@transaction.atomic
def submit_assignment(
    *, registration: Registration, file: StoredFile, placement: Placement | None = None, by: Actor
) -> Assignment:
    """Hand in a version. One that waits for its mark is replaced; a passed one is not. `placement` says that it is about
    the stretch assignment (B44). The participant is told that it has arrived.

    Raises NotPossible when the pages are too few or too many, or none is asked for or wanted any more."""
    require_own(by, registration.enrolment)
    lock(registration)
    require_open(registration)
    if not registration.qualification.has_assignment:
        raise NotPossible(f"The {registration.qualification} asks for no assignment.")
    if placement is not None and placement.enrolment_id != registration.enrolment_id:
        raise NotPossible("An assignment can be about your own stretch assignment only.")
    if Assignment.objects.filter(file=file).exists():
        raise NotPossible("This file was handed in already. Choose the new version.")
    pages = _check_file(registration, file)
    latest = registration.assignments.order_by("-version").first()
    if latest and latest.status == AssignmentStatus.PASSED:
        raise NotPossible("Your assignment is passed, so no other version is needed.")
    if latest and latest.status == AssignmentStatus.SUBMITTED:
        ASSIGNMENT.move(latest, "replace")
    assignment = Assignment.objects.create(
        registration=registration,
        version=latest.version + 1 if latest else 1,
        file=file,
        pages=pages,
        placement=placement,
    )
    telling.send_all(telling.of_submitting(assignment))
    return assignment


@transaction.atomic
def mark_assignment(*, assignment: Assignment, result: str, feedback: str, by: Actor) -> Assignment:
    """“pass”, or “refer” with what to revise. The participant is told, with the feedback. When that was the last thing
    that was missing, the qualification is achieved.

    Raises NotPossible when it is marked or replaced already, or is referred without feedback."""
    if result not in ("pass", "refer"):
        raise ValueError("A mark is “pass” or “refer”.")
    registration = assignment.registration
    require_keeper(by, registration.enrolment)
    marker = person(by)
    if marker is None:
        raise NotAllowed("An assignment is marked by a person.")
    lock(registration)
    require_open(registration)
    if result == "refer":
        feedback = words_needed(feedback, "Write what is to be revised. The participant reads it.")
    ASSIGNMENT.move(assignment, result, marked_at=timezone.now(), marked_by=marker, feedback=feedback.strip())
    telling.send_all(telling.of_marking(assignment, result, feedback.strip()))
    achieve_if_complete(registration)
    return assignment
