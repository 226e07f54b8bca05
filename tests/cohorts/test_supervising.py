"""Days of an assignment count once the host's supervisor has confirmed them, by a link and without an account (B10)."""

from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import hosts, placements, supervising
from cohorts.models import Component, DayEntry, Placement, PlacementDay, Supervisor
from cohorts.notices.supervising import HOST_LINK
from steppingup.accounts.actors import SYSTEM, LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.staff import posted, take_step, with_second_factor

pytestmark = pytest.mark.django_db


class Scene:
    """Somebody with an assignment of three days, of a part whose days the host confirms."""

    def __init__(self) -> None:
        cohort = RunningCohortFactory()
        Component.objects.filter(plan=cohort.plan, key="stretch").update(host_confirms=True)
        self.by = staff(RoleName.COORDINATOR, cohort.programme.provider)
        self.person = ParticipantFactory(cohort=cohort, participant__full_name="Ada Osei")
        self.placement = placements.set_placement(
            enrolment=self.person, host=OrganisationFactory(), by=self.by, kind="project", title="A new front desk"
        )

    def named(self) -> Supervisor:
        return supervising.name_supervisor(
            placement=self.placement, name="Delia Marsh", email="delia@museums.example", by=self.by
        )

    def record(self, on: int, days: str = "1") -> PlacementDay:
        return placements.record_day(
            placement=self.placement, on=day(on), days=Decimal(days), what="Talked", by=self.person.participant
        )

    def done(self) -> Decimal:
        return sum((one.days for one in DayEntry.objects.filter(enrolment=self.person)), Decimal(0))


def holder(supervisor: Supervisor) -> LinkHolder:
    link, raw = TokenLink.issue(purpose=HOST_LINK, target=supervisor, email=supervisor.email, days=9)
    link.raw = raw
    return LinkHolder(link)


def page_of(supervisor: Supervisor) -> str:
    return reverse("cohorts:hosting", args=[holder(supervisor).link.raw])


@pytest.fixture
def scene():
    return Scene()


@pytest.mark.requirement("B10")
def test_a_day_counts_once_the_supervisor_has_confirmed_it_by_the_link(client, scene):
    supervisor = scene.named()
    assert Message.objects.get(kind="cohorts.supervisor_named").to_email == "delia@museums.example"
    one, other = scene.record(-3), scene.record(-2, "0.5")
    assert scene.done() == 0
    client.force_login(scene.person.participant)
    assert "Waits for the host" in client.get(reverse("cohorts:assignment", args=[scene.person.pk])).text
    client.logout()
    page = page_of(supervisor)
    text = client.get(page).text
    assert "This page is for Delia Marsh" in text
    assert one.in_words in text
    assert scene.person.participant.email not in text
    answers = {f"day_{one.pk}": "right", f"day_{other.pk}": "wrong", f"reason_{other.pk}": ""}
    assert "Say in a sentence what is not right." in client.post(page, answers).text
    assert scene.done() == 0, "all of it or nothing"
    client.post(page, answers | {f"reason_{other.pk}": "We were closed."})
    assert scene.done() == 1
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.confirmed_by, one.counts, other.counts) == ("Delia Marsh", True, False)
    told = Message.objects.get(kind="cohorts.day_not_right")
    assert told.to_email == scene.person.participant.email
    assert "We were closed." in told.text
    text = client.get(page).text
    assert "No day waits for you." in text
    assert "Confirmed by Delia Marsh." in text
    # It is corrected by a new one.
    placements.remove_day(day=other, by=scene.person.participant)
    scene.record(-2, "0.25")
    supervising.confirm_days(placement=scene.placement, by=holder(supervisor))
    assert scene.done() == Decimal("1.25")
    placements.remove_day(day=PlacementDay.objects.get(pk=one.pk), by=scene.person.participant)
    assert scene.done() == Decimal("0.25")


def test_where_the_plan_does_not_say_so_days_count_at_once_and_the_host_sees_them_without_their_words(client, scene):
    with pgtrigger.ignore():
        Component.objects.update(host_confirms=False)
    scene.placement = Placement.objects.get()
    one = scene.record(-3)
    assert scene.done() == 1
    text = client.get(page_of(scene.named())).text
    assert "which days they record" in Message.objects.get(kind="cohorts.supervisor_named").text
    assert f"<li>{one.in_words}</li>" in text
    assert one.what not in text, "nobody at the host is asked about it"


