"""What comes after a programme, in the demonstration: the graduation ceremony, and where the graduates are months and years later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from cohorts.actions import bookings, ceremonies, confirmations, destinations, invitees, occasions
from cohorts.models import Booking, Cohort, Destination, DestinationAnswer, Occasion, StepConfirmation
from cohorts.notices.confirmations import CONFIRMATION_LINK
from cohorts.notices.events import BOOKING_LINK
from cohorts.states.confirmations import Confirmed
from cohorts.states.destinations import Move
from cohorts.states.events import BookingStatus, EventKind, ForWhom
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast
from steppingup.formats.dates import add_months

#: Of so many who are asked one never answers.
SILENT = 5
#: How it goes on with people, moment by moment; the next person begins at the next place.
PATHS: tuple[tuple[Move, ...], ...] = (
    (Move.SAME,),
    (Move.WIDER,),
    (Move.ACTING,),
    (Move.PROMOTED, Move.GRADE),
    (Move.PROMOTED, Move.EMPLOYER),
    (Move.WIDER, Move.SECTOR),
)
WORDS = (
    "I was asked to lead the winter plan. A year ago I would not have been in the room.",
    "",
    "My mentor still reads my applications.",
    "",
)
POSTS = ("Service Manager", "Head of Operations", "Deputy Director", "Programme Lead")
#: Whom graduates name at their employers.
ASKED_OF = (("Helen Tressider", "helen.tressider@avon-care.example"), ("Rob Ashdown", "rob.ashdown@severn.example"))
GUESTS = ("Ngozi and Chidi Okafor", "", "My mother, Ruth", "Two from my team")


@dataclass
class Afterwards:
    """Writes into the diary what becomes of a cohort that has finished."""

    diary: Diary
    cast: Cast
    cohort: Cohort
    people: Sequence[Applicant]

    # -- the ceremony ----------------------------------------------------------------------------

    def write_ceremony(self, invited_on: date, day: date) -> None:
        by = self.cast.coordinator
        self.diary.write(moment(invited_on, 10), by, partial(self._invite, day))
        for number, who in enumerate(self.people):
            on = moment(invited_on + timedelta(days=1 + number % 9), 19, number)
            self.diary.write(on, None, partial(self._answer, who, number))
        self.diary.write(moment(day, 20), by, self._came)

    def _invite(self, day: date) -> None:
        starts_at = moment(day, 17, 30)
        made = Occasion.objects.create(
            programme=self.cohort.programme,
            cohort=self.cohort,
            kind=EventKind.CEREMONY,
            for_whom=ForWhom.GRADUATES,
            title=f"Graduation, {self.cohort.name}",
            text="Come and celebrate. There is food from six o’clock, and everybody is presented on the stage.",
            venue="City Hall, College Green",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            capacity=80,
            guests_each=2,
            has_meal=True,
        )
        occasions.open_it(occasion=made, by=self.cast.coordinator)
        invitees.invite(occasion=made, whom=[ForWhom.GRADUATES], by=self.cast.coordinator)

    def _booking(self, who: Applicant) -> Booking | None:
        found = Booking.objects.for_steps().filter(occasion__cohort=self.cohort, enrolment__participant=who.user)
        return found.filter(occasion__kind=EventKind.CEREMONY).first()

    def _answer(self, who: Applicant, number: int) -> None:
        """Most of them come, and say how their name is said; one in six does not answer."""
        booking = self._booking(who)
        if booking is None or number % 6 == 5:
            return
        link, _ = TokenLink.issue(purpose=BOOKING_LINK, target=booking, email=booking.email, days=9)
        said = {"guests": GUESTS[number % len(GUESTS)], "said_as": "", "diet": "Vegetarian" if number % 4 == 0 else ""}
        bookings.book(booking=booking, by=LinkHolder(link), photographs=number % 3 != 2, **said)

    def _came(self) -> None:
        for booking in Booking.objects.for_steps().filter(
            occasion__cohort=self.cohort, occasion__kind=EventKind.CEREMONY, status=BookingStatus.BOOKED
        ):
            bookings.mark_came(booking=booking, by=self.cast.coordinator)
        first = Booking.objects.for_steps().filter(occasion__cohort=self.cohort, came=True).order_by("name").last()
        if first and first.photographs:  # somebody changes their mind once the pictures are out
            ceremonies.no_photographs(booking=first, by=self.cast.coordinator)

    # -- where they are now ------------------------------------------------------------------------

    def write_destinations(self, completed_on: date) -> None:
        """They are asked on the day after each moment, and answer in the days after that."""
        for place, months in enumerate(sorted(self._months())):
            asked_on = add_months(completed_on, months) + timedelta(days=1)
            self.diary.write(moment(asked_on, 8, 30), None, destinations.ask_graduates)
            for number, who in enumerate(self.people):
                if (number + place) % SILENT:
                    on = moment(asked_on + timedelta(days=1 + number % 6), 20, number)
                    self.diary.write(on, who.me, partial(self._say, who, months, number, place))

    def _months(self) -> list[int]:
        return list(self.cohort.programme.destination_moments.values_list("months", flat=True))

    def _say(self, who: Applicant, months: int, number: int, place: int) -> None:
        found = Destination.objects.for_steps().of_graduates()
        destination = found.filter(
            enrolment__cohort=self.cohort, enrolment__participant=who.user, months=months
        ).first()
        if destination is None:
            return
        moves = PATHS[min(len(PATHS) - 1, (number % 3) + place - (1 if number % 2 else 0))] if place else PATHS[0]
        has_moved = Move.PROMOTED in moves
        destinations.answer(
            destination=destination,
            moves=list(moves),
            job_title=POSTS[number % len(POSTS)] if has_moved else "",
            words=WORDS[(number + place) % len(WORDS)],
            by=who.account,
        )

    # -- confirmed by the employer -----------------------------------------------------------------

    def write_confirmations(self, completed_on: date, today: date) -> None:
        """The first who was promoted lets us ask their employer, who confirms it; one more has asked lately, and waits."""
        asked_on = add_months(completed_on, max(self._months())) + timedelta(days=12)
        self.diary.write(moment(asked_on, 19), None, partial(self._ask_employer, 0))
        self.diary.write(moment(asked_on + timedelta(days=4), 10), None, self._confirm)
        self.diary.write(moment(today - timedelta(days=9), 19), None, partial(self._ask_employer, 1))

    def _ask_employer(self, place: int) -> None:
        """For whoever comes first of those who stepped up and let nobody be asked yet."""
        said = DestinationAnswer.objects.filter(
            destination__enrolment__cohort=self.cohort, replaced_at=None, confirmations=None
        )
        rows = said.order_by("-destination__months", "destination__enrolment")
        answer = next((one for one in rows if one.steps), None)
        if answer is None:
            return
        destination = Destination.objects.for_steps().get(pk=answer.destination_id)
        name, email = ASKED_OF[place]
        by = destination.enrolment.participant
        confirmations.ask_employer(destination=destination, name=name, email=email, agrees=True, by=by)

    def _confirm(self) -> None:
        for one in StepConfirmation.objects.for_steps().filter(answer__destination__enrolment__cohort=self.cohort):
            link, _ = TokenLink.issue(purpose=CONFIRMATION_LINK, target=one, email=one.email, days=9)
            confirmations.confirm(confirmation=one, said=Confirmed.YES, by=LinkHolder(link))
