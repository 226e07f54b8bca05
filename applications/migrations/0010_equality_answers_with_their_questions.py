"""Answers that there are get the question that they were given to, and who saved that page is no longer written down."""

import tomllib
from datetime import date
from pathlib import Path

from django.db import migrations

from steppingup.history.schema_changes import SchemaChanges

SHIPPED = Path(__file__).resolve().parents[1] / "data" / "equality-questions.toml"
#: Until now there was one wording of each question, in the code. In the file they are those that begin here.
FIRST = date(2000, 1, 1)
COLUMNS = ("key", "label", "heading", "wide", "under", "asks")

# No trigger looks on, and no history is written: that is what this is about.
FORGET_WHO_SAVED_IT = """
    ALTER TABLE applications_application DISABLE TRIGGER USER;
    UPDATE applications_application SET parts_done = parts_done - 'equality' WHERE parts_done ? 'equality';
    ALTER TABLE applications_application ENABLE TRIGGER USER;
    UPDATE applications_applicationevent SET parts_done = parts_done - 'equality' WHERE parts_done ? 'equality';
"""


def first_questions(apps):
    """By their keys. Only where answers were given to them: elsewhere they are made after the migrations, as always."""
    questions, found = apps.get_model("applications", "EqualityQuestion"), {}
    options = apps.get_model("applications", "EqualityOption")
    for given in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["questions"]:
        if given["asked_from"] != FIRST:
            continue
        rows = given.pop("answers")
        question = found[given["key"]] = questions.objects.create(**given)
        options.objects.bulk_create(
            options(question=question, order=order, **dict(zip(COLUMNS, row, strict=False)))
            for order, row in enumerate(rows)
        )
    return found


def keep_the_question(apps, schema_editor):
    responses = apps.get_model("applications", "EqualityResponse").objects
    if not responses.exists():
        return
    questions = first_questions(apps)
    for response in responses.iterator():
        response.answers = {
            key: {"question": questions[key].pk, "answer": answer}
            for key, answer in response.answers.items()
            if key in questions
        }
        response.save(update_fields=["answers"])


class Migration(SchemaChanges):
    dependencies = [("applications", "0009_equality_releases")]

    operations = [
        migrations.RunPython(keep_the_question, migrations.RunPython.noop, elidable=False),
        migrations.RunSQL(FORGET_WHO_SAVED_IT, migrations.RunSQL.noop),
    ]
