"""Thousands of applications in one cohort, written in bulk: the Bristol programme after a very good year.

Everything is drawn from one seed, so that two runs measure the same rows. The triggers that keep lifecycles and look at
each assessor's organisation are switched off by name while this writes; those that keep history are not: a real
database has that history, and pages read it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

import pgtrigger
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from applications.models import (
    AccessNeeds,
    Application,
    Criterion,
    Decision,
    Interview,
    InterviewScore,
    Review,
    Score,
    Statement,
    Window,
)
from applications.roles import RoleName
from applications.states import ApplicationStatus, InterviewStatus, ReviewStatus, SupportRoute
from cohorts.models import Cohort, Programme
from cohorts.programme_files.loading import DATA, load_file
from cohorts.states import COHORT
from funding.models import FeeAgreement
from funding.states import AgreementStatus, Route
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.messaging.models import Message
from steppingup.messaging.models.message import MessageSubject
from steppingup.messaging.states import MessageStatus
from tests.bench.words import Pen
from tests.factories.review import told

BATCH = 2000
ASIDE = (
    "applications.Application:status_begins_right",
    "applications.Review:status_begins_right",
    "applications.Review:assessor_is_impartial",
    "applications.Review:nobody_scores_themselves",
    "applications.Interview:status_begins_right",
    "funding.FeeAgreement:status_begins_right",
    "messaging.Message:status_begins_right",
)
COORDINATOR = "coordinator@bench.example"
BIG, SMALL = "bench-big", "bench-small"
#: Of a hundred applications, how many are where.
STATES = {
    ApplicationStatus.IN_REVIEW: 64,
    ApplicationStatus.HELD: 10,
    ApplicationStatus.SHORTLISTED: 3,
    ApplicationStatus.WAITING: 1,
    ApplicationStatus.TURNED_DOWN: 20,
    ApplicationStatus.WITHDRAWN: 2,
}
DECIDED = {"held": "hold", "shortlisted": "shortlist", "waiting": "put_on_waiting_list", "turned_down": "turn_down"}


@dataclass(frozen=True)
class Staff:
    """Those who act, and the organisations that people come from."""

    coordinator: User
    assessors: list[User]
    employers: list[Organisation]


def write(rows: list[Model]) -> list[Model]:
    """Bulk insert; the rows get their ids."""
    return type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH) if rows else []


def programme() -> Programme:
    return load_file(DATA / "bristol.toml")[0] or Programme.objects.get(slug="stepping-up")


def people_of(found: Programme) -> Staff:
    """A coordinator, twelve assessors from six organisations, and thirty employers that none of them works for."""
    existing = User.objects.filter(email=COORDINATOR).first()
    if existing is None:
        existing = User.objects.create_user(COORDINATOR, full_name="Cora Coordinator", is_staff=True)
        RoleAssignment.objects.create(user=existing, role=RoleName.COORDINATOR, provider=found.provider)
        kinds = list(Organisation.Kind)
        write(
            [
                Organisation(
                    name=f"{what} {n:02}",
                    slug=f"bench-{what.lower()}-{n:02}",
                    kind=kinds[n % len(kinds)],
                    sector=Organisation.Sector.PUBLIC,
                )
                for what, number in (("Employer", 30), ("Reader", 6))
                for n in range(number)
            ]
        )
        readers = list(Organisation.objects.filter(slug__startswith="bench-reader-"))
        assessors = [
            User(email=f"assessor{n:02}@bench.example", full_name=f"Assessor {n:02}", organisation=readers[n % 6])
            for n in range(12)
        ]
        write(assessors)
        write([RoleAssignment(user=user, role=RoleName.ASSESSOR, provider=found.provider) for user in assessors])
    return Staff(
        existing,
        list(User.objects.filter(email__startswith="assessor", email__endswith="@bench.example")),
        list(Organisation.objects.filter(slug__startswith="bench-employer-")),
    )


def cohort(found: Programme, slug: str, capacity: int = 250) -> Cohort:
    """A published cohort with a window that has closed."""
    model = found.cohorts.order_by("pk").first()
    made = Cohort.objects.create(
        programme=found,
        plan=model.plan,
        name=slug.replace("-", " ").capitalize(),
        slug=slug,
        capacity=capacity,
        fee=model.fee,
        starts_on=timezone.localdate() + timedelta(days=60),
        ends_on=timezone.localdate() + timedelta(days=330),
    )
    COHORT.move(made, "publish")
    now = timezone.now()
    Window.objects.create(
        cohort=made, opens_at=now - timedelta(days=60), closes_at=now - timedelta(days=10), reserve=50
    )
    return made


class Filler:
    """Fills one cohort with applications and all that hangs on them."""

    def __init__(self, of: Cohort, staff: Staff, number: int) -> None:
        self.cohort, self.staff, self.number = of, staff, number
        self.pen = Pen(of.slug)
        self.chance = self.pen.random
        self.criteria = list(Criterion.objects.filter(rule_set=of.rule_set_id))
        self.window = of.window

    def run(self) -> list[Application]:
        with pgtrigger.ignore(*ASIDE):
            applications = self.applications()
            self.statements(applications)
            self.reviews(applications)
            self.decisions([a for a in applications if a.status in DECIDED])
            self.interviews([a for a in applications if a.status == ApplicationStatus.WAITING])
            self.messages(applications)
        return applications

    def states(self) -> list[str]:
        """Exactly the shares of STATES, spread evenly over the time of submitting."""
        hundred = [str(state) for state, number in STATES.items() for _ in range(number)]
        self.chance.shuffle(hundred)
        return [hundred[n % 100] for n in range(self.number)]

    def applications(self) -> list[Application]:
        place, now = self.cohort.pk, timezone.now()
        names = [self.pen.name() for _ in range(self.number)]
        users = [User(email=f"a{place}-{n}@bench.example", full_name=name) for n, name in enumerate(names)]
        for user in users:
            user.set_unusable_password()
        write(users)
        employers = [self.chance.choice(self.staff.employers) for _ in users]
        fees = [self.fee(user, employer) for user, employer in zip(users, employers, strict=True)]
        write(fees)
        opened, length = self.window.opens_at, (self.window.closes_at - self.window.opens_at).total_seconds()
        rows = []
        for n, (user, employer, fee, state) in enumerate(zip(users, employers, fees, self.states(), strict=True)):
            decided = {"decided_at": now, "decided_by": self.staff.coordinator} if state in DECIDED else {}
            at = opened + timedelta(seconds=self.chance.uniform(60, length))
            rows.append(
                Application(
                    applicant=user,
                    cohort=self.cohort,
                    reference=f"B{place % 10_000}-{n:05}",
                    status=state,
                    started_at=at - timedelta(days=3),
                    submitted_at=at,
                    full_name=user.full_name,
                    phone="0117 496 0117",
                    job_title="Team leader",
                    grade="Band 6",
                    education="A levels",
                    employer=employer,
                    manager_name="Mo Patel",
                    manager_email=f"manager{n % 500}@bench.example",
                    support_route=SupportRoute.TOLD,
                    told_on=at.date(),
                    fee_agreement=fee,
                    withdrawn_at=now if state == ApplicationStatus.WITHDRAWN else None,
                    **(told("score") if state == ApplicationStatus.TURNED_DOWN else {}),
                    **decided,
                )
            )
        write(rows)
        write([AccessNeeds(application=row, has_needs=n % 20 == 0) for n, row in enumerate(rows)])
        return rows

    def fee(self, user: User, employer: Organisation) -> FeeAgreement:
        """Most are agreed by the employer; some wait."""
        agreed = self.chance.random() < 0.9
        values = {
            "amount": self.cohort.fee,
            "cost": self.cohort.cost,
            "answered_at": timezone.now(),
            "terms": self.pen.text(80, 120),
        }
        return FeeAgreement(
            cohort=self.cohort,
            person=user,
            employer=employer,
            status=AgreementStatus.AGREED if agreed else AgreementStatus.BURSARY_ASKED,
            route=Route.EMPLOYER,
            sponsor_name="Sam Sponsor",
            sponsor_email="sponsor@bench.example",
            purchase_order="PO-1",
            asked_at=timezone.now(),
            **(values if agreed else {}),
        )

    def statements(self, applications: list[Application]) -> None:
        write(
            [
                Statement(application=application, criterion=criterion, text=self.pen.text(120, 240))
                for application in applications
                for criterion in self.criteria
            ]
        )

    def reviews(self, applications: list[Application]) -> None:
        """Two submitted reviews for each, by assessors of two organisations, with a score and a comment on each criterion."""
        reviews, values = [], []
        turns = count()
        for application in applications:
            ability = self.chance.choice((1, 2, 2, 3, 3, 3, 4, 4))
            for _ in range(2):
                scores = [min(5, max(0, ability + self.chance.choice((-1, 0, 0, 1)))) for _ in self.criteria]
                values.append(scores)
                reviews.append(
                    Review(
                        application=application,
                        assessor=self.staff.assessors[next(turns) % len(self.staff.assessors)],
                        status=ReviewStatus.SUBMITTED,
                        submitted_at=timezone.now(),
                        total=sum(scores),
                        top_scores=scores.count(5),
                        comment=self.pen.text(20, 50),
                    )
                )
        write(reviews)
        write(
            [
                Score(review=review, criterion=criterion, value=value, comment=self.pen.text(12, 40))
                for review, scores in zip(reviews, values, strict=True)
                for criterion, value in zip(self.criteria, scores, strict=True)
            ]
        )

    def decisions(self, applications: list[Application]) -> None:
        write(
            [
                Decision(
                    application=application,
                    step=DECIDED[application.status],
                    reason=application.reason,
                    note=self.pen.text(10, 20),
                    by=self.staff.coordinator,
                )
                for application in applications
            ]
        )

    def interviews(self, applications: list[Application]) -> None:
        interviews = [
            Interview(
                application=application,
                status=InterviewStatus.HELD,
                starts_at=timezone.now() - timedelta(days=3),
                place="City Hall, room 3",
                outcome=Interview.Outcome.RESERVE,
                total=3 * len(self.criteria),
                recorded_at=timezone.now(),
                recorded_by=self.staff.coordinator,
            )
            for application in applications
        ]
        write(interviews)
        write(
            [
                InterviewScore(interview=interview, criterion=criterion, value=3)
                for interview in interviews
                for criterion in self.criteria
            ]
        )

    def messages(self, applications: list[Application]) -> None:
        """Two emails about each: it arrived, and somebody reads it."""
        kind = ContentType.objects.get_for_model(Application)
        sent = datetime(2020, 1, 2, 9, tzinfo=UTC)
        messages = [
            Message(
                kind="applications.submitted",
                provider=self.cohort.programme.provider,
                cohort=self.cohort.pk,
                to=application.applicant,
                to_email=application.applicant.email,
                content_type=kind,
                object_id=application.pk,
                subject=f"Your application {application.reference}",
                text=self.pen.text(60, 90),
                html=self.pen.text(150, 200),
                status=MessageStatus.SENT,
                sent_at=sent,
                next_attempt_at=None,
                message_id_header=f"<{application.pk}.{n}@bench.example>",
            )
            for application in applications
            for n in range(2)
        ]
        write(messages)
        write([MessageSubject(message=m, content_type=kind, object_id=m.object_id) for m in messages])


def fill(slug: str, number: int) -> Cohort:
    """A cohort with so many submitted applications. Made once; a cohort that is there is left alone."""
    found = programme()
    existing = Cohort.objects.filter(programme=found, slug=slug).select_related("window").first()
    if existing:
        return existing
    staff = people_of(found)
    made = cohort(found, slug)
    Filler(made, staff, number).run()
    return made


def analyse() -> None:
    """What autovacuum would have done by the next morning: statistics, and the map of what everybody sees."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
