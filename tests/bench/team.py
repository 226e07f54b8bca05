"""One line manager with twenty people half-way through a cohort: registers taken, days of the assignment recorded."""

from datetime import timedelta
from decimal import Decimal

import pgtrigger
from django.utils import timezone

from cohorts.actions import attendance, placements
from cohorts.models import Agreement, AgreementTemplate, Cohort, Enrolment, Placement, Programme, Session, Signature
from cohorts.models.agreements import fingerprint
from cohorts.states import COHORT, ComponentKind, Mark
from funding.models import FeeAgreement
from funding.states import AgreementStatus
from mentoring.models import Mentor, MentoringSession, MentoringWish, Pair, Theme
from mentoring.states import Mode, PairStatus
from modules.models import Course, CourseChoice, Module, Registration, SessionSpeaker, Speaker
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import Organisation, User
from tests.bench.fill import Pen, Staff, people_of, programme, write

MANAGER = "mia.manager@bench.example"
SLUG = "bench-team-whole"
HELD, COMING = 9, 9
ASIDE = ("mentoring.Pair:status_begins_right", "funding.FeeAgreement:status_begins_right")
PLACEMENT_DAYS = 5


def running_cohort(found: Programme, slug: str, people: int, began: int = 150) -> Cohort:
    """It began so many days ago, and ends in 150."""
    model = found.cohorts.order_by("pk").first()
    made = Cohort.objects.create(
        programme=found,
        plan=model.plan,
        name=slug.replace("-", " ").capitalize(),
        slug=slug,
        capacity=people,
        fee=model.fee,
        starts_on=timezone.localdate() - timedelta(days=began),
        ends_on=timezone.localdate() + timedelta(days=150),
    )
    COHORT.move(made, "publish")
    return COHORT.move(made, "start")


def enrol(of: Cohort, manager: User, staff: Staff, number: int) -> list[Enrolment]:
    pen = Pen()
    users = write([User(email=f"p{of.pk}-{n}@bench.example", full_name=pen.name()) for n in range(number)])
    # What has to be signed first is written after it, all at once.
    with pgtrigger.ignore("cohorts.Enrolment:never_before_it_is_signed"):
        rows = write(
            [
                Enrolment(
                    participant=user,
                    cohort=of,
                    employer=staff.employers[0],
                    line_manager=manager,
                    job_title="Lead",
                    enrolled_at=timezone.now() - timedelta(days=180),
                )
                for user in users
            ]
        )
    _sign_everything(of, rows, staff.employers[2], pen)
    return rows


def _sign_everything(of: Cohort, rows: list[Enrolment], host: Organisation, pen: Pen) -> None:
    """Whatever the rules order, by everybody who signs it."""
    templates = list(AgreementTemplate.objects.filter(rule_set=of.rule_set)) or [
        AgreementTemplate.objects.create(
            rule_set=of.rule_set, title="Learning agreement", text="All of it.", participant_signs=True
        )
    ]
    for template in templates:
        by = host if template.host_signs else None
        made = [Agreement(template=template, person=row.participant, cohort=of, enrolment=row, host=by) for row in rows]
        for agreement in write(made):
            text = pen.text(200, 300)
            for role in template.signatories:
                Signature(
                    agreement=agreement,
                    role=role,
                    name=str(agreement.person),
                    how="account",
                    signed_at=timezone.now() - timedelta(days=180),
                    text=text,
                    digest=fingerprint(text),
                ).save()


def sessions(of: Cohort) -> list[Session]:
    """Every other one a module's day, every other one a peer half-day; as many held as to come."""
    kinds = {component.kind: component for component in of.plan.components.all()}
    module, peer = kinds[ComponentKind.MODULE], kinds[ComponentKind.PEER]
    rows = []
    for n in range(HELD + COMING):
        start = timezone.now() + timedelta(days=14 * (n - HELD) + 7)
        component = peer if n % 3 == 2 else module
        days = Decimal("0.5") if component is peer else Decimal(1)
        rows.append(
            Session(
                cohort=of,
                component=component,
                title=f"{component.title} {n + 1}",
                starts_at=start,
                ends_at=start + timedelta(hours=6),
                days=days,
                venue="City Hall",
            )
        )
    return write(rows)


