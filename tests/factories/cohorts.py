"""Programmes, cohorts and participants, named after moments of the programme."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cohorts.actions import days as ledger
from cohorts.models import Agreement, Cohort, Component, Enrolment, Plan, Programme, Session
from cohorts.states import COHORT, ENROLMENT, ComponentKind, Recording, Standing
from steppingup.accounts.actors import SYSTEM
from tests.factories.accounts import OrganisationFactory, ProviderFactory, UserFactory
from tests.factories.agreements import sign_before_place


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    provider = factory.SubFactory(ProviderFactory)
    name = factory.Sequence(lambda n: f"Programme {n}")
    slug = factory.Sequence(lambda n: f"programme-{n}")
    reference_prefix = "TRY7"
    summary = "Days of development for people who are ready for more."
    about = "What it is."
    is_published = True


class PlanFactory(DjangoModelFactory):
    """A plan of eight days: two modules of a day, two peer half-days, three days of assignment, two of mentoring."""

    class Meta:
        model = Plan
        skip_postgeneration_save = True

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"Plan {n}")

    @factory.post_generation
    def components(plan, create, extracted, **kwargs):
        rows = (
            ("modules", ComponentKind.MODULE, "Modules", 2, 2, 1, {}),
            ("peer", ComponentKind.PEER, "Peer learning", 1, 2, Decimal("0.5"), {"in_groups": True}),
            ("stretch", ComponentKind.STRETCH, "Stretch assignment", 3, None, None, {"recording": Recording.HOST}),
            ("mentoring", ComponentKind.MENTORING, "Mentoring", 2, None, None, {"recording": Recording.PAIR}),
        )
        for order, (key, kind, title, days, meetings, each, more) in enumerate(rows):
            Component.objects.create(
                plan=plan,
                key=key,
                kind=kind,
                title=title,
                most=days,
                meetings=meetings,
                days_each=each,
                order=order,
                **more,
            )


class CohortFactory(DjangoModelFactory):
    """A cohort in preparation, that starts in a month."""

    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory)
    plan = factory.SubFactory(PlanFactory, programme=factory.SelfAttribute("..programme"))
    name = factory.Sequence(lambda n: f"Cohort {n}")
    slug = factory.Sequence(lambda n: f"cohort-{n}")
    capacity = 20
    fee = Decimal("1000.00")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    ends_on = factory.LazyAttribute(lambda o: o.starts_on + timedelta(days=240))


class PublishedCohortFactory(CohortFactory):
    class Meta:
        skip_postgeneration_save = True

    @factory.post_generation
    def published(cohort, create, extracted, **kwargs):
        COHORT.move(cohort, "publish")


class RunningCohortFactory(CohortFactory):
    class Meta:
        skip_postgeneration_save = True

    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=90))

    @factory.post_generation
    def running(cohort, create, extracted, **kwargs):
        COHORT.move(cohort, "publish")
        COHORT.move(cohort, "start")


class ParticipantFactory(DjangoModelFactory):
    """Somebody who holds a place on a cohort that is under way, with an employer and a line manager."""

    class Meta:
        model = Enrolment

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        """What the rules ask for before a place is taken is signed."""
        has_employer = Standing(kwargs.get("standing", Standing.EMPLOYED)).has_employer
        sign_before_place(kwargs["participant"], kwargs["cohort"], has_employer=has_employer)
        made = super()._create(model_class, *args, **kwargs)
        Agreement.objects.of_place(made.participant, made.cohort).update(enrolment=made)
        return made

    participant = factory.SubFactory(UserFactory)
    cohort = factory.SubFactory(RunningCohortFactory)
    employer = factory.SubFactory(OrganisationFactory)
    line_manager = factory.SubFactory(UserFactory)
    #: Ten days before the cohort begins, or now.
    enrolled_at = factory.LazyAttribute(
        lambda o: min(timezone.now(), timezone.now() + (o.cohort.starts_on - timezone.localdate() - timedelta(days=10)))
    )


def complete(enrolment: Enrolment, by=None) -> Enrolment:
    """Bring a participant to completion without looking at the rules."""
    return ENROLMENT.move(enrolment, "complete", completed_at=timezone.now(), completed_by=by)


class SessionFactory(DjangoModelFactory):
    """A session of the cohort's first component, of one day, in a week."""

    class Meta:
        model = Session

    cohort = factory.SubFactory(RunningCohortFactory)
    component = factory.LazyAttribute(lambda o: o.cohort.plan.components.first())
    title = factory.Sequence(lambda n: f"Session {n}")
    starts_at = factory.LazyFunction(lambda: timezone.localtime() + timedelta(days=7))
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(hours=7))
    days = Decimal(1)


def do_days(enrolment: Enrolment, key: str, amount: Any) -> None:
    """So many days of a part of the plan, on today and the days before it, as far as they are free."""
    rest, ago = Decimal(str(amount)), 0
    while rest > 0:
        on = day(-ago)
        if part := min(rest, ledger.left_of(enrolment, on)):
            # Only a source for the ledger: nobody else is due at it.
            source = SessionFactory(cohort=enrolment.cohort, cancelled_at=timezone.now())
            component = enrolment.cohort.plan.components.get(key=key)
            ledger.post(enrolment=enrolment, component=component, days=part, on=on, source=source, by=SYSTEM)
        rest, ago = rest - part, ago + 1


def day(offset: int) -> date:
    """The date so many days from today."""
    return timezone.localdate() + timedelta(days=offset)
