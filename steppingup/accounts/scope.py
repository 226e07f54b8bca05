"""Who may see which rows: every model says once whose its rows are, and every list starts from `visible_to(user)`.

class Review(ScopedModel):
    visibility = Scope(through="application")

Review.objects.visible_to(user)                                    # by the permission that sees such rows
Review.objects.visible_to(user, CohortPermission.DECIDE_APPLICATIONS)    # by another one
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self, TypeVar

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

from steppingup.accounts.roles import Permission

M = TypeVar("M", bound=models.Model, covariant=True)


@dataclass(frozen=True)
class Scope:
    """Whose the rows of a model are.

    `provider` and `cohort` lead from the model to its provider and its cohort ("cohort__programme__provider"); a role
    that is limited to some cohorts sees the rows of these only. `through` names a relation instead, whose record's scope
    holds here too. `owner` leads to the person whose own rows they are, which nobody else lists. `about` leads to the person
    whom staff judge by these rows: whatever role that person holds, by whichever of their accounts, it does not list them. Where several records say
    whose a row is, `rule` makes a condition from the roles that count. Rows that are of the provider as a `whole` are not for a role
    that is limited to some cohorts; where `loose`, those without a cohort are, too. With none of these, the rows are shared by all
    providers, and so are rows without a provider where these are `shared`. `see` is the permission with which staff list
    them; without one, nobody does. `contest` leads to the cohort for whose places the people of these rows compete: nobody
    who competes with them lists these rows, except with the permission `also_for_rivals`."""

    see: Permission | None = None
    provider: str = ""
    cohort: str = ""
    through: str = ""
    owner: str = ""
    about: str = ""
    contest: str = ""
    also_for_rivals: Permission | None = None
    rule: Callable[[Sequence[Any]], Q] | None = None
    shared: bool = False
    whole: bool = False
    loose: bool = False

    def within(self, relation: str, see: Permission | None) -> "Scope":
        """The same scope, seen from a record on the other side of `relation`."""
        paths: dict[str, Any] = {
            name: "__".join(filter(None, (relation, path.removesuffix("pk").removesuffix("__"))))
            for name, path in (
                *(("provider", self.provider), ("cohort", self.cohort)),
                *(("owner", self.owner), ("about", self.about), ("contest", self.contest)),
            )
            if path
        }
        return Scope(
            see=see or self.see, also_for_rivals=self.also_for_rivals, whole=self.whole, loose=self.loose, **paths
        )


#: What a model may say besides whose scope it shares.
ADDED = ("about", "contest", "also_for_rivals")


@lru_cache(maxsize=256)
def scope_of(model: type[models.Model]) -> Scope:
    """The model's scope, with the paths of what it goes through. Raises AttributeError for a model without `visibility`."""
    own: Scope = model.visibility  # type: ignore[attr-defined]
    if not own.through:
        return own
    parent: Any = model
    for name in own.through.split("__"):
        parent = parent._meta.get_field(name).related_model
    found = scope_of(parent).within(own.through, own.see)
    added = {name: value for name in ADDED if (value := getattr(own, name))}
    return replace(found, **added) if added else found


def follow(record: models.Model, path: str) -> int | None:
    """The id at the end of a path, read from the record and what it is related to."""
    value: Any = record
    *way, last = path.split("__")
    for name in way:
        value = getattr(value, name, None)
        if value is None:
            return None
    if last == "pk":
        return value.pk
    # A number of its own stands for a record that the model's app does not know.
    return getattr(value, f"{last}_id", getattr(value, last, None))


def at_hand(record: models.Model, path: str) -> models.Model | None:
    """The record at the end of a path, where all of the way was read with it: this asks nothing of the database."""
    value: Any = record
    for name in path.removesuffix("__pk").split("__"):
        value = value._state.fields_cache.get(name) if isinstance(value, models.Model) else None
    return value


def accounts(user: Any) -> frozenset[int]:
    """The ids of this person's accounts; none where nobody is signed in."""
    return getattr(user, "own_accounts", frozenset())


def roles_held(user: Any, permission: Permission | None) -> list[Any]:
    """The roles held now that carry the permission; nothing for whoever is not signed in, or not active."""
    if permission is None or not getattr(user, "is_active", False):
        return []
    return [role for role in user.current_roles if permission in role.permissions]


def is_superuser(user: Any) -> bool:
    return bool(getattr(user, "is_active", False) and getattr(user, "is_superuser", False))


def may_see(user: Any, record: models.Model, permission: Permission | None = None) -> bool:
    """Would `visible_to(user, permission)` list this record? Answered from the record; by a query where a `rule` decides."""
    scope = scope_of(type(record))
    wanted = permission or scope.see
    if scope.owner and wanted is None:
        return getattr(user, "pk", None) is not None and follow(record, scope.owner) == user.pk
    if scope.about and follow(record, scope.about) in accounts(user):
        return False
    if (rivals := competed_for(user, scope, wanted)) and follow(record, scope.contest) in rivals:
        return False
    if is_superuser(user):
        return True
    roles = counted(scope, roles_held(user, wanted))
    # A rule is a condition in SQL, so only the database can say.
    if scope.rule and roles and record.pk:
        return type(record)._default_manager.visible_to(user, wanted).filter(pk=record.pk).exists()  # type: ignore[attr-defined]
    if not scope.provider or record.pk is None:
        return bool(roles)
    provider = follow(record, scope.provider)
    if provider is None and scope.shared:
        return bool(roles)
    cohort = follow(record, scope.cohort) if scope.cohort else None
    of_any = not scope.cohort or (scope.loose and cohort is None)
    return any(role.provider_id == provider and (of_any or role.covers(cohort)) for role in roles if provider)


