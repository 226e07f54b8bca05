"""What comes in with a request, before any form has looked at it."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

#: More than any form takes; each has its own, smaller limit, and a sentence for it.
MOST_BYTES = 12_000_000


class OnlySoMuch(FileUploadHandler):
    """Stands before Django's own, and lets them have no more of a file than this: nobody fills a disk. What is cut off is
    longer than any form takes, so the form refuses it by its size."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start < MOST_BYTES else None

    def file_complete(self, file_size: int) -> Any:
        return None
