"""A session on a telephone: its page with a paper, its speaker who answers by a link; a date that is confirmed and moved late on the desk;
and the planned days of an assignment (B5, B6, B10)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import placements
from cohorts.models import Partner, PlacementDay, Programme, Session, SessionPaper
from modules.actions import speakers
from modules.models import SessionSpeaker, Speaker
from steppingup import clock
from steppingup.accounts.actors import SYSTEM
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B5", "B6", "B10")]


def test_a_session_is_read_spoken_at_confirmed_and_moved_late(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    place = ParticipantFactory(cohort=cohort)
    by = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(by)
    Programme.objects.update(session_notice=28)
    starts = clock.now() + timedelta(days=9)
    session = SessionFactory(
        cohort=cohort, title="Leading change", starts_at=starts, ends_at=starts + timedelta(hours=6), venue="City Hall",
        what_to_bring="Your own example.", to_be_confirmed=True, seats=24,
    )  # fmt: skip
    SessionPaper.objects.create(session=session, title="A case to read", link="https://example.org/case")
    employer = OrganisationFactory(name="Avon Museums")
    Partner.objects.create(programme=cohort.programme, organisation=employer)
    speaker = Speaker.objects.create(
        provider=cohort.programme.provider,
        name="Femi Cole",
        post="Director",
        organisation=employer,
        email="femi@example.org",
    )
    speakers.book(session=session, speaker=speaker, subject="How I came here", by=by)

    femi = Person(new_page(viewport=TELEPHONE), "femi@example.org", axe, screenshot)
    femi.go(link_in(letters_to(femi.email)[-1], "/talks/"))
    femi.look("talk")
    femi.press("Send your answer")
    femi.reads("There is a problem", "Say whether you come.")
    femi.look("talk-wrong")
    femi.choose("Will you speak?", "Yes, I will be there")
    femi.press("Send your answer")
    femi.reads("You will be there. Thank you.")
    femi.look("talk-answered")
    assert SessionSpeaker.objects.get().comes == "yes"

    amara = Person(new_page(viewport=TELEPHONE), place.participant.email, axe, screenshot)
    amara.sign_in(reverse("cohorts:calendar", args=[place.pk]))
    amara.look("calendar-unconfirmed")
    amara.follow("Leading change")
    amara.reads("still to be confirmed", "A case to read", "Femi Cole", "Your own example.")
    amara.look("session")

    # She works from Monday to Wednesday.
    amara.go(reverse("cohorts:calendar", args=[place.pk]))
    amara.follow("Say on which days you work, if you work part time")
    amara.look("working-days")
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        amara.page.get_by_label(name, exact=True).uncheck()
    amara.press("Save")
    amara.reads("There is a problem", "Choose at least one day.")
    amara.look("working-days-wrong")
    for name in ("Monday", "Tuesday", "Wednesday"):
        amara.page.get_by_label(name, exact=True).check()
    amara.press("Save")
    amara.reads("You work on Monday, Tuesday and Wednesday.")
    amara.look("working-days-said")
    amara.go(reverse("cohorts:own_needs"))
    amara.look("own-needs")

    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(reverse("admin:cohorts_session_change", args=[session.pk]))
    carla.look("session-desk")
    carla.go(reverse("admin:cohorts_session_step", args=[session.pk, "confirm"]))
    carla.look("confirm-session")
    carla.press("Continue")
    carla.press("Confirm the session")
    assert not Session.objects.get(pk=session.pk).to_be_confirmed
    assert "Confirmed" in letters_to(amara.email)[-1].subject
    carla.go(reverse("admin:cohorts_session_step", args=[session.pk, "move"]))
    carla.fill("Where", "The Library")
    later = timezone.localtime(starts + timedelta(days=1))
    carla.page.get_by_label("Starts", exact=True).fill(f"{later:%Y-%m-%dT%H:%M}")
    carla.page.get_by_label("Ends", exact=True).fill(f"{later + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    carla.press("Continue")
    carla.reads("Say why it cannot wait")
    carla.look("move-late")
    carla.fill("Why it moves", "The hall has no heating.")
    carla.press("Continue")
    carla.look("move-late-ahead")
    carla.press("Move the session")
    amara.go(reverse("cohorts:session", args=[place.pk, session.pk]))
    amara.reads("The hall has no heating.")
    amara.look("session-moved")


def test_a_planned_day_at_the_host_is_recorded_with_one_tap(new_page, axe, screenshot):
    place = ParticipantFactory(cohort=RunningCohortFactory(starts_on=day(-60), ends_on=day(200)))
    placements.set_placement(
        enrolment=place, host=OrganisationFactory(name="Avon Museums"), by=SYSTEM, kind="project", title="A new front desk",
        weekdays=[0, 1, 2, 3, 4], every_weeks=1, starts_on=day(-20), ends_on=day(60), host_contact="Delia Marsh",
    )  # fmt: skip
    amara = Person(new_page(viewport=TELEPHONE), place.participant.email, axe, screenshot)
    amara.sign_in(reverse("cohorts:assignment", args=[place.pk]))
    amara.look("planned")
    amara.page.get_by_role("button", name="Yes, record it").first.click()
    amara.reads("Recorded: ")
    amara.look("planned-recorded")
    assert PlacementDay.objects.count() == 1
