"""Requests of people who are signed in, for the type checker."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets: whoever asks is a person. Never made, only named."""

    user: User


def signed_in(request: HttpRequest) -> User:
    """The person, where no decorator of the view says that there is one. Raises NotAllowed for nobody."""
    if isinstance(request.user, AnonymousUser):
        raise NotAllowed("Nobody is signed in.")
    return request.user
