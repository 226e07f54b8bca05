"""What supports participants beside the plan, in the demonstration: conversations with the line manager, three-way reviews, coaching,
mentors at work, and part-time weeks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from cohorts.actions import coaching, conversations, internal, review_signing, reviews, working_days
from cohorts.models import Coach, CoachingRequest, InternalMentor, ThreeWayReview
from cohorts.notices.internal import INTERNAL_LINK
from cohorts.notices.reviews import REVIEW_LINK
from cohorts.states import Signatory
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast

MONDAY_TO_WEDNESDAY, WITHOUT_FRIDAYS = (0, 1, 2), (0, 1, 2, 3)
WEEKS = (MONDAY_TO_WEDNESDAY, WITHOUT_FRIDAYS)
#: What was agreed, and what has changed at work.
TALKS = (
    ("Fridays stay free for the assignment until Easter.", ""),
    ("She chairs the next team meeting.", "The rota was drawn up by the team for the first time."),
    ("We look at the budget together before the quarter ends.", "He asks better questions than I do."),
    ("Somebody else takes the phone on days of the modules.", ""),
)
REVIEWS = (
    ("The pilot with two wards, and that they asked for it themselves.", "Fridays that stay free.", "The next board."),
    ("They chair the team meeting now.", "Somebody to read the business case.", "An hour each month with finance."),
    ("Two talks to the whole service.", "Cover on the days of the modules.", "A second deputy from May."),
)


@dataclass
class Supported:
    """Writes into the diary what employers, coaches and colleagues do for participants."""

    diary: Diary
    cast: Cast
    people: Sequence[Applicant]

    def write(self, today: date) -> None:
        by = self.cast.coordinator
        here = [who for who in self.people if who.fate == "on" and who.employer != self.cast.programme.provider]
        for number, who in enumerate(here[:2]):
            on = moment(today - timedelta(days=70 + number), 19)
            self.diary.write(on, who.me, partial(self._part_time, who, number))
        for number, who in enumerate(self.people[:20]):
            on = moment(today - timedelta(days=33 - number), 12, number)
            self.diary.write(on, who.me, partial(self._talk, who, number))
        for number, who in enumerate(here[2:5]):
            ago = 20 - 5 * number
            self.diary.write(moment(today - timedelta(days=ago), 11), by, partial(self._review, who, number))
            if number < 2:  # the third is still to be signed
                self.diary.write(moment(today - timedelta(days=ago - 2), 17), None, partial(self._sign, who))
        self.diary.write(moment(today - timedelta(days=35), 9), by, self._coach)
        for number, who in enumerate(here[5:8]):
            on = moment(today - timedelta(days=30 - 9 * number), 20)
            self.diary.write(on, who.me, partial(self._ask, who, number))
        self.diary.write(moment(today - timedelta(days=24), 10), by, partial(self._arrange, here[5]))
        for number, who in enumerate(here[8:10]):
            on = moment(today - timedelta(days=28 - number), 18)
            self.diary.write(on, who.me, partial(self._name_somebody, who, number))
        self.diary.write(moment(today - timedelta(days=26), 8, 40), None, partial(self._agree, here[8]))

    def _part_time(self, who: Applicant, number: int) -> None:
        working_days.say_working_days(enrolment=who.place(), works_on=WEEKS[number], by=who.account)

    def _talk(self, who: Applicant, number: int) -> None:
        """Every third is written down by the line manager; a few never talk."""
        place = who.place()
        if who.has_left or number % 7 == 6 or place.line_manager is None:
            return
        agreed, impact = TALKS[number % len(TALKS)]
        by = place.line_manager if number % 3 == 2 else who.account
        conversations.log(enrolment=place, on=clock.today(), agreed=agreed, impact=impact, by=by)

    # -- three-way reviews -------------------------------------------------------------------------

    def _review(self, who: Applicant, number: int) -> None:
        by = self.cast.coordinator
        went_well, needed, agreed = REVIEWS[number]
        on = clock.today() - timedelta(days=2)
        words = {"went_well": went_well, "needed": needed, "agreed": agreed}
        made = reviews.prepare(enrolment=who.place(), on=on, by=by, **words)
        reviews.send(review=made, staff=by, by=by)

    def _sign(self, who: Applicant) -> None:
        """All three, the line manager and the participant by the links that they were sent."""
        review = ThreeWayReview.objects.for_steps().get(enrolment=who.place())
        review_signing.sign(review=review, name=str(self.cast.coordinator), by=self.cast.coordinator)
        for role in (Signatory.PARTICIPANT, Signatory.EMPLOYER):
            party = ThreeWayReview.objects.for_steps().get(pk=review.pk).party(role)
            if party is not None:
                link, _ = TokenLink.issue(purpose=REVIEW_LINK, target=party, email=party.email, days=9)
                review_signing.sign(review=review, name=party.name, by=LinkHolder(link))

    # -- coaching, and mentors at work ---------------------------------------------------------------

    def _coach(self) -> None:
        Coach.objects.create(
            provider=self.cast.programme.provider,
            name="Avon Coaching",
            coaches_on="Leading people who used to be colleagues; speaking in large rooms.",
            contact_name="Ira Quay",
            email="ira@avon-coaching.example",
        )

    def _ask(self, who: Applicant, number: int) -> None:
        theme, words = (
            ("leading", "How to lead a team that I was one of until last month."),
            ("confidence", "I go quiet when directors speak."),
            ("career", "Which of three posts to apply for, and how."),
        )[number]
        coaching.request_coaching(enrolment=who.place(), theme=theme, words=words, sessions=3, by=who.account)

    def _arrange(self, who: Applicant) -> None:
        request = CoachingRequest.objects.for_steps().get(enrolment=who.place())
        coach = Coach.objects.get(provider=self.cast.programme.provider)
        dates = "Three Tuesdays, at half past eight"
        coaching.arrange(
            coaching=request, coach=coach, dates=dates, cost=Decimal(0), is_within=True, by=self.cast.coordinator
        )

    def _name_somebody(self, who: Applicant, number: int) -> None:
        name = ("Sam Marsh", "Uma Quay")[number]
        internal.name_somebody(
            enrolment=who.place(),
            kind=("mentoring", "both")[number],
            name=name,
            job="Head of Service",
            email=f"{name.lower().replace(' ', '.')}@{who.employer.slug}.example",
            by=who.account,
        )

    def _agree(self, who: Applicant) -> None:
        found = InternalMentor.objects.for_steps().get(enrolment=who.place())
        link, _ = TokenLink.issue(purpose=INTERNAL_LINK, target=found, email=found.email, days=9)
        internal.agree(mentor=found, by=LinkHolder(link))
