"""Steps: what somebody can do to a record, each said once.

@step(Application, "Shortlist", past="Shortlisted", story="You were put on the shortlist", permission=DECIDE,
      lifecycle=APPLICATION, form=asking(note=note_field()), undo="reconsider", bulk=True, weight=Weight.STRONG)
def shortlist(*, application: Application, by: Actor, note: str = "") -> Application:
    ...

The function stays what everybody calls: `shortlist(application=..., by=...)`. From the step follow its button and page, the
page for many, the line in the record's history, what waits on the first page, and its row in the tests that walk all steps.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar, Generic, ParamSpec, TypeVar

from django import forms
from django.db import models, transaction
from django.forms.utils import pretty_name

from steppingup.accounts.actors import Actor, NotAllowed, require
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.formats.english import lasting
from steppingup.history.lifecycle import Lifecycle, NotPossible
from steppingup.history.patience import letters_wait
from steppingup.history.together import in_one_transaction
from steppingup.steps.noting import noting, taking_under_way

P = ParamSpec("P")
R = TypeVar("R")


class Weight(StrEnum):
    """How a button looks: what is usually next, what can be done besides, and what ends something."""

    STRONG = "strong"
    PLAIN = "plain"
    DANGER = "danger"


@dataclass(frozen=True)
class Waiting:
    """Records for which the step is what comes next: “3 applications are shortlisted, to be invited”.

    `rows` narrows a QuerySet of the model to them; the number and the list that it links to are both made by it. `one` and
    `many` go on after the number. `order` among everything that waits on the first page."""

    rows: Callable[[Any], Any]
    one: str
    many: str
    order: int = 50


@dataclass(frozen=True)
class Table:
    """Rows of words on the page before a step."""

    caption: str
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]


class ChosenFrom(forms.ModelChoiceField):
    """A choice of records that depends on the record of the step: `rows(subject)`. `said` is how each reads. `within`: those
    only for which whoever of the staff asks holds this permission too, where the step does something to the record that is chosen."""

    def __init__(
        self,
        model: type[models.Model],
        rows: Callable[[Any], Any],
        said: Callable[[Any], str] = str,
        *,
        within: Permission | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(model._default_manager.none(), **{"empty_label": None, **kwargs})
        self.rows, self.said, self.within = rows, said, within

    def rows_for(self, subject: Any, by: Any) -> Any:
        found = self.rows(subject)
        return found.visible_to(by, self.within) if self.within and isinstance(by, User) else found

    def label_from_instance(self, obj: Any) -> str:
        return self.said(obj)


class StepForm(forms.Form):
    """What a step asks. It knows the record and who asks, and may give the action other values than its fields have.

    For many records at once `subject` is the first, and `subjects` are all of them in their order. `suggests`: fields that
    begin with what was last used elsewhere, and not with something of the record. `begins_by`: fields that a link to the page may fill in,
    for whoever looks at it then."""

    suggests: ClassVar[tuple[str, ...]] = ()
    begins_by: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, data: Any = None, files: Any = None, *, subject: Any, subjects: Any = (), by: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, files, **kwargs)
        for name, field in self.fields.items():  # plainer words than Django's own
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = f"Fill in “{field.label or pretty_name(name)}”."
            if isinstance(field, ChosenFrom):
                field.queryset = field.rows_for(subject, by)
        self.subject, self.subjects, self.by = subject, list(subjects) or [subject], by

    def values(self) -> dict[str, Any]:
        """What the action is given."""
        return self.cleaned_data

    def table(self, subject: Any) -> "Table | None":
        """What was filled in, worked out for a look before the step is taken: the dates that a plan would give."""
        return None

    def warnings(self, subject: Any) -> list[str]:
        """What speaks against it without forbidding it: shown on the page before the step, whose button confirms it."""
        return []

    def values_for(self, subject: Any) -> dict[str, Any]:
        """What it is given for one of many: the time of this person's interview."""
        return self.values()


