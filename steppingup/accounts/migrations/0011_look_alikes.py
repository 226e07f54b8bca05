"""Letters of other scripts that look like these, more signs for apostrophes and dashes, “The” behind a name: the keys anew."""

from django.db import migrations, models

import steppingup.formats.sameness_sql
from steppingup.formats import sameness
from steppingup.formats.tidying import number_doubles
from steppingup.history.schema_changes import SchemaChanges


def tell_apart(apps, schema_editor):
    number_doubles(apps.get_model("accounts", "Organisation"), "name", sameness.organisation, 200)


class Migration(SchemaChanges):

    dependencies = [("accounts", "0010_invited_by_address")]

    operations = [
        # Its index holds the keys of before.
        migrations.RemoveConstraint(model_name="organisation", name="organisation_name_once"),
        steppingup.formats.sameness_sql.Functions(),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                steppingup.formats.sameness_sql.OrganisationKey("name"),
                name="organisation_name_once",
                violation_error_message="There is already an organisation with this name.",
            ),
        ),
    ]
