"""Nobody works in the admin without a second factor, used in the same session."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

from steppingup.accounts.models import User
from steppingup.accounts.second_factor import DEMONSTRATION_SESSION
from steppingup.history.encryption import box
from tests.accounts.test_sign_in import CODE, ask, code_in
from tests.factories.accounts import RoleAssignmentFactory, UserFactory, staff

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXP"


def app_code(secret: str = SECRET) -> str:
    """What the authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def sign_in(client, mailbox, user: User) -> str:
    """Sign in by code; returns where the person is sent next."""
    ask(client, user.email, next="/admin/")
    return client.post(CODE, {"code": code_in(mailbox()[-1]), "next": "/admin/"}).headers["Location"]


def test_a_visitor_to_the_admin_is_asked_to_sign_in_by_our_page(client):
    assert client.get("/admin/").headers["Location"] == "/account/sign-in/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/x/").headers["Location"] == "/account/sign-in/?next=/admin/x/"


def test_somebody_who_is_no_staff_finds_no_admin(client):
    client.force_login(UserFactory())
    assert client.get("/admin/").status_code == 404
    assert client.get("/admin/login/").status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_a_second_factor_set_one_up_first(client, mailbox, method):
    sign_in(client, mailbox, staff())
    response = getattr(client, method)("/admin/")
    assert response.headers["Location"] == "/account/second-factor/?next=%2Fadmin%2F"


def test_a_role_alone_is_enough_to_be_asked(client):
    user = UserFactory()
    RoleAssignmentFactory(user=user)
    client.force_login(user)
    assert client.get("/admin/").headers["Location"].startswith("/account/second-factor/")


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_authenticator_app_opens_the_admin(client, mailbox):
    user = staff()
    sign_in(client, mailbox, user)
    client.get("/account/app/")
    secret = client.session["mfa.totp.secret"]
    response = client.post("/account/app/", {"code": app_code(secret)})
    assert response.headers["Location"] == "/account/recovery-codes/"
    assert client.get("/admin/").status_code == 200
    kept = {one.type: str(one.data) for one in Authenticator.objects.filter(user=user)}
    assert kept.keys() == {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}
    assert secret not in kept[Authenticator.Type.TOTP]  # encrypted, with a key that the database does not have
    assert (
        box().decrypt(Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"].encode()).decode()
        == secret
    )


def test_staff_with_an_app_are_asked_for_its_code_after_the_code_by_mail(client, mailbox):
    user = staff()
    TOTP.activate(user, SECRET)
    assert sign_in(client, mailbox, user) == "/account/sign-in/second-factor/"
    assert client.get("/account/").status_code == 302  # not signed in yet
    wrong = client.post("/account/sign-in/second-factor/", {"code": "000000"})
    assert wrong.status_code == 200
    assert "passkey" not in wrong.text.partition("<main")[2]  # they have none, so none is asked for
    response = client.post("/account/sign-in/second-factor/", {"code": app_code()})
    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_session_from_before_the_app_was_set_up_is_asked_for_its_code(client):
    user = staff()
    client.force_login(user)
    TOTP.activate(user, SECRET)
    response = client.get("/admin/")
    assert response.headers["Location"] == "/account/again/second-factor/?next=%2Fadmin%2F"
    response = client.post("/account/again/second-factor/?next=/admin/", {"code": app_code(), "next": "/admin/"})
    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_one_persons_second_step_is_not_anothers(client, mailbox):
    user = staff()
    TOTP.activate(user, SECRET)
    sign_in(client, mailbox, user)
    client.post("/account/sign-in/second-factor/", {"code": app_code()})
    client.force_login(staff())
    assert client.get("/admin/").headers["Location"].startswith("/account/second-factor/")


@pytest.mark.parametrize(("demonstration", "status"), [(True, 200), (False, 302)])
def test_the_demonstration_link_is_exempt_and_only_in_a_demonstration(client, settings, demonstration, status):
    settings.DEMONSTRATION = demonstration
    client.force_login(staff())
    session = client.session
    session[DEMONSTRATION_SESSION] = True
    session.save()
    assert client.get("/admin/").status_code == status


def test_removing_the_last_factor_closes_the_admin_at_the_next_sign_in(client, mailbox):
    user = staff()
    TOTP.activate(user, SECRET)
    Authenticator.objects.filter(user=user).delete()
    sign_in(client, mailbox, user)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/account/",
        "/account/details/",
        "/account/password/",
        "/account/second-factor/",
        "/account/sign-out-everywhere/",
        "/account/sign-out/",
        "/account/app/",
        "/account/passkeys/",
        "/account/passkeys/add/",
        "/account/inactive/",
    ],
)
def test_every_page_of_an_account_has_our_look(client, address):
    client.force_login(UserFactory())
    response = client.get(address)
    assert response.status_code == 200
    assert 'class="site-header"' in response.content.decode()
    assert "{#" not in response.content.decode()
