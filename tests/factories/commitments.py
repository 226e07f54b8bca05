"""What employers have committed themselves to, by the moments of a commitment."""

from typing import Any

from cohorts.models import Partner, Programme
from representation.models import Commitment, PledgeQuestion
from representation.pledge_notices import PLEDGE_LINK
from steppingup import clock
from steppingup.accounts.models import Organisation, TokenLink
from tests.factories.accounts import OrganisationFactory
from tests.factories.cohorts import day

#: What belongs to each kind besides its title.
GIVEN: dict[str, dict[str, Any]] = {
    "policy": {"link": "https://avon.example/policy"},
    "pay_gap": {"characteristic": "Women and men", "percent": "12.3", "year": 2031, "source": "Gender pay gap report"},
    "pledge": {"due_on": day(40)},
    "fast_track": {"whom": "Graduates of the programme", "gives": "A guaranteed interview"},
    "apprenticeship": {"words": "Twelve apprentices a year, half of them from our wards."},
}


def fresh(one: Commitment) -> Commitment:
    return Commitment.objects.for_steps().get(pk=one.pk)


def listed(programme: Programme, name: str = "Avon Care", **more: Any) -> Organisation:
    """A partner that the programme shows."""
    employer = OrganisationFactory(name=name)
    Partner.objects.create(programme=programme, organisation=employer, **more)
    return employer


def commitment(
    provider: Organisation, employer: Organisation, kind: str = "pledge", title: str = "Mixed panels", **more: Any
) -> Commitment:
    given = {**GIVEN[kind], **more}
    return fresh(Commitment.objects.create(provider=provider, employer=employer, kind=kind, title=title, **given))


def published(*args: Any, **more: Any) -> Commitment:
    return commitment(*args, **{"published_at": clock.now(), **more})


def asked(of: Commitment, name: str = "Ola Kent", email: str = "ola@avon.example") -> PledgeQuestion:
    found = PledgeQuestion.objects.create(commitment=of, name=name, email=email)
    return PledgeQuestion.objects.for_steps().get(pk=found.pk)


def link_of(question: PledgeQuestion) -> str:
    """The secret of the link that they have."""
    return TokenLink.issue(purpose=PLEDGE_LINK, target=question, email=question.email, days=9)[1]


def answered(of: Commitment, answer: str = "kept", words: str = "All twenty had one.", **more: Any) -> PledgeQuestion:
    question = asked(of, **more)
    kept_on = day(-1) if answer == "kept" else None
    rows = PledgeQuestion.objects.filter(pk=question.pk)
    rows.update(answer=answer, words=words, kept_on=kept_on, answered_at=clock.now())
    return PledgeQuestion.objects.for_steps().get(pk=question.pk)
