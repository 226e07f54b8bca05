"""Somebody at the employer confirms a step up, where the graduate wishes it (B58)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import completion, confirmations, destinations
from cohorts.models import Destination, DestinationAnswer, DestinationMoment, StepConfirmation
from cohorts.notices import confirmations as notices
from cohorts.notices.destinations import DESTINATION_LINK
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete, day
from tests.factories.confirmations import SAM, asked, confirmed, holder_of, stepped
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B58")]


class Scene:
    """Ada completed, was asked where she is, and says that she was promoted."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.by = staff(RoleName.COORDINATOR, self.cohort.programme.provider)
        DestinationMoment.objects.create(programme=self.cohort.programme, months=0)
        self.person = complete(ParticipantFactory(cohort=self.cohort, participant__full_name="Ada Osei"), by=self.by)
        destinations.ask_graduates(day(1))
        self.destination = Destination.objects.for_steps().get(enrolment=self.person)

    @property
    def ada(self):
        return self.person.participant

    def page(self) -> str:
        """Of the graduate, by the link in our email."""
        _, raw = TokenLink.issue(purpose=DESTINATION_LINK, target=self.destination, email="a@example.org", days=9)
        return reverse("cohorts:destination", args=[raw])

    def withdraw(self, by=None) -> None:
        confirmations.withdraw_asking(destination=self.destination, by=by or self.ada)


@pytest.fixture
def scene():
    return Scene()


def letters(key: str):
    return Message.objects.filter(kind=f"cohorts.confirmation_{key}")


def at(confirmation: StepConfirmation) -> str:
    return reverse("cohorts:confirm_step", args=[holder_of(confirmation).link.raw])


def how(scene) -> str:
    return DestinationAnswer.objects.get(destination=scene.destination, replaced_at=None).confirmed_in_words


# -- asking ----------------------------------------------------------------------------------------


def test_a_graduate_names_somebody_by_their_own_will(scene, client):
    page = scene.page()
    assert "confirmed by the employer" not in client.get(page).content.decode()
    client.post(page, {"do": "answer", "moves": ["promoted"], "job_title": "Head of Care", "words": "At last."})
    text = client.get(page).content.decode()
    assert "May we say “confirmed by the employer”?" in text
    assert 'name="agrees"' in text
    assert "checked" not in text.split('name="agrees"')[1].split(">")[0]
    without = client.post(page, {"do": "ask", "name": "Sam Marsh", "email": SAM["email"]}).content.decode()
    assert "Tick that we may ask them." in without
    assert "Sam Marsh" in without
    assert not StepConfirmation.objects.exists()
    client.post(page, {"do": "ask", "name": "Sam Marsh", "email": SAM["email"], "agrees": "on"})
    [letter] = letters("asked")
    assert (letter.to_email, letter.to) == (SAM["email"], None)
    assert "Head of Care" not in letter.text
    assert "At last." not in letter.text
    text = client.get(page).content.decode()
    assert "Nothing yet. They can answer until" in text
    assert "whether it is right that you were promoted" in text.lower()


def test_a_new_grade_is_a_step_up_and_wider_responsibility_is_none(scene):
    stepped(scene.destination, "wider")
    with pytest.raises(NotPossible, match="Only a promotion"):
        asked(scene.destination)
    stepped(scene.destination, "grade")
    assert asked(scene.destination).answer.steps == "has a new grade or band"


def test_nobody_is_asked_without_an_answer_or_once_the_completion_was_a_mistake(scene):
    with pytest.raises(NotPossible, match="Only a promotion"):
        asked(scene.destination)
    found = stepped(scene.destination)
    completion.undo(enrolment=scene.person, by=scene.by)
    with pytest.raises(NotPossible, match="not recorded as having completed"):
        asked(Destination.objects.for_steps().get(pk=found.pk))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "Enter their name."),
        ({"email": " "}, "Enter their email address at work."),
        ({"email": "sam"}, "“sam” is not an email address."),
        ({"agrees": False}, "Tick that we may ask them."),
    ],
)
def test_what_is_missing_is_said(scene, given, said):
    stepped(scene.destination)
    with pytest.raises(NotPossible, match=said):
        asked(scene.destination, **given)


def test_nobody_confirms_it_for_themselves(scene):
    stepped(scene.destination)
    with pytest.raises(NotPossible, match="Nobody confirms it for themselves"):
        asked(scene.destination, email=scene.ada.email.upper())


def test_one_at_a_time_and_three_in_all(scene):
    stepped(scene.destination)
    for _ in range(confirmations.MOST_ASKED):
        asked(scene.destination)
        with pytest.raises(NotPossible, match="has been asked already"):
            asked(scene.destination)
        scene.withdraw()
    with pytest.raises(NotPossible, match="We do not ask anybody else"):
        asked(scene.destination)


def test_only_the_graduate_names_somebody(scene):
    stepped(scene.destination)
    for by in (scene.by, UserFactory()):
        with pytest.raises(NotAllowed):
            confirmations.ask_employer(destination=scene.destination, by=by, **SAM)


