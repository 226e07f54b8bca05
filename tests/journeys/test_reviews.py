"""A three-way review on a phone: written by the participant, signed by two links and by herself (B52)."""

import pytest

from applications.roles import RoleName
from cohorts.models import ThreeWayReview
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.journeys.people import Person, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B52")]


def test_a_review_is_signed_by_two_links_on_a_phone(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    cleo = staff(RoleName.COORDINATOR, cohort.programme.provider, full_name="Cleo Coordinator")
    jo = UserFactory(full_name="Jo Maddern")
    amara = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor", line_manager=jo)

    person = Person(new_page(viewport=TELEPHONE), amara.participant.email, axe, screenshot)
    person.sign_in(f"/my-programme/{amara.pk}/reviews/")
    person.look("reviews-none")
    person.press("Prepare a review")
    person.fill("What went well?", "The pilot.")
    person.fill("What is needed?", "More time on Fridays.")
    person.press("Continue")
    person.reads("Enter the day of the review.", "Say what was agreed.")
    person.look("review-wrong")
    person.fill("When did you, or will you, talk?", f"{day(-1):%-d %B %Y}")
    person.fill("What was agreed?", "Amara leads the next one.")
    person.press("Continue")
    person.press("Prepare a three-way review")
    person.reads("Nobody is asked to sign it yet")
    person.look("review-written")
    person.press("Ask for signatures")
    person.press("Continue")
    person.press("Ask for signatures")
    person.reads("Still to be signed by:")
    person.look("review-asked")

    for who in (jo, cleo):
        other = Person(new_page(viewport=TELEPHONE), who.email, axe, screenshot)
        other.go(link_in(letters_to(who.email)[-1], "/review/"))
        other.reads(f"This page is for {who.full_name}", "Amara leads the next one.")
        other.look(f"review-link-{who.full_name.split()[0]}")
        other.press("Sign the review")
        other.reads("There is a problem", "Enter your full name to sign.")
        other.fill("Your full name", who.full_name)
        other.page.get_by_label("I have read it, and it says what we talked about").check()
        other.press("Sign the review")
        other.reads("You signed it on")
        other.look("review-signed-by-link")

    person.look_again()
    person.reads("Jo Maddern", "Cleo Coordinator")
    person.fill("Your full name", "Amara Okafor")
    person.page.get_by_label("I have read it, and it says what we talked about").check()
    person.press("Sign the review")
    person.reads("All three signed it by")
    person.look("review-all")
    assert ThreeWayReview.objects.get().signed_at
    assert "is signed" in letters_to(jo.email)[-1].subject
