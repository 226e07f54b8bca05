"""The page before somebody leaves, moves, pauses or ends shows how everything that hangs on the place stands, now and afterwards;
somebody who has died is written to no more, and a host that cannot go on is replaced."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts import notices
from cohorts.actions import alumni, enrolments, hosts, leaving, occasions, pausing, placements, supervising, transfers
from cohorts.actions.invitees import to_invite
from cohorts.models import DayEntry, DirectoryEntry, Placement, Supervisor
from cohorts.progress.stuck import troubles_of
from cohorts.states import EnrolmentStatus
from cohorts.states.events import ForWhom
from funding.actions import invoices
from funding.models import LiabilityCase
from funding.pages.sections import stands_of
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import delivery
from steppingup.messaging.actions.together import send_together
from steppingup.messaging.models import Message
from steppingup.messaging.notices import Notice
from steppingup.messaging.reminders import has_died, work_out_reminders
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from steppingup.steps.taking import look_ahead
from tests.factories import funding as money
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import (
    ParticipantFactory,
    PublishedCohortFactory,
    RunningCohortFactory,
    SessionFactory,
    complete,
    day,
    do_days,
)
from tests.factories.directory import joined
from tests.factories.events import booked, cancelled, opened
from tests.factories.mentoring import confirmed_pair
from tests.factories.modules import registered
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


class Scene:
    """Somebody with a mentor, a qualification, a host, a fee, an entry in the directory, and a session to come."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.cohort.programme.directory = "programme"
        self.cohort.programme.save()
        self.by = staff(RoleName.COORDINATOR, self.cohort.programme.provider)
        self.person = ParticipantFactory(cohort=self.cohort, participant__full_name="Ada Osei")
        self.pair, self.registration = confirmed_pair(self.person), registered(self.person)
        self.placement = placements.set_placement(
            enrolment=self.person,
            host=OrganisationFactory(name="Avon Museums"),
            by=self.by,
            kind="project",
            title="A desk",
        )
        supervising.name_supervisor(placement=self.placement, name="Delia", email="delia@museums.example", by=self.by)
        placements.record_day(placement=self.placement, on=day(-3), days=Decimal(1), by=self.person.participant)
        SessionFactory(cohort=self.cohort, starts_at=timezone.now() + timedelta(days=9))
        self.fee = money.agreed(
            money.AgreementFactory(cohort=self.cohort, person=self.person.participant, employer=self.person.employer)
        )
        self.fee.enrolment = self.person
        self.fee.save(update_fields=["enrolment"])
        joined(self.person)

    def became(self, step, by=None, **values):
        [outlook] = look_ahead(step, [self.person], by=by or self.by, values=lambda _: values).outlooks
        self.person.refresh_from_db()
        assert not outlook.refused
        return {what: (before, after) for what, before, after in outlook.became}


@pytest.fixture
def scene():
    return Scene()


# -- what becomes of it ----------------------------------------------------------------------------


def test_before_somebody_leaves_each_app_says_how_its_part_stands_now_and_afterwards(client, scene):
    found = scene.became(enrolments.withdraw, reason="A new job.")
    before, after = found["Place"]
    assert before.startswith("On the programme")
    assert after.startswith("None any more")
    assert found["Sessions"] == ("1 session to come", "None to come in registers, calendar and reminders")
    assert found["Days done"][0] == found["Days done"][1]
    before, after = found["Stretch assignment"]
    assert before == "“A desk”, Avon Museums; 1 day recorded; the supervisor has a page"
    assert after.endswith("nobody at the host has a page")
    assert scene.pair.mentor.called in found["Mentor"][0]
    assert found["Mentor"][1].startswith("None")
    assert found["Qualification"][0] != found["Qualification"][1]
    assert found["Directory"] == ("In it", "–")
    assert "Agreements" in found
    browser = with_second_factor(client, scene.by)
    url = reverse("admin:cohorts_enrolment_step", args=[scene.person.pk, "withdraw"])
    data = {"filled": "yes", "reason": "A new job.", "on": timezone.localdate()}
    shown = browser.post(url, data).text
    assert "What becomes of it" in shown
    assert "1 session to come" in shown
    scene.person.refresh_from_db()
    assert scene.person.status == EnrolmentStatus.ENROLLED, "nothing has happened yet"


def test_money_is_said_to_those_who_see_it(scene):
    finance = staff(RoleName.FINANCE, scene.cohort.programme.provider)
    assert [one.what for one in stands_of(scene.person, finance)] == ["Fee"]
    money.InvoiceSeriesFactory(provider=scene.cohort.programme.provider)
    invoices.issue(agreement=scene.fee, by=finance)
    root = UserFactory(is_staff=True, is_superuser=True)
    found = scene.became(enrolments.withdraw, by=root, reason="A new job.")
    assert found["Fee"][0] != found["Fee"][1]
    assert "outstanding" in found["Invoice"][0]
    assert stands_of(scene.person, staff(RoleName.COORDINATOR)) == []


