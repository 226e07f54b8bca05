"""A day that cohorts of two providers spend together: each counts it for itself, one register, neither sees more of the other's people
than the day needs (C5)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import attendance, cohorts, joint, joint_again, sessions, staying
from cohorts.models import Attendance, DayEntry, JointInvitation, Session
from cohorts.models.joint import others_of
from cohorts.planning.joint import counts_of
from cohorts.states import JointStatus, Mark
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from steppingup.steps.taking import look_ahead
from tests.factories.cohorts import (
    CohortFactory,
    PublishedCohortFactory,
    SessionFactory,
    day,
)
from tests.factories.joint import Side
from tests.short_pages import whole
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C5")]


@pytest.fixture
def host():
    return Side("Leadership Academy", "Stepping Up", ("Amara Okafor", "Ben Otieno"))


@pytest.fixture
def guest():
    return Side("Care Skills", "Moving Up", ("Chidi Nwosu", "Dalia Haddad"))


@pytest.fixture
def session(host):
    return SessionFactory(cohort=host.cohort, title="Day together", venue="Weetwood Hall", nights=1)


@pytest.fixture
def invitation(session, host, guest):
    return joint.invite_cohort(session=session, cohort=guest.cohort, message="Do come.", by=host.coordinator)


@pytest.fixture
def accepted(invitation, guest):
    return joint.accept(invitation=invitation, component=guest.part("peer"), units=Decimal("0.5"), by=guest.coordinator)


def told(kind):
    return sorted(str(m.to) for m in Message.objects.filter(kind=f"cohorts.{kind}"))


def today(*rows):
    """The day has come."""
    starts = timezone.now() - timedelta(minutes=5)
    Session.objects.filter(pk__in=[row.pk for row in rows]).update(
        starts_at=starts, ends_at=starts + timedelta(hours=7)
    )
    return [Session.objects.for_steps().get(pk=row.pk) for row in rows]


# -- asked and answered ----------------------------------------------------------------------------


def test_an_accepted_day_counts_for_each_as_its_own_plan_says(session, invitation, accepted, guest, host):
    own = accepted.session
    assert (own.cohort, own.starts_at, own.venue, own.nights) == (guest.cohort, session.starts_at, "Weetwood Hall", 1)
    assert (own.component, own.days) == (guest.part("peer"), Decimal("0.5"))
    assert told("joint_invited") == [str(guest.coordinator)]
    assert told("joint_accepted") == [str(host.coordinator)]
    assert Message.objects.get(kind="cohorts.joint_invited").provider == guest.provider  # by their own, in its name
    assert own in Session.objects.for_enrolment(guest.people[0])
    assert session not in Session.objects.for_enrolment(guest.people[0])


def test_whoever_is_asked_answers_and_nobody_else(invitation, guest, host):
    given = {"invitation": invitation, "component": guest.part(), "units": Decimal(1)}
    with pytest.raises(NotAllowed):
        joint.accept(**given, by=host.coordinator)
    with pytest.raises(NotAllowed):
        joint.decline(invitation=invitation, reason="No.", by=host.coordinator)
    joint.decline(invitation=invitation, reason="We have an exam.", by=guest.coordinator)
    assert "We have an exam." in Message.objects.get(kind="cohorts.joint_declined").text
    assert not guest.cohort.sessions.exists()


def test_a_cohort_is_asked_once_unless_it_declined(session, invitation, host, guest):
    with pytest.raises(NotPossible, match="invited already"):
        joint.invite_cohort(session=session, cohort=guest.cohort, by=host.coordinator)
    joint.decline(invitation=invitation, reason="No.", by=guest.coordinator)
    joint.invite_cohort(session=session, cohort=guest.cohort, by=host.coordinator)


def test_only_cohorts_on_the_site_can_be_asked(session, host, guest):
    hidden = CohortFactory(programme=guest.programme, plan=guest.cohort.plan)
    assert list(joint.cohorts_to_invite(session)) == [guest.cohort]
    with pytest.raises(NotPossible, match="not on the site"):
        joint.invite_cohort(session=session, cohort=hidden, by=host.coordinator)


def test_the_day_cannot_count_for_a_part_of_another_plan_or_more_than_a_day(invitation, host, guest):
    for given, code in (
        ({"component": host.part(), "units": Decimal(1)}, "other_plan"),
        ({"component": guest.part("stretch"), "units": Decimal(1)}, "other_plan"),
        ({"component": guest.part(), "units": Decimal(2)}, "more_than_a_day"),
    ):
        with pytest.raises(NotPossible) as refused:
            joint.accept(invitation=invitation, by=guest.coordinator, **given)
        assert refused.value.code == code


def test_nobody_accepts_a_day_at_which_their_people_are_due_elsewhere(session, invitation, guest):
    SessionFactory(cohort=guest.cohort, starts_at=session.starts_at)
    with pytest.raises(NotPossible) as refused:
        joint.accept(invitation=invitation, component=guest.part(), units=Decimal(1), by=guest.coordinator)
    assert refused.value.code == "overlap"


# -- moved, cancelled, left ------------------------------------------------------------------------


def move(session, by, **more):
    new = {"starts_at": session.starts_at + timedelta(days=1), "ends_at": session.ends_at + timedelta(days=1)}
    return sessions.move(session=session, venue="The Lodge", by=by, **{**new, **more})


def test_when_the_host_moves_it_everybody_is_told_by_their_own_provider(session, accepted, host, guest):
    moved = move(session, host.coordinator)
    own = Session.objects.get(pk=accepted.session_id)
    assert (own.starts_at, own.venue) == (moved.starts_at, "The Lodge")
    letters = Message.objects.filter(kind="cohorts.session_moved")
    assert {(str(m.to), m.provider) for m in letters} == {
        *((str(one.participant), host.provider) for one in host.people),
        *((str(one.participant), guest.provider) for one in guest.people),
    }
    assert told("joint_moved") == [str(guest.coordinator)]


def test_the_host_sees_how_many_of_the_others_are_told_and_not_who(session, accepted, host, guest):
    values = {"starts_at": session.starts_at + timedelta(days=1), "ends_at": session.ends_at + timedelta(days=1)}
    ahead = look_ahead(sessions.move, [session], by=host.coordinator, values=lambda _: {**values, "venue": "The Lodge"})
    shown = repr(ahead.letters)
    assert "2 people of Care Skills" in shown
    assert "Amara Okafor" in shown
    for hidden in ("Chidi", "Dalia", guest.people[0].participant.email, str(guest.coordinator)):
        assert hidden not in shown


def test_taking_a_move_back_names_nobody_of_the_other_provider(session, accepted, host, guest):
    move(session, host.coordinator)
    taking = Taking.objects.get(step="cohorts.session.move")
    ahead = look_ahead(take_back, [taking], by=host.coordinator, values=lambda _: {"reason": "A mistake."})
    [outlook] = ahead.outlooks
    assert not outlook.refused
    assert "Chidi" not in repr(outlook)
    assert "Amara" in repr(outlook)


def test_the_host_cannot_move_it_to_where_a_guest_has_something_else(session, accepted, host, guest):
    secret = SessionFactory(cohort=guest.cohort, title="Secret", starts_at=session.starts_at + timedelta(days=1))
    with pytest.raises(NotPossible, match="has something else at that time") as refused:
        move(session, host.coordinator)
    assert str(secret) not in str(refused.value)
    session.refresh_from_db()
    assert session.starts_at.date() != secret.starts_at.date()


def test_a_guest_neither_moves_nor_cancels_the_day(accepted, guest):
    own = Session.objects.for_steps().get(pk=accepted.session_id)
    for step in (move, lambda session, by: sessions.cancel(session=session, by=by)):
        with pytest.raises(NotPossible, match="Leadership Academy runs this joint day"):
            step(own, guest.coordinator)


def test_when_the_host_cancels_it_it_is_off_for_everybody(session, accepted, host, guest):
    sessions.cancel(session=session, by=host.coordinator)
    assert Session.objects.get(pk=accepted.session_id).cancelled_at
    assert JointInvitation.objects.get().status == JointStatus.CALLED_OFF
    assert len(told("session_cancelled")) == 4
    assert told("joint_off") == [str(guest.coordinator)]


def test_a_provider_leaves_the_evening_before_and_everybody_is_told_at_once(session, accepted, host, guest):
    soon = timezone.now() + timedelta(hours=14)
    for one in (session, accepted.session):
        Session.objects.filter(pk=one.pk).update(starts_at=soon, ends_at=soon + timedelta(hours=7))
    joint.withdraw(invitation=accepted, then="cancel", reason="Snow.", by=guest.coordinator)
    letters = Message.objects.filter(kind__in=("cohorts.session_cancelled", "cohorts.joint_left"))
    assert sorted(str(m.to) for m in letters) == sorted(
        [str(one.participant) for one in guest.people] + [str(host.coordinator)]
    )
    assert all(m.next_attempt_at <= timezone.now() for m in letters)
    session.refresh_from_db()
    assert session.cancelled_at is None  # the host goes on
    assert others_of(Session.objects.for_steps().get(pk=session.pk)) == []


def test_a_guest_who_leaves_may_hold_a_day_of_its_own(accepted, guest, host):
    joint.withdraw(invitation=accepted, then="alone", venue="Our hall", reason="Too far.", by=guest.coordinator)
    own = Session.objects.for_steps().get(pk=accepted.session_id)
    assert (own.cancelled_at, own.venue) == (None, "Our hall")
    assert told("session_moved") == sorted(str(one.participant) for one in guest.people)
    assert "They will meet on that day by themselves." in Message.objects.get(kind="cohorts.joint_left").text
    move(own, guest.coordinator)  # it is theirs now


def test_the_host_calls_it_off_for_one_cohort(session, accepted, host, guest):
    joint.call_off(session=session, invitation=accepted, reason="The room is too small.", by=host.coordinator)
    assert Session.objects.get(pk=accepted.session_id).cancelled_at
    assert told("session_cancelled") == sorted(str(one.participant) for one in guest.people)
    session.refresh_from_db()
    assert session.cancelled_at is None


def test_nobody_leaves_once_the_register_was_taken(session, accepted, host, guest):
    [own] = today(accepted.session)
    attendance.mark(session=own, marks={guest.people[0].pk: Mark.PRESENT}, by=guest.coordinator)
    for act in (
        lambda: joint.withdraw(invitation=accepted, then="cancel", reason="x", by=guest.coordinator),
        lambda: joint.call_off(session=session, invitation=accepted, reason="x", by=host.coordinator),
        lambda: sessions.cancel(session=session, by=host.coordinator),
    ):
        with pytest.raises(NotPossible, match="register"):
            act()


def test_a_cohort_that_is_cancelled_leaves_its_joint_days(session, accepted, host, guest):
    type(guest.cohort).objects.filter(pk=guest.cohort.pk).update(fee=0)
    guest.cohort.refresh_from_db()
    cohorts.cancel(cohort=guest.cohort, by=guest.coordinator)
    assert JointInvitation.objects.get().status == JointStatus.WITHDRAWN
    assert told("joint_left") == [str(host.coordinator)]


def test_the_days_of_guests_go_with_the_hosts_cohort(session, accepted, host, guest):
    type(host.cohort).objects.filter(pk=host.cohort.pk).update(fee=0)
    host.cohort.refresh_from_db()
    cohorts.cancel(cohort=host.cohort, by=host.coordinator)
    assert Session.objects.get(pk=accepted.session_id).cancelled_at
    assert told("joint_off") == [str(guest.coordinator)]


# -- one register ----------------------------------------------------------------------------------


def test_either_desk_takes_one_register_and_each_mark_counts_at_home(session, accepted, host, guest):
    both = today(session, accepted.session)
    everybody = [*host.people, *guest.people]
    attendance.mark(session=both[0], marks={one.pk: Mark.PRESENT for one in everybody}, by=host.coordinator)
    assert {(a.enrolment_id, a.session_id) for a in Attendance.objects.all()} == {
        *((one.pk, session.pk) for one in host.people),
        *((one.pk, accepted.session_id) for one in guest.people),
    }
    days = DayEntry.objects.filter(enrolment=guest.people[0]).values_list("component__key", "days")
    assert list(days) == [("peer", Decimal("0.5"))]
    attendance.mark(session=both[1], marks={host.people[0].pk: Mark.ABSENT}, by=guest.coordinator)
    assert Attendance.objects.get(enrolment=host.people[0]).mark == Mark.ABSENT
    counts = {one.programme: (one.expected, one.present, one.absent) for one in counts_of(both[1])}
    assert counts == {"Moving Up": (2, 2, 0), "Stepping Up": (2, 1, 1)}


def test_the_register_names_the_others_on_the_day_and_for_a_week_only(client, session, accepted, host, guest):
    with_second_factor(client, host.coordinator)
    page = reverse("admin:cohorts_session_register", args=[session.pk])
    assert "Chidi" not in client.get(page).content.decode()
    today(session, accepted.session)
    shown = client.get(page).content.decode()
    for words in ("Chidi Nwosu", "Dalia Haddad", "Moving Up", "Care Skills", "By programme"):
        assert words in shown
    assert guest.people[0].participant.email not in shown
    client.post(page, {f"mark-{guest.people[0].pk}": "present", f"was-{guest.people[0].pk}": ""})
    assert Attendance.objects.get().session == accepted.session
    ago = timezone.now() - timedelta(days=8)
    Session.objects.update(starts_at=ago, ends_at=ago + timedelta(hours=7))
    after = client.get(page).content.decode()
    assert "Amara Okafor" in after
    assert "Chidi" not in after
    session.refresh_from_db()
    with pytest.raises(NotPossible, match="no longer on the list"):
        attendance.mark(session=session, marks={guest.people[1].pk: Mark.PRESENT}, by=host.coordinator)


def test_attendance_by_programme_is_downloaded_in_numbers(client, session, accepted, host, guest):
    both = today(session, accepted.session)
    attendance.mark(session=both[0], marks={guest.people[0].pk: Mark.PART}, by=host.coordinator)
    with_second_factor(client, guest.coordinator)
    page = reverse("admin:cohorts_session_together", args=[accepted.session_id])
    table = b"".join(client.get(page, {"export": "csv"}).streaming_content).decode()
    assert "Moving Up,Care Skills,2020,2,0,1,0,0,1" in table
    assert "Stepping Up,Leadership Academy,2020,2,0,0,0,0,2" in table
    assert "Amara" not in table


def test_neither_finds_anything_else_of_the_others(client, session, accepted, host, guest):
    both = today(session, accepted.session)
    everybody = [*host.people, *guest.people]
    attendance.mark(session=both[0], marks={one.pk: Mark.PRESENT for one in everybody}, by=host.coordinator)
    for who, own, theirs in ((host, session, accepted.session), (guest, accepted.session, session)):
        other = guest if who is host else host
        with_second_factor(client, who.coordinator)
        for page in ("change", "register", "together", "needs", "history"):
            assert client.get(reverse(f"admin:cohorts_session_{page}", args=[theirs.pk])).status_code == 404, page
        person, mark = other.people[0], Attendance.objects.get(enrolment=other.people[0])
        for name, pk in (
            ("cohorts_enrolment", person.pk), ("cohorts_attendance", mark.pk), ("accounts_user", person.participant_id),
            ("cohorts_dayentry", DayEntry.objects.get(enrolment=person).pk),
        ):  # fmt: skip
            assert client.get(reverse(f"admin:{name}_change", args=[pk])).status_code == 404, name
        surname = person.participant.full_name.split()[-1]
        for name in ("cohorts_enrolment", "cohorts_attendance", "cohorts_dayentry", "cohorts_session", "accounts_user"):
            assert surname not in client.get(reverse(f"admin:{name}_changelist")).content.decode(), name
        for page in ("change", "history"):
            shown = client.get(reverse(f"admin:cohorts_session_{page}", args=[own.pk])).content.decode()
            assert surname not in shown, page
        assert surname not in client.get(reverse("admin:index")).content.decode()


def test_participants_of_either_see_no_more_than_before(client, session, accepted, host, guest):
    client.force_login(guest.people[0].participant)
    shown = whole(client, reverse("cohorts:participant", args=[guest.people[0].pk]))
    assert "Day together" in shown
    assert "Amara" not in shown


@pytest.mark.requirement("N7")
def test_the_host_sees_what_guests_need_only_where_they_agreed(client, session, accepted, host, guest):
    given = {"session": Session.objects.get(pk=accepted.session_id), "stays": True}
    for one, diet, agrees in zip(guest.people, ("No nuts", "Halal"), (True, False), strict=True):
        staying.confirm_needs(enrolment=one, by=one.participant, diet=diet, shared=agrees, **given)
    page = "admin:cohorts_session_needs"
    with_second_factor(client, host.coordinator)
    shown = client.get(reverse(page, args=[session.pk])).content.decode()
    assert "Chidi Nwosu" in shown
    assert "No nuts" in shown
    assert "Dalia" not in shown
    assert "Halal" not in shown
    assert "1 person of other programmes" in shown
    with_second_factor(client, guest.coordinator)
    shown = client.get(reverse(page, args=[accepted.session_id])).content.decode()
    assert "Halal" in shown
    assert "Amara" not in shown


@pytest.mark.requirement("N7")
def test_a_guest_is_asked_whether_the_host_may_see_it(client, session, accepted, host, guest):
    client.force_login(guest.people[0].participant)
    page = reverse("cohorts:needs", args=[guest.people[0].pk, accepted.session_id])
    assert "Leadership Academy, who run the day, may see it too" in client.get(page).content.decode()
    client.post(page, {"stays": "no", "diet": "Vegan", "shared": "on"})
    assert guest.people[0].stays.get().shared
    client.force_login(host.people[0].participant)
    page = reverse("cohorts:needs", args=[host.people[0].pk, session.pk])
    assert "may see it too" not in client.get(page).content.decode()


# -- next year -------------------------------------------------------------------------------------


def test_it_is_repeated_next_year_with_one_click_and_everybody_is_asked_again(client, session, accepted, host, guest):
    later = [
        PublishedCohortFactory(programme=side.programme, plan=side.cohort.plan, name="2021", starts_on=day(300))
        for side in (host, guest)
    ]
    with_second_factor(client, host.coordinator)
    page = reverse("admin:cohorts_session_step", args=[session.pk, "repeat"])
    shown = client.get(page)
    assert "2021" in shown.content.decode()
    new = joint_again.repeat(
        session=session, cohort=later[0], on=timezone.localdate(session.starts_at) + timedelta(weeks=52),
        by=host.coordinator,
    )  # fmt: skip
    assert (new.cohort, new.title, new.nights) == (later[0], "Day together", 1)
    assert timezone.localdate(new.starts_at).weekday() == timezone.localdate(session.starts_at).weekday()
    asked = new.invitations.get()
    assert (asked.cohort, asked.status) == (later[1], JointStatus.INVITED)
    assert not later[1].sessions.exists()


def test_a_guest_without_a_later_cohort_is_not_asked(session, accepted, host):
    later = PublishedCohortFactory(programme=host.programme, plan=host.cohort.plan, starts_on=day(300))
    new = joint_again.repeat(session=session, cohort=later, on=day(400), by=host.coordinator)
    assert not new.invitations.exists()


def test_it_is_not_repeated_without_a_later_cohort_of_ones_own(session, accepted, host):
    with pytest.raises(NotPossible, match="no later cohort"):
        joint_again.repeat(session=session, cohort=host.cohort, on=day(400), by=host.coordinator)
