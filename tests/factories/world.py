"""One of everything, so that every page of the admin has something to show."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from applications.actions import interest, reviews
from applications.models import Window
from cohorts.actions import attendance
from cohorts.models import Certificate, CompletionRule, Enrolment, Partner, Programme
from cohorts.states import Mark
from funding.actions import agreements, payments
from funding.models import FeeTerms
from mentoring.models import MatchingWeights
from modules.actions import registrations, speakers
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import User
from tests.factories import funding, modules, review
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import (
    ParticipantFactory,
    PlanFactory,
    PublishedCohortFactory,
    RunningCohortFactory,
    SessionFactory,
    complete,
)
from tests.factories.mentoring import ThemeFactory, confirmed_pair, mentor_for, wish_of


def selection(by: User) -> Window:
    """Applications at several moments, an assessor's reviews, somebody who waits for the next window."""
    window = review.window()
    reviews.assign(application=review.arrived(window), assessor=review.assessor(window), by=by)
    review.reviewed(review.arrived(window, name="Bola Ade"), 3, 4, by=by)
    review.shortlisted(window, by, name="Cyra Khan")
    review.invited(window, by, name="Dev Patel")
    review.offered(window, by, name="Efe Obi")
    interest.register_interest(programme=window.cohort.programme, email="later@example.org")
    return window


def under_way(programme: Programme, by: User) -> Enrolment:
    """A participant with days, an assignment, a mentor and a qualification; another who has a certificate."""
    plan = PlanFactory(programme=programme)
    person, other = ParticipantFactory.create_batch(2, cohort=RunningCohortFactory(programme=programme, plan=plan))
    cohort = person.cohort
    cohort.peer_groups.create(name="Harbour")
    CompletionRule.objects.create(cohort=cohort, minimum=1)
    session = SessionFactory(cohort=cohort, starts_at=timezone.localtime() - timedelta(days=2))
    attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=SYSTEM)
    SessionFactory(cohort=cohort, starts_at=timezone.localtime() - timedelta(days=1))
    modules.placed(person)
    complete(other)
    day = timezone.localdate()
    Certificate.objects.create(
        enrolment=other, serial=f"TRY7-{other.pk}", name="Ada Osei", programme_name="Stepping Up", completed_on=day
    )
    wish_of(person, ThemeFactory(programme=programme))
    confirmed_pair(person)
    mentor_for(person)
    MatchingWeights.objects.create(programme=programme)
    registration = modules.registered(person)
    modules.passed(registration, 5)
    modules.handed_in(registration)
    registrations.extend(registration=registration, due_on=day + timedelta(days=400), reason="Illness.", by=by)
    speakers.book(session=session, speaker=modules.partner_speaker(programme), subject="Change", by=by)
    modules.ModuleFactory(cohort=cohort)
    return person


def money(programme: Programme, by: User) -> None:
    """An invoice that was paid in part, a bursary to decide, a fund that pays, somebody who was asked."""
    cohort = PublishedCohortFactory(programme=programme, plan=PlanFactory(programme=programme))
    invoice = funding.issued(cohort=cohort)
    payments.record(invoice=invoice, amount=Decimal(100), on=timezone.localdate(), by=by)
    funding.bursary_asked(cohort=cohort)
    fund = funding.FundFactory(programme=programme)
    agreements.settle_internally(agreement=funding.AgreementFactory(cohort=cohort), source=fund, by=by)
    funding.asked(cohort=cohort)
    FeeTerms.objects.create(programme=programme, text="The fee is payable.")


def everything(by: User) -> Programme:
    """A year of one programme, made by this superuser."""
    programme = selection(by).cohort.programme
    under_way(programme, by)
    money(programme, by)
    Partner.objects.create(programme=programme, organisation=OrganisationFactory(), pledged_on=timezone.localdate())
    staff(provider=programme.provider)
    return programme
