from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "steppingup.accounts"
    verbose_name = "People and organisations"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in
        from allauth.mfa.models import Authenticator

        from steppingup.accounts import security_log  # noqa: F401
        from steppingup.accounts.actions.roles import join
        from steppingup.accounts.authenticators import wrap
        from steppingup.accounts.naming import goes_by_its_account

        Authenticator.add_to_class("wrap", wrap)
        # Kept by a name of its own, for signals forget what nothing else holds.
        self.joins = lambda sender, user, **said: (join(user=user), goes_by_its_account(user=user))
        user_logged_in.connect(self.joins)
