"""Whoever has left and owes the fee owes it for good: there is a liability case of each, which finance can open again."""

from django.db import migrations

OWED = """
    UPDATE funding_feeagreement
       SET owed = CASE WHEN route IN ('internal', 'provider') THEN 0 ELSE amount - bursary_amount END
     WHERE still_owed AND amount IS NOT NULL
"""
OPENED = """
    INSERT INTO funding_liabilitycase
           (agreement_id, status, left_on, assessed, owed, opened_at, ask_until, outcome, reason, appeal_outcome, appeal_reason)
    SELECT fee.id, 'open', (place.withdrawn_at AT TIME ZONE 'Europe/London')::date, fee.owed, fee.owed, now(), CURRENT_DATE,
           '', '', '', ''
      FROM funding_feeagreement AS fee JOIN cohorts_enrolment AS place ON place.id = fee.enrolment_id
     WHERE fee.still_owed AND fee.owed > 0 AND place.withdrawn_at IS NOT NULL
"""
SETTLED = "UPDATE funding_liabilitycase SET status = 'owed', ended_at = now()"


class Migration(migrations.Migration):

    dependencies = [("funding", "0013_liability_cases")]

    operations = [
        migrations.RunSQL([OWED, OPENED, SETTLED], "DELETE FROM funding_liabilitycase"),
    ]
