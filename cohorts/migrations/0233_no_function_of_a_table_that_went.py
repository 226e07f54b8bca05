"""A function that was left where the table of what had been signed went (0023): new databases never had it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0001_squashed_0232_invited_to_talks")]

    operations = [
        migrations.RunSQL("DROP FUNCTION IF EXISTS pgtrigger_append_only_09404()", migrations.RunSQL.noop, elidable=True)
    ]
