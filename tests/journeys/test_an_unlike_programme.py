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
from steppingup.accounts.models import User
from tests.factories.accounts import OrganisationFactory, ProviderFactory, staff
from tests.journeys import finishing, running
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.journeys.test_the_year import at
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
ROSA, NORA = "rosa@larder.example", "nora@larder.example"
FILE = """
[provider]
slug = "elsewhere"
name = "Elsewhere"
[programme]
slug = "circles"
name = "Circles"
summary = "For volunteers whom their organisation would follow anywhere."
about = "Three evenings together, and something to read."
who_can_apply = "Volunteers. Your organisation nominates you."
how_it_is_funded = "We pay."
[[rule_sets]]
name = "Nominated volunteers"
selection = "nomination"
target_groups = [{ key = "women", name = "women", statement = "I am a woman" }]
standings = [{ standing = "volunteer", line_manager = "left_out", support = "left_out", fee_by = "person" }]
parts = [{ kind = "details" }, { kind = "work" }, { kind = "questions", key = "you", title = "About your circle" }, { kind = "access" }]
reasons = [{ key = "chairs", meaning = "places", words = "Every chair in our circle is taken" }]
[[rule_sets.questions]]
key = "led"
page = "you"
kind = "choice"
text = "Have you led a circle before?"
choices = "Yes, I have\\nNot yet"
[[rule_sets.questions]]
key = "since"
page = "you"
kind = "day"
text = "Since when?"
shown_if = "led"
shown_if_answer = "Yes, I have"
[[rule_sets.questions]]
key = "people"
page = "you"
kind = "number"
text = "How many people are in it?"
assessors_see = false
[[rule_sets.agreements]]
key = "promise"
title = "Promise"
needed = "place"
signed_by = ["participant", "provider"]
text = "{{ participant }} comes to {{ programme }}, and {{ provider }} keeps a chair free."
[[plans]]
name = "Circles and reading"
[[plans.components]]
key = "circles"
kind = "other"
title = "Circles"
recording = "register"
unit = "sessions"
minutes_each = 120
least = 2
most = 3
[[plans.components]]
key = "reading"
kind = "study"
title = "Reading"
recording = "own"
unit = "hours"
least = 4
most = 6
[[cohorts]]
slug = "first"
name = "First"
plan = "Circles and reading"
rules = "Nominated volunteers"
capacity = 6
fee = "300"
starts_on = 2027-03-01
ends_on = 2027-06-30
venue = "The Larder"
[cohorts.window]
opens_at = 2026-12-01T00:00:00
closes_at = 2027-02-01T00:00:00
[[cohorts.completion]]
component = "circles"
minimum = 2
[[cohorts.completion]]
component = "reading"
minimum = 4
[fee_terms]
payer = "provider"
"""


def sets_it_up(coordinator: Person) -> Cohort:
    """From “Getting started”: the file, the programme and the cohort on the site."""
    provider = User.objects.get(email=coordinator.email).role_assignments.get().provider
    page = coordinator.page
    coordinator.sign_in("/admin/")
    coordinator.go(f"/admin/accounts/organisation/{provider.pk}/step/start_programme/")
    page.get_by_label("Begin with", exact=True).select_option(label="A file of yours, which you choose below")
    page.locator("[name=file]").set_input_files(
        {"name": "circles.toml", "mimeType": "text/plain", "buffer": FILE.encode()}
    )
    coordinator.fill("What is the new programme called?", "Circles")
    # It opened a month ago, and closes in one.
    coordinator.fill("When does its first cohort start?", f"{timezone.localdate() + timedelta(days=60):%d/%m/%Y}")
    coordinator.press("Continue")
    coordinator.look("unlike-started")
    coordinator.press("Start a programme")
    cohort = Cohort.objects.get()
    coordinator.go(f"/admin/cohorts/programme/{cohort.programme_id}/change/")
    page.get_by_label("Public", exact=True).check()
    coordinator.press("Save")
    coordinator.go(f"/admin/cohorts/cohort/{cohort.pk}/ready/")
    coordinator.look("unlike-ready")
    coordinator.press("Publish the cohort")
    coordinator.press("Publish the cohort")
    coordinator.go(f"/admin/cohorts/cohort/{cohort.pk}/step/draft_from_plan/")
    coordinator.press("Continue")
    coordinator.press("Make sessions from the plan")
    return Cohort.objects.select_related("programme__provider").get()


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
    part("questions-you")
    assert not page.locator("[name^=since]").first.is_visible()
    page.get_by_label("Yes, I have").check()
    for box, value in zip(page.locator("input[name^=since]").all(), ("1", "4", "2024"), strict=True):
        box.fill(value)
    page.locator("[name=people]").fill("12")
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
    assert {one.question.key for one in Answer.objects.all()} == {"led", "since", "people"}
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
    cohort = sets_it_up(coordinator)
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
