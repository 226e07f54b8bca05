"""How far an opportunity has come that an organisation offers."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class OpportunityStatus(models.TextChoices):
    """Whether participants see it. That all its places are taken is counted, and no status."""

    OFFERED = "offered", "To be looked at"
    OPEN = "open", "Open to participants"
    WITHDRAWN = "withdrawn", "Withdrawn"


OPPORTUNITY = Lifecycle(
    "opportunity",
    OpportunityStatus,
    OpportunityStatus.OFFERED,
    {
        "open_it": move(OpportunityStatus.OFFERED, OpportunityStatus.OPEN, "Open it to participants"),
        "withdraw": move(
            (OpportunityStatus.OFFERED, OpportunityStatus.OPEN), OpportunityStatus.WITHDRAWN, "Withdraw it"
        ),
        "restore": move(OpportunityStatus.WITHDRAWN, OpportunityStatus.OFFERED, "Offer it again"),
    },
    noun="opportunity",
)
