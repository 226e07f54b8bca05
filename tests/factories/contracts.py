"""A learning contract that participant, employer and provider sign, and what was told of it."""

from cohorts.actions.arranging import arrange_for
from cohorts.agreements import digest_of
from cohorts.models import Agreement, Cohort, Enrolment
from steppingup.messaging.models import Message
from tests.factories.agreements import asked_by
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory


def cohort_with_a_contract() -> Cohort:
    """Under way; before its start participant, employer and provider sign a learning contract."""
    found = RunningCohortFactory()
    asked_by(
        found, "start", key="contract", title="Learning contract", employer_signs=True, provider_signs=True,
        text="{{ participant }} of {{ employer }} and {{ provider }}.",
    )  # fmt: skip
    return found


def place_with_a_contract(cohort: Cohort) -> Enrolment:
    """Somebody with a place, of whom all three signatures are asked."""
    found = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
    arrange_for(found)
    return found


def contract_of(place: Enrolment) -> Agreement:
    return Agreement.objects.standing().for_steps().get(enrolment=place, template__key="contract")


def told(kind: str, to: str = "") -> int:
    found = Message.objects.filter(kind=f"cohorts.{kind}")
    return (found.filter(to_email=to) if to else found).count()


def fill(agreement: Agreement, name: str = "Amara Okafor") -> dict[str, str]:
    return {"name": name, "agreed": "on", "digest": digest_of(agreement)}
