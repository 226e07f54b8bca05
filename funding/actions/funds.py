"""Committing money from a fund and giving it back. The fund's row is locked; entries are only ever added (B37, B38)."""

from decimal import Decimal

from django.db.models import F, Sum

from funding.models import Commitment, FeeAgreement, FundingSource
from steppingup.accounts.actors import Actor, person
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import refuse_if
from steppingup.history.together import in_one_transaction


@in_one_transaction()
def commit(*, source: FundingSource, agreement: FeeAgreement, amount: Decimal, reason: str, by: Actor) -> None:
    """Promise `amount` pounds from the fund to the place. The calling action has checked who may.

    Raises NotPossible when the fund is closed, or when less than that is left."""
    # Read again under the lock: what the form showed as left may have been promised since.
    fund = FundingSource.objects.select_for_update().get(pk=source.pk)
    require_left(fund, agreement, amount)
    if amount <= 0:
        return
    # Added by the database, and not saved from the object, which would write the other columns too.
    FundingSource.objects.filter(pk=fund.pk).update(committed=F("committed") + amount)
    Commitment.objects.create(source=fund, agreement=agreement, amount=amount, reason=reason[:200], by=person(by))


def require_left(fund: FundingSource, agreement: FeeAgreement, amount: Decimal) -> None:
    """Raises NotPossible when the fund is closed, or has less than `amount` pounds left."""
    refuse_if(not fund.is_open, f"{fund.name} is closed, so it cannot pay for more places.", "closed", field="source")
    refuse_if(
        fund.left < amount,
        f"{fund.name} cannot pay for this place: {pounds(amount)} is needed and {pounds(fund.left)} is left. "
        f"Please write to {agreement.provider}, so that we can look for another way.",
        "too_little",
        field="source",
    )


@in_one_transaction()
def give_back(
    *, agreement: FeeAgreement, reason: str, by: Actor, most: Decimal | None = None
) -> list[tuple[FundingSource, Decimal]]:
    """Return everything that is promised to the place, or so many pounds of it at `most`, to the funds it came from. Says how many
    pounds went where."""
    given: list[tuple[FundingSource, Decimal]] = []
    entries = Commitment.objects.filter(agreement=agreement)
    # Locked in the order of their keys, as two places may take from the same two funds.
    for fund in FundingSource.objects.select_for_update().filter(pk__in=entries.values("source")).order_by("pk"):
        total = entries.filter(source=fund).aggregate(total=Sum("amount"))["total"]
        if most is not None:
            total = min(total, most - sum((amount for _, amount in given), Decimal(0)))
        if total > 0:
            FundingSource.objects.filter(pk=fund.pk).update(committed=F("committed") - total)
            Commitment.objects.create(
                source=fund, agreement=agreement, amount=-total, reason=reason[:200], by=person(by)
            )
            given.append((fund, total))
    return given
