"""What participants write down and arrange among themselves, in the demonstration: journals, peer groups, how an assignment goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from cohorts.actions import development, journal, peers, reports
from cohorts.journal import readers_of
from cohorts.models import Enrolment, PeerHalfDay, PeerPoll, PlacementReport
from cohorts.states.peers import Half, PaperKind, Suits
from cohorts.states.reports import Goes, Side
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant

ENTRIES = (
    ("After module 3", "I spoke first, for once. Nobody minded, and the others went on from what I had said."),
    (
        "A hard conversation",
        "I told Terry that the rota cannot stay as it is. It took ten minutes, and I had put it off for a month.",
    ),
    ("What the host does better", "They end each meeting by saying who does what by when. I will try it on Monday."),
)
AGENDA = (
    "1. How are you?\n2. Farida: a team that does not talk\n3. What we try until next time\n4. Who writes the notes"
)
NOTES = (
    "We all put off the same kind of conversation. Each of us has one until the next half-day, and says how it went."
)
ABOUT = (
    "I run a reablement team of twelve. I would like to learn how budgets are really made.",
    "I came up through the front desk, and now lead three of them.",
    "Best reached on Thursdays. I am glad to read anybody’s draft.",
)


def _place(who: Applicant) -> Enrolment:
    """As it is now, with its group."""
    related = ("cohort__programme__provider", "participant", "peer_group__cohort__programme")
    found: Enrolment = Enrolment.objects.select_related(*related).get(pk=who.place().pk)
    return found


#: What they want to reach, why, its theme, and what they do for it.
GOALS = (
    (
        "Chair the project board without notes",
        "I go quiet when directors speak.",
        "confidence",
        "Watch how Delia chairs hers",
    ),
    (
        "Make one business case that is believed",
        "Mine are read and put away.",
        "money",
        "Ask finance for a good one to read",
    ),
    (
        "Apply for a post two grades up",
        "I have never done it, and I know why.",
        "career",
        "Ask two people who have it what they do all day",
    ),
)


@dataclass
class AmongThemselves:
    """Writes into the diary what nobody who runs the programme reads, and what the two sides of an assignment say."""

    diary: Diary
    people: Sequence[Applicant]

    def write(self, today: date) -> None:
        for number, who in enumerate(self.people[:6]):
            at = moment(today - timedelta(days=40 - 3 * number), 21, number)
            self.diary.write(at, who.me, partial(self._keep, who, number))
        for number, who in enumerate(self.people[1:4]):
            at = moment(today - timedelta(days=50 - 2 * number), 20, 30 + number)
            self.diary.write(at, who.me, partial(self._plan, who, number, today))
        for number, who in enumerate(self.people[:9]):
            self.diary.write(
                moment(today - timedelta(days=60 - number), 20, number), who.me, partial(self._card, who, number)
            )
        for before, hour, act in ((30, 19, self._paper), (3, 12, self._ask), (2, 18, self._answer)):
            self.diary.write(moment(today - timedelta(days=before), hour), self._organiser, act)
        self.diary.write(moment(today - timedelta(days=4), 7, 20), None, reports.ask_for_reports)
        for number, who in enumerate(self.people[:24]):  # those who have been asked by now say how it goes
            at = moment(today - timedelta(days=2), 17, number)
            self.diary.write(at, who.me, partial(self._report, who, number))

    def _first(self) -> Applicant:
        """The first who is in a group, and still there today."""
        return next(who for who in self.people if who.fate == "on" and peers.group_of(_place(who)))

    def _organiser(self) -> User:
        return self._first().account

    def _keep(self, who: Applicant, number: int) -> None:
        """Half of them share it with their line manager."""
        if who.has_left:
            return
        title, text = ENTRIES[number % len(ENTRIES)]
        entry = journal.write(enrolment=who.place(), title=title, text=text, on=clock.today(), by=who.account)
        readers = [one.key for one in readers_of(who.place()) if one.key.startswith("line_manager")]
        if number % 2 == 0 and readers:
            journal.share(entry=entry, readers=readers, by=who.account)

    def _plan(self, who: Applicant, number: int, today: date) -> None:
        """A goal, with something to do by one of these days; the first shares theirs with their line manager."""
        if who.has_left:
            return
        title, text, theme, what = GOALS[number]
        by, review_on = who.account, today + timedelta(days=30)
        goal = development.set_goal(
            enrolment=who.place(), title=title, text=text, theme=theme, review_on=review_on, by=by
        )
        development.add_action(goal=goal, what=what, due_on=today + timedelta(days=9 * number - 3), by=by)
        readers = [one.key for one in readers_of(who.place()) if one.key.startswith("line_manager")]
        if number == 0 and readers:
            journal.share(entry=goal.entry, readers=readers, by=by)

    def _card(self, who: Applicant, number: int) -> None:
        if peers.group_of(_place(who)):
            about = ABOUT[number % len(ABOUT)]
            peers.keep_card(
                enrolment=_place(who), shows_work=True, shows_email=number % 2 == 0, about=about, by=who.account
            )

    def _paper(self) -> None:
        who = self._first()
        for kind, title, text in (
            (PaperKind.AGENDA, "Our next half-day", AGENDA),
            (PaperKind.NOTES, "What we said in the spring", NOTES),
        ):
            peers.write(enrolment=_place(who), kind=kind, title=title, text=text, by=who.account)

    def _ask(self) -> None:
        who = self._first()
        start = clock.today() + timedelta(days=10)
        peers.ask_when(
            enrolment=_place(who),
            title="An extra meeting before module 5",
            first=start,
            last=start + timedelta(days=6),
            weekdays=(2, 3, 4),
            halves=tuple(Half),
            by=who.account,
        )

    def _answer(self) -> None:
        """Three of the group."""
        group = peers.group_of(_place(self._first()))
        poll = PeerPoll.objects.for_steps().filter(peer_group=group, closed_at=None).first()
        if group is None or poll is None:
            return
        for number, member in enumerate(peers.members_of(group)[:3]):
            answers = {
                one.pk: tuple(Suits)[(place + number) % 3]
                for place, one in enumerate(PeerHalfDay.objects.filter(poll=poll))
            }
            peers.answer(poll=poll, enrolment=member, answers=answers, by=member.participant)

    def _report(self, who: Applicant, number: int) -> None:
        place: Enrolment = who.place()
        found = PlacementReport.objects.waiting().for_steps().filter(side=Side.PARTICIPANT, placement__enrolment=place)
        if report := found.first():
            reports.give_report(
                report=report,
                goes=Goes.PARTLY if number == 2 else Goes.WELL,
                text="I have my own desk, my own question and three people who answer it. The first weeks were slow.",
                more="An hour a month with the head of service.",
                by=who.account,
            )
