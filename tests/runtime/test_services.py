"""The services that other tests lean on are real."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.mail import send_mail
from django.urls import reverse

from steppingup.accounts.models import User
from tests.plugins.services import wait_until


def test_mail_arrives_at_the_smtp_server(smtp_server):
    send_mail("Recruitment opens", "In November.", "from@example.org", ["ada@example.org"])
    assert [str(message["Subject"]) for message in smtp_server.to("ada@example.org")] == ["Recruitment opens"]


@pytest.mark.django_db(transaction=True)
def test_what_one_test_commits_the_next_does_not_see_first():
    User.objects.create_user("left-over@example.org")


@pytest.mark.django_db(transaction=True)
def test_what_one_test_commits_the_next_does_not_see_second():
    assert not User.objects.filter(email="left-over@example.org").exists()


def test_uploads_of_tests_do_not_land_among_real_ones(settings):
    assert not Path(settings.MEDIA_ROOT).is_relative_to(settings.BASE_DIR)


def test_a_worker_process_answers_and_can_be_killed_and_started_again(celery_worker_process):
    from steppingup.celery import app

    assert app.control.ping(timeout=60, limit=1)
    celery_worker_process.kill()
    assert not app.control.ping(timeout=1)
    celery_worker_process.start()
    wait_until(lambda: app.control.ping(timeout=5, limit=1), what="the worker answering again")


@pytest.mark.django_db(transaction=True)
def test_the_browser_sees_the_site_and_axe_finds_what_is_wrong(page, axe, screenshot):
    page.goto(reverse("account_login"))
    axe(page)
    assert screenshot(page, "sign-in").stat().st_size > 1000
    page.evaluate("document.body.innerHTML = '<main><h1>Hello</h1><img src=\"/static/none.png\"></main>'")
    with pytest.raises(pytest.fail.Exception, match="image-alt"):
        axe(page)


def test_the_timetable_names_tasks_that_exist_and_rounds_that_nobody_did_in_time_do_not_pile_up(settings):
    from steppingup.celery import app

    app.loader.import_default_modules()
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert entry["task"] in app.tasks, name
        interval = entry["schedule"]
        if isinstance(interval, timedelta):
            assert entry["options"]["expires"] == interval.total_seconds(), name
