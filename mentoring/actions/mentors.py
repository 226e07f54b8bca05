"""Keeping mentors: by a coordinator, by a file, and by themselves."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cohorts.models import Enrolment, Placement, Programme
from cohorts.states import Counterpart
from mentoring.models import MOST_AT_ONCE, Mentor, Pair, Theme
from mentoring.models.pair import HELD_APART, too_near
from mentoring.permissions import MentoringPermission
from steppingup.accounts.actions.people import begin_account
from steppingup.accounts.actors import Actor, require
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.naming import WhoseName, here
from steppingup.formats.english import counted, day_date
from steppingup.formats.sameness import same_person
from steppingup.history.lifecycle import NotPossible, refuse_if

#: What mentors do not change about themselves.
COORDINATORS = {"organisation", "job_title", "name", "email_here"}


def why_not_from(mentor: Mentor, organisation: Organisation) -> str:
    """Why the mentor cannot belong to this organisation: for somebody whom they mentor it is too near, or not their own where it
    must be (B13). Empty when they can."""
    family = organisation.family_ids(mentor.programme.reach)
    at_host = Placement.objects.filter(enrolment=OuterRef("enrolment"), host__in=family)
    pairs = (
        Pair.objects.open()
        .filter(mentor=mentor)
        .select_related("enrolment__participant", "enrolment__employer__parent")
    )
    elsewhere = ~Q(enrolment__employer__in=family) | Q(enrolment__employer=None)
    own = pairs.filter(elsewhere, component__counterpart=Counterpart.OWN).first()
    if own:
        return (
            f"{mentor.called} mentors {own.enrolment.participant} ({own.enrolment.works_as}), and that mentor must be from their "
            "own organisation. End that pair, or drop the proposal, first."
        )
    near = HELD_APART & (Q(enrolment__employer__in=family) | Q(Exists(at_host)))
    found = pairs.filter(near).first()
    if found is None:
        return ""
    who = found.enrolment
    is_host = who.employer_id not in family
    host = Placement.objects.filter(enrolment=who, host__in=family).select_related("host__parent").first()
    other: Any = host.host if is_host and host else who.employer
    what = f"{who.participant}, whose assignment is at {other}," if is_host else f"{who.participant} of {other},"
    return (
        f"{mentor.called} mentors {what} and a mentor must be from another organisation{organisation.tie_clause(other)}. "
        "End that pair, or drop the proposal, first."
    )


def of_the_mentor(enrolment: Enrolment, host: Organisation, since: date) -> str:
    """Why this organisation cannot be the host of a participant's assignment from this day on: their mentor is from it, or who
    mentored them on one of these days (B8, B13)."""
    ended_since = Q(confirmed_at__isnull=False, ended_at__date__gt=since)
    pairs = Pair.objects.filter(Q(pk__in=Pair.objects.open().filter(enrolment=enrolment)) | ended_since)
    for pair in pairs.filter(HELD_APART, enrolment=enrolment).select_related("mentor__user", "mentor__organisation"):
        home, mentor = pair.mentor.organisation, pair.mentor.called
        if host.pk not in home.family_ids(enrolment.cohort.programme.reach):
            continue
        tie = home.tie_to(host)
        from_it = f"is from {home}{f', and {tie}' if tie else ''}"
        if pair.ended_at:
            return (
                f"{mentor}, who was the mentor of {enrolment.participant} until {day_date(pair.ended_at)}, {from_it}. Choose a host "
                "from another organisation, or that day or a later one."
            )
        return (
            f"{mentor}, the mentor of {enrolment.participant}, {from_it}. Choose a host from another organisation, or another "
            "mentor first."
        )
    return ""


def pairs_too_near(programme: Programme, reach: int) -> str:
    """How many open pairs a rule of this reach would rule out, in words."""
    mine = Pair.objects.open().filter(enrolment__cohort__programme=programme)
    number = mine.filter(too_near(reach)).count()
    return counted(number, "pair of mentor and participant", "pairs of mentor and participant") if number else ""


def why_not_employed_by(enrolment: Enrolment, employer: Organisation | None) -> str:
    """Why a participant cannot work for this organisation, or for none, as things stand: their mentor is from it, or too near, or
    not of it where that is asked for (B13). Empty when they can."""
    near = employer.family_ids(enrolment.cohort.programme.reach) if employer else frozenset()
    open_pairs = Pair.objects.open().filter(enrolment=enrolment).select_related("mentor__user", "mentor__organisation")
    own = open_pairs.filter(component__counterpart=Counterpart.OWN).exclude(mentor__organisation__in=near).first()
    if own:
        return (
            f"Their mentor for “{own.component}”, {own.mentor.called}, is from {own.mentor.organisation}, and that mentor must be "
            "from their own organisation. End that pair, or drop the proposal, first."
        )
    found = open_pairs.filter(HELD_APART, mentor__organisation__in=near).first()
    if found is None or employer is None:
        return ""
    home = found.mentor.organisation
    return (
        f"Their mentor, {found.mentor.called}, is from {home}, and a mentor must be from another "
        f"organisation{employer.tie_clause(home)}. End that pair, or drop the proposal, first."
    )


def why_not_capacity(mentor: Mentor, capacity: int, *, own: bool = False) -> str:
    """Why the mentor cannot have so few places; empty when they can. `own`: said to the mentor."""
    if not 0 <= capacity <= MOST_AT_ONCE:
        return f"Enter a number from 0 to {MOST_AT_ONCE}."
    used = Mentor.objects.with_places().get(pk=mentor.pk).places_used
    if capacity < used:
        people = counted(used, "participant")
        if own:
            return (
                f"You have {people} already, so enter {used} or more. If you would rather not take anybody else on, "
                "answer no below. If you cannot carry on, write to the coordinator."
            )
        return (
            f"{mentor.called} has {people} already. "
            f"Enter {used} or more, or end a pair first. If they should not take anybody else on, set “can take somebody on” to no."
        )
    return ""


@transaction.atomic
def change(*, mentor: Mentor, by: Actor, themes: Sequence[Theme] | None = None, **values: Any) -> Mentor:
    """Change what a mentor offers. Mentors change their own words, themes, area, capacity and whether they are
    available; job title and organisation too are a coordinator's.

    Raises NotPossible when a pair stands against it (B13, capacity)."""
    own = isinstance(by, User) and by.pk == mentor.user_id
    if not own or set(values) & COORDINATORS:
        require(by, MentoringPermission.RUN_MENTORING, mentor)
    # A pair that is made in this second counts the places and looks at the organisation under the same lock (its trigger).
    locked = Mentor.objects.select_for_update(of=("self",)).get(pk=mentor.pk)
    if "organisation" in values and (sentence := why_not_from(locked, values["organisation"])):
        raise NotPossible(sentence, "same_organisation", field="organisation")
    if "capacity" in values and (sentence := why_not_capacity(locked, values["capacity"], own=own)):
        raise NotPossible(sentence, "capacity", field="capacity")
    for name, value in values.items():
        setattr(mentor, name, value)
    # Validated here, as no form has seen what comes from a file; person and programme do not change.
    _require_clean(mentor, exclude=["user", "programme"])
    if values:
        mentor.save(update_fields=list(values))
    if themes is not None:
        _set_themes(mentor, themes)
    return mentor


def _require_clean(mentor: Mentor, **kwargs: Any) -> None:
    try:
        mentor.full_clean(**kwargs)
    except ValidationError as error:
        raise NotPossible(" ".join(error.messages), "invalid") from error


def _set_themes(mentor: Mentor, themes: Sequence[Theme]) -> None:
    refuse_if(
        any(theme.programme_id != mentor.programme_id for theme in themes),
        "These themes belong to another programme.",
        "other_programme",
        field="themes",
    )
    mentor.themes.set(themes)


@transaction.atomic
def put(
    *,
    programme: Programme,
    email: str,
    full_name: str,
    organisation: Organisation,
    by: Actor,
    themes: Sequence[Theme] | None = None,
    whose_name: str = WhoseName.TYPED,
    **values: Any,
) -> tuple[Mentor, bool]:
    """The mentor with this email address, made if there is none, changed if there is. Says whether it was made.

    An account that is there already is not changed: the name that was typed stands on the mentor's record, or with `whose_name`
    that of the account."""
    require(by, MentoringPermission.RUN_MENTORING, programme)
    is_new = User.objects.with_address(email) is None
    user = begin_account(email=email)
    closed = not user.is_active and isinstance(by, User) and User.objects.visible_to(by).filter(pk=user.pk).exists()
    refuse_if(closed, f"The account for {email} is closed.", "closed")  # of others' accounts nothing is told
    if is_new:
        user.full_name, user.organisation = full_name, organisation
        user.save(update_fields=["full_name", "organisation"])
    found = Mentor.objects.filter(programme=programme, user=user).select_related("user", "programme").first()
    name, address = here(user, by, name=full_name, email=email, whose_name=whose_name)
    if found:
        if whose_name == WhoseName.ACCOUNT or not same_person(found.called, full_name):
            values |= {"name": name, "email_here": address}
        return change(mentor=found, by=by, themes=themes, organisation=organisation, **values), False
    mentor = Mentor(programme=programme, user=user, organisation=organisation, name=name, email_here=address, **values)
    _require_clean(mentor)
    mentor.save()
    if themes is not None:
        _set_themes(mentor, themes)
    return mentor, True


def why_not_one_person(one: User, other: User) -> str:
    """Two accounts of which one mentors, or mentored, the other are two people."""
    for mentor, participant in ((one, other), (other, one)):
        if Pair.objects.known_to_both().filter(mentor__user=mentor, enrolment__participant=participant).exists():
            return f"{mentor.email} mentors or mentored {participant.email}, so these are two people."
    return ""
