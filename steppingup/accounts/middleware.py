"""The admin's front door."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from steppingup.accounts.models import User
from steppingup.accounts.second_factor import SecondFactorWanted, ask_for_it, at_the_door


class SecondFactorMiddleware(MiddlewareMixin):
    """Nobody opens the admin without a second factor used in this session.

    Visitors are asked to sign in, by our own page; people who are no staff find nothing here."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if not request.path.startswith(reverse("admin:index")):
            return None
        wanted = request.get_full_path() if request.method == "GET" else reverse("admin:index")
        if request.path == reverse("admin:login"):
            wanted = request.GET.get("next") or reverse("admin:index")
        if answer := at_the_door(request, wanted):
            return answer
        if request.path == reverse("admin:password_change"):
            return HttpResponseRedirect(reverse("account_password"))
        if request.path == reverse("admin:login"):
            return HttpResponseRedirect(reverse("admin:index"))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Whoever is asked again comes back to the page; where a form was sent, to the page with the form."""
        if not isinstance(exception, SecondFactorWanted):
            return None
        wanted = request.get_full_path() if request.method == "GET" else request.path
        return ask_for_it(request, cast("User", request.user), wanted)
