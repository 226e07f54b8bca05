"""Signing in: the address, the code, the name; or a password for those who chose one."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.decorators import login_stage_required
from allauth.account.stages import LoginByCodeStage
from allauth.account.views import ConfirmLoginCodeView, LoginView, RequestLoginCodeView
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.generic.base import ContextMixin

from steppingup.accounts import lockout
from steppingup.accounts.actions.people import give_details
from steppingup.accounts.forms import CodeForm, NameForm, PasswordSignInForm, SignInForm
from steppingup.accounts.requests import SignedInRequest
from steppingup.accounts.sign_in import SignInProcess

THREE_WRONG = "That was the third wrong code, so this code no longer works. Ask for a new one."


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """Where the person wanted to go, if it is on this site."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    return url if url and get_adapter(request).is_safe_url(url) else default


class OnTheWay(ContextMixin):
    """A page on the way to where the person wanted to go, which its forms and links hand on."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(next_url=safe_next(self.request, ""), **kwargs)


class SignIn(OnTheWay, RequestLoginCodeView):
    """“Sign in or start”: one question for everybody."""

    form_class = SignInForm
    template_name = "account/login.html"

    def form_valid(self, form: SignInForm) -> HttpResponse:
        SignInProcess.begin(request=self.request, user=form._user, email=form.cleaned_data["email"])
        return HttpResponseRedirect(self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        providers = get_social_adapter(self.request).list_providers(self.request)
        buttons = [{"name": p.app.name, "url": p.get_login_url(self.request)} for p in providers]
        return super().get_context_data(employers=buttons, **kwargs)


@method_decorator(login_stage_required(LoginByCodeStage.key, "account_login"), name="dispatch")
class Code(OnTheWay, ConfirmLoginCodeView):
    """The code from the email. Three tries for a code; ten wrong ones close the address for half an hour."""

    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.stage = cast("Any", request)._login_stage  # set by the decorator
        process = SignInProcess.resume(self.stage)
        if not process:
            messages.warning(request, "This code has expired. Ask for a new one.")
            return self.begin_again()
        self._process = process
        if lockout.is_locked(process.email):
            process.abort()
            messages.error(request, lockout.SENTENCE)
            return self.begin_again()
        return super(ConfirmLoginCodeView, self).dispatch(request, *args, **kwargs)

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        """Pressing the button with nothing typed is no try."""
        email = self._process.email
        if self.request.POST.get("code", "").strip() and not self._process.record_invalid_attempt():
            messages.error(self.request, lockout.SENTENCE if lockout.is_locked(email) else THREE_WRONG)
            return self.begin_again()
        return self.render_to_response(self.get_context_data(form=form))

    def begin_again(self) -> HttpResponse:
        """Back to the address, still on the way to where the person wanted to go."""
        wanted, address = safe_next(self.request, ""), reverse("account_login")
        return redirect(f"{address}?{urlencode({'next': wanted})}" if wanted else address)


class PasswordSignIn(OnTheWay, LoginView):
    form_class = PasswordSignInForm
    template_name = "account/login_password.html"


class AgainByPasskey(ReauthenticateWebAuthnView):
    def form_invalid(self, form: Form) -> HttpResponse:
        """The same page with a new question for the browser."""
        for sentence in form.errors["credential"]:
            messages.error(self.request, str(sentence))
        return HttpResponseRedirect(self.request.get_full_path())


@login_required
def name(request: SignedInRequest) -> HttpResponse:
    """The first sign-in asks what to call the person."""
    next_url = safe_next(request)
    form = NameForm(request.POST or None, initial={"full_name": request.user.full_name})
    if request.method == "POST" and form.is_valid():
        user = request.user
        give_details(by=user, full_name=form.cleaned_data["full_name"], phone=user.phone, job_title=user.job_title)
        return HttpResponseRedirect(next_url)  # an address, never the name of a view
    return render(request, "accounts/name.html", {"form": form, "next_url": next_url})


def employer_refused(request: HttpRequest) -> HttpResponse:
    """The employer's sign-in gave an address that has an account already, or none: a code settles it."""
    return render(request, "socialaccount/refused.html", {"sign_in": reverse("account_login")})


def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Pages of allauth that this site does not have."""
    raise Http404
