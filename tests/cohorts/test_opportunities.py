"""Organisations offer assignments by a link, and staff open them to participants (L6)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import opportunities
from cohorts.models import Component, Opportunity, OpportunityInvitation
from cohorts.states import CohortStatus, Recording
from cohorts.states.opportunities import OpportunityStatus
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import RunningCohortFactory
from tests.factories.opportunities import SAID, OpportunityInvitationFactory, address_of, link_of, offered, opened
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
NEXT_YEAR = str(timezone.localdate().year + 1)
FORM = {
    **SAID,
    "kind": "project",
    "places": "2",
    "starts_on_0": "1",
    "starts_on_1": "3",
    "starts_on_2": NEXT_YEAR,
    "ends_on_0": "1",
    "ends_on_1": "6",
    "ends_on_2": NEXT_YEAR,
    "needed": ["needs_dbs", "needs_insurance"],
}


@pytest.fixture
def cohort():
    return RunningCohortFactory()


@pytest.fixture
def coordinator(cohort):
    return staff(RoleName.COORDINATOR, cohort.programme.provider)


def ask(cohort, by, **more):
    organisation = more.pop("organisation", None) or OrganisationFactory(name="Avon Museums")
    given = {"name": "Delia Marsh", "email": "delia@museums.example", **more}
    return opportunities.ask_for_opportunities(cohort=cohort, organisation=organisation, by=by, **given)


@pytest.mark.requirement("L6", "B7", "B10")
def test_an_organisation_offers_by_its_link_and_participants_see_it_once_staff_have_opened_it(
    client, cohort, coordinator
):
    ask(cohort, coordinator, message="Your front desk would do.")
    letter = Message.objects.get(kind="cohorts.opportunity_asked")
    assert (letter.to_email, letter.provider) == ("delia@museums.example", cohort.programme.provider)
    invitation = OpportunityInvitation.objects.get()
    page = address_of(invitation)
    text = client.get(page).text
    assert "This page is for Delia Marsh at Avon Museums" in text
    assert "Your front desk would do." in text
    assert "Give it a title." in client.post(page, {}).text
    wrong = client.post(page, {**FORM, "ends_on_2": str(int(NEXT_YEAR) - 1)}).text
    assert "It must end on or after the day it starts." in wrong
    assert "Visitors wait too long." in wrong, "what was typed is still there"
    assert client.post(page, FORM, follow=True).status_code == 200
    one = Opportunity.objects.get()
    assert (one.host, one.component.key, one.places, one.status) == (invitation.organisation, "stretch", 2, "offered")
    assert one.checks_in_words == "a DBS check and insurance"
    browser = with_second_factor(client, coordinator)
    assert "opportunity was offered and is to be looked at" in browser.get("/admin/").text
    take_step(browser, reverse("admin:cohorts_opportunity_step", args=[one.pk, "open_it"]))
    one.refresh_from_db()
    assert one.status == OpportunityStatus.OPEN
    told = Message.objects.get(kind="cohorts.opportunity_opened")
    assert told.to_email == "delia@museums.example"
    assert "It is for 2 participants" in told.text


def test_whoever_offered_it_changes_it_until_it_is_open_and_withdraws_it_at_any_time(client, cohort, coordinator):
    invitation = OpportunityInvitationFactory(cohort=cohort)
    one = offered(invitation)
    token = link_of(invitation).raw
    change = reverse("cohorts:offer_change", args=[token, one.pk])
    assert 'value="A new front desk"' in client.get(change).text
    client.post(change, {**FORM, "title": "A better front desk"})
    one = Opportunity.objects.for_steps().get()
    assert one.title == "A better front desk"
    opportunities.open_it(opportunity=one, by=coordinator)
    assert "so it is changed by the coordinator" in client.get(change).text
    client.post(change, FORM)
    one.refresh_from_db()
    assert one.title == "A better front desk"
    with pytest.raises(NotPossible, match="it is changed by the coordinator"):
        opportunities.change(opportunity=one, title="Again", by=LinkHolder(link_of(invitation)))
    assert opportunities.change(opportunity=one, title="Mended", by=coordinator).title == "Mended"
    withdraw = reverse("cohorts:offer_withdraw", args=[token, one.pk])
    client.post(withdraw, {"reason": "Nobody has time."})
    one.refresh_from_db()
    assert (one.status, one.withdrawn_because) == (OpportunityStatus.WITHDRAWN, "Nobody has time.")
    assert "It is withdrawn already." in client.get(withdraw).text
    assert "Withdrawn." in client.get(reverse("cohorts:offer", args=[token])).text
    opportunities.restore(opportunity=one, by=coordinator)
    assert (one.status, one.withdrawn_because) == (OpportunityStatus.OFFERED, "")


def test_a_link_opens_what_its_holder_offered_and_nothing_else(client, cohort, coordinator):
    mine, theirs = OpportunityInvitationFactory(cohort=cohort), OpportunityInvitationFactory(cohort=cohort)
    other, token = offered(theirs, title="Not for Delia"), link_of(mine).raw
    assert client.get(reverse("cohorts:offer_change", args=[token, other.pk])).status_code == 404
    assert "Not for Delia" not in client.get(reverse("cohorts:offer", args=[token])).text
    holder = LinkHolder(link_of(mine))
    for action, given in ((opportunities.change, {"title": "x"}), (opportunities.withdraw, {})):
        with pytest.raises(NotAllowed, match="does not offer"):
            action(opportunity=other, by=holder, **given)
    with pytest.raises(NotAllowed, match="was not asked for opportunities"):
        opportunities.offer(invitation=theirs, by=holder, **SAID)


def test_a_link_that_was_opened_by_somebody_else_is_ended_or_sent_anew(client, cohort, coordinator):
    invitation = ask(cohort, coordinator)
    page = address_of(invitation)
    old = link_of(invitation)
    opportunities.send_link(invitation=invitation, by=coordinator)
    assert client.get(page).status_code == 404, "the link of before stops working"
    old.refresh_from_db()
    with pytest.raises(NotPossible, match="This link has been replaced or has expired"):
        opportunities.offer(invitation=invitation, by=LinkHolder(old), **SAID)
    assert Message.objects.filter(kind="cohorts.opportunity_asked").count() == 2
    page = address_of(invitation)
    opportunities.end(invitation=invitation, by=coordinator)
    gone = client.get(page)
    assert gone.status_code == 410
    assert "This link is not needed any more." in gone.text
    assert "Delia" not in gone.text
    for step in (opportunities.end, opportunities.send_link):
        with pytest.raises(NotPossible, match="This invitation has ended"):
            step(invitation=OpportunityInvitation.objects.for_steps().get(), by=coordinator)
    with pytest.raises(NotPossible, match="This invitation has ended"):
        opportunities.end.run(invitation=invitation, by=coordinator)
    with pytest.raises(NotAllowed, match="was not asked"):
        opportunities.offer(invitation=invitation, by=LinkHolder(link_of(invitation)), **SAID)
    ask(cohort, coordinator, organisation=invitation.organisation)  # asked again, by another link


def test_nobody_is_asked_twice_or_for_what_the_plan_does_not_have(cohort, coordinator):
    first = ask(cohort, coordinator)
    with pytest.raises(NotPossible, match="They have been asked already"):
        ask(cohort, coordinator, organisation=first.organisation)
    cohort.status = CohortStatus.FINISHED
    for action in (
        lambda: ask(cohort, coordinator, organisation=first.organisation),
        lambda: opportunities.ask_for_opportunities.run(
            cohort=cohort, organisation=first.organisation, name="x", email="x@example.org", by=coordinator
        ),
    ):
        with pytest.raises(NotPossible, match="so nobody needs an assignment"):
            action()
    bare = RunningCohortFactory(programme=cohort.programme)
    Component.objects.filter(plan=bare.plan, key="stretch").update(recording=Recording.OWN)
    with pytest.raises(NotPossible, match="has no stretch assignment"):
        ask(bare, coordinator, organisation=first.organisation)
    with pytest.raises(NotPossible, match="has no stretch assignment"):
        opportunities.enter(cohort=bare, host=first.organisation, by=coordinator, **SAID)


def test_a_coordinator_enters_finds_and_takes_away_what_is_offered(client, cohort, coordinator):
    browser = with_second_factor(client, coordinator)
    host = OrganisationFactory(name="Avon Museums")
    add = reverse("admin:cohorts_opportunity_add")
    given = {**SAID, "cohort": cohort.pk, "host": host.pk, "kind": "consultancy", "places": 3}
    answer = browser.post(add, given)
    assert answer.status_code == 302, answer.text
    one = Opportunity.objects.get()
    assert (one.host, one.places, one.component.key) == (host, 3, "stretch")
    page = reverse("admin:cohorts_opportunity_change", args=[one.pk])
    assert browser.post(page, {**given, "title": "A new back desk"}).status_code == 302
    one.refresh_from_db()
    assert one.title == "A new back desk"
    listed = reverse("admin:cohorts_opportunity_changelist")
    assert "A new back desk" in browser.get(f"{listed}?q=museums").text
    assert "A new back desk" in b"".join(browser.get(f"{listed}?export=csv")).decode()
    assert "Opportunities" in browser.get(reverse("admin:cohorts_placement_changelist") + f"?cohort={cohort.pk}").text


def test_a_link_ends_with_its_time(client, cohort):
    invitation = OpportunityInvitationFactory(cohort=cohort)
    page = address_of(invitation)
    TokenLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert client.get(page).status_code == 410


def test_opened_opportunities_are_open(cohort, coordinator):
    one = opened(cohort, coordinator)
    assert list(Opportunity.objects.open().for_part(cohort.plan.components.get(key="stretch"))) == [one]
