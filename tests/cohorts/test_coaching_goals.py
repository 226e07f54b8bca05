"""A request for coaching names a goal of the plan, and who hears that it is arranged and over (B49, B50, B51)."""

from decimal import Decimal

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import coaching, coaching_needs, coaching_support, development, enrolments
from cohorts.models import Coach, CoachingRequest, Goal
from cohorts.states.coaching import CoachingStatus as S
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.coaching import NEED, CoachFactory, arranged, asked_for, fresh, supporter, with_employer
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.development import goal_of
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B49", "B50")]


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


def at(name, *args):
    return reverse(f"cohorts:{name}", args=args)


def sent(kind):
    return Message.objects.filter(kind=f"cohorts.coaching_{kind}")


def within(coach, **more):
    return {"coach": coach, "dates": "Tuesdays", "cost": Decimal(300), "is_within": True, **more}


# -- a goal of the plan ----------------------------------------------------------------------------


@pytest.mark.requirement("B50", "L4")
def test_a_request_names_a_goal_whose_title_staff_read_as_long_as_it_is_named(client, person, cleo):
    goal, other = goal_of(person), goal_of(person, "Grieving")
    development.reach(goal=goal_of(person, "Reached"), on=day(0), by=person.participant)
    anothers = goal_of(ParticipantFactory(cohort=person.cohort), "Anothers")
    client.force_login(person.participant)
    page = at("coaching_ask", person.pk)
    shown = client.get(page).text
    assert "Chairing the board" in shown
    assert "Reached the board" not in shown
    assert "Anothers" not in shown
    assert coaching_needs.NOT_YOURS in client.post(page, {"filled": "yes", **NEED, "goal": anothers.pk}).text
    take_step(client, page, **NEED, goal=goal.pk)
    one = CoachingRequest.objects.get()
    with_second_factor(client, cleo)
    client.force_login(cleo)
    on_desk = reverse("admin:cohorts_coachingrequest_change", args=[one.pk])
    read = client.get(on_desk).text
    assert "Chairing the board" in read
    for words in ("without notes", "watch how it is done", "Grieving"):
        assert words not in read
    client.force_login(person.participant)
    assert "Chairing the board" in client.get(at("coaching", person.pk)).text
    assert "named any more" in client.post(at("coaching_forget_goal", person.pk, one.pk), follow=True).text
    with_second_factor(client, cleo)
    client.force_login(cleo)
    assert "Chairing" not in client.get(on_desk).text
    assert "None named" in client.get(on_desk).text
    assert other.coaching.count() == 0


def test_a_request_goes_on_without_a_goal_that_was_deleted(client, person, coach, cleo):
    goal = goal_of(person)
    one = asked_for(person, goal=goal)
    client.force_login(person.participant)
    client.post(at("journal_delete", person.pk, goal.entry.pk))
    assert not Goal.objects.exists()
    assert fresh(one).goal is None
    coaching.arrange(coaching=fresh(one), by=cleo, **within(coach))
    assert fresh(one).status == S.ARRANGED


def test_only_the_participant_sees_and_names_a_goal(client, person, cleo):
    goal = goal_of(person)
    with pytest.raises(NotAllowed, match="names a goal"):
        asked_for(person, by=cleo, goal=goal)
    with pytest.raises(NotPossible, match="have not reached yet"):
        asked_for(person, goal=goal_of(ParticipantFactory(cohort=person.cohort)))
    with pytest.raises(NotAllowed, match="takes it back"):
        coaching_needs.forget_goal(coaching=asked_for(person, goal=goal), by=cleo)
    with_second_factor(client, cleo)
    client.force_login(cleo)
    asked = client.get(reverse("admin:cohorts_enrolment_step", args=[person.pk, "request_coaching"])).text
    assert "What do you need?" in asked
    assert "Chairing" not in asked


# -- who hears of it -------------------------------------------------------------------------------


@pytest.mark.requirement("B49")
def test_the_coach_is_told_whom_they_coach_on_what_and_how_to_reach_them_and_when_it_is_over(person, coach, cleo):
    person.participant.phone = "0117 496 0123"
    person.participant.save()
    one = arranged(person, cleo, coach)
    told = sent("for_coach").get()
    assert told.to_email == "ira@avon.example"
    for words in (
        "Ada Osei",
        "Leading people",
        "Tuesdays in March",
        "3 sessions",
        person.participant.email,
        "0117 496 0123",
    ):
        assert words in told.text
    assert NEED["words"] not in told.text
    coaching.answer_anew(coaching=one, reason="Ira is ill.", by=cleo)
    assert sent("over_for_coach").get().to_email == "ira@avon.example"
    Coach.objects.update(email="")
    coaching.arrange(coaching=fresh(one), by=cleo, **within(Coach.objects.get()))
    coaching.end(coaching=fresh(one), by=person.participant)
    assert (sent("for_coach").count(), sent("over_for_coach").count()) == (1, 1), "there is no address"


@pytest.mark.requirement("B51")
@pytest.mark.parametrize("why", ["wished", "asked", "neither", "another"])
def test_the_line_manager_hears_when_it_is_only_where_that_was_wished_or_they_were_asked(person, coach, cleo, why):
    if why in ("asked", "another"):
        one = with_employer(person, cleo)
        coaching_support.support(coaching=one, by=supporter(one))
    else:
        one = asked_for(person, tells_manager=why == "wished")
    if why == "another":
        enrolments.change_line_manager(enrolment=person, name="Uma Quay", email="uma@harbour.example", by=cleo)
    coaching.arrange(coaching=fresh(one), by=cleo, **within(coach))
    told = sent("arranged_manager")
    assert told.exists() is (why in ("wished", "asked"))
    for letter in told:
        assert letter.to == person.line_manager
        assert "Tuesdays" in letter.text
        for words in ("Leading people", NEED["words"], "Avon"):
            assert words not in letter.text


def test_whoever_has_no_line_manager_is_not_asked_whether_to_tell_one(client, person):
    client.force_login(person.participant)
    assert "Tell my line manager" in client.get(at("coaching_ask", person.pk)).text
    unled = ParticipantFactory(cohort=person.cohort, line_manager=None)
    client.force_login(unled.participant)
    assert "Tell my line manager" not in client.get(at("coaching_ask", unled.pk)).text
