"""Whose rows are whose: every model says it once, and its list agrees with what is asked of one record."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser

from steppingup.accounts.models import User
from steppingup.accounts.scope import Scope, ScopedQuerySet, may_see, scope_of
from steppingup.steps.models import Taking
from tests.ours import OURS
from tests.sweeps.world import CAST, World


def models() -> list[Any]:
    """Every model of ours; tables of events and of relations belong to their own."""
    found = (model for model in apps.get_models() if model.__module__.split(".")[0] in OURS)
    return [model for model in found if not hasattr(model, "pgh_tracked_model")]


@pytest.fixture(scope="module")
def readers(whole_world: World) -> dict[str, User]:
    """Everybody as a request would fetch them, with their roles, which are remembered with the object: nothing here changes any."""
    people = {who: User.objects.get(pk=whole_world.people[who].pk) for who in CAST[1:]}
    assert all(person.current_roles is not None for person in people.values())
    return people


def label(model: Any) -> str:
    return str(model._meta.label)


@pytest.mark.parametrize("model", models(), ids=label)
def test_every_model_says_whose_its_rows_are(model):
    assert scope_of(model)
    assert isinstance(model._default_manager.all(), ScopedQuerySet)


@pytest.mark.parametrize("model", [model for model in models() if hasattr(model, "visibility")], ids=label)
def test_a_list_holds_just_the_records_that_may_be_seen_one_by_one(world, readers, model):
    rows = list(model._base_manager.all())
    # A list may hold less than the scope allows: no drafts, and only one's own reviews.
    narrowed = type(model._default_manager.all()).visible_to is not ScopedQuerySet.visible_to
    for who in (
        () if narrowed and scope_of(model) == Scope() else CAST[1:]
    ):  # or else its list alone says who sees a row
        person = readers[who]
        listed = set(model._default_manager.visible_to(person).values_list("pk", flat=True))
        seen = {row.pk for row in rows if may_see(person, row)}
        assert listed <= seen if narrowed else listed == seen, who
    assert not model._default_manager.visible_to(AnonymousUser()).exists()


def test_a_step_that_was_taken_is_listed_for_those_who_see_its_record_and_for_who_took_it(readers):
    held = 0
    for who in CAST[1:]:
        person = readers[who]
        for taking in Taking.objects.visible_to(person).for_steps():
            assert taking.by == person or may_see(person, taking.subject), (who, taking)
            held += taking.by != person
    assert held
    assert not Taking.objects.visible_to(readers["stranger"]).exists()


@pytest.mark.parametrize("model", [model for model in models() if hasattr(model, "visibility")], ids=label)
def test_another_provider_and_those_without_a_role_list_nothing_that_belongs_to_a_provider(world, readers, model):
    scope = scope_of(model)
    if not scope.provider:
        return
    rows: Any = model._default_manager
    own = rows.filter(**{scope.provider: world.provider})
    for who in CAST[1:]:
        person = readers[who]
        roles = person.role_assignments.current().filter(provider=world.provider)
        if not roles and not person.is_superuser:
            assert not rows.visible_to(person).filter(pk__in=own.values("pk")).exists(), who
    if scope.cohort:
        elsewhere = own.exclude(**{scope.cohort: world.elsewhere.pk})
        if scope.loose:
            elsewhere = elsewhere.exclude(**{scope.cohort: None})
        assert not rows.visible_to(readers["limited_coordinator"]).filter(pk__in=elsewhere.values("pk")).exists()
