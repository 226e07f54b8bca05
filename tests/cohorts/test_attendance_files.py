"""An attendance file of Teams or Zoom, matched to the people of a register; doubtful rows are shown, and nothing is marked before."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import apologies, attendance
from cohorts.models import Attendance, RegisterMark
from cohorts.planning.attended import mark_for
from cohorts.states import Mark
from steppingup.formats.meetings import Attended, minutes_in, read_attendance
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.staff import with_second_factor

pytestmark = pytest.mark.requirement("B5")

TEAMS = """1. Summary
Meeting title\tModule 1
Attended participants\t4
2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Okafor, Amara\t3/2/26, 9:28:00 AM\t3/2/26, 4:30:00 PM\t5h 58m 3s\tamara@x.example\tamara@x.example\tAttendee
Ben OKRI (Guest)\t3/2/26, 9:28:00 AM\t3/2/26, 4:30:00 PM\t2h 45m 3s\t\t\tAttendee
Chidy\t3/2/26, 9:28:00 AM\t3/2/26, 4:30:00 PM\t6h 1s\tc@home.example\t\tAttendee
Sam Speaker\t3/2/26, 9:28:00 AM\t3/2/26, 4:30:00 PM\t31m\tsam@x.example\t\tPresenter

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Okafor, Amara\t3/2/26, 9:28:00 AM\t3/2/26, 4:30:00 PM\t5h 58m 3s\tamara@x.example\tAttendee
"""
ZOOM = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
123 456,Module 1,"03/02/2026 09:25:12 AM","03/02/2026 04:30:12 PM",carla@x.example,425,2

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent
Amara Okafor (Amara),AMARA@x.example,03/02/2026 09:25:12 AM,03/02/2026 11:25:12 AM,120,No,Yes
Ben Okri,,03/02/2026 09:25:12 AM,03/02/2026 11:25:12 AM,30,Yes,Yes
Amara Okafor (Amara),amara@x.example,03/02/2026 11:30:12 AM,03/02/2026 04:25:12 PM,200,No,Yes
"""


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1h 2m 3s", 62), ("45m 40s", 46), ("31m", 31), ("6h 1s", 360), ("62", 62), ("1,5", 2), ("01:02:03", 62), ("05:10", 5),
        ("2 hours 5 minutes", 125), ("99999", 1440), ("", None), ("yesterday", None), ("-5", None),
    ],
)  # fmt: skip
def test_lengths_are_read_as_people_and_programs_write_them(text, minutes):
    assert minutes_in(text) == minutes


def test_zoom_has_a_row_for_each_time_that_somebody_joined():
    rows = [re.split(r",(?! )", line) for line in ZOOM.splitlines()]
    assert read_attendance(rows) == [
        Attended("Amara Okafor (Amara)", "amara@x.example", 320),
        Attended("Ben Okri", "", 30),
    ]


@pytest.mark.parametrize("rows", [[], [["Name", "Email"]], [["Name", "Duration"]], [["Name", "Duration"], ["", "5"]]])
def test_a_file_without_people_and_minutes_says_so(rows):
    with pytest.raises(ValueError, match="no table with names and minutes|Nobody stands in the table"):
        read_attendance(rows)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(360, "present"), (288, "present"), (287, "part:75"), (225, "part:75"), (180, "part"), (90, "part:25"), (45, "part:25"),
     (44, "absent"), (0, "absent")],
)  # fmt: skip
def test_minutes_come_to_a_mark(minutes, said):
    assert mark_for(minutes, 360, 80).said == said
    assert mark_for(359, 360, 100).said == "part:75"  # never all of it below what counts as present


@pytest.fixture
def session(db):
    starts_at = timezone.now() - timedelta(hours=7)
    return SessionFactory(title="Module 1", starts_at=starts_at, ends_at=starts_at + timedelta(hours=6))


@pytest.fixture
def people(session):
    rows = (("Amara Okafor", "amara@x.example"), ("Ben Okri", "ben@x.example"), ("Chidi Obi", "chidi@x.example"))
    return [
        ParticipantFactory(cohort=session.cohort, participant__full_name=name, participant__email=email)
        for name, email in (*rows, ("Dayo Ade", "dayo@x.example"))
    ]


