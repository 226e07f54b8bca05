"""Requests of people who are signed in, for the type checker; and what is asked once in a request."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User

T = TypeVar("T")


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` gets: whoever asks is a person. Never made, only named."""

    user: User


def signed_in(request: HttpRequest) -> User:
    """The person, where no decorator of the view says that there is one. Raises NotAllowed for nobody."""
    if isinstance(request.user, AnonymousUser):
        raise NotAllowed("Nobody is signed in.")
    return request.user


def kept_with(owner: Any, name: str, work: Callable[[], T]) -> T:
    """What `work()` gives, found out once and kept with `owner`, a person or a record that each request loads anew.

    For an app's own questions about a model that lies below it; a model's own are its cached properties."""
    kept = f"_kept_{name}"
    if not hasattr(owner, kept):
        setattr(owner, kept, work())
    return getattr(owner, kept)
