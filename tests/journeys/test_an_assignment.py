"""An assignment on telephones: offered by a link, chosen, published, worked, and confirmed by the host."""

import pytest

from applications.roles import RoleName
from cohorts.actions import choosing, opportunities, proposals, supervising
from cohorts.models import Choosing, Component, DayEntry, Opportunity
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.opportunities import opened
from tests.journeys.people import Person, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B8", "B10", "L6")]


def test_from_what_a_host_offers_to_a_day_that_it_confirms(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    Component.objects.filter(plan=cohort.plan, key="stretch").update(host_confirms=True)
    by = staff(RoleName.COORDINATOR, cohort.programme.provider)
    amara = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
    opened(cohort, by, title="At home", host=amara.employer)
    opened(cohort, by, title="A garden for all")

    # The host offers, without an account.
    opportunities.ask_for_opportunities(
        cohort=cohort,
        organisation=OrganisationFactory(name="Avon Museums"),
        name="Delia Marsh",
        email="delia@museums.example",
        message="Your front desk would be a good project.",
        by=by,
    )
    delia = Person(new_page(viewport=TELEPHONE), "delia@museums.example", axe, screenshot)
    delia.go(link_in(letters_to(delia.email)[-1], "/offer/"))
    delia.look("offer")
    delia.press("Offer it")
    delia.reads("There is a problem", "Give it a title.")
    delia.look("offer-wrong")
    delia.fill("What would you call it?", "A new front desk")
    delia.choose("What is it?", "Project")
    delia.fill("What is it about?", "Visitors wait too long.")
    delia.fill("Where is it?", "Bristol")
    delia.page.get_by_label("An induction").check()
    delia.press("Offer it")
    delia.reads("Thank you. We will read it", "We are reading it.")
    delia.look("offered")
    opportunities.open_it(opportunity=Opportunity.objects.for_steps().get(title="A new front desk"), by=by)

    # The participant puts what she would like in order.
    choosing.let_choose(cohort=cohort, closes_on=day(9), by=by)
    person = Person(new_page(viewport=TELEPHONE), amara.participant.email, axe, screenshot)
    person.sign_in(link_in(letters_to(amara.participant.email)[-1], "/choose/"))
    person.reads("Read what is offered", "so you cannot choose “At home”")
    person.look("choose")
    person.page.get_by_label("Your first choice").select_option(label="A new front desk, Avon Museums")
    person.page.get_by_label("Your second choice").select_option(label="A new front desk, Avon Museums")
    person.press("Save my choices")
    person.reads("You have chosen “A new front desk” twice.")
    person.page.get_by_label("Your second choice").select_option(label="None")
    person.press("Save my choices")
    person.reads("You can change it until the last day.")
    person.look("chosen")

    # It is worked out and published: both hear of it.
    asked = Choosing.objects.for_steps().get()
    choosing.work_out(choosing=asked, by=by)
    proposals.publish(choosing=asked, by=by)
    person.go(link_in(letters_to(amara.participant.email)[-1], "/assignment/"))
    person.reads("A new front desk", "Avon Museums")

    # She records a day, and it waits.
    boxes = person.page.get_by_role("group", name="When did you work on it?")
    for name, value in zip(("Day", "Month", "Year"), (day(-1).day, day(-1).month, day(-1).year), strict=True):
        boxes.get_by_label(name, exact=True).fill(str(value))
    person.press("Record it")
    person.reads("Waits for the host")
    person.look("waits")
    assert not DayEntry.objects.exists()
    assert supervising.tell_of_days() == 1

    # The supervisor confirms it by the link.
    delia.go(link_in(letters_to(delia.email)[-1], "/host/"))
    delia.reads("This page is for Delia Marsh at Avon Museums", "Are these days right?")
    delia.look("host")
    delia.press("Send my answers")
    delia.reads("No day waits for you.", "Confirmed by Delia Marsh.")
    delia.look("confirmed")
    assert DayEntry.objects.get().enrolment == amara
