"""Under /account/. The names are allauth's where allauth looks for them; what this site does not have is closed."""

from allauth.account import views as allauth_account
from allauth.account.views import LogoutView
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.urls import include, path
from django.views.generic import RedirectView

from steppingup.accounts.views import account, first, sign_in

closed = sign_in.closed

urlpatterns = [
    path("", account.home, name="account_home"),
    path("details/", account.details, name="account_details"),
    path("address/", account.address, name="account_address"),
    path("address/<str:token>/", account.confirm_address, name="account_address_confirm"),
    path("first/<str:token>/", first.first, name="account_first"),
    path("mended-address/<str:token>/", account.mended_address, name="account_address_mended"),
    path("name/", sign_in.name, name="account_name"),
    path("password/", account.password, name="account_password"),
    path("password/remove/", account.remove_password, name="account_remove_password"),
    path("sign-out-everywhere/", account.everywhere, name="account_sign_out_everywhere"),
    path("second-factor/", account.second_factor, name="account_second_factor"),
    # Signing in and out
    path("sign-in/", sign_in.SignIn.as_view(), name="account_request_login_code"),
    path("sign-in/", sign_in.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", sign_in.Code.as_view(), name="account_confirm_login_code"),
    path("sign-in/password/", sign_in.PasswordSignIn.as_view(), name="account_login_password"),
    path("sign-in/address/", allauth_account.email_verification_sent, name="account_email_verification_sent"),
    path("sign-out/", LogoutView.as_view(), name="account_logout"),
    path("inactive/", allauth_account.account_inactive, name="account_inactive"),
    path("again/", allauth_account.reauthenticate, name="account_reauthenticate"),
    # Second factors
    path("second-factor/manage/", RedirectView.as_view(pattern_name="account_home"), name="mfa_index"),
    path("sign-in/second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("again/second-factor/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", sign_in.AgainByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("app/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("recovery-codes/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("passkeys/sign-in/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    # The employer's own sign-in (OpenID Connect)
    path("employer/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("employer-cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("employer-error/", social.login_error, name="socialaccount_login_error"),
    path("employer-refused/", sign_in.employer_refused, name="socialaccount_signup"),
    # Names that allauth looks up, for pages that this site does not have
    *(
        path(f"closed/{number}/", closed, name=name)
        for number, name in enumerate(
            (
                "account_signup",
                "account_email",
                "account_change_password",
                "account_set_password",
                "account_reset_password",
                "account_reset_password_done",
                "socialaccount_connections",
            )
        )
    ),
]
