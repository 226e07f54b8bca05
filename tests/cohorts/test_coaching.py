"""Coaching on request: a register, a need that becomes a request, and the employer's support beyond the plan (B49, B50, B51)."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import coaches, coaching, coaching_needs, coaching_support, enrolments, pausing
from cohorts.models import Coach, CoachingRequest, CoachingSession, DayEntry, Enrolment, Programme
from cohorts.notices import coaching as notices
from cohorts.states import Standing
from cohorts.states.coaching import CoachingStatus as S
from steppingup.accounts.actors import NotAllowed, OwnRecord
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.coaching import NEED, CoachFactory, arranged, asked_for, fresh, supporter, with_employer
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B49", "B50", "B51")]


@pytest.fixture
def person():
    jo = UserFactory(full_name="Jo Maddern")
    return ParticipantFactory(cohort=RunningCohortFactory(), participant__full_name="Ada Osei", line_manager=jo)


@pytest.fixture
def cleo(person):
    return staff(RoleName.COORDINATOR, person.cohort.programme.provider)


@pytest.fixture
def coach(person):
    return CoachFactory(provider=person.cohort.programme.provider, name="Avon Coaching", cost=Decimal(100))


@pytest.fixture
def desk(client, cleo):
    with_second_factor(client, cleo)
    client.force_login(cleo)
    return client


def at(name, *args):
    return reverse(f"cohorts:{name}", args=args)


def step(one, name):
    return reverse("admin:cohorts_coachingrequest_step", args=[one.pk, name])


def sent(kind):
    return Message.objects.filter(kind=f"cohorts.coaching_{kind}")


def within(coach, **more):
    return {"coach": coach, "dates": "Tuesdays", "cost": Decimal(300), "is_within": True, **more}


# -- the register ----------------------------------------------------------------------------------


def test_staff_keep_a_register_that_is_searched_and_exported(desk, person):
    listing = reverse("admin:cohorts_coach_changelist")
    given = {
        "provider": person.cohort.programme.provider_id, "name": "NHS Coaching Network", "kind": "network",
        "coaches_on": "Careers in the NHS", "cost": "0", "sessions": "4", "since": day(-9).isoformat(),
    }  # fmt: skip
    wrong = desk.post(reverse("admin:cohorts_coach_add"), {**given, "name": "", "cost": "-1"}).text
    assert "0" in wrong
    assert not Coach.objects.exists()
    desk.post(reverse("admin:cohorts_coach_add"), given)
    one = Coach.objects.get()
    assert (one.name, one.cost_in_words, one.sessions) == ("NHS Coaching Network", "Free", 4)
    assert "NHS Coaching Network" in desk.get(listing, {"q": "Careers"}).text
    assert "NHS Coaching Network" not in desk.get(listing, {"q": "Fencing"}).text
    assert "NHS Coaching Network" in b"".join(desk.get(listing, {"export": "csv"})).decode()


def test_when_a_coach_stops_participants_are_told_and_it_is_answered_anew(person, coach, cleo):
    one, other = arranged(person, cleo, coach), asked_for(person)
    coaches.coach_stops(coach=coach, reason="Ira has moved away.", by=cleo)
    assert (fresh(one).status, fresh(one).coach, fresh(other).status) == (S.REQUESTED, None, S.REQUESTED)
    assert "Ira has moved away." in sent("anew").get().text
    with pytest.raises(NotPossible, match="who takes people"):
        coaching.arrange(coaching=fresh(one), by=cleo, **within(coach))
    with pytest.raises(NotPossible, match="nobody as it is"):
        coaches.coach_stops(coach=coach, by=cleo)
    coaches.coach_again(coach=coach, by=cleo)
    with pytest.raises(NotPossible, match="people as it is"):
        coaches.coach_again(coach=coach, by=cleo)
    coaching.arrange(coaching=fresh(one), by=cleo, **within(coach))


# -- asked for and answered --------------------------------------------------------------------------


def test_a_participant_asks_and_staff_arrange_it(client, person, coach, cleo):
    client.force_login(person.participant)
    assert "If you need some, ask" in client.get(at("participant", person.pk)).text
    assert "Nothing asked for yet" in client.get(at("coaching", person.pk)).text
    wrong = client.post(at("coaching_ask", person.pk), {"filled": "yes", "sessions": "99"}).text
    for sentence in (coaching_needs.NO_THEME, coaching_needs.NO_WORDS, coaching_needs.NO_SESSIONS):
        assert sentence in wrong
    take_step(client, at("coaching_ask", person.pk), **NEED, when="In March")
    one = fresh(CoachingRequest.objects.get())
    with_second_factor(client, cleo)
    client.force_login(cleo)
    assert "participant waits for an answer about coaching" in client.get("/admin/").text
    take_step(client, step(one, "arrange"), coach=coach.pk, dates="Tuesdays in March", cost="300", is_within="on")
    one = fresh(one)
    assert (one.status, one.coach, one.days_beyond) == (S.ARRANGED, coach, 0)
    told = sent("arranged").get().text
    assert "Avon Coaching" in told
    assert "ira@avon.example" in told
    client.force_login(person.participant)
    assert "Tuesdays in March" in client.get(at("coaching", person.pk)).text


def test_it_is_declined_with_a_reason_that_the_participant_reads(client, person, cleo):
    one = asked_for(person)
    with pytest.raises(NotPossible, match="Say why"):
        coaching.decline(coaching=one, reason=" ", by=cleo)
    coaching.decline(coaching=one, reason="The peer groups do this in May.", by=cleo)
    assert "The peer groups do this in May." in sent("declined").get().text
    client.force_login(person.participant)
    assert "The peer groups do this in May." in client.get(at("coaching", person.pk)).text
    coaching.reopen(coaching=fresh(one), by=cleo)
    assert fresh(one).answer == ""


def test_no_more_than_three_at_a_time_and_only_on_the_programme(person, cleo):
    with pytest.raises(NotPossible, match="how many sessions"):
        asked_for(person, sessions=0)
    with pytest.raises(NotPossible, match="what you need"):
        asked_for(person, words=" ")
    first = asked_for(person, by=cleo)
    for _ in range(2):
        asked_for(person)
    with pytest.raises(NotPossible, match="There are 3 already"):
        asked_for(person)
    coaching.end(coaching=first, by=person.participant)
    assert not Message.objects.filter(kind="cohorts.coaching_ended").exists(), "they know"
    other = asked_for(person)
    coaching.end(coaching=other, reason="The budget is spent.", by=cleo)
    assert "The budget is spent." in sent("ended").get().text


# -- beyond the plan -------------------------------------------------------------------------------


@pytest.mark.requirement("B51")
def test_beyond_the_plan_the_employer_supports_it_by_a_link_first(client, person, coach, cleo):
    one = asked_for(person)
    with pytest.raises(NotPossible, match="supported by the employer first"):
        coaching.arrange(coaching=one, by=cleo, **within(coach, is_within=False))
    one = with_employer(person, cleo)
    asked = sent("employer_asked").get()
    assert asked.to == person.line_manager
    assert "1½ days" in asked.text
    assert "£300" in asked.text
    assert NEED["words"] not in asked.text
    page = at("coaching_support", supporter(one).link.raw)
    shown = client.get(page).text
    assert "1½ days" in shown
    assert NEED["words"] not in shown, "the participant's own words stay theirs"
    assert "Say whether you support it." in client.post(page, {}).text
    assert client.post(page, {"answer": "yes", "words": "Gladly."}).status_code == 302
    assert "Thank you for your answer" in client.get(page).text
    one = fresh(one)
    assert (one.status, one.employer_name, one.employer_words) == (S.SUPPORTED, "Jo Maddern", "Gladly.")
    assert "They write: Gladly." in sent("supported").get().text
    with pytest.raises(NotPossible, match="Ask them again for more"):
        coaching.arrange(coaching=one, by=cleo, **within(coach, is_within=False, cost=Decimal(301)))
    coaching.arrange(coaching=one, by=cleo, **within(coach, is_within=False))
    assert fresh(one).days_beyond == Decimal("1.5")
    assert not DayEntry.objects.exists(), "never one of the days of the plan"


@pytest.mark.requirement("B51")
def test_the_database_knows_that_it_is_supported_first(person, coach, cleo):
    one = with_employer(person, cleo)
    coaching_support.support(coaching=one, by=supporter(one))
    coaching.arrange(coaching=fresh(one), by=cleo, **within(coach, is_within=False))
    with pytest.raises(IntegrityError, match="coaching_beyond_the_plan_supported"), transaction.atomic():
        CoachingRequest.objects.filter(pk=one.pk).update(employer_answered_at=None)


@pytest.mark.requirement("B51")
def test_a_refusal_is_told_kindly_with_its_reason(client, person, cleo):
    one = with_employer(person, cleo)
    client.force_login(person.line_manager)
    front = at("managed", person.pk)
    assert "Say whether you support coaching beyond the programme" in client.get(front).text
    page = at("managed_coaching_answer", person.pk, one.pk)
    assert coaching_support.NO_REASON in client.post(page, {"answer": "no"}).text
    client.post(page, {"answer": "no", "words": "We have no cover in March."})
    assert fresh(one).status == S.NOT_SUPPORTED
    told = sent("not_supported").get().text
    assert "We have no cover in March." in told
    assert "It says nothing about you" in told
    assert "Say whether you support" not in client.get(front).text
    assert "We have no cover in March." in client.get(at("managed_coaching", person.pk)).text
    with pytest.raises(NotPossible, match="Say in a sentence why"):
        coaching_support.refuse(coaching=fresh(one), words="", by=person.line_manager)


@pytest.mark.requirement("B51")
def test_only_the_line_manager_of_now_answers(client, person, cleo):
    one = with_employer(person, cleo)
    old = supporter(one)
    for by in (person.participant, cleo, UserFactory()):
        with pytest.raises(NotAllowed):
            coaching_support.support(coaching=one, by=by)
    enrolments.change_line_manager(enrolment=person, name="Uma Quay", email="uma@harbour.example", by=cleo)
    with pytest.raises(NotAllowed):
        coaching_support.support(coaching=fresh(one), by=old)
    gone = client.get(at("coaching_support", old.link.raw)).text
    assert "It is not asked any more." in gone
    assert "Ada" not in gone
    assert coaching_support.remind_employers() == 1
    assert sent("employer_asked").latest("pk").to_email == "uma@harbour.example"
    assert coaching_support.remind_employers() == 0


@pytest.mark.requirement("B51")
def test_the_employer_is_reminded_once_and_after_four_weeks_it_waits_for_staff(person, cleo):
    one = with_employer(person, cleo)
    for days, told in ((3, 0), (8, 1), (9, 0)):
        with time_machine.travel(timezone.localtime() + timedelta(days=days)):
            assert coaching_support.remind_employers() == told
    assert sent("employer_reminder").get().to == person.line_manager
    with time_machine.travel(timezone.localtime() + timedelta(days=29)):
        assert coaching_support.remind_employers() == 0
    assert fresh(one).status == S.REQUESTED


@pytest.mark.requirement("B51", "R8")
def test_a_programme_says_how_many_at_a_time_and_when_employers_are_reminded_and_no_longer_asked(client, person, cleo):
    Programme.objects.update(coaching_at_once=2, coaching_reminder_days=3, coaching_answer_days=10)
    person = Enrolment.objects.for_steps().get(pk=person.pk)
    one = with_employer(person, cleo)
    asked_for(person)
    with pytest.raises(NotPossible, match="There are 2 already"):
        asked_for(person)
    client.force_login(person.participant)
    assert "There are 2 under way" in client.get(at("coaching", person.pk)).text
    link = TokenLink.objects.filter(object_id=one.pk, purpose=notices.COACHING_LINK).latest("pk")
    assert timezone.localdate(link.expires_at) - timezone.localdate(link.created_at) == timedelta(days=10)
    for days, told in ((2, 0), (4, 1), (5, 0), (11, 0)):
        with time_machine.travel(timezone.localtime() + timedelta(days=days)):
            assert coaching_support.remind_employers() == told
    assert fresh(one).status == S.REQUESTED


def test_nobody_is_reminded_while_the_participant_pauses(person, cleo):
    one = with_employer(person, cleo)
    pausing.pause(enrolment=person, starts_on=day(0), ends_on=day(60), by=cleo)
    with time_machine.travel(timezone.localtime() + timedelta(days=8)):
        assert coaching_support.remind_employers() == 0
    assert fresh(one).status == S.WITH_EMPLOYER


def test_a_link_that_was_replaced_says_so(client, person, cleo):
    one = with_employer(person, cleo)
    old = supporter(one)
    notices.new_link(one)
    with pytest.raises(NotPossible, match="replaced"):
        coaching_support.support(coaching=one, by=old)
    assert "has been replaced" in client.get(at("coaching_support", old.link.raw)).text


def test_whoever_has_no_employer_or_no_line_manager_has_nobody_to_ask(cleo, person):
    cohort = person.cohort
    alone = ParticipantFactory(cohort=cohort, standing=Standing.SELF_EMPLOYED, employer=None, line_manager=None)
    unled = ParticipantFactory(cohort=cohort, line_manager=None)
    for enrolment, sentence in ((alone, "no employer"), (unled, "no line manager")):
        with pytest.raises(NotPossible, match=sentence):
            with_employer(enrolment, cleo)
    with pytest.raises(NotPossible, match="in quarters"):
        coaching_support.ask_employer(coaching=asked_for(person), by=cleo, days=Decimal("0.3"), cost=Decimal(0))


# -- sessions that were had ------------------------------------------------------------------------


def test_sessions_are_noted_and_count_for_no_days(client, person, cleo):
    waits, one = asked_for(person), arranged(person, cleo)
    client.force_login(person.participant)
    page, on = at("coaching_note", person.pk, one.pk), day(-1)
    assert coaching.NO_MINUTES in client.post(page, {"on_0": "1", "on_1": "2", "on_2": "2020", "minutes": "0"}).text
    client.post(page, {"on_0": on.day, "on_1": on.month, "on_2": on.year, "minutes": "60"})
    assert "60 minutes" in client.get(at("coaching", person.pk)).text
    assert not DayEntry.objects.exists()
    given = {"coaching": one, "on": on, "minutes": 60, "by": person.participant}
    for more, sentence in (
        ({}, "noted already"),
        ({"on": day(2)}, "in the future"),
        ({"on": day(-2600)}, "Check the year"),
        ({"minutes": 0}, "whole number"),
        ({"coaching": waits}, "not arranged yet"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            coaching.note_session(**{**given, **more})
    with pytest.raises(NotAllowed):
        coaching.note_session(**{**given, "by": cleo})
    assert client.get(at("coaching_note", person.pk, waits.pk)).status_code == 404
    client.post(at("coaching_remove", person.pk, one.pk, CoachingSession.objects.get().pk))
    assert not CoachingSession.objects.exists()


# -- what follows from elsewhere ---------------------------------------------------------------------


def test_it_ends_with_the_place_and_is_answered_anew_with_another_employer(client, person, cleo):
    one, asked = arranged(person, cleo), with_employer(person, cleo)
    enrolments.change_employer(enrolment=person, employer=OrganisationFactory(), by=cleo)
    assert (fresh(one).status, fresh(asked).status) == (S.ARRANGED, S.REQUESTED)
    assert "another employer now" in sent("anew").get().text
    enrolments.withdraw(enrolment=person, reason="A new job", by=cleo)
    assert {fresh(each).status for each in (one, asked)} == {S.ENDED}
    for act in (coaching.reopen, coaching_support.support):
        with pytest.raises((NotPossible, NotAllowed)):
            act(coaching=fresh(one), by=cleo)
    client.force_login(person.participant)
    assert client.get(at("coaching", person.pk)).status_code == 200
    with pytest.raises(NotPossible, match="not on the programme"):
        asked_for(person)


def test_others_have_nothing_to_do_with_it(client, person, coach):
    one = asked_for(person)
    own = staff(RoleName.COORDINATOR, person.cohort.programme.provider)
    mine = asked_for(ParticipantFactory(cohort=person.cohort, participant=own))
    with pytest.raises(OwnRecord):
        coaching.decline(coaching=mine, reason="No.", by=own)
    for by in (UserFactory(), person.line_manager):
        for act, more in ((coaching.end, {}), (coaching.decline, {"reason": "x"})):
            with pytest.raises(NotAllowed):
                act(coaching=one, by=by, **more)
        with pytest.raises(NotAllowed):
            asked_for(person, by=by)
    client.force_login(person.line_manager)
    assert client.get(at("managed_coaching", person.pk)).status_code == 404, "nothing was asked of them"
    assert client.get(at("managed_coaching_answer", person.pk, one.pk)).status_code == 404
    assert client.get(at("coaching", person.pk)).status_code == 404
