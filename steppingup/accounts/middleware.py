"""The admin's front door."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from steppingup.accounts.second_factor import at_the_door


class SecondFactorMiddleware:
    """Nobody opens the admin without a second factor used in this session.

    Visitors are asked to sign in, by our own page; people who are no staff find nothing here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(reverse("admin:index")):
            return self.at_the_door(request) or self.get_response(request)
        return self.get_response(request)

    def at_the_door(self, request: HttpRequest) -> HttpResponse | None:
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
