"""A provider, an employer that it lists, and whoever keeps the plan: for tests of what employers commit themselves to."""

from django.urls import reverse

from applications.roles import RoleName
from representation.models import Commitment, PledgeQuestion
from representation.pledge_notices import PLEDGE_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from tests.factories import commitments as make
from tests.factories.accounts import staff
from tests.factories.cohorts import ProgrammeFactory


class Scene:
    """A provider with a published programme, an employer that it lists, and whoever keeps the plan."""

    def __init__(self) -> None:
        self.programme = ProgrammeFactory(is_published=True)
        self.provider = self.programme.provider
        self.employer = make.listed(self.programme, policy="We **interview** everybody who meets the criteria.")
        self.by = staff(RoleName.EQUALITY, self.provider)
        self.directory = reverse("representation:partners", args=[self.provider.slug])
        self.page = reverse("representation:partner", args=[self.provider.slug, self.employer.pk])

    def pledge(self, **more) -> Commitment:
        return make.commitment(self.provider, self.employer, **more)

    def link(self, question: PledgeQuestion) -> LinkHolder:
        _, raw = TokenLink.issue(purpose=PLEDGE_LINK, target=question, email=question.email, days=9)
        return LinkHolder(TokenLink.objects.find(PLEDGE_LINK, raw))


def read(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()
