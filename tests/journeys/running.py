"""The thirty days: dates, the register, mentors, an assignment elsewhere, a qualification, and the line manager's view."""

import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import uuid4

import pgtrigger
from django.utils import timezone

from cohorts.actions import attendance, placements
from cohorts.actions.days import left_of
from cohorts.models import Agreement, Enrolment, Session, Signature
from cohorts.states import Mark
from mentoring.actions import sessions
from mentoring.models import Mentor, Pair
from modules.models import Registration
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import Organisation, User
from steppingup.jobs.models import Job
from tests.factories.accounts import UserFactory
from tests.factories.agreements import write_signature
from tests.files.uploads import pdf
from tests.journeys.people import Person, letters_to


def runs_what_waits() -> None:
    """What a worker would do."""
    from steppingup.jobs import actions

    for pk in Job.objects.unfinished().values_list("pk", flat=True):
        actions.run(pk)


def plans_and_starts(coordinator: Person, enrolment: Enrolment) -> None:
    cohort = enrolment.cohort
    coordinator.go(f"/admin/cohorts/cohort/{cohort.pk}/step/draft_from_plan/")
    coordinator.press("Continue")
    coordinator.reads("Module 1, day 1", "Module 5, day 2", "Peer learning 4")
    coordinator.look("sessions-from-plan")
    coordinator.press("Make sessions from the plan")
    coordinator.go(f"/admin/cohorts/cohort/{cohort.pk}/change/")
    coordinator.look("cohort")
    coordinator.press("Start the cohort")
    coordinator.look()
    coordinator.press("Start the cohort")


def takes_the_register(coordinator: Person, session: Session, of: str = "Amara Okafor") -> None:
    coordinator.sign_in(f"/admin/cohorts/session/{session.pk}/register/")
    coordinator.reads(of)
    coordinator.page.get_by_label("Present", exact=True).check()
    coordinator.look("register")
    coordinator.press("Save the register")
    coordinator.reads("Register saved")


def says_what_they_seek(participant: Person, enrolment: Enrolment) -> None:
    participant.sign_in(f"/my-programme/{enrolment.pk}/mentoring/wish/")
    participant.go(f"/my-programme/{enrolment.pk}/mentoring/wish/")
    participant.page.get_by_label("Leading change").check()
    participant.look("wish")
    participant.press("Save")


def mentor_from(organisation: Organisation, enrolment: Enrolment) -> User:
    user = UserFactory(email="mentor@severn.example", full_name="Noor Haddad", organisation=organisation)
    programme = enrolment.cohort.programme
    mentor = Mentor.objects.create(programme=programme, user=user, organisation=organisation, capacity=2)
    mentor.themes.set(programme.mentoring_themes.filter(name="Leading change"))
    return user


def matches(coordinator: Person, enrolment: Enrolment) -> None:
    address = f"/admin/mentoring/pair/match/{enrolment.cohort_id}/"
    coordinator.go(address)
    coordinator.press("Match mentors")
    runs_what_waits()
    coordinator.look_again()
    coordinator.look("job")
    coordinator.go(address)
    coordinator.reads("Noor Haddad", "Leading change")
    coordinator.look("matching")
    coordinator.press("Confirm the proposal")
    coordinator.reads("Who will be told", "Noor Haddad", "Amara Okafor")
    coordinator.look()
    coordinator.leave_by(coordinator.page.locator("main button[name=confirm]"))
    assert Pair.objects.get(enrolment=enrolment).status == "confirmed"
    assert letters_to("mentor@severn.example")


def meets(mentor: Person) -> None:
    """The mentor sees the participant and records a session of 90 minutes."""
    mentor.sign_in("/my-mentees/")
    mentor.go("/my-mentees/")
    mentor.reads("Amara Okafor")
    mentor.look("mentees")
    pair = Pair.objects.get(mentor__user__email=mentor.email)
    mentor.go(f"/my-mentees/{pair.pk}/session/")
    today = timezone.localdate()
    for box, value in zip(
        mentor.page.locator("input[name^=on]").all(), (today.day, today.month, today.year), strict=True
    ):
        box.fill(str(value))
    mentor.page.locator("[name=minutes]").fill("90")
    mentor.page.get_by_label("Video call").check()
    mentor.look("mentoring-session")
    mentor.press("Record it")


def goes_elsewhere(coordinator: Person, participant: Person, enrolment: Enrolment, host: Organisation) -> None:
    """A host is found that is not the employer; the participant records a day."""
    page = coordinator.page
    coordinator.go("/admin/cohorts/placement/add/")
    coordinator.find("enrolment", "Amara")
    coordinator.find("host", enrolment.employer.name)
    page.locator("[name=kind]").select_option("project")
    page.locator("[name=title]").fill("A waiting list that tells the truth")
    coordinator.press("Save")
    assert page.locator(".errorlist, .text-red-600, .text-red-700").count(), page.content()
    coordinator.find("host", host.name)
    coordinator.press("Save")
    signs_for_the_assignment(participant, enrolment)
    participant.go(f"/my-programme/{enrolment.pk}/assignment/")
    today = timezone.localdate()
    for box, value in zip(
        participant.page.locator("input[name^=on]").all(), (today.day, today.month, today.year), strict=True
    ):
        box.fill(str(value))
    participant.look("assignment")
    participant.leave_by(participant.page.locator("main form button[type=submit]").first)
    participant.reads("Recorded")


