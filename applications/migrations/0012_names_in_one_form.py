from django.db import migrations, models

from steppingup.formats.tidying import tidy
from steppingup.history.schema_changes import SchemaChanges

NAMES = ("full_name", "phone", "job_title", "grade", "employer_name", "manager_name", "manager_job_title", "nominator_name")


def in_one_form(apps, schema_editor):
    tidy(apps.get_model("applications", "Application"), NAMES, ["manager_email", "nominator_email"])
    tidy(apps.get_model("applications", "Interest"), ["name"], ["email"])


class Migration(SchemaChanges):

    dependencies = [("applications", "0011_decisions_not_sent"), ("accounts", "0006_same_as_people_see_it")]

    operations = [
        migrations.RunPython(in_one_form, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="interest", name="interest_once"),
        migrations.AddConstraint(
            model_name="interest",
            constraint=models.UniqueConstraint(fields=("programme", "email"), name="interest_once"),
        ),
    ]
