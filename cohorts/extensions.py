"""What apps that cohorts do not know have to say or do. Their `wiring` adds it:

when_withdrawn.add(end_pairs)  # a participant leaves: called with the enrolment and who did it, in the same transaction
when_back.add(owe_as_before)  # a participant who had left takes part again
when_cancelled.add(let_everything_go)  # a cohort is cancelled: called with it and who did it
on_publishing.add(who_hears_of_it)  # a sentence on the page before a cohort is published
when_employer_changes.add(settle_anew)  # called with the enrolment, the new employer and who did it, in the same transaction
hanging_on_employer.add(fee_and_invoices)  # what was agreed with the employer so far, in sentences
against_changing_employer.add(why_not_mentor)  # why somebody cannot work for this organisation as things stand
about_a_session.add(speakers_elsewhere)  # what speaks against moving a session to this time, in sentences
about_a_room.add(interviews_there)  # who else of the provider is in a room at a time, in sentences
against_cancelling.add(who_still_waits)  # why a cohort cannot be cancelled yet
fee_agreed.add(agreements_of)  # a sentence on the cohort's page, before its fee is changed
against_host.add(of_the_mentor)  # why an organisation cannot be the host of a participant
against_reach.add(open_reviews)  # what stands against a longer reach of “another organisation”
applying.add(how_far)  # how far somebody has come who applies for the cohort
along_the_way.add(applicants)  # how many have come how far, for the picture on a cohort's overview
coming_up.add(deadlines)  # what comes next of a cohort
stuck.add(overdue)  # who of some participants is stuck: why, by when something is lost, and what to do
studied_beside.add(qualification)  # what somebody studies for that is no part of the plan
rules_agreed.add(who_has_begun)  # a sentence on the cohort's page, before it is given other rules of admission
before_other_rules.add(take_drafts_along)  # called with the cohort, the rules that it is to have, and who chooses them
rules_to_change.add(version_to_change)  # the version of admission rules that a change by a file goes into
when_rules_changed.add(tell_of_file)  # called with the rules as they were, as they are now, and who changed them
where_taken.add(page_of_offer)  # the address of the page on which somebody takes the place that an agreement is about
when_agreements_change.add(ask_those_with_an_offer)  # other agreements hold for a cohort: called with it, in the same transaction
needs_said_before.add(in_application)  # what somebody said that they need, before they were first asked by the cohort
when_session_moves.add(guests_follow)  # called with the session, and when and where it was before, in the same transaction
when_session_ends.add(guests_end)  # called with a session that was cancelled, and why, in the same transaction
went_on.add(those_who_applied)  # how many graduates of a programme went on to those that come next, in sentences
mentors_of.add(mentors_to_write_to)  # who the mentors of some participants are, for whoever writes to them
mentors_before.add(mentors_to_the_end)  # whose mentoring of some participants has come to its end as planned
recruiting.add(who_waits)  # why recruitment to a cohort is not complete yet, in a sentence
awards_of.add(qualifications_of)  # which qualifications some participants work towards or have, for who is presented with what
applicants_of.add(who_applied)  # who has applied to a programme or a cohort, for whoever invites them to an event
when_copied.add(copy_window)  # a cohort is copied: called with the old one, the new one, and by how much dates move
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Generic, NamedTuple, ParamSpec, TypeVar

from django.db.models import Model

from cohorts.models import Agreement, Cohort, Enrolment, Programme, RuleSet, Session
from steppingup.accounts.actors import Actor
from steppingup.accounts.models import Organisation, User
from steppingup.formats import english

P = ParamSpec("P")
R = TypeVar("R")


class Stage(StrEnum):
    """How far somebody has come who applies: may it still be submitted, is it too late, or was it submitted in time?"""

    WRITING = "writing"
    TOO_LATE = "too late"
    SUBMITTED = "submitted"


class Applying(NamedTuple):
    """Somebody's application, as others need to know of it; `closes` is the last moment in which they could submit it."""

    stage: Stage
    closes: datetime


class Beside(NamedTuple):
    """What somebody studies for beside the plan, since when, and how many hours a week are expected: an own log that counts for no
    days."""

    title: str
    since: date
    week_least: Decimal | None
    week_most: Decimal | None

    @property
    def week_in_words(self) -> str:
        return english.hours_a_week(self.week_least, self.week_most)


