"""The promise of docs/messages.md: nothing that was said is lost, and nothing is said twice without being asked."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import delivery, send_again
from steppingup.messaging.models import Message
from steppingup.messaging.states import BACK_OFF, MessageStatus
from steppingup.runtime import broker
from tests.factories.accounts import ProviderFactory, UserFactory, staff
from tests.plugins.services import ROOT, celery_speaks_to, database_address, free_port, wait_until
from tests.racing import at_once

pytestmark = pytest.mark.django_db
S = MessageStatus


def again_later(message: Message) -> Message:
    """The clock has moved on: the next attempt is due."""
    Message.objects.filter(pk=message.pk, status=S.RETRY).update(next_attempt_at=timezone.now())
    delivery.deliver_due()
    message.refresh_from_db()
    return message


def lease_ends() -> None:
    Message.objects.exclude(claimed_at=None).update(claimed_at=timezone.now() - timedelta(hours=1))
    delivery.release_lost()


# -- the mail server ---------------------------------------------------------------------------------


def test_it_arrives_with_a_message_id_that_never_changes(send_news, smtp_server):
    message = send_news(to=UserFactory(email="amara@example.org", full_name="Amara Okafor"), note=".\n.dots\nZoë – £5")
    assert delivery.deliver_due() == 1
    (arrived,) = smtp_server.to("amara@example.org")
    assert arrived["Message-ID"] == message.message_id_header
    assert arrived["Auto-Submitted"] == "auto-generated"
    text = arrived.get_body(("plain",)).get_content()
    assert ".dots\r\nZoë – £5" in text
    assert "https://example.org/l/s3cret-t0ken" in text
    assert delivery.deliver_due() == 0
    message.refresh_from_db()
    assert (message.status, message.attempts) == (S.SENT, 1)


def test_many_go_through_one_connection_and_one_bad_address_stops_nobody(send_news, smtp_server, monkeypatch):
    async def handle_RCPT(server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 5.1.1 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(smtp_server, "handle_RCPT", handle_RCPT, raising=False)
    for name in ("a", "gone", "b"):
        send_news(to=f"{name}@example.org")
    assert delivery.deliver_due() == 2
    gone = Message.objects.get(to_email="gone@example.org")
    assert gone.status == S.FAILED
    assert "does not know the address gone@example.org" in gone.last_error
    assert "No such person" in gone.last_error


def test_a_temporary_refusal_is_tried_again_at_growing_intervals_and_at_last_given_up(send_news, smtp_server):
    smtp_server.refuse = "451 4.3.0 Try again later"
    message = send_news()
    for attempt, interval in enumerate(BACK_OFF):
        before = timezone.now()
        again_later(message) if attempt else delivery.deliver_due()
        message.refresh_from_db()
        assert (message.status, message.attempts) == (S.RETRY, attempt + 1)
        assert interval * 0.9 <= message.next_attempt_at - before <= interval * 1.1 + timedelta(seconds=5)
    assert timedelta(hours=44) < sum(BACK_OFF, timedelta()) < timedelta(hours=52)
    again_later(message)
    assert message.status == S.FAILED
    assert "Try again later" in message.last_error
    smtp_server.refuse = ""
    send_again(message=message, by=SYSTEM)
    assert delivery.deliver_due() == 1
    assert smtp_server.messages[0]["Message-ID"] == message.message_id_header


def test_a_content_that_is_refused_for_good_fails_at_once(send_news, smtp_server):
    smtp_server.refuse = "554 5.6.0 Not this"
    message = send_news()
    delivery.deliver_due()
    message.refresh_from_db()
    assert (message.status, message.attempts) == (S.FAILED, 1)


def test_without_a_mail_server_only_one_message_is_tried_and_all_go_later(send_news, smtp_server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    for name in "abc":
        send_news(to=f"{name}@example.org")
    assert delivery.deliver_due() == 0
    assert list(Message.objects.order_by("pk").values_list("status", "attempts")) == [
        (S.RETRY, 1),
        (S.QUEUED, 0),
        (S.QUEUED, 0),
    ]
    assert "could not be reached" in Message.objects.get(attempts=1).last_error
    settings.EMAIL_PORT = port
    Message.objects.update(next_attempt_at=timezone.now())
    assert delivery.deliver_due() == 3


def test_a_message_that_does_not_reach_the_mail_server_is_not_said_to_be_sent(send_news, smtp_server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    message = send_news()
    assert delivery.deliver_one(message.pk) is False
    settings.EMAIL_PORT = port
    Message.objects.update(next_attempt_at=timezone.now())
    assert delivery.deliver_one(message.pk) is True
    assert delivery.deliver_one(message.pk) is False


def test_every_message_that_is_sorted_out_is_counted(send_news):
    for name in "ab":
        send_news(to=f"{name}@example.org", expires_at=timezone.now() + timedelta(minutes=3))
        delivery._claim()
    Message.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
    assert delivery.release_lost() == 2
    Message.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert delivery.give_up_late() == 2


def test_a_code_that_has_expired_is_not_sent_and_not_kept(send_news, smtp_server):
    message = send_news(expires_at=timezone.now() + timedelta(minutes=3))
    late = timezone.now() - timedelta(seconds=1)
    Message.objects.update(expires_at=late)
    assert delivery.deliver_due() == 0
    message.refresh_from_db()
    assert (message.status, message.sealed, smtp_server.messages) == (S.FAILED, None, [])
    with pytest.raises(NotPossible, match="short time"):
        send_again(message=message, by=SYSTEM)


def test_private_links_of_failed_messages_are_kept_for_thirty_days(send_news, smtp_server):
    smtp_server.refuse = "554 No"
    message = send_news()
    delivery.deliver_due()
    assert delivery.forget_old_secrets() == 0
    Message.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert delivery.forget_old_secrets() == 1
    message.refresh_from_db()
    with pytest.raises(NotPossible, match="no longer kept"):
        send_again(message=message, by=SYSTEM)


def test_a_message_that_had_no_private_link_has_none_to_forget(plain_message, smtp_server):
    smtp_server.refuse = "554 No"
    message = plain_message()
    delivery.deliver_due()
    Message.objects.update(created_at=timezone.now() - timedelta(days=31))
    assert delivery.forget_old_secrets() == 0
    message.refresh_from_db()
    assert (message.status, message.secrets_forgotten) == (S.FAILED, False)
    send_again(message=message, by=SYSTEM)


def test_only_staff_of_the_provider_may_send_again(send_news, smtp_server):
    provider = ProviderFactory()
    smtp_server.refuse = "554 No"
    message = send_news(provider=provider)
    delivery.deliver_due()
    message.refresh_from_db()
    with pytest.raises(NotAllowed):
        send_again(message=message, by=staff())
    with pytest.raises(NotAllowed):
        send_again(message=message, by=staff("assessor", provider))
    send_again(message=message, by=staff(provider=provider))
    with pytest.raises(NotPossible):
        send_again(message=message, by=SYSTEM)


# -- the connection that breaks ------------------------------------------------------------------------


class Treacherous:
    """A mail server that goes away at a chosen moment."""

    def __init__(self, moment: str) -> None:
        self.moment, self.accepted = moment, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.moment == "before":
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.accepted += 1
        if self.moment == "after":
            server.transport.abort()
        return "250 OK"


@pytest.fixture
def treacherous(settings):
    controllers = []

    def one(moment):
        handler = Treacherous(moment)
        controller = Controller(handler, hostname="127.0.0.1", port=free_port())
        controller.start()
        controllers.append(controller)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
        return handler

    yield one
    for controller in controllers:
        controller.stop()


def test_broken_before_the_data_it_is_tried_again(send_news, treacherous):
    treacherous("before")
    message = send_news()
    delivery.deliver_due()
    message.refresh_from_db()
    assert message.status == S.RETRY
    treacherous("never")
    assert again_later(message).status == S.SENT


def test_broken_after_the_data_it_is_not_sent_again_by_itself(send_news, treacherous):
    server = treacherous("after")
    message = send_news()
    delivery.deliver_due()
    message.refresh_from_db()
    assert message.status == S.UNCERTAIN
    assert "Send again" in message.last_error
    Message.objects.update(next_attempt_at=timezone.now() - timedelta(days=1))
    lease_ends()
    delivery.deliver_due()
    assert server.accepted == 1
    good = treacherous("never")
    message.refresh_from_db()
    send_again(message=message, by=SYSTEM)
    assert delivery.deliver_due() == 1
    assert good.accepted == 1


# -- processes that die, and several at once ------------------------------------------------------------


class Hanging:
    """A mail server that waits for ever at a chosen step, as if the network had gone quiet."""

    def __init__(self, step: bytes) -> None:
        self.step, self.reached, self.accepted = step, threading.Event(), 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self._talk(client)

    def _talk(self, client: socket.socket) -> None:
        client.sendall(b"220 hello\r\n")
        lines, in_data = client.makefile("rb"), False
        for line in lines:
            word = line.split(b":")[0].split()[0].lower() if line.strip() and not in_data else line.strip()
            if in_data and line == b".\r\n":
                in_data, word = False, b"accepted"
                self.accepted += 1
            elif in_data:
                continue
            if word == self.step:
                self.reached.set()
                lines.read()  # until the other side is gone
                return
            in_data = word == b"data"
            client.sendall(b"354 go on\r\n" if in_data else b"250 fine\r\n")


def deliver_in_another_process(port: int) -> subprocess.Popen:
    environment = {
        **os.environ,
        "MODE": "test",
        "DATABASE_URL": database_address(),
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    program = "import django; django.setup(); from steppingup.messaging.actions import delivery; delivery.deliver_due()"
    environment["DJANGO_SETTINGS_MODULE"] = "steppingup.settings"
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=environment)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("step", "left_as", "becomes", "copies"),
    [(b"rcpt", S.SENDING, S.RETRY, 1), (b"accepted", S.HANDING_OVER, S.UNCERTAIN, 0)],
    ids=["before the data: tried again", "after it was accepted: never twice"],
)
def test_a_deliverer_killed_on_the_way_neither_loses_nor_repeats(
    send_news, smtp_server, step, left_as, becomes, copies
):
    message, quiet = send_news(), Hanging(step)
    process = deliver_in_another_process(quiet.port)
    assert quiet.reached.wait(120)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    quiet.socket.close()
    message.refresh_from_db()
    assert message.status == left_as
    assert delivery.deliver_due() == 0  # its lease has not ended: it might be alive
    lease_ends()
    message.refresh_from_db()
    assert message.status == becomes
    delivery.deliver_due()
    assert len(smtp_server.messages) == copies


@pytest.mark.django_db(transaction=True)
def test_deliverers_side_by_side_send_each_message_once(send_news, smtp_server):
    for number in range(30):
        send_news(to=f"person{number}@example.org")
    assert sum(at_once([delivery.deliver_due] * 6)) == 30
    assert sorted(smtp_server.recipients) == sorted(f"person{n}@example.org" for n in range(30))


def test_a_slow_deliverer_whose_claim_was_given_away_sends_nothing(send_news, smtp_server):
    message = send_news()
    mine = delivery._claim()
    lease_ends()
    theirs = delivery._claim()
    with closing(delivery.Post()) as post:
        assert delivery._deliver(mine, post) is False
        assert smtp_server.messages == []
        assert delivery._deliver(theirs, post) is True
    message.refresh_from_db()
    assert message.status == S.SENT


def test_the_database_refuses_to_send_what_was_sent(send_news, smtp_server):
    message = send_news()
    delivery.deliver_due()
    with pytest.raises(Exception, match="Invalid transition"), connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_message SET status = 'queued', sent_at = NULL WHERE id = %s", [message.pk])


# -- the broker ------------------------------------------------------------------------------------------


@pytest.fixture(params=["refuses", "silent"])
def unreachable_broker(request):
    """An address at which Redis is not: nothing listens there, or something that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1] if request.param == "silent" else free_port()
        yield f"redis://127.0.0.1:{port}/0"


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_away_the_page_answers_and_the_mail_goes_later(
    send_news, smtp_server, unreachable_broker, monkeypatch
):
    with celery_speaks_to(unreachable_broker, {"socket_connect_timeout": 60, "socket_timeout": 60}):
        began = time.monotonic()
        send_news()
        assert time.monotonic() - began < 30
        monkeypatch.setattr(broker, "PATIENCE", 60)
        began = time.monotonic()
        send_news(to="b@example.org")  # it is not asked again so soon
        assert time.monotonic() - began < 30
    assert delivery.deliver_due() == 2
    assert len(smtp_server.messages) == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_it_moments_after_the_commit(send_news, celery_worker_process, smtp_server):
    message = send_news()
    wait_until(lambda: smtp_server.messages, what="the email arriving")
    wait_until(lambda: Message.objects.get(pk=message.pk).status == S.SENT, what="it being recorded")
