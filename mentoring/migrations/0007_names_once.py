"""Themes of a programme have names that people can tell apart."""

from django.db import migrations, models

import steppingup.formats.sameness_sql
from steppingup.formats import sameness
from steppingup.formats.tidying import number_doubles
from steppingup.history.schema_changes import SchemaChanges


def tell_apart(apps, schema_editor):
    number_doubles(apps.get_model("mentoring", "Theme"), "name", sameness.fold, 120, within=["programme"])


class Migration(SchemaChanges):

    dependencies = [("mentoring", "0006_addresses_as_given"), ("accounts", "0011_look_alikes")]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="theme",
            constraint=models.UniqueConstraint(
                models.F("programme"),
                steppingup.formats.sameness_sql.NameKey("name"),
                name="theme_name_once",
                violation_error_message="This programme has a theme with this name already. Choose another name.",
            ),
        ),
    ]
