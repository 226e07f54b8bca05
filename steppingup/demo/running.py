"""The days of a cohort: sessions and registers, assignments, mentoring, completion and certificates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from django.utils.text import slugify

from cohorts.actions import attendance, certificates, completion, enrolments, placements, sessions
from cohorts.actions import cohorts as cohort_actions
from cohorts.actions.days import left_of
from cohorts.models import Certificate, Cohort, CompletionRule, Enrolment, PeerGroup, Placement, Session
from cohorts.planning import Pattern
from cohorts.progress.completion import standing_of
from cohorts.states import Mark
from mentoring.actions import matching, wishes
from mentoring.actions import sessions as mentoring
from mentoring.models import Mentor, Pair, Theme
from mentoring.states import Mode, PairStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast
from steppingup.demo.signing import sign_for_assignment
from steppingup.jobs import actions as jobs

#: Of those who came from the waiting list.
LATE = "waited"
GROUPS = ("Group Avon", "Group Frome", "Group Severn")
ASSIGNMENTS = (
    ("A waiting list that people can understand", "Talk to those who wait, and rewrite what they are told and when."),
    ("Keeping people in their first year", "Find out why people leave in the first year, and test one change."),
    ("One front door for four services", "Map how people reach the services today, and propose one way in."),
    ("A board that looks like the city", "Review how trustees are found, and find six who would never have applied."),
    ("Cutting energy in listed buildings", "Measure, ask the caretakers, and plan three winters."),
    ("Evening services that pay for themselves", "Work out demand and cost of opening until nine."),
    ("A safer handover between shifts", "Watch twenty handovers, and design the twenty-first."),
    ("Volunteers who come back", "Follow one year of volunteers, and redesign the first month."),
    ("What a complaint costs", "Put a figure on it, and on what would prevent it."),
    ("Apprenticeships for over-thirties", "Build the case, with two departments that would try it."),
)
CONTACTS = ("Delia Marsh", "Owen Pryce", "Farida Noor", "Simon Keane")
KINDS = (Placement.Kind.PROJECT, Placement.Kind.CONSULTANCY)
DID = (
    "Interviews with the front desk",
    "Read a year of figures",
    "Workshop with the team",
    "Wrote the first draft",
    "Met the sponsor of the project",
    "Shadowed a shift",
    "Presented what I had found so far",
)
QUARTER = Decimal("0.25")
AREAS = ("Bristol", "Filton", "Video calls", "Bristol", "Bristol")
WISHES = (
    "Somebody who will tell me when I am hiding behind detail.",
    "I would like to practise a difficult conversation before I have it.",
    "Anybody who has managed a budget and survived.",
    "",
)
LEFT = "Moved to another part of the country for family reasons."
WAIVED = "Two days were missed in hospital. The host confirms that the work was delivered in full."
REVOKED = "The certificate was issued in error: four days had been recorded for another participant."


@dataclass
class Running:
    """Writes the days of one cohort into the diary."""

    diary: Diary
    cast: Cast
    cohort: Cohort
    people: Sequence[Applicant]  # those who will have a place

    @property
    def by(self) -> User:
        return self.cast.coordinator

    def _groups(self) -> None:
        groups = [PeerGroup.objects.create(cohort=self.cohort, name=name) for name in GROUPS]
        for number, enrolment in enumerate(self.cohort.enrolments.holding_a_place().order_by("pk")):
            enrolments.place_in_group(enrolment=enrolment, peer_group=groups[number % len(groups)], by=self.by)

    # -- sessions --------------------------------------------------------------------------------

    def write_dates(self, planned_on: date, first_on: date, weeks: int) -> None:
        """Groups, sessions from the plan, and the cohort starts."""
        self.diary.write(moment(planned_on, 15), self.by, self._groups)
        self.diary.write(moment(planned_on, 15, 30), self.by, partial(self._plan, first_on, weeks))
        self.diary.write(moment(self.cohort.starts_on, 8, 30), self.by, self._start)

    def _start(self) -> None:
        self.cohort = cohort_actions.start(cohort=self.cohort, by=self.by)

    def _plan(self, first_on: date, weeks: int) -> None:
        pattern = Pattern(first_on, weeks, 2, time(9, 30), time(16, 30))
        for session in sessions.draft_from_plan(cohort=self.cohort, pattern=pattern, by=self.by):
            self.diary.write(session.ends_at + timedelta(minutes=20), self.by, partial(self._register, session.pk))

    def _register(self, pk: int) -> None:
        session = Session.objects.select_related("cohort__programme", "component").get(pk=pk)
        marks = {line.enrolment.pk: self._mark(line.enrolment) for line in attendance.register_of(session)}
        attendance.mark(session=session, marks=marks, by=self.by)

    def _mark(self, enrolment: Enrolment) -> str:
        who = self._who(enrolment)
        bad = "behind" in who.extras or who.fate == "notcompleted"
        throw = who.dice.random()
        if throw < (0.4 if bad else 0.03):
            return Mark.ABSENT
        if throw < (0.5 if bad else 0.05):
            return Mark.EXCUSED
        return Mark.PART if throw < (0.6 if bad else 0.08) else Mark.PRESENT

    def _who(self, enrolment: Enrolment) -> Applicant:
        return next(who for who in self.people if who.user and who.user.pk == enrolment.participant_id)

    # -- assignment ------------------------------------------------------------------------------

    def write_placements(self, first_day: date, last_day: date) -> None:
        """Each with another employer; days are recorded in the evening by those who worked them. Whoever came late still looks for one."""
        hosts = [employer for slug, employer in self.cast.employers.items() if slug != "severn-vale-academy"]
        for number, who in enumerate(self.people):
            if who.fate == LATE:
                continue
            begins = working_day(first_day + timedelta(days=number % 12))
            self.diary.write(moment(begins, 9, 15), self.by, partial(self._place, who, hosts, number))
            weekly = 2 if number % 5 == 3 and "behind" not in who.extras else 1
            day = begins + timedelta(days=2)
            while day <= last_day:
                for offset in range(weekly):
                    on = working_day(day + timedelta(days=offset))
                    if on <= last_day:
                        self.diary.write(moment(on, 18, 40), who.me, partial(self._work, who, on))
                day += timedelta(days=14 if "behind" in who.extras else 7)

    def _place(self, who: Applicant, hosts: list, number: int) -> None:
        enrolment = who.place()
        first = number * 7 % len(hosts)
        host = next(one for one in hosts[first:] + hosts[:first] if not placements.why_not_host(enrolment, one))
        title, description = ASSIGNMENTS[number % len(ASSIGNMENTS)]
        today = clock.today()
        placements.set_placement(
            enrolment=enrolment,
            host=host,
            by=self.by,
            kind=KINDS[number % 2],
            title=title,
            description=description,
            working_pattern="Two days a week" if number % 5 == 3 else "",
            weekdays=[] if number % 5 == 3 else [working_day(today + timedelta(days=2)).weekday()],
            starts_on=today,
            ends_on=None if number % 5 == 3 else enrolment.cohort.ends_on,
        )
        contact = CONTACTS[number % len(CONTACTS)]
        address = f"{contact.lower().replace(' ', '.')}@{slugify(host.name)[:40]}.example"
        sign_for_assignment(who, host_email=address, contact=contact, by=self.by)

    def _work(self, who: Applicant, on: date) -> None:
        """One more day, as long as there are any left to do."""
        most = Decimal(6) if who.fate == "notcompleted" else Decimal(12) if "waived" in who.extras else Decimal(15)
        left = most - sum(who.worked.values(), Decimal(0))
        if who.has_left or on in who.worked or left <= 0 or who.dice.random() < 0.08:
            return
        due = Session.objects.for_enrolment(who.place()).filter(starts_at__date=on)
        if due.exclude(attendances__mark__in=(Mark.ABSENT, Mark.EXCUSED)).exists():  # the day belongs to the session
            return
        days = min(
            Decimal("0.5") if who.dice.random() < 0.1 else Decimal(1),
            left,
            left_of(who.place(), on) // QUARTER * QUARTER,
        )
        if not days:
            return
        placement = Placement.objects.get(enrolment=who.place())
        placement.enrolment = who.place()
        placements.record_day(placement=placement, on=on, days=days, what=who.dice.choice(DID), by=who.account)
        who.worked[on] = days

    # -- mentoring -------------------------------------------------------------------------------

    def write_mentoring(self, wished_from: date, matched_on: date, sessions_each: int, last_day: date) -> None:
        """Wishes, one matching, and meetings in the months that follow."""
        for number, who in enumerate(self.people):
            if number % 9 != 8:  # some never say what they seek
                at = moment(wished_from + timedelta(days=number % 8), 20, number)
                self.diary.write(at, who.me, partial(self._wish, who))
        self.diary.write(moment(matched_on, 10), self.by, self._match)
        span = (last_day - matched_on).days - 14
        for number, who in enumerate(self.people):
            times = 1 if "behind" in who.extras else sessions_each
            for meeting in range(times):
                on = matched_on + timedelta(days=10 + number % 9 + span * meeting // times)
                if on <= last_day:
                    self.diary.write(moment(working_day(on), 17, 30), who.me, partial(self._meet, who))

    def _wish(self, who: Applicant) -> None:
        themes = list(Theme.objects.filter(programme=self.cohort.programme))
        wishes.wish(
            enrolment=who.place(),
            themes=who.dice.sample(themes, who.dice.choice((2, 3))),
            area=who.dice.choice(AREAS),
            note=who.dice.choice(WISHES),
            by=who.account,
        )

    #: Chosen by hand before the rest is worked out, so that one mentor has two mentees.
    BY_HAND: tuple[str, tuple[str, ...]] = ("Esi Boateng", ("Adaeze Nwosu", "Leila Farouk"))

    def _match(self) -> None:
        name, mentees = self.BY_HAND
        mentor = Mentor.objects.select_related("user", "organisation", "programme").get(user__full_name=name)
        for who in self.people:
            if who.name in mentees:
                matching.pair_by_hand(enrolment=who.place(), mentor=mentor, by=self.by)
        self._confirm()
        jobs.run(matching.propose(cohort=self.cohort, by=self.by).pk)
        self._confirm()

    def _confirm(self) -> None:
        for pair in Pair.objects.proposed().filter(enrolment__cohort=self.cohort).for_steps():
            matching.confirm(pair=pair, by=self.by)

    def _meet(self, who: Applicant) -> None:
        pair = Pair.objects.filter(enrolment=who.place(), status=PairStatus.CONFIRMED).with_people().first()
        if pair is None or who.has_left:
            return
        minutes = who.dice.choice((75, 90, 120, 150))
        mode = who.dice.choice((Mode.FACE_TO_FACE, Mode.FACE_TO_FACE, Mode.VIDEO, Mode.PHONE))
        by = who.account if who.dice.random() < 0.7 else pair.mentor.user
        mentoring.record(
            pair=pair,
            on=clock.today(),
            minutes=minutes,
            mode=mode,
            by=by,
            is_another=True,
            beside="In the evening, after the day's work on the programme",
        )

    # -- leaving and completing ------------------------------------------------------------------

    def write_withdrawal(self, who: Applicant, at: datetime) -> None:
        self.diary.write(at, self.by, partial(self._withdraw, who))

    def _withdraw(self, who: Applicant) -> None:
        enrolments.withdraw(enrolment=who.place(), reason=LEFT, by=self.by)
        who.has_left = True

    def write_completion(self, day: date) -> None:
        """Completion is recorded, certificates are made, and later one is revoked."""
        self.diary.write(moment(day, 10), self.by, self._complete)
        self.diary.write(moment(day, 14), self.by, self._certificates)
        self.diary.write(moment(day + timedelta(days=2), 12), self.by, self._finish)
        for who in self.people:
            if "revoked" in who.extras:
                self.diary.write(moment(day + timedelta(days=80), 11), self.by, partial(self._revoke, who))

    def _complete(self) -> None:
        for who in self.people:
            if "waived" in who.extras:
                rules = CompletionRule.objects.filter(cohort=self.cohort)
                standing = standing_of(who.place())
                for check in standing.unsettled:
                    rule = rules.get(pk=check.rule.pk)
                    completion.waive(enrolment=who.place(), rule=rule, reason=WAIVED, by=self.by)
        for enrolment in completion.ready_in(self.cohort):
            completion.complete(enrolment=enrolment, by=self.by)

    def _certificates(self) -> None:
        jobs.run(certificates.issue(cohort=self.cohort, by=self.by).pk)

    def _finish(self) -> None:
        self.cohort = cohort_actions.finish(cohort=self.cohort, by=self.by)

    def _revoke(self, who: Applicant) -> None:
        certificate = Certificate.objects.select_related("enrolment__cohort__programme").get(enrolment=who.place())
        certificates.revoke(certificate=certificate, reason=REVOKED, by=self.by)