def asking(**fields: forms.Field) -> type[StepForm]:
    """The form of a step that asks no more than these fields, under their names."""
    return type("AskingForm", (StepForm,), fields)


@dataclass(frozen=True, eq=False)
class Step(Generic[P, R]):
    """One thing that somebody can do to a record of `model`.

    Words: `label` stands on the button; `past` in the record's history and in results (“Shortlisted”); `story` is the same
    for whoever the record is about (“You were put on the shortlist”), and nothing where it is the provider's own business;
    `meaning` says what it means before it is done: a sentence, or made from the record and what was filled in.

    Who: a `permission` that staff must hold for this record, and `guard(by, record)`, which raises NotAllowed for whoever
    may not although they hold it (nobody decides about themselves), or instead of a permission (the applicant alone).

    When: `lifecycle` must allow one of `moves` (by default the move with the step's name) for this record, and `policy(record)` raises
    NotPossible, with a sentence and a code, for what the status alone does not say. A policy hides the button unless
    `explains`: then the page says what has to be done first. `done(record)`: without a lifecycle, is it taken already?

    What: `run` is the action; it gets the record as `noun`, `by`, and what `form` gives. `bulk`: it can be taken for many at
    once. `number(record, **values)`: how many other records it changes, where these can be many; a worker takes it then.

    And back: every step can be taken back exactly (`steppingup.steps.actions.back`), by whoever may take it and, where
    that is the public, by staff with the permission `back_by` and whom `back_guard` lets pass; by people who did it to their own, where `own_back`; unless `final` says why not. `undo` names the step of the
    same model that puts it right in the ordinary course of things: “End the pair”, after it was confirmed. `page` leads
    from the record to the one on whose page the step stands: where its own has no page, or goes. `grace`: what it tells
    people waits so long, and is never sent when the step is taken back in that time.

    `stands(record, by)`: how what hangs on the record stands, in lines with a word before each. It is read before and after the look
    ahead, in the same savepoint, and the page shows both: what a step brings about is said by nobody else.

    `for_them`: staff take it for somebody who rang or wrote; `own` is the step that this person could have taken
    (`steppingup.steps.behalf`)."""

    model: type[models.Model]
    name: str
    label: str
    run: Callable[P, R]
    noun: str
    past: str
    story: str = ""
    meaning: str | Callable[..., str] = ""
    permission: Permission | None = None
    guard: Callable[[Actor, Any], Any] | None = None
    lifecycle: Lifecycle | None = None
    done: Callable[[Any], bool] | None = None
    moves: tuple[str, ...] = ()
    policy: Callable[[Any], None] | None = None
    explains: bool = False
    form: type[StepForm] | None = None
    undo: str = ""
    final: str = ""
    back_by: Permission | None = None
    back_guard: Callable[[Actor, Any], Any] | None = None
    own_back: bool = True
    page: str = ""
    grace: timedelta | None = None
    grace_if: Callable[[Any], bool] | None = None
    bulk: bool = False
    number: Callable[..., int] | None = None
    weight: Weight = Weight.PLAIN
    waiting: Waiting | None = None
    own: "Step[Any, Any] | None" = None
    for_them: bool = False
    stands: Callable[[Any, Any], Sequence[tuple[str, str]]] | None = None

    do_not_call_in_templates: ClassVar[bool] = True
    #: All of them, by their keys, in the order in which they were written.
    registry: ClassVar[dict[str, "Step[Any, Any]"]] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Take the step, in one transaction; within another step as a part of it. Raises NotAllowed and NotPossible."""
        with in_one_transaction() if taking_under_way() else transaction.atomic():
            subject: Any = kwargs[self.noun]
            self.require_allowed(kwargs["by"], subject)  # type: ignore[arg-type]
            if self.policy:
                self.policy(subject)
            if self.final:  # nothing of it is ever put back, so nothing is kept
                return self.run(*args, **kwargs)
            page = getattr(subject, self.page) if self.page else subject
            with noting(self.key, page, kwargs["by"]), letters_wait(self.wait(subject)):  # type: ignore[arg-type]
                return self.run(*args, **kwargs)

    def wait(self, subject: Any) -> timedelta | None:
        """How long its emails would wait, were it taken now."""
        return self.grace if self.grace_if is None or self.grace_if(subject) else None

    @property
    def way_back(self) -> str:
        """What the page before it says about a mistake, for staff."""
        if self.final:
            return f"This cannot simply be undone. {self.final}"
        if self.grace:
            soon = "Unless it is soon, e" if self.grace_if else "E"
            wait = f"{soon}mails wait {lasting(self.grace)} before they leave."
            return f"{wait} If you take it back by then, nobody hears of it."
        return "If it turns out to be a mistake, you can take it back on the same page."

    @property
    def page_model(self) -> type[models.Model]:
        """The model on whose page it stands."""
        return self.model._meta.get_field(self.page).related_model if self.page else self.model  # type: ignore[return-value]

    @property
    def key(self) -> str:
        """“applications.application.shortlist”: what it is called in jobs and in addresses."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def require_allowed(self, by: Actor, subject: Any) -> None:
        """Raises NotAllowed for whoever may not, whatever the record's state."""
        # The guard comes first: who may not see a record because it is about them is told that a colleague decides.
        if self.guard is not None:
            self.guard(by, subject)
        if self.permission is not None:
            require(by, self.permission, subject)

    def require_possible(self, subject: Any) -> None:
        """Raises NotPossible when the record, as it was loaded, does not allow the step."""
        if self.lifecycle is not None and not any(self.lifecycle.allows(subject, name) for name in self.moves):
            self.lifecycle.check(subject, self.moves[0])
        if self.policy is not None:
            self.policy(subject)

    def refusal(self, by: Actor, subject: Any) -> NotAllowed | NotPossible | None:
        """Why this person cannot take the step now, or nothing."""
        try:
            self.require_allowed(by, subject)
            self.require_possible(subject)
        except (NotAllowed, NotPossible) as why:
            return why
        return None

    def is_offered(self, by: Actor, subject: Any) -> bool:
        """Does this person see its button on this record now?"""
        why = self.refusal(by, subject)
        return why is None or (self.explains and isinstance(why, NotPossible) and why.code != "state")

    def is_done(self, subject: Any) -> bool:
        """Is the record where the step leads? Then pressing the button twice is no mistake."""
        if self.lifecycle is None:
            return self.done is not None and self.done(subject)
        return getattr(subject, self.lifecycle.field) in {self.lifecycle.moves[name].target for name in self.moves}

    def says(self, subject: Any, values: dict[str, Any] | None = None) -> str:
        """What it means for this record, before it is done."""
        return self.meaning(subject, **(values or {})) if callable(self.meaning) else self.meaning


def steps_of(model: type[models.Model]) -> list[Step[Any, Any]]:
    """The steps that can be taken on a record of this model, in the order in which they were written."""
    return [step for step in Step.registry.values() if step.model is model]


def step(
    model: type[models.Model], label: str, *, name: str = "", noun: str = "", **more: Any
) -> Callable[[Callable[P, R]], Step[P, R]]:
    """Make an action a step of `model`. Its name is the function's, its noun the model's; see Step for the rest.

    Raises ValueError for a name that is taken, or a lifecycle without such a move."""

    def decorate(run: Callable[P, R]) -> Step[P, R]:
        own = name or getattr(run, "__name__", "")
        lifecycle: Lifecycle | None = more.get("lifecycle")
        moves = tuple(more.pop("moves", (own,) if lifecycle else ()))
        if lifecycle and not set(moves) <= set(lifecycle.moves):
            raise ValueError(f"{own}: the lifecycle “{lifecycle.name}” has no such moves: {moves}.")
        found = Step(model, own, label, run, noun or str(model._meta.model_name), moves=moves, **more)
        if Step.registry.setdefault(found.key, found) is not found:
            raise ValueError(f"{model._meta.label} has a step “{own}” already.")
        return found

    return decorate
