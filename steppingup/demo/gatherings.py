"""Events beside the programme, in the demonstration: an evening at a partner's for those who think of applying, and one without a date."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from cohorts.actions import bookings, occasions
from cohorts.models import Booking, Cohort, Occasion
from cohorts.notices.events import BOOKING_LINK
from cohorts.states.events import EventKind
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Cast

PLACES = 4
VISITORS = (
    ("Nimco Jama", "nimco.jama@mail.example", "Step-free access"),
    ("Paul Okonjo", "p.okonjo@mail.example", ""),
    ("Stephanie Rowe", "steph.rowe@mail.example", "A hearing loop"),
    ("Ashok Mehta", "ashok@mail.example", ""),
    ("Lidia Ferreira", "lidia.ferreira@mail.example", ""),
    ("Kofi Danso", "kofi.danso@mail.example", ""),
)


@dataclass
class Gatherings:
    """Writes the evenings, who books and who changes their mind into the diary."""

    diary: Diary
    cast: Cast
    cohort: Cohort

    def write(self, today: date) -> None:
        by = self.cast.coordinator
        self.diary.write(moment(today - timedelta(days=12), 11), by, partial(self._open, today))
        for number, (name, email, access) in enumerate(VISITORS):
            on = moment(today - timedelta(days=10 - number), 20, number)
            self.diary.write(on, None, partial(self._book, name, email, access))
        self.diary.write(moment(today - timedelta(days=2), 9), None, self._think_again)

    def _open(self, today: date) -> None:
        starts_at = moment(today + timedelta(days=9), 18)
        evening = Occasion.objects.create(
            programme=self.cohort.programme,
            cohort=self.cohort,
            kind=EventKind.INFORMATION,
            title="An evening for whoever is thinking of applying",
            text="Graduates say what the year was like, and what they would do otherwise. Ask whatever you like.",
            host=self.cast.employers["kingsweir-college"],
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            venue="Kingsweir College, Room 2",
            capacity=PLACES,
        )
        later = Occasion.objects.create(
            programme=self.cohort.programme,
            kind=EventKind.WORKSHOP,
            title="What mentors do, and what they leave",
            led_by="The mentoring centre of Floating Harbour University",
            expected="in the spring",
        )
        for one in (evening, later):
            occasions.open_it(occasion=one, by=self.cast.coordinator)

    def _evening(self) -> Occasion:
        return Occasion.objects.for_steps().get(cohort=self.cohort, kind=EventKind.INFORMATION)

    def _book(self, name: str, email: str, access: str) -> None:
        booking = bookings.ask_to_book(occasion=self._evening(), name=name, email=email)
        bookings.book(booking=Booking.objects.for_steps().get(pk=booking.pk), by=_holder(booking), access=access)

    def _think_again(self) -> None:
        """Whoever waits first gets the place."""
        booking = Booking.objects.for_steps().get(occasion=self._evening(), email=VISITORS[1][1])
        bookings.cancel(booking=booking, by=_holder(booking))


def _holder(booking: Booking) -> LinkHolder:
    link, _ = TokenLink.issue(purpose=BOOKING_LINK, target=booking, email=booking.email, days=9)
    return LinkHolder(link)