def test_the_supervisor_is_written_to_once_a_day_about_all_days(scene):
    supervisor = scene.named()
    assert supervising.tell_of_days() == 0
    scene.record(-3)
    scene.record(-2)
    assert supervising.tell_of_days() == 1
    assert supervising.tell_of_days() == 0
    letter = Message.objects.get(kind="cohorts.supervisor_days")
    assert letter.text.count("1 day on") == 2
    scene.record(-1)
    assert supervising.tell_of_days() == 1
    Supervisor.objects.update(told_at=timezone.now() - timedelta(days=8))
    assert supervising.tell_of_days() == 1, "what still waits is named again after a week"
    supervising.confirm_days(placement=scene.placement, by=holder(supervisor))
    Supervisor.objects.update(told_at=timezone.now() - timedelta(days=8))
    assert supervising.tell_of_days() == 0


def test_a_link_in_the_wrong_hands_is_ended_or_replaced_and_shows_no_more_than_is_needed(client, scene):
    supervisor = scene.named()
    scene.record(-3)
    page, old = page_of(supervisor), holder(supervisor)
    scene.named()
    assert client.get(page).status_code == 404
    old.link.refresh_from_db()
    for action, given in (
        (supervising.confirm_days, {}),
        (supervising.object_to, {"day": PlacementDay.objects.get(), "reason": "x"}),
    ):
        with pytest.raises(NotPossible, match="This link has been replaced or has expired"):
            action(placement=scene.placement, by=old, **given)
    page = page_of(supervisor)
    supervising.end_supervisor(placement=scene.placement, by=scene.by)
    gone = client.get(page)
    assert gone.status_code == 410
    assert "Ada" not in gone.text
    with pytest.raises(NotPossible, match="Nobody at the host has a page"):
        supervising.end_supervisor(placement=scene.placement, by=scene.by)
    with pytest.raises(NotPossible, match="Nobody at the host has a page"):
        supervising.end_supervisor.run(placement=scene.placement, by=scene.by)
    with pytest.raises(NotAllowed, match="does not confirm days"):
        supervising.confirm_days(placement=scene.placement, by=holder(Supervisor.objects.get()))
    with pytest.raises(NotPossible, match="cannot confirm their own days"):
        supervising.name_supervisor(
            placement=scene.placement, name="Ada", email=scene.person.participant.email, by=scene.by
        )


def test_nobody_confirms_their_own_days_and_staff_do_it_for_the_host(client, scene):
    scene.record(-3)
    for by in (scene.person.participant, LinkHolder(TokenLink(purpose="x", email="x@example.org"))):
        with pytest.raises(NotAllowed, match="does not confirm days"):
            supervising.confirm_days(placement=scene.placement, by=by)
    browser = with_second_factor(client, scene.by)
    assert "assignment has days that nobody at the host is asked to confirm" in browser.get("/admin/").text
    page = reverse("admin:cohorts_placement_change", args=[scene.placement.pk])
    assert "Waits for the host" in browser.get(page).text
    take_step(browser, reverse("admin:cohorts_placement_step", args=[scene.placement.pk, "confirm_days"]))
    assert scene.done() == 1
    assert f"{scene.by}, for the host" in browser.get(page).text
    with pytest.raises(NotPossible, match="No day waits"):
        supervising.confirm_days(placement=scene.placement, by=scene.by)
    with pytest.raises(NotPossible, match="No day waits"):
        supervising.confirm_days.run(placement=scene.placement, by=scene.by)
    with pytest.raises(NotPossible, match="does not wait for being confirmed"):
        supervising.object_to.run(placement=scene.placement, day=PlacementDay.objects.get(), reason="x", by=scene.by)


