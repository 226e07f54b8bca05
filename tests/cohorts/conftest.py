"""Staff in the admin."""

from collections.abc import Callable

import pytest
from django.test import Client

from steppingup.accounts.models import User
from steppingup.accounts.second_factor import DEMONSTRATION_SESSION


@pytest.fixture
def in_admin(settings) -> Callable[[User], Client]:
    """in_admin(coordinator): a browser of this person's own, signed in by a demonstration link."""
    settings.DEMONSTRATION = True

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session[DEMONSTRATION_SESSION] = True
        session.save()
        return client

    return browser
