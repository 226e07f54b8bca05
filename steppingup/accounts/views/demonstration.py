"""Demonstrations only: be one of the people. These addresses do not exist anywhere else."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from steppingup.accounts.actions.demonstration import path_of, person_for_key
from steppingup.accounts.models import DemonstrationPerson
from steppingup.accounts.second_factor import DEMONSTRATION_SESSION


@never_cache
def people(request: HttpRequest) -> HttpResponse:
    entries = DemonstrationPerson.objects.select_related("user__organisation")
    rows = [{"entry": entry, "path": path_of(entry)} for entry in entries]
    loading = not all(row["path"] for row in rows)
    return render(request, "accounts/demonstration_people.html", {"rows": rows, "loading": loading})


@never_cache
def sign_in(request: HttpRequest, key: str) -> HttpResponse:
    """One click. It signs in on GET, which is right here only because it exists in demonstrations only."""
    user = person_for_key(key)
    if user is None:
        raise Http404
    logout(request)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    record_authentication(request, user, method="demonstration")
    request.session[DEMONSTRATION_SESSION] = True
    entry = getattr(user, "demonstration", None)
    return redirect(entry.address if entry else "/")
