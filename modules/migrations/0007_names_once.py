"""Speakers of a provider have names that people can tell apart."""

from django.db import migrations, models

import steppingup.formats.sameness_sql
from steppingup.formats import sameness
from steppingup.formats.tidying import number_doubles
from steppingup.history.schema_changes import SchemaChanges


def tell_apart(apps, schema_editor):
    number_doubles(
        apps.get_model("modules", "Speaker"), "name", sameness.fold, 150, within=["provider", "organisation"]
    )


class Migration(SchemaChanges):

    dependencies = [("modules", "0006_look_alikes")]

    operations = [
        migrations.RemoveConstraint(model_name="speaker", name="speaker_once"),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="speaker",
            constraint=models.UniqueConstraint(
                models.F("provider"),
                steppingup.formats.sameness_sql.NameKey("name"),
                models.F("organisation"),
                name="speaker_once",
                violation_error_message="There is a speaker with this name from this organisation already.",
            ),
        ),
    ]
