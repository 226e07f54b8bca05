"""Where concerns plug in: their list, Today, who follows when a role ends, how long they are kept."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from cohorts.models import Concern, ConcernReader
from cohorts.permissions import ConcernPermission
from cohorts.states.concerns import ConcernStatus
from steppingup.accounts.actions import merging
from steppingup.accounts.models import Organisation, User
from steppingup.desk import menu, waiting
from steppingup.desk.duties import Duty, add_duty
from steppingup.retention import kinds

HEAR = ConcernPermission.HEAR_CONCERNS
menu.add_groups(**{"In confidence": 5})
menu.add_lists("In confidence", "cohorts", HEAR, ("Concerns", "shield_person", "concern"))
waiting.show_on_first_page("concerns", "In confidence", 1, Concern)


def _open() -> QuerySet[ConcernReader]:
    return ConcernReader.objects.exclude(concern__status=ConcernStatus.CLOSED)


def _hand_over(found: Sequence[ConcernReader], to: User | None, by: User) -> list[str]:
    """Whoever follows reads it instead; with nobody it stays with the others to whom it was written."""
    for one in found:
        if to and not ConcernReader.objects.filter(concern=one.concern_id, user=to).exists():
            ConcernReader.objects.create(concern_id=one.concern_id, user=to)
        one.delete()
    return []


add_duty(
    Duty(
        "concerns",
        "concern that was written to them in confidence",
        "concerns that were written to them in confidence",
        HEAR,
        _open,
        {"user": "user", "concern__provider": "provider"},
        _hand_over,
        nobody="Nobody: only the others to whom it was written read it, if there are any",
    )
)
merging.becomes(
    {
        "cohorts.ConcernReader.user": merging.Relation(merging.Fate.MOVES, once_in="concern"),
        "cohorts.ConcernNote.by": merging.Relation(merging.Fate.STAYS),
    }
)


def _closed(provider: Organisation, before: date) -> QuerySet[Concern]:
    return Concern.objects.filter(provider=provider, closed_at__date__lt=before)


kinds.add(
    kinds.Kind(
        "cohorts.concerns",
        "Concerns that were written in confidence",
        "they were closed",
        24,
        _closed,
        "provider",
        is_counted=False,
    )
)
