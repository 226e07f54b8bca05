"""First come, first served: numbers, places at once, places that are held and pass on, and a cohort that closes by itself."""

from datetime import timedelta

import pytest
from django.db import Error, transaction
from django.utils import timezone

from applications.actions import applications as applying
from applications.actions import decisions, offers, places
from applications.models import Application, Window
from applications.queries import places_to_apply_for
from applications.states import ApplicationStatus as S
from cohorts.actions import enrolments
from cohorts.models import Cohort
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import previewing
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import review as make
from tests.factories.applications import completed, part_values, started

pytestmark = pytest.mark.django_db
PLACE_KEPT = (S.OFFERED, S.ACCEPTED)


@pytest.fixture
def window() -> Window:
    return make.first_come(capacity=2)


@pytest.fixture
def coordinator(window) -> User:
    return make.coordinator(window)


def draft(window: Window, *, unsure: bool = False) -> Application:
    """Complete; with `unsure`, an answer is to be looked at."""
    found = completed(window)
    if unsure:
        values = {**part_values(found)["eligibility"], "led": "not_sure"}
        applying.save_part(application=found, part="eligibility", values=values, by=found.applicant)
    return found


def sent(application: Application) -> Application:
    """Submitted as its applicant does it."""
    applying.submit(application=application, by=application.applicant, notice_read=True)
    return fresh(application)


def fresh(application: Application) -> Application:
    return Application.objects.for_steps().get(pk=application.pk)


def fill(window: Window, **later: timedelta) -> int:
    return places.fill(window.cohort, now=timezone.now() + later.get("later", timedelta()))


def in_order(window: Window, *unsure: bool) -> list[Application]:
    return [sent(one) for one in [draft(window, unsure=one) for one in unsure]]


def states(applications: list[Application]) -> list[str]:
    return [fresh(one).status for one in applications]


def told(application: Application) -> list[str]:
    found = Message.objects.filter(to=application.applicant).order_by("pk").values_list("kind", flat=True)
    return [kind.removeprefix("applications.") for kind in found if kind.startswith("applications.")]


def letter(application: Application) -> str:
    return Message.objects.get(to=application.applicant, kind="applications.numbered").text


@pytest.mark.requirement("N17", "N18")
def test_whoever_comes_first_is_offered_a_place_at_once_and_the_rest_wait_in_order(window):
    found = in_order(window, False, False, False, False)
    assert [one.number for one in found] == [1, 2, 3, 4]
    assert states(found) == [S.OFFERED, S.OFFERED, S.WAITING, S.WAITING]
    assert list(Application.objects.waiting_in_order().values_list("number", flat=True)) == [3, 4]
    assert [told(one) for one in found] == [["numbered"]] * 4
    text = letter(found[0])
    assert "A place is yours to take" in text
    assert "number 1 in the order of submission" in text
    assert "You are on the waiting list" in letter(found[3])


def test_an_offer_can_be_answered_for_as_long_as_the_rules_hold_a_place(window):
    window.cohort.rule_set.hold_days = 5
    window.cohort.rule_set.save()
    offer = in_order(window, False)[0].offers.get()
    assert offer.expires_at == offers.end_of_day_in(window.cohort, 5)
    assert offer.made_by is None


@pytest.mark.requirement("N18")
def test_whoever_is_looked_at_keeps_the_number_and_has_a_place_held(window, coordinator):
    first, second, third = in_order(window, True, False, False)
    assert states([first, second, third]) == [S.SUBMITTED, S.OFFERED, S.WAITING]
    assert first.held_until == offers.end_of_day_in(window.cohort, window.cohort.rule_set.hold_days)
    assert "hold a place for you until the end of" in letter(first)
    assert fill(window) == 0
    decisions.mark_as_looked_at(application=first, reason="She leads four people.", by=coordinator)
    assert fill(window) == 1
    assert (fresh(first).status, fresh(first).number, fresh(first).held_until) == (S.OFFERED, 1, None)
    assert told(first) == ["numbered", "offered"]


def test_a_place_that_was_held_too_long_passes_on_and_the_number_stays(window, coordinator):
    window.cohort.capacity = 1
    window.cohort.save()
    first, second, third = in_order(window, True, False, False)
    assert fill(window, later=timedelta(days=20)) == 1
    assert states([first, second, third]) == [S.SUBMITTED, S.OFFERED, S.WAITING]
    first = fresh(first)
    assert (first.number, first.held_until, first.passed_on_at is not None) == (1, None, True)
    assert told(first) == ["numbered", "passed_on"]
    assert told(second)[-1] == "offered"
    assert Message.objects.filter(to=coordinator, kind="applications.place_passed_on").count() == 1
    # Settled late, they come before everybody who waits, and take nobody's place.
    decisions.mark_as_looked_at(application=first, reason="She leads four people.", by=coordinator)
    assert fill(window) == 0
    assert [one.number for one in Application.objects.waiting_in_order()] == [1, 3]
    applying.withdraw(application=fresh(second), by=second.applicant)
    assert fill(window) == 1
    assert states([first, second, third]) == [S.OFFERED, S.WITHDRAWN, S.WAITING]


