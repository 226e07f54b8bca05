"""The first Voluntary Heads of Leicester, three years ago: what became of them in the eighteen months after, which is published, with what
it cost (B58). All that they do and say is thrown by dice from a fixed seed."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from django.utils import timezone

from applications.models import Window
from cohorts.actions import attendance, completion, confirmations, destinations, enrolments
from cohorts.actions import cohorts as cohort_actions
from cohorts.models import (
    Cohort,
    CompletionRule,
    Destination,
    DestinationAnswer,
    Plan,
    Programme,
    Session,
    StepConfirmation,
)
from cohorts.notices.confirmations import CONFIRMATION_LINK
from cohorts.states import Mark
from cohorts.states.confirmations import Confirmed
from cohorts.states.destinations import Move
from representation.actions.outcomes import publish_outcomes
from representation.models import OutcomeStudy
from steppingup.accounts.actors import SYSTEM, LinkHolder
from steppingup.accounts.models import Organisation, TokenLink, User
from steppingup.demo import texts
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import By, Diary
from steppingup.demo.people import person
from steppingup.formats.dates import add_months

PROGRAMME, VENUE = "reach-higher", "City Hall, Charles Street, Leicester"
FIRST_NAMES = (
    *("Anita", "Bashir", "Carol", "Devinder", "Esther", "Farouk", "Geeta", "Hussein", "Ifeoma", "Jaswinder", "Keisha"),
    *("Lakshmi", "Manjit", "Natasha", "Oluwaseun", "Pradeep", "Rehana", "Sukhdev", "Tahira", "Winston", "Yasmin"),
)
LAST_NAMES = ("Bhatt", "Clarke", "Hussain", "Kaur", "Mensah", "Nandra", "Patel")
SEED, PEOPLE, MANAGERS = 1998, 45, 6
#: So many days before today: when places are taken, when they begin, when completion is recorded, and when figures are published.
TAKEN, BEGUN, ENDED, PUBLISHED = 1060, 1040, 720, 45
WORKSHOPS = (1035, 880)
#: By so many months after the end: of a hundred who have not stepped up yet, how many do; and how many of all do not answer.
STEPS = {6: 20, 12: 30, 18: 25}
SILENT = {6: 10, 12: 15, 18: 20}
#: What the others say, as often as each stands here.
OTHERWISE = (
    *(9 * [[Move.SAME]]),
    *(4 * [[Move.SAME, Move.WIDER]]),
    *(4 * [[Move.WIDER]]),
    *(2 * [[Move.ACTING]]),
    [Move.WIDER, Move.EMPLOYER],
)
CONFIRMED = 7
COSTS = {"released_day": Decimal(190), "coordinator_days": Decimal(62), "coordinator_day": Decimal(235)}


def write_first_heads(diary: Diary, lead: By, today: date) -> None:
    """Their year, what they say at each moment after it, and what is published of that."""

    def on(days: int, hour: int) -> datetime:
        return moment(working_day(today - timedelta(days=days)), hour)

    diary.write(on(TAKEN + 40, 10), None, partial(open_cohort, today))
    diary.write(on(TAKEN, 11), None, take_places)
    diary.write(on(BEGUN, 9), None, partial(start, [on(days, 9) for days in WORKSHOPS]))
    for number, days in enumerate(WORKSHOPS):
        diary.write(on(days, 17), None, partial(take_register, number))
    ended = on(ENDED, 10)
    diary.write(ended, None, complete)
    steps: set[str] = set()
    dice = Random(SEED)
    for months in STEPS:
        asked = add_months(timezone.localdate(ended), months) + timedelta(days=1)
        diary.write(moment(asked, 8, 30), None, destinations.ask_graduates)
        for number, name in enumerate(names()):
            said = thrown(dice, name, months, steps)
            if said:
                at = moment(asked + timedelta(days=1 + number % 9), 19, number)
                diary.write(at, partial(graduate, name), partial(say, name, months, said))
    diary.write(on(ENDED - 600, 10), None, ask_employers)
    diary.write(on(ENDED - 604, 10), None, confirm)
    diary.write(on(PUBLISHED, 10), lead, partial(publish, lead))


def names() -> list[str]:
    """Each once."""
    dice = Random(SEED)
    return dice.sample([f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES], PEOPLE)


def thrown(dice: Random, name: str, months: int, steps: set[str]) -> list[Move]:
    """What somebody says at this moment: nothing where they are silent. `steps` are those who had stepped up before."""
    step, silent, other = dice.randrange(100), dice.randrange(100), dice.choice(OTHERWISE)
    if name not in steps and step < STEPS[months]:
        steps.add(name)
        return [] if silent < SILENT[months] else [Move.PROMOTED, Move.GRADE] if step % 3 else [Move.PROMOTED]
    if silent < SILENT[months]:
        return []
    return [Move.SAME] if name in steps else other


# -- their year --------------------------------------------------------------------------------------


def council() -> Organisation:
    return Organisation.objects.get(slug="leicester-city-council")


def cohort() -> Cohort:
    found = Cohort.objects.select_related("programme__provider", "plan").filter(programme__slug=PROGRAMME)
    return found.earliest("starts_on")


def open_cohort(today: date) -> None:
    """Whoever was at one of the workshops at least completes."""
    programme = Programme.objects.get(slug=PROGRAMME)
    starts = working_day(today - timedelta(days=BEGUN))
    made = Cohort.objects.create(
        programme=programme,
        plan=Plan.objects.get(programme=programme),
        rule_set=programme.rule_sets.get(),
        name=f"{starts:%B %Y}",
        slug=f"{starts:%B-%Y}".lower(),
        capacity=PEOPLE,
        fee=0,
        starts_on=starts,
        ends_on=today - timedelta(days=ENDED),
        venue=VENUE,
    )
    CompletionRule.objects.create(cohort=made, component=made.plan.components.get(key="workshops"), minimum=1)
    opens, closes = (moment(today - timedelta(days=TAKEN + days), hour) for days, hour in ((38, 9), (8, 17)))
    Window.objects.create(cohort=made, opens_at=opens, closes_at=closes)
    cohort_actions.publish(cohort=made, by=SYSTEM)


def take_places() -> None:
    here, employer = cohort(), council()
    for number, name in enumerate(names()):
        boss = f"Director {number % MANAGERS + 1}"
        enrolments.enrol(
            cohort=here,
            participant=person(name, employer, "Team leader"),
            employer=employer,
            line_manager_name=boss,
            line_manager_email=texts.address(boss, employer.slug),
            job_title="Team leader",
            by=SYSTEM,
        )


def start(at: list[datetime]) -> None:
    here = cohort_actions.start(cohort=cohort(), by=SYSTEM)
    part = here.plan.components.get(key="workshops")
    for number, begins in enumerate(at, 1):
        Session.objects.create(
            cohort=here,
            component=part,
            title=f"Workshop {number}",
            days=Decimal(1),
            starts_at=begins,
            ends_at=begins + timedelta(hours=7),
            venue=VENUE,
        )


def take_register(number: int) -> None:
    """One in eight is missing."""
    dice = Random(SEED + number)
    session = cohort().sessions.select_related("cohort__programme", "component").order_by("starts_at")[number]
    lines = attendance.register_of(session)
    marks = {line.enrolment.pk: str(Mark.PRESENT if dice.randrange(8) else Mark.EXCUSED) for line in lines}
    attendance.mark(session=session, marks=marks, by=SYSTEM)


def complete() -> None:
    here = cohort()
    for enrolment in completion.ready_in(here):
        completion.complete(enrolment=enrolment, by=SYSTEM)
    cohort_actions.finish(cohort=here, by=SYSTEM)


# -- where they are ----------------------------------------------------------------------------------


def graduate(name: str) -> User:
    return User.objects.get(full_name=name, organisation=council())


def say(name: str, months: int, moves: list[Move]) -> None:
    """Who did not complete was not asked."""
    found = Destination.objects.for_steps().of_graduates()
    destination = found.filter(enrolment__participant=graduate(name), months=months).first()
    if destination is not None:
        has_stepped = Move.PROMOTED in moves
        title = "Service manager" if has_stepped else ""
        by = destination.enrolment.participant
        destinations.answer(destination=destination, moves=list(moves), job_title=title, by=by)


def ask_employers() -> None:
    """Some of those who stepped up let us ask their manager."""
    said = DestinationAnswer.objects.filter(destination__enrolment__cohort=cohort(), replaced_at=None)
    for answer in [one for one in said.order_by("pk") if one.steps][:CONFIRMED]:
        destination = Destination.objects.for_steps().get(pk=answer.destination_id)
        boss = destination.enrolment.line_manager
        assert boss is not None
        confirmations.ask_employer(
            destination=destination,
            name=boss.full_name,
            email=boss.email,
            agrees=True,
            by=destination.enrolment.participant,
        )


def confirm() -> None:
    asked = StepConfirmation.objects.for_steps().filter(answer__destination__enrolment__cohort=cohort())
    for one in asked.order_by("pk"):
        link, _ = TokenLink.issue(purpose=CONFIRMATION_LINK, target=one, email=one.email, days=9)
        confirmations.confirm(confirmation=one, said=Confirmed.YES, by=LinkHolder(link))


def publish(lead: By) -> None:
    by = lead() if callable(lead) else lead
    assert by is not None
    study = OutcomeStudy.objects.create(programme=Programme.objects.get(slug=PROGRAMME), **COSTS)
    publish_outcomes(study=OutcomeStudy.objects.for_steps().get(pk=study.pk), by=by)
