"""Nights away and what people need: said once, confirmed before each, seen only by whoever runs the day (N7)."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.models import AccessNeeds
from applications.roles import RoleName
from cohorts.actions import sessions, staying
from cohorts.models import Needs, Stay
from cohorts.planning import Pattern
from cohorts.planning.staying import house_of, is_shown
from cohorts.states import EnrolmentStatus
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory, day
from tests.short_pages import whole
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("N7")]


@pytest.fixture
def visit():
    """A residential visit with one night, in a week."""
    return SessionFactory(title="First visit", nights=1, lodging="The Lodge", check_in="from 3pm")


@pytest.fixture
def participant(visit):
    return ParticipantFactory(cohort=visit.cohort, participant__full_name="Amara Okafor")


@pytest.fixture
def coordinator(visit):
    return staff(RoleName.COORDINATOR, visit.cohort.programme.provider)


def confirm(enrolment, session, **given):
    given = {"stays": True, "diet": "", "access": "", "room": "", **given}
    return staying.confirm_needs(enrolment=enrolment, session=session, by=enrolment.participant, **given)


# -- the plan and the letters ----------------------------------------------------------------------


def test_a_residential_part_is_drafted_with_its_nights_and_asks_once(visit, coordinator):
    part = visit.cohort.plan.components.get(key="modules")
    visit.cancelled_at = timezone.now()
    visit.save()
    type(part).objects.filter(pk=part.pk).update(mode="residential", most=3, least=3, meetings=1, days_each=3)
    monday = date(2030, 3, 4)
    made = sessions.draft_from_plan(
        cohort=visit.cohort, pattern=Pattern(monday, 4, 3, time(9), time(16)), by=coordinator
    )
    assert [(s.nights, s.asks_needs) for s in made if s.component_id == part.pk] == [(2, True), (0, False), (0, False)]


def test_everybody_who_has_not_confirmed_is_asked_and_reminded(visit, participant, coordinator):
    other = ParticipantFactory(cohort=visit.cohort)
    confirm(other, visit)
    staying.ask_needs(session=visit, needs_by=day(3), by=coordinator)
    assert [m.to for m in Message.objects.filter(kind="cohorts.needs_asked")] == [participant.participant]
    work_out_reminders(today=day(0))
    [reminder] = Message.objects.filter(kind="cohorts.needs_reminder")
    assert reminder.to == participant.participant
    confirm(participant, visit)
    staying.ask_needs(session=visit, needs_by=day(4), by=coordinator)  # again: nobody is left to ask
    work_out_reminders(today=day(1))
    assert Message.objects.filter(kind__startswith="cohorts.needs").count() == 2


def test_no_letter_says_what_somebody_needs(visit, participant, coordinator):
    confirm(participant, visit, diet="No nuts")
    Stay.objects.all().delete()
    staying.ask_needs(session=visit, needs_by=day(3), by=coordinator)
    assert not Message.objects.filter(text__icontains="nuts").exists()


def test_today_reminds_of_asking_six_weeks_before(visit, coordinator):
    waiting = staying.ask_needs.waiting.rows(type(visit).objects.visible_to(coordinator))
    assert list(waiting) == [visit]
    staying.ask_needs(session=visit, needs_by=day(3), by=coordinator)
    assert not staying.ask_needs.waiting.rows(type(visit).objects.all()).exists()


@pytest.mark.parametrize(("offset", "code"), [(-1, "day"), (8, "day")], ids=["yesterday", "after the session"])
def test_the_day_to_answer_by_lies_between_today_and_the_session(visit, coordinator, offset, code):
    with pytest.raises(NotPossible) as refused:
        staying.ask_needs(session=visit, needs_by=day(offset), by=coordinator)
    assert refused.value.code == code


# -- said once, confirmed before each --------------------------------------------------------------


def test_what_was_said_once_stands_there_the_next_time_and_is_confirmed_again(client, visit, participant):
    second = SessionFactory(cohort=visit.cohort, nights=1, starts_at=timezone.now() + timedelta(days=40))
    client.force_login(participant.participant)
    page = reverse("cohorts:needs", args=[participant.pk, visit.pk])
    assert "What do you need?" in client.get(page).content.decode()
    client.post(page, {"stays": "yes", "diet": "Vegetarian", "access": "", "room": "Ground floor"})
    assert Needs.objects.get().diet == "Vegetarian"
    page = reverse("cohorts:needs", args=[participant.pk, second.pk])
    shown = client.get(page).content.decode()
    assert "Is this still right?" in shown
    assert "Vegetarian" in shown
    assert not second.stays.exists()  # it was confirmed for the first only
    client.post(page, {"stays": "no", "diet": "Vegan", "access": "", "room": ""})
    assert (Needs.objects.get().diet, second.stays.get().stays, visit.stays.get().stays) == ("Vegan", False, True)


def test_the_note_begins_with_what_the_application_said(participant):
    from tests.factories import applications as applying

    window = applying.WindowFactory()
    application = applying.started(window, participant.participant)
    participant = ParticipantFactory(cohort=window.cohort, participant=participant.participant)
    AccessNeeds.objects.create(application=application, has_needs=True, text="A hearing loop")
    assert staying.needs_before(participant.participant, participant)["access"] == "A hearing loop"
    assert not Needs.objects.exists()  # until they confirm it


def test_whether_somebody_stays_has_to_be_said_where_there_is_a_night(client, visit, participant):
    client.force_login(participant.participant)
    page = reverse("cohorts:needs", args=[participant.pk, visit.pk])
    assert "is there to be a room" in client.post(page, {"diet": "Vegan"}).content.decode()
    assert not Stay.objects.exists()
    with pytest.raises(NotPossible, match="is there to be a room"):
        staying.confirm_needs(enrolment=participant, session=visit, by=participant.participant)


def test_a_day_with_a_meal_asks_nothing_about_the_night(client, participant):
    lunch = SessionFactory(cohort=participant.cohort, asks_needs=True, starts_at=timezone.now() + timedelta(days=3))
    client.force_login(participant.participant)
    page = reverse("cohorts:needs", args=[participant.pk, lunch.pk])
    assert "stay" not in client.get(page).content.decode().lower().split("<main")[1].split("</form>")[0]
    client.post(page, {"diet": "Halal", "access": ""})
    assert lunch.stays.get().stays is None


def test_a_session_that_asks_nothing_is_over_or_is_not_theirs_is_not_confirmed(visit, participant):
    plain = SessionFactory(cohort=visit.cohort, starts_at=timezone.now() + timedelta(days=3))
    theirs = SessionFactory(nights=1)
    type(visit).objects.filter(pk=visit.pk).update(
        starts_at=timezone.now() - timedelta(hours=1), ends_at=timezone.now() + timedelta(hours=1)
    )
    later = SessionFactory(cohort=visit.cohort, nights=1, starts_at=timezone.now() + timedelta(days=9))
    for session in (visit, plain, theirs):
        with pytest.raises(NotPossible):
            confirm(participant, session)
    confirm(participant, later)


def test_the_participants_page_says_what_is_to_be_confirmed(client, visit, participant):
    client.force_login(participant.participant)
    page = reverse("cohorts:participant", args=[participant.pk])
    assert "Say what you need" in client.get(page).content.decode()
    confirm(participant, visit, diet="No nuts")
    shown = client.get(page).content.decode()
    assert "Say what you need" not in shown
    shown = whole(client, page)
    assert "You confirmed what you need" in shown
    assert "nuts" not in shown


# -- theirs alone ----------------------------------------------------------------------------------


def test_a_person_changes_and_deletes_it_and_nothing_is_kept(client, visit, participant):
    confirm(participant, visit, diet="No nuts")
    client.force_login(participant.participant)
    client.post(reverse("cohorts:own_needs"), {"diet": "No nuts or milk", "access": "", "room": ""})
    assert house_of(visit).guests[0].needs.diet == "No nuts or milk"  # those who run the day see it as it stands
    client.post(reverse("cohorts:delete_needs"))
    assert not Needs.objects.exists()
    assert house_of(visit).guests[0].needs is None
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM steps_change WHERE concat(before, after) LIKE '%nuts%'")
        assert cursor.fetchone() == (0,)


def test_nobody_else_says_or_deletes_it(participant, coordinator):
    for act in (staying.say_needs, staying.forget_needs):
        given = {} if act is staying.forget_needs else {"diet": "x", "access": "", "room": ""}
        with pytest.raises(NotAllowed):
            act(person=participant.participant, by=coordinator, **given)


def test_it_goes_a_year_after_the_last_programme(visit, participant):
    confirm(participant, visit, diet="Vegan")
    Needs.objects.update(said_at=timezone.now() - timedelta(days=400))
    assert staying.forget_outlived() == 0  # on a programme
    type(participant).objects.filter(pk=participant.pk).update(
        status=EnrolmentStatus.WITHDRAWN, withdrawn_at=timezone.now(), withdrawal_reason="x"
    )
    assert staying.forget_outlived() == 1


# -- who sees it -----------------------------------------------------------------------------------


def test_whoever_runs_the_day_sees_it_once_confirmed_and_until_it_is_over(client, visit, participant, coordinator):
    Needs.objects.create(person=participant.participant, diet="No nuts", room="Ground floor")
    with_second_factor(client, coordinator)
    page = reverse("admin:cohorts_session_needs", args=[visit.pk])
    assert "nuts" not in client.get(page).content.decode()
    confirm(participant, visit, diet="No nuts", room="Ground floor")
    assert "No nuts" in client.get(page).content.decode()
    ago = timezone.now() - timedelta(days=3)
    type(visit).objects.filter(pk=visit.pk).update(starts_at=ago, ends_at=ago + timedelta(hours=7))
    after = client.get(page).content.decode()
    assert "not shown any more" in after
    assert "nuts" not in after


def test_it_is_shown_until_the_last_night_is_over(visit):
    now = timezone.now()
    visit.starts_at, visit.ends_at, visit.nights = now - timedelta(days=2, hours=7), now - timedelta(days=2), 2
    assert is_shown(visit)
    visit.nights = 1
    assert not is_shown(visit)


def test_the_venue_gets_numbers_and_needs_and_names_beside_rooms_only(client, visit, participant, coordinator):
    others = [ParticipantFactory(cohort=visit.cohort) for _ in range(3)]
    confirm(participant, visit, diet="Vegetarian", room="Walk-in shower")
    confirm(others[0], visit, diet="vegetarian ", stays=False, access="Hearing loop", room="Ignored at home")
    confirm(others[1], visit)
    with_second_factor(client, coordinator)
    page = reverse("admin:cohorts_session_needs", args=[visit.pk])
    table = b"".join(client.get(page, {"export": "csv"}).streaming_content).decode()
    for line in (
        "People expected,,,4", "Have not answered yet,,,1", "For the kitchen,Vegetarian,,2",
        "To take part,Hearing loop,,1", "Rooms,1 night,,2", "Room,Walk-in shower,Amara Okafor,1",
    ):  # fmt: skip
        assert line in table
    assert "Ignored" not in table
    assert str(others[0].participant) not in table


def test_another_provider_another_cohort_and_other_roles_find_nothing(client, visit, participant):
    confirm(participant, visit, diet="No nuts")
    page = reverse("admin:cohorts_session_needs", args=[visit.pk])
    provider = visit.cohort.programme.provider
    limited = staff(RoleName.COORDINATOR, provider)
    limited.role_assignments.get().cohorts.add(SessionFactory(cohort__programme=visit.cohort.programme).cohort)
    for who in (
        staff(RoleName.COORDINATOR), limited, staff(RoleName.ASSESSOR, provider), staff(RoleName.FINANCE, provider),
    ):  # fmt: skip
        with_second_factor(client, who)
        assert client.get(page).status_code in (403, 404)
