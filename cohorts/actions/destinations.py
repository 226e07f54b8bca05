"""Where graduates are at the end and in the years after: asked by the clock, answered by a link in under a minute, and answered again
where something was wrong (B58). What somebody told by telephone is entered by staff."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localdate

from cohorts.models import Destination, DestinationAnswer, DestinationMoment, Enrolment, StepConfirmation
from cohorts.notices import destinations as notices
from cohorts.notices.confirmations import let_go
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from cohorts.states.destinations import Move
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, may, require_colleague
from steppingup.accounts.models import TokenLink, User
from steppingup.formats.dates import add_months
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.behalf import asked, on_behalf
from steppingup.steps.step import StepForm, step

RUN = CohortPermission.RUN_COHORTS
#: Whoever was to be asked longer ago than this is not: “after 6 months” would say something else by then.
TOO_LATE = timedelta(days=183)
WHICH = "Tick at least one answer."
ALONE = "“I am in the same job” says that nothing has changed. Take its tick away, or the others’."


# -- asking ----------------------------------------------------------------------------------------


def _due(enrolment: Enrolment, months: list[int], today: date) -> int | None:
    """The last moment that has come and not gone by, if that is later than any they were asked about."""
    ended = localdate(enrolment.completed_at) if enrolment.completed_at else today
    come = [one for one in months if today - TOO_LATE <= add_months(ended, one) < today]
    found = max(come, default=None)
    last = getattr(enrolment, "last_asked", None)
    return None if found is None or (last is not None and found <= last) else found


def ask_graduates(today: date | None = None) -> int:
    """By the clock, once a day: each graduate about each moment once. After a day on which this did not run they are asked later, and
    where another moment has come meanwhile, about that one. Returns how many were."""
    today, number = today or clock.today(), 0
    wanted: dict[int, list[int]] = {}
    for moment in DestinationMoment.objects.all():
        wanted.setdefault(moment.programme_id, []).append(moment.months)
    stopped = Destination.objects.exclude(stopped_at=None).values("enrolment")
    graduates = Enrolment.objects.filter(
        status=EnrolmentStatus.COMPLETED, participant__is_active=True, cohort__programme__in=wanted
    )
    for one in graduates.exclude(pk__in=stopped).annotate(last_asked=Max("destinations__months")).for_steps():
        months = _due(one, wanted[one.cohort.programme_id], today)
        if months is not None:
            number += _ask(one, months)
    return number


@transaction.atomic
def _ask(enrolment: Enrolment, months: int) -> bool:
    """The row and the letter, together or not at all. Whoever makes the row first, asks."""
    locked = Enrolment.objects.locked(enrolment.pk)
    if locked.status != EnrolmentStatus.COMPLETED or locked.completed_at is None:
        return False
    due = add_months(localdate(locked.completed_at), months)
    made, mine = Destination.objects.get_or_create(enrolment=locked, months=months, defaults={"due_on": due})
    if mine:
        notices.ask(Destination.objects.for_steps().get(pk=made.pk))
    return mine


# -- answering -------------------------------------------------------------------------------------


def _is_own(by: Actor, destination: Destination) -> bool:
    """The graduate, signed in or by the link that was sent for this moment."""
    if isinstance(by, LinkHolder):
        return by.link.purpose == notices.DESTINATION_LINK and by.link.target == destination
    return isinstance(by, User) and by.pk == destination.enrolment.participant_id


def require_own(by: Actor, destination: Destination) -> None:
    if not _is_own(by, destination):
        raise NotAllowed(f"{by} was not asked this.")


def require_own_or_staff(by: Actor, destination: Destination) -> None:
    if not _is_own(by, destination) and not may(by, RUN, destination):
        raise NotAllowed(f"{by} was not asked this.")


def _require_graduate(destination: Destination) -> None:
    refuse_if(
        destination.enrolment.status != EnrolmentStatus.COMPLETED,
        f"{destination.enrolment.participant} is not recorded as having completed.",
        "state",
    )


def require_live_link(by: Actor) -> None:
    refuse_if(
        isinstance(by, LinkHolder) and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )


def _let_go(destination: Destination) -> None:
    """What was said is replaced: whoever was asked to confirm it is not asked any more."""
    for one in StepConfirmation.objects.filter(answer__destination=destination, withdrawn_at=None):
        let_go(one, "The graduate has changed what they said.")


class AnswerForm(StepForm):
    """A few ticks; the rest may stay empty. It begins with what was said before."""

    moves = forms.MultipleChoiceField(
        label="Where are you now?",
        help_text="Tick all that apply.",
        choices=Move.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": WHICH},
    )
    job_title = NameInput(label="Your job title now (optional)", max_length=150, required=False)
    words = forms.CharField(
        label="Anything that you would like to tell us? (optional)",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if said := DestinationAnswer.objects.filter(destination=self.subject.pk, replaced_at=None).first():
            self.initial = {"moves": said.moves, "job_title": said.job_title, "words": said.words, **self.initial}


@step(
    Destination,
    "Say where you are now",
    name="answer",
    past="Said where they are now",
    story="You said where you are now",
    meaning="Those who run the programme read it. What you said before for this moment is replaced.",
    guard=require_own,
    policy=_require_graduate,
    form=AnswerForm,
    final="To put it right, answer again: the last answer counts.",
)
def answer(
    *, destination: Destination, moves: list[str], by: Actor, job_title: str = "", words: str = ""
) -> DestinationAnswer:
    """What the graduate says stands from now on; what they said before is kept as replaced.

    Raises NotPossible for none or for what contradicts itself, and by a link that does not work any more."""
    require_live_link(by)
    refuse_if(not moves or not set(moves) <= set(Move.values), WHICH, "required", field="moves")
    refuse_if(Move.SAME in moves and set(moves) - {Move.SAME, Move.WIDER}, ALONE, "alone", field="moves")
    # One after the other: two at once would both find nothing to replace.
    locked = Destination.objects.select_for_update(of=("self",)).get(pk=destination.pk)
    DestinationAnswer.objects.filter(destination=locked, replaced_at=None).update(replaced_at=clock.now())
    _let_go(locked)
    told = asked()
    return DestinationAnswer.objects.create(
        destination=locked,
        moves=[one for one in Move.values if one in moves],
        job_title=job_title.strip(),
        words=words.strip(),
        said_on=told.on if told else clock.today(),
        entered_by=told.doer if told else None,
    )


class ToldForm(AnswerForm):
    """The same questions, as staff ask them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moves"].label = "Where are they now, in their words?"
        self.fields["job_title"].label = "Their job title now (optional)"
        self.fields["words"].label = "What else did they tell you for us to keep? (optional)"


