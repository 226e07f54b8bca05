"""What members of a peer group do among themselves: what they tell each other, agendas and notes, and the half-day that suits most (B11,
B12). Nobody but members does any of it; staff move the session to a half-day that was chosen."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import transaction

from cohorts.actions.sessions import move
from cohorts.models import Enrolment, PeerAnswer, PeerCard, PeerGroup, PeerHalfDay, PeerPaper, PeerPoll, Session
from cohorts.models.peers import LONGEST, MOST_HALF_DAYS
from cohorts.notices import peers as notices
from cohorts.permissions import CohortPermission
from cohorts.planning.bank_holidays import DAY, is_working_day
from cohorts.states import HOLDS_A_PLACE
from cohorts.states.peers import Half, PaperKind, Suits
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.formats.date_fields import MomentInput
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, Waiting, step

RUN = CohortPermission.RUN_COHORTS
#: Why a session moves to the half-day of a poll, also at short notice.
SUITS_MOST = "Your group chose this half-day."
NO_TITLE, NO_TEXT = "Give it a title.", "Write something."
CHANGED = (
    "{who} has changed this since you opened it. What you wrote is below. Open the page once more to read what stands there now, and put "
    "the two together."
)


def group_of(enrolment: Enrolment) -> PeerGroup | None:
    """The group that somebody belongs to now; none for whoever has left."""
    return enrolment.peer_group if enrolment.status in HOLDS_A_PLACE else None


def members_of(group: PeerGroup) -> Any:
    """Everybody who is in it now, by name."""
    here = Enrolment.objects.filter(peer_group=group, status__in=HOLDS_A_PLACE)
    return here.select_related("participant", "employer", "peer_card").order_by("participant__full_name", "pk")


def _require_member(by: Actor, enrolment: Enrolment, group: PeerGroup | None = None) -> PeerGroup:
    """Whatever role somebody holds: a group is its members'."""
    own = group_of(enrolment)
    if not isinstance(by, User) or by.pk != enrolment.participant_id or own is None or (group and group.pk != own.pk):
        raise NotAllowed("A peer group belongs to its members.")
    return own


# -- what members know of each other ------------------------------------------------------------------


@transaction.atomic
def keep_card(
    *,
    enrolment: Enrolment,
    by: Actor,
    shows_work: bool = False,
    shows_email: bool = False,
    phone: str = "",
    about: str = "",
) -> PeerCard:
    """What the group may know beside the name; with nothing in it, the name alone. Raises NotAllowed for anybody else."""
    _require_member(by, enrolment)
    given = {"shows_work": shows_work, "shows_email": shows_email, "phone": phone.strip(), "about": about.strip()}
    found, _ = PeerCard.objects.update_or_create(enrolment=enrolment, defaults=given)
    return found


# -- agendas and notes -----------------------------------------------------------------------------------


def _checked(kind: str, title: str, text: str) -> dict[str, Any]:
    title, text = required(title, NO_TITLE, "title"), required(text, NO_TEXT, "text")
    refuse_if(
        len(text) > LONGEST,
        f"This is longer than {LONGEST:,} characters. Write the rest in another one.",
        "too_long",
        field="text",
    )
    return {"kind": PaperKind(kind), "title": title, "text": text}


@transaction.atomic
def write(
    *, enrolment: Enrolment, kind: str, title: str, text: str, by: Actor, submission: UUID | None = None
) -> PeerPaper:
    """An agenda or notes, for the group alone. The same `submission` again returns what it made.

    Raises NotAllowed for anybody but a member, and NotPossible without a title or a text."""
    group = _require_member(by, enrolment)
    if submission and (same := PeerPaper.objects.filter(submission=submission, written_by=enrolment).first()):
        return same
    given = _checked(kind, title, text)
    return PeerPaper.objects.create(
        peer_group=group, written_by=enrolment, changed_by=enrolment, submission=submission, **given
    )


