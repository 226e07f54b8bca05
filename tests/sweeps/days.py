"""Days of the world that ask for more than a register: a night away, days that our cohort and another provider's share, and those on
which people say where they see themselves."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.utils import timezone

from cohorts.actions import assessing, joint, making_up, staying
from cohorts.actions.assessing import Said
from cohorts.models import Assessment, Attendance, Enrolment, MakeUp, RegisterMark, Session, SharedAssessment
from cohorts.states import Mark
from tests.factories.cohorts import (
    ParticipantFactory,
    PlanFactory,
    ProgrammeFactory,
    RunningCohortFactory,
    SessionFactory,
    day,
)
from tests.sweeps.gatherings import hold_events
from tests.sweeps.peers import meet_in_groups
from tests.sweeps.placing import offer_opportunities, supervise


def residential(world: Any) -> Session:
    """In a month, with a night: everybody was asked what they need, and one has said."""
    starts_at = timezone.now() + timedelta(days=30)
    session: Session = SessionFactory(
        cohort=world.things.running, title="Residential visit", nights=1, starts_at=starts_at
    )
    staying.ask_needs(session=session, needs_by=day(20), by=world.coordinator)
    enrolment = world.things.other_enrolment
    staying.confirm_needs(enrolment=enrolment, session=session, stays=True, diet="Vegetarian", by=enrolment.participant)
    return session


def see_oneself(world: Any) -> None:
    """Where a participant begins, against an aim and a barrier; what the host says of their days; and their peer group."""
    world.things.assessment = _see(world.things.enrolment)
    supervise(world)
    meet_in_groups(world)


def _see(enrolment: Any) -> Assessment:
    said = {"aim-belong": Said(2, "At first I said little."), "barrier-models": Said(4)}
    return assessing.assess(enrolment=enrolment, moment="before", answers=said, done=True, by=enrolment.participant)


def let_the_manager_see(enrolment: Any) -> None:
    """A participant who was asked before shares what they said with their line manager."""
    said = Assessment.objects.create(enrolment=enrolment, moment="before", given_at=timezone.now())
    said.answers.create(aim=enrolment.cohort.plan.aims.get(), value=2)
    SharedAssessment.objects.create(enrolment=enrolment, manager=enrolment.line_manager)


def make_up_for(enrolment: Any, session: Session, by: Any) -> MakeUp:
    """Somebody missed a session, and it was agreed what they do in its place."""
    given = {"kind": "work", "what": "A page on the reading", "due_on": day(9)}
    return making_up.agree_make_up(enrolment=enrolment, session=session, component=session.component, by=by, **given)


def share_days(world: Any) -> None:
    """We host a day to which the other provider's cohort comes, and are asked to one of theirs."""
    things = world.things
    programme = ProgrammeFactory(provider=things.far_provider, name="Moving Up")
    things.far_cohort = RunningCohortFactory(programme=programme, plan=PlanFactory(programme=programme))
    things.far_enrolment = ParticipantFactory(cohort=things.far_cohort, participant__full_name="Fay Faraway")
    ahead = timezone.now()
    things.joint = SessionFactory(cohort=things.running, title="Our joint day", starts_at=ahead + timedelta(days=40))
    asked = joint.invite_cohort(session=things.joint, cohort=things.far_cohort, by=world.coordinator)
    part = things.far_cohort.plan.components.first()
    things.joint_accepted = joint.accept(invitation=asked, component=part, units=Decimal(1), by=world.far_coordinator)
    things.far_session = things.joint_accepted.session
    things.far_hosted = SessionFactory(
        cohort=things.far_cohort, title="Their joint day", starts_at=ahead + timedelta(days=50)
    )
    things.invitation = joint.invite_cohort(session=things.far_hosted, cohort=things.running, by=world.far_coordinator)
    offer_opportunities(world)
    hold_events(world)


def disagree(session: Session, enrolment: Enrolment) -> None:
    """Two devices say different things of somebody in a register."""
    for device, said in (("door", "absent"), ("desk", "present")):
        RegisterMark.objects.create(session=session, enrolment=enrolment, key=uuid4(), mark=said, device=device)
    Attendance.objects.get_or_create(session=session, enrolment=enrolment, defaults={"mark": Mark.ABSENT})
