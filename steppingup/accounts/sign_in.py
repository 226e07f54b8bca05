"""Sign in or start, by one door: an address gets a code by email, known or not.

allauth's login by code knows both, but tells an unknown address so in a different mail. Here both get the same
mail, in the same time; an unknown address becomes an account when its code is confirmed, and not before."""

from typing import Self

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from steppingup.accounts import lockout
from steppingup.accounts.actions.people import begin_account, confirm_address
from steppingup.accounts.models import User


class SignInProcess(LoginCodeVerificationProcess):
    """One attempt to sign in, kept in the session until its code is entered or has run out."""

    @classmethod
    def begin(cls, *, request: HttpRequest, user: User | None, email: str) -> Self:
        login = Login(user=user, email=email)
        login.state["stages"] = {"current": LoginByCodeStage.key}
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.state.update(cls.initial_state(user=user, email=email), initiated_by_user=True)
        process = cls(stage=stage)
        process.send()
        process.persist()
        return process

    @classmethod
    def resume(cls, stage: LoginByCodeStage) -> Self | None:
        return cls(stage=stage).abort_if_invalid()

    @property
    def email(self) -> str:
        return self.state["email"]

    def send_by_email(self, email: str, skip_enumeration_mails: bool = False) -> None:
        context = {"request": self.request, "code": self.generate_code()}
        get_adapter(self.request).send_mail("account/email/login_code", email, context)

    def record_invalid_attempt(self) -> bool:
        lockout.note_wrong_code(self.email)
        return super().record_invalid_attempt() and not lockout.is_locked(self.email)

    def finish(self, redirect_url: str | None) -> HttpResponse:
        """The code was right: the address is theirs. Make the account if there is none, and sign in."""
        user = self.user or begin_account(email=self.email)
        self._user = user
        confirm_address(user=user)
        lockout.forgive(self.email)
        if not user.full_name:
            redirect_url = f"{reverse('account_name')}?{urlencode({'next': redirect_url or '/'})}"
        return super().finish(redirect_url)
