"""A mentor, or somebody to shadow, at the own employer: named by either, agreed by a link, ended by any of them (B48)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import enrolments, internal
from cohorts.models import DayEntry, Enrolment, InternalMentor, Programme
from cohorts.states import Standing
from cohorts.states.internal import EndedBy, InternalStatus
from mentoring.models import Pair
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete
from tests.factories.internal import SAM, agreed, fresh, holder_of, named
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B48")]


@pytest.fixture
def person():
    jo = UserFactory(full_name="Jo Maddern")
    return ParticipantFactory(cohort=RunningCohortFactory(), participant__full_name="Ada Osei", line_manager=jo)


def at(name, *args):
    return reverse(f"cohorts:{name}", args=args)


def sent(kind):
    return Message.objects.filter(kind=f"cohorts.internal_{kind}")


def link_page(mentor):
    return at("internal_answer", holder_of(mentor).link.raw)


def test_the_participant_names_somebody_who_agrees_by_the_link(client, person):
    client.force_login(person.participant)
    front = at("participant", person.pk)
    assert "Nobody, unless you name somebody" in client.get(front).text
    assert "Nobody yet" in client.get(at("internal", person.pk)).text
    wrong = client.post(at("internal_name", person.pk), {"name": "Sam Marsh"}).text
    for sentence in (internal.NO_KIND, internal.NO_JOB, internal.NO_EMAIL):
        assert sentence in wrong
    assert 'value="Sam Marsh"' in wrong
    client.post(at("internal_name", person.pk), {**SAM, "hopes": "How to chair a meeting."})
    mentor = fresh(InternalMentor.objects.get())
    asked = sent("asked").get()
    assert asked.to_email == SAM["email"]
    assert "Ada Osei has named you" in asked.text
    assert not User.objects.filter(email=SAM["email"]).exists()
    assert "Waiting for Sam Marsh" in client.get(front).text
    client.logout()
    page = link_page(mentor)
    shown = client.get(page).text
    assert "How to chair a meeting." in shown
    assert person.participant.email not in shown, "before they agree"
    assert "gets an email that you have agreed" in client.post(page, {"do": "agree"}, follow=True).text
    assert person.participant.email in client.get(page).text
    assert {one.to for one in (sent("answered").get(), sent("answered_manager").get())} == {
        person.participant,
        person.line_manager,
    }
    for who, name in ((person.participant, "internal"), (person.line_manager, "managed_internal")):
        client.force_login(who)
        shown = client.get(at(name, person.pk)).text
        assert "Agreed on" in shown
        assert "Head of Care" in shown


def test_it_counts_for_no_days_and_is_no_pair(person):
    agreed(person)
    assert not DayEntry.objects.exists()
    assert not Pair.objects.exists()


def test_the_line_manager_names_somebody_and_the_participant_is_told(client, person):
    client.force_login(person.line_manager)
    assert client.get(at("managed_internal_name", person.pk)).status_code == 200
    client.post(at("managed_internal_name", person.pk), {**SAM, "kind": "shadowing"})
    mentor = fresh(InternalMentor.objects.get())
    assert mentor.named_as == "line_manager"
    assert "Jo Maddern, the line manager of Ada Osei, has asked" in sent("named").get().text
    page = link_page(mentor)
    client.post(page, {"do": "decline"})
    assert "You said no" in client.get(page).text
    with pytest.raises(NotPossible, match="said no"):
        named(person)
    client.post(page, {"do": "agree"})
    assert fresh(mentor).status == InternalStatus.AGREED
    client.post(page, {"do": "end"})
    assert "It is over." in client.get(page).text
    assert "Sam Marsh has ended it." in sent("ended").get().text
    assert not sent("ended_mentor").exists()


@pytest.mark.parametrize(
    ("who", "ended_by", "told"),
    [
        ("participant", EndedBy.PARTICIPANT, ["ended_mentor"]),
        ("manager", EndedBy.MANAGER, ["ended", "ended_mentor"]),
        ("staff", EndedBy.STAFF, ["ended", "ended_mentor"]),
    ],
)
def test_whoever_ends_it_the_others_are_told(client, person, who, ended_by, told):
    mentor = agreed(person)
    if who == "staff":
        cleo = staff(RoleName.COORDINATOR, person.cohort.programme.provider)
        with_second_factor(client, cleo)
        client.force_login(cleo)
        assert "Sam Marsh" in client.get(reverse("admin:cohorts_internalmentor_changelist")).text
        take_step(client, reverse("admin:cohorts_internalmentor_step", args=[mentor.pk, "end_internal"]))
    else:
        name, user = {
            "participant": ("internal", person.participant),
            "manager": ("managed_internal", person.line_manager),
        }[who]
        client.force_login(user)
        take_step(client, at(f"{name}_end", person.pk, mentor.pk))
        assert "Ended on" in client.get(at(name, person.pk)).text
    assert fresh(mentor).ended_by == ended_by
    assert (
        sorted(one.kind.split("internal_")[1] for one in Message.objects.filter(kind__contains="internal_ended"))
        == told
    )
    named(person)  # again, if they like


def test_it_ends_with_the_place_and_with_the_employer(client, person):
    mentor = agreed(person)
    by = staff(RoleName.COORDINATOR, person.cohort.programme.provider)
    enrolments.change_employer(enrolment=person, employer=OrganisationFactory(), by=by)
    assert fresh(mentor).ended_by == EndedBy.MOVED
    assert "has another employer now" in sent("ended_mentor").get().text
    other = named(person)
    page = link_page(other)
    enrolments.withdraw(enrolment=person, reason="A new job", by=by)
    assert fresh(other).ended_by == EndedBy.LEFT
    gone = client.get(page)
    assert "It is over." in gone.text
    assert "Ada" not in gone.text
    client.force_login(person.participant)
    assert client.get(at("internal_name", person.pk)).status_code == 404
    with pytest.raises(NotPossible, match="not on the programme"):
        named(person)


def test_whoever_is_asked_too_late_is_told_so(client, person):
    mentor = named(person)
    complete(person, by=staff(RoleName.COORDINATOR, person.cohort.programme.provider))
    page = link_page(mentor)
    assert "Ada Osei is not on the programme now." in client.post(page, {"do": "agree"}).text
    with pytest.raises(NotPossible, match="not on the programme now"):
        internal.agree(mentor=fresh(mentor), by=holder_of(mentor))


def test_nobody_without_an_employer_names_one(client):
    alone = ParticipantFactory(standing=Standing.SELF_EMPLOYED, employer=None, line_manager=None)
    client.force_login(alone.participant)
    assert "Mentoring at your own work" not in client.get(at("participant", alone.pk)).text
    assert client.get(at("internal", alone.pk)).status_code == 404
    with pytest.raises(NotPossible, match="no employer"):
        named(alone)


def test_it_has_a_rule_of_its_own(person):
    for email, sentence in (
        (person.participant.email, "mentors themselves"),
        (person.line_manager.email, "the line manager"),
        ("nonsense", "not an email address"),
        ("", "Enter their email"),
    ):
        with pytest.raises(NotPossible, match=sentence) as refused:
            named(person, email=email)
        assert refused.value.field == "email"
    named(person)
    with pytest.raises(NotPossible, match="asked already"):
        named(person, email=SAM["email"].upper())
    for number in range(2):
        named(person, email=f"other{number}@harbour.example")
    with pytest.raises(NotPossible, match="There are 3 already"):
        named(person, email="fourth@harbour.example")


@pytest.mark.requirement("R8")
def test_a_programme_says_how_many_mentors_at_work_somebody_may_have(client, person):
    Programme.objects.update(mentors_at_work=1)
    person = Enrolment.objects.for_steps().get(pk=person.pk)
    named(person)
    with pytest.raises(NotPossible, match="There is 1 already"):
        named(person, email="second@harbour.example")
    client.force_login(person.participant)
    assert "There is 1. To name somebody else" in client.get(at("internal", person.pk)).text


def test_the_link_is_sent_again_once_a_day(client, person):
    mentor = named(person)
    client.force_login(person.participant)
    again = at("internal_again", person.pk, mentor.pk)
    assert "within the last day" in client.post(again, follow=True).text
    old = holder_of(mentor)
    with time_machine.travel(timezone.localtime() + timedelta(days=2)):
        client.force_login(person.participant)
        assert "gets another email" in client.post(again, follow=True).text
        with pytest.raises(NotPossible, match="replaced"):
            internal.agree(mentor=mentor, by=old)
        with pytest.raises(NotPossible, match="replaced"):
            internal.end(mentor=mentor, by=old)
        assert "has been replaced" in client.get(at("internal_answer", old.link.raw)).text
    internal.end(mentor=fresh(mentor), by=person.participant)
    with pytest.raises(NotPossible, match="This is over"):
        internal.ask_again(mentor=mentor, by=person.participant)


def test_whoever_does_not_answer_is_reminded_once_after_a_week_and_the_participant_sees_when(client, person):
    mentor, answered = named(person), named(person, email="other@harbour.example")
    internal.decline(mentor=answered, by=holder_of(answered))
    old = holder_of(mentor)
    on = timezone.localdate(mentor.asked_at)
    for ahead in (6, 7, 8, 20):
        work_out_reminders(today=on + timedelta(days=ahead))
    reminder = sent("reminder").get()
    assert (reminder.to_email, "has not heard from you yet" in reminder.text) == (SAM["email"], True)
    with pytest.raises(NotPossible, match="replaced"):
        internal.agree(mentor=mentor, by=old)
    client.force_login(person.participant)
    shown = client.get(at("internal", person.pk)).text
    assert f"Asked on {english.day_date(on)}, reminded on {english.day_date(timezone.localdate())}." in shown


def test_whoever_was_asked_again_by_hand_is_reminded_a_week_after_that(person):
    mentor = named(person)
    on = timezone.localdate(mentor.asked_at)
    with time_machine.travel(timezone.localtime() + timedelta(days=5)):
        internal.ask_again(mentor=mentor, by=person.participant)
    for ahead in (7, 11):
        work_out_reminders(today=on + timedelta(days=ahead))
        assert not sent("reminder").exists()
    work_out_reminders(today=on + timedelta(days=12))
    assert sent("reminder").count() == 1


def test_a_question_that_nobody_has_answered_is_taken_back_and_the_colleague_told_so(client, person):
    mentor = named(person)
    client.force_login(person.participant)
    assert "Take the question back" in client.get(at("internal", person.pk)).text
    take_step(client, at("internal_end", person.pk, mentor.pk))
    gone = sent("ended_mentor").get()
    assert "is not asked of you any more" in gone.subject
    assert "Ada Osei has taken the question back." in gone.text
    assert "You took the question back on" in client.get(at("internal", person.pk)).text
    client.force_login(person.line_manager)
    assert "The participant took the question back on" in client.get(at("managed_internal", person.pk)).text
    work_out_reminders(today=timezone.localdate() + timedelta(days=8))
    assert not sent("reminder").exists()


def test_others_have_nothing_to_do_with_it(client, person):
    mentor, other = named(person), named(ParticipantFactory(cohort=person.cohort))
    stranger = UserFactory()
    for by in (stranger, staff(RoleName.COORDINATOR, person.cohort.programme.provider)):
        with pytest.raises(NotAllowed):
            named(person, by=by, email="x@harbour.example")
        with pytest.raises(NotAllowed):
            internal.agree(mentor=mentor, by=by)
    for by in (stranger, holder_of(other), other.enrolment.participant):
        with pytest.raises(NotAllowed):
            internal.end(mentor=mentor, by=by)
    client.force_login(person.participant)
    assert client.get(at("internal_end", person.pk, other.pk)).status_code == 404
    assert client.post(at("internal_again", person.pk, other.pk)).status_code == 404
    client.force_login(stranger)
    for name in ("internal", "managed_internal"):
        assert client.get(at(name, person.pk)).status_code == 404


def test_a_former_line_manager_sees_nothing_of_it(client, person):
    named(person)
    former = person.line_manager
    by = staff(RoleName.COORDINATOR, person.cohort.programme.provider)
    enrolments.change_line_manager(enrolment=person, name="Uma Quay", email="uma@harbour.example", by=by)
    client.force_login(former)
    assert client.get(at("managed_internal", person.pk)).status_code == 404
