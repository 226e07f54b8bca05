"""The NHS beside Bristol: a cohort whose places go in the order of submission, with people in every state that leads to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from applications.actions import applications as actions
from applications.actions import offers, places, sponsors
from applications.form.part import PAGE
from applications.models import Application, Window
from applications.states import OfferStatus
from cohorts.actions import cohorts as cohort_actions
from cohorts.models import Cohort, CompletionRule, Programme
from funding.actions import answers
from funding.links import AGREEMENT_LINK
from funding.models import FeeAgreement
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink, User
from steppingup.demo import texts
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.leaving import Leaving
from steppingup.demo.people import Cast, person

PROGRAMME, LIKE, COORDINATOR = "nhs-stepping-up", "bands-5-and-6", "Duncan Farrell"
PLACES, DAYS_OPEN = 9, 30
HOPES = (
    "Chair the handover of my ward without waiting to be asked.",
    "Say in a meeting of the board what I say in the corridor.",
    "Lead a change that outlasts me, and help the next two people from my team do the same.",
)


@dataclass(frozen=True)
class Colleague:
    """Somebody who applies. `ago`: days since they submitted; `then`: what they do with a place, after so many days."""

    name: str
    employer: str
    job_title: str
    grade: str
    ago: int
    then: str = "accept"
    care: str = "yes"

    @property
    def works_in_the_nhs(self) -> str:
        return "yes" if self.employer in ("avonreach-acute", "avonreach-community", "severn-ambulance") else "no"


#: In the order of submission. Nine places: the first three leave again, which is in `leaving.py`; the sixth waits too long to be looked
#: at, the seventh declines, the eighth does not answer.
PEOPLE = (
    Colleague("Precious Mutasa", "avonreach-community", "Staff nurse", "band-5", 29),
    Colleague("Imran Siddiqui", "avonreach-acute", "Cardiac physiologist", "band-6", 29),
    Colleague("Chipo Dube", "avonreach-community", "Podiatrist", "band-6", 29),
    Colleague("Blessing Oyelaran", "avonreach-acute", "Staff nurse", "band-5", 28),
    Colleague("Rukhsana Mirza", "avonreach-community", "Occupational therapist", "band-6", 27),
    Colleague("Winston Achebe", "severn-ambulance", "Emergency care practitioner", "not_sure", 26),
    Colleague("Parveen Akhtar", "avonreach-acute", "Ward sister", "band-6", 26, "decline"),
    Colleague("Delroy Whittaker", "avonreach-community", "Community psychiatric nurse", "band-6", 25, ""),
    Colleague("Mei-Ling Chow", "avonreach-acute", "Specialist biomedical scientist", "band-6", 23),
    Colleague("Tendai Moyo", "severn-ambulance", "Paramedic", "band-6", 22),
    Colleague("Farida Haidari", "avonreach-community", "Dietitian", "band-5", 20),
    Colleague("Godwin Boakye", "avonreach-acute", "Senior healthcare scientist", "band-6", 19),
    Colleague("Shanthi Ramesh", "avonreach-acute", "Physiotherapist", "band-6", 15),
    Colleague("Yvonne Baptiste", "avonreach-community", "Midwife", "band-6", 9, ""),
    Colleague("Samir Qureshi", "severn-ambulance", "Control room lead", "not_sure", 5, ""),
    Colleague("Adaeze Nnamdi", "avonreach-acute", "Pharmacy technician", "band-5", 3, ""),
    Colleague("Kwabena Ofori", "avonreach-community", "Mental health nurse", "band-5", 1, ""),
)
WRITES_STILL = Colleague("Ines Tavares", "avonreach-acute", "Radiographer", "band-6", 0, "")


def write_academy(diary: Diary, cast: Cast, today: date) -> None:
    """Open for a month, full for a while, and passing on what comes free."""
    programme = Programme.objects.select_related("provider").get(slug=PROGRAMME)
    opened = today - timedelta(days=DAYS_OPEN)
    coordinator = cast.staff[COORDINATOR]

    def make() -> None:
        dates = {"starts_in": 60, "days_open": DAYS_OPEN, "closes_in": 21}
        cohort = cohort_like(programme, LIKE, "Bands 5 and 6,", today, **dates, places=PLACES)
        cohort_actions.publish(cohort=cohort, by=coordinator)
        academy = Academy(diary, cast, cohort)
        for number, who in enumerate(PEOPLE):
            begun = moment(opened, 10 + number % 10, number)  # before it was full
            academy.write(who, begun, moment(today - timedelta(days=who.ago), 18, number))
        academy.write_draft(WRITES_STILL, moment(opened, 20, 30))
        Leaving(diary, cast, cohort, academy.account_of).write(today)
        for days in range(DAYS_OPEN):
            diary.write(moment(today - timedelta(days=days), 6), None, _pass_on)

    diary.write(moment(opened - timedelta(days=20), 10), coordinator, make)


def _pass_on() -> None:
    """What the clock does each minute."""
    offers.expire_due()
    places.fill_due()


def cohort_like(
    programme: Programme,
    slug: str,
    name: str,
    today: date,
    *,
    starts_in: int,
    days_open: int,
    closes_in: int,
    places: int,
) -> Cohort:
    """After the example of a cohort that is shipped: open since so many days, and for so many more. `name` gets the month."""
    like = programme.cohorts.get(slug=slug)
    starts = working_day(today + timedelta(days=starts_in))
    called = f"{name} {starts:%B %Y}".strip()
    cohort = Cohort.objects.create(
        programme=programme,
        plan=like.plan,
        rule_set=like.rule_set,
        name=called,
        slug=slugify(called),
        capacity=places,
        fee=like.fee,
        cost=like.cost,
        starts_on=starts,
        ends_on=starts + (like.ends_on - like.starts_on),
        venue=like.venue,
    )
    for least in like.completion_rules.all():
        CompletionRule.objects.create(cohort=cohort, component=least.component, minimum=least.minimum)
    Window.objects.create(
        cohort=cohort,
        opens_at=moment(today - timedelta(days=days_open), 9),
        closes_at=moment(today + timedelta(days=closes_in), 0),
    )
    return cohort


@dataclass
class Academy:
    """Writes the applications for the cohort into the diary."""

    diary: Diary
    cast: Cast
    cohort: Cohort

    def write(self, who: Colleague, begun: datetime, at: datetime) -> None:
        account = partial(self.account, who)
        self.diary.write(begun, account, partial(self.fill_in, who))
        self.diary.write(begun + timedelta(minutes=30), account, partial(self.ask_sponsor, who))
        next_day = moment(timezone.localdate(begun) + timedelta(days=1), 10, begun.minute)
        self.diary.write(next_day, None, partial(self.agree, who))
        self.diary.write(at, account, partial(self.submit, who))
        if who.then:
            for days in (3, 6, 17, 20):  # whenever they have an offer by then
                self.diary.write(at + timedelta(days=days, hours=1), account, partial(self.answer, who))

    def write_draft(self, who: Colleague, at: datetime) -> None:
        self.diary.write(at, partial(self.account, who), partial(self.fill_in, who, complete=False))

    def account(self, who: Colleague) -> User:
        return person(who.name, self.cast.employers[who.employer], who.job_title, phone="0113 496 0142")

    def account_of(self, name: str) -> User:
        return self.account(next(who for who in PEOPLE if who.name == name))

    def application(self, who: Colleague) -> Application:
        return Application.objects.for_steps().get(applicant=self.account(who), cohort=self.cohort)

    def fill_in(self, who: Colleague, complete: bool = True) -> None:
        me = self.account(who)
        answers = {"group": "yes", "nhs": who.works_in_the_nhs, "nhs-care": who.care, "band": who.grade}
        application = actions.start(cohort=self.cohort, by=me, answers=answers)
        parts: list[tuple[str, Callable[[Colleague], dict[str, Any]]]] = [
            ("details", self._details),
            ("work", self._work),
            (f"{PAGE}why", self._hopes),
            ("access", self._access),
        ]
        for part, values in parts if complete else parts[:1]:
            application = actions.save_part(application=application, part=part, values=values(who), by=me)

    def ask_sponsor(self, who: Colleague) -> None:
        """Whoever can agree to what the employer owes if its participant leaves."""
        name, post = texts.name_and_post(self._about(who)["sponsor"])
        email = texts.address(name, who.employer)
        sponsors.ask(application=self.application(who), name=name, email=email, job_title=post, by=self.account(who))

    def agree(self, who: Colleague) -> None:
        agreement = FeeAgreement.objects.for_steps().get(person=self.account(who), cohort=self.cohort)
        link = TokenLink.objects.usable().filter(purpose=AGREEMENT_LINK, object_id=agreement.pk).latest("created_at")
        answers.agree(
            agreement=agreement,
            name=agreement.sponsor_name,
            job_title=agreement.sponsor_job_title,
            purchase_order="",
            billing_address=f"{agreement.employer_display}\nAccounts payable",
            by=LinkHolder(link),
        )

    def submit(self, who: Colleague) -> None:
        actions.submit(application=self.application(who), by=self.account(who), notice_read=True)

    def answer(self, who: Colleague) -> None:
        """Accept or decline the place, if it is offered at the moment."""
        offer = self.application(who).offers.filter(status=OfferStatus.MADE).first()
        if offer is None or not offers.is_open(offer):
            return
        if who.then == "accept":
            offers.accept(offer=offer, legal_name=who.name, by=self.account(who))
        else:
            offers.decline(offer=offer, by=self.account(who), reason="My ward cannot spare me this spring.")

    def _about(self, who: Colleague) -> dict[str, Any]:
        return next(row for row in texts.employers() if row["slug"] == who.employer)

    def _details(self, who: Colleague) -> dict[str, Any]:
        return {"full_name": who.name, "phone": "0113 496 0142", "education": ""}

    def _work(self, who: Colleague) -> dict[str, Any]:
        manager, post = texts.name_and_post(self._about(who)["managers"][0])
        return {
            "job_title": who.job_title,
            "grade": who.grade.replace("-", " ").capitalize() if who.grade != "not_sure" else "Operational grade 3",
            "employer": self.cast.employers[who.employer],
            "employer_name": "",
            "manager_name": manager,
            "manager_email": texts.address(manager, who.employer),
            "manager_job_title": post,
        }

    def _hopes(self, who: Colleague) -> dict[str, Any]:
        return {"hope": HOPES[len(who.name) % len(HOPES)]}

    def _access(self, who: Colleague) -> dict[str, Any]:
        needs = who.name == "Farida Haidari"
        return {"has_needs": needs, "text": "A quiet room for prayer at midday, and halal meals." if needs else ""}
