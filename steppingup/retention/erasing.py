"""Removing records so that nothing of them is left: what hangs on them, their history, what steps wrote down of them, emails
about them, and files that nothing else refers to."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

import pgtrigger
from django.contrib.contenttypes.models import ContentType
from django.db import models, router, transaction
from django.db.models.deletion import Collector

from steppingup.files.models import StoredFile
from steppingup.messaging.models import Message
from steppingup.steps.models import Change, Taking


@transaction.atomic
def erase(rows: models.QuerySet[Any]) -> int:
    """Remove these records. Returns how many of their own kind there were.

    Raises ProtectedError where something that stays refers to one of them."""
    found = list(rows)
    if not found:
        return 0
    collector = Collector(using=router.db_for_write(rows.model))
    collector.collect(found)
    gone: dict[type[models.Model], set[int]] = defaultdict(set)
    for model, one in collector.instances_with_model():
        gone[model].add(one.pk)
    for fast in collector.fast_deletes:  # collected without being read
        gone[fast.model].update(fast.values_list("pk", flat=True))
    files = {pk for model, keys in gone.items() for pk in _files_of(model, keys)}
    for model, keys in gone.items():
        _forget_traces(model, keys)
    with pgtrigger.ignore(*_guards_of(gone)) if _guards_of(gone) else nullcontext():
        collector.delete()
    for model, keys in gone.items():
        _forget_history(model, keys)  # again: what keeps its history when it goes has just written a last row
    for stored in StoredFile.objects.orphans().filter(pk__in=files):
        stored.delete()  # one by one: the bytes go with the row
    return len(found)


def _guards_of(models_: Iterable[type[models.Model]]) -> list[str]:
    """The triggers that keep rows from being removed: what is never changed by anybody is forgotten all the same."""
    return [
        f"{model._meta.label}:{trigger.name}"
        for model in models_
        for trigger in getattr(model._meta, "triggers", ())
        if isinstance(trigger, pgtrigger.Protect)
    ]


def _files_of(model: type[models.Model], keys: set[int]) -> set[int]:
    columns = [field.name for field in model._meta.concrete_fields if field.related_model is StoredFile]
    return {
        pk
        for name in columns
        for pk in model._base_manager.filter(pk__in=keys).values_list(name, flat=True)
        if pk is not None
    }


def _forget_traces(model: type[models.Model], keys: set[int]) -> None:
    """What the site wrote down about these rows: their history, steps that were taken on their pages, emails about them."""
    kind = ContentType.objects.get_for_model(model)
    _forget_history(model, keys)
    Taking.objects.filter(content_type=kind, object_id__in=keys).delete()
    Change.objects.filter(table=model._meta.db_table, key__in=keys).delete()
    # With what hangs on them: answers that came back, their files and their history.
    erase(Message.objects.filter(content_type=kind, object_id__in=keys))


def _forget_history(model: type[models.Model], keys: set[int]) -> None:
    events = getattr(model, "pgh_event_model", None)
    if events is not None:
        events._base_manager.filter(pgh_obj_id__in=keys).delete()
