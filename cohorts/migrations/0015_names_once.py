"""Plans of a programme and peer groups of a cohort have names that people can tell apart."""

from django.db import migrations, models

import steppingup.formats.sameness_sql
from steppingup.formats import sameness
from steppingup.formats.tidying import number_doubles
from steppingup.history.schema_changes import SchemaChanges


def tell_apart(apps, schema_editor):
    number_doubles(
        apps.get_model("cohorts", "Plan"), "name", sameness.fold, 120, within=["programme"], replaced_at=None
    )
    number_doubles(apps.get_model("cohorts", "PeerGroup"), "name", sameness.fold, 60, within=["cohort"])


class Migration(SchemaChanges):

    dependencies = [("cohorts", "0014_addresses_as_given"), ("accounts", "0011_look_alikes")]

    operations = [
        migrations.RemoveConstraint(model_name="plan", name="plan_version_once"),
        migrations.RemoveConstraint(model_name="peergroup", name="peer_group_once"),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(
                models.F("programme"),
                steppingup.formats.sameness_sql.NameKey("name"),
                condition=models.Q(("replaced_at", None)),
                name="one_current_plan",
                violation_error_message="This programme has a plan with this name already. Choose another name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="peergroup",
            constraint=models.UniqueConstraint(
                models.F("cohort"),
                steppingup.formats.sameness_sql.NameKey("name"),
                name="peer_group_once",
                violation_error_message="This cohort has a peer group with this name already. Choose another name.",
            ),
        ),
    ]
