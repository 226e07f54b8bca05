"""A story, from a telephone to the public page and off it again (C7, L9, N21)."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.models import Story
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete
from tests.journeys.people import Person, give_authenticator, letters_to
from tests.plugins.browser import TELEPHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.requirement("C7", "L9", "N21")
def test_a_graduate_tells_a_story_agrees_to_its_wording_and_withdraws_it(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    by = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(by)
    place = complete(ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor"), by=by)
    amara = Person(new_page(viewport=TELEPHONE), place.participant.email, axe, screenshot)
    own = reverse("cohorts:story", args=[place.pk])
    amara.sign_in(own)
    amara.fill("A title", "From ward to board")
    amara.fill("Your story", "I had been told not yet for ten years. Now I chair the board.")
    amara.press("Send your story")
    amara.reads("There is a problem", "Choose how you want to be named.")
    amara.look("story-wrong")
    amara.page.get_by_label("With my first name only").check()
    amara.page.get_by_label("It may be shown on the public pages").check()
    amara.press("Send your story")
    amara.reads("Thank you. We propose a wording, and you decide.")
    amara.look("story-sent")

    story = Story.objects.get()
    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(reverse("admin:cohorts_story_changelist"))
    carla.reads("From ward to board", "Sent, to be worded")
    carla.look("stories-desk")
    carla.go(reverse("admin:cohorts_story_step", args=[story.pk, "propose"]))
    carla.fill("The story", "For ten years: not yet. Now I chair the board.")
    carla.press("Continue")
    carla.press("Propose a wording")
    carla.look("story-desk")

    assert "The wording of your story" in letters_to(place.participant.email)[-1].subject
    amara.go(own)
    amara.reads("We propose these words.", "For ten years: not yet.")
    amara.look("story-proposed")
    amara.press("I agree to these words")
    amara.follow("See the public page")
    amara.reads("For ten years: not yet.", "Amara")
    amara.look("story-public")
    amara.go(reverse("cohorts:stories", args=[cohort.programme.path]))
    amara.look("stories-public")
    amara.go(own)
    amara.press("Withdraw my story")
    amara.reads("Your story is withdrawn.")
    gone = amara.page.request.get(
        amara.page.url.split("/my-programme")[0]
        + reverse("cohorts:story_page", args=[cohort.programme.path, story.reference])
    )
    assert gone.status == 404
    assert "Story withdrawn" in letters_to(by.email)[-1].subject
