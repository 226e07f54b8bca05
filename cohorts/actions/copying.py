"""Next year's cohort from this year's: the same plan, places, fee and rules, on other dates (R8)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from cohorts.access import require_staff
from cohorts.models import Cohort, CompletionRule
from steppingup.accounts.actors import Actor
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible

#: Called as copier(old, new, shift) inside the action's transaction; apps above cohorts add their own rows.
Copier = Callable[[Cohort, Cohort, timedelta], None]
_copiers: list[Copier] = []


def register(copier: Copier) -> None:
    """An app says how its part of a cohort is copied."""
    if copier not in _copiers:
        _copiers.append(copier)


def shifted(moment: datetime, shift: timedelta) -> datetime:
    """The moment so many days later, at the same time of day in London, whatever summer time does."""
    local = timezone.localtime(moment)
    day = local.date() + timedelta(days=shift.days)
    return timezone.make_aware(datetime.combine(day, time(local.hour, local.minute, local.second)))


@transaction.atomic
def copy(*, cohort: Cohort, name: str, starts_on: date, by: Actor) -> Cohort:
    """A new cohort in preparation, with everything moved by as many days as the start is moved. No person is copied.

    Raises NotPossible when the programme has a cohort of that name already."""
    require_staff(by, Permission.EDIT_PROGRAMMES, cohort)
    slug = slugify(name)
    if not slug or cohort.programme.cohorts.filter(slug=slug).exists():
        raise NotPossible(
            f"There is a cohort “{name}” already, or its name has no letter or number. Choose another name."
        )
    shift = starts_on - cohort.starts_on
    new = Cohort.objects.create(
        programme=cohort.programme,
        plan=cohort.plan,
        name=name,
        slug=slug,
        capacity=cohort.capacity,
        fee=cohort.fee,
        starts_on=starts_on,
        ends_on=cohort.ends_on + shift,
        venue=cohort.venue,
    )
    new.limited_roles.set(cohort.limited_roles.all())
    for rule in cohort.completion_rules.all():
        CompletionRule.objects.create(cohort=new, component=rule.component, minimum_days=rule.minimum_days)
    for copier in _copiers:
        copier(cohort, new, shift)
    return new
