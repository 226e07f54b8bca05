"""Where a text or a reminder rule may be made different: a programme, a cohort.

This app does not know what those are; the apps that own them register them here, narrowest first.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from steppingup.accounts.models import Organisation, User
from steppingup.history.lifecycle import NotPossible


@dataclass(frozen=True)
class ScopeType:
    """A model that texts and rules can belong to.

    `title`: “Cohort”. `order`: 0 is the widest. `for_staff(user)`: the objects whose texts this person may change.
    `wider(obj)`: the scopes around it, nearest first. `provider(obj)`: whose it is. `reply_to(obj)`: the address that
    answers to its emails go to, if it has one. `limits_roles`: a role may be limited to some of these."""

    model: type[models.Model]
    title: str
    order: int
    for_staff: Callable[[User], models.QuerySet[Any]]
    wider: Callable[[Any], Sequence[models.Model]]
    provider: Callable[[Any], Organisation]
    reply_to: Callable[[Any], str] = lambda obj: ""
    limits_roles: bool = False


_types: dict[type, ScopeType] = {}


def add_scope_type(scope: ScopeType) -> None:
    _types[scope.model] = scope


def chain(obj: models.Model) -> list[models.Model]:
    """The object and the scopes around it, most specific first: what `send(scopes=…)` wants."""
    return [obj, *_types[type(obj)].wider(obj)]


def provider_of(obj: models.Model | None) -> Organisation | None:
    """The provider that a scope belongs to; None for the default or for a model that nobody registered."""
    found = _types.get(type(obj))
    return found.provider(obj) if found else None


def limit_of(around: Iterable[models.Model]) -> int | None:
    """The id of the first of these scopes to which a role may be limited; None where what is said is of the provider as a whole."""
    return next((one.pk for one in around if (found := _types.get(type(one))) and found.limits_roles), None)


def of_roles(roles: Iterable[Any]) -> Q:
    """The condition on texts and rules that whoever holds these roles sees: what holds everywhere and what their providers have, and
    by a role that is limited to some cohorts nothing that was made for another."""
    limits = [ContentType.objects.get_for_model(one.model) for one in _types.values() if one.limits_roles]
    found = Q(provider=None)
    for role in roles:
        own = Q(provider=role.provider_id)
        if role.is_limited:
            own &= ~Q(content_type__in=limits) | Q(object_id__in=sorted(role.cohort_ids))
        found |= own
    return found


def reply_to_of(obj: models.Model | None) -> str:
    """Where answers to emails of this scope go; nothing when it names no address of its own."""
    found = _types.get(type(obj))
    return found.reply_to(obj) if found else ""


def key(obj: models.Model) -> tuple[int, int]:
    """How a scope is written in a row: its content type and its id."""
    return ContentType.objects.get_for_model(obj).pk, obj.pk


def choices(user: User, without: Container[object] = ()) -> list[tuple[str, list[tuple[str, str]]]]:
    """The scopes for which this person may make something different, in groups, without those named by their keys."""
    groups = []
    for scope in sorted(_types.values(), key=lambda scope: scope.order):
        pairs = [(key(obj), str(obj)) for obj in scope.for_staff(user)]
        groups.append((scope.title, [(f"{one[0]}-{one[1]}", label) for one, label in pairs if one not in without]))
    return [(title, free) for title, free in groups if free]


def chosen(user: User, value: str) -> models.Model:
    """The object behind a choice. Raises NotPossible when the person may not choose it."""
    if value not in {offered for _, pairs in choices(user) for offered, _ in pairs}:
        raise NotPossible("Choose a programme or cohort from the list.", "choice")
    type_id, _, pk = value.partition("-")
    return ContentType.objects.get_for_id(int(type_id)).get_object_for_this_type(pk=int(pk))
