"""Steps that staff take for somebody who rang, wrote on paper, or came: the same step, in that person's name.

decline_for_them = on_behalf(
    offers.decline, Application, whose=lambda application: application.applicant, find=open_offer,
    permission=DECIDE, guard=require_decider,
)

What the person could have done is done exactly so, with their own rules: whoever may act for them never gets past a closing
date, a place that is gone or a text that changed. The record of the step says who did it, for whom, how they asked, when
and why; the person is told what was done in their name; and it is taken back like every other step.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db import models

from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, OwnRecord
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.history.previews import note
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.kinds import MessageKind, add_message_kind
from steppingup.steps.asked import How, asked_in_words, you_asked
from steppingup.steps.models import Taking
from steppingup.steps.noting import taking_under_way
from steppingup.steps.step import Step, StepForm, Weight

DONE_FOR_YOU = add_message_kind(
    MessageKind(
        "steps.done_for_you",
        "Something was done in your name",
        "Whoever asked for it",
        {
            "what": "what was done",
            "record": "what it is about",
            "by": "who did it",
            "provider": "for whom they work",
            "asked": "how and when the person asked",
            "why": "what they said, as it was written down",
        },
        samples={
            "what": "Decline the place",
            "record": "SU-7K3MQ Amara Okafor",
            "by": "Priya Nair",
            "provider": "Bristol City Council",
            "asked": "you rang on 28 January 2020",
            "why": "She has another job and cannot take the time.",
        },
    )
)
#: An older letter is looked into before it is acted upon.
LONGEST_AGO = timedelta(days=366)
SAY_WHY = "Write down what they asked for, in a sentence: they will read it."
ASKED_FOR = "Do this only if they asked for it. They are told what you did, and that you did it for them."
NAMES = ("asked_by", "asked_how", "asked_on", "asked_why")
Person = User | LinkHolder
Whose = Callable[[Any], "Person | Sequence[Person] | None"]


@dataclass(frozen=True)
class Asked:
    """For whom staff act, and how and when this person asked for it."""

    doer: User
    name: str
    how: str
    on: date
    why: str

    @property
    def in_words(self) -> str:
        """“For Ben Okri, who rang on 3 May 2026: he has another job.”"""
        words = asked_in_words(self.name, self.how, self.on)
        return f"{words[:1].upper()}{words[1:]}: {self.why}"


_asked: ContextVar[Asked | None] = ContextVar("asked_for_by_somebody", default=None)


def asked() -> Asked | None:
    """For whom the step that is being taken is taken; nothing where whoever it belongs to takes it."""
    return _asked.get()


def name_of(person: Person) -> str:
    """What somebody is called who may have no account."""
    if isinstance(person, User):
        return str(person)
    target = person.link.target
    return getattr(target, "sponsor_name", "") or getattr(target, "name", "") or str(person) or "the employer"


def asked_fields() -> dict[str, forms.Field]:
    """How, when and why somebody asked."""
    return {
        "asked_how": forms.ChoiceField(
            label="How did they ask?",
            choices=How.choices,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose how they asked."},
        ),
        "asked_on": DayInput(
            label="When?",
            help_text="The day of the call, or the date on the letter.",
            initial=clock.today,
            error_messages={"required": "Enter the day on which they asked."},
        ),
        "asked_why": forms.CharField(
            label="What did they say?",
            help_text="In a sentence. They will read it in the email or letter that tells them what was done.",
            max_length=1000,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": SAY_WHY},
        ),
    }


class AskedForm(StepForm):
    """How, when and why somebody asked: what every step on behalf asks besides what the step itself does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.people = self.step_on_behalf.people(self.subject)
        own = dict(self.fields)
        if len(people) > 1:
            own["asked_by"] = forms.ChoiceField(
                label="Who asked for it?",
                choices=[(str(number), name_of(one)) for number, one in enumerate(people)],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose who asked for it."},
            )
        own |= asked_fields()
        self.fields = own
        # Fields of the public pages are laid out there; here they stand one below the other.
        self.__dict__.pop("helper", None)

    step_on_behalf: "OnBehalf"

    def values(self) -> dict[str, Any]:
        found = {name: value for name, value in super().values().items() if name not in NAMES}
        given = self.cleaned_data
        person = self.people[int(given.get("asked_by") or 0)] if self.people else None
        return found | {name: given[name] for name in NAMES[1:]} | {"asked_by": person}


@dataclass(frozen=True)
class OnBehalf:
    """One step of the public, as staff take it for whoever it belongs to.

    `own` is the step, or an action of theirs that is none; it gets the record that `find` finds from the one on whose page
    this stands (nothing: there is none now), under its `noun`. `whose` is the person, or those of whom one asked. `since`
    is the first day on which they can have asked."""

    own: Callable[..., Any]
    whose: Whose
    noun: str
    find: Callable[[Any], Any]
    guard: Callable[[Actor, Any], Any] | None
    since: Callable[[Any], date | None]
    policy: Callable[[Any], Any] | None

    def people(self, record: Any) -> list[Person]:
        found = self.whose(record)
        if found is None:
            return []
        return [found] if isinstance(found, User | LinkHolder) else list(found)

    def require_other(self, by: Actor, record: Any) -> None:
        """Raises NotAllowed for whoever is no member of staff; OwnRecord for whoever would act for themselves."""
        if not isinstance(by, User):
            raise NotAllowed("Only a member of staff can do this for somebody else.")
        if by in self.people(record):
            raise OwnRecord("This is your own. Do it on your own pages, or ask a colleague.")
        if self.guard is not None:
            self.guard(by, record)

    def require_possible(self, record: Any) -> None:
        inner = self.find(record)
        refuse_if(inner is None, "There is nothing to answer at the moment.", "state")
        if isinstance(self.own, Step):
            self.own.require_possible(inner)
        if self.policy is not None:
            self.policy(inner)

    def run(self, *, step: "Step[Any, Any]", by: Any, **values: Any) -> Any:
        record, person = values.pop(step.noun), values.pop("asked_by", None)
        asked_for = {name: values.pop(name) for name in NAMES[1:]}
        # Whoever signs for an employer is named on the paper, and may be somebody else than was asked.
        person = person or self.people(record)[0]
        called = values.get("name", "") if isinstance(person, LinkHolder) else ""
        what, inner = self.own.label if isinstance(self.own, Step) else step.label, self.find(record)
        with for_somebody(record, person, what, by=by, since=self.since(record), name=called, **asked_for):
            return self.own(**{self.noun: inner}, by=person, **values)


