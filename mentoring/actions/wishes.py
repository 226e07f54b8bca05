"""What a participant seeks in a mentor."""

from collections.abc import Sequence

from django.db import transaction

from cohorts.models import Enrolment
from cohorts.states import EnrolmentStatus
from mentoring.models import MentoringWish, Theme
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.history.lifecycle import refuse_if


@transaction.atomic
def wish(*, enrolment: Enrolment, themes: Sequence[Theme], area: str, note: str, by: Actor) -> MentoringWish:
    """Say what one seeks, or say it differently (L8). Only the participant does, while they are on the programme."""
    if not (isinstance(by, User) and by.pk == enrolment.participant_id):
        raise NotAllowed(f"{by} is not the participant.")
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED,
        "You are no longer on the programme, so this cannot be changed.",
        "left",
    )
    refuse_if(
        any(theme.programme_id != enrolment.cohort.programme_id for theme in themes),
        "Choose from the themes of your own programme.",
        "other_programme",
        field="themes",
    )
    refuse_if(
        not (themes or area.strip() or note.strip()),
        "Choose at least one theme, or tell us where you can meet or anything else that matters.",
        "nothing",
        field="themes",
    )
    values = {"area": area.strip()[:120], "note": note.strip(), "updated_at": clock.now()}
    found, _ = MentoringWish.objects.update_or_create(enrolment=enrolment, defaults=values)
    found.themes.set(themes)
    return found
