"""The demonstration's mailbox shows what was really delivered, and exists nowhere else."""

import pytest
from django.utils import timezone

from steppingup.messaging.actions import delivery
from steppingup.messaging.adapter import AccountAdapter
from steppingup.messaging.models import Message
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.DEMONSTRATION = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = settings.MAILBOX_DIR = tmp_path / "mail"


def test_every_e_mail_can_be_found_read_and_followed(mailbox, send_news, client):
    assert "No email yet" in client.get("/demo/mail/").text
    send_news(to="amara@example.org", thing="<b>it</b>")
    send_news(to="ben@example.org")
    delivery.deliver_due()
    assert "amara@example.org" in client.get("/demo/mail/").text
    found = client.get("/demo/mail/?q=amara")
    assert "ben@example.org" not in found.text
    key = found.context["page_obj"].object_list[0].key
    page = client.get(f"/demo/mail/{key}/")
    assert '<a href="https://example.org/l/s3cret-t0ken"' in page.text
    frame = client.get(f"/demo/mail/{key}/html/")
    assert "&lt;b&gt;it" in frame.text
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get("/demo/mail/nothing/").status_code == 404


def test_outside_a_demonstration_there_is_no_such_page(mailbox, settings, send_news, client):
    send_news()
    delivery.deliver_due()
    key = client.get("/demo/mail/").context["page_obj"].object_list[0].key
    settings.DEMONSTRATION = False
    for page in ("", f"{key}/", f"{key}/html/"):
        assert client.get(f"/demo/mail/{page}").status_code == 404


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
        ("account/email/account_already_exists", {"password_reset_url": "https://example.org/r"}, "Sign in"),
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
