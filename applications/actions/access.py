"""Guards of steps: who may take them, whatever role they hold."""

from applications.models import Application, Offer, Review
from applications.permissions import ApplicationPermission
from applications.selection.impartiality import applies_to
from cohorts.models import Cohort
from cohorts.permissions import CohortPermission
from steppingup.accounts.actors import Actor, NotAllowed, OwnRecord, is_one_person, may
from steppingup.accounts.models import User

DECIDE = CohortPermission.DECIDE_APPLICATIONS


def require_decider(by: Actor, about: Application | Review | Cohort) -> None:
    """Raises NotAllowed for the system, as a decision is always a person's; OwnRecord for whoever has applied for the
    cohort: nobody decides about themselves, nor about those whom they compete with."""
    if not isinstance(by, User):
        raise NotAllowed("Only a person can decide about an application.")
    application = about.application if isinstance(about, Review) else about
    own = isinstance(application, Application) and is_one_person(by, application.applicant)
    cohort = application.pk if isinstance(application, Cohort) else application.cohort_id
    if own or applies_to(by, cohort):
        raise OwnRecord(
            "You cannot decide about applications for a cohort you have applied for yourself. Ask a colleague."
        )


def require_applicant(by: Actor, about: Application | Offer) -> None:
    """Raises NotAllowed for everybody but the applicant."""
    application = about.application if isinstance(about, Offer) else about
    if not isinstance(by, User) or by.pk != application.applicant_id:
        raise NotAllowed("This is somebody else's application.")


def require_own_review(by: Actor, review: Review) -> None:
    """Raises NotAllowed for everybody but the assessor to whom it was given, while they hold the role."""
    if not isinstance(by, User) or by.pk != review.assessor_id:
        raise NotAllowed("This is another assessor's review.")
    if not may(by, ApplicationPermission.SCORE_APPLICATIONS, review):
        raise NotAllowed("You are no longer an assessor here.")


def require_assessor(by: Actor, review: Review) -> None:
    """As `require_own_review`. Raises OwnRecord for whoever has applied for the cohort since: they can only step back."""
    require_own_review(by, review)
    if isinstance(by, User) and applies_to(by, review.application.cohort_id):
        raise OwnRecord("You cannot score applications for a cohort you have applied for yourself. Please step back.")
