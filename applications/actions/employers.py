"""Settling which organisation an applicant works for, when they typed a name that was not in the list."""

from django import forms

from applications.actions.access import DECIDE, require_decider
from applications.models import Application
from applications.states import OVER
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import Organisation
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import Waiting, asking, step


def _require_open(application: Application) -> None:
    refuse_if(application.status in OVER, "This application is closed, so its employer cannot be changed.", "state")
    refuse_if(application.employer_id is not None, "The employer has already been settled.", "settled")


@step(
    Application,
    "Settle the employer",
    past="Employer settled",
    meaning=lambda application, **given: (
        f"The applicant typed “{application.employer_name}”, which is not on our list of organisations."
    ),
    permission=DECIDE,
    guard=require_decider,
    policy=_require_open,
    form=asking(
        employer=forms.ModelChoiceField(
            queryset=Organisation.objects.all(),
            label="Organisation",
            empty_label="Choose",
            help_text="If it is not in the list, add it under “Organisations” first.",
            error_messages={"required": "Choose the organisation."},
        )
    ),
    waiting=Waiting(
        lambda rows: rows.of_unknown_employers(),
        "application names an employer not on your list",
        "applications name an employer not on your list",
        order=10,
    ),
)
def settle_employer(*, application: Application, employer: Organisation, by: Actor) -> Application:
    """Say which organisation it is. An offer needs it, and so does impartiality.

    Raises NotPossible when an assessor of the application is of that organisation: take them off first."""
    # Locked, so that nobody is assigned meanwhile.
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    _require_open(locked)
    family = employer.family_ids(application.cohort.programme.reach)
    for review in application.reviews.active().select_related("assessor__organisation"):
        home = review.assessor.organisation
        tie = home.tie_to(employer) if home and home != employer else ""
        refuse_if(
            review.assessor.organisation_id in family,
            f"{review.assessor} of {home} is an assessor of this application{f', and {tie}' if tie else ''}. "
            "Take them off first.",
            "assessor_of_employer",
            field="employer",
        )
    application.employer = employer
    application.save(update_fields=["employer"])
    return application
