"""Settling anew who pays for a place that somebody holds."""

from cohorts.states import HOLDS_A_PLACE
from funding.actions.agreements import CLEAN, require_other_place
from funding.models import FeeAgreement
from funding.permissions import MoneyPermission
from funding.states import AGREEMENT, AgreementStatus
from steppingup.accounts.actors import Actor
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import Waiting, step


def require_unpaid_place(agreement: FeeAgreement) -> None:
    """Raises NotPossible unless somebody holds the place, and while an invoice stands whose payer was told that it is not owed."""
    place = agreement.enrolment
    refuse_if(
        place is None or place.status not in HOLDS_A_PLACE,
        f"{agreement.person} has no place on {agreement.cohort} at the moment, so there is nothing to pay for.",
        "no_place",
    )
    refuse_if(
        agreement.billed is not None,
        f"Invoice {agreement.billed} stands for this place, and whoever was to pay it was told that it is no longer owed. Issue a "
        "credit note for it first.",
        "invoice",
    )


@step(
    FeeAgreement,
    "Begin the fee agreement again",
    noun="agreement",
    past="Begun again",
    meaning="The place is held, but the money for it went elsewhere. Afterwards you can ask a sponsor, or choose a fund.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    lifecycle=AGREEMENT,
    moves=("begin_again",),
    policy=require_unpaid_place,
    explains=True,
    final="Nothing was promised yet, so there is nothing to take back.",
    waiting=Waiting(
        lambda rows: rows.of_unpaid_places(AgreementStatus.RELEASED),
        "participant has a place that nobody pays for",
        "participants have a place that nobody pays for",
        22,
    ),
)
def begin_again(*, agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    """A place was given back by taking a step back, but its money was spent since: settle anew who pays.

    Raises NotPossible unless the agreement has ended and the place is held."""
    require_unpaid_place(agreement.lock())
    return AGREEMENT.move(agreement, "begin_again", **CLEAN)
