"""One small world with everybody in it and a thing of every kind, made by the same actions as in real life.

Sweeps walk through it. It is built once for this folder of tests and rolled back at the end (see conftest.py).
Who is who: `Cast`. What stands in addresses: `World`.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from applications.actions import interest as interests
from applications.actions import reviews
from applications.roles import RoleName
from cohorts.actions import attendance, certificates, enrolments, placements, study
from cohorts.models import Cohort, CompletionRule, Partner, PeerGroup, Programme, ProgrammeDocument
from cohorts.states import COHORT, Mark
from funding.actions import credits, invoices, payments
from funding.links import AGREEMENT_LINK, INVOICE_LINK
from funding.models import FeeTerms, Invoice
from mentoring.actions import matching
from mentoring.actions import sessions as mentoring_sessions
from mentoring.models import MatchingWeights, MatchRun
from mentoring.states import Mode
from modules.actions import assignments, courses, registrations
from modules.models import Course, Module, Qualification, Speaker
from steppingup.accounts.actions import addresses, first
from steppingup.accounts.models import Organisation, RoleAssignment, TokenLink, User
from steppingup.calendars import actions as calendars
from steppingup.files.actions.files import store
from steppingup.files.rules import CV
from steppingup.jobs.models import Job
from steppingup.messaging import defaults, reminder_kinds, reminders
from steppingup.messaging.actions import texts
from steppingup.messaging.models import Message, MessageTemplate
from steppingup.steps.models import Taking
from tests.factories import applications as applying
from tests.factories import funding as money
from tests.factories import mentoring, review
from tests.factories.accounts import OrganisationFactory, ProviderFactory, RoleAssignmentFactory, UserFactory, staff
from tests.factories.agreements import agreements_of, sign_before_place, signed_by_a_link, three_texts
from tests.factories.cohorts import (
    CohortFactory,
    ParticipantFactory,
    PlanFactory,
    ProgrammeFactory,
    SessionFactory,
    complete,
    day,
)
from tests.files.uploads import pdf, upload
from tests.staff import with_second_factor
from tests.sweeps.afterwards import ask_where_they_are
from tests.sweeps.commitments import have_commitments
from tests.sweeps.days import let_the_manager_see, make_up_for, residential, see_oneself, share_days
from tests.sweeps.figures import count_a_workforce, write_papers
from tests.sweeps.find_one_another import find_one_another
from tests.sweeps.journals import keep_a_journal
from tests.sweeps.line import agree_near_the_line
from tests.sweeps.meetings import speak_and_read
from tests.sweeps.openings import keep_a_board
from tests.sweeps.plans import keep_a_plan, publish_figures
from tests.sweeps.pool import keep_a_pool
from tests.sweeps.reviews import look_back
from tests.sweeps.tools import have_tools
from tests.sweeps.words import write_to_people

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'

#: Everybody who visits pages in the sweeps. The first has no account.
CAST = (
    "visitor",
    "stranger",
    "applicant",
    "other_applicant",
    "participant",
    "other_participant",
    "manager",
    "other_manager",
    "mentor",
    "other_mentor",
    "assessor",
    "other_assessor",
    "coordinator",
    "finance",
    "equality",
    "limited_coordinator",  # the coordinator's role, but for another cohort of the same programme only
    "far_coordinator",  # the same roles at another provider
    "far_assessor",
    "far_finance",
    "far_equality",
    "third_staff",  # every role at once, at a third provider, which shares no day with the others
    "superuser",
)


def afresh(value: Any) -> Any:
    """As the database has it: actions bring what they were given up to date, and a test's changes are undone there only."""
    return type(value)._base_manager.get(pk=value.pk) if isinstance(value, Model) else value


class People(dict[str, User]):
    """Each loaded when asked for, with no role remembered."""

    def __getitem__(self, name: str) -> User:
        return afresh(super().__getitem__(name))


class Things(SimpleNamespace):
    """Each loaded when it is first asked for."""

    def __init__(self, things: SimpleNamespace) -> None:
        self._things = things

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        setattr(self, name, afresh(getattr(self._things, name)))
        return getattr(self, name)


@dataclass
class World:
    """People by their names in CAST, and the things that addresses name."""

    people: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    things: SimpleNamespace = field(default_factory=SimpleNamespace)

    def __getattr__(self, name: str) -> Any:
        people = self.__dict__.get("people", {})
        return people[name] if name in people else getattr(self.__dict__["things"], name)

    def afresh(self) -> "World":
        """The same world for a test that changes it."""
        return World(People(self.people), {}, Things(self.things))

    def client(self, who: str) -> Client:
        """This person's browser. Staff have used a second factor in their session."""
        if who not in self.clients:
            client = Client()
            if who != "visitor":
                with_second_factor(client, self.people[who])
            self.clients[who] = client
        return self.clients[who]


