"""Participants choose assignments, the best for all is proposed, adjusted and published (B7, B8, L6)."""

from datetime import timedelta

import pgtrigger
import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import choosing as actions
from cohorts.actions import opportunities, proposals
from cohorts.models import Choosing, Component, Opportunity, Placement, PlacementProposal, Programme, Ranking
from cohorts.states import CohortStatus, Counterpart, Recording
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.families import Reach
from steppingup.accounts.models import Organisation
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.mentoring import confirmed_pair
from tests.factories.opportunities import opened
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


class Scene:
    """A cohort with three people and three opportunities, each with one place, that they can choose from."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.by = staff(RoleName.COORDINATOR, self.cohort.programme.provider)
        self.people = [
            ParticipantFactory(cohort=self.cohort, participant__full_name=name) for name in ("Ada", "Ben", "Cleo")
        ]
        self.desk, self.garden, self.shop = (
            opened(self.cohort, self.by, title=one) for one in ("Desk", "Garden", "Shop")
        )

    def let_choose(self, **more):
        given = {"cohort": self.cohort, "closes_on": day(9), "by": self.by, **more}
        return actions.let_choose(**given)

    def rank(self, choosing, person, *choices):
        return actions.rank(choosing=choosing, enrolment=person, choices=choices, by=person.participant)

    def work_out(self, choosing):
        actions.work_out(choosing=choosing, by=self.by)
        rows = PlacementProposal.objects.filter(choosing=choosing).for_steps()
        return {str(one.enrolment.participant): one for one in rows}


@pytest.fixture
def scene():
    return Scene()


def far(choosing, days):
    Choosing.objects.filter(pk=choosing.pk).update(closes_on=day(days))
    return Choosing.objects.for_steps().get(pk=choosing.pk)


@pytest.mark.requirement("L6")
def test_a_participant_reads_what_is_offered_and_puts_it_in_order_until_the_last_day(client, scene):
    choosing, ada = scene.let_choose(), scene.people[0]
    assert Message.objects.filter(kind="cohorts.placement_choose").count() == 3
    assert ": 3 assignments. Read" in Message.objects.filter(kind="cohorts.placement_choose").first().text
    own = opened(scene.cohort, scene.by, title="At home", host=ada.employer)
    client.force_login(ada.participant)
    assert "Say which assignments you would like" in client.get(reverse("cohorts:participant", args=[ada.pk])).text
    assert "See and choose assignments" in client.get(reverse("cohorts:assignment", args=[ada.pk])).text
    page = reverse("cohorts:choose_assignment", args=[ada.pk, choosing.pk])
    text = client.get(page).text
    assert "delia@museums.example" not in text
    assert "so you cannot choose “At home”" in " ".join(text.split())
    twice = client.post(page, {"choice_1": scene.desk.pk, "choice_2": scene.desk.pk}).text
    assert "You have chosen “Desk” twice." in twice
    assert "is not offered any more" in client.post(page, {"choice_1": own.pk}).text
    client.post(page, {"choice_1": "", "choice_2": scene.garden.pk, "choice_3": scene.desk.pk})
    assert Ranking.objects.get().choices == [scene.garden.pk, scene.desk.pk]
    client.post(page, {"choice_1": scene.desk.pk})
    assert Ranking.objects.get().choices == [scene.desk.pk]
    assert "Say which assignments" not in client.get(reverse("cohorts:participant", args=[ada.pk])).text
    Choosing.objects.update(closes_on=day(-1))
    assert "The last day for choosing was" in client.get(page).text
    assert "The last day for it was" in client.post(page, {"choice_1": scene.shop.pk}).text
    other = scene.people[1]
    client.force_login(other.participant)
    assert client.get(page).status_code == 404


def test_nobody_chooses_for_another_or_what_they_cannot_have(scene):
    choosing, ada, ben = scene.let_choose(most=2), *scene.people[:2]
    for by in (ben.participant, scene.by):
        with pytest.raises(NotAllowed, match="does not choose for"):
            actions.rank(choosing=choosing, enrolment=ada, choices=[], by=by)
    with pytest.raises(NotPossible, match="one of them twice"):
        scene.rank(choosing, ada, scene.desk, scene.desk)
    with pytest.raises(NotPossible, match="You can choose 2 at most"):
        scene.rank(choosing, ada, scene.desk, scene.garden, scene.shop)
    home = opened(scene.cohort, scene.by, host=ada.employer)
    with pytest.raises(NotPossible, match="own employer"):
        scene.rank(choosing, ada, home)
    opportunities.withdraw(opportunity=scene.shop, by=scene.by)
    with pytest.raises(NotPossible, match="“Shop” is not offered any more"):
        scene.rank(choosing, ada, scene.shop)
    actions.work_out(choosing=choosing, by=scene.by)
    proposals.publish(choosing=choosing, by=scene.by)
    with pytest.raises(NotPossible, match="have been published"):
        scene.rank(choosing, ada, scene.desk)


def test_choosing_begins_once_with_something_to_choose_and_a_day_to_come(scene):
    with pytest.raises(NotPossible, match="today or a later day"):
        scene.let_choose(closes_on=day(-1))
    choosing = scene.let_choose()
    with pytest.raises(NotPossible, match="choosing already"):
        scene.let_choose()
    assert actions.set_closing(choosing=choosing, closes_on=day(20), by=scene.by).closes_on == day(20)
    with pytest.raises(NotPossible, match="today or a later day"):
        actions.set_closing(choosing=choosing, closes_on=day(-1), by=scene.by)
    bare = RunningCohortFactory(programme=scene.cohort.programme)
    with pytest.raises(NotPossible, match="No opportunity is open"):
        scene.let_choose(cohort=bare)
    Component.objects.filter(plan=bare.plan, key="stretch").update(recording=Recording.OWN)
    with pytest.raises(NotPossible, match="has no stretch assignment"):
        scene.let_choose(cohort=bare)
    bare.status = CohortStatus.FINISHED
    with pytest.raises(NotPossible, match="so nobody chooses"):
        scene.let_choose(cohort=bare)


@pytest.mark.requirement("B8")
def test_the_best_for_all_is_proposed_and_nobody_goes_to_their_own_employer_or_their_mentors(client, scene):
    ada, ben, _ = scene.people
    Organisation.objects.filter(pk__in=[one.employer_id for one in scene.people]).update(parent=scene.shop.host)
    Programme.objects.update(reach=Reach.PARENT)
    choosing = scene.let_choose()
    scene.rank(choosing, ada, scene.desk, scene.garden)
    scene.rank(choosing, ben, scene.desk)
    browser = with_second_factor(client, scene.by)
    page = reverse("admin:cohorts_choosing_proposal", args=[choosing.pk])
    assert "Nothing has been worked out yet." in browser.get(page).text
    answer = browser.post(page)
    job = Job.objects.get(kind=actions.JOB)
    assert answer.url == job.get_absolute_url()
    assert "It is being worked out" in browser.get(page).text
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.result["message"] == "2 assignments proposed, 1 without one."
    text = " ".join(browser.get(page).text.split())
    # Ben wants the desk only; Ada has the garden, and nobody may go to the shop, which belongs to their employers’ family.
    assert "Their second choice: the places at “Desk” went to others." in text
    assert "1 first choice, 1 second choice and 1 without one." in text
    found = {str(one.enrolment.participant): one for one in PlacementProposal.objects.for_steps()}
    assert (found["Ben"].opportunity, found["Ada"].opportunity) == (scene.desk, scene.garden)
    why = " ".join(browser.get(reverse("admin:cohorts_placementproposal_change", args=[found["Ada"].pk])).text.split())
    assert "(first choice): Its free places are proposed for Ben (first choice)." in why
    assert "(not among their choices): It is their own employer, or too near to it." in why
    why = browser.get(reverse("admin:cohorts_placementproposal_change", args=[found["Cleo"].pk])).text
    assert "Its free places are proposed for" in why


def test_whoever_mentors_somebody_is_not_their_host(scene):
    ada = scene.people[0]
    pair = confirmed_pair(ada)
    Opportunity.objects.filter(pk=scene.desk.pk).update(host=pair.mentor.organisation)
    choosing = scene.let_choose()
    Ranking.objects.create(choosing=choosing, enrolment=ada, choices=[scene.desk.pk, scene.garden.pk])
    assert scene.work_out(choosing)["Ada"].opportunity == scene.garden


def test_what_is_locked_or_chosen_by_hand_stays_when_it_is_worked_out_again(client, scene):
    ada, ben, _ = scene.people
    choosing = scene.let_choose()
    scene.rank(choosing, ada, scene.desk)
    scene.rank(choosing, ben, scene.garden)
    found = scene.work_out(choosing)
    assert [found[name].rank for name in ("Ada", "Ben", "Cleo")] == [1, 1, None]
    with pytest.raises(NotPossible, match="Every place at “Garden” is proposed"):
        proposals.choose_another(proposal=found["Ada"], opportunity=scene.garden, by=scene.by)
    with pytest.raises(NotPossible, match="is not open to participants"):
        proposals.choose_another(
            proposal=found["Ada"],
            opportunity=opened(
                RunningCohortFactory(), scene.by.__class__.objects.create_superuser("root@example.org", "x")
            ),
            by=scene.by,
        )
    more = opened(scene.cohort, scene.by, title="More")
    proposals.choose_another(proposal=found["Ada"], opportunity=more, by=scene.by)
    proposals.lock(proposal=found["Ben"], by=scene.by)
    with pytest.raises(NotPossible, match="nothing to lock"):
        proposals.lock(proposal=PlacementProposal.objects.for_steps().get(pk=found["Ben"].pk), by=scene.by)
    scene.rank(choosing, ben, scene.shop)
    again = scene.work_out(choosing)
    assert (again["Ada"].opportunity, again["Ada"].reason, again["Ada"].is_locked) == (more, "Chosen by hand.", True)
    assert again["Ben"].opportunity == scene.garden
    proposals.unlock(proposal=again["Ben"], by=scene.by)
    with pytest.raises(NotPossible, match="It is not locked"):
        proposals.unlock(proposal=PlacementProposal.objects.for_steps().get(pk=again["Ben"].pk), by=scene.by)
    assert scene.work_out(choosing)["Ben"].opportunity == scene.shop


@pytest.mark.requirement("B7")
def test_publishing_tells_everybody_and_makes_the_assignments(client, scene):
    ada, ben, cleo = scene.people
    choosing = scene.let_choose()
    with pytest.raises(NotPossible, match="Nothing is proposed yet"):
        proposals.publish(choosing=choosing, by=scene.by)
    for one in (scene.garden, scene.shop):
        opportunities.withdraw(opportunity=one, by=scene.by)
    Opportunity.objects.filter(pk=scene.desk.pk).update(places=2, starts_on=day(10), working_pattern="every Tuesday")
    scene.rank(choosing, ada, scene.desk)
    scene.work_out(choosing)
    Message.objects.all().delete()
    browser = with_second_factor(client, scene.by)
    url = reverse("admin:cohorts_choosing_step", args=[choosing.pk, "publish"])
    shown = browser.get(url).text
    assert "What would be agreed" in shown or "What would be agreed" in browser.post(url).text
    take_step(browser, url)
    placements = Placement.objects.filter(enrolment__cohort=scene.cohort)
    assert placements.count() == 2
    one = placements.get(enrolment=ada)
    assert (one.host, one.opportunity, one.title, one.starts_on) == (scene.desk.host, scene.desk, "Desk", day(10))
    assert one.host_contact == "Delia Marsh, delia@museums.example"
    told = Message.objects.values_list("kind", flat=True)
    assert sorted(told) == [
        *["cohorts.placement_agreed"] * 2,
        *["cohorts.placement_comes"] * 2,
        "cohorts.placement_not_yet",
    ]
    comes = (
        Message.objects.filter(kind="cohorts.placement_comes", context__participant="Ada").first()
        or Message.objects.filter(kind="cohorts.placement_comes").first()
    )
    assert comes.to_email == "delia@museums.example"
    assert "every Tuesday, from" in comes.text
    choosing = Choosing.objects.for_steps().get(pk=choosing.pk)
    assert choosing.published_by == scene.by
    for action, given in ((actions.set_closing, {"closes_on": day(5)}), (proposals.publish, {}), (actions.propose, {})):
        with pytest.raises(NotPossible, match="have been published"):
            action(choosing=choosing, by=scene.by, **given)
    # Those who have none yet choose once more, with what is still free.
    opened(scene.cohort, scene.by, title="Another")
    again = scene.let_choose()
    assert set(scene.work_out(again)) == {str(one.participant) for one in scene.people} - {
        str(one.enrolment.participant) for one in placements
    }


def test_nothing_is_published_where_the_new_employer_is_the_host(scene):
    ada = scene.people[0]
    choosing = scene.let_choose()
    scene.rank(choosing, ada, scene.desk)
    scene.work_out(choosing)
    type(ada).objects.filter(pk=ada.pk).update(employer=scene.desk.host)
    with pytest.raises(NotPossible, match="^Ada: .* own employer"):
        proposals.publish(choosing=choosing, by=scene.by)
    assert not Placement.objects.exists()
    type(ada).objects.filter(pk=ada.pk).update(employer=OrganisationFactory())
    Placement.objects.create(
        enrolment=ada, component=choosing.component, host=scene.garden.host, kind="project", title="Agreed meanwhile"
    )
    with pytest.raises(NotPossible, match="Ada has an assignment by now"):
        proposals.publish(choosing=choosing, by=scene.by)
    with pytest.raises(NotPossible, match="You have an assignment already"):
        scene.rank(choosing, ada, scene.desk)


def test_nothing_is_published_at_a_host_that_has_withdrawn_or_has_less_room(scene):
    choosing, ada = scene.let_choose(), scene.people[0]
    scene.rank(choosing, ada, scene.desk)
    proposals.lock(proposal=scene.work_out(choosing)["Ada"], by=scene.by)
    Message.objects.all().delete()
    opportunities.withdraw(opportunity=scene.desk, by=scene.by)
    scene.work_out(choosing)
    with pytest.raises(NotPossible, match="^Ada: “Desk” is not offered any more. Choose another one"):
        proposals.publish(choosing=choosing, by=scene.by)
    roomy = opened(scene.cohort, scene.by, title="Roomy", places=3)
    for one in PlacementProposal.objects.filter(choosing=choosing).for_steps():
        proposals.choose_another(proposal=one, opportunity=roomy, by=scene.by)
    Opportunity.objects.filter(pk=roomy.pk).update(places=2)
    scene.work_out(choosing)
    with pytest.raises(NotPossible, match="^Ada, Ben and Cleo: “Roomy” does not have so many free places"):
        proposals.publish(choosing=choosing, by=scene.by)
    assert not Placement.objects.exists()
    assert not Message.objects.filter(kind__startswith="cohorts.placement").exists()
    Opportunity.objects.filter(pk=roomy.pk).update(places=3)
    proposals.publish(choosing=choosing, by=scene.by)
    assert Placement.objects.filter(opportunity=roomy).count() == 3


def test_where_the_plan_says_own_organisation_only_that_can_be_chosen(client, scene):
    with pgtrigger.ignore():  # frozen since somebody began
        Component.objects.filter(plan=scene.cohort.plan, key="stretch").update(counterpart=Counterpart.OWN)
    ada = scene.people[0]
    opened(scene.cohort, scene.by, title="At home", host=ada.employer)
    choosing = scene.let_choose()
    found = scene.work_out(choosing)
    assert str(found["Ada"].opportunity.title) == "At home"
    assert found["Ben"].opportunity is None
    client.force_login(scene.people[1].participant)
    page = reverse("cohorts:choose_assignment", args=[scene.people[1].pk, choosing.pk])
    assert "outside your own organisation" in " ".join(client.get(page).text.split())


def test_today_says_that_assignments_are_to_be_published(client, scene):
    scene.let_choose(closes_on=clock.today())
    Choosing.objects.update(closes_on=clock.today() - timedelta(days=1))
    browser = with_second_factor(client, scene.by)
    assert "choice of assignments has ended, and nothing is published" in browser.get("/admin/").text
