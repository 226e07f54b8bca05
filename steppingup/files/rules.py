"""Which files a form accepts, and the check that every upload passes before it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from steppingup.files.apart import client
from steppingup.files.apart.limits import Refused
from steppingup.files.kinds import ALLOWABLE, KINDS, Kind
from steppingup.files.names import clean_name
from steppingup.files.receiving import MOST_BYTES
from steppingup.formats.english import counted


def _or(words: Iterable[str]) -> str:
    *most, last = dict.fromkeys(words)
    return f"{', '.join(most)} or {last}" if most else last


def size_in_words(size: int) -> str:
    """“640 KB”, “5 MB”."""
    return (
        f"{max(1, round(size / 1000))} KB"
        if size < 1_000_000
        else f"{size / 1_000_000:.1f}".rstrip("0").rstrip(".") + " MB"
    )


@dataclass(frozen=True)
class FileRule:
    """What one field accepts: kinds by name (`pdf`, `docx`, …), the largest size in bytes, and a range of pages."""

    kinds: frozenset[str]
    max_bytes: int = 5_000_000
    min_pages: int | None = None
    max_pages: int | None = None

    def __post_init__(self) -> None:
        if not self.kinds or not self.kinds <= set(ALLOWABLE):
            raise ValueError(f"A rule needs kinds out of {', '.join(ALLOWABLE)}; it was given {sorted(self.kinds)}.")

    @property
    def allowed(self) -> list[Kind]:
        return [kind for name, kind in ALLOWABLE.items() if name in self.kinds]

    @property
    def accept(self) -> str:
        """For the `accept` attribute of a file input."""
        return ",".join(f".{kind.extension}" for kind in self.allowed)

    @property
    def wanted(self) -> str:
        """“a PDF or a Word document”, for the end of a sentence that says what to do."""
        return _or(f"a {kind.label}" if kind.name != "svg" else f"an {kind.label}" for kind in self.allowed)

    @property
    def pages_in_words(self) -> str:
        if self.min_pages and self.max_pages:
            return f"{self.min_pages} to {self.max_pages} pages"
        if self.min_pages:
            return f"{self.min_pages} pages or more"
        return f"up to {self.max_pages} pages" if self.max_pages else ""

    @property
    def hint(self) -> str:
        """“A PDF or a Word document, up to 5 MB, 9 to 10 pages.”"""
        parts = [self.wanted, f"up to {size_in_words(self.max_bytes)}", self.pages_in_words]
        text = ", ".join(part for part in parts if part)
        return f"{text[0].upper()}{text[1:]}."


CV = FileRule(kinds=frozenset({"pdf", "docx"}), max_bytes=5_000_000, max_pages=20)
LOGO = FileRule(kinds=frozenset({"png", "jpeg", "svg"}), max_bytes=500_000)


@dataclass(frozen=True)
class Checked:
    """An upload that passed: what is kept of it, which is not what was sent, and what was found out about it."""

    content: bytes
    kind: Kind
    name: str
    pages: int | None


def check(*, upload: UploadedFile, rule: FileRule) -> Checked:
    """Look at the content of an upload, in a process of its own, and write anew what is kept of it.

    Raises ValidationError with one sentence (or two) that says what is wrong and what to do."""
    if upload.size and upload.size > rule.max_bytes:
        # Of one that was cut off nobody knows how large it is.
        size = "too large" if upload.size >= MOST_BYTES else size_in_words(upload.size)
        raise ValidationError(f"This file is {size}. Upload a file of no more than {size_in_words(rule.max_bytes)}.")
    upload.seek(0)
    try:
        found, kept = client.do("look", upload.read(), kinds=sorted(rule.kinds))
    except Refused as refused:
        raise ValidationError(str(refused), code="file") from refused
    kind, pages = KINDS[found["kind"]], found["pages"]
    if kind.name == "empty":
        raise ValidationError("This file is empty. Check it on your computer and upload it again.")
    if kind.name not in rule.kinds:
        raise ValidationError(f"This file is {kind.a_label}. Upload {rule.wanted}.")
    _check_pages(pages, kind, rule)
    return Checked(kept, kind, clean_name(upload.name or "", kind.extension), pages)


def _check_pages(pages: int | None, kind: Kind, rule: FileRule) -> None:
    if not (rule.min_pages or rule.max_pages):
        return
    if pages is None:
        if rule.min_pages and "pdf" in rule.kinds:
            raise ValidationError(
                f"We cannot count the pages of this {kind.label}. Save it as a PDF and upload that, so that we can."
            )
        return
    if pages < (rule.min_pages or 0) or (rule.max_pages and pages > rule.max_pages):
        raise ValidationError(f"This file has {counted(pages, 'page')}. Upload one that has {rule.pages_in_words}.")
