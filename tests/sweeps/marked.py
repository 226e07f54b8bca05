"""A word of its own in every text of a provider: whoever reads it on another provider's page has found a hole."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection, models

from applications.roles import RoleName
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import belongs, scope_of
from tests.factories.accounts import RoleAssignmentFactory, UserFactory
from tests.ours import OURS

#: What the site reads, and nobody else: keys, addresses, codes.
CODES = {
    *("kind", "key", "slug", "step", "part", "page", "shown_if", "shown_if_answer", "choices", "year", "digest"),
    *("email", "to_email", "reply_to", "recipient", "email_here", "typed_email", "contact_email", "manager_email"),
    *("sponsor_email", "finance_email", "nominator_email", "phone", "contact_phone", "region", "reference_prefix"),
    *("prefix", "credit_prefix", "vat_number", "education", "grade", "other_employers", "online_link", "password"),
    *("standing", "invoiced_when", "listing", "query", "table", "check_in", "check_out", "agreed_to"),
}


def texts(model: type[models.Model]) -> list[models.Field]:
    """The columns in which somebody wrote something."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not (field.choices or field.unique or field.name in CODES or isinstance(field, models.GeneratedField))
    ]


def owned(provider: Organisation) -> Iterator[tuple[type[models.Model], models.QuerySet[Any]]]:
    """Every kind of record that belongs to a provider, and this one's rows of it; and its people."""
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in OURS or hasattr(model, "pgh_tracked_model"):
            continue
        scope = scope_of(model)
        if scope.provider:
            yield model, model._base_manager.filter(**{scope.provider: provider})
    everywhere = SimpleNamespace(provider_id=provider.pk, is_limited=False)
    yield User, User._base_manager.filter(belongs([everywhere]))


def mark(provider: Organisation, word: str) -> None:
    """Behind every text of this provider's rows, as they are and as their history has them. The guards of frozen rows look away."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, rows in owned(provider):
            ids = list(rows.values_list("pk", flat=True))
            append(cursor, model, "id", ids, texts(model), word)
            events = getattr(model, "pgh_event_model", None)
            if events is not None:
                kept = {field.name for field in events._meta.concrete_fields}
                append(cursor, events, "pgh_obj_id", ids, [one for one in texts(model) if one.name in kept], word)
        cursor.execute("SET LOCAL session_replication_role = origin")


def append(
    cursor: Any, model: type[models.Model], key: str, ids: list[int], fields: list[models.Field], word: str
) -> None:
    if not fields or not ids:
        return
    quoted = connection.ops.quote_name
    changes = ", ".join(
        f"{name} = CASE {name} WHEN '' THEN '' ELSE {name} || %s END" for name in (quoted(one.column) for one in fields)
    )
    words: list[Any] = [f" {word}"] * len(fields)
    cursor.execute(f"UPDATE {quoted(model._meta.db_table)} SET {changes} WHERE {key} = ANY(%s)", [*words, ids])


def with_every_role(provider: Organisation, **fields: Any) -> User:
    """Who sees all that any of the staff of a provider see."""
    person = UserFactory(is_staff=True, **fields)
    for role in RoleName.values:
        RoleAssignmentFactory(user=person, role=role, provider=provider)
    return person
