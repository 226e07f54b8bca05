"""What every answer says besides its page."""

import os
import subprocess
import sys
from email.message import Message
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.http import wsgi

from steppingup.runtime.serve import commands
from tests.plugins.production import image_command
from tests.plugins.services import ROOT

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("address", ["/", "/admin/", "/no-such-page/"])
def test_every_answer_tells_the_browser_to_be_careful(client, db, address):
    answer = client.get(address)
    assert {name: answer.headers.get(name) for name in SAFE} == SAFE
    asked = dict(part.split("=") for part in answer.headers["Permissions-Policy"].split(", "))
    assert asked["camera"] == asked["geolocation"] == asked["microphone"] == "()"
    assert asked["publickey-credentials-get"] == "(self)"  # passkeys


def test_the_server_does_not_say_what_it_is(monkeypatch):
    monkeypatch.setattr(wsgi, "Response", wsgi.Response)  # put back afterwards
    told = "steppingup/runtime/web.py"
    assert all(
        command[command.index("--config") + 1].endswith(told) for command in (image_command(), commands(1)["web"])
    )
    exec(compile((ROOT / told).read_text(), told, "exec"), {})
    request = SimpleNamespace(version=(1, 1), method="GET", headers=[], should_close=lambda: True)
    response = wsgi.Response(request, None, Config())
    response.start_response("200 OK", [("Content-Type", "text/plain")])
    sent = Message()
    for line in response.default_headers()[1:]:
        name, _, value = line.partition(":")
        sent[name] = value
    assert "Date" in sent
    assert "Server" not in sent


def test_cookies_of_production_are_for_this_host_alone_and_no_script():
    """As production has them: the settings are read in a process of their own."""
    asked = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE"
    program = (
        "import django; django.setup(); from django.conf import settings; "
        f"print([getattr(settings, name) for name in {asked.split()!r}])"
    )
    environment = {
        **os.environ,
        "MODE": "production",
        "DJANGO_SETTINGS_MODULE": "steppingup.settings",
        "SECRET_KEY": "x" * 60,
        "ENCRYPTION_KEYS": "b25seS10by1jb2xsZWN0LXN0YXRpYy1maWxlcy0wMDE=",
        "ALLOWED_HOSTS": "example.org",
        "SITE_URL": "https://example.org",
        "EMAIL_URL": "smtp://localhost:25",
        "DATABASE_URL": "postgres://nobody@localhost/none",
        "REDIS_URL": "redis://localhost",
    }
    ran = subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout.strip() == "['__Host-session', '__Host-csrf', True, True, 'Lax']", ran.stderr