def test_no_more_than_the_part_has_is_recorded_or_confirmed(scene):
    for on in (-4, -3, -2):
        scene.record(on)
    with pytest.raises(NotPossible, match="All 3 days"):
        scene.record(-1)
    PlacementDay.objects.create(
        placement=scene.placement, on=day(-1), days=1, recorded_by=scene.person.participant, waits=True
    )
    with pytest.raises(NotPossible, match="have been confirmed already"):
        supervising.confirm_days(placement=scene.placement, by=SYSTEM)
    assert scene.done() == 0


@pytest.mark.requirement("B10")
def test_no_day_counts_from_before_the_assignment_began(scene):
    Placement.objects.update(starts_on=day(-2))
    scene.placement = Placement.objects.get()
    with pytest.raises(NotPossible, match="The assignment begins on"):
        scene.record(-3)
    assert scene.record(-2)
    given = {
        "enrolment": scene.person,
        "host": scene.placement.host,
        "kind": "project",
        "title": "A desk",
        "by": scene.by,
    }
    with pytest.raises(NotPossible, match="is recorded as worked on it"):
        placements.set_placement(**given, starts_on=day(-1))
    assert placements.set_placement(**given, starts_on=day(-2)).days.count() == 1


def test_its_form_says_beside_the_first_day_that_a_day_is_recorded_before_it(in_admin, scene):
    scene.record(-3)
    browser, page = in_admin(scene.by), reverse("admin:cohorts_placement_change", args=[scene.placement.pk])
    answer = browser.post(page, {**posted(browser.get(page)), "starts_on": f"{day(-2)}"})
    assert answer.status_code == 200
    assert "is recorded as worked on it" in answer.text


@pytest.mark.parametrize("by_step", [True, False])
def test_another_host_ends_the_link_and_days_of_before_stay_and_are_not_theirs_to_confirm(client, scene, by_step):
    supervisor = scene.named()
    scene.record(-3)
    supervising.confirm_days(placement=scene.placement, by=holder(supervisor))
    before, page, other = scene.record(-2), page_of(supervisor), OrganisationFactory()
    if by_step:
        hosts.change_host(placement=scene.placement, host=other, by=scene.by)
    else:
        placements.set_placement(enrolment=scene.person, host=other, by=scene.by, kind="project", title="A desk")
    assert client.get(page).status_code == 410
    assert scene.done() == 1
    scene.placement = Placement.objects.get()
    new, here = scene.named(), scene.record(0)
    shown = client.get(page_of(new)).text
    assert here.in_words in shown
    assert before.in_words not in shown
    with pytest.raises(NotPossible, match="No day waits"):
        supervising.confirm_days(placement=scene.placement, days=[before], by=holder(new))
    with pytest.raises(NotPossible, match="does not wait"):
        supervising.object_to(placement=scene.placement, day=before, reason="Who?", by=holder(new))
    supervising.tell_of_days()
    told = Message.objects.get(kind="cohorts.supervisor_days")
    assert here.in_words in told.text
    assert before.in_words not in told.text
    supervising.confirm_days(placement=scene.placement, by=holder(new))
    waiting = supervising.confirm_days.waiting
    assert list(waiting.rows(Placement.objects.all())) == [scene.placement], "staff ask the host of then"
    supervising.confirm_days(placement=scene.placement, by=scene.by)
    assert not waiting.rows(Placement.objects.all()).exists()
    assert scene.done() == 3


def test_a_day_that_is_full_by_now_is_not_confirmed_and_the_host_hears_nothing_of_why(client, scene):
    supervisor, one = scene.named(), scene.record(-3)
    DayEntry.objects.create(
        enrolment=scene.person,
        component=scene.person.cohort.plan.components.get(key="modules"),
        days=1,
        on=day(-3),
        source=scene.person,
        sequence=1,
    )
    answer = client.post(page_of(supervisor), {f"day_{one.pk}": "right", f"reason_{one.pk}": ""})
    assert "One of these days cannot be confirmed as things stand." in answer.text
    assert "Modules" not in answer.text


def test_whoever_has_left_is_not_given_a_supervisor(scene):
    type(scene.person).objects.filter(pk=scene.person.pk).update(
        status="withdrawn", withdrawn_at=timezone.now(), withdrawal_reason="Moved."
    )
    scene.placement = Placement.objects.get()
    with pytest.raises(NotPossible, match="is no longer on the programme"):
        scene.named()