def signs_for_the_assignment(participant: Person, enrolment: Enrolment) -> None:
    """No day counts before all three have signed; the employer and the host have their links."""
    agreement = Agreement.objects.for_steps().get(enrolment=enrolment, template__key="training-contract")
    participant.go(f"/my-programme/{enrolment.pk}/")
    participant.reads("What we ask of you now", "Sign “Training contract”")
    participant.press("Read and sign “Training contract”")
    participant.look("sign")
    participant.page.locator("[name=name]").fill("Amara Chidinma Okafor")
    participant.page.locator("main input[type=checkbox]").check()
    participant.press("Sign the agreement")
    participant.reads("Still to be signed by the employer")
    for role in Agreement.objects.for_steps().get(pk=agreement.pk).missing:
        write_signature(Agreement.objects.for_steps().get(pk=agreement.pk), role)
    participant.go(f"/my-programme/{enrolment.pk}/agreements/")
    participant.look("agreements")


def takes_a_qualification(participant: Person, coordinator: Person, enrolment: Enrolment) -> None:
    """Registers, chooses 13 credits from three courses, hands in ten pages."""
    base, page = f"/my-programme/{enrolment.pk}/qualification/", participant.page
    participant.go(base)
    participant.reads("13 credits")
    participant.look("qualification")
    participant.leave_by(page.get_by_role("button", name=re.compile("^Register")).first)
    participant.look()
    participant.leave_by(page.locator("main form .govuk-button").first)
    for course in ("Becoming an effective leader", "Managing projects in the organisation", "Partnership working"):
        participant.go(f"{base}courses/")
        participant.leave_by(page.get_by_role("button", name=f"Choose {course}"))
        participant.look()
        if page.get_by_role("button", name=re.compile("^Choose")).count() and "courses" not in page.url.split("/")[-2]:
            participant.leave_by(page.locator("main form .govuk-button").first)
    registration = Registration.objects.get(enrolment=enrolment)
    assert sum(choice.credits for choice in registration.choices.all()) == 13
    participant.go(f"{base}assignment/")
    page.locator("input[type=file]").set_input_files(
        {"name": "short.pdf", "mimeType": "application/pdf", "buffer": pdf(3)}
    )
    participant.leave_by(page.locator("main form .govuk-button").first)
    participant.reads("3 pages")
    participant.look("assignment-too-short")
    page.locator("input[type=file]").set_input_files(
        {"name": "assignment.pdf", "mimeType": "application/pdf", "buffer": pdf(10)}
    )
    participant.leave_by(page.locator("main form .govuk-button").first)
    participant.look("qualification-handed-in")
    _records_results(coordinator, registration)
    registration.refresh_from_db()
    assert registration.status == "achieved"


def _records_results(coordinator: Person, registration: Registration) -> None:
    for choice in registration.choices.all():
        coordinator.go(f"/admin/modules/coursechoice/{choice.pk}/step/pass/")
        coordinator.press("Continue")
        coordinator.press("Record a pass")
    assignment = registration.assignments.get()
    coordinator.go(f"/admin/modules/assignment/{assignment.pk}/step/pass/")
    coordinator.look()
    feedback = coordinator.page.locator("textarea")
    if feedback.count():
        feedback.first.fill("A clear account, honest about what did not work.")
    coordinator.press("Continue")
    coordinator.press("Pass")


def follows(manager: Person, enrolment: Enrolment, picture: str) -> None:
    """The line manager sees days and dates of their own person; nothing else."""
    manager.sign_in("/my-team/")
    manager.go("/my-team/")
    manager.reads("Amara Okafor", "30 days")
    manager.look(picture)
    manager.go(f"/my-team/{enrolment.pk}/")
    manager.look(f"{picture}-person")
    text = manager.page.locator("main").inner_text() + reads_each_page(manager, f"{picture}-person")
    assert "waiting list that tells" in text
    for hidden in ("Score", "Band 6", "night team", "points"):
        assert hidden not in text


def reads_each_page(person: Person, picture: str) -> str:
    """From the front page to each that its menu leads to, and back: all that stands there."""
    page, front, words = person.page, urlsplit(person.page.url).path, []
    titles = page.locator(".menu__link").all_inner_texts()
    assert titles
    for title in titles:
        person.leave_by(page.locator(".menu__link", has_text=re.compile(f"^{re.escape(title)}$")))
        person.look(f"{picture}-{urlsplit(page.url).path.split('/')[-2]}")
        words.append(page.locator("main").inner_text())
        person.follow("Overview")
        assert urlsplit(page.url).path == front
    return "\n".join(words)


def lives_through_the_rest(enrolment: Enrolment) -> None:
    """What the year holds besides, by the same actions: every session, fourteen more days elsewhere, three of mentoring."""
    for session in Session.objects.filter(cohort=enrolment.cohort).order_by("starts_at"):
        attendance.mark(session=session, marks={enrolment.pk: Mark.PRESENT}, by=SYSTEM)
    placement, day = enrolment.placements.get(), timezone.localdate() - timedelta(days=60)
    with pgtrigger.ignore():  # signed before these days
        Signature.objects.update(signed_at=timezone.now() - timedelta(days=70))
    while placement.days.count() < 15:
        day = _working_day_after(day)
        if left_of(enrolment, day) < 1:  # a session takes it up
            continue
        placements.record_day(placement=placement, on=day, days=Decimal(1), by=enrolment.participant)
    pair = Pair.objects.get(enrolment=enrolment)
    for number in range(3):
        on = timezone.localdate() - timedelta(days=10 * number + 3)
        while left_of(enrolment, on) < 1:
            on -= timedelta(days=1)
        sessions.record(
            pair=pair, on=on, minutes=400, mode="face_to_face", by=enrolment.participant, submission=uuid4()
        )


def _working_day_after(day: date) -> date:
    day += timedelta(days=1)
    return day if day.weekday() < 5 else _working_day_after(day)
