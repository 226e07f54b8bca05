"""How applications are read, ranked and decided, and what becomes of offers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from applications.actions import allocation, decisions, interviews, offers, releases, reviews
from applications.actions import applications as actions
from applications.models import Interview, Offer, Review
from applications.selection.impartiality import why_not_panel
from applications.states import OfferStatus, ReviewStatus
from cohorts.models import Cohort
from cohorts.planning import bank_holidays
from steppingup.accounts.models import User
from steppingup.demo import texts
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast
from steppingup.demo.signing import sign_contract
from steppingup.formats.english import listed

ROOMS = ("City Hall, College Green, room 3", "City Hall, College Green, room 7", "Video call: the link follows")
PANEL = ("Jo Maddern", "Constance Adeleke", "Ruth Penrose")
INTERVIEW_NOTES = (
    "Warm, precise, thought before answering.",
    "Nervous at first, then very clear about the team's part and their own.",
    "Strongest on influence. Would gain much from the stretch assignment.",
)
CALLED = ("completed", "notcompleted", "withdrew", "declined", "expired", "on", "waited", "offered", "waiting")


@dataclass
class Selecting:
    """Writes review, shortlist, interviews and offers of one cohort into the diary."""

    diary: Diary
    cast: Cast
    cohort: Cohort

    # -- reading ---------------------------------------------------------------------------------

    def allocate(self, people: Sequence[Applicant]) -> None:
        pks = [who.now().pk for who in people]
        allocation.allocate(cohort=self.cohort, applications=pks, by=self.cast.coordinator)

    def write_reviews(self, people: Sequence[Applicant], assigned_on: date, by_day: date) -> None:
        """Assigned in the morning; the assessors score one after the other, until `by_day` at the latest."""
        self.diary.write(moment(assigned_on, 9, 40), self.cast.coordinator, partial(self.allocate, people))
        self.diary.write(self.cohort.window.closes_at + timedelta(days=2), None, releases.publish_closed)
        minutes = int((by_day - assigned_on).days * 24 * 60 * 0.9)
        for place, who in enumerate(people):
            for number in range(len(who.totals)):
                share = (place + 1 + number * len(people)) / (2 * len(people) + 1)
                at = moment(assigned_on, 12, 0) + timedelta(minutes=minutes * share)
                self.diary.write(at, partial(self._assessor, who, number), partial(self.score, who, number))

    def _review(self, who: Applicant, number: int) -> Review | None:
        """The so-manyeth review of the application; none for somebody who has withdrawn meanwhile."""
        related = ("assessor", "application__cohort__window", "application__cohort__programme")
        return (
            Review.objects.active()
            .filter(application=who.application)
            .select_related(*related)
            .order_by("pk")[number:]
            .first()
        )

    def _assessor(self, who: Applicant, number: int) -> User | None:
        review = self._review(who, number)
        return review.assessor if review else None

    def score(self, who: Applicant, number: int) -> None:
        review = self._review(who, number)
        if review is None or review.status != ReviewStatus.ASSIGNED:
            return
        criteria = list(self.cohort.rule_set.criteria.all())
        values = texts.scores(who.totals[number], len(criteria), self.cohort.window.max_score, who.dice)
        given = {c.pk: (value, texts.comment(value, who.dice)) for c, value in zip(criteria, values, strict=True)}
        reviews.save_scores(review=review, scores=given, by=review.assessor, comment="")
        reviews.submit(review=review, by=review.assessor)

    # -- deciding --------------------------------------------------------------------------------

    def write_decisions(self, people: Sequence[Applicant], day: date) -> None:
        """Shortlist or turn down, on one day."""
        by = self.cast.coordinator
        for number, who in enumerate(people):
            at = moment(working_day(day), 10, 0) + timedelta(minutes=7 * number)
            if who.fate == "turned_down" and who.extras != ["interview"]:
                self.diary.write(at, by, partial(self.turn_down, who))
            elif "held" in who.extras:
                self.diary.write(at, by, partial(self.hold, who))
            else:
                self.diary.write(at, by, partial(self.shortlist, who))

    def shortlist(self, who: Applicant) -> None:
        decisions.shortlist(application=who.now(), by=self.cast.coordinator)

    def hold(self, who: Applicant) -> None:
        note = "The two assessors differ by ten points. A third should read it."
        decisions.hold(application=who.now(), by=self.cast.coordinator, note=note)

    def turn_down(self, who: Applicant) -> None:
        decisions.turn_down(application=who.now(), reason=who.extras[0], by=self.cast.coordinator)

    # -- interviews ------------------------------------------------------------------------------

    def write_interviews(self, people: Sequence[Applicant], invited_on: date, first_day: date) -> None:
        """Seven a day, from the first day on; recorded in the evening."""
        by = self.cast.coordinator
        day, slot = working_day(first_day), 0
        for number, who in enumerate(people):
            if slot == 7:
                day, slot = working_day(day + timedelta(days=1)), 0
            at = moment(day, 9 + slot + (slot > 2))  # lunch is at twelve
            slot += 1
            invited = moment(working_day(invited_on), 14, 0) + timedelta(minutes=4 * number)
            self.diary.write(invited, by, partial(self.invite, who, at))
            self.diary.write(at + timedelta(minutes=50), by, partial(self.record, who))

    def invite(self, who: Applicant, at: datetime) -> None:
        place = who.dice.choice(ROOMS)
        application = who.now()
        panel = listed(
            [*(one for one in PANEL if not why_not_panel(application, [one])), "a graduate of the programme"]
        )
        interviews.invite(application=application, starts_at=at, place=place, panel=panel, by=self.cast.coordinator)

    def record(self, who: Applicant) -> None:
        application = who.now()
        criteria = list(self.cohort.rule_set.criteria.all())
        good = who.fate in CALLED
        highest = self.cohort.window.max_score
        total = min(sum(who.totals) // 2 + (1 if good else -5), len(criteria) * highest - 1)
        values = texts.scores(total, len(criteria), highest, who.dice)
        reserve = who.fate in ("waited", "offered", "waiting")
        outcome = Interview.Outcome.RESERVE if reserve else Interview.Outcome.RECOMMEND
        interviews.record(
            application=application,
            scores={c.pk: (value, "") for c, value in zip(criteria, values, strict=True)},
            outcome=outcome if good else Interview.Outcome.NOT_NOW,
            note=who.dice.choice(INTERVIEW_NOTES) if good else "Little of their own part came across this time.",
            by=self.cast.coordinator,
        )

    # -- offers ----------------------------------------------------------------------------------

    def offer(self, who: Applicant) -> None:
        offers.make(application=who.now(), by=self.cast.coordinator)

    def wait(self, who: Applicant) -> None:
        offers.put_on_waiting_list(application=who.now(), by=self.cast.coordinator)

    def offer_next(self) -> None:
        offers.offer_next(cohort=self.cohort, by=self.cast.coordinator)

    def _open_offer(self, who: Applicant) -> Offer:
        offer = Offer.objects.get(application=who.application, status=OfferStatus.MADE)
        offer.application = who.now()
        return offer

    def accept(self, who: Applicant) -> None:
        offers.accept(offer=self._open_offer(who), legal_name=who.name, by=who.account)
        if number := who.now().enrolment_id or 0:
            sign_contract(who, by=self.cast.coordinator, employer=number % 6 != 1, provider=number % 6 != 4)

    def decline(self, who: Applicant) -> None:
        reason = "I have been offered a promotion and start in the same month. Thank you, truly."
        offers.decline(offer=self._open_offer(who), reason=reason, by=who.account)

    def withdraw(self, who: Applicant) -> None:
        actions.withdraw(application=who.now(), by=who.account)

    def last_day(self, day: date) -> date:
        """The day on which offers of this day end: no bank holiday."""
        return bank_holidays.working_day(day + timedelta(days=self.cohort.window.offer_days))

    def write_offers(self, people: Sequence[Applicant], day: date) -> None:
        """Offered on one day, answered within the fortnight; who declines or says nothing makes room for the next."""
        by, day = self.cast.coordinator, working_day(day)
        self.diary.write_round(self.last_day(day) + timedelta(days=1))
        for number, who in enumerate(people):
            at = moment(day, 11, 0) + timedelta(minutes=3 * number)
            if who.fate == "turned_down":
                self.diary.write(at, by, partial(self.turn_down, who))
            elif who.fate in ("waited", "waiting", "offered"):
                self.diary.write(at, by, partial(self.wait, who))
            else:
                self.diary.write(at, by, partial(self.offer, who))
                self._write_answer(who, at + timedelta(days=1 + number % 9, hours=8))

    def _write_answer(self, who: Applicant, at: datetime) -> None:
        answers = {"declined": self.decline, "expired": None}
        act = answers.get(who.fate, self.accept)
        if act:
            self.diary.write(at, who.me, partial(act, who))

    def day_of_next(self, offered_on: date) -> date:
        """When places that nobody answered about are offered to the next: never before the last of these offers is over."""
        return working_day(max(offered_on + timedelta(days=16), self.last_day(offered_on) + timedelta(days=1)))

    def write_next_offer(self, who: Applicant, at: datetime, *, accepts: bool) -> None:
        """A place is free: the first on the waiting list gets it."""
        self.diary.write(at, self.cast.coordinator, self.offer_next)
        if accepts:
            self.diary.write(at + timedelta(days=2), who.me, partial(self.accept, who))
