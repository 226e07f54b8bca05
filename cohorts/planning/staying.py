"""Who comes to a day that asks what people need: who has confirmed, who stays, and what the kitchen and the house must know (N7)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from cohorts.models import Booking, Enrolment, Needs, Session, Stay
from cohorts.models.joint import guests_of
from cohorts.queries import people_of
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.formats import english
from steppingup.formats.sameness import fold


@dataclass(frozen=True)
class Guest:
    """One participant: how they confirmed it, and what they need as it stands now; neither before they have."""

    enrolment: Enrolment
    stay: Stay | None
    needs: Needs | None

    @property
    def night(self) -> str:
        """“Stays”, “Goes home”, or nothing."""
        if self.stay is None or self.stay.stays is None:
            return ""
        return "Stays" if self.stay.stays else "Goes home"

    @property
    def programme(self) -> str:
        return str(self.enrolment.cohort.programme)

    @property
    def room(self) -> str:
        return self.needs.room if self.needs and self.stay and self.stay.stays else ""


@dataclass(frozen=True)
class Line:
    """A line of what the venue is told. A name stands only beside a room."""

    what: str
    words: str = ""
    name: str = ""
    number: int = 1


@dataclass(frozen=True)
class House:
    """Everybody who is due at one session, by name; and who booked it from outside."""

    session: Session
    guests: list[Guest]
    outside: list[Booking] = field(default_factory=list)

    @cached_property
    def confirmed(self) -> list[Guest]:
        return [guest for guest in self.guests if guest.stay]

    @cached_property
    def waiting(self) -> list[Guest]:
        return [guest for guest in self.guests if not guest.stay]

    @cached_property
    def staying(self) -> list[Guest]:
        return [guest for guest in self.confirmed if guest.stay and guest.stay.stays]

    @cached_property
    def outside_staying(self) -> list[Booking]:
        return [one for one in self.outside if one.stays]

    def _said(self, name: str) -> list[tuple[str, int]]:
        """What people said, in the words of whoever said it first, and how many said the same."""
        texts = [text for guest in self.confirmed if guest.needs and (text := getattr(guest.needs, name))]
        texts += [text for one in self.outside if (text := getattr(one, name))]
        number, first = Counter(map(fold, texts)), {fold(text): text for text in reversed(texts)}
        return [(first[key], count) for key, count in number.most_common()]

    @cached_property
    def diets(self) -> list[tuple[str, int]]:
        return self._said("diet")

    @cached_property
    def access(self) -> list[tuple[str, int]]:
        return self._said("access")

    def lines(self) -> Iterator[Line]:
        """What the venue is told: numbers and needs, and names for rooms only."""
        yield Line("People expected", number=len(self.guests))
        if self.outside:
            yield Line("Guests from outside", number=len(self.outside))
        yield Line("Have not answered yet", number=len(self.waiting))
        for words, number in self.diets:
            yield Line("For the kitchen", words, number=number)
        for words, number in self.access:
            yield Line("To take part", words, number=number)
        if self.session.nights:
            yield Line(
                "Rooms",
                english.counted(self.session.nights, "night"),
                number=len(self.staying) + len(self.outside_staying),
            )
        for guest in self.staying:
            yield Line("Room", guest.room, str(guest.enrolment.participant))
        for one in self.outside_staying:
            yield Line("Room", "", one.name)


def is_shown(session: Session) -> bool:
    """What people need is shown until the last of them has gone home."""
    return session.asks and session.cancelled_at is None and clock.today() <= session.over_on


def house_of(session: Session) -> House:
    """Everybody on the programme who is due at the session, with what they need where they have confirmed it; on a joint day, for
    whoever hosts it, also those of the other cohorts who agreed to that, and nobody else of them."""
    guests = _guests_at(session)
    for one in guests_of(session):
        if one.session:
            theirs = _guests_at(one.session)
            own = one.cohort.programme.provider_id == session.cohort.programme.provider_id
            guests += [guest for guest in theirs if own or (guest.stay and guest.stay.shared)]
    outside = Booking.objects.booked().filter(occasion__session=session).order_by("name", "pk")
    return House(session, guests, list(outside))


def _guests_at(session: Session) -> list[Guest]:
    people = [one for one in people_of(session) if one.status == EnrolmentStatus.ENROLLED]
    people.sort(key=lambda enrolment: fold(str(enrolment.participant)))
    stays = {stay.enrolment_id: stay for stay in session.stays.all()}
    said: dict[int, Needs] = {}
    own = Needs.objects.filter(person__in=[one.participant_id for one in people if one.pk in stays])
    for needs in own.order_by("said_at", "pk"):  # the latest holds
        said[needs.person_id] = needs
    return [Guest(one, stays.get(one.pk), said.get(one.participant_id)) for one in people]
