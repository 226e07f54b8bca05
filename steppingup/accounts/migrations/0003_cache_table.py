"""The table behind settings.CACHES where there is no Redis: rate limits and lock-outs, shared by all processes."""

from django.core.management import call_command
from django.db import migrations


def create_table(apps, schema_editor):
    call_command("createcachetable", "steppingup_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_demonstration_and_sign_in")]

    operations = [
        migrations.RunPython(create_table, migrations.RunPython.noop),
    ]