@contextmanager
def for_somebody(
    record: models.Model,
    person: Person,
    what: str,
    *,
    by: User,
    asked_how: str,
    asked_on: date,
    asked_why: str,
    since: date | None = None,
    name: str = "",
) -> Iterator[Asked]:
    """Inside a step of staff: what is done here is done for this person, who asked for it in this way, on this day (not before
    `since`). It is written on the record of the step, and the person is told of it (`what`: “Decline the place”) at its end.

    Raises NotPossible for a way or a day that cannot be, or without what they said."""
    _require_day(asked_on, since)
    refuse_if(asked_how not in How.values, "Choose how they asked.", "required", field="asked_how")
    given = Asked(by, name or name_of(person), asked_how, asked_on, required(asked_why, SAY_WHY, "asked_why"))
    _write_down(given, person)
    before = _asked.set(given)
    try:
        yield given
    finally:
        _asked.reset(before)
    _tell(what, record, person, given)


def _require_day(on: date, since: date | None) -> None:
    today = clock.today()
    refuse_if(on > today, "This day is in the future.", "future", field="asked_on")
    if since and on < since:
        sentence = f"That was before {english.day_date(since)}, when there was nothing to answer yet."
        raise NotPossible(sentence, "before", field="asked_on")
    refuse_if(
        on < today - LONGEST_AGO,
        "That was over a year ago. Ask them again whether they still want it.",
        "too_old",
        field="asked_on",
    )


def _write_down(given: Asked, person: Person) -> None:
    """On the record of the step that is being taken."""
    Taking.objects.filter(pk=taking_under_way() or 0).update(
        for_user=person if isinstance(person, User) else None,
        for_name=given.name[:254],
        asked_how=given.how,
        asked_on=given.on,
        asked_why=given.why,
    )


def _tell(what: str, record: models.Model, person: Person, given: Asked) -> None:
    """The person reads what was done in their name, whatever else the step tells them."""
    address = person.email if isinstance(person, User) else person.link.email
    if not address:
        note(f"{given.name} is not told: we have no address for them. Tell them yourself.")
        return
    words = {
        "what": what,
        "record": str(record),
        "by": str(given.doer),
        "asked": you_asked(given.how, given.on),
        "why": given.why,
    }
    told = Notice(DONE_FOR_YOU, person if isinstance(person, User) else address, record, words, name=given.name)
    send(replace(told, context={**words, "provider": str(told.whose or settings.SITE_NAME)}))


def on_behalf(
    own: Callable[..., Any],
    model: type[models.Model],
    label: str,
    *,
    whose: Whose,
    permission: Permission,
    past: str,
    name: str = "",
    noun: str = "",
    form: type[StepForm] | None = None,
    guard: Callable[[Actor, Any], Any] | None = None,
    policy: Callable[[Any], Any] | None = None,
    find: Callable[[Any], Any] = lambda record: record,
    since: Callable[[Any], date | None] = lambda record: None,
    meaning: str = "",
    story: str = "",
    page: str = "",
) -> Step[Any, Any]:
    """Make the step with which staff take `own` for somebody, on the page of a record of `model`.

    Never for themselves. `own` is a step of the public, or an action of theirs with `noun` and `by=` (then with `form`). `story`: what the person reads of it, where their own step has no words for that.
    Raises ValueError for a name that is taken."""
    theirs = own if isinstance(own, Step) else None
    kind = OnBehalf(own, whose, noun or (theirs.noun if theirs else ""), find, guard, since, policy)
    asks = form or (theirs.form if theirs else None) or StepForm
    made: Step[Any, Any] = Step(
        model,
        name or f"{theirs.name if theirs else getattr(own, '__name__', '')}_for_them",
        label,
        lambda **given: kind.run(step=made, **given),
        theirs.noun if theirs and page else str(model._meta.model_name),
        past,
        story,
        meaning=meaning or ASKED_FOR,
        permission=permission,
        guard=kind.require_other,
        policy=kind.require_possible,
        form=type("AskedForm", (AskedForm, asks), {"step_on_behalf": kind}),
        weight=theirs.weight if theirs and theirs.weight is Weight.DANGER else Weight.PLAIN,
        grace=theirs.grace if theirs else None,
        grace_if=theirs.grace_if if theirs else None,
        page=page,
        own=theirs,
        for_them=True,
    )
    if Step.registry.setdefault(made.key, made) is not made:
        raise ValueError(f"{model._meta.label} has a step “{made.name}” already.")
    return made
