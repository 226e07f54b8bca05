from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "steppingup.accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from allauth.mfa.models import Authenticator

        from steppingup.accounts import security_log  # noqa: F401
        from steppingup.accounts.authenticators import wrap

        Authenticator.add_to_class("wrap", wrap)
