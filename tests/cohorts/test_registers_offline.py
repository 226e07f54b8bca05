"""Registers that are taken tap by tap, on several devices, some without a signal: no mark is lost or doubled, and where two disagree the
first that was received stands and the other is shown."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from applications.roles import RoleName
from cohorts.actions import attendance, registers
from cohorts.actions.registers import Sent
from cohorts.models import Attendance, DayEntry, RegisterMark, Session
from cohorts.queries import disputed
from cohorts.states import Mark
from cohorts.states.registers import GIVEN, Tap, what_stands
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.staff import with_second_factor

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TIMES = iter(NOON + timedelta(seconds=n) for n in range(10**7))


# -- the rule ------------------------------------------------------------------------------------


def tapped(device, said, at, saw="", *, settles=False, key=""):
    return Tap(key or str(uuid4()), device, NOON + timedelta(minutes=at), said, saw, settles)


def test_the_first_that_was_received_stands_and_the_other_is_shown():
    first, second = tapped("door", "present", 5), tapped("desk", "absent", 1)
    assert what_stands([first, second]) == (first, [second])
    assert what_stands([first, tapped("desk", "present", 1)]) == (first, [])


def test_whoever_saw_what_stands_corrects_it():
    first = tapped("door", "present", 0)
    second = tapped("desk", "absent", 1, saw=first.key)
    assert what_stands([first, second]) == (second, [])


def test_a_device_corrects_itself_and_its_taps_may_arrive_in_any_order():
    first = tapped("door", "present", 0)
    second = tapped("door", "absent", 1, saw=first.key)
    assert what_stands([first, second]) == (second, [])
    assert what_stands([second, first]) == (second, [])
    other = tapped("desk", "excused", 0)
    assert what_stands([other, second, first]) == (other, [second])
    put_back = tapped("door", "part", -9, saw=second.key)
    assert what_stands([first, second, put_back]) == (put_back, []), "the clock of a telephone was put right meanwhile"


def test_whoever_settles_it_has_seen_all():
    first, second = tapped("door", "present", 0), tapped("desk", "absent", 1)
    said = tapped("", "absent", 2, settles=True)
    assert what_stands([first, second, said]) == (said, [])


def test_what_was_taken_back_stands_in_nobodys_way():
    first, gone = tapped("", "present", 0, settles=True), tapped("", "", 1, settles=True)
    late = tapped("door", "absent", 2)
    assert what_stands([first, gone, late]) == (late, [])


# -- two devices, in any order -------------------------------------------------------------------


@dataclass
class Device:
    """A telephone at the door: it keeps what was tapped until it hears that it was received, and knows what it heard last."""

    name: str
    queue: list[Sent] = field(default_factory=list)
    saw: dict[int, str] = field(default_factory=dict)
    made: list[Sent] = field(default_factory=list)

    def tap(self, person, said):
        one = Sent(uuid4(), person, said, next(TIMES), self.saw.get(person, ""))
        self.saw[person] = str(one.key)
        self.queue.append(one)
        self.made.append(one)

    def hears(self, received, lines):
        got = {one.key for one in received}
        self.queue = [one for one in self.queue if one.key not in got]
        waiting = {one.enrolment for one in self.queue}
        self.saw |= {pk: key for pk, key in lines.items() if pk not in waiting}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tap"), st.integers(0, 1), st.integers(0, 1), st.sampled_from(sorted(GIVEN))),
        st.tuples(st.sampled_from(["send", "lost answer", "first only", "again"]), st.integers(0, 1)),
    ),
    max_size=25,
)


@pytest.mark.requirement("B5")
class TwoDevices(TestCase):
    """However taps, sends, resends and lost answers of two devices lie between one another."""

    def setUp(self):
        self.session = SessionFactory(title="Module", starts_at=timezone.now() - timedelta(hours=2))
        people = [ParticipantFactory(cohort=self.session.cohort) for _ in range(2)]
        self.people = [person.pk for person in people]
        provider = self.session.cohort.programme.provider
        self.staff = [staff(RoleName.COORDINATOR, provider), staff(RoleName.COORDINATOR, provider)]

    def send(self, number, device, how):
        taps = device.queue[:1] if how == "first only" else list(device.queue)
        if how == "again":
            taps = list(device.made)  # all that it ever sent, as a browser that was restored might
        received = registers.receive(session=self.session, device=device.name, taps=taps, by=self.staff[number])
        self.order += [one for one in taps if one.key not in {tap.key for tap in self.order}]
        if how != "lost answer":
            lines = attendance.register_of(self.session)
            device.hears(received, {line.enrolment.pk: line.key for line in lines})

    @settings(max_examples=60, deadline=None)
    @given(steps=STEPS)
    def test_no_mark_is_lost_or_doubled(self, steps):
        devices, self.order = [Device("door"), Device("desk")], []
        for what, number, *more in steps:
            device = devices[number]
            if what == "tap":
                device.tap(self.people[more[0]], more[1])
            elif device.made:
                self.send(number, device, what)
        for number, device in enumerate(devices):  # the signal is back
            self.send(number, device, "send")
            assert not device.queue
        made = Counter(one.key for device in devices for one in device.made)
        kept = Counter(RegisterMark.objects.values_list("key", flat=True))
        assert kept == made  # each once, and nothing else
        assert set(kept.values()) <= {1}
        assert not RegisterMark.objects.exclude(refused="").exists()
        self.check_what_stands(devices)

    def check_what_stands(self, devices):
        every = attendance.register_of(self.session)
        assert disputed(Session.objects.all()).exists() == any(line.others for line in every)
        lines = {line.enrolment.pk: line for line in attendance.register_of(self.session)}
        for person in self.people:
            last = {}
            for device in devices:
                if own := [one for one in device.made if one.enrolment == person]:
                    last[device.name] = own[-1].said
            found, line = Attendance.objects.filter(enrolment=person).first(), lines[person]
            assert (found is None) == (not last)
            if not last:
                continue
            assert found.given.said == line.mark
            assert line.mark in last.values() or len(last) > 1
            # The last word of each device stands, is shown beside it, or was seen and corrected.
            by_last = {row.device: row for row in RegisterMark.objects.filter(enrolment=person).order_by("made_at")}
            seen = {row.saw for row in RegisterMark.objects.filter(enrolment=person)}
            shown = {line.mark, *(other.said for other in line.others)}
            for row in by_last.values():
                assert row.given.said in shown or str(row.key) in seen
            # The days are those of the mark that stands, once.
            standing = DayEntry.objects.filter(enrolment=person).standing()
            worth = {"present": 1, "part:75": "0.75", "part": "0.5", "part:25": "0.25"}.get(line.mark, 0)
            assert sum((one.days for one in standing), Decimal(0)) == Decimal(worth) * self.session.days


# -- the page ------------------------------------------------------------------------------------


@pytest.fixture
def session(db):
    return SessionFactory(title="Module", starts_at=timezone.now() - timedelta(hours=2))


@pytest.fixture
def person(session):
    return ParticipantFactory(cohort=session.cohort, participant__full_name="Amara Okafor")


@pytest.fixture
def coordinator(session):
    return staff(RoleName.COORDINATOR, session.cohort.programme.provider, full_name="Carla Coordinator")


@pytest.fixture
def desk(client, coordinator):
    with_second_factor(client, coordinator)
    return client


def one(person, said="present", saw="", key=None, at="2026-03-02T12:00:00.000Z"):
    return {"key": str(key or uuid4()), "enrolment": person.pk, "said": said, "at": at, "saw": saw}


def post(client, session, *taps, device="door"):
    address = reverse("admin:cohorts_session_register_taps", args=[session.pk])
    return client.post(address, json.dumps({"device": device, "taps": taps}), content_type="application/json")


def test_a_tap_is_saved_at_once_and_only_once(desk, session, person, coordinator):
    tap = one(person)
    told = post(desk, session, tap).json()
    assert told["received"] == [tap["key"]]
    assert told["lines"] == {str(person.pk): {"said": "present", "key": tap["key"], "differs": False}}
    assert "Okafor" not in json.dumps(told)  # what a device keeps has no name
    assert post(desk, session, tap).json()["received"] == [tap["key"]]
    row = RegisterMark.objects.get()
    assert (row.made_by, row.device, row.given.said) == (coordinator, "door", "present")
    assert DayEntry.objects.get().days == session.days


def test_where_two_devices_disagree_it_is_shown_and_settled_with_one_tap(desk, session, person):
    post(desk, session, one(person), device="door")
    told = post(desk, session, one(person, "absent"), device="other").json()
    assert told["lines"][str(person.pk)]["differs"]
    assert Attendance.objects.get().mark == Mark.PRESENT
    address = reverse("admin:cohorts_session_register", args=[session.pk])
    page = desk.get(address).content.decode()
    assert "Two devices disagree about 1 person" in page
    assert "Two devices disagree: " in desk.get("/admin/").content.decode()
    assert "Module" in desk.get("/admin/cohorts/session/", {"next": "disputed"}).content.decode()
    assert "Absent, by Carla Coordinator at " in page
    answer = desk.post(address, {"settle": f"{person.pk}:absent"}, follow=True)
    assert "Settled." in answer.content.decode()
    assert "disagree" not in answer.content.decode()
    assert Attendance.objects.get().mark == Mark.ABSENT
    again = desk.post(address, {"settle": f"{person.pk}:absent"}, follow=True).content.decode()
    assert "This was settled in the meantime." in again
    assert RegisterMark.objects.count() == 3


def test_a_register_that_is_saved_as_a_form_is_kept_mark_by_mark_too(session, person, coordinator):
    Attendance.objects.create(session=session, enrolment=person, mark=Mark.ABSENT)  # as before marks were kept
    attendance.mark(session=session, marks={person.pk: "part:75"}, by=coordinator)
    assert [(row.way, row.given.said) for row in RegisterMark.objects.all()] == [
        ("kept", "absent"),
        ("desk", "part:75"),
    ]
    assert Attendance.objects.get().share == Decimal("0.75")
    assert DayEntry.objects.get().days == session.days * Decimal("0.75")
    take_back(taking=Taking.objects.get(), reason="A slip.", by=coordinator)
    assert Attendance.objects.get().mark == Mark.ABSENT
    assert RegisterMark.objects.last().given.said == "absent"
    [line] = attendance.register_of(session)
    assert (line.mark, line.others) == ("absent", [])
    registers.receive(
        session=session, device="door", taps=[Sent(uuid4(), person.pk, "present", NOON, line.key)], by=coordinator
    )
    assert Attendance.objects.get().mark == Mark.PRESENT


def test_what_cannot_be_entered_is_kept_with_the_reason_and_holds_nothing_up(desk, session, person, coordinator):
    other = ParticipantFactory(cohort=session.cohort)
    elsewhere = SessionFactory(
        cohort=session.cohort, title="Workshop", starts_at=session.starts_at, ends_at=session.ends_at
    )
    attendance.mark(session=elsewhere, marks={person.pk: Mark.PRESENT}, by=coordinator)
    stranger = ParticipantFactory()
    told = post(desk, session, one(person), one(other), one(stranger)).json()
    assert "Nobody can be at two sessions" in told["refused"][str(person.pk)]
    assert "no longer on the list" in told["refused"][str(stranger.pk)]
    assert Attendance.objects.get(session=session).enrolment == other
    assert RegisterMark.objects.exclude(refused="").get().enrolment == person
    page = desk.get(reverse("admin:cohorts_session_register", args=[session.pk])).content.decode()
    assert "Not entered: Present, by Carla Coordinator at " in page
    attendance.mark(session=session, marks={person.pk: Mark.ABSENT}, by=coordinator)
    page = desk.get(reverse("admin:cohorts_session_register", args=[session.pk])).content.decode()
    assert "Not entered" not in page
    session.cancelled_at = timezone.now()
    session.save()
    told = post(desk, session, one(other, "absent")).json()
    assert "This session was cancelled" in told["refused"][str(other.pk)]
    assert RegisterMark.objects.exclude(refused="").count() == 2


def test_nobody_marks_themselves_by_tapping_either(session, coordinator):
    own = ParticipantFactory(cohort=session.cohort, participant=coordinator)
    tap = Sent(uuid4(), own.pk, "present", NOON)
    [answer] = registers.receive(session=session, device="door", taps=[tap], by=coordinator)
    assert "cannot mark your own attendance" in answer.refused
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"device": 1, "taps": []}', '{"device": "x", "taps": [{}]}', '{"device": "x", "taps": [1]}',
     '{"device": "x", "taps": [{"key": "1", "enrolment": 1, "said": "present", "at": "2026-01-01T00:00Z", "saw": ""}]}',
     '{"device": "x", "taps": [{"key": "", "enrolment": "1", "said": "present", "at": "x", "saw": ""}]}'],
)  # fmt: skip
def test_nonsense_is_turned_away(desk, session, body):
    address = reverse("admin:cohorts_session_register_taps", args=[session.pk])
    assert desk.post(address, body, content_type="application/json").status_code == 400
    assert desk.get(address).status_code == 405


def test_an_unknown_mark_is_turned_away(desk, session, person, coordinator):
    assert post(desk, session, one(person, "asleep")).status_code == 409
    many = [one(person) for _ in range(registers.MOST + 1)]
    assert post(desk, session, *many).status_code == 409
    with pytest.raises(NotPossible, match="Choose one of the marks"):
        attendance.settle(session=session, enrolment=person.pk, said="asleep", by=coordinator)
    old = one(person, at="1066-10-14T09:00:00")
    assert post(desk, session, old).json()["received"] == [old["key"]]


def test_only_those_who_run_the_cohort_send_marks(client, session, person):
    stranger = staff(RoleName.COORDINATOR)
    with_second_factor(client, stranger)
    assert post(client, session, one(person)).status_code == 404
    with pytest.raises(NotAllowed):
        registers.receive(session=session, device="x", taps=[], by=person.participant)
    with pytest.raises(NotAllowed):
        attendance.settle(session=session, enrolment=person.pk, said="present", by=person.participant)


def test_marks_are_added_and_never_changed(session, person):
    attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=SYSTEM)
    for change in (lambda rows: rows.update(mark="absent"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(RegisterMark.objects.all())
    assert isinstance(RegisterMark.objects.get().key, UUID)
