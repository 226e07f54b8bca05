"""The NHS's Stepping Up in a browser, as it is shipped: somebody in band 6 of a hospice that provides NHS care has a place at once,
signs the commitment, stays at the residentials and has a certificate."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import Application
from applications.roles import RoleName
from cohorts.actions.programmes import start
from cohorts.models import Agreement, Cohort, Enrolment, Programme, Session
from cohorts.programme_files.loading import shipped
from cohorts.states import COHORT
from steppingup.accounts.models import User
from steppingup.formats.english import weekday_date
from tests.factories.accounts import OrganisationFactory, ProviderFactory, staff
from tests.journeys import finishing, running
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.journeys.test_the_year import at
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
AMARA, SPONSOR = "amara@hospice.example", "head.of.people@hospice.example"


@pytest.fixture
def cohort() -> Cohort:
    """For bands 5 and 6, open; the programme was begun from the file, and its dates are moved to this year by that."""
    provider = ProviderFactory(name="NHS Leadership Academy", slug="nhs-academy")
    text = shipped()["nhs-stepping-up"].read_text(encoding="utf-8")
    given = {"name": "Stepping Up", "starts_on": timezone.localdate() + timedelta(days=150)}
    made = start(provider=provider, text=text, by=staff(provider=provider), is_shipped=True, **given)
    Programme.objects.filter(pk=made.pk).update(is_published=True)
    for one in made.cohorts.all():
        COHORT.move(one, "publish")
    made.partners.create(organisation=OrganisationFactory(name="St Werburgh Hospice", slug="hospice", kind="charity"))
    return made.cohorts.get(name__startswith="Bands 5")


def checks(visitor: Person, cohort: Cohort) -> None:
    """Two cohorts ask different things, so which one is asked first."""
    visitor.go(f"/programmes/{cohort.programme.path}/")
    visitor.leave_by(visitor.page.get_by_role("button", name="Check whether it is for you").first)
    visitor.look()
    visitor.page.get_by_label(cohort.name).check()
    visitor.leave_by(visitor.page.locator("main form .govuk-button").first)
    for answer in (
        "Yes",
        "No",
        "Yes",
    ):  # of one of the groups; not in the NHS; in an organisation that provides NHS care
        visitor.page.get_by_label(answer, exact=True).check()
        visitor.press("Continue")
    visitor.reads("Which band are you in?")
    visitor.page.get_by_label("Band 6").check()
    visitor.look("nhs-band")
    visitor.press("Continue")
    visitor.reads("Yes, you can apply")
    visitor.look()


def applies(applicant: Person, cohort: Cohort) -> Application:
    page = applicant.page
    applicant.press("Start your application")
    applicant.leave_by(page.locator("main .govuk-button").first)
    applicant.sign_in(page.url)
    applicant.page.get_by_label("Full name").fill("Amara Okafor")
    applicant.press("Continue")
    applicant.reads("Before you start", "First come, first served")
    applicant.press("Start your application")
    application = Application.objects.get(applicant__email=AMARA)
    assert application.cohort_id == cohort.pk

    def part(key: str) -> None:
        applicant.go(f"/applications/{application.pk}/answers/{key}/")

    def save() -> None:
        applicant.leave_by(page.locator("button[name=save]"))

    part("details")
    page.locator("[name=full_name]").fill("Amara Okafor")
    save()
    part("work")
    page.locator("[name=job_title]").fill("Ward sister")
    page.locator("[name=employer]").select_option(label="St Werburgh Hospice")
    page.locator("[name=manager_name]").fill("Mo Patel")
    page.locator("[name=manager_email]").fill("mo.patel@hospice.example")
    save()
    part("questions-why")
    page.locator("[name=hope]").fill("Speak for my ward where the money is decided.")
    save()
    part("access")
    page.get_by_label("Yes", exact=True).check()
    page.locator("[name=text]").fill("I lip-read. Please speak facing me.")
    save()
    part("equality")
    save()
    return application


def is_agreed_to(applicant: Person, sponsor: Person, application: Application) -> None:
    """Nothing is to be paid, and the employer agrees to what it owes if she leaves (N13)."""
    page = sponsor.page
    applicant.go(f"/applications/{application.pk}/fee/")
    applicant.page.locator("[name=sponsor_name]").fill("Hana Osei")
    applicant.page.locator("[name=sponsor_email]").fill(SPONSOR)
    applicant.look("nhs-terms")
    applicant.press("Send the request")
    sponsor.go(link_in(letters_to(SPONSOR)[-1], "/support/"))
    sponsor.reads("£970")
    sponsor.look("nhs-sponsor")
    sponsor.leave_by(page.locator("main .govuk-button").first)
    page.locator("[name=name]").fill("Hana Osei")
    for name, said in (
        ("job_title", "Head of people"),
        ("purchase_order", "PO-1"),
        ("billing_address", "1 High Street"),
    ):
        if page.locator(f"[name={name}]").count():
            page.locator(f"[name={name}]").fill(said)
    page.locator("main input[type=checkbox]").check()
    sponsor.leave_by(page.locator("main form .govuk-button").first)
    sponsor.leave_by(page.locator("[name=confirmed]"))
    sponsor.look()


def takes_the_place(applicant: Person, application: Application) -> Enrolment:
    """Submitted, and at once a place is hers to take; it is taken with the commitment signed (N12, N18)."""
    page = applicant.page
    applicant.go(f"/applications/{application.pk}/check/")
    applicant.look("nhs-answers")
    applicant.press("Continue")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    applicant.press("Submit your application")
    applicant.reads("A place is yours to take")
    applicant.look("nhs-place")
    applicant.go(f"/applications/{application.pk}/offer/")
    applicant.page.get_by_label("Your full legal name").fill("Amara Okafor")
    page.locator("main input[type=checkbox]").check()
    applicant.look("nhs-commitment")
    applicant.leave_by(page.locator("main form .govuk-button").first)
    found = Enrolment.objects.get(participant__email=AMARA)
    assert Agreement.objects.filter(enrolment=found, signatures__role="participant").exists()
    return found


def plans_the_visits(coordinator: Person, cohort: Cohort) -> list[Session]:
    coordinator.sign_in(f"/admin/cohorts/cohort/{cohort.pk}/step/draft_from_plan/")
    coordinator.go(f"/admin/cohorts/cohort/{cohort.pk}/step/draft_from_plan/")
    coordinator.press("Continue")
    coordinator.reads("First residential visit", "Second residential visit")
    coordinator.press("Make sessions from the plan")
    return list(Session.objects.filter(cohort=cohort).order_by("starts_at"))


def says_what_she_needs(participant: Person, enrolment: Enrolment, session: Session) -> None:
    """Said once, and confirmed for each visit: it stands there from the visit before (N7)."""
    page, address = participant.page, f"/my-programme/{enrolment.pk}/needs/{session.pk}/"
    participant.go(f"/my-programme/{enrolment.pk}/")
    participant.reads("What we ask of you now")
    participant.leave_by(page.locator(f"a[href='{address}']"))
    participant.reads(weekday_date(timezone.localdate(session.starts_at)))
    participant.look("nhs-needs")
    if not page.locator("[name=diet]").input_value():
        page.locator("[name=diet]").fill("Vegetarian")
        assert "lip-read" in page.locator("[name=access]").input_value(), "as it stands in the application"
    assert page.locator("[name=diet]").input_value() == "Vegetarian"
    page.locator("[name=stays]").first.check()
    participant.leave_by(page.locator("main form .govuk-button").first)
    participant.reads("Your calendar", f"What you need for “{session}” is confirmed")
    participant.look("nhs-calendar")


@pytest.mark.requirement("N2", "N3", "N7", "N11", "N12", "N13", "N17", "N18")
def test_from_band_6_of_a_hospice_to_the_certificate(cohort, new_page, axe, screenshot):
    def person(email: str = "", **where) -> Person:
        return Person(new_page(**where), email, axe, screenshot)

    amara = person(AMARA, viewport=TELEPHONE)
    checks(amara, cohort)
    application = applies(amara, cohort)
    is_agreed_to(amara, person(), application)
    enrolment = takes_the_place(amara, application)
    by = User.objects.get(role_assignments__role=RoleName.COORDINATOR)
    give_authenticator(by)
    coordinator = person(by.email)
    visits = plans_the_visits(coordinator, cohort)
    nights = [visit for visit in visits if visit.nights]
    for visit in nights:
        says_what_she_needs(amara, enrolment, visit)
    coordinator.go(reverse("admin:cohorts_session_needs", args=[nights[0].pk]))
    coordinator.reads("Amara Okafor", "Vegetarian", "lip-read")
    coordinator.look("nhs-venue")
    with at(visits[0].starts_at - timedelta(minutes=30)):
        coordinator.sign_in(f"/admin/cohorts/cohort/{cohort.pk}/change/")
        coordinator.go(f"/admin/cohorts/cohort/{cohort.pk}/change/")
        coordinator.press("Start the cohort")
        coordinator.press("Start the cohort")
    for visit in visits:
        with at(visit.ends_at):
            running.takes_the_register(person(by.email), visit)
    with at(visits[-1].ends_at + timedelta(days=3)):
        finishing.completes(person(by.email), enrolment)
        certificate = finishing.downloads(person(AMARA, viewport=TELEPHONE), enrolment)
        finishing.verifies(person(), certificate)
