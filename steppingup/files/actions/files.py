"""Keeping a file, and removing those that nobody needs any more."""

import hashlib

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile

from steppingup.accounts import attempts
from steppingup.accounts.actors import Actor, person
from steppingup.files.actions.drawing import ask_for_drawing
from steppingup.files.models import StoredFile
from steppingup.files.rules import FileRule, check

#: So many files a person may upload within an hour.
MOST_AN_HOUR = 20


def count_upload(by: Actor | None) -> None:
    """Raises ValidationError for whoever has uploaded too many within the last hour, taken or not."""
    someone = person(by) if by else None
    if someone is not None and attempts.count("upload", str(someone.pk), minutes=60) > MOST_AN_HOUR:
        raise ValidationError(
            f"You have uploaded {MOST_AN_HOUR} files within an hour. Wait an hour, then upload this one.",
            code="too_often",
        )


def store(*, upload: UploadedFile, rule: FileRule, by: Actor | None) -> StoredFile:
    """Check an upload and keep it. `by` may be nobody: a visitor without an account.

    Raises ValidationError with a sentence that says what to do."""
    count_upload(by)
    checked = check(upload=upload, rule=rule)
    return keep(
        name=checked.name,
        content=checked.content,
        content_type=checked.kind.content_type,
        pages=checked.pages,
        by=by,
    )


def keep(*, name: str, content: bytes, content_type: str, pages: int | None, by: Actor | None) -> StoredFile:
    """Keep a file that the site has made, or checked, itself. Without its row it does not stay in the store."""
    stored = StoredFile(
        name=name,
        size=len(content),
        content_type=content_type,
        sha256=hashlib.sha256(content).hexdigest(),
        pages=pages,
        uploaded_by=person(by) if by else None,
    )
    stored.file.save("file", ContentFile(content), save=False)
    try:
        stored.save()
    # Also when the worker is stopped half-way: bytes without a row would be found by nobody.
    except BaseException:
        stored.file.delete(save=False)
        raise
    ask_for_drawing(stored)
    return stored


def remove_abandoned() -> int:
    """Remove files that no record refers to and that are older than a day. Returns how many there were."""
    return StoredFile.objects.abandoned().delete()[1].get(StoredFile._meta.label, 0)