# -- answering -------------------------------------------------------------------------------------


def test_whoever_is_asked_reads_the_step_and_the_job_title_and_nothing_else(scene, client):
    stepped(scene.destination, "promoted", "sector", words="My manager never believed it.")
    text = client.get(at(asked(scene.destination))).content.decode()
    assert "Ada Osei was promoted." in text
    assert "Head of Care" in text
    assert "never believed" not in text
    assert "sector" not in text
    assert scene.ada.email not in text


@pytest.mark.parametrize(
    ("said", "stands", "told"),
    [
        ("yes", "Confirmed", "has confirmed it"),
        ("no", "Not confirmed", "has said that it is not so"),
        ("unsure", "Could not say", "cannot say"),
    ],
)
def test_they_answer_and_the_graduate_hears_of_it_once(scene, client, said, stands, told):
    stepped(scene.destination)
    page = at(asked(scene.destination))
    assert how(scene) == "Asked"
    assert client.post(page, {"words": "x"}).content.decode().count("Choose an answer.") >= 1
    client.post(page, {"said": said, "words": "Since May."})
    assert how(scene) == stands
    [letter] = letters("answered")
    assert letter.to == scene.ada
    assert told in letter.text
    assert "You answered on" in client.get(page).content.decode()
    client.post(page, {"said": "no", "words": ""})
    assert how(scene) == "Not confirmed"
    assert letters("answered").count() == 1
    own = client.get(scene.page()).content.decode()
    assert "No, it is not" in own


def test_the_link_works_for_sixty_days(scene, client):
    stepped(scene.destination)
    found = asked(scene.destination)
    raw = letters("asked").get()
    link = TokenLink.objects.get(purpose="step-confirmation")
    assert timezone.localdate(link.expires_at) == found.until
    assert raw.to_email == link.email
    confirmed(found)
    late = holder_of(found)
    with time_machine.travel(timezone.localtime() + timedelta(days=61), tick=False):
        with pytest.raises(NotPossible, match="replaced or has expired"):
            confirmations.confirm(confirmation=found, said="no", by=late)
        assert how(scene) == "Confirmed"
        gone = client.get(reverse("cohorts:confirm_step", args=[late.link.raw]))
        assert gone.status_code == 410


def test_nobody_else_answers(scene):
    stepped(scene.destination)
    found = asked(scene.destination)
    link, _ = TokenLink.issue(purpose=DESTINATION_LINK, target=scene.destination, email="a@example.org", days=9)
    for by in (scene.ada, scene.by, LinkHolder(link)):
        with pytest.raises(NotAllowed):
            confirmations.confirm(confirmation=found, said="yes", by=by)
    with pytest.raises(NotPossible, match="Choose an answer"):
        confirmations.confirm(confirmation=found, said="maybe", by=holder_of(found))


def test_an_answer_has_its_day(scene):
    stepped(scene.destination)
    found = asked(scene.destination)
    with pytest.raises(IntegrityError), transaction.atomic():
        StepConfirmation.objects.filter(pk=found.pk).update(said="yes")


# -- taking it back --------------------------------------------------------------------------------


def test_the_graduate_withdraws_the_question(scene, client):
    stepped(scene.destination)
    found = asked(scene.destination)
    confirmed(found)
    page = at(found)
    own = scene.page()
    client.post(own, {"do": "withdraw", "of": scene.destination.pk})
    assert how(scene) == "Not asked"
    gone = client.get(page)
    assert gone.status_code == 410
    assert "We do not need an answer any more." in gone.content.decode()
    assert "You withdrew the question." in client.get(own).content.decode()
    with pytest.raises(NotPossible, match="Nobody is asked"):
        scene.withdraw()
    assert client.post(own, {"do": "withdraw", "of": scene.destination.pk}).status_code == 200  # pressed twice


def test_a_question_that_has_not_left_yet_does_not_leave_once_it_is_withdrawn_or_replaced(scene):
    for take_back in (scene.withdraw, lambda: stepped(scene.destination, job_title="Director")):
        stepped(scene.destination)
        found = asked(scene.destination)
        waiting = Message.objects.get(kind="cohorts.confirmation_asked", object_id=found.pk)
        assert waiting.status == "queued"
        take_back()
        waiting.refresh_from_db()
        assert waiting.status == "stopped"


