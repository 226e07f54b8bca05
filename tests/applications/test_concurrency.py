"""A place exists once, however many people reach for it in the same second (design rule 3)."""

from collections import Counter
from collections.abc import Callable

import pytest

from applications.actions import decisions, offers
from applications.models import Application, Decision, Offer
from applications.queries import place_on_waiting_list
from applications.states import ApplicationStatus as S
from applications.states import OfferStatus
from cohorts.models import Enrolment
from steppingup.accounts.models import User
from steppingup.messaging.models import Message
from steppingup.steps.taking import Taken, take_for_all
from tests.factories import review as make
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def accepting(pk: int) -> Callable[[], str]:
    def accept() -> str:
        offer = Offer.objects.select_related("application__applicant").get(pk=pk)
        answered = offers.accept(offer=offer, legal_name="Amara Okafor", by=offer.application.applicant)
        return answered.status

    return accept


def test_fifty_people_accept_the_last_ten_places_in_the_same_second():
    window = make.window(capacity=10)
    coordinator = make.coordinator(window)
    made = [make.offered(window, coordinator, value=number % 6) for number in range(50)]
    answers = at_once([accepting(offer.pk) for offer in made])
    assert Counter(answers) == {OfferStatus.ACCEPTED: 10, OfferStatus.NO_PLACE: 40}, answers
    assert Enrolment.objects.filter(cohort=window.cohort).count() == 10
    waiting = list(Application.objects.filter(cohort=window.cohort).waiting_in_order())
    assert len(waiting) == 40
    totals = [application.interview_total for application in waiting]
    assert totals == sorted(totals, reverse=True)
    assert [place_on_waiting_list(application) for application in waiting] == list(range(1, 41))
    assert Message.objects.filter(kind="applications.no_place").count() == 40
    assert Application.objects.filter(cohort=window.cohort, status=S.ACCEPTED, enrolment__isnull=False).count() == 10


def test_two_clicks_in_the_same_moment_accept_once():
    window = make.window(capacity=10)
    offer = make.offered(window, make.coordinator(window))
    answers = at_once([accepting(offer.pk)] * 5)
    assert set(answers) == {OfferStatus.ACCEPTED}
    assert Enrolment.objects.filter(cohort=window.cohort).count() == 1


def test_two_clicks_in_the_same_moment_decide_once():
    window = make.window()
    coordinator = make.coordinator(window)
    ids = [make.arrived(window).pk for _ in range(3)]

    def shortlist() -> list[Taken]:
        by, found = User.objects.get(pk=coordinator.pk), list(Application.objects.for_steps().filter(pk__in=ids))
        return take_for_all(decisions.shortlist, found, by=by, values=lambda application: {})

    outcomes = at_once([shortlist] * 4)
    states = Counter(taken.state for outcome in outcomes for taken in outcome)
    assert states == {"done": 3, "already": 9}
    assert Decision.objects.count() == 3
    assert Message.objects.filter(kind="applications.shortlisted").count() == 3


def test_an_offer_is_either_accepted_or_expired():
    from datetime import timedelta

    window = make.window(capacity=10)
    offer = make.offered(window, make.coordinator(window))
    late = offer.expires_at + timedelta(seconds=1)
    at_once([accepting(offer.pk), lambda: offers.expire_due(now=late), lambda: offers.expire_due(now=late)])
    offer = make.fresh(offer)
    expected = {OfferStatus.ACCEPTED: S.ACCEPTED, OfferStatus.EXPIRED: S.EXPIRED}
    assert make.fresh(offer.application).status == expected[offer.status]
