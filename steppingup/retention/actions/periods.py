"""A provider says for how long it keeps what."""

from typing import Any

from django import forms
from django.db.models import Count, QuerySet, TextField, Value

from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, holds_everywhere
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.roles import SitePermission
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.history.previews import note
from steppingup.retention.kinds import Kind, all_kinds, months_before
from steppingup.retention.models import RetentionPeriod
from steppingup.steps.step import StepForm, step


def field_of(kind: Kind) -> str:
    return kind.key.replace(".", "_")


def periods_of(provider: Organisation) -> dict[str, int]:
    """The months that a provider has said, by kind; empty where it has said nothing yet."""
    return dict(provider.retention_periods.values_list("kind", "months"))


def said_by(provider: Organisation) -> list[tuple[Kind, int]]:
    """The kinds of which a provider has said for how many months it keeps them."""
    said = periods_of(provider)
    return [(kind, said[kind.key]) for kind in all_kinds() if kind.key in said]


def due_of(provider: Organisation, kind: Kind, months: int) -> QuerySet[Any]:
    """What goes tonight, if it is kept for so many months."""
    return kind.due(provider, months_before(clock.today(), months))


def numbers_due(provider: Organisation, months: dict[str, int], *, ahead: int = 0) -> dict[str, int]:
    """How many records of each kind are due tonight, or within so many months; in one query. Kinds of which there are none,
    or which are not counted, are left out."""
    counted = [
        due_of(provider, kind, months[kind.key] - ahead)
        .order_by()
        .annotate(of_kind=Value(kind.key, TextField()))
        .values("of_kind")
        .annotate(number=Count("pk"))
        .values_list("of_kind", "number")
        for kind in all_kinds()
        if kind.key in months and kind.is_counted
    ]
    return dict(counted[0].union(*counted[1:], all=True)) if counted else {}


class PeriodsForm(StepForm):
    """A number of months for each kind, which begins with what the provider has said, or with what we propose."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = periods_of(self.subject)
        for kind in all_kinds():
            label = f"{kind.what}: months after {kind.since}"
            self.fields[field_of(kind)] = forms.IntegerField(
                label=label,
                min_value=kind.least,
                max_value=kind.most,
                initial=said.get(kind.key, kind.months),
                help_text=kind.why,
                error_messages={
                    "required": "Enter a number of months.",
                    "invalid": "Enter a whole number of months, such as 12.",
                    "min_value": f"Enter {kind.least} or more.",
                    "max_value": f"Enter {kind.most} or less: {kind.most // 12} years.",
                },
            )

    def values(self) -> dict[str, Any]:
        return {"months": {kind.key: self.cleaned_data[field_of(kind)] for kind in all_kinds()}}


def _guard(by: Actor, provider: Organisation) -> None:
    """Raises NotAllowed for whoever keeps the people of some cohorts only."""
    if not isinstance(by, User) or not holds_everywhere(by, SitePermission.MANAGE_PEOPLE, provider.pk):
        raise NotAllowed(f"{by} does not decide for all of {provider}.")


def _require_provider(provider: Organisation) -> None:
    refuse_if(not provider.is_provider, "This organisation does not run programmes here.", "no_provider")


@step(
    Organisation,
    "Say how long things are kept",
    name="set_periods",
    noun="provider",
    past="Said how long things are kept",
    meaning="From tonight, what is older is removed each night, with its history, its files and the emails about it. People read "
    "these periods on your privacy page.",
    permission=SitePermission.MANAGE_PEOPLE,
    guard=_guard,
    policy=_require_provider,
    form=PeriodsForm,
)
def set_periods(*, provider: Organisation, months: dict[str, int], by: Actor) -> Organisation:
    """From now on this provider keeps each kind for so many months. What will go tonight is said on the page before."""
    _require_provider(provider)
    for kind in all_kinds():
        given = months[kind.key]
        refuse_if(
            not kind.least <= given <= kind.most,
            f"{kind.what} are kept for {kind.least} to {kind.most} months.",
            "period",
            field=field_of(kind),
        )
        RetentionPeriod.objects.update_or_create(provider=provider, kind=kind.key, defaults={"months": given})
    due = numbers_due(provider, months)
    for kind in all_kinds():
        if number := due.get(kind.key):
            records = english.counted(number, "record", "records")
            note(f"{kind.what}: {records} will be removed tonight. They cannot be got back.")
    return provider
