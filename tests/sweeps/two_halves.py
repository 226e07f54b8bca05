"""Two halves of one provider: the cohorts of the world, which somebody looks after, and as many more of the same programme, with
everything in them, which are not theirs. Behind every text of the others stands a word."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q
from django.test import Client

from applications.models import Application
from cohorts.models import Cohort, Enrolment, Plan, Programme, RuleSet
from funding.models import FeeTerms
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.scope import scope_of
from steppingup.messaging import reminder_kinds, reminders
from steppingup.messaging.actions.texts import make_version
from steppingup.messaging.models.template import Narrowed
from steppingup.steps.models import Taking
from tests.sweeps.marked import OURS, append, texts
from tests.sweeps.world import World

WORD = "Quaxberg"
MARK = f"{WORD}ring"
#: What stays with the programme that it was made for: rules and plans in versions, and who works there.
STAYS = (Plan, RuleSet, Programme, RoleAssignment)


@dataclass
class Halves:
    """`own` cohorts are those that `reader` looks after; `other` is the world of the others."""

    own: World
    other: World
    reader: User
    client: Client
    others: list[int]  # the ids of the other cohorts

    @cached_property
    def rows_of_others(self) -> dict[type[models.Model], models.QuerySet[Any]]:
        """Found once: which these are takes a question for each kind of record."""
        return dict(of_cohorts(self.others))


def ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model.__module__.split(".")[0] in OURS and not hasattr(model, "pgh_tracked_model"):
            yield model


def bring_together(own: World, other: World) -> list[int]:
    """All that is of the other provider and its programme becomes this one's, as far as there is not the same here already.
    Returns the ids of the cohorts that came."""
    cohorts = list(Cohort.objects.filter(programme__provider=other.provider).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in ours():
            if model in STAYS:
                continue
            for field in model._meta.concrete_fields:
                if not isinstance(field, models.ForeignKey):
                    continue
                if field.related_model is Organisation and field.name == "provider":
                    _give(model, field.attname, other.provider.pk, own.provider.pk)
                elif field.related_model is Programme and field.name == "programme":
                    _give(model, field.attname, other.programme.pk, own.programme.pk)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return cohorts


def _give(model: type[models.Model], column: str, before: int, after: int) -> None:
    if column == "programme_id" and model is Cohort:
        for pk, name in list(Cohort.objects.filter(programme=before).values_list("pk", "name")):
            Cohort.objects.filter(pk=pk).update(name=f"{name} too")
    for pk in list(model._base_manager.filter(**{column: before}).values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                model._base_manager.filter(pk=pk).update(**{column: after})
        except IntegrityError:
            continue  # there is the same here already


def words_of_their_own(other: World) -> None:
    """What a cohort may have that its programme has too: fee terms, the words of a letter, a reminder."""
    running, by = Cohort.objects.get(pk=other.running.pk), User.objects.get(pk=other.superuser.pk)
    FeeTerms.objects.create(programme=running.programme, cohort=running, text="As they agreed.", invoiced_when="Soon.")
    make_version(template=other.default_template, scope=running, by=by)
    reminders.add_rule(kind=reminder_kinds.all_kinds()[0].key, days=4, when="before", scope=running)


def of_cohorts(cohorts: list[int]) -> Iterator[tuple[type[models.Model], models.QuerySet[Any]]]:
    """Every kind of record that is of a cohort, or of an enrolment in it, and the rows of these cohorts."""
    for model in ours():
        rows = model._base_manager.all()
        if issubclass(model, Taking | Narrowed):
            yield model, rows.filter(_about(cohorts))
        elif scope_of(model).cohort:
            yield model, rows.filter(**{f"{scope_of(model).cohort}__in": cohorts})
        elif any(field.name == "enrolment" for field in model._meta.concrete_fields):
            yield model, rows.filter(enrolment__cohort__in=cohorts)
    yield User, User._base_manager.filter(pk__in=_people(cohorts))


def _about(cohorts: list[int]) -> Q:
    """Rows that say by a kind and a number which record they are about."""
    found = Q(pk__in=[])
    for model in ours():
        if scope_of(model).cohort:
            rows = model._base_manager.filter(**{f"{scope_of(model).cohort}__in": cohorts}).values_list("pk", flat=True)
            found |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=list(rows))
    return found


def _people(cohorts: list[int]) -> set[int]:
    """Those who take part or apply there, and the managers of these, and are nobody anywhere else."""
    here = Enrolment.objects.filter(cohort__in=cohorts)
    found = {*here.values_list("participant", flat=True), *here.values_list("line_manager", flat=True)}
    found |= set(Application.objects.filter(cohort__in=cohorts).values_list("applicant", flat=True))
    staff = RoleAssignment.objects.values_list("user", flat=True)
    return found - {None, *staff}


def mark(cohorts: list[int]) -> None:
    """Behind every text of the rows of these cohorts, as they are and as their history has them."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, rows in list(of_cohorts(cohorts)):
            ids = list(rows.values_list("pk", flat=True))
            append(cursor, model, "id", ids, texts(model), MARK)
            events = getattr(model, "pgh_event_model", None)
            if events is not None:
                kept = {field.name for field in events._meta.concrete_fields}
                append(cursor, events, "pgh_obj_id", ids, [one for one in texts(model) if one.name in kept], MARK)
        cursor.execute("SET LOCAL session_replication_role = origin")
