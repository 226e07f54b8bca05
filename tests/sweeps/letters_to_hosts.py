"""Moments at which letters by links are written: to those who host an assignment, and of what a line manager did."""

from cohorts.actions import (
    complaints,
    conversations,
    digests,
    opportunities,
    peers,
    reports,
    review_signing,
    supervising,
)
from cohorts.actions.enrolments import place_in_group
from cohorts.models import Membership, Opportunity, PlacementReport, ThreeWayReview
from cohorts.states import Signatory
from steppingup.accounts.actors import LinkHolder
from tests.factories.cohorts import day
from tests.factories.conversations import SAID
from tests.factories.opportunities import link_of as link_of_offer
from tests.factories.peers import poll_of
from tests.factories.reviews import link_of
from tests.sweeps.letters_moments import from_now_on, moment
from tests.sweeps.refusals import change
from tests.sweeps.world import World


@moment
def a_day_waits_for_the_host(w: World) -> int:
    """It was recorded, and the supervisor has not been told of it yet."""
    return supervising.tell_of_days()


@moment
def a_line_manager_writes_down_a_conversation(w: World) -> None:
    """The participant hears of it."""
    conversations.log(enrolment=w.enrolment, by=w.manager, **SAID)


@moment
def an_assignment_is_half_way(w: World) -> int:
    """Both sides are asked how it goes."""
    PlacementReport.objects.all().delete()
    change(w.placement, starts_on=day(-9), ends_on=day(9))
    return reports.ask_for_reports()


@moment
def a_peer_group_looks_for_a_half_day(w: World) -> None:
    """Another member is asked, and then told which was chosen."""
    place_in_group(enrolment=w.other_enrolment, peer_group=w.own_group, by=w.coordinator)
    peers.call_off(poll=w.peer_poll, enrolment=w.enrolment, by=w.participant)
    poll = poll_of(w.enrolment, "An extra meeting", first=day(40), last=day(50))
    peers.choose(poll=poll, enrolment=w.enrolment, half_day=poll.half_days.last(), by=w.participant)


@moment
def somebody_complains_about_their_data(w: World) -> None:
    said = {"kind": "seen", "text": "My file lay open.", "name": "Amara"}
    complaints.complain(provider=w.provider, email="amara@example.org", **said)


@moment
def a_month_begins(w: World) -> int:
    """Line managers hear how their people are getting on."""
    Membership.objects.filter(line_manager=w.manager).update(starts_on=day(-99))
    return digests.tell_managers()


@moment
def all_three_sign(w: World) -> None:
    """The last of them makes it whole."""
    for who in (w.participant, w.coordinator):
        review = ThreeWayReview.objects.for_steps().get(pk=w.review_to_sign.pk)
        review_signing.sign(review=review, name=who.full_name, by=who)
    from_now_on(w)
    by_link = link_of(w.review_to_sign, Signatory.EMPLOYER)
    review = ThreeWayReview.objects.for_steps().get(pk=w.review_to_sign.pk)
    party = review.party(Signatory.EMPLOYER)
    review_signing.sign(review=review, name=party.name, by=by_link)


@moment
def an_organisation_withdraws_what_it_offered(w: World) -> None:
    """Those who run the cohort hear of it."""
    found = Opportunity.objects.for_steps().get(pk=w.opportunity.pk)
    opportunities.withdraw(opportunity=found, by=LinkHolder(link_of_offer(found.invitation)))
