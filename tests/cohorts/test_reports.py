"""Reports on an assignment: asked half-way and at the end, given by each side, read by whom they say (B10, B54)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import pausing, reports, supervising
from cohorts.actions.placements import record_day
from cohorts.models import PlacementReport
from cohorts.notices.supervising import HOST_LINK
from cohorts.progress.stuck import NO_REPORT, troubles_of
from cohorts.states import EnrolmentStatus
from cohorts.states.reports import Moment, Side
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, day
from tests.factories.modules import placed
from tests.journeys.people import link_in
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B10", "B54")]


@pytest.fixture
def enrolment():
    return ParticipantFactory(participant__full_name="Amara Okafor", line_manager=UserFactory(full_name="Jo Maddern"))


@pytest.fixture
def by(enrolment):
    return staff(RoleName.COORDINATOR, enrolment.cohort.programme.provider)


@pytest.fixture
def placement(enrolment, by):
    """For ten days, half of them over, with a supervisor."""
    found = placed(enrolment)
    found.starts_on, found.ends_on = day(-5), day(5)
    found.save()
    supervising.name_supervisor(placement=found, name="Delia Marsh", email="delia@museums.example", by=by)
    record_day(placement=found, on=day(-1), days=1, by=enrolment.participant)
    return found


def asked():
    return {(one.moment, one.side) for one in PlacementReport.objects.all()}


def host_page():
    """The page behind the last link that the supervisor got."""
    from steppingup.messaging.actions.delivery import deliver_due
    from tests.journeys.people import letters_to

    deliver_due()
    return link_in(letters_to("delia@museums.example")[-1], "/host/")


def test_both_sides_are_asked_once_half_way_and_once_more_after_a_week(placement):
    assert reports.ask_for_reports() == 2
    assert asked() == {(Moment.MIDWAY, side) for side in Side}
    assert set(Message.objects.filter(kind__startswith="cohorts.report_asked").values_list("to_email", flat=True)) == {
        placement.enrolment.participant.email,
        "delia@museums.example",
    }
    assert reports.ask_for_reports() == 0
    with time_machine.travel(timezone.localtime() + timedelta(days=7, hours=1)):
        # By then it is over: they are asked about the end, and about half-way no more.
        assert reports.ask_for_reports() == 2
    assert asked() == {(moment, side) for moment in Moment for side in Side}


def test_whoever_has_not_answered_is_reminded_once(placement):
    placement.ends_on = day(60)
    placement.starts_on = day(-60)
    placement.save()
    assert reports.ask_for_reports() == 2
    with time_machine.travel(timezone.localtime() + timedelta(days=8)):
        assert reports.ask_for_reports() == 2
        assert reports.ask_for_reports() == 0
    with time_machine.travel(timezone.localtime() + timedelta(days=20)):
        assert reports.ask_for_reports() == 0


def test_nobody_is_asked_before_a_day_is_done_nor_on_a_pause_nor_after_leaving(enrolment, placement, by):
    placement.days.all().update(removed_at=timezone.now())
    assert reports.ask_for_reports() == 0
    placement.days.all().update(removed_at=None)
    pausing.pause(enrolment=enrolment, starts_on=day(0), ends_on=day(9), by=by)
    assert reports.ask_for_reports() == 0
    enrolment.pauses.all().delete()
    type(enrolment).objects.filter(pk=enrolment.pk).update(
        status=EnrolmentStatus.WITHDRAWN, withdrawn_at=timezone.now()
    )
    assert reports.ask_for_reports() == 0


def test_the_host_writes_by_the_link_and_the_participant_reads_it(client, enrolment, placement):
    reports.ask_for_reports()
    page = host_page()
    shown = client.get(page).text
    assert "Tell us how it goes half-way" in shown
    report = PlacementReport.objects.get(side=Side.HOST)
    write = page.rstrip("/") + f"/reports/{report.pk}/"
    assert "Amara Okafor reads what you write" in " ".join(client.get(write).text.split())
    assert "Say how it goes." in client.post(write, {"text": "She has found her feet."}).text
    client.post(write, {"goes": "well", "text": "She has found her feet.", "more": "A desk."})
    report.refresh_from_db()
    assert (report.given_by, report.goes) == ("Delia Marsh", "well")
    client.force_login(enrolment.participant)
    own = client.get(reverse("cohorts:one_assignment", args=[enrolment.pk, placement.pk])).text
    assert "She has found her feet." in own
    own_report = PlacementReport.objects.get(side=Side.PARTICIPANT)
    assert client.get(write.replace(str(report.pk), str(own_report.pk))).status_code == 404


def test_the_participant_is_asked_on_the_first_page_and_writes_and_corrects_it(client, enrolment, placement):
    reports.ask_for_reports()
    client.force_login(enrolment.participant)
    assert "Tell us how" in client.get(reverse("cohorts:participant", args=[enrolment.pk])).text
    report = PlacementReport.objects.get(side=Side.PARTICIPANT)
    page = reverse("cohorts:report", args=[enrolment.pk, report.pk])
    assert "Write a few lines." in client.post(page, {"goes": "well", "text": ""}).text
    for text in ("First words", "Better words"):
        assert client.post(page, {"goes": "partly", "text": text}).status_code == 302
    report.refresh_from_db()
    assert (report.text, report.given_by) == ("Better words", "Amara Okafor")
    assert "Tell us how" not in client.get(reverse("cohorts:participant", args=[enrolment.pk])).text
    client.force_login(UserFactory())
    assert client.get(page).status_code == 404


def test_the_line_manager_reads_the_end_and_not_half_way(client, enrolment, placement):
    def give(moment, text):
        one = PlacementReport.objects.create(placement=placement, moment=moment, side=Side.PARTICIPANT)
        reports.give_report(report=one, goes="well", text=text, more="The queue is gone.", by=enrolment.participant)

    give(Moment.MIDWAY, "Zanthovar")
    client.force_login(enrolment.line_manager)
    page = reverse("cohorts:managed_assignment", args=[enrolment.pk])
    assert "Zanthovar" not in client.get(page).text
    give(Moment.END, "Quillomar")
    shown = client.get(page).text
    assert "Quillomar" in shown
    assert "The queue is gone." in shown
    assert "Zanthovar" not in shown


def test_staff_write_for_the_host_and_nobody_writes_for_somebody_else(client, enrolment, placement, by):
    reports.ask_for_reports()
    host, own = (PlacementReport.objects.for_steps().get(side=side) for side in (Side.HOST, Side.PARTICIPANT))
    step = reverse("admin:cohorts_placementreport_step", args=[host.pk, "write_for_host"])
    take_step(with_second_factor(client, by), step, goes="badly", text="They were rarely there.")
    host.refresh_from_db()
    assert (host.given_by, host.goes) == (str(by), "badly")
    with pytest.raises(NotAllowed):
        reports.give_report(report=own, goes="well", text="x", by=by)
    for who in (enrolment.participant, UserFactory()):
        with pytest.raises(NotAllowed):
            reports.give_report(report=host, goes="well", text="x", by=who)
    with pytest.raises(NotPossible, match="Participants write their own"):
        reports.write_for_host.policy(own)
    type(enrolment).objects.filter(pk=enrolment.pk).update(
        status=EnrolmentStatus.WITHDRAWN, withdrawn_at=timezone.now()
    )
    with pytest.raises(NotPossible, match="no longer on the programme"):
        reports.give_report(report=own, goes="well", text="x", by=enrolment.participant)


def test_an_ended_link_writes_nothing_more(client, placement, by):
    reports.ask_for_reports()
    page = host_page()
    report = PlacementReport.objects.get(side=Side.HOST)
    supervising.end_supervisor(placement=placement, by=by)
    client.post(page.rstrip("/") + f"/reports/{report.pk}/", {"goes": "well", "text": "x"})
    report.refresh_from_db()
    assert report.given_at is None


def test_a_supervisor_who_is_named_late_is_asked_then(placement, by):
    placement.starts_on, placement.ends_on = day(-60), day(60)
    placement.save()
    supervising.end_supervisor(placement=placement, by=by)
    assert reports.ask_for_reports() == 1
    with time_machine.travel(timezone.localtime() + timedelta(days=8)):
        assert reports.ask_for_reports() == 1
        supervising.name_supervisor(placement=placement, name="Sol Ito", email="sol@museums.example", by=by)
        assert reports.ask_for_reports() == 1
        assert reports.ask_for_reports() == 0


def test_a_link_that_was_replaced_writes_nothing(placement):
    reports.ask_for_reports()
    supervisor = supervising.supervisor_of(placement)
    report = PlacementReport.objects.for_steps().get(side=Side.HOST)
    link, _ = TokenLink.issue(purpose=HOST_LINK, target=supervisor, email=supervisor.email, days=9)
    TokenLink.issue(purpose=HOST_LINK, target=supervisor, email=supervisor.email, days=9)
    TokenLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())
    with pytest.raises(NotPossible, match="replaced or has expired"):
        reports.give_report(report=report, goes="well", text="x", by=LinkHolder(link))


def test_who_says_nothing_for_a_fortnight_is_stuck(enrolment, placement, by):
    reports.ask_for_reports()
    PlacementReport.objects.update(asked_at=timezone.now() - timedelta(days=15))
    found = [one for one in troubles_of([enrolment], by) if one.kind == NO_REPORT]
    assert [one.enrolment for one in found] == [enrolment.pk]
    assert "placementreport" in found[0].url
