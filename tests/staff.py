"""Browsers of people who have shown both factors: whom the admin lets in."""

import time

from allauth.account.internal.flows import login
from django.test import Client

from steppingup.accounts.models import User


def with_second_factor(client: Client, user: User) -> Client:
    """The client, signed in as this person, who has used an authenticator app in this session."""
    client.force_login(user)
    session = client.session
    used = {"method": "mfa", "type": "totp", "id": 1, "at": time.time()}
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [used]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()
    return client