def build(town: str = "") -> World:
    """The town stands behind the names of its organisations, where several worlds are to be side by side."""
    world = World()
    world.things.town = town and f" of {town}"
    _people(world)
    _programme(world)
    _applications(world)
    _participants(world)
    _mentoring(world)
    keep_a_journal(world)
    look_back(world)
    _qualification(world)
    _money(world)
    publish_figures(world)
    keep_a_plan(world)
    keep_a_pool(world)
    have_commitments(world)
    have_tools(world)
    keep_a_board(world)
    agree_near_the_line(world)
    count_a_workforce(world)
    write_papers(world)
    _messages(world)
    return world


def _people(world: World) -> None:
    people, things = world.people, world.things
    things.provider = ProviderFactory(name=f"Harbour Council{things.town}")
    things.provider.logo.save("logo.svg", SimpleUploadedFile("logo.svg", LOGO))
    things.far_provider = ProviderFactory(name=f"Upland Academy{things.town}")
    for name in CAST[1:]:
        if name in ("superuser", "limited_coordinator", "third_staff") or name.removeprefix("far_") in RoleName.values:
            continue
        people[name] = UserFactory(full_name=name.replace("_", " ").title())
    for role in RoleName.values:
        employer = OrganisationFactory(name=f"Home of the {role}{things.town}")
        people[role] = staff(role, things.provider, full_name=f"Our {role}", organisation=employer)
        people[f"far_{role}"] = staff(role, things.far_provider, full_name=f"Far {role}")
    things.third_provider = ProviderFactory(name=f"Meadow Charity{things.town}")
    people["third_staff"] = UserFactory(is_staff=True, full_name="Everybody elsewhere")
    for role in RoleName.values:
        RoleAssignmentFactory(user=people["third_staff"], role=role, provider=things.third_provider)
    for role in ("limited_coordinator", "other_assessor"):
        people[role] = staff(role.split("_")[1], things.provider, organisation=OrganisationFactory())
    people["superuser"] = UserFactory(is_staff=True, is_superuser=True, full_name="Root")
    somebody, root = people["stranger"], people["superuser"]
    things.address_token = addresses.ask_for_address(by=somebody, email="new@example.org")
    things.first_token = TokenLink.issue(purpose=first.FIRST, target=root, email=first.NOT_YET, days=1)[1]
    things.calendar_token = calendars.make_address(by=somebody)
    things.mended_token = addresses.mend_address(user=somebody, email="right@example.org", by=root)
    things.role = RoleAssignment.objects.get(user=people["assessor"])
    things.organisation = Organisation.objects.get(pk=people["assessor"].organisation_id)


def _cohort(programme: Programme, plan: Any, *steps: str, **fields: Any) -> Cohort:
    cohort = CohortFactory(programme=programme, plan=plan, **fields)
    for step in steps:
        COHORT.move(cohort, step)
    return cohort


def _programme(world: World) -> None:
    things = world.things
    things.programme = programme = ProgrammeFactory(provider=things.provider, slug="stepping-up")
    things.plan = plan = PlanFactory(programme=programme)
    things.study_part = plan.components.create(
        key="study", kind="study", title="Self-study", recording="own", unit="hours", least=12, most=20, order=9
    )
    things.aim = plan.aims.create(key="belong", text="A council where everybody belongs")
    things.barrier = plan.barriers.create(key="models", theme="Social", text="Few role models at senior level")
    things.open_cohort = _cohort(programme, plan, "publish", name="Open")
    things.free_cohort = _cohort(programme, plan, "publish", name="Free of charge", fee=0)
    things.offer_cohort = _cohort(programme, plan, "publish", name="Offers", fee=0)
    things.running = _cohort(programme, plan, "publish", "start", name="Running", starts_on=day(-90))
    things.elsewhere = _cohort(programme, plan, name="Elsewhere")
    things.elsewhere.limited_roles.add(RoleAssignment.objects.get(user=world.limited_coordinator))
    things.completion_rule = CompletionRule.objects.create(cohort=things.running, component=None, minimum=1)
    things.partner = Partner.objects.create(programme=programme, organisation=OrganisationFactory())
    things.stored_file = store(upload=upload(pdf()), rule=CV, by=world.coordinator)
    things.document = ProgrammeDocument.objects.create(programme=programme, title="Guide", file=things.stored_file)
    things.window = applying.WindowFactory(cohort=things.open_cohort)
    things.free_window = applying.WindowFactory(cohort=things.free_cohort)
    things.offer_window = applying.WindowFactory(cohort=things.offer_cohort)
    things.rule_set = things.open_cohort.rule_set
    applying.ask_more(things.rule_set)
    three_texts(things.rule_set)
    things.question = things.rule_set.eligibility_questions.first()
    things.criterion = things.rule_set.criteria.first()
    things.interest = interests.register_interest(programme=programme, email="curious@example.org", name="Curious")
    email = things.interest.email
    things.confirm_token = TokenLink.issue(purpose=interests.CONFIRM, target=things.interest, email=email, days=9)[1]
    things.leave_token = TokenLink.issue(purpose=interests.LEAVE, target=things.interest, email=email, days=9)[1]
    things.nomination, things.nomination_request, things.nominate_token = applying.nominated(things.free_cohort)


