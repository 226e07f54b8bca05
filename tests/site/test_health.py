import socket
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from steppingup.jobs import heartbeats
from steppingup.jobs.models import Heartbeat
from steppingup.jobs.states import Part
from steppingup.site import health
from tests.plugins.services import free_port


@pytest.fixture(autouse=True)
def _forget_good_answer(monkeypatch):
    monkeypatch.setattr(health, "_up_to_date", False)


def test_the_process_answers_without_asking_anything_of_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"alive\n")


def test_they_answer_while_the_database_is_away_also_to_somebody_who_is_signed_in(
    client, settings, monkeypatch, django_db_blocker
):
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", free_port())
    client.cookies[settings.SESSION_COOKIE_NAME] = "a-session-that-is-not-looked-up"
    assert client.get("/healthz").status_code == 200
    for address in ("/readyz", "/readyz/pages"):
        with django_db_blocker.unblock():
            response = client.get(address)
        assert response.status_code == 503
        assert "database: cannot be reached\n" in response.text


@pytest.mark.django_db(transaction=True)
def test_it_is_ready_when_everything_is_well_and_says_who_is_silent(client, broker):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.text.splitlines() == [
        "database: answers",
        "migrations: all applied",
        "broker: answers",
        "worker: has never been heard from",
        "beat: has never been heard from",
    ]
    for part in Part:
        heartbeats.say_alive(part, "here")
        heartbeats.say_alive(part, "here")
        heartbeats.say_alive(part, "elsewhere")
    response = client.get("/readyz")
    assert response.status_code == 200
    assert "worker: was heard from 0 seconds ago" in response.text
    Heartbeat.objects.filter(part=Part.BEAT).update(heard_at=timezone.now() - timedelta(minutes=4, seconds=5))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "beat: has not been heard from for 4 minutes" in response.text


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_while_the_broker_is_down(client, broker):
    broker.stop()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "broker: " in response.text
    assert "broker: answers" not in response.text
    assert client.get("/readyz/pages").status_code == 200
    assert client.get("/readyz", headers={"Accept": "application/json"}).json()["broker"]["well"] is False


@pytest.mark.django_db(transaction=True)
def test_a_broker_in_a_folder_that_is_not_there_is_no_broker(client, settings, tmp_path):
    settings.REDIS_URL, settings.BROKER_DIR = "", tmp_path / "away"
    assert "broker: its folder cannot be written to" in client.get("/readyz").text


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_never_answers_is_given_up(client, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        start = time.monotonic()
        response = client.get("/readyz")
        assert time.monotonic() - start < 30
    assert response.status_code == 503
    assert "database: answers" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_it_is_not_ready_before_the_migrations_are_applied(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts' RETURNING app, name, applied")
        rows = cursor.fetchall()
        try:
            response = client.get("/readyz")
        finally:
            cursor.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", rows)
    assert response.status_code == 503
    assert "not applied; run manage.py migrate" in response.content.decode()


def test_only_reading_is_possible(client):
    assert client.post("/healthz").status_code == 405