@pytest.mark.requirement("B55")
def test_whoever_defers_takes_the_days_along_and_reads_so_before(scene):
    do_days(scene.person, "modules", 2)
    later = PublishedCohortFactory(programme=scene.cohort.programme, plan=scene.cohort.plan, starts_on=day(60))
    found = scene.became(transfers.transfer, cohort=later)
    assert later.name in found["Place"][1]
    assert found["Days done"][0] == found["Days done"][1]
    assert found["Mentor"][0] == found["Mentor"][1]
    entries = DayEntry.objects.filter(enrolment=scene.person).count()
    transfers.transfer(enrolment=scene.person, cohort=later, by=scene.by)
    assert DayEntry.objects.filter(enrolment=scene.person).count() == entries, "the ledger is the place's own"
    assert scene.person.cohort == later


def test_a_pause_leaves_the_place_and_takes_the_sessions(scene):
    found = scene.became(pausing.pause, starts_on=day(1), ends_on=day(30))
    assert found["Place"][0] == found["Place"][1]
    assert found["Sessions"] == ("1 session to come", "None to come in registers, calendar and reminders")


# -- somebody dies ---------------------------------------------------------------------------------


def test_nobody_is_written_to_and_the_page_says_whom_to_ring(client, scene):
    Message.objects.all().delete()
    browser = with_second_factor(client, scene.by)
    url = reverse("admin:cohorts_enrolment_step", args=[scene.person.pk, "record_death"])
    shown = browser.post(url, {"filled": "yes", "on": timezone.localdate()}).text
    assert "Tell them yourself, when it is time" in shown
    assert "Their line manager is" in shown
    assert take_step(browser, url, on=timezone.localdate()).status_code == 302
    scene.person.refresh_from_db()
    person = User.objects.get(pk=scene.person.participant_id)
    assert (scene.person.status, person.is_active, person.died_on) == ("withdrawn", False, timezone.localdate())
    # Only finance, whose task it is to ring whoever pays.
    told = set(Message.objects.values_list("kind", flat=True))
    assert told <= {"funding.settled"}, told
    scene.fee.refresh_from_db()
    assert scene.fee.is_settled, "money stays as it is until somebody decides"
    assert not LiabilityCase.objects.exists()
    assert DayEntry.objects.filter(enrolment=scene.person).exists()
    with pytest.raises(NotPossible, match="recorded already"):
        leaving.record_death(enrolment=scene.person, by=scene.by)


def test_nothing_reaches_somebody_who_has_died_nor_speaks_of_them(scene):
    leaving.record_death(enrolment=scene.person, by=scene.by)
    Message.objects.all().delete()
    person = User.objects.get(pk=scene.person.participant_id)
    notice = Notice(notices.WITHDRAWN, person, scene.person, {"reason": "x"}, related=[scene.cohort, person])
    assert has_died(notice)
    assert send_together([notice]) == []
    notices.tell_participant(notices.WITHDRAWN, scene.person, reason="x")
    for days in (1, 8, 40):
        work_out_reminders(today=day(days))
    assert not Message.objects.filter(to=person).exists()
    about = Notice(notices.MANAGER_WITHDRAWN, scene.person.line_manager or scene.by, scene.person, {})
    assert leaving.of_somebody_who_died(about)
    assert leaving.of_somebody_who_died(Notice(notices.WITHDRAWN, "sam@example.org", type(scene.fee).objects.get()))
    assert not leaving.of_somebody_who_died(Notice(notices.WITHDRAWN, "sam@example.org", ParticipantFactory()))
    assert not leaving.of_somebody_who_died(Notice(notices.WITHDRAWN, "sam@example.org", scene.cohort))


def test_what_has_not_left_yet_is_stopped_and_leaves_after_all_where_it_was_the_wrong_person(scene):
    notices.tell_participant(notices.WITHDRAWN, scene.person, reason="x")
    notices.tell_manager(notices.MANAGER_WITHDRAWN, scene.person)
    Message.objects.update(next_attempt_at=clock.now() + timedelta(minutes=9))
    own = Message.objects.filter(to=scene.person.participant)
    waiting = set(Message.objects.filter(kind="cohorts.manager_withdrawn"))
    leaving.record_death(enrolment=scene.person, by=scene.by)
    assert {one.status for one in (*waiting, *own) if not one.refresh_from_db()} == {"stopped"}
    take_back(taking=Taking.objects.latest("pk"), reason="The wrong person.", by=scene.by)
    assert set(own.values_list("status", flat=True)) == {"queued"}
    scene.person.participant.refresh_from_db()
    User.objects.filter(pk=scene.person.participant_id).update(died_on=day(0))  # a worker had it in hand meanwhile
    Message.objects.update(next_attempt_at=clock.now())
    delivery.deliver_due()
    assert "sent" not in own.values_list("status", flat=True)


