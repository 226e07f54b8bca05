"""What a coordinator would have wanted to know of a session is refused or said before it is saved, and nobody is written to
who has nothing new to hear."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import sessions
from cohorts.models import Session
from cohorts.planning import Pattern, checks
from cohorts.planning.checks import Meeting
from modules.actions import speakers
from modules.models import Speaker
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, day
from tests.staff import take_step

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2030, 10, 2, 10, tzinfo=timezone.get_default_timezone())
#: No paper is added to a session.
PAPERS = {"papers-TOTAL_FORMS": "0", "papers-INITIAL_FORMS": "0"}
HOURS = timedelta(hours=3)


@pytest.fixture
def cohort():
    return RunningCohortFactory(ends_on=date(2030, 12, 31))


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


def at(moment: datetime, cohort, group=None, venue="", **more) -> Session:
    return SessionFactory(
        cohort=cohort, peer_group=group, starts_at=moment, ends_at=moment + HOURS, venue=venue, days="0.5", **more
    )


def meeting(cohort, moment=WEDNESDAY, *, group=None, venue="", hours=HOURS, session=None) -> Meeting:
    return Meeting(cohort, group, moment, moment + hours, venue, session)


def test_the_same_people_are_due_at_one_session_at_a_time(cohort):
    red, blue = (cohort.peer_groups.create(name=name) for name in ("Red", "Blue"))
    theirs = at(WEDNESDAY, cohort, red, title="Peer learning 1")
    assert "Red is due at “Peer learning 1” of Red" in checks.why_not(meeting(cohort))
    assert checks.why_not(meeting(cohort, group=red))
    assert not checks.why_not(meeting(cohort, group=blue))
    assert not checks.why_not(meeting(cohort, WEDNESDAY + HOURS, group=red))
    assert not checks.why_not(meeting(cohort, session=theirs))
    at(WEDNESDAY + timedelta(days=1), cohort, title="Module 1")
    assert "“Module 1”" in checks.why_not(meeting(cohort, WEDNESDAY + timedelta(days=1), group=blue))
    Session.objects.update(cancelled_at=timezone.now())
    assert not checks.why_not(meeting(cohort))


@pytest.mark.parametrize(
    ("moment", "hours", "said"),
    [
        (WEDNESDAY, HOURS, ""),
        (WEDNESDAY + timedelta(days=3), HOURS, "5 October 2030 is a Saturday."),
        (datetime(2030, 12, 25, 10, tzinfo=WEDNESDAY.tzinfo), HOURS, "a bank holiday (Christmas Day)"),
        (datetime(2031, 1, 2, 10, tzinfo=WEDNESDAY.tzinfo), HOURS, "after the cohort's last day, 31 December 2030"),
        (datetime(2020, 1, 8, 10, tzinfo=WEDNESDAY.tzinfo), HOURS, "before the cohort's first day"),
        (datetime(2020, 1, 8, 10, tzinfo=WEDNESDAY.tzinfo), HOURS, "It is in the past."),
        (WEDNESDAY, timedelta(hours=30), "long after it starts"),
    ],
)
def test_days_off_over_or_outside_are_said(cohort, moment, hours, said):
    found = checks.warnings(meeting(cohort, moment, hours=hours))
    assert (said in " ".join(found)) if said else found == []


def test_more_than_a_day_on_one_date_is_said_for_those_who_are_due_at_all_of_it(cohort):
    red, blue = (cohort.peer_groups.create(name=name) for name in ("Red", "Blue"))
    for group, name in ((None, "Lecture"), (red, "Peers")):
        at(WEDNESDAY, cohort, group, title=name)
    later = WEDNESDAY + 2 * HOURS

    def said(days: str, group=None, **more) -> str:
        found = checks.warnings(Meeting(**{"cohort": cohort, "peer_group": group, "days": Decimal(days)} | more))
        return " ".join(found)

    here = {"starts_at": later, "ends_at": later + HOURS}
    assert "due at “Lecture” and “Peers” too. Together that is 1¼ days" in said("0.25", red, **here)
    assert "due at “Lecture” and “Peers” too" in said("0.5", **here)  # for everybody, Red among them
    assert "due at “Lecture” too. Together that is 1¼ days" in said("0.75", blue, **here)
    assert said("0.5", blue, **here) == ""
    assert said("1", **{name: moment + timedelta(days=1) for name, moment in here.items()}) == ""


def test_a_room_that_is_taken_is_said_whatever_its_spaces(cohort):
    other = RunningCohortFactory(programme__provider=cohort.programme.provider)
    at(WEDNESDAY, other, venue="City Hall (2nd floor)", title="Module 4")
    at(WEDNESDAY, RunningCohortFactory(), venue="City Hall (2nd floor)", title="Of another provider")
    (said,) = checks.warnings(meeting(cohort, venue=" city  hall (2nd floor)"))
    assert "“Module 4”" in said
    assert str(other) in said
    for venue, moment in (
        ("City Hall (3rd floor)", WEDNESDAY),
        ("City Hall (2nd floor)", WEDNESDAY + HOURS),
        ("", WEDNESDAY),
    ):
        assert checks.warnings(meeting(cohort, moment, venue=venue)) == []


def test_whoever_is_in_two_cohorts_is_named(cohort):
    other = RunningCohortFactory(programme__provider=cohort.programme.provider)
    both = ParticipantFactory(cohort=cohort)
    ParticipantFactory(cohort=other, participant=both.participant)
    ParticipantFactory(cohort=other)
    red = cohort.peer_groups.create(name="Red")
    at(WEDNESDAY, other, title="Module 4")
    (said,) = checks.warnings(meeting(cohort))
    assert f"{both.participant} is due at “Module 4”" in said
    assert checks.warnings(meeting(cohort, group=red)) == []


def test_a_speaker_is_at_one_session_at_a_time(cohort, coordinator):
    provider = cohort.programme.provider
    speaker = Speaker.objects.create(provider=provider, name="Bola Ade", organisation=provider)
    first = at(WEDNESDAY, cohort, title="Module 1")
    other = at(WEDNESDAY + timedelta(days=1), cohort, title="Module 2")
    parallel = at(WEDNESDAY, RunningCohortFactory(programme=cohort.programme))
    for session in (first, other):
        speakers.book(session=session, speaker=speaker, by=coordinator)
    with pytest.raises(NotPossible, match="Bola Ade speaks at “Module 1” at the same time"):
        speakers.book(session=parallel, speaker=speaker, by=coordinator)
    assert checks.warnings(meeting(cohort, session=first)) == []
    (said,) = checks.warnings(meeting(cohort, WEDNESDAY + timedelta(days=1, hours=1), session=first))
    assert said.startswith("Bola Ade speaks at “Module 2”")


def test_moving_says_what_speaks_against_it_and_refuses_what_cannot_be(cohort, coordinator, in_admin):
    session = at(WEDNESDAY, cohort)
    at(WEDNESDAY + timedelta(days=1), cohort, title="Module 2")
    person = ParticipantFactory(cohort=cohort)
    client, url = in_admin(coordinator), reverse("admin:cohorts_session_step", args=[session.pk, "move"])

    def moved_by(days: int) -> dict[str, str]:
        starts = WEDNESDAY + timedelta(days=days)
        return {"filled": "yes", "starts_at": f"{starts:%Y-%m-%dT%H:%M}", "ends_at": f"{starts + HOURS:%Y-%m-%dT%H:%M}"}

    assert "is due at “Module 2”" in client.post(url, moved_by(1)).text
    page = client.post(url, moved_by(3)).text
    assert "5 October 2030 is a Saturday." in page
    assert person.participant.email in page
    take_step(client, url, **moved_by(3))
    session.refresh_from_db()
    assert session.starts_at == WEDNESDAY + timedelta(days=3)
    assert {one.to for one in Message.objects.all()} == {person.participant, person.line_manager}


def test_a_session_that_is_added_is_looked_at_first(cohort, coordinator, in_admin):
    url, component = reverse("admin:cohorts_session_add"), cohort.plan.components.first()
    at(WEDNESDAY, cohort, title="Module 2")
    assert "Add it all the same" not in in_admin(coordinator).get(url).text

    def add(moment: datetime, **more):
        ends = moment + HOURS
        data = {
            "cohort": cohort.pk,
            "component": component.pk,
            "title": "Module 1",
            "days": "1",
            "starts_at_0": f"{moment:%Y-%m-%d}",
            "starts_at_1": f"{moment:%H:%M}",
            "ends_at_0": f"{ends:%Y-%m-%d}",
            "ends_at_1": f"{ends:%H:%M}",
        }
        return in_admin(coordinator).post(url, data | PAPERS | more)

    assert "is due at “Module 2”" in add(WEDNESDAY).text
    page = add(WEDNESDAY + timedelta(days=3)).text
    assert "5 October 2030 is a Saturday." in page
    assert "Add it all the same" in page
    assert Session.objects.count() == 1
    assert add(WEDNESDAY + timedelta(days=3), anyway="on").status_code == 302
    assert add(WEDNESDAY + timedelta(days=7)).status_code == 302  # nothing to confirm
    assert Session.objects.count() == 3
    assert not Message.objects.exists()


def test_another_title_tells_nobody_and_a_groups_session_tells_that_group(cohort, coordinator, in_admin):
    red, blue = (cohort.peer_groups.create(name=name) for name in ("Red", "Blue"))
    first = ParticipantFactory(cohort=cohort, peer_group=red)
    ParticipantFactory(cohort=cohort, peer_group=blue)
    session = at(WEDNESDAY, cohort, red)
    change = reverse("admin:cohorts_session_change", args=[session.pk])
    data = {"title": "New title", "component": session.component_id, "days": "0.5", "peer_group": blue.pk}
    assert in_admin(coordinator).post(change, data | PAPERS).status_code == 302
    session.refresh_from_db()
    assert (session.title, session.peer_group) == ("New title", red)
    assert not Message.objects.exists()
    sessions.move(session=session, starts_at=WEDNESDAY + HOURS, ends_at=WEDNESDAY + 2 * HOURS, venue="", by=coordinator)
    assert {one.to for one in Message.objects.all()} == {first.participant, first.line_manager}


def test_the_plan_makes_no_session_at_the_time_of_another(cohort, coordinator):
    first = next(day(offset) for offset in range(20, 30) if day(offset).weekday() == 1)
    other = cohort.plan.components.get(kind="peer")
    starts = timezone.make_aware(datetime.combine(first, time(9, 30)))
    SessionFactory(cohort=cohort, component=other, starts_at=starts, title="Peer learning 1")
    with pytest.raises(NotPossible, match="cannot be made. At that time the cohort is due at “Peer learning 1”"):
        sessions.draft_from_plan(cohort=cohort, pattern=Pattern(first, 4, 2, time(9, 30), time(16, 30)), by=coordinator)
