"""Where files are kept: in a folder, except that a preview keeps what it makes in memory and removes nothing."""

from typing import Any

from django.core.files import File
from django.core.files.storage import FileSystemStorage

from steppingup.history.previews import current_preview


class Storage(FileSystemStorage):
    """The site's default storage (`STORAGES` in the settings)."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        preview = current_preview()
        return preview.files.save(name, content, max_length) if preview else super().save(name, content, max_length)

    def open(self, name: str, mode: str = "rb") -> File:
        preview = current_preview()
        if preview and preview.files.exists(name):
            return preview.files.open(name, mode)
        return super().open(name, mode)

    def exists(self, name: str) -> bool:
        preview = current_preview()
        return bool(preview and preview.files.exists(name)) or super().exists(name)

    def size(self, name: str) -> int:
        preview = current_preview()
        return preview.files.size(name) if preview and preview.files.exists(name) else super().size(name)

    def delete(self, name: str) -> None:
        # What a preview removes comes back with its savepoint, so the bytes must still be there.
        if current_preview() is None:
            super().delete(name)
