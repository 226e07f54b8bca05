"""A real IMAP server for the tests: Dovecot, with one mailbox in a folder of its own."""

import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from steppingup.messaging.mailbox import Account
from tests.plugins.services import free_port, wait_until

DOVECOT = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else "")
USER, PASSWORD = "replies@example.org", "open-sesame"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group_of_owner} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class ImapServer:
    """The mailbox of `account`; `put` delivers an email into it as it is."""

    def __init__(self, port: int) -> None:
        self.account = Account("127.0.0.1", port, USER, PASSWORD, "INBOX", USER, is_tls=False)

    def _client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self.account.host, self.account.port, timeout=10)
        client.login(USER, PASSWORD)
        return client

    def put(self, raw: bytes) -> None:
        client = self._client()
        status, said = client.append("INBOX", "", imaplib.Time2Internaldate(0.0), raw)
        assert status == "OK", said
        client.logout()

    def unread(self) -> int:
        client = self._client()
        client.select("INBOX", readonly=True)
        found = client.search(None, "UNSEEN")[1]
        client.logout()
        return len(found[0].split())

    def empty(self) -> None:
        """Another mailbox under the same name: its numbers begin anew."""
        client = self._client()
        _, found = client.select("INBOX")
        if found[0] not in (None, b"0"):
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()
        client.logout()

    def answers(self) -> bool:
        with suppress(OSError, imaplib.IMAP4.error), socket.create_connection(("127.0.0.1", self.account.port), 1):
            return True
        return False


@pytest.fixture(scope="session")
def dovecot() -> Iterator[ImapServer]:
    """Started once a process."""
    if not DOVECOT:
        pytest.skip("Dovecot is not on this machine, so no mailbox is read.")
    with tempfile.TemporaryDirectory(prefix="stepping-up-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        me = pwd.getpwuid(os.getuid())
        root = me.pw_uid == 0
        internal, login, owner = ("dovecot", "dovenull", "mail") if root else (me.pw_name,) * 3
        who = pwd.getpwnam(owner)
        (folder / "mail").mkdir()
        os.chown(folder / "mail", who.pw_uid, who.pw_gid)
        group = "dovecot" if root else str(me.pw_gid)
        given = {"folder": folder, "port": port, "password": PASSWORD, "internal": internal, "group": group}
        config = CONFIG.format(**given, login=login, owner=who.pw_uid, group_of_owner=who.pw_gid)
        (folder / "dovecot.conf").write_text(config)
        process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")])
        server = ImapServer(port)
        try:
            wait_until(lambda: process.poll() is not None or server.answers(), what="the IMAP server")
            assert process.poll() is None, (folder / "log").read_text()
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


@pytest.fixture
def imap(dovecot: ImapServer, settings) -> ImapServer:
    """An empty mailbox that the site reads."""
    settings.REPLIES = dovecot.account
    dovecot.empty()
    return dovecot
