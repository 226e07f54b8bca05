"""What applicants answer about themselves: encrypted, theirs to take back, and nobody's knowledge, not even whether they did."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from applications.actions import applications as actions
from applications.equality.questions import to_keep, to_show
from applications.form.parts import parts_of
from applications.models import Application, EqualityQuestion, EqualityResponse
from tests.factories.applications import started

pytestmark = pytest.mark.django_db


def raw_equality() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, ' ') FROM applications_equalityresponse e")
        return str(cursor.fetchone()[0]).encode()


def test_equality_answers_cannot_be_read_in_the_database_and_are_nowhere_in_the_admin(admin_client):
    from django.contrib import admin

    application = started()
    actions.save_part(
        application=application,
        part="equality",
        values={"sex": "female", "religion": "sikh", "age": "made up", "condition": ""},
        by=application.applicant,
    )
    kept = EqualityResponse.objects.get().answers
    assert {key: answer["answer"] for key, answer in kept.items()} == {"sex": "female", "religion": "sikh"}
    assert EqualityQuestion.objects.get(pk=kept["sex"]["question"]).key == "sex"
    raw = raw_equality()
    assert b"sikh" not in raw
    assert b"73696b68" not in raw  # nor as the bytes of a bytea
    assert EqualityResponse not in admin.site._registry
    for model, model_admin in admin.site._registry.items():
        shown = [inline.model for inline in getattr(model_admin, "inlines", ())]
        assert EqualityResponse not in shown, model


def test_equality_answers_can_be_deleted_even_after_submitting(client):
    application = started()
    by = application.applicant
    actions.save_part(application=application, part="equality", values={"sex": "female"}, by=by)
    actions.save_part(application=application, part="access", values={"has_needs": False, "text": ""}, by=by)
    client.force_login(by)
    client.post(reverse("applications:equality_delete", args=[application.pk]))
    assert not EqualityResponse.objects.exists()
    assert Application.objects.get().parts_done == ["access"]  # the other parts stay complete


@pytest.mark.parametrize("values", [{"sex": "female", "religion": "other", "religion_words": "Jain"}, {}])
def test_nothing_but_the_applicants_own_pages_tells_whether_somebody_answered(client, values):
    application = started()
    by = application.applicant
    before = Application.objects.values().get()
    events = type(application).events.rel.related_model.objects
    recorded = events.count()
    for saved in (values, {"sex": "male"}, values):
        actions.save_part(application=application, part="equality", values=saved, by=by)
    assert Application.objects.values().get() == before
    assert events.count() == recorded
    client.force_login(by)
    page = client.get(reverse("applications:application", args=[application.pk])).text
    assert "Completed" in page[page.index("Equality monitoring") :]
    actions.delete_equality_answers(application=application, by=by)
    assert Application.objects.values().get() == before
    assert events.count() == recorded


def test_own_words_are_kept_beside_an_answer_that_asks_for_them_only():
    application = started()
    by = application.applicant
    words = {"religion_words": "Jain", "sex_words": "x", "sexual_orientation_words": "y" * 300}
    given = {"religion": "other", "sex": "female", "sexual_orientation": "other", **words}
    asked = {one.key: one for one in EqualityQuestion.objects.asked_on(date(2026, 12, 1), "england-and-wales")}
    kept = to_keep(given, list(asked.values()))
    assert kept["religion"] == {"question": asked["religion"].pk, "answer": "other", "words": "Jain"}
    assert "words" not in kept["sex"]
    assert len(kept["sexual_orientation"]["words"]) == 200
    assert to_show(kept, list(asked.values()))["religion_words"] == "Jain"
    assert "words" not in to_keep({**given, "religion": "sikh"}, list(asked.values()))["religion"]
    earlier = EqualityQuestion.objects.asked_on(date(2026, 1, 1), "england-and-wales")
    assert to_show(kept, earlier)["religion"] == "other"
    EqualityResponse.objects.create(application=application, answers=kept)
    assert delete_and_look(application, by) == {}


def delete_and_look(application, by) -> dict:
    actions.delete_equality_answers(application=application, by=by)
    return next(part for part in parts_of(application) if part.key == "equality").read(application)