@transaction.atomic
def change(
    *, paper: PeerPaper, enrolment: Enrolment, kind: str, title: str, text: str, version: int, by: Actor
) -> PeerPaper:
    """Any member writes on. `version` is the one that they had read.

    Raises NotAllowed for anybody but a member, and NotPossible as `write` does, and where somebody has changed it meanwhile."""
    _require_member(by, enrolment, paper.peer_group)
    given = _checked(kind, title, text)
    found = PeerPaper.objects.select_for_update(of=("self",)).select_related("changed_by__participant").get(pk=paper.pk)
    refuse_if(found.version != version, CHANGED.format(who=found.changed_by.participant), "changed_meanwhile")
    for name, value in given.items():
        setattr(found, name, value)
    found.changed_by, found.changed_at, found.version = enrolment, clock.now(), version + 1
    found.save(update_fields=[*given, "changed_by", "changed_at", "version"])
    return found


@transaction.atomic
def delete(*, paper: PeerPaper, enrolment: Enrolment, by: Actor) -> None:
    """By whoever began it; nothing of it is kept. Raises NotAllowed for anybody else."""
    _require_member(by, enrolment, paper.peer_group)
    if paper.written_by_id != enrolment.pk:
        raise NotAllowed("Whoever began it deletes it.")
    paper.delete()


# -- the half-day that suits most ---------------------------------------------------------------------------


def half_days_between(
    first: date, last: date, weekdays: Collection[int], halves: Collection[str], nation: str
) -> list[tuple[date, Half]]:
    """The half-days of these working days. Raises NotPossible for none, and for more than can be asked about."""
    refuse_if(first <= clock.today(), "Begin tomorrow or later.", "too_early", field="first")
    refuse_if(last < first, "The last day must not be before the first.", "order", field="last")
    refuse_if((last - first).days > 366, "Keep to a year.", "too_far", field="last")
    days = (first + at * DAY for at in range((last - first).days + 1))
    found = [
        (day, half)
        for day in days
        if day.isoweekday() in weekdays and is_working_day(day, nation)
        for half in Half
        if half in halves
    ]
    refuse_if(not found, "None of these days is a working day. Choose other days.", "no_days", field="last")
    refuse_if(
        len(found) > MOST_HALF_DAYS,
        f"That would be {len(found)} half-days to choose from. Keep to {MOST_HALF_DAYS}: choose fewer days.",
        "too_many",
        field="last",
    )
    return found


def sessions_to_date(group: PeerGroup) -> Any:
    """The sessions of a group that are to come."""
    own = Session.objects.filter(peer_group=group, starts_at__gt=clock.now()).going_ahead()
    return own.order_by("starts_at", "pk")


@transaction.atomic
def ask_when(
    *,
    enrolment: Enrolment,
    title: str,
    first: date,
    last: date,
    weekdays: Collection[int],
    halves: Collection[str],
    by: Actor,
    session: Session | None = None,
) -> PeerPoll:
    """A member asks the group which half-day suits. Everybody else of it is told.

    Raises NotAllowed for anybody but a member, and NotPossible while the group is asked already, for a session that is not the group's,
    and for days of which there are none or too many."""
    group = _require_member(by, enrolment)
    PeerGroup.objects.select_for_update(of=("self",), no_key=True).get(pk=group.pk)
    PeerPoll.objects.over().filter(peer_group=group).update(closed_at=clock.now())
    refuse_if(
        PeerPoll.objects.filter(peer_group=group, closed_at=None).exists(),
        "Your group is looking for a half-day already.",
        "asked_already",
    )
    refuse_if(
        session and not sessions_to_date(group).filter(pk=session.pk).exists(),
        "This is not a session of your group that is to come.",
        "not_this_one",
        field="session",
    )
    found = half_days_between(first, last, weekdays, halves, enrolment.cohort.programme.nation)
    poll = PeerPoll.objects.create(
        peer_group=group, session=session, title=required(title, NO_TITLE, "title"), opened_by=enrolment
    )
    PeerHalfDay.objects.bulk_create([PeerHalfDay(poll=poll, on=on, half=half) for on, half in found])
    for member in members_of(group).exclude(pk=enrolment.pk):
        notices.ask_when(poll, member)
    return poll


def _open(poll: PeerPoll) -> PeerPoll:
    """Nobody else answers, chooses or ends it meanwhile."""
    PeerPoll.objects.select_for_update(of=("self",)).get(pk=poll.pk)
    found = PeerPoll.objects.for_steps().get(pk=poll.pk)
    refuse_if(found.closed_at, "Your group is not looking for a half-day any more.", "closed")
    return found


