"""Staff's pages of a cohort that is under way: each opens, costs the same for many, and is closed to other providers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import attendance, certificates
from cohorts.actions.placements import part_of
from cohorts.models import Certificate, CompletionRule, CompletionWaiver, Placement, Session
from cohorts.states import EnrolmentStatus, Mark
from steppingup.accounts.actors import SYSTEM
from steppingup.jobs.models import Job
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, SessionFactory, complete
from tests.staff import take_step, take_steps

pytestmark = pytest.mark.django_db
LISTS = ("enrolment", "session", "peergroup", "placement", "attendance", "dayentry", "certificate")


@pytest.fixture
def participant():
    return ParticipantFactory()


@pytest.fixture
def coordinator(participant):
    return staff(provider=participant.cohort.programme.provider)


def fill(cohort, number: int) -> None:
    for person in ParticipantFactory.create_batch(number, cohort=cohort):
        session = SessionFactory(cohort=cohort, starts_at=timezone.now() - timedelta(days=1))
        attendance.mark(session=session, marks={person.pk: Mark.PRESENT}, by=SYSTEM)
        cohort.peer_groups.create(name=f"Group {person.pk}")
        host = OrganisationFactory()
        Placement.objects.create(
            enrolment=person, component=part_of(person), host=host, kind=Placement.Kind.PROJECT, title="A project"
        )
        Certificate.objects.create(
            enrolment=person,
            serial=f"TRY7-{person.pk}",
            name="A",
            programme_name="B",
            completed_on=timezone.localdate(),
        )


@pytest.mark.parametrize("model", LISTS)
def test_every_list_is_exported_as_it_is_seen(in_admin, participant, coordinator, model):
    client, address = in_admin(coordinator), reverse(f"admin:cohorts_{model}_changelist")
    fill(participant.cohort, 2)
    export = client.get(address, {"export": "csv"})
    assert len(b"".join(export.streaming_content).splitlines()) >= 3
    stranger = in_admin(staff())
    assert "0 " in stranger.get(address).text
    assert len(b"".join(stranger.get(address, {"export": "csv"}).streaming_content).splitlines()) == 1


def test_the_sessions_of_a_plan_are_looked_at_first_and_made_afterwards(in_admin, participant, coordinator):
    client = in_admin(coordinator)
    address = reverse("admin:cohorts_cohort_step", args=[participant.cohort_id, "draft_from_plan"])
    given = {"first_on": "2030-02-04", "weeks_between": 4, "days_in_a_row": 2, "starts": "09:30", "ends": "16:30"}
    assert "First day" in client.get(address).text
    assert "Peer learning 1" in client.post(address, {**given, "filled": "yes"}).text
    assert not Session.objects.exists()
    assert client.post(address, {**given, "ends": "09:00", "filled": "yes"}).status_code == 200
    assert str(participant.cohort_id) in take_step(client, address, **given).url
    assert Session.objects.count() == 4
    assert in_admin(staff()).get(address).status_code == 404


def test_a_register_that_was_open_longer_does_not_undo_what_another_page_corrected(in_admin, participant, coordinator):
    other = ParticipantFactory(cohort=participant.cohort)
    session = SessionFactory(cohort=participant.cohort, starts_at=timezone.now() - timedelta(hours=2))
    attendance.mark(session=session, marks={participant.pk: Mark.ABSENT, other.pk: Mark.ABSENT}, by=coordinator)
    stale = {f"was-{person.pk}": "absent" for person in (participant, other)}
    attendance.mark(session=session, marks={participant.pk: Mark.PRESENT}, by=coordinator)
    page = reverse("admin:cohorts_session_register", args=[session.pk])
    in_admin(coordinator).post(page, {**stale, f"mark-{participant.pk}": "absent", f"mark-{other.pk}": "part"})
    marks = dict(session.attendances.values_list("enrolment", "mark"))
    assert marks == {participant.pk: Mark.PRESENT, other.pk: Mark.PART}


def test_moving_a_session_asks_first_and_says_who_will_be_told(in_admin, participant, coordinator):
    session = SessionFactory(cohort=participant.cohort, title="Module 1")
    client = in_admin(coordinator)
    page = client.get(reverse("admin:cohorts_session_change", args=[session.pk]))
    address = reverse("admin:cohorts_session_step", args=[session.pk, "move"])
    assert address in page.text
    given = {"starts_at": "2030-02-04T09:30", "ends_at": "2030-02-04T12:30", "venue": "Library"}
    asked = client.post(address, {**given, "filled": "yes"}).text
    assert participant.participant.email in asked
    assert "Monday 4 February 2030, 9:30am to 12:30pm" in asked
    session.refresh_from_db()
    assert session.venue != "Library"
    take_step(client, address, **given)
    session.refresh_from_db()
    assert session.venue == "Library"
    assert timezone.localtime(session.starts_at).hour == 9


def test_the_form_of_a_session_refuses_a_component_of_another_plan(in_admin, participant, coordinator):
    other = ParticipantFactory(cohort__programme=participant.cohort.programme)
    answer = in_admin(coordinator).post(
        reverse("admin:cohorts_session_add"),
        {
            "cohort": participant.cohort_id,
            "component": other.cohort.plan.components.first().pk,
            "title": "A day",
            "days": "1",
            "starts_at_0": "2030-02-04",
            "starts_at_1": "09:30",
            "ends_at_0": "2030-02-04",
            "ends_at_1": "09:00",
        },
    )
    assert "is not part of this cohort" in answer.text
    assert "must end after it starts" in answer.text


@pytest.mark.requirement("B8")
def test_the_form_of_an_assignment_refuses_the_employer_as_host(in_admin, participant, coordinator):
    address = reverse("admin:cohorts_placement_add")
    given = {"enrolment": participant.pk, "host": participant.employer_id, "kind": "project", "title": "A project"}
    client = in_admin(coordinator)
    assert "own employer" in client.post(address, given).text
    assert not Placement.objects.exists()
    client.post(address, {**given, "host": OrganisationFactory().pk})
    assert Placement.objects.get().enrolment == participant


def test_a_participant_is_withdrawn_with_a_reason_from_their_page(in_admin, participant, coordinator):
    client = in_admin(coordinator)
    page = client.get(reverse("admin:cohorts_enrolment_change", args=[participant.pk]))
    address = reverse("admin:cohorts_enrolment_step", args=[participant.pk, "withdraw"])
    assert address in page.text
    assert "Say why" in client.post(address, {"reason": "", "filled": "yes"}).text
    told = client.post(address, {"reason": "A new job", "filled": "yes"}).text
    assert "Who will be told" in told
    assert "A new job" in told  # what was filled in stands there, to be changed
    participant.refresh_from_db()
    assert participant.status == EnrolmentStatus.ENROLLED
    take_step(client, address, reason="A new job")
    participant.refresh_from_db()
    assert participant.status == EnrolmentStatus.WITHDRAWN


def test_completion_is_waived_recorded_and_certified_on_one_page(in_admin, participant, coordinator):
    cohort = participant.cohort
    rule = CompletionRule.objects.create(cohort=cohort, minimum=5)
    client = in_admin(coordinator)
    page = reverse("admin:cohorts_enrolment_completion", args=[cohort.pk])
    assert "5 missing" in client.get(page).text
    waive = reverse("admin:cohorts_enrolment_step", args=[participant.pk, "waive"])
    assert "Say why" in client.post(waive, {"rule": rule.pk, "reason": "", "filled": "yes"}).text
    take_step(client, waive, rule=rule.pk, reason="Agreed with the panel")
    assert CompletionWaiver.objects.get().given_by == coordinator
    ids = client.get(page).context["ready"]
    confirm = client.post(reverse("admin:cohorts_enrolment_steps", args=["complete"]), {"ids": ids[0]}).text
    assert participant.participant.email in confirm
    assert participant.line_manager.email in confirm
    take_steps(client, "cohorts_enrolment", "complete", ids)
    issue = reverse("admin:cohorts_cohort_step", args=[cohort.pk, "issue"])
    shown = client.post(issue, {"filled": "yes"}).text
    assert str(participant.participant) in shown
    assert "Your certificate for" in shown
    answer = take_step(client, issue)
    assert answer.url == Job.objects.get(kind="cohorts.certificates").get_absolute_url()
    assert "Certificates are being made" in client.get(page).text
    stranger = in_admin(staff())
    assert {stranger.get(url).status_code for url in (page, waive, issue)} == {404}


def test_a_certificate_is_opened_and_revoked_from_its_page(in_admin, participant, coordinator):
    certificate = certificates.make(enrolment=complete(participant), by=coordinator)
    client = in_admin(coordinator)
    page = client.get(reverse("admin:cohorts_certificate_change", args=[certificate.pk])).text
    file = reverse("admin:cohorts_certificate_file", args=[certificate.pk])
    revoke = reverse("admin:cohorts_certificate_step", args=[certificate.pk, "revoke"])
    assert file in page
    assert revoke in page
    assert client.get(file).headers["Content-Type"] == "application/pdf"
    take_step(client, revoke, reason="The name was wrong")
    certificate.refresh_from_db()
    assert certificate.revocation_reason == "The name was wrong"
    assert in_admin(staff()).get(file).status_code == 404


def test_registers_that_wait_stand_on_the_first_page(in_admin, participant, coordinator):
    session = SessionFactory(cohort=participant.cohort, starts_at=timezone.now() - timedelta(days=1))
    address = reverse("admin:cohorts_session_register", args=[session.pk])
    assert address in in_admin(coordinator).get(reverse("admin:index")).text
    assert address not in in_admin(staff()).get(reverse("admin:index")).text
