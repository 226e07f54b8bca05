"""What people took away from a talk: at a session, on a telephone, read by the speaker; and at an event in the open, by a link (L7)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.models import Occasion
from cohorts.wiring.events import over
from modules.models import SessionSpeaker, Speaker
from steppingup import clock
from steppingup.messaging.actions import send
from steppingup.messaging.models import ReminderRule
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory
from tests.factories.events import booked, opened
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("L7")]
WORDS = "That she was told “not yet” for ten years, and asked again."


def test_what_people_take_from_talks_is_said_read_and_counted(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    provider = cohort.programme.provider
    by = staff(RoleName.COORDINATOR, provider, email="carla@provider.example")
    give_authenticator(by)
    place = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
    held = SessionFactory(cohort=cohort, title="Leading change", starts_at=clock.now() - timedelta(days=1))
    speaker = Speaker.objects.create(
        provider=provider, organisation=provider, name="Femi Cole", post="Director", email="femi@example.org"
    )
    SessionSpeaker.objects.create(session=held, speaker=speaker, subject="How I came here")

    amara = Person(new_page(viewport=TELEPHONE), place.participant.email, axe, screenshot)
    amara.sign_in(reverse("cohorts:session", args=[place.pk, held.pk]))
    amara.look("feedback-session")
    amara.follow("Say what you took away from it (the talk by Femi Cole)")
    amara.press("Send")
    amara.reads("There is a problem", "Write what you took away from it.")
    amara.look("feedback-wrong")
    amara.fill("What did you take away from it?", WORDS)
    amara.page.get_by_label("Femi Cole may read it, with my first name").check()
    amara.press("Send")
    amara.reads("Thank you. What you wrote is kept.", "Change what you wrote about it")
    amara.look("feedback-kept")

    femi = Person(new_page(), speaker.email, axe, screenshot)
    femi.go(link_in(letters_to(speaker.email)[-1], "/talks/"))
    femi.reads("What people took away from it", "Amara")
    femi.look("feedback-speaker")

    one = opened(by, programme=cohort.programme, kind="talk", title="Whom I asked for help", led_by="Ada Lake")
    booked(one, email="nia@example.org", name="Nia Rees")
    begun = clock.now() - timedelta(hours=30)
    Occasion.objects.filter(pk=one.pk).update(starts_at=begun, ends_at=begun + timedelta(hours=2))
    on = (begun + timedelta(hours=2)).date()
    for item in over(ReminderRule(), on, on):
        send(item.notice)
    nia = Person(new_page(viewport=TELEPHONE), "nia@example.org", axe, screenshot)
    nia.go(link_in(letters_to(nia.email)[-1], "/booking/"))
    nia.press("Send")
    nia.reads("There is a problem", "Say whether it was worth your time.")
    nia.look("feedback-event-wrong")
    nia.choose("Was it worth your time?", "In part")
    nia.fill("What did you take away from it? (optional)", "Whom to ask.")
    nia.press("Send")
    nia.reads("Thank you. Those who run the event will read it.")
    nia.look("feedback-event")

    carla = Person(new_page(), by.email, axe, screenshot)
    carla.sign_in(reverse("admin:modules_talkfeedback_changelist"))
    carla.reads("not yet")
    carla.look("feedback-list")
    carla.go(reverse("admin:cohorts_occasion_change", args=[one.pk]))
    carla.reads("1 person said whether it was worth their time: 1 in part.")
    carla.look("feedback-event-desk")
