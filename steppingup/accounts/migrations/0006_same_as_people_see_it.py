"""Names and addresses in one form, and the keys by which they are compared as functions of PostgreSQL."""

from django.db import migrations, models

import steppingup.formats.sameness_sql
from steppingup.formats import sameness
from steppingup.formats.tidying import number_doubles, tidy
from steppingup.history.schema_changes import SchemaChanges


def in_one_form(apps, schema_editor):
    organisations = apps.get_model("accounts", "Organisation")
    tidy(organisations, names=["name"])
    number_doubles(organisations, "name", sameness.organisation, 200)
    tidy(apps.get_model("accounts", "User"), names=["full_name", "phone", "job_title"], addresses=["email"])


class Migration(SchemaChanges):

    dependencies = [("accounts", "0005_attempts")]

    operations = [
        steppingup.formats.sameness_sql.Functions(),
        migrations.RemoveConstraint(model_name="organisation", name="organisation_name_once"),
        migrations.RunPython(in_one_form, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="user", name="user_email_once"),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                steppingup.formats.sameness_sql.OrganisationKey("name"),
                name="organisation_name_once",
                violation_error_message="There is already an organisation with this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                fields=("email",),
                name="user_email_once",
                violation_error_message="Somebody already has an account with this address.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(email__regex="^[!-@\\[-~]*$"),
                name="user_email_in_one_spelling",
                violation_error_message="Enter an email address in the correct format, like name@example.org.",
            ),
        ),
    ]
