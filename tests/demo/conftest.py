"""A site in demonstration mode, with the addresses that only it has."""

import importlib

import pytest
from django.urls import clear_url_caches

import steppingup.urls


@pytest.fixture
def _demonstration(settings):
    settings.DEMONSTRATION = True
    importlib.reload(steppingup.urls)
    clear_url_caches()
    yield
    settings.DEMONSTRATION = False
    importlib.reload(steppingup.urls)
    clear_url_caches()
