"""What belongs together happens together, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def in_one_transaction() -> Iterator[None]:
    """In the transaction that is under way, or in one of its own.

    Without the savepoint that `transaction.atomic` makes inside another, which costs two statements: whoever goes on after
    what was refused in here makes one. So it is for what writes nothing before it refuses, and for what is a part of something
    larger that stands or falls with it."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield
