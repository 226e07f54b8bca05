"""Files are carried through failed forms, served only by views, and removed when nobody needs them."""

from datetime import timedelta

import pytest
from django import forms
from django.utils import timezone

from steppingup.files.actions.files import remove_abandoned, store
from steppingup.files.fields import CheckedFileField
from steppingup.files.models import StoredFile
from steppingup.files.rules import CV, LOGO
from steppingup.files.serving import serve
from tests.factories.accounts import UserFactory
from tests.files.uploads import pdf, png, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


class CvForm(forms.Form):
    name = forms.CharField()
    cv = CheckedFileField(rule=CV)

    def __init__(self, *args, by=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cv"].by = by


def kept(form: CvForm) -> str:
    return str(form["cv"]).split('name="cv-kept" value="')[1].split('"')[0]


def test_an_upload_survives_a_mistake_elsewhere_in_the_form():
    by = UserFactory()
    first = CvForm({"name": ""}, {"cv": upload(pdf())}, by=by)
    assert not first.is_valid()
    assert "My CV.pdf (2 pages, 1 KB)" in str(first["cv"])
    second = CvForm({"name": "Ada", "cv-kept": kept(first)}, by=by)
    assert second.is_valid(), second.errors
    assert second.cleaned_data["cv"] == StoredFile.objects.get()
    assert second.cleaned_data["cv"].uploaded_by == by


def test_what_one_person_uploaded_cannot_be_claimed_by_another():
    first = CvForm({"name": ""}, {"cv": upload(pdf())}, by=UserFactory())
    first.is_valid()
    assert not CvForm({"name": "Eve", "cv-kept": kept(first)}, by=UserFactory()).is_valid()
    assert not CvForm({"name": "Eve", "cv-kept": kept(first)[:-2]}, by=None).is_valid()


def test_a_refused_upload_says_why_and_keeps_the_earlier_file():
    by = UserFactory()
    stored = store(upload=upload(pdf()), rule=CV, by=by)
    form = CvForm({"name": "Ada"}, {"cv": upload(png())}, by=by, initial={"cv": stored})
    assert not form.is_valid()
    assert form.errors["cv"] == ["This file is a picture. Upload a PDF or a Word document."]
    assert "My CV.pdf" in str(form["cv"])


def test_no_file_is_an_error_only_when_there_was_none_before():
    assert CvForm({"name": "Ada"}).errors["cv"] == ["Choose a file to upload."]
    stored = store(upload=upload(pdf()), rule=CV, by=None)
    form = CvForm({"name": "Ada"}, initial={"cv": stored})
    assert form.is_valid()
    assert form.cleaned_data["cv"] == stored


@pytest.mark.parametrize(("as_attachment", "disposition"), [(True, "attachment"), (False, "inline")])
def test_files_are_served_with_their_own_type_and_no_guessing(as_attachment, disposition):
    stored = store(upload=upload(pdf(), "Zoë’s CV.pdf"), rule=CV, by=None)
    response = serve(stored, as_attachment=as_attachment)
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith(disposition)
    assert response["Cache-Control"] == "private, no-store"


def test_a_drawing_is_always_a_download():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    stored = store(upload=upload(svg, "logo.svg"), rule=LOGO, by=None)
    answer = serve(stored, as_attachment=False)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_media_has_no_address(client):
    stored = store(upload=upload(pdf()), rule=CV, by=None)
    assert client.get(f"/media/{stored.file.name}").status_code == 404


def test_abandoned_files_go_after_a_day_with_their_bytes(django_capture_on_commit_callbacks):
    old, older, new = (store(upload=upload(pdf()), rule=CV, by=None) for _ in range(3))
    StoredFile.objects.filter(pk__in=[old.pk, older.pk]).update(uploaded_at=timezone.now() - timedelta(hours=25))
    with django_capture_on_commit_callbacks(execute=True):
        assert remove_abandoned() == 2
    assert StoredFile.objects.get() == new
    assert not old.file.storage.exists(old.file.name)
    assert new.file.storage.exists(new.file.name)


def test_a_file_whose_row_is_refused_leaves_neither_bytes_nor_a_row(monkeypatch, tmp_path):
    save, tries = StoredFile.save, []

    def refused_once(self, *args, **kwargs):
        tries.append(self)
        if len(tries) == 1:
            raise OSError("no connection")
        return save(self, *args, **kwargs)

    monkeypatch.setattr(StoredFile, "save", refused_once)
    with pytest.raises(OSError, match="no connection"):
        store(upload=upload(pdf()), rule=CV, by=None)
    assert not StoredFile.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
