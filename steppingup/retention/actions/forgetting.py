"""Every night: what a provider does not keep any longer goes."""

import logging

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from django.db.models.deletion import ProtectedError

from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.retention.actions.periods import due_of, periods_of
from steppingup.retention.erasing import erase
from steppingup.retention.kinds import Kind, all_kinds
from steppingup.retention.models import Removal

logger = logging.getLogger(__name__)
#: So many are removed in one transaction: nobody waits long for a lock, and a worker that is killed has lost little.
AT_ONCE = 50


def forget_due() -> int:
    """Remove what is due, of each provider that has said for how long it keeps things. Returns how many records went of the
    kinds that are counted."""
    number = 0
    for provider in Organisation.objects.filter(retention_periods__isnull=False).distinct():
        said = periods_of(provider)
        for kind in all_kinds():
            if kind.key in said:
                removed = _forget(provider, kind, said[kind.key])
                number += removed if kind.is_counted else 0
    return number


def _forget(provider: Organisation, kind: Kind, months: int) -> int:
    keys = list(due_of(provider, kind, months).order_by("pk").values_list("pk", flat=True))
    removed = 0
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        try:
            removed += _remove(provider, kind, months, some)
        except ProtectedError:
            # One of them is needed by something that stays: the others go all the same.
            removed += sum(_alone(provider, kind, months, key) for key in some)
    return removed


def _alone(provider: Organisation, kind: Kind, months: int, key: int) -> int:
    try:
        return _remove(provider, kind, months, [key])
    except ProtectedError:
        logger.warning("Kept longer than said, as something refers to it: %s %s", kind.key, key)
        return 0


@transaction.atomic
def _remove(provider: Organisation, kind: Kind, months: int, keys: list[int]) -> int:
    """Those of them that are still due, now that nobody else changes them."""
    due = due_of(provider, kind, months)
    locked = due.model._base_manager.filter(pk__in=keys).select_for_update(skip_locked=True).order_by("pk")
    held = list(locked.values_list("pk", flat=True))
    still = sorted(due.filter(pk__in=held).values_list("pk", flat=True))
    rows = due.model._base_manager.filter(pk__in=still)
    if kind.is_counted:
        _count(provider, kind, list(rows.values_list(kind.of, flat=True)), rows.model)
    if kind.before_it:
        erase(kind.before_it(rows))
    return erase(rows)


def _count(provider: Organisation, kind: Kind, owners: list[int], model: type) -> None:
    """How many went, beside what they belonged to."""
    owner = model
    for name in kind.of.split("__"):
        owner = owner._meta.get_field(name).related_model  # type: ignore[attr-defined]
    about = ContentType.objects.get_for_model(owner)
    for key in sorted(set(owners)):
        row, _ = Removal.objects.get_or_create(
            provider=provider, kind=kind.key, on=clock.today(), content_type=about, object_id=key
        )
        Removal.objects.filter(pk=row.pk).update(number=F("number") + owners.count(key))