def test_what_was_asked_of_an_earlier_moment_is_seen_later_and_withdrawn_by_whoever_is_signed_in(scene, client):
    stepped(scene.destination)
    confirmed(asked(scene.destination), words="Since May.")
    later = Destination.objects.create(enrolment=scene.person, months=6, due_on=day(0))
    _, raw = TokenLink.issue(purpose=DESTINATION_LINK, target=later, email="a@example.org", days=9)
    by_link = reverse("cohorts:destination", args=[raw])
    text = client.get(by_link).content.decode()
    assert "Sam Marsh" not in text
    assert "Since May." not in text
    assert "Sign in</a> to see what they said, or to withdraw the question" in text
    client.post(by_link, {"do": "withdraw", "of": scene.destination.pk})
    assert how(scene) == "Confirmed"
    client.force_login(scene.ada)
    own = reverse("cohorts:where_now", args=[scene.person.pk])
    text = client.get(own).content.decode()
    assert "At the end, we asked Sam Marsh" in text
    assert "“Since May.”" in text
    assert "Withdraw the question to Sam Marsh" in text
    client.post(own, {"do": "withdraw", "of": scene.destination.pk})
    assert how(scene) == "Not asked"


def test_staff_withdraw_it_for_whoever_rang(scene, client):
    stepped(scene.destination)
    asked(scene.destination)
    desk = with_second_factor(client, scene.by)
    take_step(desk, reverse("admin:cohorts_destination_step", args=[scene.destination.pk, "withdraw_asking"]))
    assert how(scene) == "Not asked"
    with pytest.raises(NotAllowed):
        scene.withdraw(by=UserFactory())


def test_another_answer_is_not_confirmed_by_what_was_said_of_the_one_before(scene, client):
    stepped(scene.destination)
    found = asked(scene.destination)
    confirmed(found)
    page = at(found)
    stepped(scene.destination, "promoted", "grade")
    assert how(scene) == "Not asked"
    assert client.get(page).status_code == 410
    with pytest.raises(NotPossible, match="not asked any more"):
        confirmations.confirm(confirmation=found, said="yes", by=holder_of(found))
    assert "You have changed what you told us since." in client.get(scene.page()).content.decode()
    assert asked(scene.destination).answer.steps == "was promoted and has a new grade or band"


def test_nobody_is_asked_of_somebody_whose_account_is_closed(scene, client):
    stepped(scene.destination)
    page = at(asked(scene.destination))
    scene.ada.is_active = False
    scene.ada.save()
    assert client.get(page).status_code == 410
    assert not StepConfirmation.objects.unanswered().exists()


def test_a_newer_link_takes_the_place_of_an_earlier_one(scene, client):
    stepped(scene.destination)
    found = asked(scene.destination)
    page = at(found)
    TokenLink.revoke_all(purpose="step-confirmation", target=found)
    gone = client.get(page)
    assert gone.status_code == 410
    assert "replaced" in gone.content.decode()


# -- reminding -------------------------------------------------------------------------------------


def after(days: int):
    return time_machine.travel(timezone.localtime() + timedelta(days=days), tick=False)


def test_one_reminder_two_weeks_before_the_last_day_and_then_silence(scene):
    stepped(scene.destination)
    asked(scene.destination)
    with after(40):
        work_out_reminders()
        assert not letters("reminder").exists()
    with after(46):
        for _ in range(2):
            work_out_reminders()
        [letter] = letters("reminder")
        assert letter.to_email == SAM["email"]
    with after(59):
        work_out_reminders()
        assert letters("reminder").count() == 1
    with after(62):
        assert how(scene) == "Asked, no answer"


def test_the_link_in_the_reminder_works_until_the_same_day(scene):
    stepped(scene.destination)
    found = asked(scene.destination)
    with after(46):
        notices.new_link(found)
        link = TokenLink.objects.usable().get(purpose="step-confirmation")
        assert timezone.localdate(link.expires_at) == found.until


def test_whoever_has_answered_or_is_not_asked_any_more_is_not_reminded(scene):
    stepped(scene.destination)
    confirmed(asked(scene.destination))
    with after(46):
        work_out_reminders()
    scene.withdraw()
    asked(scene.destination)
    stepped(scene.destination)
    with after(46):
        work_out_reminders()
    assert not letters("reminder").exists()


# -- the desk --------------------------------------------------------------------------------------


def test_staff_see_how_it_stands_in_lists_pages_and_downloads(scene, client):
    stepped(scene.destination)
    desk = with_second_factor(client, scene.by)
    moved_on = reverse("admin:cohorts_cohort_moved_on", args=[scene.cohort.pk])
    record = reverse("admin:cohorts_destination_change", args=[scene.destination.pk])
    listing = reverse("admin:cohorts_destination_changelist")
    assert "Employer: not asked" in desk.get(moved_on).content.decode()
    confirmed(asked(scene.destination), "yes", "Since May.")
    assert "Employer: confirmed" in desk.get(moved_on).content.decode()
    text = desk.get(record).content.decode()
    assert "Confirmed (Sam Marsh, sam.marsh@harbour.example): “Since May.”" in text
    assert "Confirmed" in desk.get(listing).content.decode()
    for page, column in ((moved_on, "At the end: confirmed by the employer"), (listing, "Confirmed by the employer")):
        answer = desk.get(f"{page}?export=csv")
        csv = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert column in csv.decode()
        assert "Confirmed" in csv.decode().splitlines()[1]
