"""A programme for however people work: a self-employed person whose fee a bursary pays in part, and a volunteer who waits for the
decision about theirs."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from applications.actions import applications as actions
from applications.actions import own_fee
from applications.models import Application, Window
from cohorts.actions import cohorts as cohort_actions
from cohorts.models import Cohort, CompletionRule, Plan, Programme, RuleSet
from cohorts.programme_files.loading import load_file
from cohorts.states import Standing
from funding.actions import bursaries
from funding.models import BursaryRequest, FundingSource
from steppingup.accounts.models import User
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.people import Cast

FILE, PROGRAMME = Path(__file__).parent / "data" / "community.toml", "community-leaders"
FREELANCE, VOLUNTEER = "Nadifa Warsame", "Clive Beckford"
DAYS_OPEN, FEE = 15, Decimal(600)


@dataclass(frozen=True)
class Neighbour:
    """Somebody who applies, and how they work."""

    name: str
    standing: Standing
    does: str
    organisation: str
    why: str
    statements: tuple[str, str]

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@post.example"


PEOPLE = {
    FREELANCE: Neighbour(
        FREELANCE,
        Standing.SELF_EMPLOYED,
        "Freelance drama teacher",
        "",
        "In a good month I earn £1,400. I can pay £200 of it in two instalments, but not all of it at once.",
        (
            "I run a drama group for young people in Easton, on Tuesdays, since 2019. It began with four of them in my kitchen. "
            "This year thirty-one took part, and two of them now lead a group of their own.",
            "I would like to bring the groups of three neighbourhoods together for one performance a year. I have never asked "
            "anybody for money on that scale, and I do not know how to share out work that I have always done myself.",
        ),
    ),
    VOLUNTEER: Neighbour(
        VOLUNTEER,
        Standing.VOLUNTEER,
        "Runs the Thursday food bank",
        "St Werburghs Community Larder",
        "I am retired from the buses and live on my pension. The Larder has no money for this, every pound goes on food.",
        (
            "I run the Thursday session of our food bank: twelve volunteers, ninety households. When the freezer broke in August we "
            "had a second one from the brewery by the evening, because I know whom to ring.",
            "The trustees have asked me to coordinate all four sessions. I would be leading people who have done this longer than I "
            "have, and I would like to be good at it before I say yes.",
        ),
    ),
}


def write_community(diary: Diary, cast: Cast, today: date) -> None:
    """Open for two weeks, with two people whose fee is their own affair."""
    opened = today - timedelta(days=DAYS_OPEN)

    def make() -> None:
        load_file(FILE)
        cohort = _cohort(Programme.objects.get(slug=PROGRAMME), today)
        cohort_actions.publish(cohort=cohort, by=cast.coordinator)
        _live(diary, cast, Community(cohort), today)

    diary.write(moment(opened - timedelta(days=10), 10), cast.coordinator, make)


def _live(diary: Diary, cast: Cast, community: "Community", today: date) -> None:
    for number, name in enumerate(PEOPLE):
        begun = moment(today - timedelta(days=12 - 7 * number), 19, 10)
        diary.write(begun, partial(community.account, name), partial(community.fill_in, name))
        asked = begun + timedelta(days=1)
        diary.write(asked, partial(community.account, name), partial(community.ask_for_bursary, name))
    decided = moment(today - timedelta(days=8), 11)
    diary.write(decided, cast.finance, partial(community.propose, FREELANCE, cast.finance))
    diary.write(
        decided + timedelta(hours=4), cast.second_finance, partial(community.confirm, FREELANCE, cast.second_finance)
    )
    agreed = moment(today - timedelta(days=6), 20, 30)
    account = partial(community.account, FREELANCE)
    diary.write(agreed, account, partial(community.agree, FREELANCE))
    diary.write(agreed + timedelta(minutes=20), account, partial(community.submit, FREELANCE))


def _cohort(programme: Programme, today: date) -> Cohort:
    starts = working_day(today + timedelta(days=70))
    cohort = Cohort.objects.create(
        programme=programme,
        plan=Plan.objects.get(programme=programme),
        rule_set=RuleSet.objects.get(programme=programme),
        name=f"{starts:%B %Y}",
        slug=f"{starts:%B-%Y}".lower(),
        capacity=12,
        fee=FEE,
        cost=FEE,
        starts_on=starts,
        ends_on=starts + timedelta(days=120),
        venue="Wellspring Settlement, Bristol",
    )
    CompletionRule.objects.create(cohort=cohort, component=None, minimum=6)
    Window.objects.create(
        cohort=cohort,
        opens_at=moment(today - timedelta(days=DAYS_OPEN), 9),
        closes_at=moment(today + timedelta(days=25), 0),
        submit_while_bursary_pending=True,
    )
    return cohort


@dataclass
class Community:
    """What the two of them do, by the steps of the site."""

    cohort: Cohort

    def account(self, name: str) -> User:
        who = PEOPLE[name]
        found = User.objects.filter(email=who.email).first()
        return found or User.objects.create_user(who.email, full_name=name, job_title=who.does)

    def application(self, name: str) -> Application:
        return Application.objects.for_steps().get(applicant=self.account(name), cohort=self.cohort)

    def request(self, name: str) -> BursaryRequest:
        return BursaryRequest.objects.for_steps().get(agreement__person=self.account(name))

    def fill_in(self, name: str) -> None:
        who, me = PEOPLE[name], self.account(name)
        application = actions.start(cohort=self.cohort, by=me, answers={"groups": "yes", "leads": "yes"})
        work = {"standing": who.standing, "job_title": who.does, "employer_name": who.organisation}
        parts: dict[str, dict[str, Any]] = {
            "details": {"full_name": name, "phone": "0117 496 0188", "education": ""},
            "work": work,
            "statement-what": {"text": who.statements[0]},
            "statement-next": {"text": who.statements[1]},
            "access": {"has_needs": False, "text": ""},
        }
        for part, values in parts.items():
            application = actions.save_part(application=application, part=part, values=values, by=me)

    def ask_for_bursary(self, name: str) -> None:
        own_fee.ask_for_bursary(application=self.application(name), reason=PEOPLE[name].why, by=self.account(name))

    def propose(self, name: str, by: User) -> None:
        bursaries.propose_grant(
            request=self.request(name),
            source=FundingSource.objects.get(programme=self.cohort.programme, key="neighbourhood-pot"),
            amount=Decimal(400),
            reason="You do a lot for Easton that nobody pays you for. We pay two thirds, as you asked.",
            by=by,
        )

    def confirm(self, name: str, by: User) -> None:
        bursaries.confirm(request=self.request(name), by=by)

    def agree(self, name: str) -> None:
        where = f"{name}\n14 Stapleton Road\nBristol BS5 0QY"
        own_fee.agree(application=self.application(name), billing_address=where, by=self.account(name))

    def submit(self, name: str) -> None:
        actions.submit(application=self.application(name), by=self.account(name), notice_read=True)
