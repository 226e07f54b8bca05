from django.db import migrations

from steppingup.history.schema_changes import SchemaChanges


class Migration(SchemaChanges):
    """Each payment from before was for the invoice that it was recorded for, and for nothing else."""

    dependencies = [("funding", "0005_credit_notes_and_refunds")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO funding_allocation (payment_id, invoice_id, amount, reason, by_id, at) "
            "SELECT id, invoice_id, amount, '', recorded_by_id, recorded_at FROM funding_payment ORDER BY id",
            migrations.RunSQL.noop,
        )
    ]
