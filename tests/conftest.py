"""What every test has. Services, the browser and the count of requirements are plugins in tests/plugins/.

One embedded PostgreSQL (fast, disposable) serves all of them: the process that starts the tests starts it
while it reads the settings, its children find its address in DATABASE_URL and use databases of their own.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.plugins import database

if TYPE_CHECKING:
    from steppingup.accounts.models import User

# The same examples on every run, and no verdict about speed on a machine that does other things too.
hypothesis_settings.register_profile(
    "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("steady")


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment, django_db_blocker) -> Iterator[None]:
    """A copy of the migrated template, instead of pytest-django's migrating in every process."""
    with django_db_blocker.unblock(), database.set_up(anew=request.config.getoption("--create-db")):
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_in_a_folder_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(MEDIA_ROOT=str(tmp_path_factory.mktemp("media"))):
        yield


@pytest.fixture(autouse=True, scope="session")
def _addresses_as_they_are() -> None:
    """The addresses are read before a test can say that this is a demonstration, which has some more."""
    from django.urls import get_resolver

    assert get_resolver().url_patterns


@pytest.fixture(autouse=True, scope="session")
def _static_files_listed_once() -> Iterator[None]:
    """WhiteNoise looks at each of them whenever a client is made, which is what most tests begin with."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    files: dict[str, object] = {}
    list_them = WhiteNoiseMiddleware.add_files_from_finders

    def listed(middleware: WhiteNoiseMiddleware) -> None:
        if not files:
            list_them(middleware)
            files.update(middleware.files)
        middleware.files = files

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", listed)
        yield


@pytest.fixture
def run_on_commit(django_capture_on_commit_callbacks) -> Callable[[], AbstractContextManager[list]]:
    """`with run_on_commit():` runs at its end what the code inside asked to be run on commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def in_admin() -> Callable[["User"], Client]:
    """in_admin(coordinator): a browser of this person's own, who has used a second factor."""
    from tests.staff import with_second_factor

    return lambda user: with_second_factor(Client(), user)
