"""The terms of an assignment: signed by all three, signed anew when they change; and the days that its pattern makes."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from pypdf import PdfReader

from cohorts.actions import agreements as actions
from cohorts.actions import pausing, placements
from cohorts.agreements import text_of
from cohorts.models import Agreement, Cohort, Placement, Session
from cohorts.planning.bank_holidays import bank_holidays
from cohorts.progress.feeds import managed_assignments, own_assignments
from cohorts.progress.planned import planned_of
from cohorts.states import Ending
from cohorts.states import Signatory as S
from steppingup import clock
from steppingup.calendars.writing import as_calendar
from steppingup.formats import english
from steppingup.formats.recurring import Recurring, in_words
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.agreements import asked_by, write_signature
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.staff import posted

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B9", "B10")]


@pytest.fixture
def cohort():
    cohort = RunningCohortFactory()
    asked_by(
        cohort, "assignment", key="training", title="Training contract", text="At {{ host }}.",
        host_signs=True, employer_signs=True,
    )  # fmt: skip
    return cohort


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


@pytest.fixture
def placement(cohort, coordinator):
    place = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
    return agree(place, coordinator, title="A new front desk", weekdays=[1], starts_on=day(-60), ends_on=day(100))


def agree(place, by, **details):
    host = place.placements.get().host if place.placements.exists() else OrganisationFactory(name="Avon Museums")
    return placements.set_placement(enrolment=place, host=host, by=by, kind="project", **details)


def standing():
    return Agreement.objects.standing().get(template__key="training")


def everybody_signs(ago=0):
    agreement = standing()
    for role in agreement.missing:
        write_signature(agreement, role)
    if ago:
        with pgtrigger.ignore():
            agreement.signatures.update(signed_at=clock.now() - timedelta(days=ago))


def work(placement, ago):
    found = Placement.objects.get(pk=placement.pk)
    return placements.record_day(placement=found, on=day(-ago), days=1, by=found.enrolment.participant)


def test_what_is_signed_says_what_was_agreed_of_the_assignment(placement):
    text = text_of(standing())
    assert text.startswith("At Avon Museums.\n\n**The assignment**")
    assert "- What: A new front desk (project)" in text
    assert "- Days: every Tuesday" in text


def test_terms_that_nobody_has_signed_change_without_asking_anew(placement, coordinator):
    before = standing()
    agree(placement.enrolment, coordinator, weekdays=[2])
    assert standing() == before
    assert "every Wednesday" in text_of(standing())


def test_other_terms_end_what_was_signed_and_are_signed_anew_by_all_three(placement, coordinator):
    everybody_signs(ago=30)
    assert work(placement, 20).days == 1
    agree(placement.enrolment, coordinator, host_contact="Delia Marsh")  # whom to ask for is no term
    assert not standing().missing
    before = standing()
    agree(placement.enrolment, coordinator, weekdays=[2])
    before.refresh_from_db()
    assert before.ended_because == Ending.OTHER_TERMS
    assert "every Tuesday" in text_of(before)
    assert set(standing().missing) == {S.PARTICIPANT, S.EMPLOYER, S.HOST}
    assert work(placement, 10).days == 1  # while the former terms held
    with pytest.raises(NotPossible, match="was given on|has to be signed"):
        work(placement, 40)  # before anybody had signed
    everybody_signs()
    assert work(placement, 9).days == 1


def test_days_after_the_terms_changed_count_once_all_have_signed_again(placement, coordinator):
    everybody_signs(ago=30)
    agree(placement.enrolment, coordinator, weekdays=[2])

    with pgtrigger.ignore():
        Agreement.objects.filter(ended_because=Ending.OTHER_TERMS).update(ended_at=clock.now() - timedelta(days=5))
    assert work(placement, 6).days == 1
    with pytest.raises(NotPossible, match="has to be signed: “Training contract”"):
        work(placement, 3)
    agreement = standing()
    actions.sign(agreement=agreement, name="Amara Okafor", by=placement.enrolment.participant)
    with pytest.raises(NotPossible, match="the employer and the host"):
        work(placement, 0)


def test_staff_are_told_who_signs_anew_before_other_terms_are_saved(in_admin, placement, coordinator):
    everybody_signs()
    desk, page = in_admin(coordinator), reverse("admin:cohorts_placement_change", args=[placement.pk])
    given = {**posted(desk.get(page)), "weekdays": ["3"]}
    shown = desk.post(page, given).text
    assert "Amara Okafor signed “Training contract” under the terms as they were." in shown
    assert "Ask for new signatures" in shown
    assert not standing().missing
    assert desk.post(page, {**given, "anew": "on"}).status_code == 302
    assert standing().missing
    assert Placement.objects.get().weekdays == [3]


# -- planned days --------------------------------------------------------------------------------------


@given(
    weekdays=st.sets(st.integers(0, 6)),
    starts=st.dates(date(2019, 1, 1), date(2031, 1, 1)),
    length=st.integers(0, 200),
    share=st.sampled_from(["1", "0.75", "0.5", "0.25"]),
    every=st.integers(1, 4),
    most=st.integers(1, 60),
    off=st.sets(st.integers(0, 200)),
)
def test_a_pattern_makes_its_weekdays_in_its_weeks_and_no_more_than_the_part_has(
    weekdays, starts, length, share, every, most, off
):
    ends = starts + timedelta(days=length)
    days_off = {starts + timedelta(days=number) for number in off}
    total = Decimal(most) / 4
    pattern = Recurring(weekdays, starts, ends, Decimal(share), every)
    found = pattern.planned(total, lambda one: one in days_off)
    dates = [one for one, _ in found]
    assert dates == sorted(set(dates))
    assert all(starts <= one <= ends and one.weekday() in weekdays and one not in days_off for one in dates)
    mondays = {(one - timedelta(days=one.weekday())) for one in dates}
    assert all(((one - (starts - timedelta(days=starts.weekday()))).days // 7) % every == 0 for one in mondays)
    assert sum((share for _, share in found), Decimal(0)) <= total
    possible = [one for one in pattern.dates() if one not in days_off]
    if sum((share for _, share in found), Decimal(0)) < total:
        assert dates == possible  # nothing was left out that there was room for


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (([],), ""),
        (([1],), "every Tuesday"),
        (([3, 1],), "every Tuesday and Thursday"),
        (([0], 2), "Mondays every other week"),
        (([0], 1, Decimal("0.5")), "every Monday, half the day"),
    ],
)
def test_a_pattern_reads_as_somebody_would_say_it(given, words):
    assert in_words(*given) == words


def test_planned_days_leave_out_bank_holidays_sessions_pauses_and_what_comes_after_the_host_is_lost(
    client, placement, coordinator
):
    Placement.objects.update(weekdays=[0, 1, 2, 3, 4], starts_on=day(1), ends_on=day(40))
    found = Placement.objects.select_related("enrolment__cohort__programme", "component").get()
    every = [one.on for one in planned_of(found).all]
    assert not [one for one in every if one in bank_holidays(one.year) or one.weekday() > 4]
    busy = next(one for one in every if one > clock.today())
    at = clock.local() + timedelta(days=(busy - clock.today()).days)
    SessionFactory(cohort=found.enrolment.cohort, starts_at=at, ends_at=at + timedelta(hours=1))
    assert busy not in [one.on for one in planned_of(found).all]
    pausing.pause(enrolment=found.enrolment, starts_on=day(10), by=coordinator)
    assert max(one.on for one in planned_of(found).all) < day(10)
    found.lost_on = day(6)
    assert max(one.on for one in planned_of(found).all) < day(6)


def test_a_planned_day_is_recorded_with_one_tap_and_only_once(client, placement, coordinator):
    everybody_signs(ago=59)
    Cohort.objects.update(starts_on=day(-60))
    Session.objects.all().delete()
    person = placement.enrolment.participant
    client.force_login(person)
    page = reverse("cohorts:one_assignment", args=[placement.enrolment_id, placement.pk])
    shown = client.get(page).text
    found = Placement.objects.select_related("enrolment__cohort__programme", "component").get()
    latest, *_ = planned_of(found).to_record
    assert "Were you there?" in shown
    assert latest.in_words in shown
    address = reverse("cohorts:record_planned", args=[placement.enrolment_id, placement.pk])
    assert "Recorded: " in client.post(address, {"on": latest.on.isoformat()}, follow=True).text
    again = client.post(address, {"on": latest.on.isoformat()}, follow=True).text
    assert "is recorded already" in again
    assert "is recorded already" in client.post(address, {"on": "nonsense"}, follow=True).text
    assert found.days.count() == 1


def test_a_line_manager_has_the_days_to_come_in_their_calendar_and_on_paper(client, placement):
    manager = placement.enrolment.line_manager
    coming = [one.on for one in planned_of(placement).coming]
    assert [timezone.localdate(one.starts_at) for one in managed_assignments(manager)] == coming
    client.force_login(manager)
    pdf = client.get(reverse("cohorts:managed_dates_pdf", args=[placement.enrolment_id])).content
    text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert "A new front desk, at Avon Museums" in text
    assert english.weekday_date(coming[0]) in text


def test_planned_days_stand_in_the_own_calendar_as_whole_days(placement):
    events = Calendar.from_ical(as_calendar("Mine", own_assignments(placement.enrolment.participant))).walk("VEVENT")
    found = Placement.objects.select_related("enrolment__cohort__programme", "component").get()
    assert [one["dtstart"].dt for one in events] == [one.on for one in planned_of(found).all]
    assert all((one["dtend"].dt - one["dtstart"].dt).days == 1 for one in events)
