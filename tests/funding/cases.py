"""Cases of what is owed after leaving, as the tests of them begin."""

from applications.roles import RoleName
from funding.models import LiabilityCase
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import RunningCohortFactory
from tests.factories.funding import AgreementFactory, left_owing


def officer(case: LiabilityCase):
    return staff(RoleName.FINANCE, case.agreement.provider)


def owing(**more) -> LiabilityCase:
    return left_owing(agreement=AgreementFactory(cohort=RunningCohortFactory(fee=1000)), **more)


def fresh(case: LiabilityCase) -> LiabilityCase:
    return LiabilityCase.objects.for_steps().get(pk=case.pk)


def told(kind: str) -> list[Message]:
    return list(Message.objects.filter(kind=f"funding.{kind}").order_by("pk"))
