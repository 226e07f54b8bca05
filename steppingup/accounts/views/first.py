"""The page of the link for the first administrator of an empty site."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from steppingup.accounts.actions.first import FIRST, begin
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.forms import FirstForm
from steppingup.accounts.links import token_view
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible


@sensitive_post_parameters("password")
def _first(request: HttpRequest, link: TokenLink) -> HttpResponse:
    form = FirstForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            begin(by=LinkHolder(link), **form.cleaned_data)
        except NotPossible as sentence:
            form.add_error(sentence.field or None, str(sentence))
        else:
            messages.success(request, "The site is yours. Sign in with your address and your password.")
            # By the password that they have just chosen: no email may be set up yet.
            return redirect(f"{reverse('account_login_password')}?{urlencode({'next': reverse('admin:index')})}")
    return render(request, "accounts/first.html", {"form": form})


first = token_view(FIRST)(_first)
