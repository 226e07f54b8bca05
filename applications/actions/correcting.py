"""What an applicant has told us wrongly, or has changed since, put right for them after they have submitted: how to reach them,
and the facts about their work. What they wrote for the assessors stays as it was."""

from typing import Any

from django import forms

from applications.actions.access import DECIDE, require_applicant, require_decider
from applications.models import Application
from applications.states import LIVE
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.accounts.naming import is_own_address
from steppingup.formats.fields import AddressInput, NameInput, TelephoneInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.history.previews import note
from steppingup.steps.behalf import asked, on_behalf
from steppingup.steps.step import StepForm

#: What can be corrected, with what it is called. The employer is settled by a step of its own, as the fee hangs on it.
FACTS = {
    "full_name": "name",
    "phone": "telephone number",
    "job_title": "job title",
    "grade": "grade",
    "education": "education",
    "manager_name": "line manager’s name",
    "manager_email": "line manager’s email address",
    "manager_job_title": "line manager’s job title",
}
NEEDED = {"full_name": "Enter their name.", "job_title": "Enter their job title."}


class CorrectForm(StepForm):
    full_name = NameInput(label="Full name", max_length=150)
    phone = TelephoneInput(label="Telephone number", max_length=30, required=False)
    job_title = NameInput(label="Job title", max_length=150)
    grade = NameInput(label="Grade, band or level", max_length=120, required=False)
    education = forms.CharField(
        label="Education and qualifications", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    manager_name = NameInput(label="Line manager’s name", max_length=150, required=False)
    manager_email = AddressInput(label="Line manager’s email address", required=False)
    manager_job_title = NameInput(label="Line manager’s job title", max_length=150, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**{name: getattr(self.subject, name) for name in FACTS}, **self.initial}
        for name, sentence in NEEDED.items():
            self.fields[name].error_messages["required"] = sentence


def _require_live(application: Application) -> None:
    refuse_if(application.status not in LIVE, "This application is decided or closed, so it stays as it is.", "state")


def correct(*, application: Application, by: User, **facts: str) -> Application:
    """The applicant asks to have facts put right; the history keeps what stood there. Raises NotAllowed where nobody acts
    for them; NotPossible where nothing changes, something is missing, or they would be their own line manager."""
    require_applicant(by, application)
    if asked() is None:
        raise NotAllowed("Nobody was asked to correct this.")
    found = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    _require_live(found)
    for name in NEEDED.keys() & facts.keys():
        required(facts[name], NEEDED[name], name)
    changed = {name: value for name, value in facts.items() if name in FACTS and value != getattr(found, name)}
    refuse_if(not changed, "Nothing has been changed yet. Correct at least one of these.", "nothing")
    refuse_if(
        is_own_address(by, changed.get("manager_email", "")),
        "This is the applicant's own address. Enter the line manager's.",
        "own_address",
        field="manager_email",
    )
    for name, value in changed.items():
        note(f"The {FACTS[name]} becomes “{value}”; it was “{getattr(found, name) or 'empty'}”.")
        setattr(application, name, value)
    application.changed_at = clock.now()
    application.save(update_fields=[*changed, "changed_at"])
    return application


correct_for_them = on_behalf(
    correct,
    Application,
    "Correct what they told us",
    name="correct_for_them",
    noun="application",
    past="Corrected for them",
    story="We corrected what you had told us",
    form=CorrectForm,
    meaning="How to reach them, and the facts about their work. Statements and answers stay as they were: people are judged by these.",
    whose=lambda application: application.applicant,
    permission=DECIDE,
    guard=require_decider,
    policy=_require_live,
)
