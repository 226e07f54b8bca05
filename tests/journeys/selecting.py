"""Assessors, scores, shortlist, interview, offer; and the signature under the learning agreement."""

from datetime import timedelta

from django.utils import timezone

from applications.models import Application
from steppingup.accounts.models import User
from tests.journeys.people import Person, code_of, letters_to, link_in

HIDDEN = ("Amara", "Okafor", "Avon")


def opens_the_admin(coordinator: Person) -> None:
    """The first time: the code by email, then an authenticator app."""
    page = coordinator.page
    coordinator.sign_in("/admin/")
    coordinator.reads("One more step before the admin")
    coordinator.look("second-factor")
    coordinator.press("Set up an authenticator app")
    coordinator.look()
    page.locator(".govuk-details summary").click()
    page.locator("[name=code]").fill(code_of(page.locator(".long-word").inner_text()))
    coordinator.press("Save the authenticator app")
    coordinator.go("/admin/")
    coordinator.look("admin")


def _open(coordinator: Person, application: Application) -> None:
    coordinator.go(f"/admin/applications/application/{application.pk}/change/")


def assigns(coordinator: Person, application: Application, assessors: list[User]) -> None:
    coordinator.go("/admin/applications/application/")
    coordinator.reads(application.reference, "Avon Hospital Trust")
    coordinator.look("queue")
    for assessor in assessors:
        _open(coordinator, application)
        coordinator.follow("Assign an assessor")
        coordinator.page.locator("[name=assessor]").select_option(label=str(assessor))
        coordinator.press("Continue")
        coordinator.reads("Who will be told", assessor.full_name)
        coordinator.look()
        coordinator.press("Assign an assessor")
    coordinator.look("application")


def scores_blind(assessor: Person, application: Application) -> None:
    page = assessor.page
    assessor.sign_in("/admin/applications/review/")
    assessor.follow(application.reference)
    page.wait_for_load_state("load")
    text = page.locator("body").inner_text()
    assert not [word for word in HIDDEN if word in text], text
    for number, scale in enumerate(page.locator(".su-scale").all()):
        scale.locator("input[type=radio]").nth(3 + number % 3).check()
    page.locator("textarea[name=comment]").fill("Clear, warm and well thought through.")
    assessor.look("scoring")
    assessor.press("Submit my scores")
    assessor.reads("points")
    assessor.look()


def shortlists(coordinator: Person, application: Application) -> None:
    page = coordinator.page
    coordinator.go(f"/admin/applications/application/ranking/{application.cohort_id}/")
    coordinator.look("shortlist", full=False)
    page.get_by_label("Amara Okafor", exact=True).check()
    page.locator("[name=step]").select_option(label="Shortlist")
    coordinator.press("Continue")
    coordinator.reads("Who will be told", "Amara Okafor")
    coordinator.look("shortlist-told")
    coordinator.leave_by(page.locator("main button[name=confirm]"))
    assert "shortlist" in letters_to(application.applicant.email)[-1].subject.lower()


def invites(coordinator: Person, application: Application) -> None:
    page = coordinator.page
    _open(coordinator, application)
    coordinator.follow("Invite to interview")
    day = timezone.localdate() + timedelta(days=7)
    page.locator("[name=day]").fill(f"{day:%Y-%m-%d}")
    page.locator("[name=time]").fill("10:30")
    page.locator("[name=place]").fill("City Hall, room 2")
    coordinator.press("Continue")
    coordinator.reads("10:30am")
    coordinator.press("Invite to interview")


def interviews_and_offers(coordinator: Person, application: Application) -> None:
    page = coordinator.page
    coordinator.sign_in("/admin/")
    _open(coordinator, application)
    coordinator.follow("Record the interview")
    for choice in page.locator("select[name^=score_]").all():
        choice.select_option("4")
    page.locator("[name=outcome]").select_option(label="Recommended for a place")
    coordinator.look()
    coordinator.press("Continue")
    coordinator.press("Record the interview")
    coordinator.press("Offer a place")
    coordinator.reads("Who will be told")
    coordinator.look("offer-told")
    coordinator.press("Offer a place")


def accepts(applicant: Person, application: Application) -> None:
    """Reads the agreement, signs it with the legal name, and has a place."""
    address = link_in(letters_to(applicant.email)[-1], "/offer/")
    applicant.sign_in(address)
    applicant.go(address)
    applicant.reads("We would like to offer you a place", "Learning agreement")
    applicant.look("offer")
    applicant.press("Sign and accept the place")
    applicant.look("offer-mistake")
    applicant.page.locator("[name=legal_name]").fill("Amara Chidinma Okafor")
    applicant.page.locator("main input[type=checkbox]").check()
    applicant.press("Sign and accept the place")
    applicant.reads("You have a place")
    applicant.look("accepted")
