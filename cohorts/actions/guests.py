"""Sessions to which people from outside are invited: line managers and guests book a place by a link, as for an event (B30)."""

from django import forms

from cohorts.actions.bookings import RUN
from cohorts.models import Occasion, Session
from cohorts.models.events import MOST_PLACES
from cohorts.notices import events as notices
from cohorts.states.events import EVENT, EventKind, EventStatus, ForWhom
from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, step

#: Whom a session can be opened to.
WHOM = (ForWhom.MANAGERS, ForWhom.MENTORS, ForWhom.GUESTS)


class GuestsForm(StepForm):
    """Whom, and how many."""

    for_whom = forms.ChoiceField(
        label="Whom do you invite?",
        choices=[(one.value, one.label) for one in WHOM],
        help_text="To line managers and mentors you can add others by name.",
        error_messages={"required": "Choose whom you invite."},
    )
    capacity = forms.IntegerField(
        label="For how many of them is there room?",
        required=False,
        min_value=1,
        max_value=MOST_PLACES,
        help_text="Leave it empty if everybody gets a place. Participants are not counted.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"Enter a whole number from 1 to {MOST_PLACES}, or leave it empty."
        ),
    )


def _require_to_open(session: Session) -> None:
    refuse_if(session.cancelled_at, "This session was cancelled.", "state")
    refuse_if(session.starts_at <= clock.now(), "This session has begun.", "begun")
    refuse_if(
        Occasion.objects.filter(session=session).exists(), "This session is open to guests already.", "open_already"
    )


@step(
    Session,
    "Open it to line managers or guests",
    name="open_to_guests",
    noun="session",
    past="Opened to line managers or guests",
    meaning="It gets a page among the events, from which you invite people. They book a place by a link, and say what they need to eat, to take part "
    "and, where there is a night, whether they stay. They are told when the session moves or is cancelled. Nobody is told yet.",
    permission=RUN,
    policy=_require_to_open,
    form=GuestsForm,
)
def open_to_guests(*, session: Session, for_whom: str, by: Actor, capacity: int | None = None) -> Occasion:
    """An event that is where and when the session is. Raises NotPossible for one that has begun, or has one already."""
    found = Session.objects.select_for_update(of=("self",)).for_steps().get(pk=session.pk)
    _require_to_open(found)
    occasion = Occasion.objects.create(
        programme=found.cohort.programme,
        cohort=found.cohort,
        session=found,
        kind=EventKind.PRESENTATIONS,
        title=found.title,
        for_whom=for_whom,
        capacity=capacity,
        has_meal=found.asks,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        venue=found.venue,
        online_link=found.online_link,
    )
    return EVENT.move(occasion, "open_it")


def _of(session: Session) -> Occasion | None:
    found = Occasion.objects.select_for_update(of=("self",)).filter(session=session).for_steps().first()
    return found if found and found.status == EventStatus.OPEN else None


def follow(session: Session) -> None:
    """The session has moved: its guests come then, and are told, unless it is over."""
    occasion = _of(session)
    if occasion is None:
        return
    before = f"{occasion.when_in_words}. {occasion.place_in_words}"
    occasion.starts_at, occasion.ends_at = session.starts_at, session.ends_at
    occasion.venue, occasion.online_link = session.venue, session.online_link
    occasion.save(update_fields=["starts_at", "ends_at", "venue", "online_link"])
    occasion.refresh_from_db(fields=["sequence"])
    if not occasion.is_over:
        notices.tell_changed(occasion, before, was_dated=True)


def end(session: Session) -> None:
    """The session was cancelled: so is what its guests booked."""
    occasion = _of(session)
    if occasion is None:
        return
    was_over = occasion.is_over
    EVENT.move(occasion, "cancel")
    occasion.refresh_from_db(fields=["sequence"])
    if not was_over:
        notices.tell_called_off(occasion, "")
