"""Opportunities offered by link as it should not be: twice, of a time that has passed, late; and withdrawn once participants want it (L6)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import opportunities
from cohorts.models import Choosing, Opportunity, Ranking
from cohorts.states import CohortStatus
from cohorts.states.opportunities import OpportunityStatus
from steppingup.accounts.actors import LinkHolder
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.opportunities import SAID, OpportunityInvitationFactory, address_of, link_of, offered

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L6")]
FORM = {**SAID, "kind": "project", "places": "1"}


@pytest.fixture
def cohort():
    return RunningCohortFactory()


@pytest.fixture
def coordinator(cohort):
    return staff(RoleName.COORDINATOR, cohort.programme.provider)


@pytest.fixture
def invitation(cohort):
    return OpportunityInvitationFactory(cohort=cohort)


def three_boxes(name, on):
    return {f"{name}_0": str(on.day), f"{name}_1": str(on.month), f"{name}_2": str(on.year)}


def test_whoever_goes_back_and_presses_again_does_not_offer_it_twice(client, invitation):
    page = address_of(invitation)
    client.post(page, FORM)
    again = client.post(page, {**FORM, "title": " a new  FRONT desk "}).text
    assert "You have offered one of this title already" in again
    assert "Visitors wait too long." in again, "what was typed is still there"
    assert Opportunity.objects.count() == 1
    client.post(page, {**FORM, "title": "Another front desk"})
    opportunities.withdraw(opportunity=Opportunity.objects.for_steps().last(), by=LinkHolder(link_of(invitation)))
    client.post(page, {**FORM, "title": "Another front desk"})
    assert Opportunity.objects.exclude(status=OpportunityStatus.WITHDRAWN).count() == 2
    with pytest.raises(NotPossible, match="offered one of this title") as refused:
        offered(invitation)
    assert refused.value.field == "title"
    offered(OpportunityInvitationFactory(cohort=invitation.cohort))  # somebody else’s


def test_what_would_have_ended_already_is_not_offered(client, invitation, coordinator):
    page = address_of(invitation)
    assert "This day has passed" in client.post(page, FORM | three_boxes("ends_on", day(-1))).text
    assert not Opportunity.objects.exists()
    one = offered(invitation, ends_on=day(0))
    with pytest.raises(NotPossible, match="This day has passed"):
        opportunities.change(opportunity=one, ends_on=day(-1), by=LinkHolder(link_of(invitation)))
    opportunities.change(opportunity=one, ends_on=day(-1), by=coordinator)


def test_after_the_cohort_has_ended_nobody_fills_in_a_form_for_nothing(client, cohort, invitation):
    offered(invitation)
    page = address_of(invitation)
    assert "Offer another one" in client.get(page).text
    type(cohort).objects.filter(pk=cohort.pk).update(status=CohortStatus.FINISHED)
    text = client.get(page).text
    assert "is finished, so nobody needs an assignment any more" in text
    assert "Who would look after the participant?" not in text
    assert "A new front desk" in text
    client.post(page, {**FORM, "title": "Late"})
    assert Opportunity.objects.count() == 1


def test_those_who_run_the_cohort_hear_that_an_organisation_has_withdrawn_what_participants_want(
    client, cohort, coordinator, invitation
):
    one = offered(invitation)
    opportunities.open_it(opportunity=Opportunity.objects.for_steps().get(pk=one.pk), by=coordinator)
    choosing = Choosing.objects.create(cohort=cohort, component=one.component, closes_on=day(9))
    for chosen in ([one.pk], []):
        said = Ranking.objects.create(choosing=choosing, enrolment=ParticipantFactory(cohort=cohort), choices=chosen)
    address = reverse("cohorts:offer_withdraw", args=[link_of(invitation).raw, one.pk])
    for _ in range(2):
        client.post(address, {"reason": "Nobody has time."})
    told = Message.objects.get(kind="cohorts.opportunity_withdrawn")
    assert told.to == coordinator
    for ranking in Ranking.objects.select_related("enrolment__participant"):
        client.force_login(ranking.enrolment.participant)
        page = client.get(reverse("cohorts:choose_assignment", args=[ranking.enrolment_id, choosing.pk])).text
        assert ("One that you chose is not offered any more." in page) == (ranking != said)
    assert "They say why: Nobody has time." in told.text
    assert "1 participant has put it among their choices." in told.text
    other = offered(invitation)
    opportunities.withdraw(opportunity=Opportunity.objects.for_steps().get(pk=other.pk), by=coordinator)
    assert Message.objects.filter(kind="cohorts.opportunity_withdrawn").count() == 1, "staff know what they do"
    last = offered(invitation, title="The last one", starts_on=day(1), ends_on=day(1) + timedelta(days=3))
    opportunities.withdraw(opportunity=last, by=LinkHolder(link_of(invitation)))
    told = Message.objects.filter(kind="cohorts.opportunity_withdrawn").latest("pk")
    assert "They gave no reason." in told.text
    assert "Nobody has put it among their choices." in told.text
