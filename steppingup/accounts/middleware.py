"""The admin's front door."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from steppingup.accounts.models import User
from steppingup.accounts.second_factor import has_second_factor, is_staff_member, used_second_factor


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
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not is_staff_member(request.user):
            raise Http404
        if not used_second_factor(request):
            return self.ask_for_it(request, request.user, wanted)
        if request.path == reverse("admin:password_change"):
            return HttpResponseRedirect(reverse("account_password"))
        if request.path == reverse("admin:login"):
            return HttpResponseRedirect(reverse("admin:index"))
        return None

    def ask_for_it(self, request: HttpRequest, user: User, wanted: str) -> HttpResponse:
        address = reverse("account_second_factor")
        if has_second_factor(user):
            methods = get_adapter(request).get_reauthentication_methods(user)
            address = next(method["url"] for method in methods if method["id"].startswith("mfa_"))
        return HttpResponseRedirect(f"{address}?{urlencode({'next': wanted})}")
