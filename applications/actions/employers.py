"""Settling which organisation an applicant works for, when they typed a name that was not in the list."""

from django.db import transaction

from applications.actions.access import require_decider
from applications.models import Application
from applications.states import OVER
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import Organisation
from steppingup.history.lifecycle import NotPossible


@transaction.atomic
def settle_employer(*, application: Application, employer: Organisation, by: Actor) -> Application:
    """Say which organisation it is. An offer needs it, and so does impartiality.

    Raises NotPossible when an assessor of the application is of that organisation: take them off first."""
    require_decider(by, application)
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)  # nobody is assigned meanwhile
    if locked.status in OVER:
        raise NotPossible("This application is over, so its employer stays as it is.")
    family = employer.family_ids()
    for review in application.reviews.active().select_related("assessor"):
        if review.assessor.organisation_id in family:
            raise NotPossible(
                f"{review.assessor} of {employer} is an assessor of this application. Take them off first."
            )
    application.employer = employer
    application.save(update_fields=["employer"])
    return application