def test_whoever_is_to_be_looked_at_and_finds_no_place_is_held_one_when_their_turn_comes(window):
    found = in_order(window, False, False, True, False)
    assert states(found) == [S.OFFERED, S.OFFERED, S.SUBMITTED, S.WAITING]
    assert fresh(found[2]).held_until is None
    applying.withdraw(application=found[0], by=found[0].applicant)
    assert fill(window) == 0
    assert fresh(found[2]).held_until is not None
    assert told(found[2]) == ["numbered", "place_held"]
    assert states(found[3:]) == [S.WAITING]


def _accept(application: Application, by: User) -> None:
    offers.accept(offer=application.offers.get(), legal_name="Amara Okafor", by=application.applicant)


def _leave(application: Application, by: User) -> None:
    _accept(application, by)
    enrolments.withdraw(enrolment=fresh(application).enrolment, reason="Another job.", by=by)


WAYS = {
    "declined": lambda one, by: offers.decline(offer=one.offers.get(), by=one.applicant),
    "withdrawn": lambda one, by: applying.withdraw(application=one, by=one.applicant),
    "not answered": lambda one, by: offers.expire_due(now=timezone.now() + timedelta(days=30)),
    "left": _leave,
}


@pytest.mark.requirement("N18", "N19")
@pytest.mark.parametrize("way", WAYS)
def test_a_place_that_is_free_again_goes_to_whoever_comes_next(window, coordinator, way, monkeypatch):
    found = in_order(window, False, False, False, False)
    _accept(found[1], coordinator)
    asked: list[tuple] = []
    monkeypatch.setattr("applications.actions.decisions.nudge", lambda *task: asked.append(task))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda function, **kwargs: function())
        WAYS[way](fresh(found[0]), coordinator)
    assert ("applications.fill", window.cohort_id) in asked
    assert fill(window) == 1
    assert states(found[2:]) == [S.OFFERED, S.WAITING]
    assert told(found[2]) == ["numbered", "offered"]
    assert fill(window) == 0


def test_places_that_are_added_go_in_order(window):
    found = in_order(window, False, False, False, False, False)
    Cohort.objects.filter(pk=window.cohort_id).update(capacity=4)
    assert places.fill_due() == 2
    assert states(found) == [S.OFFERED] * 4 + [S.WAITING]


def test_once_the_cohort_has_begun_people_decide_who_joins(window):
    found = in_order(window, False, False, False)
    applying.withdraw(application=found[0], by=found[0].applicant)
    Cohort.objects.filter(pk=window.cohort_id).update(starts_on=timezone.localdate())
    assert places.fill_due() == 0
    assert states(found[2:]) == [S.WAITING]


def test_a_cohort_that_cannot_be_filled_keeps_no_other_waiting(window, monkeypatch, caplog):
    other = make.first_come(capacity=1)
    for one in (window, other):
        found = in_order(one, False, False, False)
        applying.withdraw(application=found[0], by=found[0].applicant)
    real = places.fill
    monkeypatch.setattr(
        places, "fill", lambda cohort, **now: 1 / 0 if cohort.pk == window.cohort_id else real(cohort, **now)
    )
    assert places.fill_due() == 1
    assert f"The free places of cohort {window.cohort_id} could not be given." in caplog.text


# -- a cohort that is full -------------------------------------------------------------------------


@pytest.mark.requirement("N19")
def test_a_full_cohort_closes_for_newcomers_and_opens_again_with_a_free_place(window):
    begun = draft(window)
    found = in_order(window, False, False)
    with pytest.raises(NotPossible, match="All 2 places on .* are taken") as refused:
        started(window)
    assert refused.value.code == "full"
    applying.withdraw(application=found[0], by=found[0].applicant)
    assert started(window).status == S.DRAFT
    # Whoever had begun waits in order, and what is kept for them is for nobody new.
    assert (sent(begun).status, places_to_apply_for([window.cohort])) == (S.OFFERED, {window.cohort_id: 0})
    with pytest.raises(NotPossible, match="are taken"):
        started(window)


def test_whoever_had_begun_before_it_was_full_joins_the_waiting_list(window):
    late = draft(window)
    in_order(window, False, False)
    assert (sent(late).status, fresh(late).number) == (S.WAITING, 3)


def test_rules_can_keep_the_waiting_list_open_to_all(window):
    window.cohort.rule_set.closes_when_full = False
    window.cohort.rule_set.save()
    in_order(window, False, False)
    assert sent(draft(window)).status == S.WAITING


# -- what stays ------------------------------------------------------------------------------------


