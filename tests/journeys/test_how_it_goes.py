"""How an assignment goes, on telephones: asked of both sides, and what it looks like on the desk; a cohort at a glance."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import reports, supervising
from cohorts.actions.placements import record_day
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, day
from tests.factories.modules import placed
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B10", "B54")]


def test_both_sides_say_how_it_goes(new_page, axe, screenshot):
    amara = ParticipantFactory(participant__full_name="Amara Okafor", line_manager=UserFactory(full_name="Jo Maddern"))
    ParticipantFactory(cohort=amara.cohort, participant__full_name="Ben Hale")
    by = staff(RoleName.COORDINATOR, amara.cohort.programme.provider, email="carla@provider.example")
    give_authenticator(by)
    placement = placed(amara)
    placement.starts_on, placement.ends_on = day(-5), day(5)
    placement.save()
    supervising.name_supervisor(placement=placement, name="Delia Marsh", email="delia@museums.example", by=by)
    record_day(placement=placement, on=day(-1), days=1, by=amara.participant)
    assert reports.ask_for_reports() == 2

    delia = Person(new_page(viewport=TELEPHONE), "delia@museums.example", axe, screenshot)
    delia.go(link_in(letters_to(delia.email)[-1], "/host/"))
    delia.reads("How is it going?")
    delia.look("host")
    delia.press("Write them")
    delia.press("Send it")
    delia.reads("Say how it goes.")
    delia.look("host-report-wrong")
    delia.choose("How does it go?", "Well")
    delia.fill("What goes well, and what does not?", "She has found her feet, and asks what we had stopped asking.")
    delia.press("Send it")
    delia.reads("What you said is kept.", "She has found her feet")
    delia.look("host-said")

    person = Person(new_page(viewport=TELEPHONE), amara.participant.email, axe, screenshot)
    person.sign_in(link_in(letters_to(amara.participant.email)[-1], "/reports/"))
    person.look("own-report")
    person.choose("How does it go?", "Partly well")
    person.fill("What goes well, and what does not?", "The first weeks were slow.")
    person.press("Send it")
    person.reads("The first weeks were slow.", "She has found her feet")
    person.look("own-said")

    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(reverse("admin:cohorts_placementreport_changelist"))
    carla.look("reports")
    carla.go(reverse("admin:cohorts_cohort_glance", args=[amara.cohort_id]))
    carla.reads("done on average", "Amara Okafor")
    carla.look("glance")
    carla.page.set_viewport_size(TELEPHONE)
    carla.look("glance-phone")


def test_somebody_complains_about_their_data(new_page, axe, screenshot):
    by = staff(RoleName.COORDINATOR, ParticipantFactory().cohort.programme.provider, email="carla@provider.example")
    provider = by.role_assignments.get().provider
    nia = Person(new_page(viewport=TELEPHONE), "nia@example.org", axe, screenshot)
    nia.go(reverse("provider_privacy", args=[provider.slug]))
    nia.look("privacy")
    nia.follow(f"Complain about how {provider.name} uses your data")
    nia.press("Send the complaint")
    nia.reads("Choose what it is about.")
    nia.look("complain-wrong")
    nia.choose("What is it about?", "Something else")
    nia.fill("What happened?", "My file lay open on a desk.")
    nia.fill("Your name", "Nia Rees")
    nia.fill("Your email address", nia.email)
    nia.press("Send the complaint")
    nia.reads("your complaint has arrived", "Its number is")
    nia.look("complained")
