"""Hosts of the assignments that there are, from what the database wrote down when they were changed. Without a history the present
row speaks for the whole time."""

from itertools import groupby

from django.db import migrations
from django.utils import timezone


def spans_of(placement, changes):
    """(first day, host, whom to ask for) for each change, in order; the first has no first day."""
    spans = []
    for moment, *hosted_by in [*changes, (timezone.now(), placement.host_id, placement.host_contact)]:
        day = timezone.localdate(moment) if spans else None
        if spans and spans[-1][1:] == tuple(hosted_by):
            continue
        if spans and spans[-1][0] == day:
            spans.pop()
        spans.append((day, *hosted_by))
    # A day on which it was changed, and back again.
    return [span for number, span in enumerate(spans) if not number or span[1:] != spans[number - 1][1:]]


def write(apps, schema_editor):
    Placement, Event, Hosting = (apps.get_model("cohorts", name) for name in ("Placement", "PlacementEvent", "Hosting"))
    rows = Event.objects.order_by("pgh_obj_id", "pgh_created_at", "pgh_id").values_list(
        "pgh_obj_id", "pgh_created_at", "host_id", "host_contact"
    )
    changes = {pk: [row[1:] for row in found] for pk, found in groupby(rows.iterator(), key=lambda row: row[0])}
    made = []
    for placement in Placement.objects.filter(hostings=None):
        spans = spans_of(placement, changes.get(placement.pk, []))
        ends = [span[0] for span in spans[1:]] + [None]
        made += [
            Hosting(placement_id=placement.pk, starts_on=day, ends_on=end, host_id=host, host_contact=contact)
            for (day, host, contact), end in zip(spans, ends, strict=True)
        ]
    Hosting.objects.bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0012_hosts_have_days")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
