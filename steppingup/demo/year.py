"""The three cohorts: one finished, one half-way through its days, one open for applications."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

from django.utils import timezone

from applications.actions import interest
from applications.models import EmployerRule, Window
from cohorts.actions import cohorts as cohort_actions
from cohorts.models import Cohort, CompletionRule
from cohorts.states import LookedAt
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.demo.afterwards import Afterwards
from steppingup.demo.among_themselves import AmongThemselves
from steppingup.demo.applying import Applying
from steppingup.demo.choosing import Choosing
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.gatherings import Gatherings
from steppingup.demo.looking_back import LookingBack
from steppingup.demo.money import Money
from steppingup.demo.people import Applicant, Cast
from steppingup.demo.qualifying import Qualifying
from steppingup.demo.running import LATE, Running
from steppingup.demo.selecting import CALLED, Selecting
from steppingup.demo.supported import Supported
from steppingup.demo.telling import Telling
from steppingup.demo.texts import Storyteller
from steppingup.demo.worth import Worth

FIRST, RUNNING, OPEN = "2020", "running", "open"
WITH_A_PLACE = ("completed", "notcompleted", "withdrew", "on", LATE)
NEVER_SUBMITTED = ("late", "incomplete", "begun", "half", "ready", "waiting_for_sponsor", "declined_by_sponsor")
RUNNING_PLACES = 25
WEEKS_BETWEEN_MODULES = 8


def _of(people: Iterable[Applicant], *fates: str) -> list[Applicant]:
    return [who for who in people if who.fate in fates]


def _day(text: str) -> date:
    return date.fromisoformat(text)


def next_cohort(
    like: Cohort, *, starts_on: date, ends_on: date, opens: datetime, closes: datetime, places: int
) -> Cohort:
    """A cohort after the example of an earlier one: plan, fee, completion rules, window and its rules."""
    cohort = Cohort.objects.create(
        programme=like.programme,
        plan=like.plan,
        name=f"{starts_on:%B %Y}",
        slug=f"{starts_on:%B-%Y}".lower(),
        capacity=places,
        fee=like.fee,
        starts_on=starts_on,
        ends_on=ends_on,
        venue=like.venue,
    )
    for least in like.completion_rules.all():
        CompletionRule.objects.create(cohort=cohort, component=least.component, minimum=least.minimum)
    old = like.window
    window = Window.objects.create(
        cohort=cohort,
        opens_at=opens,
        closes_at=closes,
        assessors_each=old.assessors_each,
        max_score=old.max_score,
        offer_days=old.offer_days,
        reserve=4,
    )
    for rule in old.employer_rules.all():
        EmployerRule.objects.create(window=window, **{name: getattr(rule, name) for name in EmployerRule.RULES})
    return cohort


def write_first(diary: Diary, cast: Cast, cohort: Cohort) -> None:
    """2020, from the window in November 2019 to the certificates in November 2020, at the dates of the source."""
    people = cast.applicants[FIRST]
    applying = Applying(diary, cast, cohort, Storyteller(2020))
    for number, who in enumerate(people):
        begin = moment(_day("2019-11-04") + timedelta(days=3 * number), 19, number)
        applying.write(who, begin, begin + timedelta(days=9, hours=1))
    selecting = Selecting(diary, cast, cohort)
    sent = [who for who in people if who.fate not in NEVER_SUBMITTED]
    selecting.write_reviews(sent, _day("2020-01-03"), _day("2020-01-13"))
    selecting.write_decisions(sent, _day("2020-01-14"))
    called = _of(people, *CALLED)
    selecting.write_interviews(called, _day("2020-01-15"), _day("2020-01-22"))
    selecting.write_offers(called, _day("2020-01-27"))
    placed = _of(people, *WITH_A_PLACE)
    running = Running(diary, cast, cohort, placed)
    running.write_dates(_day("2020-02-10"), _day("2020-02-12"), 7)
    running.write_placements(_day("2020-04-01"), _day("2020-11-06"))
    running.write_mentoring(_day("2020-02-14"), _day("2020-02-28"), 7, _day("2020-11-06"))
    running.write_withdrawal(_of(people, "withdrew")[0], moment(_day("2020-06-15"), 16))
    qualifying = Qualifying(diary, cast, cohort)
    qualifying.write_modules(_day("2020-02-10"))
    results = [_day("2020-05-11"), _day("2020-06-22"), _day("2020-07-30")]
    qualifying.write_certificates([who for who in placed if "ilm" in who.extras], _day("2020-03-16"), results)
    running.write_completion(_day("2020-11-12"))
    looking = LookingBack(diary, cast, cohort, placed)
    looking.write(_day("2020-02-13"), LookedAt.BEFORE)
    looking.write(_day("2020-11-30"), LookedAt.AFTER)
    looking.share(placed[0], _day("2020-12-06"))
    looking.write_release(_day("2021-01-11"))
    afterwards = Afterwards(diary, cast, cohort, placed)
    afterwards.write_ceremony(_day("2020-11-16"), _day("2020-12-10"))
    afterwards.write_destinations(_day("2020-11-12"))
    afterwards.write_confirmations(_day("2020-11-12"), timezone.localdate(diary.clock.real))
    Telling(diary, cast, cohort, placed[2:]).write(_day("2021-01-18"))
    Money(diary, cast, cohort).write(_day("2020-02-20"))


def write_running(diary: Diary, cast: Cast, today: date) -> None:
    """Started about five months ago; the fourth of five modules is next week."""
    starts = working_day(today + timedelta(days=5)) - timedelta(weeks=3 * WEEKS_BETWEEN_MODULES)
    like = cast.programme.cohorts.get(slug=FIRST)
    opens, closes = moment(starts - timedelta(days=126), 9), moment(starts - timedelta(days=77), 0)
    made = moment(starts - timedelta(days=140), 11)

    def make() -> None:
        ends = starts + timedelta(days=282)
        cohort = next_cohort(like, starts_on=starts, ends_on=ends, opens=opens, closes=closes, places=RUNNING_PLACES)
        cohort_actions.publish(cohort=cohort, by=cast.coordinator)
        _fill_running(diary, cast, cohort)

    diary.write(made, cast.coordinator, make)


def _fill_running(diary: Diary, cast: Cast, cohort: Cohort) -> None:
    people, starts = cast.applicants[RUNNING], cohort.starts_on
    opened, closed = timezone.localdate(cohort.window.opens_at), timezone.localdate(cohort.window.closes_at)
    diary.write_round(closed - timedelta(days=7))
    applying = Applying(diary, cast, cohort, Storyteller(2))
    for number, who in enumerate(people):
        begin = moment(opened + timedelta(days=number % 30), 18, number)
        applying.write(who, begin, begin + timedelta(days=11 + number % 7, hours=2))
    selecting = Selecting(diary, cast, cohort)
    sent = [who for who in people if who.fate not in NEVER_SUBMITTED]
    selecting.write_reviews(sent, working_day(closed + timedelta(days=2)), closed + timedelta(days=16))
    withdrawn = _of(people, "withdrawn")[0]
    diary.write(moment(closed + timedelta(days=12), 21), withdrawn.me, partial(selecting.withdraw, withdrawn))
    kept = [who for who in sent if who is not withdrawn]
    selecting.write_decisions(kept, closed + timedelta(days=17))
    called = [who for who in kept if who.fate in CALLED or "interview" in who.extras]
    selecting.write_interviews(called, closed + timedelta(days=18), closed + timedelta(days=26))
    offered_on = working_day(closed + timedelta(days=35))
    selecting.write_offers(called, offered_on)
    for number, who in enumerate(_of(people, LATE)):
        free_on = max(offered_on + timedelta(days=16), selecting.last_day(offered_on) + timedelta(days=1))
        at = moment(working_day(free_on), 10, number)
        selecting.write_next_offer(who, at, accepts=True)
    running = Running(diary, cast, cohort, _of(people, *WITH_A_PLACE))
    today = timezone.localdate(diary.clock.real)
    running.write_dates(working_day(starts - timedelta(days=12)), starts, WEEKS_BETWEEN_MODULES)
    running.write_placements(starts + timedelta(days=98), today - timedelta(days=1))
    LookingBack(diary, cast, cohort, running.people).write(starts + timedelta(days=1), LookedAt.BEFORE)
    running.write_mentoring(offered_on + timedelta(days=22), working_day(starts + timedelta(days=8)), 4, today)
    qualifying = Qualifying(diary, cast, cohort)
    qualifying.write_modules(working_day(starts - timedelta(days=12)))
    chosen = [who for who in running.people if {"ilm", "ilm9"} & set(who.extras)]
    results = [starts + timedelta(days=110), starts + timedelta(days=140)]
    qualifying.write_certificates(chosen, starts + timedelta(days=63), results)
    AmongThemselves(diary, running.people).write(today)
    Supported(diary, cast, running.people).write(today)
    Choosing(diary, cast, cohort, _of(people, LATE)).write(today)
    left = today - timedelta(days=26)
    running.write_withdrawal(_of(people, "withdrew")[0], moment(working_day(left), 16))
    free = working_day(today - timedelta(days=5))
    selecting.write_next_offer(_of(people, "offered")[0], moment(free, 11, 20), accepts=False)
    Money(diary, cast, cohort, unpaid=2).write(starts + timedelta(days=10))


def write_open(diary: Diary, cast: Cast, today: date) -> None:
    """The window opened two weeks ago and closes in about three weeks."""
    starts = working_day(today + timedelta(days=95))
    like = cast.programme.cohorts.get(slug=FIRST)
    opens = moment(today - timedelta(days=14), 9)
    closes = moment(today + timedelta(days=23), 0)

    def make() -> None:
        ends = starts + timedelta(days=282)
        cohort = next_cohort(like, starts_on=starts, ends_on=ends, opens=opens, closes=closes, places=24)
        cohort_actions.publish(cohort=cohort, by=cast.coordinator)
        _fill_open(diary, cast, cohort)

    diary.write(moment(today - timedelta(days=45), 10), cast.coordinator, make)


def _fill_open(diary: Diary, cast: Cast, cohort: Cohort) -> None:
    people = cast.applicants[OPEN]
    applying = Applying(diary, cast, cohort, Storyteller(3))
    opens, real = cohort.window.opens_at, diary.clock.real
    early = _of(people, "scored", "scored_by_one", "assigned")
    for number, who in enumerate(people):
        begin = opens + timedelta(hours=2 + 5 * (number % 12), minutes=number)
        end = opens + timedelta(days=5 + number % 3, hours=number)
        if who.fate == "submitted":  # the latest of them an hour ago
            end = real - timedelta(hours=1 + 9 * (number % 4))
        elif who.fate in ("begun", "half", "ready"):
            end = real - timedelta(hours=6 + 20 * (number % 5))
        elif who.fate == "declined_by_sponsor":
            end = real - timedelta(hours=2)
        elif who.fate == "waiting_for_sponsor":
            begin, end = opens + timedelta(hours=3), real - timedelta(days=1)
        applying.write(who, begin, end)
    today = timezone.localdate(real)
    Gatherings(diary, cast, cohort).write(today)
    selecting = Selecting(diary, cast, cohort)
    selecting.write_reviews(early, today - timedelta(days=6), today)
    held = next(who for who in early if "held" in who.extras)
    diary.write(real - timedelta(hours=5), cast.coordinator, partial(selecting.hold, held))
    gone = _of(people, "withdrawn")[0]
    diary.write(real - timedelta(days=2, hours=3), gone.me, partial(selecting.withdraw, gone))


INTERESTED = (
    ("Nimco Jama", "nimco.jama@mail.example"),
    ("Paul Okonjo", "p.okonjo@mail.example"),
    ("Stephanie Rowe", "steph.rowe@mail.example"),
    ("", "curious@mail.example"),
    ("Ashok Mehta", "ashok@mail.example"),
)
#: Mail to these came back: an address that was mistyped, and a line manager who has left.
REFUSED_ADDRESSES = ("curious@mail.example", "terry.wickstead@avon-bus.example")


def write_interest(diary: Diary, cast: Cast, today: date) -> None:
    """Some asked to be told when applications open; one never confirmed the address."""
    for number, (name, email) in enumerate(INTERESTED):
        at = moment(today - timedelta(days=60 - 5 * number), 20, number)
        diary.write(at, None, partial(interest.register_interest, programme=cast.programme, email=email, name=name))
        if number != 3:
            diary.write(at + timedelta(minutes=9), None, partial(_confirm, email))


def _confirm(email: str) -> None:
    link = TokenLink.objects.usable().get(purpose=interest.CONFIRM, email=email)
    interest.confirm(by=LinkHolder(link))


def write_worth(diary: Diary, cast: Cast, today: date) -> None:
    """Whether it was worth it, by those who have finished and those who are on their way."""
    done, under_way = _of(cast.applicants[FIRST], "completed"), _of(cast.applicants[RUNNING], "on")
    Worth(diary, cast, done, under_way).write(today)
