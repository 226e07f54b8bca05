"""Whoever said that they are interested was named to the employer at once, until now."""

from django.db import migrations, models


def when_they_said_so(apps, schema_editor):
    apps.get_model("cohorts", "GraduateInterest").objects.update(handed_on_at=models.F("said_at"))


class Migration(migrations.Migration):

    dependencies = [
        ("cohorts", "0220_board_of_openings"),
    ]

    operations = [migrations.RunPython(when_they_said_so, migrations.RunPython.noop)]
