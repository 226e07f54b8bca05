"""Places whose cost the provider bears itself (N11)."""

from django.db import transaction

from funding.actions.agreements import require_other_place, require_owner, without_sponsor
from funding.actions.endings import end_asking
from funding.models import FeeAgreement
from funding.permissions import MoneyPermission
from funding.states import AGREEMENT, AgreementStatus, Route
from steppingup.accounts.actors import Actor
from steppingup.steps.step import step


@transaction.atomic
def settle_by_provider(*, agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    """The provider pays for the place itself (N11); no sponsor is needed, and whoever was asked is told."""
    require_owner(by, agreement)
    AGREEMENT.check(agreement.lock(), "settle_by_provider")
    provider = str(agreement.provider)
    if agreement.status != AgreementStatus.DRAFT:
        end_asking(agreement, f"{provider} pays for the place.", by)
    return AGREEMENT.move(agreement, "settle_by_provider", **without_sponsor(agreement, Route.PROVIDER, provider, by))


@step(
    FeeAgreement,
    "Let the provider pay",
    noun="agreement",
    past="Paid by the provider",
    meaning="The provider bears what the place costs, and no employer is asked to pay.",
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    lifecycle=AGREEMENT,
    moves=("settle_by_provider",),
    undo="release",
)
def bear(*, agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    """Staff let the provider pay for somebody's place, never for their own. Raises as `settle_by_provider`."""
    return settle_by_provider(agreement=agreement, by=by)
