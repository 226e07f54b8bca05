"""What of money goes after some time (`steppingup.retention`). Agreements and invoices stay, as accounts are kept."""

from datetime import date

from django.db.models import QuerySet

from funding.models import LiabilityCase, Statement
from steppingup.accounts.models import Organisation
from steppingup.retention.kinds import Kind, add


def statements(provider: Organisation, before: date) -> QuerySet[Statement]:
    """What was told of circumstances, with its files, of cases that were settled before that day."""
    settled = LiabilityCase.objects.to_forget(before).filter(agreement__cohort__programme__provider=provider)
    return Statement.objects.filter(case__in=settled.values("pk"))


add(
    Kind(
        "funding.statements",
        "The circumstances of a withdrawal, and the evidence for them",
        "what was owed was settled",
        12,
        statements,
        "case__agreement__cohort",
        most=12,  # funding.liability.forget_due removes it then in any case
    )
)