@pytest.fixture
def coordinator(session):
    return staff(RoleName.COORDINATOR, session.cohort.programme.provider)


@pytest.fixture
def desk(client, coordinator):
    with_second_factor(client, coordinator)
    return client


def read_in(desk, session, content, name="report.csv", **more):
    given = {"file": SimpleUploadedFile(name, content), "present_from": 80, **more}
    answer = desk.post(reverse("admin:cohorts_session_register_file", args=[session.pk]), given)
    return answer, answer.content.decode()


def fields(page):
    """What the browser would send back."""
    found = dict(re.findall(r'<input type="hidden" name="(rows|who-\d+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select (?:id="[^"]*" )?name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_report_of_teams_is_looked_at_and_entered(desk, session, people, encoding):
    _, page = read_in(desk, session, TEAMS.encode(encoding))
    assert not Attendance.objects.exists()
    assert "Not found: 2 names" in page
    assert "Sam Speaker" in page
    given = fields(page)
    amara, ben, chidi, dayo = people
    assert [given[f"mark-{one.pk}"] for one in people] == ["present", "part", "absent", "absent"]
    # Somebody who goes by another name there is found by hand, and the share is changed.
    address = reverse("admin:cohorts_session_register_file", args=[session.pk])
    page = desk.post(address, given | {"who-2": str(chidi.pk), "present_from": "45"}).content.decode()
    given = fields(page)
    assert [given[f"mark-{one.pk}"] for one in people] == ["present", "present", "present", "absent"]
    answer = desk.post(address, given | {"present_from": "45", "enter": "yes"}, follow=True)
    assert "Register saved: 4 people marked." in answer.content.decode()
    assert Attendance.objects.get(enrolment=ben).mark == Mark.PRESENT
    assert {row.way for row in RegisterMark.objects.all()} == {"file"}
    assert Attendance.objects.get(enrolment=dayo).mark == Mark.ABSENT
    assert amara.participant.full_name in page


def test_a_report_of_zoom_is_read_and_what_was_marked_stays(desk, session, people, coordinator):
    amara, ben, _, dayo = people
    attendance.mark(session=session, marks={ben.pk: Mark.PRESENT}, by=coordinator)
    apologies.Apology.objects.create(session=session, enrolment=dayo, starts_at=session.starts_at)
    _, page = read_in(desk, session, ZOOM.encode())
    given = fields(page)
    assert "Marked before. The file says: Absent." in page
    assert [given[f"mark-{one.pk}"] for one in people] == ["present", "present", "absent", "excused"]
    address = reverse("admin:cohorts_session_register_file", args=[session.pk])
    desk.post(address, given | {"present_from": "80", "enter": "yes", f"mark-{amara.pk}": "part:25"})
    assert Attendance.objects.get(enrolment=amara).share == Decimal("0.25")
    assert Attendance.objects.get(enrolment=ben).mark == Mark.PRESENT


def test_what_cannot_be_read_says_what_to_do(desk, session, people, coordinator):
    for content, name, sentence in (
        (b"", "x.csv", "This file is empty."),
        (b"a,b\n1,2\n", "x.csv", "no table with names and minutes"),
        (b"%PDF-1.4", "x.pdf", "Upload the CSV file"),
        (b"x" * 2_000_001, "x.csv", "larger than 2 MB"),
        (b"PK\x03\x04broken", "x.xlsx", "We cannot read this file"),
    ):
        assert sentence in read_in(desk, session, content, name)[1], name
    assert "Enter a number from 1 to 100." in read_in(desk, session, ZOOM.encode(), present_from=101)[1]
    address = reverse("admin:cohorts_session_register_file", args=[session.pk])
    assert desk.post(address, {"rows": "made up"}).status_code == 404
    given = fields(read_in(desk, session, ZOOM.encode())[1])
    assert "Enter a number from 1 to 100." in desk.post(address, given | {"enter": "1"}).content.decode()
    wrong = desk.post(address, given | {"present_from": "80", "enter": "1", f"mark-{people[0].pk}": "asleep"})
    assert "Choose one of the marks" in wrong.content.decode()
    assert not Attendance.objects.exists()
    session.cancelled_at = timezone.now()
    session.save()
    assert "has no register" in desk.get(address).content.decode()
