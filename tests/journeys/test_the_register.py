"""The register on a telephone at the door: a few taps, and none lost where there is no signal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import apologies
from cohorts.models import Attendance, RegisterMark
from cohorts.states import Mark
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory
from tests.journeys.people import Person, give_authenticator
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B5")]


def marks(session):
    return {one.enrolment_id: one.given.said for one in Attendance.objects.filter(session=session)}


def test_twenty_four_people_in_a_few_taps_and_none_lost_without_a_signal(new_page, axe, screenshot):
    session = SessionFactory(
        cohort=RunningCohortFactory(capacity=24),
        title="First module",
        starts_at=timezone.now() - timedelta(hours=1),
        ends_at=timezone.now() + timedelta(hours=5),
    )
    names = [f"Person {chr(ord('A') + n)}" for n in range(24)]
    people = [ParticipantFactory(cohort=session.cohort, participant__full_name=name) for name in names]
    away = people[23]
    apologies.cannot_come(enrolment=away, session=session, by=away.participant)
    user = staff(RoleName.COORDINATOR, session.cohort.programme.provider, email="carla@provider.example")
    give_authenticator(user)
    coordinator = Person(new_page(viewport=TELEPHONE), user.email, axe, screenshot)
    page = coordinator.page
    coordinator.sign_in(f"/admin/cohorts/session/{session.pk}/register/")
    coordinator.look("register-before")

    # One tap for everybody: who said that they cannot come is excused.
    page.get_by_role("button", name="Everybody is here").click()
    page.get_by_text("Saved.", exact=True).wait_for()
    assert marks(session) == {one.pk: Mark.PRESENT for one in people[:23]} | {away.pk: Mark.EXCUSED}
    coordinator.look("register-after")
    assert RegisterMark.objects.count() == 24

    # No signal: what is tapped stays here, and only numbers of it.
    page.context.set_offline(True)
    first, second = (page.get_by_role("group", name=name, exact=True) for name in names[:2])
    first.get_by_label("Absent", exact=True).check()
    second.get_by_label("Present for three quarters").check()
    first.get_by_label("Excused", exact=True).check()
    page.get_by_text("3 marks kept on this device").wait_for()
    coordinator.look("register-offline")
    assert marks(session)[people[0].pk] == Mark.PRESENT
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "Person" not in kept
    assert kept.count("enrolment") == 3

    # The signal is back: each is received once, in its order.
    page.context.set_offline(False)
    page.get_by_text("Saved.", exact=True).wait_for()
    assert marks(session)[people[0].pk] == Mark.EXCUSED
    assert marks(session)[people[1].pk] == "part:75"
    assert RegisterMark.objects.count() == 27
    assert (
        page.evaluate("localStorage.getItem(Object.keys(localStorage).find((k) => k.startsWith('register:')))") is None
    )

    # The answer is lost on its way: sent again, received once.
    lost = []

    def lose(route):
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/register/taps/", lose)
    third = page.get_by_role("group", name=names[2], exact=True)
    third.get_by_label("Absent", exact=True).check()
    page.get_by_text("1 mark kept on this device").wait_for()
    assert marks(session)[people[2].pk] == Mark.ABSENT
    page.get_by_text("Saved.", exact=True).wait_for()
    assert RegisterMark.objects.filter(enrolment=people[2]).count() == 2

    # The page that was saved tap by tap can still be saved as a form, and has nothing left to say.
    coordinator.press("Save the register")
    coordinator.reads("Register saved.")

    # Signing out in another tab takes the names off this one.
    other = page.context.new_page()
    other.goto("/admin/")
    other.evaluate("document.getElementById('logout-form').requestSubmit()")
    page.get_by_text("You have signed out").wait_for()
    assert "Person" not in page.locator("body").inner_text()


REPORT = """Name\tFirst Join\tIn-Meeting Duration\tEmail
Amara Okafor\t3/2/26, 9:28:00 AM\t5h 58m 3s\tamara@home.example
A. Okafor\t3/2/26, 9:28:00 AM\t31m\t
Ben Okri\t3/2/26, 9:28:00 AM\t3h 1m\t
"""


def test_people_check_in_by_the_code_on_the_screen_and_a_report_fills_the_rest(new_page, axe, screenshot):
    starts_at = timezone.now() - timedelta(hours=1)
    session = SessionFactory(title="First module", starts_at=starts_at, ends_at=starts_at + timedelta(hours=6))
    amara, ben = (
        ParticipantFactory(cohort=session.cohort, participant__full_name=name, participant__email=email)
        for name, email in (("Amara Okafor", "amara@avon.example"), ("Ben Okri", "ben@avon.example"))
    )
    user = staff(RoleName.COORDINATOR, session.cohort.programme.provider, email="carla@provider.example")
    give_authenticator(user)
    coordinator = Person(new_page(), user.email, axe, screenshot)
    coordinator.sign_in(f"/admin/cohorts/session/{session.pk}/register/")
    coordinator.follow("Show the code to check in by")
    coordinator.look("check-in-screen")
    code = coordinator.page.locator("[data-screen-code]").inner_text()
    coordinator.reads("0 of 2 here.")

    # On a telephone: what the picture on the screen holds.
    participant = Person(new_page(viewport=TELEPHONE), amara.participant.email, axe, screenshot)
    participant.sign_in(f"/check-in/?code={code}")
    participant.look("check-in")
    participant.press("I am here")
    participant.reads("Thank you, you are here", "You were there")
    participant.look("check-in-done")
    coordinator.page.get_by_text("1 of 2 here.").wait_for()  # by itself

    # Somebody else was there online.
    coordinator.follow("Back to the register")
    coordinator.follow("read in the attendance file of Teams or Zoom")
    coordinator.look("attendance-file")
    report = {"name": "report.csv", "mimeType": "text/csv", "buffer": REPORT.encode("utf-16")}
    coordinator.page.get_by_label("The attendance report of the meeting").set_input_files(report)
    coordinator.press("See what would be marked")
    coordinator.reads("Not found: 1 name", "A. Okafor")
    coordinator.look("attendance-preview")
    coordinator.press("Enter these marks")
    coordinator.reads("Register saved: 1 person marked.")
    assert marks(session) == {amara.pk: Mark.PRESENT, ben.pk: "part"}
