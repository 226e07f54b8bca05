"""Who is invited to an event beside the programme: those whom it is for, the line managers of the successful, anybody by name (B28, B29)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django import forms
from django.db import transaction

from cohorts.actions.bookings import RUN, graduate_with, locked, require_bookable
from cohorts.actions.occasions import message_field
from cohorts.extensions import applicants_of, mentors_before, mentors_of, recruiting
from cohorts.models import AlumniChoice, Booking, Enrolment, Occasion
from cohorts.notices import events as notices
from cohorts.states import EnrolmentStatus
from cohorts.states.events import EventKind, EventStatus, ForWhom
from steppingup import clock
from steppingup.accounts.actors import SYSTEM, Actor, System
from steppingup.formats import english
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.formats.sameness import address
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, Table, step

NOBODY_LEFT = "Everybody whom it is for has been invited already, or there is nobody yet."


class Invitee(NamedTuple):
    """Somebody to invite, and what they are called."""

    name: str
    email: str
    enrolment: Enrolment | None = None


#: With the graduates of a ceremony, if staff choose so.
WITH_GRADUATES = (ForWhom.GRADUATES, ForWhom.MANAGERS, ForWhom.MENTORS)


def _people(occasion: Occasion, for_whom: str) -> Iterator[Invitee]:
    """Who they are, as things stand; somebody may be there twice. Those who have completed come to a ceremony alone."""
    around: dict[str, Any] = (
        {"cohort": occasion.cohort} if occasion.cohort else {"cohort__programme": occasion.programme}
    )
    done = [EnrolmentStatus.COMPLETED] if occasion.is_ceremony else []
    on_it = Enrolment.objects.filter(status__in=[EnrolmentStatus.ENROLLED, *done], **around)
    on_it = (
        on_it.filter(participant__died_on=None)
        .select_related("participant", "line_manager", "cohort__programme")
        .order_by("pk")
    )
    if for_whom == ForWhom.PARTICIPANTS:
        yield from (Invitee(str(one.participant), one.participant.email) for one in on_it)
    elif for_whom == ForWhom.GRADUATES:
        yield from (Invitee(str(one.participant), one.participant.email, one) for one in on_it)
    elif for_whom == ForWhom.MANAGERS:
        yield from (Invitee(one.manager, one.manager_address) for one in on_it if one.manager_address)
    elif for_whom == ForWhom.MENTORS:
        before = mentors_before(list(on_it)) if occasion.is_ceremony else []
        for found in (*mentors_of(list(on_it)), *before):
            yield from (Invitee(one.called or str(one.to), one.email or one.to.email) for one in found)
    elif for_whom == ForWhom.ALUMNI:
        yield from _alumni(around)
    elif for_whom == ForWhom.APPLICANTS:
        for rows in applicants_of(occasion.programme, occasion.cohort):
            yield from (Invitee(name, email) for name, email in rows)


def _alumni(around: dict[str, Any]) -> Iterator[Invitee]:
    """Those who completed and said that they wish to be invited (N21)."""
    within = {f"enrolment__{name}": value for name, value in around.items()}
    for one in AlumniChoice.objects.to_invite().filter(**within).for_steps().order_by("pk"):
        yield Invitee(str(one.enrolment.participant), one.enrolment.participant.email)


def to_invite(occasion: Occasion, whom: Sequence[str] = ()) -> list[Invitee]:
    """Each of them once, but for those who have been invited or have booked. `whom` says who is invited with graduates."""
    known = {address(email) for email in occasion.bookings.values_list("email", flat=True)}
    found: dict[str, Invitee] = {}
    for one in (one for group in whom or (occasion.for_whom,) for one in _people(occasion, group)):
        if (key := address(one.email)) not in known:
            found.setdefault(key, one)
    return list(found.values())


def _require_to_invite(occasion: Occasion) -> None:
    require_bookable(occasion)
    refuse_if(
        occasion.for_whom in (ForWhom.ANYBODY, ForWhom.GUESTS),
        "Whom this event is for we cannot know: invite people by name.",
        "not_known",
    )
    why = _still_recruiting(occasion)
    refuse_if(
        why,
        f"Recruitment is not complete yet. {why} Its line managers are invited by themselves once it is.",
        "recruiting",
    )


class InviteForm(StepForm):
    """What they read, and who they are."""

    message = message_field("What would you like to say to them? (optional)")
    whom = forms.MultipleChoiceField(
        label="Whom do you invite?",
        choices=list(
            zip(
                WITH_GRADUATES,
                ("Graduates", "Their line managers", "Their mentors, also those whose mentoring is over as planned"),
                strict=True,
            )
        ),
        initial=[ForWhom.GRADUATES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose whom you invite."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.subject is None or not self.subject.is_ceremony:
            del self.fields["whom"]

    def table(self, subject: Occasion) -> Table:
        found = to_invite(subject, WITH_GRADUATES if subject.is_ceremony else ())
        rows: list[tuple[str, ...]] = [(one.name, one.email) for one in found]
        return Table(f"{english.counted(len(rows), 'person', 'people')} to invite", ("Name", "Email"), rows)


@step(
    Occasion,
    "Invite those whom it is for",
    name="invite",
    noun="occasion",
    past="Invited",
    meaning="Each of them gets a link by email and books, or says that they do not come, on a page of their own. Whoever was invited before is "
    "left alone, so you can invite again when more people have come.",
    permission=RUN,
    policy=_require_to_invite,
    form=InviteForm,
)
def invite(*, occasion: Occasion, by: Actor, message: str = "", whom: Sequence[str] = ()) -> list[Booking]:
    """Invite everybody whom it is for and who was not invited yet. Raises NotPossible where there is nobody."""
    found = locked(occasion)
    _require_to_invite(found)
    people = to_invite(found, whom if found.is_ceremony else ())
    refuse_if(not people, NOBODY_LEFT, "nobody_to_invite")
    return _invite(found, people, message.strip())


def _still_recruiting(occasion: Occasion) -> str:
    """Why nobody can know yet who the successful are."""
    if occasion.kind != EventKind.INTRODUCTION or occasion.for_whom != ForWhom.MANAGERS or occasion.cohort is None:
        return ""
    return " ".join(filter(None, recruiting(occasion.cohort)))


def invite_due(*, by: System = SYSTEM) -> int:
    """What the clock does: an introductory workshop is told to the line managers of those who have a place, once recruitment to the cohort
    is complete, and to those of whoever gets a place after that. Returns how many were invited."""
    number = 0
    for one in Occasion.objects.to_advertise().for_steps().order_by("pk"):
        with transaction.atomic():
            found = locked(one)
            if found.status == EventStatus.OPEN and not _still_recruiting(found):
                number += len(_invite(found, to_invite(found), ""))
    return number


def _invite(occasion: Occasion, people: Iterable[Invitee], message: str) -> list[Booking]:
    made = []
    for one in people:
        booking = Booking.objects.create(
            occasion=occasion,
            name=one.name,
            email=one.email,
            enrolment=one.enrolment,
            invited_at=clock.now(),
            asked_at=clock.now(),
        )
        notices.invite(booking, message)
        made.append(booking)
    return made


class InvitePersonForm(StepForm):
    name = NameInput(label="Name", max_length=150, error_messages={"required": "Enter a name."})
    email = AddressInput(label="Email address", error_messages={"required": "Enter an email address."})
    message = message_field("What would you like to say? (optional)")


@step(
    Occasion,
    "Invite somebody by name",
    name="invite_person",
    noun="occasion",
    past="Invited",
    meaning="They get a link by email, and need no account.",
    permission=RUN,
    policy=require_bookable,
    form=InvitePersonForm,
)
def invite_person(*, occasion: Occasion, name: str, email: str, by: Actor, message: str = "") -> Booking:
    """Raises NotPossible for whoever was invited or has booked already."""
    name, email = required(name, "Enter a name.", "name"), required(email, "Enter an email address.", "email")
    found = locked(occasion)
    require_bookable(found)
    refuse_if(
        found.bookings.filter(email=email).exists(),
        "This address has been invited or has booked already.",
        "booked_already",
        field="email",
    )
    return _invite(found, [Invitee(name, email, graduate_with(found, email))], message.strip())[0]
