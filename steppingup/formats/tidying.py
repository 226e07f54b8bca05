"""Brings rows that were written before there was one form of names and addresses into it; for migrations."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from steppingup.formats import sameness


def tidy(model: Any, names: Iterable[str] = (), addresses: Iterable[str] = ()) -> None:
    """Write these columns of every row as `NameField` and `AddressField` do. Rows that need it only: most do not.

    A row that would then be another's double stays as it is."""
    forms: dict[str, Callable[[str], str]] = {
        **dict.fromkeys(names, sameness.clean),
        **dict.fromkeys(addresses, sameness.address),
    }
    for row in model.objects.order_by("pk").values("pk", *forms).iterator():
        changed = {name: form(row[name]) for name, form in forms.items() if form(row[name]) != row[name]}
        if changed:
            try:
                with transaction.atomic():
                    model.objects.filter(pk=row["pk"]).update(**changed)
            except IntegrityError:
                continue


def number_doubles(
    model: Any, name: str, key: Callable[[str], str], longest: int, within: Sequence[str] = (), **where: Any
) -> None:
    """Where two rows have the same name as people see it, the later one gets a number, so that a constraint can hold and
    somebody can look at them: “Acme Ltd” and “ACME Limited (2)”. `within` names columns that such rows have in common, `where`
    says of which rows it is asked."""
    seen: set[tuple[Any, ...]] = set()
    for row in model.objects.filter(**where).order_by("pk").values("pk", name, *within).iterator():
        given, number, found, same = row[name], 1, row[name], [row[column] for column in within]
        while (key(found), *same) in seen:
            number += 1
            found = f"{given[: longest - 6]} ({number})"
        seen.add((key(found), *same))
        if found != given:
            model.objects.filter(pk=row["pk"]).update(**{name: found})