def test_a_graduate_who_dies_is_asked_for_nothing_more_and_keeps_what_was_certified(client, scene):
    graduate = complete(ParticipantFactory(cohort=scene.cohort), by=scene.by)
    joined(graduate)
    alumni.choose_as_graduate(enrolment=graduate, speaks=True, by=graduate.participant)
    event = opened(scene.by, programme=scene.cohort.programme, cohort=scene.cohort, capacity=1)
    booked(event, email="sam@example.org")
    waits = booked(event, email=graduate.participant.email)
    leaving.record_death(enrolment=graduate, by=scene.by, on=day(-1))
    graduate.refresh_from_db()
    assert graduate.status == EnrolmentStatus.COMPLETED
    assert not DirectoryEntry.objects.filter(enrolment=graduate).exists()
    Message.objects.all().delete()
    event = type(event).objects.for_steps().get()
    occasions.say_when(occasion=event, venue="Elsewhere", by=scene.by)
    cancelled(event.bookings.get(email="sam@example.org"))
    waits.refresh_from_db()
    assert waits.status == "waiting", "the place is for somebody else"
    assert graduate.participant.email not in [one.email for one in to_invite(event, ForWhom.values)]
    assert set(Message.objects.values_list("to_email", flat=True)) == {"sam@example.org"}
    shown = with_second_factor(client, scene.by).get(reverse("admin:cohorts_alumnichoice_changelist")).text
    assert str(graduate.participant) not in shown, "nobody rings to ask whether they speak"


def test_of_somebody_who_is_staff_too_the_roles_go_first(scene):
    colleague = staff(RoleName.ASSESSOR, scene.cohort.programme.provider)
    place = ParticipantFactory(cohort=scene.cohort, participant=colleague)
    with pytest.raises(NotPossible, match="is staff here, too"):
        leaving.record_death(enrolment=place, by=scene.by)
    colleague.is_active = False
    colleague.save()
    other = ParticipantFactory(participant=colleague, cohort=RunningCohortFactory(programme=scene.cohort.programme))
    leaving.record_death(enrolment=place, by=scene.by)
    leaving.record_death(enrolment=other, by=scene.by)
    other.refresh_from_db()
    assert other.status == EnrolmentStatus.WITHDRAWN


def test_recorded_for_the_wrong_person_it_is_taken_back_whole(scene):
    leaving.record_death(enrolment=scene.person, by=scene.by)
    take_back(taking=Taking.objects.latest("pk"), reason="The wrong person.", by=scene.by)
    scene.person.refresh_from_db()
    person = User.objects.get(pk=scene.person.participant_id)
    assert (scene.person.status, person.is_active, person.died_on) == ("enrolled", True, None)


# -- a host cannot go on -----------------------------------------------------------------------------


@pytest.mark.requirement("B8", "B10")
def test_a_host_that_closes_after_some_days_leaves_the_days_and_a_participant_who_needs_another(client, scene):
    for on in (-12,):
        placements.record_day(placement=scene.placement, on=day(on), days=Decimal(1), by=scene.person.participant)
    done = DayEntry.objects.filter(enrolment=scene.person).count()
    Message.objects.all().delete()
    with pytest.raises(NotPossible, match="recorded as worked there"):
        hosts.lose_host(placement=scene.placement, reason="Closed.", on=day(-3), by=scene.by)
    with pytest.raises(NotPossible, match="why the host cannot go on"):
        hosts.lose_host(placement=scene.placement, reason=" ", by=scene.by)
    hosts.lose_host(placement=scene.placement, reason="The museum has closed.", on=day(-1), by=scene.by)
    letter = Message.objects.get()
    assert letter.to == scene.person.participant
    assert "2 days" in letter.text
    assert DayEntry.objects.filter(enrolment=scene.person).count() == done
    assert Supervisor.objects.get().ended_at
    scene.placement = Placement.objects.get(pk=scene.placement.pk)
    with pytest.raises(NotPossible, match="recorded already"):
        hosts.lose_host(placement=scene.placement, reason="Closed.", by=scene.by)
    with pytest.raises(NotPossible, match="no host since"):
        placements.record_day(placement=scene.placement, on=day(0), days=Decimal(1), by=scene.person.participant)
    people = type(scene.person).objects.filter(pk=scene.person.pk).for_steps()
    [trouble] = [one for one in troubles_of(list(people), scene.by) if one.kind.key == "no_placement"]
    assert "no host since" in trouble.why
    shown = with_second_factor(client, scene.by).get(
        reverse("admin:cohorts_placement_change", args=[scene.placement.pk])
    )
    assert "The museum has closed." in shown.text
    # The same host is back, or another takes it up.
    hosts.change_host(placement=scene.placement, host=OrganisationFactory(), by=scene.by)
    scene.placement.refresh_from_db()
    assert (scene.placement.lost_on, scene.placement.lost_because) == (None, "")
    people = type(scene.person).objects.filter(pk=scene.person.pk).for_steps()
    assert not [one for one in troubles_of(list(people), scene.by) if one.kind.key == "no_placement"]
    enrolments.withdraw(enrolment=scene.person, reason="x", by=scene.by)
    with pytest.raises(NotPossible, match="not on the programme"):
        hosts.lose_host(placement=Placement.objects.get(), reason="Closed.", by=scene.by)
