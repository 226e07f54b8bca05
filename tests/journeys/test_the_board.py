"""The board of openings: an employer offers one by a link, staff put it there, somebody asks about it, and gets it."""

import pytest

from applications.roles import RoleName
from cohorts.actions import openings
from cohorts.models import GraduateInterest, GraduateOffer
from tests.factories import openings as make
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("L5", "L6", "B60")
def test_from_an_employers_link_to_whoever_gets_it(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    by = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(by)
    place = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
    openings.ask_for_openings(
        programme=cohort.programme,
        organisation=OrganisationFactory(name="Avon Care"),
        name="Delia Marsh",
        email="delia@avon.example",
        message="Your new centre will need a deputy for half a year.",
        by=by,
    )
    amara = Person(new_page(viewport=TELEPHONE), place.participant.email, axe, screenshot)
    amara.sign_in(f"/my-programme/{place.pk}/openings/")
    amara.reads("Nothing is open for you at the moment")
    amara.look("board-empty")
    amara.page.get_by_label("Acting up").check()
    amara.press("Save")
    amara.reads("Saved. You can change it whenever you like.")

    delia = Person(new_page(viewport=TELEPHONE), "delia@avon.example", axe, screenshot)
    delia.go(link_in(letters_to("delia@avon.example")[-1], "/openings/offer/"))
    delia.look("opening-offer")
    delia.press("Offer it")
    delia.reads("There is a problem", "Choose what it is.", "Enter the last day")
    delia.look("opening-wrong")
    delia.fill("What would you call it?", "Deputy head of the new centre")
    delia.page.get_by_label("Acting up").check()
    delia.page.get_by_label("Both").check()
    delia.page.get_by_label("What is it about?").fill("Thirty staff, three teams.")
    delia.page.get_by_label("What does it give them?").fill("A budget of your own, and the grade above yours.")
    last = delia.page.get_by_role("group", name="Until which day can people say")
    for label, value in (("Day", day(20).day), ("Month", day(20).month), ("Year", day(20).year)):
        last.get_by_label(label).fill(str(value))
    delia.press("Offer it")
    delia.reads("Thank you. We will read it.", "Until it is on the board, you can change it.")
    delia.look("opening-offered")

    offer = GraduateOffer.objects.get()
    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in("/admin/cohorts/graduateoffer/")
    carla.reads("Deputy head of the new centre", "To be looked at")
    carla.look("board-list")
    carla.go(f"/admin/cohorts/graduateoffer/{offer.pk}/step/open_to_graduates/")
    carla.press("Continue")
    carla.reads("Amara Okafor")
    carla.look("board-ahead")
    carla.press("Put it on the board")

    letter = letters_to(place.participant.email)[-1]
    make.on_the_board(cohort.programme, by, title="An hour a month with a director", kind="mentoring")
    amara.go(link_in(letter, f"/openings/{offer.pk}/"))
    amara.look("opening")
    amara.page.get_by_label("Do not send my name yet").check()
    amara.press("I am interested")
    amara.reads("Your name was not sent.", "Delia Marsh does not know yet.")
    amara.look("opening-quiet")
    amara.press("Send my name to Delia Marsh")
    amara.reads("They have your name and address.")
    assert "Amara Okafor is interested" in letters_to("delia@avon.example")[-1].subject
    amara.follow("See all openings")
    amara.reads("What you asked about", "Delia Marsh was sent your name and email address")
    amara.look("board")
    wide = Person(amara.page.context.new_page(), place.participant.email, axe, screenshot)
    wide.page.set_viewport_size({"width": 1280, "height": 900})
    wide.go(f"/my-programme/{place.pk}/openings/")
    wide.look("board-wide")
    wide.go(f"/my-programme/{place.pk}/openings/{offer.pk}/")
    wide.look("opening-wide")

    openings.record_who_got_it(offer=make.fresh(offer), interest=GraduateInterest.objects.get(), got_on=day(0), by=by)
    carla.go(f"/admin/cohorts/graduateoffer/{offer.pk}/change/")
    carla.reads("Amara Okafor")
    carla.look("board-one")
    carla.go("/admin/cohorts/graduateoffer/who-got-them/")
    carla.reads("Acting up", "Mentoring")
    carla.look("board-got")
    carla.page.set_viewport_size(TELEPHONE)
    carla.look("board-got-phone")
    amara.go(link_in(letter, "/openings/stop/"))
    amara.look("board-stop")
    amara.press("Stop these emails")
    amara.reads("You have stopped them")
    amara.look("board-stopped")
