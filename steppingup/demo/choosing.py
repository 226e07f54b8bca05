"""Assignments that are still to be found, in the demonstration: organisations are asked, offer by a link, and two who came from the waiting
list put in order what they would like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from cohorts.actions import choosing, opportunities
from cohorts.actions.choosable import open_for
from cohorts.actions.placements import why_not_host
from cohorts.models import Choosing as ChoosingOf
from cohorts.models import Cohort, Opportunity, OpportunityInvitation
from cohorts.notices.opportunities import OFFER_LINK
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast
from steppingup.demo.texts import address

#: Whom to ask, where; what they offer, and for how many. The last has not been looked at yet.
OFFERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "wellspring-hospice",
        "Imelda Costa",
        {
            "title": "Volunteers who are not only from here",
            "kind": "project",
            "description": "Most of our volunteers live in two streets. Find out who would come if somebody asked them, and ask.",
            "learning": "How a small charity decides, and how to win over people who give their time.",
            "place": "Bristol",
            "working_pattern": "every Thursday",
            "places": 1,
            "needs_dbs": True,
            "needs_induction": True,
        },
    ),
    (
        "portway-logistics",
        "Grant Hewlett",
        {
            "title": "The night shift says what it needs",
            "kind": "consultancy",
            "description": "Three supervisors leave each year. Speak with the night shift, and put two proposals to the directors.",
            "place": "Avonmouth",
            "working_pattern": "two days a week, as it suits",
            "places": 2,
            "needs_confidentiality": True,
        },
    ),
    (
        "mendip-vets",
        "Rhona Baird",
        {
            "title": "A rota that parents can live with",
            "kind": "project",
            "description": "Four practices, four rotas, and nobody content. Design one together with those who work by it.",
            "place": "Wells, or from anywhere",
            "places": 1,
        },
    ),
)


@dataclass
class Choosing:
    """Writes into the diary who is asked for an assignment, who offers one, and who would like it."""

    diary: Diary
    cast: Cast
    cohort: Cohort
    people: Sequence[Applicant]

    def write(self, today: date) -> None:
        by = self.cast.coordinator
        self.diary.write(moment(today - timedelta(days=21), 10), by, self._ask)
        for number, (slug, contact, said) in enumerate(OFFERS):
            on = moment(today - timedelta(days=18 if number < 2 else 1), 14, number)
            self.diary.write(on, None, partial(self._offer, slug, contact, said))
        self.diary.write(moment(today - timedelta(days=15), 9), by, self._open)
        self.diary.write(moment(today - timedelta(days=8), 9), by, self._let_choose)
        first = self.people[0]
        self.diary.write(moment(today - timedelta(days=6), 21), first.me, partial(self._rank, first))

    def _ask(self) -> None:
        for slug, contact, _ in OFFERS:
            opportunities.ask_for_opportunities(
                cohort=self.cohort,
                organisation=self.cast.employers[slug],
                name=contact,
                email=address(contact, slug),
                message="Two people have come from the waiting list and look for somewhere to go.",
                by=self.cast.coordinator,
            )

    def _offer(self, slug: str, contact: str, said: dict[str, Any]) -> None:
        invitation = OpportunityInvitation.objects.for_steps().get(
            cohort=self.cohort, organisation=self.cast.employers[slug]
        )
        link, _ = TokenLink.issue(purpose=OFFER_LINK, target=invitation, email=invitation.email, days=60)
        supervisor = {"supervisor_name": contact, "supervisor_email": invitation.email}
        opportunities.offer(invitation=invitation, by=LinkHolder(link), **said, **supervisor)

    def _open(self) -> None:
        for one in Opportunity.objects.for_steps().filter(cohort=self.cohort).order_by("pk"):
            opportunities.open_it(opportunity=one, by=self.cast.coordinator)

    def _let_choose(self) -> None:
        until = clock.today() + timedelta(days=14)
        choosing.let_choose(cohort=self.cohort, closes_on=until, most=2, by=self.cast.coordinator)

    def _rank(self, who: Applicant) -> None:
        found, place = ChoosingOf.objects.for_steps().get(cohort=self.cohort), who.place()
        may = [one for one in open_for(found) if not why_not_host(place, one.host, component=found.component)]
        choosing.rank(choosing=found, enrolment=place, choices=may[::-1], by=who.account)
