"""A person uploads at most twenty files an hour, wherever; and nobody fills a disk with one."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from steppingup.files.actions.files import MOST_AN_HOUR, count_upload, store
from steppingup.files.receiving import MOST_BYTES
from steppingup.files.rules import CV
from tests.factories.accounts import UserFactory
from tests.files.uploads import pdf, png, upload
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
SENTENCE = "You have uploaded 20 files within an hour. Wait an hour, then upload this one."


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_twenty_an_hour_and_then_a_sentence():
    by, other = UserFactory(), UserFactory()
    for _ in range(MOST_AN_HOUR - 1):
        count_upload(by)
    with pytest.raises(ValidationError, match="picture"):  # what is refused was looked at too
        store(upload=upload(png()), rule=CV, by=by)
    with pytest.raises(ValidationError, match=SENTENCE):
        store(upload=upload(pdf()), rule=CV, by=by)
    assert store(upload=upload(pdf()), rule=CV, by=other)
    assert store(upload=upload(pdf()), rule=CV, by=None)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert store(upload=upload(pdf()), rule=CV, by=by)


@pytest.mark.parametrize(
    ("page", "name", "file"),
    [
        ("accounts_organisation_add", "logo", png()),
        ("modules_course_import", "import_file", b"code,title,level,credits\nA,B,5,5\n"),
    ],
)
def test_logos_and_lists_count_too(client, page, name, file):
    boss = UserFactory(is_staff=True, is_superuser=True)
    with_second_factor(client, boss)
    for _ in range(MOST_AN_HOUR):
        count_upload(boss)
    sent = SimpleUploadedFile("a.csv", file)
    assert SENTENCE in client.post(reverse(f"admin:{page}"), {"name": "A", "resource": "0", name: sent}).text


def test_more_than_any_form_takes_is_not_received(client):
    boss = UserFactory(is_staff=True, is_superuser=True)
    with_second_factor(client, boss)
    large = SimpleUploadedFile("logo.png", b"x" * (MOST_BYTES + 1_000_000))
    answer = client.post(reverse("admin:accounts_organisation_add"), {"name": "A", "logo": large})
    [received] = answer.wsgi_request.FILES.values()
    assert MOST_BYTES <= received.size < MOST_BYTES + 100_000
    assert "This file is too large. Upload a file of no more than 500 KB" in answer.text