@dataclass(frozen=True)
class Contest:
    """A cohort for whose places somebody competes; `is_open` until it begins."""

    cohort: int
    provider: int
    is_open: bool


#: Apps say in which contests a person takes part.
_contests: list[Callable[[Any], Iterable[Contest]]] = []


def people_compete(rule: Callable[[Any], Iterable[Contest]]) -> None:
    """Add what an app knows of the contests in which a person takes part."""
    _contests.append(rule)


def contests_of(user: Any) -> list[Contest]:
    """The contests for places in which this person takes part."""
    return [one for rule in _contests for one in rule(user)] if getattr(user, "is_active", False) else []


def competed_for(user: Any, scope: Scope, wanted: Permission | None) -> list[int]:
    """The cohorts whose rows this person does not see, as they compete with the people of these."""
    if not scope.contest or (wanted is not None and wanted == scope.also_for_rivals):
        return []
    return sorted({one.cohort for one in contests_of(user)})


class ScopedQuerySet(models.QuerySet[M]):
    """Rows that somebody owns."""

    def visible_to(self, user: Any, permission: Permission | None = None) -> Self:
        """The rows that this person may list: by a role with the permission (the model's own unless another is named),
        at the provider or for the cohort; a person's own rows, where a model holds these; nothing for anybody else. What
        is `about` the person, or about those with whom they compete, is left out."""
        scope = scope_of(self.model)
        wanted = permission or scope.see
        if scope.owner and wanted is None:
            return self.filter(**{scope.owner: user.pk}) if getattr(user, "is_active", False) else self.none()
        rivals = competed_for(user, scope, wanted)  # first, as it finds out one's own accounts too
        found = self.exclude(**{f"{scope.about}__in": accounts(user)}) if scope.about else self
        if rivals:
            found = found.exclude(**{f"{scope.contest}__in": rivals})
        if is_superuser(user):
            return found
        roles = counted(scope, roles_held(user, wanted))
        if not roles:
            return self.none()
        if scope.rule:
            return found.filter(scope.rule(roles))
        return found.filter(covered(scope, roles)) if scope.provider else found

    def for_steps(self) -> Self:
        """With what steps on these rows read, so that many cost no more queries than one. Models with steps override it."""
        return self


class ScopedModel(models.Model):
    """A model whose rows somebody owns, as its `visibility` says, and that needs no questions of its own."""

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


def counted(scope: Scope, roles: list[Any]) -> list[Any]:
    """Those of the roles that count for such rows."""
    return [role for role in roles if not role.is_limited] if scope.whole else roles


def covered(scope: Scope, roles: Iterable[Any]) -> Q:
    """Rows at the providers of the roles; of the roles' own cohorts, where a role is limited to some."""
    roles = list(roles)
    whole = {role.provider_id for role in roles if not (scope.cohort and role.is_limited)}
    found = Q(**{f"{scope.provider}__in": sorted(whole)}) if whole else Q(pk__in=[])
    if scope.shared:
        found |= Q(**{scope.provider: None})
    # A role for the whole provider makes one for some of its cohorts idle.
    for role in roles:
        if scope.cohort and role.is_limited and role.provider_id not in whole:
            own = Q(**{f"{scope.cohort}__in": sorted(role.cohort_ids)})
            found |= Q(own | Q(**{scope.cohort: None}) if scope.loose else own, **{scope.provider: role.provider_id})
    return found


# -- people --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """Records that name people of a provider: the ways to these records' provider and cohort, and which of them count."""

    scope: Scope
    also: Q


#: By a role, and as apps add.
_people: list[Named] = [
    Named(Scope(provider="role_assignments__provider"), Q(role_assignments__joined_at__isnull=False))
]


def people_of_provider(provider: str, *, cohort: str = "", also: Q | None = None) -> None:
    """Add the people whom an app's own records name: people_of_provider("enrolments__cohort__programme__provider",
    cohort="enrolments__cohort"). A role that is limited to some cohorts sees those whom records of these name; without a `cohort`,
    they are of the provider as a whole."""
    _people.append(Named(Scope(provider=provider, cohort=cohort), also or Q()))


def belongs(roles: Sequence[Any]) -> Q:
    """The condition on people whom whoever holds these roles knows of, as colleagues or by the records of an app."""
    found = Q()
    for named in _people:  # each in a query of its own: joins of several kinds at once would multiply rows
        people = get_user_model()._base_manager.filter(covered(named.scope, roles), named.also)
        found |= Q(pk__in=people.values("pk"))
    return found
