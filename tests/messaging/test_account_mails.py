"""What the sign-in library says goes through the outbox."""

import pytest
from django.utils import timezone

from steppingup.messaging.actions import delivery
from steppingup.messaging.adapter import AccountAdapter
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_a_sign_in_code_goes_through_the_outbox_and_is_forgotten_once_sent(rf, mailoutbox):
    person = UserFactory(email="amara@example.org", full_name="Amara Okafor")
    AccountAdapter(rf.get("/")).send_mail("account/email/login_code", "amara@example.org", {"code": "K7PW4Q"})
    message = Message.objects.get()
    assert (message.kind, message.to) == ("account.login_code", person)
    assert message.expires_at is not None
    assert "K7PW4Q" not in message.text + message.html + message.subject
    delivery.deliver_due()
    assert "K7PW4Q" in mailoutbox[0].body
    message.refresh_from_db()
    assert message.sealed is None


@pytest.mark.parametrize(
    ("prefix", "context", "words"),
    [
        ("account/email/email_confirmation", {"code": "ABC123"}, "ABC123"),
        ("account/email/email_confirmation", {"key": "k", "activate_url": "https://example.org/k"}, "example.org/k"),
        ("account/email/password_reset_key", {"password_reset_url": "https://example.org/r"}, "example.org/r"),
        ("account/email/password_reset_code", {"code": "ABC123"}, "ABC123"),
        ("account/email/unknown_account", {"signup_url": "https://example.org/new"}, "example.org/new"),
        ("account/email/account_already_exists", {"password_reset_url": "https://example.org/r"}, "example.org/r"),
        (
            "account/email/password_changed",
            {"ip": "127.0.0.1", "user_agent": "x", "timestamp": timezone.now()},
            "password",
        ),
        (
            "mfa/email/totp_activated",
            {"ip": "127.0.0.1", "user_agent": "x", "timestamp": timezone.now()},
            "uthenticator",
        ),
    ],
)
def test_everything_the_sign_in_library_says_goes_through_the_outbox(rf, mailoutbox, prefix, context, words):
    user = UserFactory(email="amara@example.org")
    request = rf.get("/")
    AccountAdapter(request).send_mail(prefix, user.email, {"request": request, "user": user, **context})
    assert delivery.deliver_due() == 1
    assert words in mailoutbox[0].body
    assert "{{" not in mailoutbox[0].body + mailoutbox[0].subject
