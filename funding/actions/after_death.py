"""What becomes of the fee for the place of somebody who has died: nothing by itself. Finance rings whoever pays, and decides then: the
agreement is released (`agreements.release`), or what was agreed stands."""

from funding.actions.endings import require_other_place
from funding.models import FeeAgreement
from funding.models.payer_words import words_of
from funding.permissions import MoneyPermission
from funding.states import WITHOUT_EMPLOYER
from steppingup.accounts.actors import Actor
from steppingup.formats.english import pounds
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import Waiting, step


def require_to_decide(agreement: FeeAgreement) -> None:
    """Raises NotPossible unless somebody has died whose place had ended by that, and nobody has said what becomes of the fee."""
    refuse_if(
        not agreement.waits_after_death,
        "There is nothing to decide: nobody has died whose fee is open.",
        "nothing",
    )


def _meaning(agreement: FeeAgreement, **_: object) -> str:
    if agreement.route in WITHOUT_EMPLOYER:
        return "What was set aside for the place stays spent. Nobody is written to."
    who = words_of(agreement)["who_owes"]
    then = "An invoice that was sent stands, and reminders of it stay off." if agreement.billed else "It is invoiced."
    return f"Choose this after you have spoken with whoever pays. {who} {pounds(agreement.employer_pays)}, as was agreed. {then}"


@step(
    FeeAgreement,
    "Let the fee stand",
    noun="agreement",
    past="Fee let stand",
    meaning=_meaning,
    permission=MoneyPermission.DECIDE_MONEY,
    guard=require_other_place,
    policy=require_to_decide,
    undo="release",
    waiting=Waiting(
        lambda rows: rows.to_decide_after_death(),
        "participant has died, and it is not decided what becomes of the fee",
        "participants have died, and it is not decided what becomes of their fees",
        24,
    ),
)
def let_stand(*, agreement: FeeAgreement, by: Actor) -> FeeAgreement:
    """What was agreed for the place is owed, although the participant has died. Nobody is told. Raises NotPossible otherwise."""
    require_to_decide(agreement.lock())
    agreement.owed, agreement.still_owed = agreement.employer_pays, True
    agreement.save(update_fields=["still_owed", "owed"])
    return agreement