@transaction.atomic
def answer(*, poll: PeerPoll, enrolment: Enrolment, answers: Mapping[int, str], by: Actor) -> None:
    """How each half-day (by id) suits a member; saying it again replaces what they said.

    Raises NotAllowed for anybody but a member, NotPossible once it is closed, and ValueError for what is no answer."""
    _require_member(by, enrolment, poll.peer_group)
    found = _open(poll)
    for one in found.half_days.filter(pk__in=list(answers)):
        PeerAnswer.objects.update_or_create(
            half_day=one, enrolment=enrolment, defaults={"suits": Suits(answers[one.pk])}
        )


@transaction.atomic
def choose(*, poll: PeerPoll, enrolment: Enrolment, half_day: PeerHalfDay, by: Actor) -> PeerPoll:
    """A member settles on a half-day: everybody of the group is told. Where it is for a session, staff are asked to move it.

    Raises NotAllowed for anybody but a member, and NotPossible once it is closed, for another poll's half-day, and for one that is over."""
    group = _require_member(by, enrolment, poll.peer_group)
    found = _open(poll)
    refuse_if(half_day.poll_id != found.pk, "Choose one of these half-days.", "not_this_one")
    refuse_if(half_day.is_over, "This day is over. Choose another one.", "too_late")
    found.chosen, found.closed_at = half_day, clock.now()
    found.save(update_fields=["chosen", "closed_at"])
    for member in members_of(group):
        notices.tell_chosen(found, member)
    return found


@transaction.atomic
def call_off(*, poll: PeerPoll, enrolment: Enrolment, by: Actor) -> PeerPoll:
    """Whoever asked asks no more; nobody is told. Raises NotAllowed for anybody else, and NotPossible once it is closed."""
    _require_member(by, enrolment, poll.peer_group)
    if poll.opened_by_id != enrolment.pk:
        raise NotAllowed("Whoever asked calls it off.")
    found = _open(poll)
    found.closed_at = clock.now()
    found.save(update_fields=["closed_at"])
    return found


def with_answers(poll: PeerPoll) -> list[Any]:
    """The half-days with what current members said of each (`said`)."""
    here = set(members_of(poll.peer_group).values_list("pk", flat=True))
    rows: list[Any] = list(poll.half_days.prefetch_related("answers__enrolment__participant"))
    for one in rows:
        one.said = [each for each in one.answers.all() if each.enrolment_id in here]
    return rows


# -- staff move the session ----------------------------------------------------------------------------------


class DateForm(StepForm):
    """From when to when; begins with the half-day that was chosen, as long as the session is."""

    starts_at = MomentInput(label="Starts at")
    ends_at = MomentInput(label="Ends at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        poll = self.subject
        if poll.chosen and poll.session:
            starts, latest = poll.chosen.span
            lasts: timedelta = poll.session.ends_at - poll.session.starts_at
            self.fields["starts_at"].initial = starts
            self.fields["ends_at"].initial = min(starts + lasts, latest) if lasts < timedelta(hours=5) else latest


def _require_to_date(poll: PeerPoll) -> None:
    refuse_if(poll.chosen is None, "The group has not chosen a half-day.", "none_chosen")
    refuse_if(poll.session is None, "The group meets by itself: there is no session to move.", "no_session")
    refuse_if(poll.dated_at, "The session has been moved already.", "dated")


@step(
    PeerPoll,
    "Move the session to it",
    name="set_date",
    noun="poll",
    past="Session moved to the half-day chosen",
    meaning="Everybody in the group is told the new time.",
    permission=RUN,
    policy=_require_to_date,
    form=DateForm,
    waiting=Waiting(
        lambda rows: rows.to_date(),
        "peer group has chosen a half-day for a session",
        "peer groups have chosen a half-day for a session",
        order=42,
    ),
)
def set_date(*, poll: PeerPoll, starts_at: datetime, ends_at: datetime, by: Actor) -> PeerPoll:
    """The session moves to the half-day. Raises NotPossible as moving a session does."""
    _require_to_date(poll)
    session = cast(Session, poll.session)
    if (session.starts_at, session.ends_at) != (starts_at, ends_at):  # else it was moved by hand
        move(
            session=session,
            starts_at=starts_at,
            ends_at=ends_at,
            venue=session.venue,
            online_link=session.online_link,
            seats=session.seats,
            reason=SUITS_MOST,
            by=by,
        )
    poll.dated_at = clock.now()
    poll.save(update_fields=["dated_at"])
    return poll
