"""Looking ahead at a step, and taking it: for one record or for many.

What a page shows before a step is what the step itself wrote when it was run in a savepoint. The page carries a digest of
it; when the step, taken for real, says something else, it is undone and the page is shown again.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.db import models, transaction

from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.formats.by_post import is_by_post
from steppingup.formats.english import counted, lasting, when
from steppingup.history.changes import Change, changes_in
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import previewing, recording
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from steppingup.messaging.notices import Letter, as_colleagues_see
from steppingup.steps.models import Taking
from steppingup.steps.step import Step

Values = Mapping[str, Any]
ValuesFor = Callable[[Any], Values]
Progress = Callable[[int], None]
CHANGED = "Something changed while you were reading. This is what would happen now."
#: The address of a page that the step makes is known only once it is made, so a preview names none.
ADDRESS = re.compile(r"https?://\S+")
LINK = "(link)"
LATER = "A moment later, once it is ready"


@dataclass(frozen=True)
class Outlook:
    """What would come of a step for one record, in plain values: who is told what, or why it is refused."""

    pk: int
    name: str
    letters: tuple[Letter, ...] = ()
    refused: str = ""
    code: str = ""
    field: str = ""
    meaning: str = ""
    notes: tuple[str, ...] = ()
    #: How what hangs on the record stands, before and after, where the step says so: (“Mentor”, “Ada Osei”, “None”).
    became: tuple[tuple[str, str, str], ...] = ()
    #: When the step began, and when it ended.
    moments: tuple[datetime, ...] = ()

    @property
    def digest(self) -> str:
        """The same for as long as the same people would be told the same, or it would be refused for the same reason."""
        return self._digest(self.moments[0])

    def confirms(self, digest: str) -> bool:
        """Whether it says what the page with this digest said, but for the time of the step itself: who reads for a minute
        confirms “You agreed at 12:31am” and agrees at 12:32."""
        second = digest.partition(".")[0]
        try:
            read = datetime.fromtimestamp(int(second), UTC)
        except (ValueError, OverflowError, OSError):  # nothing that a page of ours said
            return False
        return self._digest(read) == digest

    def as_row(self) -> dict[str, Any]:
        """For the result of a job: plain values."""
        return {name: value for name, value in asdict(self).items() if name != "moments"}

    def _digest(self, read: datetime) -> str:
        """“1795824000.3f5a…”: the moment of reading, and a hash of what is said with that for the time of the step."""
        said: list[Any] = [[one.to_email, one.subject, one.text] for one in self.letters if one.when != LATER]
        text = json.dumps([said, self.refused, *self.notes])
        for minute in reversed(self.moments):
            text = text.replace(when(minute), when(read))
        return f"{int(read.timestamp())}.{hashlib.sha256(text.encode()).hexdigest()[:32]}"


@dataclass(frozen=True)
class Lookahead:
    """What would come of a step for one or many records, and what else it would change."""

    outlooks: list[Outlook]
    changes: list[Change]

    @property
    def letters(self) -> list[Letter]:
        return [letter for outlook in self.outlooks for letter in outlook.letters]

    @property
    def refused(self) -> list[Outlook]:
        return [outlook for outlook in self.outlooks if outlook.refused]

    @property
    def possible(self) -> list[Outlook]:
        return [outlook for outlook in self.outlooks if not outlook.refused]


@dataclass(frozen=True)
class Taken:
    """What came of a step for one record: what the action returned and who was told what, or why it was refused."""

    pk: int
    name: str
    state: Literal["done", "already", "refused"]
    sentence: str = ""
    code: str = ""
    told: int = 0
    result: Any = None
    notes: tuple[str, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """For the result of a job: plain values."""
        return {name: value for name, value in asdict(self).items() if name != "result"}


class Changed(NotPossible):
    """The step said something else than the page that was confirmed."""

    def __init__(self) -> None:
        super().__init__(CHANGED, "changed")


def letters_of(messages: Sequence[Message], when: str = "", by: Actor | None = None) -> tuple[Letter, ...]:
    """`by`: a member of staff, who sees whom another provider tells in numbers only."""
    letters = [Letter.of(message, text=ADDRESS.sub(LINK, message.text), when=when) for message in messages]
    return tuple(as_colleagues_see(messages, letters, by) if isinstance(by, User) else letters)


def told_in_words(letters: Sequence[Letter], wait: timedelta | None = None) -> str:
    """“Nobody was told.”, “Amara Okafor was told.”, “3 people will be told in 10 minutes, …” where the emails wait; whoever is
    written to on paper is told once that was posted."""
    mailed = [letter for letter in letters if not is_by_post(letter.to_email)]
    people, on_paper = {letter.to_email or letter.to_name for letter in mailed}, len(letters) - len(mailed)
    post = f"{counted(on_paper, 'letter is', 'letters are')} to be printed and posted." if on_paper else ""
    if not people:
        return post or "Nobody was told."
    one = mailed[0].to_name or mailed[0].to_email
    who = one if len(people) == 1 else counted(len(people), "person", "people")
    if wait:
        told = f"{who} will be told in {lasting(wait)}, unless you take it back by then."
    else:
        told = f"{who} {'was' if len(people) == 1 else 'were'} told."
    return f"{told} {post}".strip()


def _run(
    step: Step[Any, Any], subject: Any, by: Actor, values: Values
) -> tuple[Any, tuple[Letter, ...], tuple[str, ...]]:
    with recording() as record:  # the step is a transaction, or a savepoint, of its own
        result = step(**{step.noun: subject}, by=by, **values)
    colleague = by if step.permission or step.model is Taking else None
    letters = letters_of(record.messages, by=colleague) + letters_of(record.later, LATER, colleague)
    return result, letters, tuple(record.notes)


def _compared(before: dict[str, str], after: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple((what, before.get(what, "–"), after.get(what, "–")) for what in before | after)


def look_ahead(step: Step[Any, Any], subjects: Sequence[models.Model], *, by: Actor, values: ValuesFor) -> Lookahead:
    """Take the step for each, one after the other, see what comes of it, and undo all of it.

    The subjects are no longer what the database has: load them again. Raises NotPossible while somebody else is changing
    one of them."""
    names = {subject.pk: str(subject) for subject in subjects}
    outlooks = []
    with previewing() as preview:
        for subject in subjects:
            pk, given = subject.pk, dict(values(subject))
            meaning = step.says(subject, given) if callable(step.meaning) else ""
            said: dict[str, Any]
            began = clock.now()
            stands = step.stands if len(subjects) == 1 else None
            before = dict(stands(subject, by)) if stands else {}
            try:
                _, letters, notes = _run(step, subject, by, given)
                said = {"letters": letters, "meaning": meaning, "notes": notes}
                if stands:
                    said["became"] = _compared(before, dict(stands(type(subject)._base_manager.get(pk=pk), by)))
            except (NotAllowed, NotPossible) as why:
                code, field = getattr(why, "code", "not_allowed"), getattr(why, "field", "")
                said = {"refused": str(why), "code": code, "field": field}
            outlooks.append(Outlook(pk, names[pk], moments=(began, clock.now()), **said))
        changes = changes_in(preview.context)
    return Lookahead(outlooks, changes)


def take(step: Step[Any, Any], subject: models.Model, *, by: Actor, values: Values, digest: str = "") -> Taken:
    """Take the step for one record, in one transaction. `digest` is that of the outlook which was confirmed.

    Raises Changed when the step says something else by now, and what the step itself raises."""
    pk, name, wait, began = subject.pk, str(subject), step.wait(subject), clock.now()
    with transaction.atomic():
        result, letters, notes = _run(step, subject, by, values)
        if digest and not Outlook(pk, name, letters, notes=notes, moments=(began, clock.now())).confirms(digest):
            # Inside the transaction, so that what it has just done is undone.
            raise Changed
    # A job tells them when it is done.
    sentence = "" if isinstance(result, Job) else told_in_words(letters, wait)
    return Taken(pk, name, "done", sentence, told=len(letters), result=result, notes=notes)


def take_for_all(
    step: Step[Any, Any],
    subjects: Sequence[models.Model],
    *,
    by: Actor,
    values: ValuesFor,
    digests: Mapping[int, str] | None = None,
    progress: Progress | None = None,
) -> list[Taken]:
    """The same step for each, in a transaction of its own, so that one that is refused stops no other; asking twice does
    nothing twice."""
    taken = []
    for number, subject in enumerate(subjects, 1):
        pk, name = subject.pk, str(subject)
        try:
            taken.append(take(step, subject, by=by, values=values(subject), digest=(digests or {}).get(pk, "")))
        except (NotAllowed, NotPossible) as why:
            # Perhaps somebody else, or the first of two clicks, was quicker.
            now = type(subject)._base_manager.get(pk=pk)
            code = getattr(why, "code", "not_allowed")
            state: Any = "already" if code == "state" and step.is_done(now) else "refused"
            taken.append(Taken(pk, name, state, str(why), code))
        if progress:
            progress(number)
    return taken