class Award(NamedTuple):
    """A qualification of a participant (by id), and the day on which it was achieved; nothing while they work towards it."""

    enrolment: int
    title: str
    achieved_on: date | None


class OnTheWay(NamedTuple):
    """How many have come so far on the way from interest to graduation; `order` is the place on it."""

    order: int
    words: str
    number: int
    url: str


class Addressed(NamedTuple):
    """Somebody who is written to about a participant: what the record calls them and under which address, where that is not what
    their account says, and the page that is theirs to open."""

    enrolment: Enrolment
    to: User
    called: str
    email: str
    link: str


class TroubleKind(NamedTuple):
    """What somebody can be stuck with: its key in addresses, its name, and its place among what is lost on the same day."""

    key: str
    title: str
    order: int


class Trouble(NamedTuple):
    """Somebody is stuck: the participant (by id), why in words that go on after the title of its kind, the day by which something is lost, and what
    they would be told; or the page on which staff put it right, with the words of its button."""

    enrolment: int
    kind: TroubleKind
    why: str
    by: date
    says: str = ""
    url: str = ""
    button: str = ""


class Stand(NamedTuple):
    """How something that hangs on a place stands: “Mentor”, “Ada Osei, 3 meetings”. The same function says it before a step and after."""

    what: str
    says: str


