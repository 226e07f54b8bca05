"""A mentor, or somebody to shadow, at the own employer: named by the participant or the line manager, agreed by a link, ended by any of
them (B48). It has a rule of its own: somebody who works there too, who is neither of the two. It counts for no days, and matching, the
capacity of mentors and their figures know nothing of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from cohorts.extensions import Stand
from cohorts.models import Enrolment, InternalMentor
from cohorts.models.internal import LONGEST
from cohorts.notices import internal as notices
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from cohorts.states.conversations import Side
from cohorts.states.internal import INTERNAL, STANDING, EndedBy, InternalKind, InternalStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, may, require_colleague
from steppingup.accounts.models import Organisation, TokenLink, User
from steppingup.accounts.naming import is_own_address
from steppingup.formats import english, sameness
from steppingup.formats.fields import AddressInput, NameInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.messaging.models import ReminderSent
from steppingup.steps.step import StepForm, Weight, step

RUN = CohortPermission.RUN_COHORTS
NO_NAME, NO_JOB, NO_EMAIL = (
    "Enter their name.",
    "Enter what they do, such as “Head of Care”.",
    "Enter their email address.",
)
NO_KIND = "Choose what it is for."


# -- who -------------------------------------------------------------------------------------------


def side_of(by: Actor, enrolment: Enrolment) -> Side | None:
    """The participant, or the line manager of now; nothing for anybody else."""
    if not isinstance(by, User) or not by.is_active:
        return None
    if by.pk == enrolment.participant_id:
        return Side.PARTICIPANT
    return Side.MANAGER if by.pk == enrolment.line_manager_id else None


def _require_either(by: Actor, enrolment: Enrolment) -> Side:
    side = side_of(by, enrolment)
    if side is None:
        raise NotAllowed(f"Only {enrolment.participant} and their line manager name somebody.")
    return side


def holds_link(by: Actor, mentor: InternalMentor) -> bool:
    if not isinstance(by, LinkHolder) or by.link.purpose != notices.INTERNAL_LINK:
        return False
    return by.link.object_id == mentor.pk


def _require_link(by: Actor, mentor: InternalMentor) -> None:
    if not holds_link(by, mentor):
        raise NotAllowed(f"Only {mentor.name} answers.")
    assert isinstance(by, LinkHolder)
    refuse_if(
        not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
        "This link has been replaced or has expired. Please use the link in our latest email.",
        "link",
    )


def _require_part_of_it(by: Actor, mentor: InternalMentor) -> None:
    """Participant, line manager, the colleague by their link, or whoever runs the cohort."""
    if side_of(by, mentor.enrolment):
        return
    if holds_link(by, mentor):
        _require_link(by, mentor)
    elif not may(by, RUN, mentor):
        raise NotAllowed(f"{by} has nothing to do with this.")
    else:
        require_colleague(by, mentor.enrolment.participant, "End it on your own page.")


# -- naming ----------------------------------------------------------------------------------------


class InternalForm(StepForm):
    """Who it is, what for, and what is hoped for; said to either of the two."""

    kind = forms.ChoiceField(
        label="What for?",
        choices=InternalKind.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_KIND),
    )
    name = NameInput(label="Their name", max_length=150, error_messages={"required": NO_NAME})
    job = NameInput(label="What do they do?", max_length=150, error_messages={"required": NO_JOB})
    email = AddressInput(
        label="Their email address at work",
        help_text="They get one email with a link, and need no account.",
        error_messages={"required": NO_EMAIL},
    )
    hopes = forms.CharField(
        label="What do you hope for? (optional)",
        help_text="They read it before they answer.",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": f"Keep it to {LONGEST:,} characters."},
    )


def why_not(enrolment: Enrolment) -> str:
    """Why nobody can be named as things stand; empty where somebody can."""
    if enrolment.status != EnrolmentStatus.ENROLLED:
        return f"{enrolment.participant} is not on the programme now."
    if not enrolment.has_employer:
        return f"{enrolment.participant} has no employer at which somebody could mentor them."
    return ""


def _checked(enrolment: Enrolment, email: str) -> str:
    email = required(email, NO_EMAIL, "email")
    try:
        validate_email(email)
    except ValidationError:
        raise NotPossible(f"“{email}” is not an email address.", "address", field="email") from None
    refuse_if(
        is_own_address(enrolment.participant, email),
        "Nobody mentors themselves. Enter the address of somebody else.",
        "own_address",
        field="email",
    )
    manager = enrolment.line_manager
    refuse_if(
        manager is not None
        and (sameness.address(email) == sameness.address(enrolment.manager_address) or is_own_address(manager, email)),
        "This is the line manager, who talks with them anyway. Name somebody else.",
        "own_manager",
        field="email",
    )
    return email


@transaction.atomic
def name_somebody(
    *, enrolment: Enrolment, kind: str, name: str, job: str, email: str, by: Actor, hopes: str = ""
) -> InternalMentor:
    """Somebody at the own employer is asked, by a link. Where the line manager names them, the participant is told.

    Raises NotPossible where there is no employer, for one of the two themselves, for whoever was asked already or has said no, and for
    more than the programme allows at a time."""
    side = _require_either(by, enrolment)
    locked = Enrolment.objects.locked(enrolment.pk)
    locked.participant, locked.line_manager = enrolment.participant, enrolment.line_manager
    refuse_if(sentence := why_not(locked), sentence, "no_employer")
    name, job = required(name, NO_NAME, "name"), required(job, NO_JOB, "job")
    email = _checked(enrolment, email)
    known = InternalMentor.objects.filter(enrolment=enrolment)
    theirs = known.filter(email=email)
    refuse_if(theirs.filter(status__in=STANDING).exists(), "They have been asked already.", "already", field="email")
    refuse_if(
        theirs.filter(status=InternalStatus.DECLINED).exists(),
        "They have said no. The link that they have works still, should they change their mind.",
        "asked_already",
        field="email",
    )
    most = enrolment.cohort.programme.mentors_at_work
    refuse_if(
        known.filter(status__in=STANDING).count() >= most,
        f"There {'is' if most == 1 else 'are'} {most} already. End one of them first.",
        "too_often",
    )
    made = InternalMentor.objects.create(
        enrolment=enrolment,
        kind=InternalKind(kind),
        name=name,
        job=job,
        email=email,
        hopes=hopes.strip(),
        named_as=side,
    )
    made = InternalMentor.objects.for_steps().get(pk=made.pk)
    notices.ask(made)
    if side == Side.MANAGER:
        notices.tell_named(made)
    return made


@transaction.atomic
def ask_again(*, mentor: InternalMentor, by: Actor) -> InternalMentor:
    """Another email with a new link; the one before stops working. Raises NotPossible once it is over, and twice on one day."""
    _require_either(by, mentor.enrolment)
    found = InternalMentor.objects.select_for_update(of=("self",)).for_steps().get(pk=mentor.pk)
    refuse_if(found.status not in STANDING, "This is over. Name them again if you like.", "over")
    sent = TokenLink.objects.filter(purpose=notices.INTERNAL_LINK, object_id=found.pk).order_by("-created_at").first()
    refuse_if(
        sent is not None and clock.now() - sent.created_at < timedelta(days=1),
        "They have got an email within the last day. Try again tomorrow.",
        "too_soon",
    )
    notices.ask(found)
    return found


#: The reminder of those who do not answer, by its key.
UNANSWERED = "cohorts.internal_unanswered"


def reminded(mentors: Sequence[InternalMentor]) -> dict[int, datetime]:
    """When each of these was reminded by itself, by key; nothing for whoever was not."""
    kind = ContentType.objects.get_for_model(InternalMentor)
    rows = ReminderSent.objects.filter(
        rule__kind=UNANSWERED, content_type=kind, object_id__in=[one.pk for one in mentors]
    )
    return dict(rows.order_by("created_at").values_list("object_id", "created_at"))


# -- answering, by the link ------------------------------------------------------------------------


@transaction.atomic
def agree(*, mentor: InternalMentor, by: Actor) -> InternalMentor:
    """Also after they have said no, as long as the link works. Participant and line manager are told."""
    _require_link(by, mentor)
    refuse_if(sentence := why_not(mentor.enrolment), sentence, "no_employer")
    INTERNAL.move(mentor, "agree", answered_at=clock.now())
    notices.tell_answered(InternalMentor.objects.for_steps().get(pk=mentor.pk))
    return mentor


@transaction.atomic
def decline(*, mentor: InternalMentor, by: Actor) -> InternalMentor:
    """Participant and line manager are told. They may still agree by the same link."""
    _require_link(by, mentor)
    INTERNAL.move(mentor, "decline", answered_at=clock.now())
    notices.tell_answered(InternalMentor.objects.for_steps().get(pk=mentor.pk))
    return mentor


# -- ending ----------------------------------------------------------------------------------------


def _ends(by: Actor, mentor: InternalMentor) -> EndedBy:
    if isinstance(by, LinkHolder):
        return EndedBy.THEMSELVES
    side = side_of(by, mentor.enrolment)
    return EndedBy(side.value) if side else EndedBy.STAFF


@step(
    InternalMentor,
    "End it",
    name="end_internal",
    noun="mentor",
    past="Ended",
    meaning="They are no longer the mentor, or the one who is shadowed; where they have not answered yet, the question is taken back, and "
    "their link does not work any more. Nothing else of the programme changes.",
    guard=_require_part_of_it,
    lifecycle=INTERNAL,
    moves=("end",),
    weight=Weight.DANGER,
    final="The same person can be named again, though.",
)
def end(*, mentor: InternalMentor, by: Actor) -> InternalMentor:
    """By any of them, or by staff. Whoever of participant and colleague has not ended it is told."""
    ended_by = _ends(by, mentor)
    INTERNAL.move(mentor, "end", ended_at=clock.now(), ended_by=ended_by)
    notices.tell_ended(InternalMentor.objects.for_steps().get(pk=mentor.pk), ended_by)
    return mentor


def _end_all(enrolment: Enrolment, ended_by: EndedBy) -> None:
    for mentor in InternalMentor.objects.for_steps().filter(enrolment=enrolment, status__in=STANDING).order_by("pk"):
        INTERNAL.move(mentor, "end", ended_at=clock.now(), ended_by=ended_by)
        notices.tell_ended(mentor, ended_by)


def end_with_place(enrolment: Enrolment, by: Actor) -> None:
    """The participant has left."""
    _end_all(enrolment, EndedBy.LEFT)


def end_with_employer(enrolment: Enrolment, employer: Organisation | None, by: Actor) -> None:
    """They work elsewhere: a colleague there is no colleague any more."""
    _end_all(enrolment, EndedBy.MOVED)


def stands(enrolment: Enrolment, viewer: Any) -> list[Stand]:
    """How it stands, on the page before a step."""
    found = InternalMentor.objects.filter(enrolment=enrolment, status__in=STANDING).count()
    return [Stand("Mentoring at their own employer", english.counted(found, "person", "people"))] if found else []
