"""Nobody and no room is in two interviews at once, and days off are said before anybody is invited."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from applications.actions import interviews
from applications.actions.forms import InvitationForm
from applications.models import Interview
from applications.selection.clashes import panel_of, warnings_about, why_not_at
from applications.selection.impartiality import why_not_panel
from cohorts.planning import checks
from steppingup.history.lifecycle import NotPossible
from tests.factories import review as make
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return WindowFactory()


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


def invite(application, starts_at, by, *, place="Room 1", panel="Ada Obi and Sol Marsh", minutes=45):
    return interviews.invite(
        application=application, starts_at=starts_at, place=place, panel=panel, minutes=minutes, by=by
    )


@pytest.mark.parametrize(
    "written",
    ["Dr Zoe O´Brien", "O'BRIEN, Zoë", "Zoë O’Brien (HR)", "Chair: Zoe OBrien", "Sol Marsh | Zoë O’Brien – HR", "Zоё O’Brien OBE"],
)  # fmt: skip
def test_whoever_is_too_near_is_not_on_the_panel_however_it_is_written(window, coordinator, written):
    application = make.shortlisted(window, coordinator)
    make.assessor(window, application.employer, full_name="Zoë O’Brien")
    with pytest.raises(NotPossible, match="own organisation"):
        invite(application, timezone.now() + timedelta(days=5), coordinator, panel=written)
    own = written.replace("Zoë O’Brien", application.full_name)
    assert (
        own == written
        or why_not_panel(application, panel_of(own).values()) == "The applicant cannot be on their own panel."
    )


def test_a_room_and_a_member_of_the_panel_are_in_one_interview_at_a_time(window, coordinator):
    at = timezone.now() + timedelta(days=5)
    first, second = (make.shortlisted(window, coordinator) for _ in range(2))
    held = invite(first, at, coordinator)
    for field, values in {
        "place": {"place": " room  1 ", "panel": "Zoë"},
        "panel": {"place": "Room 2", "panel": "Zoë, sol  MARSH; Ben"},
    }.items():
        with pytest.raises(NotPossible) as refused:
            invite(second, at + timedelta(minutes=44), coordinator, **values)
        assert (refused.value.code, refused.value.field) == ("taken", field)
    meeting = invite(second, at + timedelta(minutes=45), coordinator)  # one after the other
    with pytest.raises(NotPossible, match="is taken by another interview"):
        interviews.reschedule(application=meeting.application, starts_at=at, place=held.place, panel="", by=coordinator)
    with pytest.raises(NotPossible, match="Nothing has changed"):
        interviews.reschedule(
            application=meeting.application,
            starts_at=meeting.starts_at,
            place=meeting.place,
            panel=meeting.panel,
            by=coordinator,
        )
    interviews.cancel(application=make.fresh(first), by=coordinator)
    moved = interviews.reschedule(
        application=meeting.application, starts_at=at, place=held.place, panel=held.panel, by=coordinator
    )
    assert moved.starts_at == at


def test_an_applicant_is_in_one_interview_at_a_time(window, coordinator):
    at = timezone.now() + timedelta(days=5)
    first = make.shortlisted(window, coordinator)
    other = WindowFactory(cohort__programme__provider=window.cohort.programme.provider)
    second = make.shortlisted(other, make.coordinator(other))
    type(second).objects.filter(pk=second.pk).update(applicant=first.applicant)
    second.refresh_from_db()
    invite(first, at, coordinator)
    with pytest.raises(NotPossible, match="already has another interview"):
        invite(make.fresh(second), at, make.coordinator(other), place="Room 2", panel="Zoë")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.integers(-600, 600), st.integers(5, 480), st.integers(5, 480))
@example(-45, 45, 45)
@example(45, 45, 45)
def test_two_clash_exactly_when_they_overlap(shared, after, minutes, others):
    application, interview = shared
    Interview.objects.filter(pk=interview.pk).update(minutes=others)
    sentence, _ = why_not_at(
        application, interview.starts_at + timedelta(minutes=after), minutes, interview.place, "Nobody else"
    )
    assert bool(sentence) == (-minutes < after < others)


@pytest.fixture
def shared(window, coordinator):
    return make.shortlisted(window, coordinator), make.invited(window, coordinator)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ada Obi and Sol Marsh", ["Ada Obi", "Sol Marsh"]),
        ("Zoë Ørsted, B. Anderson; C & D", ["Zoë Ørsted", "B. Anderson", "C", "D"]),
        ("Sandra Orlando", ["Sandra Orlando"]),
        ("", []),
        ("Chair: Dr Ada Obi (HR); Prof. Sol Marsh – Independent", ["Dr Ada Obi (HR)", "Prof. Sol Marsh"]),
        ("Cllr Ada Obi, chair | Mr Sol Marsh, note taker", ["Cllr Ada Obi", "Mr Sol Marsh"]),
        ("TBC", []),
        ("Panel: to be confirmed", []),
        ("Dean Marsh, Rev Royce", ["Dean Marsh", "Rev Royce"]),
    ],
)
def test_a_panel_is_read_as_names(text, names):
    assert list(panel_of(text).values()) == names


@given(
    st.sampled_from(["", "Dr ", "Professor ", "Mx. ", "Cllr Dr "]),
    st.sampled_from(["{}", "Chair: {}", "{} (chair)", "{} – chair", "{}, chair", "TBC, {}"]),
    st.sampled_from(["Ada Obi", "ada  obi", "ADA OBI", "Ada O\u2019bi", "\u00c1da Obi"]),
)
def test_one_name_is_the_same_person_whatever_stands_around_it(title, around, name):
    assert list(panel_of(around.format(f"{title}{name}"))) == ["ada obi"]


NO_ROOMS = [
    "Online",
    "By video call",
    "MS Teams",
    "On Zoom",
    "telephone",
    "To be confirmed",
    "TBC",
    "Link to follow",
    "Microsoft Teams (link will be sent)",
]
ONE_ROOM = ["Room 1, City Hall", "room 1  city hall", "Room 1 (City Hall)", "ROOM 1; City Hall."]


def test_any_number_of_people_meet_online_and_one_room_is_one_however_it_is_written(window, coordinator):
    at = timezone.now() + timedelta(days=5)
    first, second = (make.shortlisted(window, coordinator) for _ in range(2))
    held = invite(first, at, coordinator, place=NO_ROOMS[0], panel="Ada Obi")
    for place in NO_ROOMS:
        Interview.objects.filter(pk=held.pk).update(place=place)
        assert why_not_at(second, at, 45, place, "TBC") == ("", "")
    link = "https://meet.example/abc-1"
    for theirs, ours in [(ONE_ROOM[0], each) for each in ONE_ROOM] + [(link, link)]:
        Interview.objects.filter(pk=held.pk).update(place=theirs)
        assert why_not_at(second, at, 45, ours, "")[1] == "place", ours


def test_a_session_in_the_room_is_said_before_anybody_is_invited_and_an_interview_before_a_session(window, coordinator):
    application, at = make.shortlisted(window, coordinator), timezone.now() + timedelta(days=5)
    there = {"venue": "Room 1, City Hall", "starts_at": at, "ends_at": at + timedelta(hours=3)}
    session = SessionFactory(cohort__programme__provider=window.cohort.programme.provider, title="Module 1", **there)
    SessionFactory(**there)  # of another provider: another house
    said = [one for one in warnings_about(application, at, 45, ONE_ROOM[1]) if "same time" in one]
    assert said == [f"“Module 1” of {session.cohort} is at room 1  city hall at the same time."]
    assert not [
        one for one in warnings_about(application, at - timedelta(minutes=45), 45, ONE_ROOM[1]) if "same" in one
    ]
    invite(application, at, coordinator, place=ONE_ROOM[2])
    meeting = checks.Meeting(session.cohort, None, at, at + timedelta(hours=1), ONE_ROOM[3], session)
    (said,) = [one for one in checks.warnings(meeting) if "interview" in one]
    assert said.startswith("An interview is at ROOM 1; City Hall. at the same time")
    assert application.full_name not in said


@pytest.mark.parametrize(
    ("day", "said"),
    [("2028-12-25", "a bank holiday (Christmas Day)"), ("2028-12-30", "a Saturday"), ("2028-12-28", "")],
)
def test_a_day_off_is_said_on_the_page_and_can_still_be_chosen(window, coordinator, day, said):
    application = make.shortlisted(window, coordinator)
    form = InvitationForm(
        {"day": day, "time": "10:00", "minutes": 45, "place": "Room 1"}, subject=application, subjects=[application]
    )
    assert form.is_valid()
    assert said in "".join(form.warnings(application))
    assert bool(said) == bool(form.warnings(application))


def test_lunch_ends_after_it_starts(window, coordinator):
    people = [make.shortlisted(window, coordinator) for _ in range(2)]
    data = {"first_on": "2028-11-01", "begins": "09:30", "ends": "16:30", "minutes": 45, "pause": 0, "place": "Here"}
    for lunch, right in (
        ({"lunch_from": "12:00"}, False),
        ({"lunch_from": "13:00", "lunch_to": "12:00"}, False),
        ({}, True),
        ({"lunch_from": "12:00", "lunch_to": "13:00"}, True),
    ):
        form = InvitationForm(data | lunch, subject=people[0], subjects=people)
        assert form.is_valid() is right
        assert ("lunch_to" in form.errors) is not right
