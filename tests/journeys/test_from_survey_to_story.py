"""A graduate, from the email that asks where they are to the story that everybody reads, beside the figures (B58, C7)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import destinations
from cohorts.models import DestinationAnswer, DestinationMoment, Enrolment, StepConfirmation, Story
from tests.factories import outcomes as make
from tests.factories.accounts import ProviderFactory, staff
from tests.factories.cohorts import ParticipantFactory, ProgrammeFactory, RunningCohortFactory, complete
from tests.factories.confirmations import confirmed
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B58", "C7")]


def half_a_year_ago(place: Enrolment) -> Enrolment:
    ended = timezone.now() - timedelta(days=185)
    Enrolment.objects.filter(pk=place.pk).update(completed_at=ended)
    return Enrolment.objects.get(pk=place.pk)


def test_a_graduate_from_the_survey_to_the_story(new_page, axe, screenshot):
    council = ProviderFactory(name="Leicester City Council")
    programme = ProgrammeFactory(provider=council, name="Reach Higher")
    cohort = RunningCohortFactory(programme=programme, name="Spring 2030", capacity=60)
    carla = staff(RoleName.COORDINATOR, council, email="carla@provider.example")
    eve = staff(RoleName.EQUALITY, council, email="eve@provider.example")
    for one in (carla, eve):
        give_authenticator(one)
    person = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
    place = half_a_year_ago(complete(person, by=carla))
    DestinationMoment.objects.create(programme=programme, months=6)
    assert destinations.ask_graduates() == 1

    # The survey, on a telephone: wrong once, then well.
    own = link_in(letters_to(place.participant.email)[-1], "/where-are-you-now/")
    amara = Person(new_page(viewport=TELEPHONE), place.participant.email, axe, screenshot)
    amara.go(own)
    amara.reads("Where are you now, after 6 months?")
    amara.look("survey")
    amara.fill("Your job title now (optional)", "Head of Service")
    amara.press("Send")
    amara.reads("There is a problem", "Tick at least one answer.")
    amara.look("survey-wrong")
    amara.page.get_by_label("I was promoted").check()
    amara.fill("Anything that you would like to tell us? (optional)", "The third time I applied.")
    amara.press("Send")
    amara.reads(
        "Thank you. That is all we ask.",
        "You were promoted. Your job title: Head of Service.",
        "Would you tell others how you got there?",
    )
    amara.look("survey-answered")

    # Somebody at work may confirm it.
    amara.fill("Their name", "Sam Marsh")
    amara.fill("Their email address at work", "sam.marsh@harbour.example")
    amara.press("Ask them")
    amara.reads("There is a problem", "Tick that we may ask them.")
    amara.look("confirmation-wrong")
    amara.page.get_by_label("Yes, you may ask them to confirm it").check()
    amara.press("Ask them")
    amara.reads("Sam Marsh gets an email with a link.", "Nothing yet.")
    amara.look("confirmation-asked")
    sam = Person(new_page(), "sam.marsh@harbour.example", axe, screenshot)
    sam.go(link_in(letters_to("sam.marsh@harbour.example")[-1], "/can-you-confirm/"))
    sam.reads("Amara Okafor was promoted.", "Head of Service")
    assert "The third time" not in sam.page.content()
    sam.press("Send")
    sam.reads("There is a problem", "Choose an answer.")
    sam.look("confirm-wrong")
    sam.page.get_by_label("Yes, that is right").check()
    sam.press("Send")
    sam.reads("Thank you. That is all we ask.", "You answered on")
    sam.look("confirmed")
    sam.page.set_viewport_size(TELEPHONE)
    sam.look("confirmed-phone")
    assert "Sam Marsh has answered" in letters_to(place.participant.email)[-1].subject
    amara.go(own)
    amara.reads("Confirmed by your employer", "Yes, that is right")
    amara.look("survey-confirmed")
    amara.page.set_viewport_size({"width": 1280, "height": 900})
    amara.look("survey-confirmed-wide")
    amara.page.set_viewport_size(TELEPHONE)

    # The story.
    amara.sign_in(reverse("cohorts:where_now", args=[place.pk]))
    amara.follow("Tell your story")
    amara.fill("A title", "The third time")
    amara.fill("Your story", "I was told twice that I came second. The third time I did not.")
    amara.fill("A sentence that we may quote (optional)", "The third time I did not come second.")
    amara.page.get_by_label("With my first name only").check()
    amara.page.get_by_label("It may be shown on the public pages").check()
    amara.page.get_by_label("It may be used in papers").check()
    amara.press("Send your story")
    amara.reads("Thank you. We propose a wording, and you decide.")
    staff_page = Person(new_page(), carla.email, axe, screenshot)
    staff_page.sign_in(reverse("admin:cohorts_cohort_moved_on", args=[cohort.pk]))
    staff_page.reads("Amara Okafor", "Employer: confirmed")
    staff_page.look("moved-on-confirmed")
    staff_page.page.set_viewport_size(TELEPHONE)
    staff_page.page.reload()
    staff_page.look("moved-on-confirmed-phone")
    staff_page.page.set_viewport_size({"width": 1280, "height": 900})
    staff_page.go(reverse("admin:cohorts_story_step", args=[Story.objects.get().pk, "propose"]))
    staff_page.fill("The story", "Told twice that I came second; the third time I did not.")
    staff_page.press("Continue")
    staff_page.press("Propose a wording")
    amara.go(reverse("cohorts:story", args=[place.pk]))
    amara.reads("We propose these words.")
    amara.press("I agree to these words")
    amara.follow("See the public page")
    amara.reads("Told twice that I came second", "Amara")
    amara.look("survey-story-public")

    # And both together, beside each other.
    study = make.study(programme, moments=())
    for number in range(17):
        one = make.graduate(cohort, {6: ["promoted"]})
        if number < 10:
            answer = DestinationAnswer.objects.get(destination__enrolment=one)
            confirmed(StepConfirmation.objects.create(answer=answer, name="Sam", email="sam.marsh@harbour.example"))
    keeper = Person(new_page(), eve.email, axe, screenshot)
    keeper.sign_in(reverse("admin:representation_outcomestudy_step", args=[study.pk, "publish_outcomes"]))
    keeper.press("Continue")
    keeper.press("Publish what became of graduates")
    keeper.go(reverse("admin:representation_outcomestudy_outcomes", args=[study.pk]))
    keeper.reads("of which confirmed by the employer", "The third time I did not come second.")
    keeper.look("survey-outcomes")
    keeper.page.set_viewport_size(TELEPHONE)
    keeper.look("survey-outcomes-phone")
