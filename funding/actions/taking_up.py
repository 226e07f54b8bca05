"""A place is taken up, and its fee is that of the enrolment."""

from django.db import transaction

from cohorts.models import Enrolment
from funding.models import FeeAgreement
from steppingup.history.lifecycle import refuse_if


@transaction.atomic
def attach_enrolment(*, agreement: FeeAgreement, enrolment: Enrolment) -> FeeAgreement:
    """The place was taken up. Raises NotPossible when it is somebody else's, or the fee is not settled."""
    agreement.lock()
    refuse_if(
        (enrolment.participant_id, enrolment.cohort_id) != (agreement.person_id, agreement.cohort_id),
        "This fee agreement is for another person or another cohort.",
        "other_place",
    )
    refuse_if(not agreement.is_settled, "Nobody has agreed to pay for this place yet.", "not_settled")
    agreement.enrolment = enrolment
    agreement.save(update_fields=["enrolment"])
    return agreement
