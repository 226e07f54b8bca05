"""Of a Word document staff get the PDF that LibreOffice draws of it, where that is installed; else a warning first."""

from pathlib import Path

import pytest
from django.urls import reverse

from steppingup.files.actions import drawing
from steppingup.files.actions.files import store
from steppingup.files.models import MOST_DRAW_TRIES, StoredFile
from steppingup.files.rules import CV
from tests.factories import review as make
from tests.files.uploads import docx, pdf, upload

pytestmark = pytest.mark.django_db

#: What LibreOffice does, as far as we ask for it: `--outdir` and the document are the last two.
PROGRAM = """#!/bin/sh
env > {folder}/environment
home="$(dirname "$7")"
for last in "$@"; do :; done
case "{does}" in
  draws) cp {folder}/drawn.pdf "$(dirname "$last")/document.pdf";;
  fails) exit 1;;
esac
"""


@pytest.fixture
def office(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"

    def install(does: str = "draws") -> Path:
        (tmp_path / "drawn.pdf").write_bytes(pdf(3, script="app.alert(1)"))
        program = tmp_path / "soffice"
        program.write_text(PROGRAM.format(folder=tmp_path, does=does))
        program.chmod(0o755)
        settings.SOFFICE = str(program)
        return tmp_path

    return install


@pytest.fixture
def application(office):
    found = make.arrived(make.window())
    found.cv = store(upload=upload(docx()), rule=CV, by=None)
    found.save()
    return found


@pytest.fixture
def browser(in_admin, application):
    return in_admin(make.coordinator(application.cohort.window))


def cv_of(application) -> str:
    return reverse("admin:applications_application_cv", args=[application.pk])


def test_staff_get_the_pdf_and_the_document_itself_after_a_warning(browser, application, office):
    office()
    assert drawing.draw(application.cv.pk)
    opened = browser.get(cv_of(application))
    assert opened["Content-Type"] == "application/pdf"
    assert 'filename="My CV.pdf"' in opened["Content-Disposition"]
    content = b"".join(opened.streaming_content)
    assert content.startswith(b"%PDF")
    assert b"JavaScript" not in content  # what the program writes is cleaned like any upload
    asked = browser.get(cv_of(application), {"original": "ask"}).text
    assert "leave it in Protected View" in asked
    assert f"{cv_of(application)}?original=yes" in asked
    original = browser.get(cv_of(application), {"original": "yes"})
    assert b"".join(original.streaming_content)[:2] == b"PK"


def test_without_the_program_there_is_the_warning_and_the_document(browser, application):
    assert not drawing.draw(application.cv.pk)
    assert drawing.draw_missing() == 0
    page = browser.get(cv_of(application)).text
    assert "This is a Word document" in page
    assert "A PDF of it is being made" not in page


def test_until_it_is_drawn_the_page_says_that_it_comes(browser, application, office):
    office()
    assert "A PDF of it is being made" in browser.get(cv_of(application)).text
    assert drawing.draw_missing() == 1
    assert browser.get(cv_of(application))["Content-Type"] == "application/pdf"


def test_one_that_cannot_be_drawn_is_given_up(browser, application, office):
    office("fails")
    for _ in range(MOST_DRAW_TRIES + 1):
        assert not drawing.draw(application.cv.pk)
    application.cv.refresh_from_db()
    assert application.cv.draw_tries == MOST_DRAW_TRIES
    assert drawing.draw_missing() == 0
    assert "A PDF of it is being made" not in browser.get(cv_of(application)).text


def test_the_program_is_given_a_home_of_its_own_and_none_of_our_secrets(application, office, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "ours alone")
    folder = office()
    assert drawing.draw(application.cv.pk)
    environment = dict(line.partition("=")[::2] for line in (folder / "environment").read_text().splitlines())
    assert "steppingup-" in environment["HOME"]
    assert not Path(environment["HOME"]).exists()
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(environment)


def test_a_word_document_is_offered_to_a_worker_when_it_is_stored(
    office, monkeypatch, django_capture_on_commit_callbacks
):
    office()
    asked = []
    monkeypatch.setattr(drawing, "nudge", lambda *what: asked.append(what))
    with django_capture_on_commit_callbacks(execute=True):
        word = store(upload=upload(docx()), rule=CV, by=None)
        store(upload=upload(pdf()), rule=CV, by=None)
    assert asked == [("files.draw", word.pk)]


def test_the_pdf_goes_with_the_document(application, office, django_capture_on_commit_callbacks):
    office()
    drawing.draw(application.cv.pk)
    stored = StoredFile.objects.get(pk=application.cv.pk)
    with django_capture_on_commit_callbacks(execute=True):
        application.cv = None
        application.save()
        stored.delete()
    assert not stored.drawn.storage.exists(stored.drawn.name)
    assert not stored.file.storage.exists(stored.file.name)
