"""The main job, end to end, in a real browser: from “recruitment opens” to a certificate that anybody can verify."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from applications.actions import reviews
from applications.models import Window
from applications.roles import RoleName
from applications.states import ApplicationStatus
from cohorts.models import Cohort, Programme
from cohorts.states import COHORT
from steppingup.accounts.models import Organisation, User
from tests.factories import review
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, UserFactory
from tests.journeys import applying, finishing, running, selecting
from tests.journeys.people import Person, give_authenticator
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

APPLICANT = "amara.okafor@avon.example"


@pytest.fixture
def programme() -> Programme:
    """Bristol's programme with a cohort that is open for applications."""
    call_command("load_programmes", "bristol", verbosity=0)
    found = Programme.objects.get(slug="stepping-up")
    old = Window.objects.get(cohort__programme=found)
    now = timezone.now()
    cohort = Cohort.objects.create(
        programme=found,
        plan=found.plans.get(),
        name="next year",
        slug="next",
        capacity=24,
        fee=2500,
        starts_on=timezone.localdate() + timedelta(days=90),
        ends_on=timezone.localdate() + timedelta(days=360),
        venue="City Hall",
    )
    COHORT.move(cohort, "publish")
    window = Window.objects.create(cohort=cohort, opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=30))
    for rule in old.employer_rules.all():
        window.employer_rules.create(employer=rule.employer, approval_needed=False, funded_by=rule.funded_by)
    for rule in old.cohort.completion_rules.all():
        cohort.completion_rules.create(component=rule.component, minimum=rule.minimum)
    avon = OrganisationFactory(name="Avon Hospital Trust", slug="avon", kind="nhs")
    found.partners.create(organisation=avon, pledged_on=timezone.localdate())
    return found


@pytest.fixture
def people(new_page, axe, screenshot) -> Callable[..., Person]:
    return lambda email="", **where: Person(new_page(**where), email, axe, screenshot)


def employ(role: RoleName, email: str, provider: Organisation, organisation: Organisation | None = None) -> User:
    """A member of staff, who has an authenticator app already."""
    name = email.split("@")[0].replace(".", " ").title()
    user = UserFactory(email=email, full_name=name, is_staff=True, organisation=organisation)
    RoleAssignmentFactory(user=user, role=role, provider=provider)
    return user


OTHERS = {
    "Yusuf Rahman": (5, 5),
    "Grace Mensah": (5, 4),
    "Priya Nair": (4, 5),
    "Tom Whitfield": (4, 4),
    "Leila Haddad": (4, 3),
    "Joanne Pike": (5, 1),
    "Marcus Reid": (3, 3),
    "Sunita Rao": (3, 2),
    "Ewan Black": (2, 2),
    "Chloe Adair": (),
}


def others_apply(window: Window, assessors: list[User], coordinator: User) -> None:
    """Ten more applications from elsewhere, most of them scored by the same two assessors."""
    for number, (name, values) in enumerate(OTHERS.items()):
        employer = OrganisationFactory(name=f"Partner {'ABCDEFGHIJ'[number]}", slug=f"partner-{number}")
        application = review.arrived(window, employer=employer, name=name)
        for assessor, value in zip(assessors, values, strict=False):
            given = reviews.assign(application=application, assessor=assessor, by=coordinator)
            review.scored(given, value)


def at(moment: datetime | date) -> time_machine.travel:
    """`with at(moment):` is that moment, and time goes on."""
    return time_machine.travel(moment, tick=True)


def later(**offset: int) -> time_machine.travel:
    """`with later(days=31):` is that long after now."""
    return time_machine.travel(timezone.now() + timedelta(**offset), tick=True)


def test_the_year(people, programme) -> None:
    applicant = people(APPLICANT)
    applying.finds_out(applicant)
    applying.leaves_an_address(applicant)
    applying.checks_whether_it_is_for_them(applicant)
    application = applying.begins(applicant)
    applying.fills_in(applicant, application)
    applying.asks_the_sponsor(applicant, application)
    applying.agrees_the_fee(people())
    applying.submits(applicant, application)

    provider = programme.provider
    elsewhere = OrganisationFactory(name="Severn Housing", slug="severn", kind="charity")
    coordinator = people(employ(RoleName.COORDINATOR, "carys.evans@bristol.example", provider).email)
    assessors = [
        employ(RoleName.ASSESSOR, f"{name}@severn.example", provider, elsewhere) for name in ("ada.lin", "ben.cole")
    ]
    with later(days=31):
        selecting.opens_the_admin(coordinator)
        others_apply(application.cohort.window, assessors, User.objects.get(email=coordinator.email))
        selecting.assigns(coordinator, application, assessors)
        for assessor in assessors:
            give_authenticator(assessor)
            selecting.scores_blind(people(assessor.email), application)
        selecting.shortlists(coordinator, application)
        selecting.invites(coordinator, application)
    with later(days=45):
        selecting.interviews_and_offers(coordinator, application)
        selecting.accepts(applicant, application)
    application.refresh_from_db()
    assert application.status == ApplicationStatus.ACCEPTED
    enrolment = application.enrolment
    assert enrolment.line_manager.email == applying.MANAGER

    with later(days=50):
        running.plans_and_starts(coordinator, enrolment)
    mentor = running.mentor_from(elsewhere, enrolment)
    first = enrolment.cohort.sessions.order_by("starts_at").first()
    with at(first.starts_at + timedelta(hours=1)):
        running.takes_the_register(coordinator, first)
        running.says_what_they_seek(applicant, enrolment)
        running.matches(coordinator, enrolment)
    # Each on a day of its own: a person has one day a day.
    with at(first.starts_at + timedelta(days=2)):
        running.meets(people(mentor.email))
        host = OrganisationFactory(name="Quay Theatre", slug="quay", kind="charity")  # nor is the mentor of it
    with at(first.starts_at + timedelta(days=3)):
        running.goes_elsewhere(coordinator, applicant, enrolment, host)
        running.takes_a_qualification(applicant, coordinator, enrolment)
        applicant.go(f"/my-programme/{enrolment.pk}/")
        applicant.look("participant", full=False)
        running.reads_each_page(applicant, "participant")
        running.follows(people(applying.MANAGER), enrolment, "manager")
        running.follows(people(applying.MANAGER, viewport=TELEPHONE), enrolment, "manager-375")
        telephone = people(APPLICANT, viewport=TELEPHONE)
        telephone.sign_in()
        for address in ("/", f"/applications/{application.pk}/", f"/my-programme/{enrolment.pk}/"):
            telephone.go(address)
            telephone.look(f"applicant-375{address.replace('/', '-')}")
        running.reads_each_page(telephone, "participant-375")

        finance = employ(RoleName.FINANCE, "femi.adeyemi@bristol.example", provider)
        give_authenticator(finance)
        finishing.invoices(people(finance.email), people(), enrolment)

    with at(enrolment.cohort.ends_on + timedelta(days=1)):
        running.lives_through_the_rest(enrolment)
        finishing.completes(coordinator, enrolment)
        certificate = finishing.downloads(applicant, enrolment)
        finishing.verifies(people(), certificate)