def _applications(world: World) -> None:
    things, by = world.things, world.coordinator
    things.draft = applying.completed(things.window, world.applicant)
    applying.started(things.window, world.other_applicant)
    # Submitted and in review by the assessor.
    things.application = review.arrived(things.free_window, applicant=world.applicant)
    things.application.cv = store(upload=upload(pdf()), rule=CV, by=world.applicant)
    things.application.save(update_fields=["cv"])
    things.review = reviews.assign(application=things.application, assessor=world.assessor, by=by)
    review.arrived(things.free_window, applicant=world.other_applicant)
    things.interview = review.invited(things.free_window, by)
    things.offer = review.offered(things.offer_window, by, applicant=world.applicant)
    things.offered = review.fresh(things.offer.application)
    things.application = review.fresh(things.application)
    things.answer = things.application.answers.exclude(file=None).get()


def _participants(world: World) -> None:
    things, by = world.things, world.coordinator
    sign_before_place(world.participant, things.running)
    things.enrolment = enrolments.enrol(
        cohort=things.running,
        participant=world.participant,
        employer=OrganisationFactory(name=f"Employer of the participant{things.town}"),
        line_manager_name=world.manager.full_name,
        line_manager_email=world.manager.email,
        job_title="Team leader",
        by=world.participant,
    )
    vars(things).update(agreements_of(things.enrolment))
    # They signed before the cohort began.
    type(things.enrolment).objects.filter(pk=things.enrolment.pk).update(
        enrolled_at=timezone.now() - timedelta(days=100)
    )
    things.enrolment.refresh_from_db()
    things.other_enrolment = ParticipantFactory(
        cohort=things.running, participant=world.other_participant, line_manager=world.other_manager
    )
    things.signed_token = signed_by_a_link(things.other_enrolment)
    things.peer_group = PeerGroup.objects.create(cohort=things.running, name="Group A")
    things.session, things.visit = SessionFactory(cohort=things.running), residential(world)
    share_days(world)
    find_one_another(world)
    write_to_people(world)
    past = SessionFactory(cohort=things.running, starts_at=timezone.now() - timedelta(days=2))
    attendance.mark(session=past, marks={things.enrolment.pk: Mark.PRESENT}, by=by)
    things.attendance, things.register_mark = past.attendances.get(), past.taps.get()
    things.day_entry = things.enrolment.day_entries.first()
    things.placement = placements.set_placement(
        enrolment=things.enrolment, host=OrganisationFactory(), by=by, kind="project", title="A new front desk"
    )
    things.placement_day = placements.record_day(
        placement=things.placement, on=day(-1), days=Decimal(1), by=world.participant
    )
    things.study = study.record_study(
        enrolment=things.enrolment, on=day(-80), hours=Decimal("1.5"), what="Chapter 1", by=world.participant
    )
    things.alone = ParticipantFactory(cohort=things.running)  # has no mentor
    things.make_up = make_up_for(things.alone, past, by)
    see_oneself(world)
    # A second cohort, which the participant has completed.
    finished = _cohort(things.programme, things.plan, "publish", "start", name="Finished", starts_on=day(-400))
    completed = ParticipantFactory(cohort=finished, participant=world.participant, line_manager=world.manager)
    things.completed = complete(completed, by=by)
    let_the_manager_see(things.completed)
    ask_where_they_are(world)
    things.certificate = certificates.make(enrolment=things.completed, by=by)


