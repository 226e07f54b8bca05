"""Data that nobody reads in a database dump: equality answers and links that have not been sent yet.

Keys come from ENCRYPTION_KEYS, newest first: the first encrypts, all of them decrypt, so keys can be rotated.
"""

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def box() -> MultiFernet:
    return _box(tuple(settings.ENCRYPTION_KEYS))


class EncryptedJSONField(models.BinaryField):
    """A JSON value that is encrypted in the database. It cannot be searched, sorted or filtered by value."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None or isinstance(value, (bytes, memoryview)):
            return value  # type: ignore[return-value]
        return box().encrypt(json.dumps(value).encode())

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else json.loads(box().decrypt(bytes(value)))

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError("Encrypted values are not serialised.")
