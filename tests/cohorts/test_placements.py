"""The stretch assignment: another organisation, and days that are worked on it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import placements
from cohorts.desk.forms import PlacementForm
from cohorts.models import DayEntry, Placement, PlacementDay
from cohorts.progress import progress_of
from cohorts.states import Recording
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, PlanFactory, RunningCohortFactory, day, do_days
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def participant():
    return ParticipantFactory()


@pytest.fixture
def coordinator(participant):
    return staff(provider=participant.cohort.programme.provider)


@pytest.fixture
def placement(participant, coordinator):
    details = {"kind": Placement.Kind.PROJECT, "title": "A new front desk"}
    return placements.set_placement(enrolment=participant, host=OrganisationFactory(), by=coordinator, **details)


def family(participant):
    employer = participant.employer
    parent = OrganisationFactory(name="The group above")
    employer.parent = parent
    employer.save()
    return {"itself": employer, "parent": parent, "subsidiary": OrganisationFactory(parent=employer)}


@pytest.mark.requirement("B7", "B8")
@pytest.mark.parametrize("which", ["itself", "parent", "subsidiary"])
def test_the_host_is_never_the_employer_nor_of_its_family(participant, coordinator, which):
    host = family(participant)[which]
    details = {"kind": Placement.Kind.PROJECT, "title": "A new front desk"}
    with pytest.raises(NotPossible, match="ifferent"):
        placements.set_placement(enrolment=participant, host=host, by=coordinator, **details)
    form = PlacementForm({"enrolment": participant.pk, "host": host.pk, **details})
    assert "ifferent" in form.errors["host"][0]
    with pytest.raises(IntegrityError, match="another organisation"), transaction.atomic():
        Placement.objects.create(enrolment=participant, component=placements.part_of(participant), host=host, **details)


def test_no_day_is_recorded_from_before_the_cohort_started(participant, placement):
    before = participant.cohort.starts_on - timedelta(days=1)
    with pytest.raises(NotPossible, match="The programme started on"):
        placements.record_day(placement=placement, on=before, days=Decimal(1), by=participant.participant)


@pytest.mark.requirement("B7", "B10")
def test_a_day_counts_at_once_and_can_be_taken_back(participant, placement):
    recorded = placements.record_day(placement=placement, on=day(-1), days=Decimal("0.5"), by=participant.participant)
    assert progress_of(participant).done == Decimal("0.5")
    on_another_page = PlacementDay.objects.get()
    placements.remove_day(day=recorded, by=participant.participant)
    assert progress_of(participant).done == 0
    for day_again in (recorded, on_another_page):
        with pytest.raises(NotPossible, match="already been removed"):
            placements.remove_day(day=day_again, by=participant.participant)
    assert DayEntry.objects.count() == 2
    placements.record_day(placement=placement, on=day(-1), days=Decimal(1), by=participant.participant)
    assert progress_of(participant).done == 1


def test_days_have_happened_once_each_and_fit_the_plan(participant, placement):
    def record(on, days) -> None:
        placements.record_day(placement=placement, on=on, days=Decimal(days), by=participant.participant)

    with pytest.raises(NotPossible, match="in the future"):
        record(day(1), 1)
    for wrong in ("0", "1.25", "0.3"):
        with pytest.raises(NotPossible, match="quarter"):
            record(day(-1), wrong)
    record(day(-1), 1)
    with pytest.raises(NotPossible, match="already"):
        record(day(-1), 1)
    record(day(-2), 1)
    record(day(-3), "0.5")
    with pytest.raises(NotPossible, match="Only ½ day of the assignment is left"):
        record(day(-4), 1)
    record(day(-4), "0.5")
    with pytest.raises(NotPossible, match="All 3 days"):
        record(day(-5), 1)


def test_only_the_participant_and_their_coordinator_record_days(participant, placement, coordinator):
    for stranger in (UserFactory(), staff(), participant.line_manager):
        with pytest.raises(NotAllowed):
            placements.record_day(placement=placement, on=day(-1), days=Decimal(1), by=stranger)
    assert placements.record_day(placement=placement, on=day(-1), days=Decimal(1), by=coordinator)


def test_the_page_records_a_day_and_says_what_is_wrong_beside_the_field(client, participant, placement):
    client.force_login(participant.participant)
    address = reverse("cohorts:assignment", args=[participant.pk])
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = client.post(
        address, {"on_0": tomorrow.day, "on_1": tomorrow.month, "on_2": tomorrow.year, "days": "1", "what": "Mapping"}
    )
    assert "This day is in the future" in answer.text
    assert "Mapping" in answer.text
    today = timezone.localdate()
    client.post(address, {"on_0": today.day, "on_1": today.month, "on_2": today.year, "days": "0.5", "what": "Mapping"})
    recorded = placement.days.get()
    assert recorded.days == Decimal("0.5")
    remove = reverse("cohorts:remove_day", args=[participant.pk, recorded.pk])
    assert client.get(remove).status_code == 200
    assert progress_of(participant).done == Decimal("0.5")
    page = client.post(remove)
    again = {"filled": "yes", "digest": page.context["digest"]}
    for _ in range(2):  # on two pages
        assert client.post(remove, again).status_code == 302
    assert progress_of(participant).done == 0
    assert placement.days.get().removed_at
    client.force_login(participant.line_manager)
    assert client.get(address).status_code == 404


def test_a_coordinator_records_a_day_on_the_desk_and_reads_what_is_wrong_beside_the_field(
    client, participant, placement, coordinator
):
    with_second_factor(client, coordinator)
    url = reverse("admin:cohorts_placement_step", args=[placement.pk, "record_day"])
    late = take_step(client, url, on=day(9).isoformat(), days="1")
    assert late.context["form"].errors["on"] == ["This day is in the future. Record it once you have worked it."]
    take_step(client, url, on=day(-1).isoformat(), days="0.5")
    recorded = placement.days.get()
    assert (recorded.on, recorded.recorded_by) == (day(-1), coordinator)
    assert progress_of(participant).done == Decimal("0.5")


def test_days_that_somebody_else_has_recorded_leave_ones_own_to_be_recorded(participant, placement):
    other = ParticipantFactory(cohort=participant.cohort)
    do_days(other, "stretch", placements.part_of(other).days)
    recorded = placements.record_day(placement=placement, on=day(-1), days=Decimal(1), by=participant.participant)
    assert recorded.days == 1


def test_participants_take_back_what_they_did_a_moment_ago_themselves(client, participant, placement):
    own = with_second_factor(client, participant.participant)
    home = reverse("cohorts:participant", args=[participant.pk])
    assert "Was that a mistake?" not in own.get(home).text
    recorded = placements.record_day(placement=placement, on=day(-1), days=Decimal(1), by=participant.participant)
    placements.remove_day(day=recorded, by=participant.participant)
    assert not placement.days.filter(removed_at=None).exists()
    shown = own.get(home).text
    assert "“Day removed”" in shown
    link = reverse("cohorts:take_back", args=[participant.pk, Taking.objects.latest("pk").pk])
    assert link in shown
    take_step(own, link)
    assert placement.days.filter(removed_at=None).exists()
    assert progress_of(participant).recorded_by(Recording.HOST)[0].done == 1
    # What came before can be taken back next, and then there is nothing left.
    first = reverse("cohorts:take_back", args=[participant.pk, Taking.objects.earliest("pk").pk])
    stranger = with_second_factor(Client(), UserFactory())
    assert stranger.get(first).status_code == 404
    take_step(own, first)
    assert not placement.days.exists()
    assert progress_of(participant).recorded_by(Recording.HOST)[0].done == 0


def test_after_a_day_staff_take_it_back_and_not_the_participant(client, participant, placement):
    own = with_second_factor(client, participant.participant)
    placements.record_day(placement=placement, on=day(-1), days=Decimal(1), by=participant.participant)
    home = reverse("cohorts:participant", args=[participant.pk])
    assert "“Day recorded”" in own.get(home).text
    Taking.objects.update(at=timezone.now() - timedelta(days=2))
    assert "“Day recorded”" not in own.get(home).text
    taking = Taking.objects.latest("pk")
    link = reverse("cohorts:take_back", args=[participant.pk, taking.pk])
    with pytest.raises(NotPossible, match="for a day, and this was longer ago. Write to us"):  # from a page left open
        take_back(taking=taking, by=participant.participant)
    assert own.post(link).status_code != 302
    assert placement.days.exists()


def test_an_assignment_that_is_counted_in_hours_is_recorded_in_hours(client):
    plan = PlanFactory()
    plan.components.filter(recording=Recording.HOST).update(unit="hours", least=6, most=10)
    participant = ParticipantFactory(cohort=RunningCohortFactory(plan=plan, programme=plan.programme))
    coordinator = staff(provider=plan.programme.provider)
    details = {"kind": Placement.Kind.PROJECT, "title": "Shadowing a director"}
    placements.set_placement(enrolment=participant, host=OrganisationFactory(), by=coordinator, **details)
    client.force_login(participant.participant)
    address, on = reverse("cohorts:assignment", args=[participant.pk]), day(-1)
    given = {"on_0": on.day, "on_1": on.month, "on_2": on.year}
    assert "How many hours?" in client.get(address).text
    for wrong in ("", "0", "7.25", "1.1"):
        answer = client.post(address, {**given, "days": wrong}).text
        assert "Enter hours in quarters, such as 1.5, and at most 7 hours for one day." in answer, wrong
    for hours in ("7", "1.75"):
        page = client.post(address, {**given, "days": hours}, follow=True).text
        given["on_0"], given["on_1"], given["on_2"] = day(-2).day, day(-2).month, day(-2).year
    assert "1¾ hours on" in page
    assert progress_of(participant).recorded_by(Recording.HOST)[0].in_unit.in_words == "8¾ of 6–10 hours"
    assert [f"{found.days:f}" for found in PlacementDay.objects.order_by("-on")] == ["1.000000", "0.250000"]
