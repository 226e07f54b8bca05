"""Guards of steps: who may take them, whatever role they hold."""

from typing import Any

from applications.models import Application, Offer, Review
from applications.permissions import ApplicationPermission
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import Actor, NotAllowed, may, require_colleague
from steppingup.accounts.models import User

DECIDE = CohortPermission.DECIDE_APPLICATIONS


def require_person(by: Actor, about: Any = None) -> None:
    """Raises NotAllowed for the system: a decision is always a person's."""
    if not isinstance(by, User):
        raise NotAllowed("A decision about an application is made by a person.")


def require_decider(by: Actor, about: Application | Review) -> None:
    """Raises NotAllowed for the system, OwnRecord for everybody about their own application."""
    require_person(by)
    application = about.application if isinstance(about, Review) else about
    require_colleague(by, application.applicant_id, "Nobody decides about their own application. Ask a colleague.")


def require_applicant(by: Actor, about: Application | Offer) -> None:
    """Raises NotAllowed for everybody but the applicant."""
    application = about.application if isinstance(about, Offer) else about
    if not isinstance(by, User) or by.pk != application.applicant_id:
        raise NotAllowed("This is somebody else's application.")


def require_assessor(by: Actor, review: Review) -> None:
    """Raises NotAllowed for everybody but the assessor to whom it was given, while they hold the role."""
    if not isinstance(by, User) or by.pk != review.assessor_id:
        raise NotAllowed("This is another assessor's review.")
    if not may(by, ApplicationPermission.SCORE_APPLICATIONS, review):
        raise NotAllowed("You are not an assessor here any more.")
