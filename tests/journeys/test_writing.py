"""Writing to a cohort, noting a call, and writing in confidence, on the pages that people have before them."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.models import Announcement, Concern, StaffNote
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.journeys.people import Person, give_authenticator, letters_to
from tests.plugins.browser import TELEPHONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_staff_write_to_a_cohort_and_note_a_call(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    people = [ParticipantFactory(cohort=cohort, participant__full_name=name) for name in ("Amara Okafor", "Ben Okri")]
    user = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(user)
    carla = Person(new_page(), user.email, axe, screenshot)
    carla.sign_in(reverse("admin:cohorts_cohort_step", args=[cohort.pk, "write"]))
    carla.look("write-before")
    carla.fill("Subject", "The room for {{ cohort }}")
    carla.fill("Message", "We meet in the library, {{ name }}.\n\n- Bring **a problem**")
    carla.press("Continue")
    carla.reads("Who will be told", "Amara Okafor", "Ben Okri")
    carla.look("write-ahead")
    carla.press("Write to people")
    carla.reads("Everybody to whom it was to go: 2")
    carla.look("written")
    assert Announcement.objects.get().whom == "Everybody on the cohort"
    assert "We meet in the library, Amara Okafor." in letters_to(people[0].participant.email)[-1].body
    carla.page.get_by_role("link", name="Everybody to whom it was to go: 2").click()
    carla.reads("Sent")
    carla.look("written-to")

    carla.go(reverse("admin:cohorts_enrolment_step", args=[people[0].pk, "write_note"]))
    carla.fill("Note", "Rang: her placement is too far away.")
    carla.press("Continue")
    carla.press("Write a note")
    carla.reads("Rang: her placement is too far away.")
    carla.look("note-on-participant")
    assert StaffNote.objects.get().written_by == user
    carla.go(reverse("admin:cohorts_staffnote_changelist"))
    carla.look("notes")


def test_somebody_writes_in_confidence_on_a_telephone_and_it_is_read(new_page, axe, screenshot):
    cohort = RunningCohortFactory()
    provider = cohort.programme.provider
    contact = staff(RoleName.CONFIDANT, provider, full_name="Jo Maddern", email="jo@provider.example")
    give_authenticator(contact)
    visitor = Person(new_page(viewport=TELEPHONE), "", axe, screenshot)
    visitor.go("/")
    visitor.follow("Raise a concern")
    visitor.look("concern-providers")
    visitor.follow(provider.name)
    visitor.look("concern-write")
    visitor.press("Send it to them")
    visitor.reads("Write what happened.")
    visitor.look("concern-errors")
    visitor.fill("What happened?", "He shouted at me.")
    visitor.press("Send it to them")
    visitor.reads("Thank you for telling us")
    visitor.look("concern-sent")
    assert Concern.objects.get().email == ""
    jo = Person(new_page(), contact.email, axe, screenshot)
    assert "Somebody has written to you in confidence" in letters_to(contact.email)[-1].subject
    jo.sign_in(reverse("admin:cohorts_concern_change", args=[Concern.objects.get().pk]))
    jo.reads("He shouted at me.", "Somebody who did not give their name")
    jo.look("concern-read")
    jo.go("/admin/")
    jo.look("concern-today")
