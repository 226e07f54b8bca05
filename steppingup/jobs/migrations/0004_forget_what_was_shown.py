"""What pages showed of people before it had a place of its own (`shown`) and a time to go."""

from django.db import migrations

FORGET = """
UPDATE jobs_job SET result = result - ARRAY['asked', 'letters', 'refused', 'possible', 'changes', 'rows']
WHERE result ?| ARRAY['possible', 'rows'];
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_heartbeat")]
    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
