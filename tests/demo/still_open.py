"""What is under way in the demonstration and waits for somebody. These tests are a part of `test_load_demo`, which loads it once."""

from collections import Counter

from cohorts.models import Choosing, Component, DestinationAnswer, Enrolment, Occasion, Opportunity, Placement
from cohorts.states import CohortStatus, EnrolmentStatus
from cohorts.states.events import BookingStatus, EventKind
from cohorts.states.opportunities import OpportunityStatus


def everything_is_there():
    _an_evening_is_full()
    _two_choose_an_assignment()


def _an_evening_is_full():
    """Before the closing date; and somebody waits."""
    evening = Occasion.objects.get(kind=EventKind.INFORMATION)
    statuses = Counter(evening.bookings.values_list("status", flat=True))
    assert statuses == {BookingStatus.BOOKED: evening.capacity, BookingStatus.WAITING: 1, BookingStatus.CANCELLED: 1}
    assert Occasion.objects.open().filter(starts_at=None).exists()


def _two_choose_an_assignment():
    """Those who came late, among what organisations offer by a link."""
    choosing = Choosing.objects.get(cohort__status=CohortStatus.RUNNING, cohort__programme__slug="stepping-up")
    assert choosing.is_under_way
    offered = Opportunity.objects.filter(cohort=choosing.cohort).exclude(invitation=None)
    assert Counter(offered.values_list("status", flat=True)) == {
        OpportunityStatus.OPEN: 2,
        OpportunityStatus.OFFERED: 1,
    }
    on_it = Enrolment.objects.filter(cohort=choosing.cohort, status=EnrolmentStatus.ENROLLED)
    looking = on_it.exclude(pk__in=Placement.objects.values("enrolment"))
    assert looking.count() == 2
    [ranking] = choosing.rankings.all()
    assert ranking.enrolment in looking
    assert 1 <= len(ranking.choices) <= 2
    assert Component.objects.get(plan__programme__slug="community-leaders", recording="host").host_confirms


def employers_were_asked():
    """Of two who were promoted: one employer has confirmed it, one has not answered yet."""
    assert DestinationAnswer.objects.filter(moves__contains=["promoted"]).exists()
    of_bristol = {"destination__enrolment__cohort__programme__slug": "stepping-up"}
    asked = DestinationAnswer.objects.filter(**of_bristol).exclude(confirmations=None)
    assert sorted(one.confirmed_in_words for one in asked) == ["Asked", "Confirmed"]
    assert asked.values("destination__enrolment").distinct().count() == 2
