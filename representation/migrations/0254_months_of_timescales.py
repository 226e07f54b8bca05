"""Months that are written otherwise (“Mar-10”, “31/03/09”) are read now, and times of several months are none: items say what they would
say if they were saved again. What cannot be overdue by its words is not, and the other way round."""

from typing import Any

from django.db import migrations

from representation.reading.timescale import month_in


def read_again(apps: Any, schema_editor: Any) -> None:
    items = apps.get_model("representation", "ActionItem").objects
    for pk, words, month in items.values_list("pk", "timescale", "due_month").iterator():
        if (found := month_in(words)) != month:
            items.filter(pk=pk).update(due_month=found)


class Migration(migrations.Migration):
    dependencies = [("representation", "0253_programmes_followed_up")]
    operations = [migrations.RunPython(read_again, migrations.RunPython.noop, elidable=True)]