answer_for_them = on_behalf(
    answer,
    Destination,
    "Enter what they told you",
    past="What they told us was entered",
    form=ToldForm,
    whose=lambda destination: destination.enrolment.participant,
    permission=RUN,
    meaning="It counts as if they had answered themselves, with the day on which they told you.",
)


# -- not again, and again ----------------------------------------------------------------------------


def _own_rows(destination: Destination) -> Any:
    return Destination.objects.filter(enrolment=destination.enrolment_id)


@step(
    Destination,
    "Do not ask again",
    name="stop",
    past="Not asked again",
    story="You asked us not to ask you again",
    meaning="No further emails ask where they are, about this moment or a later one. What was answered stays.",
    guard=require_own_or_staff,
    policy=lambda destination: refuse_if(destination.stopped_at, "They are not asked any more.", "stopped"),
    done=lambda destination: destination.stopped_at is not None,
    undo="resume",
    back_by=RUN,
)
def stop(*, destination: Destination, by: Actor) -> Destination:
    """The graduate does not want to be asked again. Who has said so, answered nothing or not, is counted apart."""
    require_live_link(by)
    destination.stopped_at = clock.now()
    destination.save(update_fields=["stopped_at"])
    return destination


@step(
    Destination,
    "Ask again after all",
    name="resume",
    past="Asked again after all",
    story="You let us ask you again",
    meaning="At the next moment that has not come yet they are asked again. Nobody is told now.",
    guard=require_own_or_staff,
    policy=lambda destination: refuse_if(not destination.stopped_at, "They are asked as it is.", "not_stopped"),
    done=lambda destination: destination.stopped_at is None,
    undo="stop",
    back_by=RUN,
)
def resume(*, destination: Destination, by: Actor) -> Destination:
    """They have changed their mind, or it was a mistake."""
    require_live_link(by)
    for one in _own_rows(destination).exclude(stopped_at=None):
        one.stopped_at = None
        one.save(update_fields=["stopped_at"])
    return Destination.objects.get(pk=destination.pk)


def _require_to_chase(destination: Destination) -> None:
    _require_graduate(destination)
    answered = DestinationAnswer.objects.filter(destination=destination, replaced_at=None).exists()
    refuse_if(answered, "They have answered already.", "answered")
    refuse_if(destination.stopped_at, "They asked us not to ask again.", "stopped")
    refuse_if(
        not destination.enrolment.participant.is_active,
        "Their account is closed, so they are not written to.",
        "closed",
    )


@step(
    Destination,
    "Ask once more",
    name="ask_once_more",
    past="Asked once more",
    meaning="They get another email with a new link; the one that they had stops working.",
    permission=RUN,
    guard=lambda by, destination: require_colleague(
        by, destination.enrolment.participant, "You can answer yourself. There is no need to write to you."
    ),
    policy=_require_to_chase,
    bulk=True,
)
def ask_once_more(*, destination: Destination, by: Actor) -> Destination:
    """Staff write to somebody who has not answered, or whose link has run out."""
    notices.ask(Destination.objects.for_steps().get(pk=destination.pk))
    return destination
