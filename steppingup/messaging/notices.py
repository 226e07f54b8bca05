"""What an action tells one person, before it is a row of the outbox; and how such a row reads on a page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any, Self

from django.db import models

from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope
from steppingup.files.models import StoredFile
from steppingup.formats import english
from steppingup.formats.by_post import ENDING, is_by_post
from steppingup.messaging import kinds, scopes
from steppingup.messaging.kinds import MessageKind, Text
from steppingup.messaging.models import Message

Values = Mapping[str, Any]


def scopes_around(record: models.Model | None) -> Sequence[models.Model]:
    """What the record says itself (`message_scopes`), or else what that one says through which it is seen."""
    way = getattr(record, "visibility", Scope()).through
    if way and not hasattr(record, "message_scopes"):
        return scopes_around(reduce(getattr, way.split("__"), record))
    return getattr(record, "message_scopes", ())


@dataclass(frozen=True)
class Notice:
    """An email to one person: `send(Notice(SHORTLISTED, application.applicant, application))`.

    `about` is the record on whose page it is listed (`related`: others too). What the record knows about itself fills the
    placeholders that `context` leaves out: `about.message_facts`, a mapping. The scopes around it ([cohort, programme],
    most specific first) say where the words may have been made different, whose staff see it, and who gets the reply.
    `secrets` are links and codes that let somebody in: kept encrypted, and only until it is sent. Either may be a function,
    which is called when the notice is written and not before. `name` is what the person is called, where the account does
    not say. `text` are words of their own, in the place of the template's: what staff write to people; `files` go with them.
    `calendar` is an entry for the reader's own, or that one goes (iCalendar, with its method). `called` is what others call somebody whom they named by an address: it stands in the outbox, and greets nobody,
    as the mailbox may be somebody else's, whose own name is not for whoever typed the address; `email` is that address, where it
    is not the first of the account. After `expires_at` it is not worth sending any more."""

    kind: MessageKind
    to: User | str
    about: models.Model | None = None
    context: Values | Callable[[], Values] = field(default_factory=dict)
    secrets: Values | Callable[[], Values] = field(default_factory=dict)
    name: str = ""
    called: str = ""
    email: str = ""
    related: Sequence[models.Model] = ()
    scopes: Sequence[models.Model] | None = None
    provider: Organisation | None = None
    reply_to: str = ""
    expires_at: datetime | None = None
    text: Text | None = None
    files: Sequence[StoredFile] = ()
    calendar: str = ""

    @property
    def around(self) -> Sequence[models.Model]:
        return self.scopes if self.scopes is not None else scopes_around(self.about)

    @property
    def whose(self) -> Organisation | None:
        """The provider that the nearest of the scopes belongs to."""
        return self.provider or next((found for found in map(scopes.provider_of, self.around) if found), None)

    @property
    def answered_by(self) -> str:
        """The address that replies go to: that of the nearest of the scopes that has one, or else the provider’s."""
        nearest = self.reply_to or next((found for found in map(scopes.reply_to_of, self.around) if found), "")
        return nearest or (self.whose.reply_to if self.whose else "")

    def work_out(self) -> dict[str, Any]:
        """What stands for each placeholder, secrets apart. Facts that the kind does not ask for stay out."""
        facts: Values = getattr(self.about, "message_facts", {})
        known = {name: value for name, value in facts.items() if name in self.kind.placeholders}
        return {**known, **(self.context() if callable(self.context) else self.context)}


@dataclass(frozen=True)
class Letter:
    """A row of the outbox in plain values, for a page that says who is told what (`components/told.html`).

    `staff_of`: the provider, where it is told to somebody as its staff."""

    told: str
    to_name: str
    to_email: str
    subject: str
    text: str
    when: str = ""
    staff_of: str = ""

    @classmethod
    def of(cls, message: Message, text: str = "", when: str = "") -> Self:
        kind = kinds.find(message.kind)
        told, text = kind.told if kind else "", text or message.text
        staff_of = str(message.provider or "") if message.to and message.to.is_staff else ""
        # What stands for no address is drawn by lot, and another one before the step than in it.
        to_email = ENDING if is_by_post(message.to_email) else message.to_email
        return cls(told, message.to_name, to_email, message.subject, text, when, staff_of)

    @property
    def to(self) -> str:
        """Who is told, in one line: “The applicant: Amara Okafor (amara@example.org)”; without an address, the name."""
        told = self.told.partition(":")[
            0
        ]  # “Whoever signs it: the participant, the line manager” of one of them is enough
        if is_by_post(self.to_email):
            return f"{told}: {self.to_name}, by post"
        known = f"{self.to_name} ({self.to_email})" if self.to_name and self.to_email else self.to_name or self.to_email
        return f"{told}: {known}"


def as_the_public_sees(letters: Iterable[Letter]) -> list[Letter]:
    """Staff stand as their provider, once for each text: their names and addresses are nothing for whoever asks."""

    def seen(one: Letter) -> Letter:
        if not one.staff_of:
            return one
        text = one.text.replace(one.to_name, one.staff_of) if one.to_name else one.text
        return replace(one, to_name=one.staff_of, to_email="", text=text)

    return list(dict.fromkeys(map(seen, letters)))


def is_anothers(message: Message, by: Any) -> bool:
    """Is it told by a provider for which this member of staff does not work, to somebody else?"""
    if not getattr(by, "is_staff", False) or by.is_superuser or message.provider is None or message.to_id == by.pk:
        return False
    return all(role.provider_id != message.provider.pk for role in by.current_roles)


def name_of(message: Message, by: Any) -> str:
    """To whom it is written, as this member of staff may read it."""
    whose = f"somebody of {message.provider}"
    return whose if is_anothers(message, by) else message.to_name or message.to_email


def as_colleagues_see(messages: Iterable[Message], letters: Iterable[Letter], by: Any) -> list[Letter]:
    """What staff read of letters that a step of theirs writes. Those of another provider stand as one for each kind: how many are told,
    and by whom; who they are is that provider's own."""
    seen, others = [], dict[tuple[str, str], tuple[Letter, set[str]]]()
    for message, letter in zip(messages, letters, strict=True):
        if not is_anothers(message, by):
            seen.append(letter)
            continue
        whose = str(message.provider)
        folded = replace(letter, to_name=whose, to_email="", text=f"{whose} tells them, in its own name.")
        others.setdefault((whose, message.kind), (folded, set()))[1].add(message.to_email)
    for letter, people in others.values():
        number = english.counted(len(people), "person", "people")
        seen.append(replace(letter, to_name=f"{number} of {letter.to_name}"))
    return seen
