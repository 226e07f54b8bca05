"""A programme whose rules nobody foresaw, set up on the pages alone, and one person’s way to its certificate.

What no shipped file has: only people whom an organisation nominates may apply, and only volunteers, who have no line manager here; the
provider bears a fee of £300; before a place is taken the volunteer signs, and so does the provider; days are circles of two hours
(two or three) and hours of reading that people log themselves (four to six); questions are a choice, a date that is asked after
one of its answers only, and a number that nobody who judges would see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.models import Answer, Application
from applications.roles import RoleName
from cohorts.models import Certificate, Cohort, Enrolment, Session, Signature
from funding.models import FeeAgreement
from tests.factories.accounts import OrganisationFactory, ProviderFactory, staff
from tests.journeys import finishing, running
from tests.journeys.desk_forms import adds, fills, opens, removes
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.journeys.test_the_year import at
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
ROSA, NORA = "rosa@larder.example", "nora@larder.example"
PAGE, LED = "About your circle", "Have you led a circle before?"


def writes_about_it(coordinator: Person) -> None:
    """From “Getting started” to an empty programme, and its texts."""
    coordinator.sign_in("/admin/cohorts/programme/guide/")
    opens(coordinator, "One like no other")
    fills(
        coordinator,
        name="Circles",
        summary="For volunteers whom their organisation would follow anywhere.",
        about="Three evenings together, and something to read.",
        contact_email="circles@quay.example",
    )
    coordinator.look("unlike-programme")
    coordinator.press("Save")
    coordinator.reads("Getting started", "Circles")


def lays_down_the_rules(coordinator: Person) -> None:
    """Who may come, how they are chosen, what is signed; then what they are asked, question by question."""
    opens(coordinator, "Admission rules")
    fills(
        coordinator,
        name="Nominated volunteers",
        selection="By nomination of the employer",
        who_can_apply="Volunteers. Your organisation nominates you.",
        how_it_is_funded="We pay.",
    )
    adds(coordinator, "target_groups", name="women", statement="I am a woman")
    adds(
        coordinator,
        "standing_rules",
        standing="Volunteer",
        line_manager="Not asked",
        support="Not asked",
        fee_by="The person",
    )
    adds(
        coordinator,
        "agreement_templates",
        title="Promise",
        text="{{ participant }} comes to {{ programme }}, and {{ provider }} keeps a chair free.",
        participant_signs=True,
        provider_signs=True,
        needed="Before the place is taken",
    )
    coordinator.look("unlike-rules-new")
    coordinator.press("Save and continue editing")
    removes(
        coordinator,
        "Whether the programme is for you",
        "How your employer knows that you are applying",
        "A statement for each criterion",
        "Your CV",
        "Equality monitoring",
    )
    adds(coordinator, "form_parts", kind="A page of questions", title="About your circle", order=3)
    coordinator.look("unlike-rules-parts")
    coordinator.press("Save and continue editing")


def asks_its_questions(coordinator: Person) -> None:
    """A choice, a number that assessors do not see, and a date that follows one of the answers."""
    adds(
        coordinator, "questions", page=PAGE, kind="One of several answers", text=LED, choices="Yes, I have\nNot yet", order=0
    )  # fmt: skip
    adds(
        coordinator,
        "questions",
        page=PAGE,
        kind="A number",
        text="How many people are in it?",
        assessors_see=False,
        order=2,
    )
    coordinator.press("Save and continue editing")
    adds(
        coordinator, "questions", page=PAGE, kind="A date", text="Since when?", shown_if=LED, shown_if_answer="Yes, I have", order=1
    )  # fmt: skip
    fills(coordinator, reason_row(coordinator, "There were no places left"), words="Every chair in our circle is taken")
    coordinator.look("unlike-rules-questions")
    coordinator.press("Save")
    coordinator.reads("Getting started")


def reason_row(coordinator: Person, words: str) -> str:
    box = coordinator.page.locator("#reasons-group textarea").filter(has_text=words)
    return (box.get_attribute("name") or "").removesuffix("words")


def plans_the_days(coordinator: Person) -> None:
    """Circles of two hours, and reading that people log themselves."""
    opens(coordinator, "A plan of days")
    fills(coordinator, name="Circles and reading")
    adds(
        coordinator,
        "components",
        title="Circles",
        kind="Other",
        recording="Register of its sessions",
        unit="Sessions",
        least=2,
        most=3,
        minutes_each=120,
        order=0,
    )
    adds(
        coordinator,
        "components",
        title="Reading",
        kind="Self-study",
        recording="Own log, in hours",
        unit="Hours",
        least=4,
        most=6,
        order=1,
    )
    coordinator.look("unlike-plan")
    coordinator.press("Save")
    coordinator.reads("Getting started")


def makes_the_cohort(coordinator: Person) -> Cohort:
    """The cohort, and line by line what it lacks before anybody can apply."""
    opens(coordinator, "A cohort")
    today = timezone.localdate()

    def day(number: int) -> str:
        return f"{today + timedelta(days=number):%d/%m/%Y}"

    fills(
        coordinator,
        plan="Circles: Circles and reading",
        rule_set="Circles: Nominated volunteers",
        name="First",
        capacity=6,
    )
    fills(coordinator, fee="300", starts_on=day(60), ends_on=day(180), venue="The Larder")
    coordinator.look("unlike-cohort")
    coordinator.press("Save")
    opens(coordinator, "First")
    coordinator.look("unlike-ready")
    opens(coordinator, "Application dates")
    # They opened two days ago, and close in a month.
    fills(coordinator, opens_at_0=day(-2), opens_at_1="00:00", closes_at_0=day(30), closes_at_1="00:00")
    coordinator.press("Save")
    opens(coordinator, "Terms of the fee")
    fills(coordinator, payer="The provider", text="Nobody pays for a chair but us.", invoiced_when="never")
    coordinator.press("Save")
    opens(coordinator, "Completion rules")
    adds(coordinator, "completion_rules", component="Circles", minimum=2)
    adds(coordinator, "completion_rules", component="Reading", minimum=4)
    coordinator.press("Save")
    opens(coordinator, "The programme on the site")
    coordinator.page.get_by_label("Public", exact=True).check()
    coordinator.press("Save")
    coordinator.press("Publish the cohort")
    coordinator.press("Publish the cohort")
    cohort = Cohort.objects.select_related("programme__provider").get()
    coordinator.go(f"/admin/cohorts/cohort/{cohort.pk}/step/draft_from_plan/")
    coordinator.press("Continue")
    coordinator.press("Make sessions from the plan")
    return cohort


def is_nominated(coordinator: Person, nominator: Person, cohort: Cohort) -> None:
    """The larder is asked, and nominates by the link."""
    page = coordinator.page
    coordinator.go(f"/admin/cohorts/cohort/{cohort.pk}/step/ask_for_nominations/")
    page.locator("select[name=organisation]").select_option(label="Community Larder")
    page.locator("[name=name]").fill("Nora Nominator")
    page.locator("[name=email]").fill(NORA)
    coordinator.press("Continue")
    coordinator.press("Ask an employer whom it nominates")
    nominator.go(link_in(letters_to(NORA)[-1], "/nominate/"))
    nominator.page.locator("[name=name]").fill("Rosa Mbeki")
    nominator.page.locator("[name=email]").fill(ROSA)
    nominator.page.locator("[name=why]").fill("Forty people eat because of her.")
    nominator.look("unlike-nominates")
    nominator.press("Continue")
    nominator.press("Nominate them")
    nominator.reads("Rosa Mbeki")


def applies(rosa: Person, cohort: Cohort) -> Application:
    page = rosa.page
    rosa.sign_in(f"/applications/start/{cohort.pk}/")
    if page.get_by_label("Full name").count():
        page.get_by_label("Full name").fill("Rosa Mbeki")
        rosa.press("Continue")
    rosa.go(f"/applications/start/{cohort.pk}/")
    rosa.press("Start your application")
    application = Application.objects.get()

    def part(key: str) -> None:
        rosa.go(f"/applications/{application.pk}/answers/{key}/")

    def save() -> None:
        rosa.leave_by(page.locator("button[name=save]"))

    part("details")
    page.locator("[name=full_name]").fill("Rosa Mbeki")
    save()
    part("work")
    page.get_by_label("I am a volunteer").check()
    assert not page.locator("[name=manager_name]").is_visible()
    page.locator("[name=job_title]").fill("Keeps the larder")
    page.locator("[name=employer]").select_option(label="Community Larder")
    rosa.look("unlike-work")
    save()
    part("questions-about-your-circle")
    assert not page.locator("[name^=since-when]").first.is_visible()
    page.get_by_label("Yes, I have").check()
    for box, value in zip(page.locator("input[name^=since-when]").all(), ("1", "4", "2024"), strict=True):
        box.fill(value)
    page.get_by_label("How many people are in it?").fill("12")
    rosa.look("unlike-questions")
    save()
    part("access")
    page.get_by_label("No", exact=True).check()
    save()
    rosa.go(f"/applications/{application.pk}/fee/")
    rosa.reads(str(cohort.programme.provider), "pays")
    rosa.go(f"/applications/{application.pk}/check/")
    rosa.reads("1 April 2024", "12")
    rosa.press("Continue")
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    rosa.press("Submit your application")
    assert {one.question.key for one in Answer.objects.all()} == {
        "have-you-led-a-circle-before",
        "since-when",
        "how-many-people-are-in-it",
    }
    return application


def has_the_place(rosa: Person, coordinator: Person, application: Application) -> Enrolment:
    """Offered by the coordinator; taken once both have signed."""
    coordinator.go(f"/admin/applications/application/{application.pk}/change/")
    coordinator.look("unlike-application")
    coordinator.press("Offer a place")
    coordinator.press("Offer a place")
    rosa.go(f"/applications/{application.pk}/offer/")
    rosa.reads("keeps a chair free")
    rosa.page.get_by_label("Your full legal name").fill("Rosa Mbeki")
    rosa.page.locator("main input[type=checkbox]").check()
    rosa.look("unlike-signs")
    rosa.press("Sign")
    assert not Enrolment.objects.exists(), "the provider has still to sign"
    agreement = Signature.objects.get().agreement
    coordinator.go(f"/admin/cohorts/agreement/{agreement.pk}/step/countersign/")
    coordinator.page.locator("[name=name]").fill("Cora Coordinator")
    coordinator.press("Continue")
    coordinator.press("Sign for the provider")
    rosa.go(f"/applications/{application.pk}/offer/")
    rosa.press("Accept the place")
    return Enrolment.objects.get()


def reads(rosa: Person, enrolment: Enrolment, hours: str, on) -> None:
    page = rosa.page
    rosa.go(f"/my-programme/{enrolment.pk}/study/")
    for box, value in zip(page.locator("input[name^=on]").all(), (on.day, on.month, on.year), strict=True):
        box.fill(str(value))
    page.locator("[name=hours]").fill(hours)
    page.locator("[name=what]").fill("How circles work")
    rosa.look("unlike-log")
    rosa.leave_by(page.locator("main form .govuk-button").first)


@pytest.mark.requirement("B2", "B45")
def test_a_nominated_volunteer_comes_to_the_certificate(new_page, axe, screenshot):
    def person(email: str = "", **where) -> Person:
        return Person(new_page(**where), email, axe, screenshot)

    provider = ProviderFactory(name="Quay Trust", slug="quay-trust")
    by = staff(RoleName.COORDINATOR, provider, email="cora@quay.example", full_name="Cora Coordinator")
    give_authenticator(by)
    OrganisationFactory(name="Community Larder", slug="larder", kind="charity")
    coordinator, rosa = person(by.email), person(ROSA, viewport=TELEPHONE)
    writes_about_it(coordinator)
    lays_down_the_rules(coordinator)
    asks_its_questions(coordinator)
    plans_the_days(coordinator)
    cohort = makes_the_cohort(coordinator)
    is_nominated(coordinator, person(), cohort)
    application = applies(rosa, cohort)
    enrolment = has_the_place(rosa, coordinator, application)
    assert FeeAgreement.objects.get().route == "provider"
    assert (enrolment.line_manager, enrolment.standing) == (None, "volunteer")
    circles = list(Session.objects.filter(cohort=cohort).order_by("starts_at"))
    with at(circles[0].starts_at - timedelta(minutes=30)):
        person_of_staff = person(by.email)
        person_of_staff.sign_in(f"/admin/cohorts/cohort/{cohort.pk}/change/")
        person_of_staff.go(f"/admin/cohorts/cohort/{cohort.pk}/change/")
        person_of_staff.press("Start the cohort")
        person_of_staff.press("Start the cohort")
    for circle in circles[:2]:
        with at(circle.ends_at):
            running.takes_the_register(person(by.email), circle, "Rosa Mbeki")
    with at(circles[1].ends_at + timedelta(days=3)):
        rosa = person(ROSA, viewport=TELEPHONE)
        rosa.sign_in(f"/my-programme/{enrolment.pk}/")
        reads(rosa, enrolment, "4", timezone.localdate() - timedelta(days=1))
        rosa.go(f"/my-programme/{enrolment.pk}/")
        rosa.look("unlike-own-page")
        running.reads_each_page(rosa, "unlike-own-page")
        finishing.completes(person(by.email), enrolment)
    with at(circles[1].ends_at + timedelta(days=40)):
        assert finishing.downloads(person(ROSA, viewport=TELEPHONE), enrolment) == Certificate.objects.get()
