"""The demonstration's mailbox shows what was really delivered, and exists nowhere else."""

import pytest

from steppingup.messaging.actions import Notice, delivery, send
from steppingup.messaging.messages import CONFIRM_LINK, NOTICE

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("_demonstration")
def test_every_email_can_be_found_read_and_followed(settings, tmp_path, client):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = settings.MAILBOX_DIR = tmp_path / "mail"
    assert "No email yet" in client.get("/demo/mail/").text
    send(Notice(CONFIRM_LINK, "amara@example.org", secrets={"link": "https://example.org/l/s3cret-t0ken"}))
    send(Notice(NOTICE, "ben@example.org", context={"title": "News", "details": "<b>it"}))
    delivery.deliver_due()
    found = {words: client.get(f"/demo/mail/?q={words}") for words in ("", "amara", "ben")}
    assert "amara@example.org" in found[""].text
    assert "ben@example.org" not in found["amara"].text
    keys = {words: found[words].context["page_obj"].object_list[0].key for words in ("amara", "ben")}
    assert '<a href="https://example.org/l/s3cret-t0ken"' in client.get(f"/demo/mail/{keys['amara']}/").text
    frame = client.get(f"/demo/mail/{keys['ben']}/html/")
    assert "&lt;b&gt;it" in frame.text
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get("/demo/mail/nothing/").status_code == 404


def test_outside_a_demonstration_there_is_no_such_page(client):
    for page in ("", "some-key/", "some-key/html/"):
        assert client.get(f"/demo/mail/{page}").status_code == 404