@pytest.mark.requirement("N18")
def test_nobody_changes_a_number(window):
    first, second = in_order(window, False, False)
    rows = Application.objects.filter(pk=second.pk)
    for number in (7, 1, None):
        with pytest.raises(Error), transaction.atomic():
            rows.update(number=number)
    with pytest.raises(Error, match="stays"), transaction.atomic():
        Application.objects.filter(pk=first.pk).update(number=99)
    assert [fresh(one).number for one in (first, second)] == [1, 2]


def test_nobody_numbers_applications_that_are_compared():
    of = make.window()
    application = make.arrived(of)
    assert application.number is None
    with pytest.raises(Error, match="stays"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(number=1)


@pytest.mark.requirement("N18")
def test_the_database_gives_no_place_before_somebody_who_came_first(window, coordinator):
    found = in_order(window, False, False, False, False)
    Application.objects.filter(pk=found[0].pk).update(status=S.DECLINED)
    with pytest.raises(Error, match="order of submission"), transaction.atomic():
        Application.objects.filter(pk=found[3].pk).update(status=S.OFFERED)
    with pytest.raises(NotPossible, match=rf"{found[2].reference} \(number 3\) comes before"):
        offers.make(application=fresh(found[3]), by=coordinator)


def test_staff_offer_no_place_that_is_not_there(window, coordinator):
    found = in_order(window, False, False, False)
    with pytest.raises(NotPossible, match="Every place is taken"):
        offers.make(application=found[2], by=coordinator)
    with pytest.raises(NotPossible, match="their number says when"):
        offers.put_on_waiting_list(application=found[0], by=coordinator)


def test_an_offer_that_was_not_answered_in_time_comes_first_again_when_staff_put_it_on_the_list(window, coordinator):
    found = in_order(window, False, False, False, False)
    offers.expire_due(now=timezone.now() + timedelta(days=30))
    fill(window)
    assert states(found) == [S.EXPIRED, S.EXPIRED, S.OFFERED, S.OFFERED]
    offers.put_on_waiting_list(application=fresh(found[1]), by=coordinator)
    applying.withdraw(application=fresh(found[3]), by=found[3].applicant)
    assert fill(window) == 1
    assert states(found) == [S.EXPIRED, S.OFFERED, S.OFFERED, S.WITHDRAWN]


def test_a_submission_that_is_taken_back_gives_its_number_and_its_place_up(window, coordinator):
    found = in_order(window, False, False, False)
    with previewing() as preview:
        taking = Taking.objects.standing().on(found[0]).get()
        take_back(taking=taking, reason="It was sent by mistake.", by=coordinator)
    assert "Its number in the order of submission is given up" in " ".join(preview.notes)
    taking = Taking.objects.standing().on(found[0]).get()
    take_back(taking=taking, reason="It was sent by mistake.", by=coordinator)
    assert (fresh(found[0]).status, fresh(found[0]).number) == (S.DRAFT, None)
    assert fill(window) == 1
    assert states(found[1:]) == [S.OFFERED, S.OFFERED]
    again = sent(fresh(found[0]))
    assert (again.number, again.status) == (4, S.WAITING)


def test_a_place_that_has_passed_on_does_not_come_back(window, coordinator):
    found = in_order(window, True, False, False, False)
    decisions.turn_down(application=found[0], reason="not_eligible", by=coordinator)
    applying.withdraw(application=found[1], by=found[1].applicant)
    standing = [Taking.objects.standing().on(one).first() for one in found[:2]]
    assert fill(window) == 2
    for taking in standing:
        with pytest.raises(NotPossible, match="has passed to the next in order"):
            take_back(taking=taking, reason="It was sent by mistake.", by=coordinator)


def test_a_place_that_nobody_has_yet_comes_back(window, coordinator):
    found = in_order(window, True, False, False)
    decisions.turn_down(application=found[0], reason="not_eligible", by=coordinator)
    held, taking = found[0].held_until, Taking.objects.standing().on(found[0]).first()
    take_back(taking=taking, reason="It was sent by mistake.", by=coordinator)
    assert (fresh(found[0]).status, fresh(found[0]).number, fresh(found[0]).held_until) == (S.SUBMITTED, 1, held)
    assert fill(window) == 0


def test_whoever_is_turned_down_and_considered_again_has_the_same_number(window, coordinator):
    first, second, third = in_order(window, True, False, False)
    decisions.turn_down(application=first, reason="not_eligible", by=coordinator)
    assert (fill(window), states([second, third])) == (1, [S.OFFERED, S.OFFERED])
    again = decisions.reconsider(application=fresh(first), note="We had misread it.", by=coordinator)
    assert (again.status, fresh(again).number) == (S.SUBMITTED, 1)
    assert fill(window) == 0
    applying.withdraw(application=fresh(third), by=third.applicant)
    fill(window)
    assert fresh(first).held_until is not None


def test_the_days_of_a_hold_end_with_a_working_day(window):
    days = {timezone.localtime(offers.end_of_day_in(window.cohort, days)).weekday() for days in range(1, 8)}
    assert days <= set(range(5))
