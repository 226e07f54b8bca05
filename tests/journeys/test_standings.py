"""A self-employed person and a volunteer, from the part about work to the certificate, each with a bursary that they asked for
themselves (B2, B38)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from applications.actions import applications as actions
from applications.actions import decisions, offers
from applications.form.parts import parts_of
from applications.models import Application
from applications.states import Asked, FeeBy
from cohorts.actions import certificates, completion, placements
from cohorts.models import Certificate, CompletionRule, Enrolment
from cohorts.states import COHORT, Standing
from funding.actions import invoices
from funding.models import BursaryRequest, FeeAgreement
from mentoring.actions import matching
from steppingup.accounts.actors import SYSTEM
from steppingup.messaging.models import Message
from tests.factories import funding as money
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.applications import WindowFactory, part_values, started
from tests.factories.cohorts import PublishedCohortFactory, day, do_days
from tests.factories.mentoring import mentor_for
from tests.factories.standings import accept
from tests.plugins.browser import TELEPHONE

WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def window(transactional_db):
    """For people who are employed, self-employed or volunteers; £1,000, with a pot for bursaries."""
    window = WindowFactory(cohort=PublishedCohortFactory(fee=Decimal(1000)))
    rules = window.cohort.rule_set
    type(rules).objects.filter(pk=rules.pk).update(selection="without_interview")
    accept(rules, Standing.EMPLOYED, Standing.SELF_EMPLOYED)
    accept(rules, Standing.VOLUNTEER, organisation=Asked.REQUIRED, support=Asked.OPTIONAL, fee_by=FeeBy.PERSON)
    CompletionRule.objects.create(cohort=window.cohort, component=None, minimum=5)
    money.PotFactory(programme=window.cohort.programme, budget=5000)
    money.InvoiceSeriesFactory(provider=window.cohort.programme.provider)
    return window


@pytest.fixture
def begun(window, new_page, site):
    """Somebody whose application lacks only what follows from how they work, at its page."""

    def begin(name: str, viewport: dict[str, int]) -> tuple[Application, Page]:
        application = started(window, UserFactory(full_name=name))
        good = part_values(application)
        good["details"]["full_name"] = name
        for part in parts_of(application):
            if part.key in good and part.key not in ("work", "support"):
                given = {"application": application, "part": part.key, "values": good[part.key]}
                application = actions.save_part(**given, by=application.applicant)
        client = Client()
        client.force_login(application.applicant)
        page = new_page(viewport=viewport)
        page.context.add_cookies([{"name": "sessionid", "value": client.session.session_key, "url": site}])
        page.goto(f"{site}{reverse('applications:application', args=[application.pk])}")
        return application, page

    return begin


def ask_for_a_bursary(page: Page, screenshot, axe, name: str) -> None:
    """From the list of parts, by what the pages offer."""
    page.get_by_role("link", name="Agree the fee of £1,000").click()
    expect(page.get_by_text("You pay for your place yourself.")).to_be_visible()
    axe(page)
    screenshot(page, f"own-fee-{name}", full_page=True)
    page.get_by_role("button", name="Ask for a bursary").click()
    page.get_by_label("Why do you need a bursary?").fill("I can pay £250 of it from what I earn.")
    page.get_by_role("button", name="Continue").click()
    axe(page)
    screenshot(page, f"own-bursary-{name}", full_page=True)
    page.get_by_role("button", name="Ask for a bursary").click()
    expect(page.get_by_text("You have asked for a bursary.")).to_be_visible()


def decide(application: Application, amount: int) -> None:
    """Two finance officers."""
    request = BursaryRequest.objects.for_steps().get(agreement__person=application.applicant)
    pot = application.cohort.programme.funding_sources.get()
    officer = staff("finance", application.cohort.programme.provider)
    money.granted(request=request, source=pot, amount=Decimal(amount), reason="As you told us.", by=officer)


def submit(page: Page, site: str, application: Application) -> None:
    page.goto(f"{site}{reverse('applications:application', args=[application.pk])}")
    page.get_by_role("link", name="Check your answers and submit").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("What I have written is true and in my own words").check()
    page.get_by_role("button", name="Submit your application").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert Application.objects.get(pk=application.pk).submitted_at is not None


def to_the_certificate(application: Application) -> Certificate:
    """What staff do, and the year that passes."""
    cohort = application.cohort
    by = staff(provider=cohort.programme.provider)
    application = Application.objects.for_steps().get(pk=application.pk)
    decisions.shortlist(application=application, by=by)
    offer = offers.make(application=application, by=by)
    offers.accept(offer=offer, legal_name="Amara Okafor", by=application.applicant)
    place = Enrolment.objects.get(participant=application.applicant)
    Enrolment.objects.filter(pk=place.pk).update(enrolled_at=timezone.now() - timedelta(days=90))
    type(cohort).objects.filter(pk=cohort.pk).update(starts_on=day(-60), ends_on=day(30))
    cohort.refresh_from_db()
    if cohort.status == "published":
        COHORT.move(cohort, "start")
    place = Enrolment.objects.for_steps().get(pk=place.pk)
    host = OrganisationFactory()
    placements.set_placement(enrolment=place, host=host, by=by, kind="project", title="A new front desk")
    pair = matching.pair_by_hand(enrolment=place, mentor=mentor_for(place), by=by)
    matching.confirm(pair=pair, by=by)
    do_days(place, "modules", 2)
    do_days(place, "stretch", 3)
    completion.complete(enrolment=Enrolment.objects.for_steps().get(pk=place.pk), by=by)
    made = certificates.make(enrolment=Enrolment.objects.for_steps().get(pk=place.pk), by=SYSTEM)
    assert made is not None
    return made


@pytest.mark.journey
@pytest.mark.requirement("B2", "B38", "B13", "B8")
def test_a_self_employed_person_on_a_telephone(begun, site, screenshot, axe):
    application, page = begun("Amara Okafor", TELEPHONE)
    page.get_by_role("link", name="How you work").click()
    expect(page.get_by_label("Your line manager’s name")).to_be_hidden()
    page.get_by_label("I am employed").check()
    page.get_by_label("Your line manager’s name").fill("Mo Patel")
    screenshot(page, "work-375-employed", full_page=True)
    page.get_by_label("I am self-employed").check()
    expect(page.get_by_label("Your line manager’s name")).to_be_hidden()
    expect(page.get_by_label("Your employer, or the organisation")).to_be_hidden()
    page.get_by_label("Your job title, or what you do").fill("Facilitator")
    axe(page)
    screenshot(page, "work-375-self-employed", full_page=True)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_text("How your employer knows")).to_have_count(0)
    ask_for_a_bursary(page, screenshot, axe, "375")
    decide(application, 750)
    page.goto(f"{site}{reverse('applications:fee', args=[application.pk])}")
    page.get_by_role("button", name="Agree to pay £250").click()
    page.get_by_label("Your name and address, for the invoice").fill("Amara Okafor\n1 Quay Street\nBristol")
    page.get_by_label("I have read the terms").check()
    page.get_by_role("button", name="Continue").click()
    axe(page)
    screenshot(page, "agree-own-fee-375", full_page=True)
    page.get_by_role("button", name="Agree to pay the fee").click()
    expect(page.get_by_text("you have agreed to pay £250")).to_be_visible()
    screenshot(page, "own-fee-agreed-375", full_page=True)
    submit(page, site, application)
    certificate = to_the_certificate(application)
    agreement = FeeAgreement.objects.for_steps().get(person=application.applicant)
    invoice = invoices.issue(agreement=agreement, by=SYSTEM)
    assert (invoice.amount, invoice.bill_to.splitlines()[0]) == (250, "Amara Okafor")
    page.goto(f"{site}{reverse('cohorts:participant', args=[certificate.enrolment_id])}")
    axe(page)
    screenshot(page, "self-employed-375-place", full_page=True)
    expect(page.get_by_text(certificate.serial)).to_be_visible()
    told = Message.objects.filter(to_email=application.applicant.email)
    assert not [one.subject for one in told if "your employer" in f"{one.subject} {one.text}".lower()]


@pytest.mark.journey
@pytest.mark.requirement("B2", "B38")
def test_a_volunteer_at_a_desk(begun, site, screenshot, axe):
    application, page = begun("Rosa Mbeki", WIDE)
    page.get_by_role("link", name="How you work").click()
    page.get_by_label("I am a volunteer").check()
    page.get_by_label("Your job title, or what you do").fill("Coordinator of the food bank")
    page.get_by_label("Your employer, or the organisation that you volunteer with").select_option("not-listed")
    page.get_by_label("Name of the organisation").fill("Easton Community Larder")
    axe(page)
    screenshot(page, "work-1280-volunteer", full_page=True)
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("link", name="How your organisation knows that you are applying")).to_be_visible()
    screenshot(page, "tasks-1280-volunteer", full_page=True)
    ask_for_a_bursary(page, screenshot, axe, "1280")
    decide(application, 1000)
    submit(page, site, application)
    home = OrganisationFactory(name="Easton Community Larder")
    Application.objects.filter(pk=application.pk).update(employer=home)
    certificate = to_the_certificate(application)
    place = Enrolment.objects.for_steps().get(pk=certificate.enrolment_id)
    assert (place.works_as, place.line_manager) == ("Volunteer with Easton Community Larder", None)
    agreement = FeeAgreement.objects.for_steps().get(person=application.applicant)
    assert (agreement.employer_pays, agreement.bursary_amount) == (0, 1000)
    page.goto(f"{site}{reverse('cohorts:participant', args=[place.pk])}")
    screenshot(page, "volunteer-1280-place", full_page=True)
    expect(page.get_by_text("Your line manager")).to_have_count(0)
    page.get_by_role("link", name="How it is funded").click()
    axe(page)
    expect(page.get_by_text("A bursary pays for your place.")).to_be_visible()
