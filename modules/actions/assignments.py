"""The written work-based assignment: handed in, with its pages counted, and marked (B43, B44)."""

from typing import Any

from django import forms

from cohorts.models import Placement
from modules import notices
from modules.actions.registrations import achieve_if_complete
from modules.models import Assignment, Registration
from modules.policies import KEEP, lock_open, require_open, require_own, require_somebody_else
from modules.states import ASSIGNMENT, AssignmentStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, person
from steppingup.files.fields import CheckedFileField
from steppingup.files.models import StoredFile
from steppingup.formats.english import counted
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.steps.step import StepForm, Waiting, Weight, step


class HandInForm(StepForm):
    """The assignment as a PDF, and whether it is about the stretch assignment (B43, B44)."""

    field_order = ["file", "about_placement"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = self.subject.qualification.file_rule
        hint = f"{rule.hint} If you wrote it in Word, save it as a PDF first."
        self.fields["file"] = CheckedFileField(
            rule=rule, by=self.subject.participant, label="Your assignment", help_text=hint
        )
        found = Placement.objects.filter(enrolment=self.subject.enrolment_id).select_related("host", "component")
        self.placements = {str(one.pk): one for one in found}
        if len(self.placements) == 1:
            (one,) = self.placements.values()
            self.fields["about_placement"] = forms.BooleanField(
                label=f"It is about my {one.component.word}: {one.title}, at {one.host}", required=False
            )
        elif self.placements:
            choices = [
                ("", "My own work"),
                *((pk, f"{one.title}, at {one.host}") for pk, one in self.placements.items()),
            ]
            self.fields["about_placement"] = forms.ChoiceField(
                label="What is it about?", choices=choices, required=False, widget=forms.RadioSelect
            )
        self.order_fields(self.field_order)

    def values(self) -> dict[str, Any]:
        chosen = self.cleaned_data.get("about_placement")
        about = next(iter(self.placements.values())) if chosen is True else self.placements.get(chosen or "")
        return {"file": self.cleaned_data["file"], "placement": about}


def require_assignment_wanted(registration: Registration) -> None:
    """Raises NotPossible when none is asked for, or when one is passed."""
    require_open(registration)
    refuse_if(
        not registration.qualification.has_assignment,
        f"The {registration.qualification} does not ask for an assignment.",
        "none_asked_for",
    )
    refuse_if(
        registration.assignments.filter(status=AssignmentStatus.PASSED).exists(),
        "Your assignment has passed, so you do not need to hand in another version.",
        "passed",
    )


def _check_file(registration: Registration, file: StoredFile) -> int:
    """Its pages, if the rule allows them (B43)."""
    rule = registration.qualification.file_rule
    if file.content_type != "application/pdf" or not file.pages:
        sentence = "Upload the assignment as a PDF, so that we can count its pages."
        raise NotPossible(sentence, "not_a_pdf", field="file")
    refuse_if(
        file.pages < (rule.min_pages or 0) or (rule.max_pages and file.pages > rule.max_pages),
        f"This file has {counted(file.pages, 'page')}. Upload one that has {rule.pages_in_words}.",
        "pages",
        field="file",
    )
    return file.pages


@step(
    Registration,
    "Hand in the assignment",
    past="Handed in",
    story="You handed in your assignment",
    guard=require_own,
    policy=require_assignment_wanted,
    form=HandInForm,
    back_by=KEEP,
)
def submit_assignment(
    *, registration: Registration, file: StoredFile, placement: Placement | None = None, by: Actor
) -> Assignment:
    """Hand in a version. One that waits for its mark is replaced; a passed one is not. `placement` says that it is about
    the stretch assignment (B44). The participant is told that it has arrived.

    Raises NotPossible when the pages are too few or too many, or none is asked for or wanted any more."""
    lock_open(registration)  # versions are numbered one after the other
    refuse_if(
        placement is not None and placement.enrolment_id != registration.enrolment_id,
        "An assignment can only be about your own stretch assignment.",
        "not_own",
    )
    # The same upload twice is a second press, or Back in the browser: it is no new version.
    refuse_if(
        Assignment.objects.filter(file=file).exists(),
        "You have already handed in this file. Choose the new version.",
        "same_file",
        field="file",
    )
    pages = _check_file(registration, file)
    latest = registration.assignments.order_by("-version").first()
    if latest and latest.status == AssignmentStatus.SUBMITTED:
        ASSIGNMENT.move(latest, "replace")
    version = latest.version + 1 if latest else 1
    assignment = Assignment.objects.create(
        registration=registration, version=version, file=file, pages=pages, placement=placement
    )
    notices.tell(notices.ASSIGNMENT_RECEIVED, assignment)
    return assignment


class FeedbackForm(StepForm):
    feedback = forms.CharField(
        label="Feedback",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="What was good, and what could be better. The participant will read this.",
    )


NEEDED = "Say what needs revising. The participant will read this."


class RevisionForm(FeedbackForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["feedback"]
        field.required, field.label = True, "What needs revising"
        field.error_messages["required"] = NEEDED


def _mark(assignment: Assignment, result: str, feedback: str, by: Actor) -> Assignment:
    marker = person(by)
    if marker is None:
        raise NotAllowed("Only a person can mark an assignment.")
    lock_open(assignment)
    ASSIGNMENT.move(assignment, result, marked_at=clock.now(), marked_by=marker, feedback=feedback.strip())
    notices.tell_of_mark(assignment)
    return assignment


MARKING: dict[str, Any] = {
    "permission": KEEP,
    "guard": require_somebody_else,
    "lifecycle": ASSIGNMENT,
    "policy": require_open,
}


@step(
    Assignment,
    "Pass",
    name="pass",
    past="Passed",
    story="Your assignment has passed",
    meaning="If nothing else is missing, they will have achieved the qualification.",
    form=FeedbackForm,
    weight=Weight.STRONG,
    waiting=Waiting(lambda rows: rows.to_mark(), "assignment to mark", "assignments to mark", 10),
    **MARKING,
)
def pass_assignment(*, assignment: Assignment, feedback: str = "", by: Actor) -> Assignment:
    """The participant is told, with the feedback. When that was the last thing that was missing, the qualification is
    achieved. Raises NotPossible when it is marked or replaced already."""
    _mark(assignment, "pass", feedback, by)
    achieve_if_complete(assignment.registration)
    return assignment


@step(
    Assignment,
    "Ask for a revision",
    name="refer",
    past="Revision requested",
    story="Your assignment needs revising",
    meaning="The participant can hand in another version.",
    form=RevisionForm,
    **MARKING,
)
def refer_assignment(*, assignment: Assignment, feedback: str, by: Actor) -> Assignment:
    """The participant is told what to revise. Raises NotPossible without feedback, or when it is marked or replaced."""
    return _mark(assignment, "refer", required(feedback, NEEDED, "feedback"), by)