def take_part(people: list[Enrolment], held: list[Session], staff: Staff) -> None:
    """Through the actions, so that the ledger holds what it would hold."""
    for number, session in enumerate(held):
        marks = {e.pk: Mark.ABSENT if (n + number) % 11 == 0 else Mark.PRESENT for n, e in enumerate(people)}
        attendance.mark(session=session, marks=marks, by=SYSTEM)
    for enrolment in people:
        placement = Placement.objects.create(
            enrolment=enrolment,
            component=placements.part_of(enrolment),
            host=staff.employers[2],
            kind=Placement.Kind.PROJECT,
            title="A new rota",
        )
        for n in range(PLACEMENT_DAYS):
            on = timezone.localdate() - timedelta(days=7 * (n + 1) + 1)  # the day before a session or the like
            placements.record_day(
                placement=placement, on=on, days=Decimal(1), what="Worked on it", by=enrolment.participant
            )


def accompany(people: list[Enrolment], staff: Staff, days: list[Session]) -> None:
    """Each has a mentor and has met them, said what they seek, is registered with three courses, and is paid for."""
    of, now, today = people[0].cohort, timezone.now(), timezone.localdate()
    programme, elsewhere = of.programme, staff.employers[1]
    themes = write([Theme(programme=programme, key=f"bench-{n}", name=f"Bench theme {n}") for n in range(4)])
    user = User.objects.create_user("mentor@bench.example", full_name="Max Mentor", organisation=elsewhere)
    mentor = Mentor.objects.create(programme=programme, user=user, organisation=elsewhere, capacity=20)
    mentor.themes.set(themes[:3])
    done = {"confirmed_at": now, "confirmed_by": staff.coordinator}
    pairs = write([Pair(enrolment=row, mentor=mentor, status=PairStatus.CONFIRMED, **done) for row in people])
    write(
        [
            MentoringSession(
                pair=pair, on=today - timedelta(days=20 * n), minutes=60, mode=Mode.VIDEO, recorded_by=user
            )
            for pair in pairs
            for n in range(1, 3)
        ]
    )
    for wish in write([MentoringWish(enrolment=row) for row in people]):
        wish.themes.set(themes[1:])
    qualification = programme.qualifications.first()
    due = today + timedelta(days=90)
    registrations = write(
        [Registration(enrolment=row, qualification=qualification, registered_on=today, due_on=due) for row in people]
    )
    courses = Course.objects.offered_by(programme.provider_id)[:3]
    write(
        [
            CourseChoice(registration=one, course=course, credits=course.credits)
            for one in registrations
            for course in courses
        ]
    )
    write(
        [
            FeeAgreement(
                cohort=of,
                person=row.participant,
                employer=row.employer,
                enrolment=row,
                status=AgreementStatus.AGREED,
                amount=of.fee,
                cost=of.cost,
                answered_at=now,
            )
            for row in people
        ]
    )
    speaker = Speaker.objects.create(provider=programme.provider, name="Asha Speaker", organisation=programme.provider)
    for number, session in enumerate(days[:5], 1):
        module = Module.objects.create(cohort=of, number=number, title=f"Leading change {number}")
        module.sessions.set([session])
        SessionSpeaker.objects.create(session=session, speaker=speaker, subject="How I began")


def fill_team(people: int = 20) -> User:
    """The line manager; the team is made once."""
    existing = User.objects.filter(email=MANAGER).first()
    if existing:
        return existing
    found = programme()
    staff = people_of(found)
    manager = User.objects.create_user(MANAGER, full_name="Mia Manager", organisation=staff.employers[0])
    made = running_cohort(found, SLUG, people)
    enrolments = enrol(made, manager, staff, people)
    days = sessions(made)
    take_part(enrolments, days[:HELD], staff)
    with pgtrigger.ignore(*ASIDE):
        accompany(enrolments, staff, days)
    return manager
