"""Where graduates are at the end and in the years after: asked once a moment, answered by a link, counted with n of m (B58, B57)."""

from datetime import timedelta

import pgtrigger
import pytest
import time_machine
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import completion, destinations, enrolments
from cohorts.desk.destinations import figures_of
from cohorts.models import Destination, DestinationAnswer, DestinationMoment
from cohorts.notices.destinations import DESTINATION_LINK
from cohorts.states.destinations import Move
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.formats.dates import add_months
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


class Scene:
    """A programme that asks at the end, after 6 and after 12 months, and somebody who completes it."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.by = staff(RoleName.COORDINATOR, self.cohort.programme.provider)
        for months in (0, 6, 12):
            DestinationMoment.objects.create(programme=self.cohort.programme, months=months)
        self.person = complete(ParticipantFactory(cohort=self.cohort, participant__full_name="Ada Osei"), by=self.by)
        self.ended = timezone.localdate(self.person.completed_at)

    def on(self, months: int, days: int = 1):
        return add_months(self.ended, months) + timedelta(days=days)

    def asked(self, months: int = 0) -> Destination:
        destinations.ask_graduates(self.on(months))
        return Destination.objects.for_steps().get(enrolment=self.person, months=months)


def letters():
    return Message.objects.filter(kind="cohorts.destination_asked")


def holder(destination: Destination) -> LinkHolder:
    link, raw = TokenLink.issue(purpose=DESTINATION_LINK, target=destination, email="a@example.org", days=9)
    link.raw = raw
    return LinkHolder(link)


def page_of(destination: Destination) -> str:
    return reverse("cohorts:destination", args=[holder(destination).link.raw])


@pytest.fixture
def scene():
    return Scene()


# -- asking ----------------------------------------------------------------------------------------


@pytest.mark.requirement("B58")
def test_each_moment_is_asked_about_once_the_day_after_it_has_come(scene):
    assert destinations.ask_graduates(scene.ended) == 0
    assert destinations.ask_graduates(scene.on(0)) == 1
    assert destinations.ask_graduates(scene.on(0)) == 0
    assert destinations.ask_graduates(scene.on(6, 0)) == 0
    assert destinations.ask_graduates(scene.on(6)) == 1
    assert destinations.ask_graduates(scene.on(12)) == 1
    assert [one.months for one in Destination.objects.order_by("months")] == [0, 6, 12]
    assert letters().count() == 3
    assert {one.to_email for one in letters()} == {scene.person.participant.email}


def test_after_a_month_without_the_clock_they_are_asked_late_and_once(scene):
    assert destinations.ask_graduates(scene.on(6, 35)) == 1
    assert Destination.objects.get().months == 6
    assert Destination.objects.get().due_on == add_months(scene.ended, 6)
    assert destinations.ask_graduates(scene.on(6, 36)) == 0, "the end is over by then"
    assert destinations.ask_graduates(scene.on(12, 40)) == 1


def test_nobody_is_asked_about_a_moment_that_was_long_ago(scene):
    assert destinations.ask_graduates(scene.on(12, 200)) == 0


def test_no_moment_no_question(scene):
    DestinationMoment.objects.all().delete()
    assert destinations.ask_graduates(scene.on(0)) == 0


def test_a_completion_that_is_undone_and_recorded_again_asks_nobody_twice(scene):
    scene.asked()
    completion.undo(enrolment=scene.person, by=scene.by)
    assert destinations.ask_graduates(scene.on(6)) == 0
    complete(scene.person, by=scene.by)
    assert destinations.ask_graduates(scene.on(0, 2)) == 0
    with pytest.raises(IntegrityError):
        Destination.objects.create(enrolment=scene.person, months=0, due_on=scene.ended)


def test_whoever_left_or_whose_account_is_closed_is_not_asked(scene):
    other = ParticipantFactory(cohort=scene.cohort)
    enrolments.withdraw(enrolment=other, reason="A new job", by=scene.by)
    scene.person.participant.is_active = False
    scene.person.participant.save()
    assert destinations.ask_graduates(scene.on(0)) == 0


# -- answering -------------------------------------------------------------------------------------


@pytest.mark.requirement("B57", "B58")
def test_a_graduate_answers_by_the_link_and_again_where_it_was_wrong(client, scene):
    asked = scene.asked()
    page = page_of(asked)
    shown = client.get(page)
    assert "Where are you now, at the end?" in shown.text
    assert scene.person.participant.email not in shown.text
    assert "Tick at least one answer." in client.post(page, {"job_title": "Head"}).text
    both = client.post(page, {"moves": ["same", "promoted"], "job_title": "Head of Care"}).text
    assert "says that nothing has changed" in both
    assert "Head of Care" in both, "nothing that was typed is lost"
    assert client.post(page, {"moves": ["same"]}).status_code == 302
    assert "You are in the same job." in client.get(page).text
    client.post(page, {"moves": ["promoted", "sector"], "job_title": "Head of Care", "words": "It helped."})
    first, second = DestinationAnswer.objects.order_by("pk")
    assert (first.moves, first.replaced_at is None) == (["same"], False)
    assert (second.moves, second.replaced_at, second.entered_by) == (["promoted", "sector"], None, None)
    assert second.said_on == timezone.localdate()
    assert "You were promoted and have moved to another sector. Your job title: Head of Care." in client.get(page).text


def test_answers_are_facts_that_nobody_changes(scene):
    said = destinations.answer(destination=scene.asked(), moves=["same"], by=scene.person.participant)
    with pytest.raises(Exception, match="answer_stays"):
        DestinationAnswer.objects.filter(pk=said.pk).update(moves=["promoted"])


def test_only_the_graduate_answers_and_only_by_their_own_link(scene):
    asked = scene.asked()
    for by in (scene.by, UserFactory(), scene.person.line_manager or UserFactory()):
        with pytest.raises(NotAllowed):
            destinations.answer(destination=asked, moves=["same"], by=by)
    other = complete(ParticipantFactory(cohort=scene.cohort), by=scene.by)
    theirs = Destination.objects.create(enrolment=other, months=0, due_on=scene.ended)
    with pytest.raises(NotAllowed):
        destinations.answer(destination=asked, moves=["same"], by=holder(theirs))
    with pytest.raises(NotAllowed):
        destinations.stop(destination=asked, by=other.participant)


def test_a_link_that_was_replaced_says_so(client, scene):
    asked = scene.asked()
    old = holder(asked)
    destinations.ask_once_more(destination=asked, by=scene.by)
    with pytest.raises(NotPossible, match="replaced"):
        destinations.answer(destination=asked, moves=["same"], by=old)
    with pytest.raises(NotPossible, match="replaced"):
        destinations.stop(destination=asked, by=old)


def test_what_the_form_cannot_send_is_refused_by_the_action(scene):
    asked, own = scene.asked(), scene.person.participant
    for moves in ([], ["king"]):
        with pytest.raises(NotPossible, match="Tick at least one"):
            destinations.answer(destination=asked, moves=moves, by=own)
    with pytest.raises(NotPossible, match="nothing has changed"):
        destinations.answer(destination=asked, moves=["same", "left"], by=own)
    destinations.answer(destination=asked, moves=["same", "wider"], by=own)


def test_the_link_ends_with_the_completion(client, scene):
    asked = scene.asked()
    page = page_of(asked)
    completion.undo(enrolment=scene.person, by=scene.by)
    gone = client.get(page)
    assert gone.status_code == 410
    assert "We do not need an answer any more." in gone.text
    assert "Ada" not in gone.text
    with pytest.raises(NotPossible, match="not recorded as having completed"):
        destinations.answer(destination=Destination.objects.get(), moves=["same"], by=scene.person.participant)


@pytest.mark.requirement("B58")
def test_the_question_stands_on_their_own_pages_until_it_is_answered(client, scene):
    asked = scene.asked()
    client.force_login(scene.person.participant)
    front = reverse("cohorts:participant", args=[scene.person.pk])
    page = reverse("cohorts:where_now", args=[scene.person.pk])
    assert "Tell us where you are now" in client.get(front).text
    client.post(page, {"moves": ["acting"]})
    assert asked.answers.get().moves == ["acting"]
    shown = client.get(front).text
    assert "Tell us where you are now" not in shown
    assert "You can change what you said" in shown
    for somebody in (scene.person.line_manager, UserFactory()):
        if somebody:
            client.force_login(somebody)
            assert client.get(page).status_code == 404


def test_once_there_is_a_later_moment_nobody_asks_about_the_one_before(client, scene):
    scene.asked()
    later = scene.asked(6)
    client.force_login(scene.person.participant)
    front = reverse("cohorts:participant", args=[scene.person.pk])
    assert "Tell us where you are now" in client.get(front).text
    destinations.answer(destination=later, moves=["promoted"], by=scene.person.participant)
    assert "Tell us where you are now" not in client.get(front).text
    assert "What you told us" in client.get(reverse("cohorts:where_now", args=[scene.person.pk])).text


def test_before_they_are_asked_there_is_no_page(client, scene):
    client.force_login(scene.person.participant)
    assert client.get(reverse("cohorts:where_now", args=[scene.person.pk])).status_code == 404


# -- not again -------------------------------------------------------------------------------------


@pytest.mark.requirement("B58")
def test_whoever_does_not_want_to_be_asked_is_left_alone_until_they_change_their_mind(client, scene):
    asked = scene.asked()
    page = page_of(asked)
    assert "We will not ask you again." in client.post(page, {"do": "stop"}, follow=True).text
    with pytest.raises(NotPossible, match="not asked any more"):
        destinations.stop(destination=Destination.objects.for_steps().get(), by=scene.person.participant)
    with pytest.raises(NotPossible, match="not to ask again"):
        destinations.ask_once_more(destination=Destination.objects.for_steps().get(), by=scene.by)
    assert destinations.ask_graduates(scene.on(6)) == 0
    with time_machine.travel(timezone.localtime() + timedelta(days=20)):
        work_out_reminders()
    assert not Message.objects.filter(kind="cohorts.destination_reminder").exists()
    client.post(page, {"do": "resume"})
    assert destinations.ask_graduates(scene.on(6)) == 1
    with pytest.raises(NotPossible, match="asked as it is"):
        destinations.resume(destination=Destination.objects.for_steps().get(months=6), by=scene.person.participant)


def test_who_does_not_answer_is_reminded_once_with_a_link_that_works(scene):
    asked = scene.asked()
    answered = complete(ParticipantFactory(cohort=scene.cohort), by=scene.by)
    destinations.ask_graduates(scene.on(0))
    other = Destination.objects.for_steps().get(enrolment=answered)
    destinations.answer(destination=other, moves=["same"], by=answered.participant)
    with pytest.raises(NotPossible, match="answered already"):
        destinations.ask_once_more(destination=other, by=scene.by)
    for days in (15, 16):
        with time_machine.travel(timezone.localtime() + timedelta(days=days)):
            work_out_reminders()
    reminder = Message.objects.get(kind="cohorts.destination_reminder")
    assert reminder.to == scene.person.participant
    assert TokenLink.objects.usable().filter(purpose=DESTINATION_LINK, object_id=asked.pk).count() == 1


def test_staff_do_not_write_to_a_closed_account(scene):
    asked = scene.asked()
    asked.enrolment.participant.is_active = False
    with pytest.raises(NotPossible, match="closed"):
        destinations.ask_once_more(destination=asked, by=scene.by)


# -- for staff -------------------------------------------------------------------------------------


@pytest.mark.requirement("B58")
def test_what_was_told_by_telephone_is_entered_for_them_with_its_day(client, scene):
    asked = scene.asked()
    browser = with_second_factor(client, scene.by)
    url = reverse("admin:cohorts_destination_step", args=[asked.pk, "answer_for_them"])
    told = {"asked_how": "telephone", "asked_on": timezone.localdate(), "asked_why": "She is a head of service now."}
    taken = take_step(browser, url, moves=["promoted"], job_title="Head of service", words="", **told)
    assert taken.status_code == 302
    said = DestinationAnswer.objects.get()
    assert (said.moves, said.entered_by, said.said_on) == (["promoted"], scene.by, timezone.localdate())
    assert Message.objects.filter(kind="steps.done_for_you", to=scene.person.participant).exists()
    shown = browser.get(reverse("admin:cohorts_destination_changelist") + f"?cohort={scene.cohort.pk}").text
    assert "Head of service" in shown


@pytest.mark.requirement("B58", "C7")
def test_figures_count_who_did_not_answer_as_nothing_else(client, scene):
    people = [complete(ParticipantFactory(cohort=scene.cohort), by=scene.by) for _ in range(3)]
    destinations.ask_graduates(scene.on(0))
    rows = {one.enrolment_id: one for one in Destination.objects.for_steps()}
    for one, moves in zip(people, (["promoted", "sector"], ["same"], None), strict=True):
        if moves:
            destinations.answer(destination=rows[one.pk], moves=["left"], by=one.participant)
            destinations.answer(destination=rows[one.pk], moves=moves, by=one.participant)
    destinations.stop(destination=rows[people[0].pk], by=people[0].participant)
    destinations.stop(destination=rows[people[2].pk], by=people[2].participant)
    [found] = figures_of(Destination.objects.all())
    assert (found.asked, found.answered, found.stopped, found.silent) == (4, 2, 1, 1)
    assert dict(found.moves) == {
        "Same job": 1, "Wider responsibility": 0, "Promoted": 1, "New grade or band": 0,
        "Acting up or on secondment": 0, "Another employer": 0, "Another sector": 1, "Not in work": 0,
    }  # fmt: skip
    browser = with_second_factor(client, scene.by)
    page = reverse("admin:cohorts_cohort_destinations", args=[scene.cohort.pk])
    shown = browser.get(page).text
    assert "2 of 4 answered, 1 would rather not be asked, 1 did not answer" in " ".join(shown.split())
    given = b"".join(browser.get(page + "?export=csv").streaming_content).decode()
    assert f'"{scene.cohort}",At the end,4,2,Promoted,1' in given
    listed = b"".join(
        browser.get(reverse("admin:cohorts_destination_changelist") + "?export=csv").streaming_content
    ).decode()
    assert "Does not want to be asked" in listed
    assert listed.count("No answer") == 1
    far = with_second_factor(type(client)(), staff(RoleName.COORDINATOR))
    assert far.get(page).status_code == 404


def test_where_the_programme_names_no_moment_the_page_says_what_to_do(client, scene):
    DestinationMoment.objects.all().delete()
    shown = with_second_factor(client, scene.by).get(
        reverse("admin:cohorts_cohort_destinations", args=[scene.cohort.pk])
    )
    assert "does not say when graduates are asked" in shown.text
    assert str(DestinationMoment(months=6)) == "After 6 months"


def test_every_move_has_its_words():
    assert {move.label for move in Move}
    with pgtrigger.ignore():
        assert str(DestinationAnswer(moves=["wider", "grade"])) == "wider responsibility and new grade or band"
