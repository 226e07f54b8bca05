"""What is presented to whom at a graduation ceremony, in which order, and what is issued later (B55, B56)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from cohorts.extensions import Award, awards_of
from cohorts.models import Booking, Certificate, Enrolment, Occasion
from cohorts.states import CertificateKind, EnrolmentStatus
from cohorts.states.events import BookingStatus

ON_IT = (EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED)
MAY = {True: "Yes", False: "No", None: "Not said: no"}


@dataclass
class Called:
    """A graduate in the running order."""

    number: int
    booking: Booking
    presented: list[str] = field(default_factory=list)
    #: What stands in the way of presenting something, for staff.
    missing: str = ""

    @property
    def enrolment(self) -> Enrolment:
        found = self.booking.enrolment
        assert found is not None  # by `in_running_order`
        return found

    @property
    def has_completed(self) -> bool:
        return self.enrolment.status == EnrolmentStatus.COMPLETED

    @property
    def photographs(self) -> str:
        """Without a word there is no consent."""
        return MAY[self.booking.photographs]

    # What the export and the templates read.
    @property
    def name(self) -> str:
        return self.booking.name

    @property
    def said_as(self) -> str:
        return self.booking.said_as

    @property
    def what(self) -> str:
        return "; ".join(self.presented)

    @property
    def guests(self) -> str:
        return "; ".join(self.booking.guest_names)


@dataclass(frozen=True)
class Later:
    """A certificate that was not complete by the day of the ceremony."""

    enrolment: Enrolment
    title: str


@dataclass(frozen=True)
class Ceremony:
    """All that its page shows."""

    occasion: Occasion
    called: Sequence[Called]
    later: Sequence[Later]
    figures: Sequence[tuple[str, int]]

    @property
    def graduates(self) -> list[Called]:
        """Those who are in the booklet: they come, and have completed."""
        return [one for one in self.called if one.has_completed]


def day_of(occasion: Occasion) -> date | None:
    return timezone.localdate(occasion.starts_at) if occasion.starts_at else None


def is_presented(award: Award, day: date | None) -> bool:
    """A qualification whose credits were complete by the day of the ceremony."""
    return award.achieved_on is not None and (day is None or award.achieved_on <= day)


def ceremony_of(occasion: Occasion) -> Ceremony:
    """In as many queries for a hundred graduates as for one."""
    bookings = list(
        occasion.bookings.in_running_order().select_related("enrolment__participant", "enrolment__employer")
    )
    places = list(Enrolment.objects.filter(cohort=occasion.cohort, status__in=ON_IT).select_related("participant"))
    by_place = {one.pk: one for one in places}
    certified = set(
        Certificate.objects.genuine()
        .filter(enrolment__in=by_place, kind=CertificateKind.COMPLETION)
        .values_list("enrolment", flat=True)
    )
    awards = [one for some in awards_of(places) for one in some]
    day = day_of(occasion)
    called = [_called(number, one, certified, awards, day) for number, one in enumerate(bookings, 1)]
    later = [Later(by_place[one.enrolment], one.title) for one in awards if one.achieved_on is None]
    later.sort(key=lambda one: (str(one.enrolment.participant), one.title))
    return Ceremony(occasion, called, later, figures_of(occasion))


def _called(number: int, booking: Booking, certified: set[int], awards: Sequence[Award], day: date | None) -> Called:
    one = Called(number, booking)
    if not one.has_completed:
        one.missing = "Has not completed the programme yet, so is not in the booklet."
    elif one.enrolment.pk in certified:
        one.presented.append(f"Certificate: {booking.occasion.programme}")
    else:
        one.missing = "Has completed, but the certificate has not been made yet."
    own = [award for award in awards if award.enrolment == one.enrolment.pk]
    one.presented += [f"Certificate: {award.title}" for award in own if is_presented(award, day)]
    return one


def figures_of(occasion: Occasion) -> list[tuple[str, int]]:
    """How many have answered what, and what the venue has to know, in numbers."""
    rows = list(occasion.bookings.only("status", "seats", "diet", "access", "photographs", "occasion"))
    coming = [one for one in rows if one.status == BookingStatus.BOOKED]

    def number(status: BookingStatus) -> int:
        return sum(one.status == status for one in rows)

    return [
        ("Places taken, with guests", sum(one.seats for one in coming)),
        ("Of these, guests of graduates", sum(one.seats - 1 for one in coming)),
        ("On the waiting list", number(BookingStatus.WAITING)),
        ("Have not answered yet", number(BookingStatus.ASKED)),
        ("Do not come", number(BookingStatus.CANCELLED)),
        ("Said something about what they eat", sum(bool(one.diet) for one in coming)),
        ("Said what they need to take part", sum(bool(one.access) for one in coming)),
        ("Agree to photographs", sum(one.photographs is True for one in coming)),
    ]
