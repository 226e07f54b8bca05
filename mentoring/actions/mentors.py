"""Keeping mentors: by a coordinator, by a file, and by themselves."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cohorts.models import Programme
from mentoring.models import MOST_AT_ONCE, Mentor, Pair, Theme
from mentoring.permissions import MentoringPermission
from steppingup.accounts.actions.people import begin_account
from steppingup.accounts.actors import Actor, require
from steppingup.accounts.models import Organisation, User
from steppingup.formats.english import counted
from steppingup.history.lifecycle import NotPossible, refuse_if

#: What mentors do not change about themselves.
COORDINATORS = {"organisation", "job_title"}


def why_not_from(mentor: Mentor, organisation: Organisation) -> str:
    """Why the mentor cannot belong to this organisation: they mentor somebody from it (B13). Empty when they can."""
    pairs = Pair.objects.open().filter(mentor=mentor, enrolment__employer__in=organisation.family_ids())
    found = pairs.select_related("enrolment__participant", "enrolment__employer").first()
    if found is None:
        return ""
    who = found.enrolment
    return (
        f"{mentor.user} mentors {who.participant} of {who.employer}, and a mentor must be from another organisation. "
        "End that pair, or drop the proposal, first."
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
            f"{mentor.user} has {people} already. "
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
    **values: Any,
) -> tuple[Mentor, bool]:
    """The mentor with this email address, made if there is none, changed if there is. Says whether it was made.

    The person's own account is not changed, but for a name or an organisation that it lacks."""
    require(by, MentoringPermission.RUN_MENTORING, programme)
    user = begin_account(email=email)
    refuse_if(not user.is_active, f"The account for {email} is closed.", "closed")
    lacks = {"full_name": full_name.strip(), "organisation": organisation}
    lacks = {name: value for name, value in lacks.items() if value and not getattr(user, name)}
    if lacks:
        for name, value in lacks.items():
            setattr(user, name, value)
        user.save(update_fields=list(lacks))
    found = Mentor.objects.filter(programme=programme, user=user).select_related("user", "programme").first()
    if found:
        return change(mentor=found, by=by, themes=themes, organisation=organisation, **values), False
    mentor = Mentor(programme=programme, user=user, organisation=organisation, **values)
    _require_clean(mentor)
    mentor.save()
    if themes is not None:
        _set_themes(mentor, themes)
    return mentor, True
