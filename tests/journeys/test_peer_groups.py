"""Peer groups: proposed and made on the desk, and at work on telephones (B11, B12)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.models import Grouping, PeerPaper
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.journeys.people import Person, give_authenticator, letters_to, link_in
from tests.plugins.browser import TELEPHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("B11", "B12")]
NAMES = ("Amara Okafor", "Ben Hale", "Cleo Marsh", "Dan Ito", "Eve Stone", "Fay Roe")


def boxes(person, group, on):
    found = person.page.get_by_role("group", name=group)
    for name, value in zip(("Day", "Month", "Year"), (on.day, on.month, on.year), strict=True):
        found.get_by_label(name, exact=True).fill(str(value))


def test_from_a_proposal_to_a_half_day_that_suits(new_page, axe, screenshot):
    cohort = RunningCohortFactory(name="2026")
    council = OrganisationFactory(name="Bristol City Council", sector="public")
    for at, name in enumerate(NAMES):
        employer = council if at < 3 else OrganisationFactory(name=f"Charity {at}", sector="voluntary")
        ParticipantFactory(cohort=cohort, participant__full_name=name, employer=employer)
    user = staff(RoleName.COORDINATOR, cohort.programme.provider, email="carla@provider.example")
    give_authenticator(user)

    # The desk: proposed, two kept apart, made.
    carla = Person(new_page(), user.email, axe, screenshot)
    carla.sign_in(reverse("admin:cohorts_cohort_step", args=[cohort.pk, "propose_groups"]))
    carla.fill("How many groups?", "2")
    carla.press("Continue")
    carla.press("Propose peer groups")
    jobs.run(Job.objects.get().pk)
    carla.page.reload()
    carla.reads("Group 1", "Group 2", "What could not be had", "No other arrangement has a better score.")
    carla.look("proposed")
    carla.page.set_viewport_size(TELEPHONE)
    carla.look("proposed-phone")
    carla.page.set_viewport_size({"width": 1280, "height": 900})
    carla.follow("Keep two people apart")
    carla.page.get_by_label("Who", exact=True).select_option(label="Amara Okafor")
    carla.page.get_by_label("And who").select_option(label="Dan Ito")
    carla.press("Continue")
    carla.press("Keep two people apart")
    carla.reads("Amara Okafor and Dan Ito")
    carla.press("Work it out again")
    jobs.run(Job.objects.latest("pk").pk)
    carla.go(reverse("admin:cohorts_grouping_proposal", args=[Grouping.objects.get().pk]))
    carla.follow("Make these groups")
    carla.press("Continue")
    carla.reads("Who would be with whom")
    carla.look("make")
    carla.press("Make these groups")
    carla.reads("These groups were made")

    # A member, on a phone.
    group = cohort.enrolments.get(participant__full_name=NAMES[0]).peer_group
    session = SessionFactory(
        cohort=cohort, peer_group=group, title="Peer learning 1", starts_at=timezone.now() + timedelta(days=40)
    )
    first, second, third = cohort.enrolments.filter(peer_group=group).select_related("participant").order_by("pk")
    amara = Person(new_page(viewport=TELEPHONE), first.participant.email, axe, screenshot)
    amara.sign_in(link_in(letters_to(first.participant.email)[-1], "/peer-group/"))
    amara.reads(str(second.participant), str(third.participant), "Nothing written yet")
    amara.look("group-empty")
    amara.follow("Say something about yourself")
    amara.page.get_by_label("My job title and employer").check()
    amara.fill("My telephone number", "0117 900 100")
    amara.fill("About me", "I lead a reablement team, and would like to learn about budgets.")
    amara.look("card")
    amara.press("Save")
    amara.reads("Your group sees it from now on.", "0117 900 100")
    amara.press("Write an agenda or notes")
    amara.press("Save")
    amara.reads("There is a problem", "Give it a title.", "Write something.")
    amara.choose("What is it?", "Agenda")
    amara.fill("Title", "Our first half-day")
    amara.fill("Text", "1. Who we are\n\n2. What we find hard")
    amara.look("write")
    amara.press("Save")
    amara.reads("Your group can read it and write on, and nobody else.")
    amara.look("paper")
    amara.follow("Back to your peer group")
    amara.follow("Find the half-day that suits most of you")
    amara.look("ask-when")
    amara.press("Ask the others")
    amara.reads("Enter the first day.")
    amara.page.get_by_label("For which session?").select_option(index=1)
    amara.fill("What is it for?", "Peer learning 1")
    boxes(amara, "From which day?", day(3))
    boxes(amara, "Until which day?", day(9))
    amara.press("Ask the others")
    amara.reads("Asked by Amara Okafor")
    for question in amara.page.locator("fieldset").all()[:3]:
        question.get_by_label("Yes", exact=True).check()
    amara.look("answer")
    amara.press("Save my answers")
    amara.reads("Still to answer")
    amara.look("answered")

    # Another member answers by the link, writes on, and chooses.
    ben = Person(new_page(viewport=TELEPHONE), second.participant.email, axe, screenshot)
    ben.sign_in(link_in(letters_to(second.participant.email)[-1], "/peer-group/"))
    ben.reads("is looking for a half-day", "Our first half-day")
    ben.look("group-asked")
    ben.press("Say what suits you")
    ben.page.locator("fieldset").all()[1].get_by_label("If need be", exact=True).check()
    ben.press("Save my answers")
    ben.leave_by(ben.page.get_by_role("button", name=re.compile("Choose it")).first)
    ben.reads("Choose this half", "Everybody in your group gets an email.")
    ben.look("group-choose")
    ben.press("Choose it and tell everybody")
    ben.reads("Everybody in your group has been told.", "The coordinator moves the session to it")
    ben.look("group-chosen")

    # The coordinator moves the session in two presses from the first page.
    carla.go(reverse("admin:index"))
    carla.reads("peer group has chosen a half-day")
    carla.go(reverse("admin:cohorts_peerpoll_changelist"))
    carla.look("half-days")
    carla.leave_by(carla.page.get_by_role("link", name="Peer learning 1").first)
    carla.look("half-day")
    carla.follow("Move the session to it")
    carla.press("Continue")
    carla.look("move")
    carla.press("Move the session to it")
    before = session.starts_at
    session.refresh_from_db()
    assert session.starts_at != before
    assert PeerPaper.objects.get().title == "Our first half-day"
