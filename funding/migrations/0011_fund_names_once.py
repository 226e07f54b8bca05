"""Funds of one provider have names that people can tell apart, whichever programme they are of."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import steppingup.formats.sameness_sql
from django.db import migrations, models

from steppingup.formats import sameness
from steppingup.formats.tidying import number_doubles
from steppingup.history.schema_changes import SchemaChanges


def tell_apart(apps, schema_editor):
    number_doubles(apps.get_model("funding", "FundingSource"), "name", sameness.fold, 120, within=["provider"])



class Migration(SchemaChanges):

    dependencies = [
        ('accounts', '0011_look_alikes'),
        ('cohorts', '0015_names_once'),
        ('funding', '0010_places_as_promised'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='fundingsource',
            name='update_update',
        ),
        migrations.AddField(
            model_name='fundingsource',
            name='provider',
            field=models.ForeignKey(null=True, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.RunSQL(
            "UPDATE funding_fundingsource AS fund SET provider_id = programme.provider_id"
            " FROM cohorts_programme AS programme WHERE programme.id = fund.programme_id",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='fundingsource',
            name='provider',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingsource',
            trigger=pgtrigger.compiler.Trigger(name='of_its_programme', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.provider_id = (SELECT provider_id FROM cohorts_programme WHERE id = NEW.programme_id); RETURN NEW;', hash='37cce22c19b1bf7e948fb8354330509dbf645bfa', operation='INSERT OR UPDATE OF "programme_id", "provider_id"', pgid='pgtrigger_of_its_programme_10caa', table='funding_fundingsource', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingsource',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."budget" IS DISTINCT FROM (NEW."budget") OR OLD."committed" IS DISTINCT FROM (NEW."committed") OR OLD."description" IS DISTINCT FROM (NEW."description") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_open" IS DISTINCT FROM (NEW."is_open") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."route" IS DISTINCT FROM (NEW."route"))', func='INSERT INTO "funding_fundingsourceevent" ("budget", "committed", "description", "id", "is_open", "key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "route") VALUES (NEW."budget", NEW."committed", NEW."description", NEW."id", NEW."is_open", NEW."key", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."programme_id", NEW."route"); RETURN NULL;', hash='9faad6b59fdaf5f4054f92d4c74185270c2cdace', operation='UPDATE', pgid='pgtrigger_update_update_e9a1a', table='funding_fundingsource', when='AFTER')),
        ),
        # With the history kept: whoever looks at the fund sees what it was called.
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='fundingsource',
            constraint=models.UniqueConstraint(models.F('provider'), steppingup.formats.sameness_sql.NameKey('name'), name='fund_name_once', violation_error_message='There is a fund or pot with this name already, perhaps of another programme. Choose another name.'),
        ),
    ]