@dataclass(frozen=True)
class Extensions(Generic[P, R]):
    """Functions that other apps have added, called one after the other."""

    added: list[Callable[P, R]] = field(default_factory=list)

    def add(self, function: Callable[P, R]) -> None:
        if function not in self.added:
            self.added.append(function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        return [function(*args, **kwargs) for function in self.added]


#: What another app shows of a place on the participant's own page, joined to the place: “fee_agreement__employer”.
shown_with_place: set[str] = set()
when_withdrawn: Extensions[[Enrolment, Actor], None] = Extensions()
#: How what hangs on a place stands: on the page before somebody leaves, moves,
#: pauses or ends, now and afterwards, for whoever looks.
stands: Extensions[[Enrolment, User], list[Stand]] = Extensions()
#: Somebody who had left takes part again: called with the place and who did it, in the same transaction.
when_back: Extensions[[Enrolment, Actor], None] = Extensions()
#: A participant has moved to another cohort of the programme: called with the place, the cohort before and who did it.
when_transferred: Extensions[[Enrolment, Cohort, Actor], None] = Extensions()
#: Why a participant cannot move to this cohort; an empty sentence says nothing.
against_transferring: Extensions[[Enrolment, Cohort], str] = Extensions()
#: A cohort is cancelled: called with it and who did it, in the same transaction.
when_cancelled: Extensions[[Cohort, Actor], None] = Extensions()
#: The address of the page on which a place is taken for which an agreement is signed before; empty where there is none now.
where_taken: Extensions[[Agreement], str] = Extensions()
#: Other agreements hold for a cohort: called with it, once those on the programme have been asked to sign.
when_agreements_change: Extensions[[Cohort], None] = Extensions()
when_copied: Extensions[[Cohort, Cohort, timedelta], None] = Extensions()
#: Who has begun to apply by the rules of admission that a cohort has. An empty sentence says nothing.
rules_agreed: Extensions[[Cohort], str] = Extensions()
#: A cohort that nobody has applied for is to have other rules of admission: called with it, these rules and who chooses them,
#: in the same transaction, before the cohort is locked.
before_other_rules: Extensions[[Cohort, RuleSet, Actor], None] = Extensions()
#: The version that a change of admission rules goes into: the next one, where somebody has begun by these. Called with the
#: rules, the parts that it will not have, and who changes them. One function answers.
rules_to_change: Extensions[[RuleSet, Collection[Model], Actor], RuleSet] = Extensions()
#: A version of admission rules has taken another's place: called with both and who changed them, in the same transaction.
when_rules_changed: Extensions[[RuleSet, RuleSet, Actor], None] = Extensions()
#: How far this person's application to the cohort is. Nothing where there is none, or it has come to its end.
applying: Extensions[[Cohort, User], Applying | None] = Extensions()
#: What else happens once a cohort is on the site: who is told, and when. An empty sentence says nothing.
on_publishing: Extensions[[Cohort], str] = Extensions()
#: Who has agreed to the days of a cohort's plan before anybody is enrolled, and to its fee. An empty sentence says nothing.
plan_agreed: Extensions[[Cohort], str] = Extensions()
fee_agreed: Extensions[[Cohort], str] = Extensions()
#: Why this organisation cannot be the host of this participant's assignment from this day on. An empty sentence has nothing
#: against it.
against_host: Extensions[[Enrolment, Organisation, date], str] = Extensions()
#: What would be too near if the rule of “another organisation” reached so far: “2 pairs of mentor and participant”.
against_reach: Extensions[[Programme, int], str] = Extensions()
#: Why the employer cannot be changed to this organisation yet, and what to do first; an empty sentence says nothing.
against_changing_employer: Extensions[[Enrolment, Organisation | None], str] = Extensions()
#: What was agreed with the employer so far, and what becomes of it: sentences on the page before another comes.
hanging_on_employer: Extensions[[Enrolment], list[str]] = Extensions()
when_employer_changes: Extensions[[Enrolment, Organisation | None, Actor], None] = Extensions()
#: Who agrees to pay for their own place by the rules of any of these cohorts, after “if you”: “are self-employed”; nothing where nobody does.
paying_themselves: Extensions[[Sequence[Cohort]], list[str]] = Extensions()
#: Of these cohorts, those whose applicants are not asked about the fee.
not_asked_for_fee: Extensions[[Sequence[Cohort]], set[int]] = Extensions()
#: What a participant studies for at present that is no part of the plan. Nothing where there is none.
studied_beside: Extensions[[Enrolment], Beside | None] = Extensions()
#: What somebody said elsewhere that they need to take part, such as in their application: begins their own note, which they confirm.
needs_said_before: Extensions[[Enrolment], str] = Extensions()
#: A session has moved, or was cancelled: called with it, and with when and where it was before, or why, in the same transaction.
when_session_moves: Extensions[[Session, str], None] = Extensions()
when_session_ends: Extensions[[Session, str], None] = Extensions()
#: What speaks against a session from the one moment to the other: sentences, shown before it is moved.
about_a_session: Extensions[[Session, datetime, datetime], list[str]] = Extensions()
#: What else of this provider takes place in this room from the one moment to the other: sentences. Sessions are known here.
about_a_room: Extensions[[Organisation, str, datetime, datetime], list[str]] = Extensions()
#: How many people of a cohort have come how far, for whoever looks: the steps of the picture on its overview.
along_the_way: Extensions[[Cohort, User], list[OnTheWay]] = Extensions()
#: What comes next of a cohort, for whoever looks: (day or moment, words, address).
coming_up: Extensions[[Cohort, User], list[tuple[date | datetime, str, str]]] = Extensions()
#: Who of some participants is stuck, for whoever looks. They come with their cohort, its plan, their pauses and placements.
stuck: Extensions[[Collection[Enrolment], User], list[Trouble]] = Extensions()
#: How many graduates of a programme went on to those that it names as coming next: sentences.
went_on: Extensions[[Programme], list[str]] = Extensions()
#: The mentors of these participants, for whoever writes to them.
mentors_of: Extensions[[Sequence[Enrolment]], list[Addressed]] = Extensions()
#: Those whose mentoring of these participants has come to its end as planned, for whoever invites them.
mentors_before: Extensions[[Sequence[Enrolment]], list[Addressed]] = Extensions()
#: Why a cohort cannot be cancelled yet, and what to do first.
against_cancelling: Extensions[[Cohort], str] = Extensions()
#: The qualifications that these participants work towards or have achieved.
awards_of: Extensions[[Sequence[Enrolment]], list[Award]] = Extensions()
#: Who has applied to a programme, or to one of its cohorts, and may still get a place: what they are called, and their address.
applicants_of: Extensions[[Programme, Cohort | None], list[tuple[str, str]]] = Extensions()
#: Why recruitment to a cohort is not complete yet; an empty sentence says that it is, as far as the app knows.
recruiting: Extensions[[Cohort], str] = Extensions()


_read_with_cohorts: list[str] = []


def read_with_cohorts(*names: str) -> None:
    """Records of other apps, one for a cohort, that its page on the desk reads along with it: what their steps ask about costs no query."""
    _read_with_cohorts.extend(name for name in names if name not in _read_with_cohorts)


def read_along() -> list[str]:
    return list(_read_with_cohorts)
