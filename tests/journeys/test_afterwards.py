"""What comes after a programme, on a telephone."""

import time

import pytest

from applications.roles import RoleName
from cohorts.actions import destinations
from cohorts.models import DestinationAnswer, DestinationMoment, GraduateOffer
from steppingup import clock
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete, day
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("B58")
def test_a_graduate_says_where_they_are_in_under_a_minute(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    by = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(by)
    DestinationMoment.objects.create(programme=cohort.programme, months=0)
    amara = complete(ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor"), by=by)
    assert destinations.ask_graduates(day(1)) == 1
    began = time.monotonic()
    person = Person(new_page(viewport=TELEPHONE), amara.participant.email, axe, screenshot)
    person.go(link_in(letters_to(amara.participant.email)[-1], "/where-are-you-now/"))
    person.page.get_by_label("I was promoted").check()
    person.page.get_by_label("I have moved to another sector").check()
    person.press("Send")
    person.reads("Thank you. That is all we ask.", "You were promoted and have moved to another sector")
    assert time.monotonic() - began < 60
    said = DestinationAnswer.objects.get()
    assert (said.moves, said.said_on) == (["promoted", "sector"], clock.today())
    person.look("destination-answered")
    # Something was wrong: they answer again. And no more of it.
    person.page.get_by_label("I was promoted").uncheck()
    person.press("Change it")
    person.reads("You have moved to another sector.")
    person.page.get_by_label("I have moved to another sector").uncheck()
    person.press("Change it")
    person.reads("There is a problem", "Tick at least one answer.")
    person.look("destination-wrong")
    person.press("Please do not ask me again")
    person.reads("We will not ask you again.", "You asked us not to ask you again.")

    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(f"/admin/cohorts/cohort/{cohort.pk}/destinations/")
    carla.reads("1 of 1 answered", "1 of 1")
    carla.look("destination-figures")
    carla.follow("Who moved on, by name")
    carla.reads("1 of 1 who completed moved on", "Amara Okafor", "Another sector")
    carla.look("moved-on")
    carla.page.go_back()
    carla.follow("Everybody who was asked")
    carla.reads("Amara Okafor", "Another sector")
    carla.look("destinations")


@pytest.mark.requirement("N21", "B60")
def test_a_graduate_stays_in_touch_and_is_interested_in_what_an_employer_offers(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    by = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(by)
    amara = complete(ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor"), by=by)
    offer = GraduateOffer.objects.create(
        programme=cohort.programme, organisation=OrganisationFactory(name="Avon Care"), title="Head of Care",
        kind="secondment", description="Six months.", contact_name="Sam Marsh", contact_email="sam@avon.example",
        closes_on=day(20),
    )  # fmt: skip
    person = Person(new_page(viewport=TELEPHONE), amara.participant.email, axe, screenshot)
    person.sign_in(f"/my-programme/{amara.pk}/")
    person.reads("Say how you would like to stay in touch")
    person.go(f"/my-programme/{amara.pk}/staying-in-touch/")
    person.look("alumni-before")
    person.page.get_by_label("Tell me of interviews").check()
    person.press("Save")
    person.reads("Thank you. You can change it whenever you like.")

    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(f"/admin/cohorts/graduateoffer/{offer.pk}/step/open_to_graduates/")
    carla.press("Continue")
    carla.reads("Amara Okafor", "For graduates of")
    carla.look("graduate-offer-ahead")
    carla.press("Put it on the board")
    person.go(link_in(letters_to(amara.participant.email)[-1], f"/openings/{offer.pk}/"))
    person.look("graduate-offer")
    person.press("I am interested")
    person.reads("They have your name and address.", "You said on")
    assert "Amara Okafor is interested" in letters_to("sam@avon.example")[-1].subject
    carla.go(f"/admin/cohorts/graduateoffer/{offer.pk}/change/")
    carla.reads("Amara Okafor")
    carla.look("graduate-offer-staff")
    carla.go("/admin/cohorts/alumnichoice/")
    carla.look("alumni-list")
    carla.go(f"/admin/cohorts/enrolment/{ParticipantFactory(cohort=cohort).pk}/step/record_death/")
    carla.press("Continue")
    carla.reads("What becomes of it", "Their line manager is")
    carla.look("died-before")
