"""Whether it worked in Bristol: openings for graduates, what employers have pledged, a tool on record, what people took away from a talk, and
the costs, for the day on which there are enough graduates to publish what became of them (B58, L5, L7, L10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from applications.roles import RoleName
from cohorts.actions import alumni, invitees, occasions
from cohorts.models import Enrolment, GraduateOffer, Occasion, Programme
from cohorts.states.alumni import ForPeople, GraduateOfferKind
from cohorts.states.events import EventKind, ForWhom
from modules.actions import feedback
from modules.models import SessionSpeaker
from representation.actions import commitments, tools
from representation.models import Commitment, OutcomeStudy
from representation.states import CommitmentKind, PaidBy
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast

#: What graduates and participants say that they would do, and hear of.
WISHES = (
    {"speaks": True, "hears": True, "attends": True, "words": "About starting again at forty."},
    {"hears": True},
    {"mentors": True, "attends": True},
)
PLEDGES = (
    ("A mixed panel for every post of a head of service", 400),
    ("A coach for everybody who acts up for longer than three months", -30),
)
TAKEN = (
    ("That she asked three times, and that the third time was the year.", True),
    ("Nobody sees your work unless you show it. I had not wanted to hear that.", False),
    ("I have written to two people whom I would not have written to before.", True),
)


def _place(who: Applicant) -> Enrolment:
    """As it stands now: the diary has gone on since they got it."""
    return Enrolment.objects.for_steps().get(participant=who.account)


def lead_of(cast: Cast) -> User:
    """The equality lead of Bristol."""
    return cast.one(RoleName.EQUALITY)


@dataclass
class Worth:
    """Writes into the diary what shows whether the programme was worth it."""

    diary: Diary
    cast: Cast
    graduates: Sequence[Applicant]
    participants: Sequence[Applicant]

    def write(self, today: date) -> None:
        by, lead = self.cast.coordinator, self.lead
        self.diary.write(moment(today - timedelta(days=90), 10), by, self._say_wishes)
        self.diary.write(moment(today - timedelta(days=60), 10), by, partial(self._offer, today))
        self.diary.write(moment(today - timedelta(days=50), 12), by, self._ask_for_it)
        self.diary.write(moment(today - timedelta(days=45), 9), lead, partial(self._pledge, today))
        self.diary.write(moment(today - timedelta(days=40), 9), by, self._record_tool)
        self.diary.write(moment(today - timedelta(days=21), 19), None, self._take_from_talk)
        self.diary.write(moment(today - timedelta(days=14), 9), by, partial(self._talk, today))
        self.diary.write(moment(today - timedelta(days=12), 11), lead, self._follow_up)

    def lead(self) -> User:
        return lead_of(self.cast)

    def _programme(self) -> Programme:
        return self.cast.programme

    # -- openings --------------------------------------------------------------------------------

    def _say_wishes(self) -> None:
        for number, who in enumerate(self.graduates):
            alumni.choose_as_graduate(enrolment=_place(who), by=who.account, **WISHES[number % len(WISHES)])

    def _offer(self, today: date) -> None:
        for title, kind, whom, employer, contact in (
            (
                "Six months in the mayor’s delivery unit",
                GraduateOfferKind.SECONDMENT,
                ForPeople.GRADUATES,
                "bristol-city-council",
                ("Hannah Whyte", "hannah.whyte@bristol-city-council.example"),
            ),
            (
                "Lead the winter plan for two months",
                GraduateOfferKind.ACTING_UP,
                ForPeople.BOTH,
                "avonreach-community",
                ("Morag Lister", "morag.lister@avonreach-community.example"),
            ),
        ):
            offer = GraduateOffer.objects.create(
                programme=self._programme(),
                organisation=self.cast.employers[employer],
                title=title,
                kind=kind,
                for_whom=whom,
                description="You work beside people who decide, and decide some of it yourself.",
                gives="A seat at the weekly meeting, and somebody senior who answers your questions.",
                contact_name=contact[0],
                contact_email=contact[1],
                closes_on=today + timedelta(days=30),
            )
            alumni.open_to_graduates(offer=offer, by=self.cast.coordinator)

    def _ask_for_it(self) -> None:
        first = self.graduates[0]
        offer = GraduateOffer.objects.filter(programme=self._programme()).order_by("pk")[0]
        alumni.say_interest(enrolment=_place(first), offer=offer, words="I can begin in May.", by=first.account)

    # -- what employers say in public ------------------------------------------------------------

    def _pledge(self, today: date) -> None:
        of = {"provider": self._programme().provider, "employer": self.cast.employers["avonreach-community"]}
        for title, days in PLEDGES:
            Commitment.objects.create(
                kind=CommitmentKind.PLEDGE,
                title=title,
                since=today - timedelta(days=400),
                due_on=today + timedelta(days=days),
                **of,
            )
        Commitment.objects.create(
            kind=CommitmentKind.PAY_GAP,
            title="Ethnicity pay gap, mean",
            characteristic="White staff and staff from ethnic minorities",
            percent=Decimal("8.40"),
            year=today.year - 1,
            source="Annual report",
            **of,
        )
        for one in Commitment.objects.for_steps().filter(**of).order_by("pk"):
            commitments.publish_commitment(commitment=one, by=self.lead())
        late = Commitment.objects.for_steps().get(title=PLEDGES[1][0])
        commitments.record_evidence(
            commitment=late,
            evidence="Eleven people acted up in the year. All of them had a coach by the second week.",
            on=clock.today() - timedelta(days=3),
            by=self.lead(),
        )

    # -- a tool, and a talk ----------------------------------------------------------------------

    def _record_tool(self) -> None:
        who = self.participants[0]
        taken = tools.record_tool(
            enrolment=_place(who),
            name="Feedback from all sides",
            paid_by=PaidBy.PROVIDER,
            on=clock.today() - timedelta(days=5),
            by=self.cast.coordinator,
        )
        tools.write_about(
            tool=taken, text="People see more of me than I had thought. I interrupt less than I feared.", by=who.account
        )

    def _take_from_talk(self) -> None:
        """What participants say of the first talk of their cohort."""
        place = _place(self.participants[0])
        held = SessionSpeaker.objects.for_steps().filter(
            session__cohort=place.cohort_id, session__cancelled_at=None, session__ends_at__lt=clock.now()
        )
        talk = held.order_by("session__starts_at", "pk").first()
        if talk is None:
            return
        there = [who for who in self.participants if feedback.is_open(talk.session, _place(who))]
        for who, (words, to_speaker) in zip(there, TAKEN, strict=False):
            feedback.say_about_talk(
                enrolment=_place(who), talk=talk, words=words, to_speaker=to_speaker, by=who.account
            )

    def _talk(self, today: date) -> None:
        """A talk in the open for those who have graduated."""
        starts_at = moment(today + timedelta(days=16), 18)
        evening = Occasion.objects.create(
            programme=self._programme(),
            kind=EventKind.TALK,
            for_whom=ForWhom.ALUMNI,
            title="Whom I asked for help, and how",
            text="A graduate of the first cohort tells how she came to chair a board, and whom she rang on the way.",
            led_by=self.graduates[0].name,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            venue="City Hall, College Green",
            capacity=40,
        )
        occasions.open_it(occasion=evening, by=self.cast.coordinator)
        invitees.invite(occasion=Occasion.objects.for_steps().get(pk=evening.pk), by=self.cast.coordinator)

    # -- what became of them ---------------------------------------------------------------------

    def _follow_up(self) -> None:
        """What the programme has cost. So few have completed it that nothing can be published yet, which its page says."""
        OutcomeStudy.objects.create(
            programme=self._programme(),
            released_day=Decimal("180.00"),
            coordinator_days=Decimal("95.0"),
            coordinator_day=Decimal("240.00"),
        )
