"""How money comes back when a step is taken back: by an entry of the opposite sign, and never more than the fund has."""

from django.db.models import F

from funding.actions.funds import commit
from funding.models import Commitment, FundingSource
from steppingup.accounts.actors import person
from steppingup.steps.restoring import Back, keep, may_stay_out


def _the_opposite(entry: Commitment, back: Back) -> None:
    """What was promised is given back, and what was given back is promised again, if the fund still has it.

    Raises NotPossible when it has been spent since, or the fund is closed."""
    if entry.amount < 0:
        reason = f"Taken back: {entry.reason}"
        commit(source=entry.source, agreement=entry.agreement, amount=-entry.amount, reason=reason, by=back.by)
        return
    FundingSource.objects.select_for_update().get(pk=entry.source_id)
    FundingSource.objects.filter(pk=entry.source_id).update(committed=F("committed") - entry.amount)
    Commitment.objects.create(
        source_id=entry.source_id,
        agreement_id=entry.agreement_id,
        amount=-entry.amount,
        reason=f"Taken back: {entry.reason}"[:200],
        by=person(back.by),
    )


keep(Commitment, made=_the_opposite, unless="money that the fund has spent since")
keep(FundingSource, sums={"committed"})
may_stay_out("funding", "Who pays for the place does not come back:")
