"""The world of the sweeps: built once for this folder in each test process, and rolled back after it."""

import logging
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction
from django.template.base import Template
from django.test.utils import _TestState

from tests.sweeps.drawn import Drawn, pages_of
from tests.sweeps.visits import signed_in_before
from tests.sweeps.world import CAST, World, build


@pytest.fixture(scope="package", autouse=True)
def _templates_as_for_visitors() -> Iterator[None]:
    """Django's tests keep a copy of every template's context. Thousands of pages are quicker without."""
    noting, Template._render = Template._render, _TestState.saved_data.template_render
    yield
    Template._render = noting


@pytest.fixture(scope="package", autouse=True)
def _nobody_reads_who_was_turned_away() -> Iterator[None]:
    """A line is logged for each who is: thousands of times. Errors of ours still are."""
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(before)


@pytest.fixture(scope="package")
def whole_world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        world = build()
        for who in CAST:  # signed in outside of what single tests undo
            world.client(who)
        cache.clear()  # so often was tried by others
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def every_page(whole_world: World) -> list[Drawn]:
    """Drawn once, for the tests that look at pages."""
    with signed_in_before(whole_world.clients, whole_world.people):
        pages = list(pages_of(whole_world))
    assert len(pages) > 200
    return pages


@pytest.fixture
def world(whole_world: World) -> Iterator[World]:
    """What a test changes is undone after it."""
    with transaction.atomic():
        yield whole_world.afresh()
        transaction.set_rollback(True)
