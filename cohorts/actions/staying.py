"""What people need to stay, to eat and to take part: asked for each day that asks, and confirmed by each participant (N7)."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from cohorts import notices
from cohorts.actions.sessions import RUN, require_changeable
from cohorts.extensions import needs_said_before
from cohorts.models import Enrolment, Needs, Session, Stay
from cohorts.models.joint import joined
from cohorts.models.staying import NeedsQuerySet
from cohorts.states import COHORT_OVER, EnrolmentStatus
from cohorts.states.staying import NeedsReader
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, System, may
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.messaging.actions import send
from steppingup.steps.models import Change
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, step

#: Today reminds of asking so long before the day, and suggests that people answer so long before it.
ASK_AHEAD, ANSWER_AHEAD = timedelta(weeks=6), timedelta(weeks=2)
#: Notes of people who are on no programme any more are kept so long after they last said or confirmed them.
KEPT = timedelta(days=365)
WHICH = "Choose the session."
YES, NO = "yes", "no"
LONGEST = 1000
NOTES = ("diet", "access", "room")


# -- asked ---------------------------------------------------------------------------------------


def _require_asking(session: Session) -> None:
    require_changeable(session)
    refuse_if(
        not session.asks, "First say on the session's page that people stay the night, or eat there.", "asks_nothing"
    )
    refuse_if(session.starts_at <= clock.now(), "This session has begun.", "begun")
    refuse_if(
        session.cohort.status in COHORT_OVER, f"This cohort is {session.cohort.get_status_display().lower()}.", "state"
    )


class AskForm(StepForm):
    """By when people are to answer."""

    needs_by = DayInput(
        label="To be confirmed by",
        help_text="When the venue needs to know. They are reminded before it.",
        error_messages={"required": "Enter the day by which they are to confirm it."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = timezone.localdate(self.subject.starts_at) - ANSWER_AHEAD
        self.fields["needs_by"].initial = self.subject.needs_by or max(usual, clock.today() + timedelta(days=1))


@step(
    Session,
    "Ask what people need",
    past="Asked",
    meaning="Everybody who takes part and has not confirmed it yet gets a letter with a page of their own: whether they stay the night, "
    "what they eat, and what they need to take part. What they said before stands there already. You can ask again, with another day.",
    permission=RUN,
    policy=_require_asking,
    form=AskForm,
    undo="ask_needs",
    waiting=Waiting(
        lambda sessions: sessions.to_ask(clock.today() + ASK_AHEAD).exclude(cohort__status__in=COHORT_OVER),
        "session for which to ask what people need",
        "sessions for which to ask what people need",
        order=32,
    ),
)
def ask_needs(*, session: Session, needs_by: date, by: Actor) -> Session:
    """Ask everybody who has not confirmed it what they need for a session, by a day that is not past and not after the session.

    Raises NotPossible for a session that asks nothing, has begun or was cancelled, and for another day."""
    found = Session.objects.select_for_update(of=("self",)).for_steps().get(pk=session.pk)
    _require_asking(found)
    first, last = clock.today(), timezone.localdate(found.starts_at)
    refuse_if(
        not first <= needs_by <= last,
        f"Enter a day from today to {english.day_date(last)}, the day of the session.",
        "day",
        field="needs_by",
    )
    found.needs_by, found.needs_asked_at = needs_by, clock.now()
    found.save(update_fields=["needs_by", "needs_asked_at"])
    for notice in notices.to_those_unconfirmed(notices.NEEDS_ASKED, found):
        send(notice)
    return found


# -- said once -----------------------------------------------------------------------------------


class NeedsForm(StepForm):
    """What somebody eats, and needs to take part and to sleep well, as they said it last."""

    diet = forms.CharField(
        label="For the kitchen",
        help_text="Such as vegetarian, halal, an allergy. Empty means that anything on the menu will do.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    access = forms.CharField(
        label="To take part fully",
        help_text="Such as step-free access, a hearing loop, large print, a quiet room.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    room = forms.CharField(
        label="For a bedroom",
        help_text="For nights away. Such as a walk-in shower, the ground floor, a fridge for medicine.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def _begin_with(self, person: User, enrolment: Enrolment | None = None) -> None:
        for name, text in needs_before(person, enrolment).items():
            if name in self.fields:
                self.fields[name].initial = text


class OwnNeedsForm(NeedsForm):
    """The same on the page that is about nothing else, and who else may know of it; `subject` is the person."""

    shown_to = forms.MultipleChoiceField(
        label="Who else may know what you need to take part fully?",
        help_text="Only that, and only while it is ticked; your host until the assignment ends. Nobody, if you leave it empty.",
        choices=NeedsReader.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begin_with(self.subject)
        found = Needs.objects.of_person(self.subject).first()
        self.fields["shown_to"].initial = found.shown_to if found else []


def needs_before(person: User, enrolment: Enrolment | None = None) -> dict[str, str]:
    """What somebody said last; where they have said nothing yet, what they said in their application."""
    if found := Needs.objects.of_person(person).first():
        return {name: getattr(found, name) for name in NOTES}
    said = next(filter(None, needs_said_before(enrolment)), "") if enrolment else ""
    return {"diet": "", "access": said, "room": ""}


def say_needs(*, person: User, diet: str, access: str, room: str, by: Actor, shown_to: Collection[str] = ()) -> Needs:
    """What somebody needs from now on, in their own words; and who else knows what they need to take part. Raises NotAllowed for anybody else than the person: staff say it for a
    session, as somebody asked them."""
    if not isinstance(by, User) or by.pk != person.pk:
        raise NotAllowed("Only they themselves change what they need.")
    _forget_before(Needs.objects.of_person(person))
    return _keep(person, {"diet": diet, "access": access, "room": room}, shown_to)


def _keep(person: User, notes: dict[str, str], shown_to: Collection[str] | None = None) -> Needs:
    """Without `shown_to` those know of it who did."""
    given = {name: text.strip() for name, text in notes.items()}
    found = Needs.objects.of_person(person).first() or Needs(person=person)
    for name, text in given.items():
        setattr(found, name, text)
    if shown_to is not None:
        found.shown_to = [str(NeedsReader(one)) for one in shown_to]
    found.said_at = clock.now()
    found.save()
    return found


def forget_needs(*, person: User, by: Actor) -> None:
    """Delete what somebody said. Nothing of it is kept. Raises NotAllowed for anybody else than the person."""
    if not isinstance(by, User) or by.pk != person.pk:
        raise NotAllowed("Only they themselves delete what they need.")
    _forget(Needs.objects.of_person(person))


def forget_outlived() -> int:
    """Delete the notes of people who are on no programme, a year after they last said or confirmed them. Returns how many."""
    return _forget(Needs.objects.outlived(clock.today() - KEPT))


def _forget_before(notes: NeedsQuerySet) -> None:
    """What they said before is kept only as long as a step that wrote it can be taken back, and no longer than they want."""
    keys = list(notes.values_list("pk", flat=True))
    Change.objects.filter(table=Needs._meta.db_table, key__in=keys).delete()


def _forget(notes: NeedsQuerySet) -> int:
    with transaction.atomic():
        _forget_before(notes)
        return notes.delete()[0]


# -- confirmed before each -----------------------------------------------------------------------


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    """The participant, or whoever runs the cohort for them."""
    if isinstance(by, System) or (isinstance(by, User) and by.pk == enrolment.participant_id):
        return
    if not may(by, RUN, enrolment):
        raise NotAllowed(f"{by} may not say what {enrolment.participant} needs.")


def to_confirm(enrolment: Enrolment) -> Any:
    """The sessions to come for which this participant says what they need."""
    own = Session.objects.for_enrolment(enrolment).going_ahead().asking()
    return own.filter(starts_at__gt=clock.now()).for_steps().order_by("starts_at", "pk")


def hosts_of(session: Session) -> str:
    """The other provider that hosts the day: “Skills for Care”. Empty where there is none."""
    found = joined(session)
    return str(found.host) if found and found.is_of_another_provider else ""


def _require_something(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED, f"{enrolment.participant} is not on the programme.", "not_on_it"
    )
    refuse_if(not to_confirm(enrolment).exists(), "No session to come asks what people need.", "asks_nothing")


class ConfirmForm(NeedsForm):
    """For one session, which is asked for where several are to come; whether they stay, where there is a night."""

    session = ChosenFrom(Session, to_confirm, label="For which session?", error_messages={"required": WHICH})
    stays = forms.ChoiceField(
        label="Staying the night?",
        choices=[(YES, "Yes"), (NO, "No")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no: is there to be a room for the night?"},
    )
    shared = forms.BooleanField(label="Whoever hosts the day may see it too", required=False)
    field_order = ("session", "stays", *NOTES, "shared")

    def __init__(self, *args: Any, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which: Any = self.fields["session"]
        coming = [session] if session else list(which.queryset)
        self.only = coming[0] if len(coming) == 1 else None
        if self.only:
            del self.fields["session"]
        if not any(one.nights for one in coming):
            del self.fields["stays"]
            del self.fields["room"]
        elif not self.only:
            self.fields["stays"].required = False
        if not any(hosts_of(one) for one in coming):
            del self.fields["shared"]
        elif self.only:
            self.fields["shared"].label = f"{hosts_of(self.only)}, who run the day, may see it too"
            self.fields[
                "shared"
            ].help_text = "So that the kitchen and the house hear of it. They see it until the day is over."
        self._begin_with(self.subject.participant, self.subject)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = self.only or values.get("session")
        if chosen and chosen.nights and not values.get("stays") and "stays" not in self.errors:
            self.add_error("stays", self.fields["stays"].error_messages["required"])
        return values

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        chosen: Session = self.only or given["session"]
        given["shared"] = bool(given.get("shared") and hosts_of(chosen))
        stays = given.pop("stays", "") == YES if chosen.nights else None
        return {"room": None, **given, "session": chosen, "stays": stays}


@step(
    Enrolment,
    "Confirm what they need",
    name="confirm_needs",
    past="Confirmed",
    meaning="Whoever runs the session sees it until it is over, to tell the kitchen and the house; nobody else does.",
    guard=_require_own,
    policy=_require_something,
    form=ConfirmForm,
    back_by=RUN,
)
def confirm_needs(
    *,
    enrolment: Enrolment,
    session: Session,
    by: Actor,
    stays: bool | None = None,
    diet: str = "",
    access: str = "",
    room: str | None = None,
    shared: bool = False,
) -> Stay:
    """What this participant needs for one session, said or said again, and whether they stay the night. Once more changes it. Without
    `room` what they said of a bedroom stays. `shared`: on a day that another provider hosts, those who run it may see it.

    Raises NotPossible for a session that is not theirs, asks nothing, was cancelled or has begun, and where it has nights without
    `stays`."""
    found = to_confirm(Enrolment.objects.locked(enrolment.pk)).filter(pk=session.pk).first()
    if found is None:
        raise NotPossible("This session is over, cancelled, or asks nothing of them.", "over", field="session")
    refuse_if(
        found.nights and stays is None,
        "Choose yes or no: is there to be a room for the night?",
        "required",
        field="stays",
    )
    person = enrolment.participant
    before = Needs.objects.of_person(person).first()
    kept = before.room if room is None and before else room or ""
    _keep(person, {"diet": diet, "access": access, "room": kept})
    given = {"stays": stays if found.nights else None, "shared": shared, "confirmed_at": clock.now()}
    stay, _ = Stay.objects.update_or_create(session=found, enrolment=enrolment, defaults=given)
    return stay
