"""Those who share a day with others."""

from typing import Any

from applications.roles import RoleName
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import ParticipantFactory, PlanFactory, ProgrammeFactory, RunningCohortFactory


class Side:
    """One provider with its programme, cohort, coordinator and two people."""

    def __init__(self, provider: str, programme: str, people: tuple[str, str]) -> None:
        self.provider = ProviderFactory(name=provider)
        self.programme = ProgrammeFactory(provider=self.provider, name=programme)
        self.cohort = RunningCohortFactory(
            programme=self.programme, plan=PlanFactory(programme=self.programme), name="2020"
        )
        self.coordinator = staff(RoleName.COORDINATOR, self.provider, full_name=f"{programme} Coordinator")
        self.people = [ParticipantFactory(cohort=self.cohort, participant__full_name=name) for name in people]

    def part(self, key: str = "modules") -> Any:
        return self.cohort.plan.components.get(key=key)