def _mentoring(world: World) -> None:
    things, by = world.things, world.coordinator
    things.theme = mentoring.ThemeFactory(programme=things.programme)
    things.weights = MatchingWeights.objects.create(programme=things.programme)
    things.mentor_row = mentoring.MentorFactory(programme=things.programme, user=world.mentor)
    other = mentoring.MentorFactory(programme=things.programme, user=world.other_mentor, capacity=2)
    pair = matching.pair_by_hand(enrolment=things.enrolment, mentor=things.mentor_row, by=by)
    things.pair = matching.confirm(pair=pair, by=by)
    things.other_pair = matching.pair_by_hand(enrolment=things.other_enrolment, mentor=other, by=by)
    things.match_run = MatchRun.objects.create(cohort=things.running, started_by=by)
    things.mentoring_session = mentoring_sessions.record(
        pair=things.pair, on=timezone.localdate(), minutes=90, mode=Mode.VIDEO, by=world.mentor
    )
    things.job = matching.propose(cohort=things.running, by=by)
    assert Job.objects.filter(provider=things.provider).count() == 1


def _qualification(world: World) -> None:
    things, by = world.things, world.participant
    things.qualification = Qualification.objects.create(
        programme=things.programme, key="ilm5", name="ILM Level 5", awarding_body="ILM", level=5, credits=4,
        least_courses=1, most_courses=3, months=6, least_pages=1, most_pages=9,
    )  # fmt: skip
    Qualification.objects.create(
        programme=things.programme, key="cmi", name="CMI", awarding_body="CMI", level=5, credits=4,
        least_courses=1, most_courses=3, months=6,
    )  # fmt: skip
    course = {"provider": things.provider, "level": 5, "credits": 4}
    things.course = Course.objects.create(code="C1", title="Leading change", **course)
    things.other_course = Course.objects.create(code="C2", title="Managing conflict", **course)
    things.module = Module.objects.create(cohort=things.running, number=1, title="Starting")
    things.speaker = Speaker.objects.create(
        provider=things.provider, name="Sol Speaker", organisation=things.partner.organisation
    )
    speak_and_read(world)
    things.registration = registrations.register_for(
        enrolment=things.enrolment, qualification=things.qualification, by=by
    )
    things.choice = courses.choose_course(registration=things.registration, course=things.course, by=by, anyway=True)
    paper = store(upload=upload(pdf()), rule=things.qualification.file_rule, by=by)
    things.assignment = assignments.submit_assignment(registration=things.registration, file=paper, by=by)


def _money(world: World) -> None:
    things, programme = world.things, world.things.programme
    things.fund = money.FundFactory(programme=programme)
    things.fee_terms = FeeTerms.objects.create(programme=programme)
    things.invoice_series = money.InvoiceSeriesFactory(provider=things.provider)
    things.asked, things.asked_token = money.asked(cohort=things.open_cohort)
    things.bursary = money.bursary_asked(cohort=things.open_cohort)
    things.agreement = money.agreed(
        money.AgreementFactory(cohort=things.running, person=world.participant, employer=things.enrolment.employer)
    )
    things.agreement.enrolment = things.enrolment
    things.agreement.save(update_fields=["enrolment"])
    things.agreement_token = TokenLink.issue(
        purpose=AGREEMENT_LINK, target=things.agreement, email="sam@example.org", days=9
    )[1]
    things.invoice = invoices.issue(agreement=things.agreement, by=world.finance)
    things.credit_note = credits.credit(
        invoice=things.invoice, amount=Decimal(1), reason="A pound too much.", by=world.finance
    )
    things.payment = payments.record(
        invoice=things.invoice, amount=Decimal(5), on=timezone.localdate(), by=world.finance
    )
    things.case, things.case_token, things.evidence = money.told_case(cohort=things.running)
    things.invoice = Invoice.objects.get(pk=things.invoice.pk)
    things.adjustment = money.proposed(things.invoice, amount=Decimal(2))
    things.invoice_token = TokenLink.issue(
        purpose=INVOICE_LINK, target=things.invoice, email="sam@example.org", days=9
    )[1]


def _messages(world: World) -> None:
    things, by = world.things, world.coordinator
    things.taking = Taking.objects.filter(step="cohorts.session.mark").latest("pk")
    defaults.make_defaults()
    things.message = Message.objects.filter(provider=things.provider).latest("pk")
    things.default_template = MessageTemplate.objects.defaults().first()
    things.template = texts.make_version(template=things.default_template, scope=things.programme, by=by)
    first_kind = reminder_kinds.all_kinds()[0].key
    things.reminder_rule = reminders.add_rule(kind=first_kind, days=3, when="before", scope=things.programme)
