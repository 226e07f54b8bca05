"""Qualifications, courses, registrations, modules and speakers, named after moments."""

from decimal import Decimal

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from factory.django import DjangoModelFactory

from cohorts.actions.placements import part_of
from cohorts.models import Enrolment, Partner, Placement
from modules.actions import assignments, courses, registrations
from modules.models import Assignment, Course, CourseChoice, Module, Qualification, Registration, Speaker
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import User
from steppingup.files.actions.files import store
from steppingup.files.models import StoredFile
from steppingup.files.rules import FileRule
from tests.factories.accounts import OrganisationFactory, ProviderFactory, UserFactory
from tests.factories.cohorts import ParticipantFactory, ProgrammeFactory, RunningCohortFactory
from tests.files.uploads import pdf


class QualificationFactory(DjangoModelFactory):
    """13 credits from 3 to 5 courses, 9 to 10 pages, within 6 months."""

    class Meta:
        model = Qualification

    programme = factory.SubFactory(ProgrammeFactory)
    key = factory.Sequence(lambda n: f"certificate-{n}")
    name = factory.Sequence(lambda n: f"Certificate in Leadership {n}")
    awarding_body = "ILM"
    level = 5
    credits = 13
    least_courses = 3
    most_courses = 5
    months = 6
    least_pages = 9
    most_pages = 10
    least_weekly_hours = Decimal(4)
    most_weekly_hours = Decimal(6)
    by_levy = True
    about = "Choose courses and write an assignment."


class CourseFactory(DjangoModelFactory):
    class Meta:
        model = Course

    provider = factory.SubFactory(ProviderFactory)
    code = factory.Sequence(lambda n: f"C-{n}")
    title = factory.Sequence(lambda n: f"Course {n}")
    level = 5
    credits = 5


class ModuleFactory(DjangoModelFactory):
    class Meta:
        model = Module

    cohort = factory.SubFactory(RunningCohortFactory)
    number = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Leading change {n}")


class SpeakerFactory(DjangoModelFactory):
    """Somebody whose employer is a partner of nobody yet."""

    class Meta:
        model = Speaker

    provider = factory.SubFactory(ProviderFactory)
    name = factory.Sequence(lambda n: f"Speaker {n}")
    post = "Chief Nurse"
    organisation = factory.SubFactory(OrganisationFactory)


def partner_speaker(programme, **fields) -> Speaker:
    """A speaker from a partner organisation of this programme."""
    speaker = SpeakerFactory(provider=programme.provider, **fields)
    Partner.objects.create(programme=programme, organisation=speaker.organisation)
    return speaker


def registered(enrolment: Enrolment | None = None, qualification: Qualification | None = None, on=None, **rules):
    """Somebody has registered, of their own choice. `rules` are those of the qualification. Returns the registration."""
    enrolment = enrolment or ParticipantFactory()
    qualification = qualification or QualificationFactory(programme=enrolment.cohort.programme, **rules)
    return registrations.register_for(enrolment=enrolment, qualification=qualification, by=enrolment.participant, on=on)


def catalogue(registration: Registration, *credits: int) -> list[Course]:
    """Courses of the right provider with these credits."""
    provider = registration.enrolment.cohort.programme.provider
    return [CourseFactory(provider=provider, credits=value) for value in credits]


def chosen(registration: Registration, *credits: int) -> list[CourseChoice]:
    """These courses are chosen."""
    by = registration.enrolment.participant
    return [
        courses.choose_course(registration=registration, course=course, by=by, anyway=True)
        for course in catalogue(registration, *credits)
    ]


def passed(registration: Registration, *credits: int) -> list[CourseChoice]:
    """These courses are chosen and passed."""
    return [
        courses.record_pass(choice=choice, by=SYSTEM, on=registration.registered_on)
        for choice in chosen(registration, *credits)
    ]


def essay(pages: int = 9, by: User | None = None, name: str = "My assignment.pdf") -> StoredFile:
    """A real PDF of so many pages, uploaded."""
    upload = SimpleUploadedFile(name, pdf(pages), "application/pdf")
    return store(upload=upload, rule=FileRule(kinds=frozenset({"pdf"})), by=by)


def handed_in(registration: Registration, pages: int = 9) -> Assignment:
    by = registration.enrolment.participant
    return assignments.submit_assignment(registration=registration, file=essay(pages, by), by=by)


def achieved(registration: Registration | None = None, by: User | None = None) -> Registration:
    """Three courses of 5, 4 and 4 credits and the assignment are passed."""
    registration = registration or registered()
    passed(registration, 5, 4, 4)
    marker = by or UserFactory(is_superuser=True, is_staff=True)
    assignments.pass_assignment(assignment=handed_in(registration), feedback="Good.", by=marker)
    registration.refresh_from_db()
    return registration


def placed(enrolment: Enrolment) -> Placement:
    """A stretch assignment at another organisation."""
    return Placement.objects.create(
        enrolment=enrolment,
        component=part_of(enrolment),
        host=OrganisationFactory(),
        kind=Placement.Kind.PROJECT,
        title="A new induction",
    )
