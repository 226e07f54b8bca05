"""What somebody needs to take part: said once, and shown to those whom they let know it, as long as they do."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cohorts.actions import placements, staying
from cohorts.models import Cohort, Needs, Placement, Session, Supervisor
from cohorts.notices.supervising import new_link
from cohorts.states import CohortStatus
from cohorts.states.staying import NeedsReader
from modules.models import Assignment
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, NotAllowed
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.factories.modules import handed_in, registered

pytestmark = pytest.mark.django_db
LOOP = "A hearing loop, please"


@pytest.fixture
def participant():
    return ParticipantFactory()


@pytest.fixture
def coordinator(participant):
    return staff(provider=participant.cohort.programme.provider)


def say(client, participant, *to, access=LOOP):
    client.force_login(participant.participant)
    given = {"diet": "No nuts", "access": access, "room": "Ground floor", "shown_to": to}
    assert client.post(reverse("cohorts:own_needs"), given).status_code == 302


def register(in_admin, coordinator, session):
    return in_admin(coordinator).get(reverse("admin:cohorts_session_register", args=[session.pk])).text


def test_whoever_takes_the_register_knows_it_only_while_they_may(client, in_admin, participant, coordinator):
    starts = clock.now() + timedelta(hours=1)
    session = SessionFactory(cohort=participant.cohort, starts_at=starts, ends_at=starts + timedelta(hours=2))
    Session.objects.update(starts_at=clock.now() - timedelta(minutes=5))
    say(client, participant)
    assert LOOP not in register(in_admin, coordinator, session)
    say(client, participant, NeedsReader.REGISTER)
    shown = register(in_admin, coordinator, session)
    assert LOOP in shown
    assert "No nuts" not in shown
    assert "Ground floor" not in shown
    say(client, participant, NeedsReader.HOST)
    assert LOOP not in register(in_admin, coordinator, session)
    say(client, participant, NeedsReader.REGISTER)
    old = clock.now() - timedelta(days=3)
    Session.objects.update(starts_at=old, ends_at=old + timedelta(hours=2))
    assert LOOP not in register(in_admin, coordinator, session)


def test_whoever_looks_after_them_at_the_host_knows_it_by_their_link(client, participant):
    placement = placements.set_placement(
        enrolment=participant, host=OrganisationFactory(), by=SYSTEM, kind=Placement.Kind.PROJECT, title="A desk"
    )
    supervisor = Supervisor.objects.create(placement=placement, name="Delia Marsh", email="delia@example.org")
    page = "/" + new_link(Supervisor.objects.for_steps().get(pk=supervisor.pk)).split("/", 3)[3]
    say(client, participant)
    assert LOOP not in client.get(page).text
    say(client, participant, NeedsReader.HOST)
    assert LOOP in client.get(page).text
    say(client, participant, NeedsReader.REGISTER, NeedsReader.MARKERS)
    assert LOOP not in client.get(page).text


@pytest.mark.requirement("N7")
@pytest.mark.parametrize("over", ["ended", "lost", "finished"])
def test_the_host_knows_it_only_until_the_assignment_ends_and_the_page_still_opens(client, participant, over):
    placement = placements.set_placement(
        enrolment=participant, host=OrganisationFactory(), by=SYSTEM, kind=Placement.Kind.PROJECT, title="A desk"
    )
    supervisor = Supervisor.objects.create(placement=placement, name="Delia Marsh", email="delia@example.org")
    page = "/" + new_link(Supervisor.objects.for_steps().get(pk=supervisor.pk)).split("/", 3)[3]
    say(client, participant, NeedsReader.HOST)
    for to_come in (None, clock.today(), clock.today() + timedelta(days=9)):
        Placement.objects.update(ends_on=to_come)
        assert LOOP in client.get(page).text
    Placement.objects.update(lost_on=clock.today() + timedelta(days=9), lost_because="They will close.")
    assert LOOP in client.get(page).text
    if over == "ended":
        Placement.objects.update(ends_on=clock.today() - timedelta(days=1))
    elif over == "lost":
        Placement.objects.update(lost_on=clock.today())
    else:
        Cohort.objects.update(status=CohortStatus.FINISHED)
    shown = client.get(page)
    assert shown.status_code == 200
    assert "What was agreed" in shown.text
    assert LOOP not in shown.text


def test_what_is_confirmed_for_a_day_changes_nothing_of_who_knows_it(client, participant):
    say(client, participant, NeedsReader.HOST)
    session = SessionFactory(
        cohort=participant.cohort, asks_needs=True, starts_at=clock.now() + timedelta(days=9),
        ends_at=clock.now() + timedelta(days=9, hours=2),
    )  # fmt: skip
    staying.confirm_needs(enrolment=participant, session=session, access="Large print", by=participant.participant)
    assert Needs.objects.get().shown_to == ["host"]
    assert Needs.objects.shown(NeedsReader.HOST, [participant.participant_id]) == {
        participant.participant_id: "Large print"
    }


def test_the_latest_word_of_two_accounts_that_became_one_holds(participant):
    person = participant.participant
    Needs.objects.create(person=person, access="Steps are fine", shown_to=[], said_at=clock.now())
    Needs.objects.create(person=person, access="No steps", shown_to=["host"], said_at=clock.now() - timedelta(days=9))
    assert Needs.objects.shown(NeedsReader.HOST, [person.pk]) == {}


def test_only_they_themselves_say_who_knows_it(participant, coordinator):
    with pytest.raises(NotAllowed):
        staying.say_needs(
            person=participant.participant, diet="", access=LOOP, room="", shown_to=["host"], by=coordinator
        )


def test_whoever_marks_their_work_knows_it_until_it_is_marked(client, in_admin):
    assignment = handed_in(registered())
    enrolment = assignment.registration.enrolment
    keeper = staff(provider=enrolment.cohort.programme.provider)
    page = reverse("admin:modules_assignment_change", args=[assignment.pk])
    say(client, enrolment, NeedsReader.MARKERS)
    assert LOOP in in_admin(keeper).get(page).text
    Assignment.objects.update(marked_at=clock.now(), status="passed", marked_by=keeper)
    assert LOOP not in in_admin(keeper).get(page).text
