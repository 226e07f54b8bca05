"""More of everything: as many rows again of each kind, where the world's people see them."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from applications.actions import interest as interests
from applications.actions import reviews
from applications.models import EqualityLook, EqualityQuestion, EqualityRelease
from applications.roles import RoleName
from cohorts.actions import attendance
from cohorts.models import (
    AlumniChoice,
    Apology,
    Assessment,
    Certificate,
    Choosing,
    Cohort,
    DirectoryAgreement,
    Enrolment,
    GoalAction,
    GraduateInterest,
    JointInvitation,
    MakeUp,
    Needs,
    Partner,
    PeerGroup,
    PlacementDay,
    PlacementProposal,
    PlacementReport,
    Ranking,
    Stay,
    Study,
)
from cohorts.states import Mark
from cohorts.states.opportunities import OpportunityStatus
from funding.actions import credits, invoices, liability, payments
from funding.models import FeeTerms
from mentoring.actions import matching, sessions, wishes
from mentoring.models import MatchingWeights, Mentor
from mentoring.states import Mode
from modules.actions import assignments, courses, registrations
from modules.models import Course, Module, Qualification, Speaker, TalkFeedback
from steppingup.files.actions.files import store
from steppingup.jobs.models import Job
from steppingup.messaging import reminder_kinds, reminders
from steppingup.messaging.actions import texts
from steppingup.messaging.models import MessageTemplate
from tests.factories import applications as applying
from tests.factories import funding as money
from tests.factories import mentoring, review
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import (
    ParticipantFactory,
    PlanFactory,
    ProgrammeFactory,
    PublishedCohortFactory,
    SessionFactory,
    complete,
    day,
)
from tests.factories.conversations import talked
from tests.factories.development import goal_of
from tests.factories.directory import joined
from tests.factories.events import BookingFactory, OccasionFactory, booked
from tests.factories.journal import entry_of, shared_with
from tests.factories.modules import placed
from tests.factories.opportunities import OpportunityFactory, OpportunityInvitationFactory
from tests.factories.reviews import to_sign
from tests.files.uploads import pdf, upload
from tests.sweeps.afterwards import is_asked_of_work, offered_to_graduates, says_that_they_stepped, shown, was_asked
from tests.sweeps.at_work import one_more_at_work
from tests.sweeps.coached import more_coaching
from tests.sweeps.commitments import more_commitments
from tests.sweeps.figures import more_of_a_workforce
from tests.sweeps.gatherings import graduates_at
from tests.sweeps.line import more_near_the_line
from tests.sweeps.meetings import also_speak_and_read
from tests.sweeps.openings import more_on_the_board
from tests.sweeps.peers import also_in_groups
from tests.sweeps.plans import more_of_a_plan
from tests.sweeps.pool import more_of_a_pool
from tests.sweeps.tools import more_tools
from tests.sweeps.ways import put
from tests.sweeps.words import more_words
from tests.sweeps.world import World


def make_room(world: World) -> None:
    """For a crowd there must be places, mentors with time and money."""
    Cohort.objects.update(capacity=500)
    Mentor.objects.update(capacity=500)
    world.programme.funding_sources.update(budget=500_000)


def more(world: World, number: int) -> None:
    for _ in range(number):
        _organisations(world)
        _programmes(world)
        _applications(world)
        enrolment = _participant(world)
        _mentoring(world, enrolment)
        _qualification(world, enrolment)
        _money(world, enrolment)
        more_of_a_plan(world, enrolment.pk)
        more_of_a_pool(world, enrolment)
        more_commitments(world, enrolment.pk)
        more_tools(world, enrolment)
        more_on_the_board(world, enrolment)
        more_of_a_workforce(world, enrolment.pk)


def _organisations(world: World) -> None:
    Partner.objects.create(programme=world.programme, organisation=OrganisationFactory())
    staff(RoleName.ASSESSOR, world.provider, organisation=OrganisationFactory())
    Job.objects.create(kind="tests.work", title="Work", provider=world.provider, started_by=world.coordinator)


def _programmes(world: World) -> None:
    programme = ProgrammeFactory(provider=world.provider)
    cohort = PublishedCohortFactory(programme=programme, plan=PlanFactory(programme=programme))
    applying.WindowFactory(cohort=cohort)
    applying.started(cohort.window, world.applicant)
    more_near_the_line(world, cohort)
    MatchingWeights.objects.create(programme=programme)
    FeeTerms.objects.create(programme=programme)
    money.FundFactory(programme=programme)
    mentoring.ThemeFactory(programme=world.programme)
    interests.register_interest(programme=world.programme, email=f"curious{programme.pk}@example.org")
    question = {"key": f"q{programme.pk}", "text": "Another?", "source": "Ours.", "asked_from": day(0)}
    EqualityQuestion.objects.create(**question)
    values = {"stage": "closed", "contents": {"people": 0, "cohorts": [], "tables": []}, "people": []}
    release = EqualityRelease.objects.create(programme=world.programme, cohort=world.open_cohort, **values)
    EqualityLook.objects.create(release=release, by=world.equality, how="csv")
    text = MessageTemplate.objects.defaults().first()
    texts.make_version(template=text, scope=programme, by=world.coordinator)
    reminders.add_rule(kind=reminder_kinds.all_kinds()[0].key, days=3, when="before", scope=programme)
    applying.CriterionFactory(programme=programme)
    # A cohort of it on which the participant is too, and one that the manager's people are on.
    ParticipantFactory(cohort=cohort, participant=world.participant)


def _applications(world: World) -> None:
    by, window = world.coordinator, world.free_window
    application = review.arrived(window)
    reviews.assign(application=application, assessor=world.assessor, by=by)
    review.scored(reviews.assign(application=application, assessor=world.other_assessor, by=by))
    review.invited(window, by)
    review.offered(world.offer_window, by)
    review.waiting(world.offer_window, by)
    applying.nominated(world.free_cohort, f"{application.pk}@partner.example")


def _participant(world: World) -> Enrolment:
    cohort = world.running
    group = PeerGroup.objects.create(cohort=cohort, name=f"Group {PeerGroup.objects.count()}")
    enrolment = ParticipantFactory(cohort=cohort, line_manager=world.manager, peer_group=group)
    # One day for each, as nobody is at two sessions at a time.
    # At noon: late in the evening, two of them would be on the one day on which the clocks go back.
    noon = timezone.now().replace(hour=12) - timedelta(days=3 + cohort.peer_groups.count())
    past = SessionFactory(cohort=cohort, starts_at=noon)
    attendance.mark(
        session=past, marks={enrolment.pk: Mark.PRESENT, world.enrolment.pk: Mark.PRESENT}, by=world.coordinator
    )
    SessionFactory(cohort=cohort, component=cohort.plan.components.get(key="mentoring"))
    hosted = SessionFactory(cohort=world.far_cohort)
    JointInvitation.objects.create(host_session=hosted, cohort=cohort)
    asked = OpportunityInvitationFactory(cohort=cohort)
    for invitation in (asked, world.offering):
        one = OpportunityFactory(cohort=cohort, host=invitation.organisation, invitation=invitation)
        put(one, OpportunityStatus.OPEN if invitation == asked else OpportunityStatus.OFFERED)
    BookingFactory(occasion=OccasionFactory(programme=cohort.programme, cohort=cohort))
    booked(world.occasion)
    Choosing.objects.create(
        cohort=cohort, component=world.choosing.component, closes_on=day(9), published_at=timezone.now()
    )
    PlacementProposal.objects.create(choosing=world.choosing, enrolment=enrolment, opportunity=world.open_opportunity)
    Ranking.objects.create(choosing=world.choosing, enrolment=enrolment, choices=[world.open_opportunity.pk])
    also_in_groups(world, enrolment)
    graduates_at(world.ceremony, enrolment)
    one_more_at_work(world, enrolment)
    more_coaching(world, enrolment)
    Stay.objects.create(session=world.visit, enrolment=enrolment, stays=True)
    Apology.objects.create(session=world.visit, enrolment=enrolment, starts_at=world.visit.starts_at)
    Needs.objects.create(person=enrolment.participant, diet="Vegan")
    said = Assessment.objects.create(enrolment=enrolment, moment="before", given_at=timezone.now())
    said.answers.create(aim=world.aim, value=2)
    shared_with(entry_of(world.enrolment))
    goal_of(world.enrolment, due_on=day(0))
    GoalAction.objects.create(goal=world.goal, what="More")
    talked(world.enrolment)
    to_sign(world.enrolment, world.coordinator)
    talked(world.enrolment, by=world.manager)
    shared_with(entry_of(world.enrolment), "mentor")
    joined(enrolment)
    more_words(world, enrolment)
    DirectoryAgreement.objects.create(
        host=ProgrammeFactory(provider=world.far_provider, directory="programme"), guest=world.programme
    )
    for who in (enrolment, world.enrolment):
        MakeUp.objects.create(
            enrolment=who, session=past, component=past.component, days=1, kind="work", what="A page", due_on=day(9)
        )
    placement = placed(enrolment)
    for side in ("participant", "host"):
        PlacementReport.objects.create(placement=placement, moment="end", side=side)
    PlacementDay.objects.create(placement=placement, on=day(-1), days=1, recorded_by=enrolment.participant)
    number = world.placement.days.count()
    PlacementDay.objects.create(placement=world.placement, on=day(-9 - number), days=1, recorded_by=world.participant)
    for who in (enrolment, world.enrolment):
        Study.objects.create(
            enrolment=who,
            component=world.study_part,
            on=day(-2),
            minutes=60,
            what="Chapter 1",
            recorded_by=who.participant,
        )
    completed = complete(ParticipantFactory(cohort=world.completed.cohort, line_manager=world.manager))
    Certificate.objects.create(
        enrolment=completed, serial=f"TRY7-{completed.pk}", name="A", programme_name="B", completed_on=day(0)
    )
    was_asked(completed)
    is_asked_of_work(
        says_that_they_stepped(was_asked(completed, months=6)), email=f"sam.{completed.pk}@harbour.example"
    )
    shown(completed)
    AlumniChoice.objects.create(enrolment=completed, speaks=True)
    offer = offered_to_graduates(world.programme, "Another")
    for one in (offer, world.graduate_offer):
        GraduateInterest.objects.create(offer=one, enrolment=completed)
    return enrolment


def _mentoring(world: World, enrolment: Enrolment) -> None:
    by = world.coordinator
    mentoring.MentorFactory(programme=world.programme, capacity=2)
    wishes.wish(enrolment=enrolment, themes=[world.theme], area="Law", note="", by=enrolment.participant)
    pair = matching.pair_by_hand(enrolment=enrolment, mentor=world.mentor_row, by=by)
    matching.confirm(pair=pair, by=by)
    for one in (pair, world.pair):
        sessions.record(
            pair=one,
            on=timezone.localdate(),
            minutes=60,
            mode=Mode.VIDEO,
            by=world.mentor,
            is_another=True,
            beside="At night.",
        )
    # Somebody with a proposal, and somebody without a mentor.
    waiting = ParticipantFactory(cohort=world.running)
    matching.pair_by_hand(enrolment=waiting, mentor=world.other_pair.mentor, by=by)
    ParticipantFactory(cohort=world.running)


def _qualification(world: World, enrolment: Enrolment) -> None:
    person, number = enrolment.participant, enrolment.pk
    Qualification.objects.create(
        programme=ProgrammeFactory(provider=world.provider), key="q", name="Q", awarding_body="B", level=4, credits=4,
        least_courses=1, most_courses=3, months=6,
    )  # fmt: skip
    Course.objects.create(provider=world.provider, code=f"X{number}", title="More", level=5, credits=4)
    Module.objects.create(cohort=world.running, number=world.running.modules.count() + 9, title="Further")
    employer = world.partner.organisation
    speaker = Speaker.objects.create(provider=world.provider, name=f"Speaker {number}", organisation=employer)
    also_speak_and_read(world, speaker)
    TalkFeedback.objects.create(talk=world.heard, enrolment=enrolment, words="Ask once more.")
    registration = registrations.register_for(enrolment=enrolment, qualification=world.qualification, by=person)
    courses.choose_course(registration=registration, course=world.course, by=person, anyway=True)
    paper = store(upload=upload(pdf()), rule=world.qualification.file_rule, by=person)
    assignments.submit_assignment(registration=registration, file=paper, by=person)


def _money(world: World, enrolment: Enrolment) -> None:
    agreement = money.agreed(
        money.AgreementFactory(cohort=world.running, person=enrolment.participant, employer=enrolment.employer)
    )
    agreement.enrolment = enrolment
    agreement.save(update_fields=["enrolment"])
    invoice = invoices.issue(agreement=agreement, by=world.finance)
    payments.record(invoice=invoice, amount=Decimal(5), on=timezone.localdate(), by=world.finance)
    credits.credit(invoice=invoice, amount=Decimal(1), reason="A pound too much.", by=world.finance)
    money.proposed(invoice, amount=Decimal(2), by=world.finance)
    money.bursary_asked(cohort=world.open_cohort)
    money.FundFactory(programme=world.programme)
    # Somebody has left, and what is owed is to be decided.
    case = money.left_owing(agreement=money.AgreementFactory(cohort=world.running))
    liability.tell(case=case, text="She is ill.", by=case.agreement.person)
    # One that is still to be invoiced.
    other = ParticipantFactory(cohort=world.running)
    due = money.agreed(money.AgreementFactory(cohort=world.running, person=other.participant, employer=other.employer))
    due.enrolment = other
    due.save(update_fields=["enrolment"])
