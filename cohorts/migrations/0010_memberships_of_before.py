"""Memberships of the places that there are, from what the database wrote down when they were changed.

The first begins with the place, or with the first session at which the register says that somebody was there, if that was
earlier. Without a history the present row speaks for the whole time."""

from datetime import timedelta
from itertools import groupby

from django.db import migrations
from django.utils import timezone

BELONGS_TO = ("peer_group_id", "employer_id", "line_manager_id", "manager_name")


def spans_of(enrolment, changes, first_seen):
    """(day, what the place belonged to) for each change, in order."""
    joined = timezone.localdate(enrolment.enrolled_at)
    joined = min(joined, first_seen) if first_seen else joined
    now = tuple(getattr(enrolment, name) for name in BELONGS_TO)
    spans = []
    for moment, *belonged in [*changes, (timezone.now(), *now)]:
        day = max(joined, timezone.localdate(moment)) if spans else joined
        if spans and spans[-1][1] == tuple(belonged):
            continue
        if spans and spans[-1][0] == day:
            spans.pop()
        spans.append((day, tuple(belonged)))
    return spans


def write(apps, schema_editor):
    Enrolment, Event, Attendance, Membership = (
        apps.get_model("cohorts", name) for name in ("Enrolment", "EnrolmentEvent", "Attendance", "Membership")
    )
    events = Event.objects.order_by("pgh_obj_id", "pgh_created_at", "pgh_id")
    rows = events.values_list("pgh_obj_id", "pgh_created_at", *BELONGS_TO)
    changes = {pk: [row[1:] for row in found] for pk, found in groupby(rows.iterator(), key=lambda row: row[0])}
    there = Attendance.objects.filter(mark__in=("present", "part")).order_by("-session__starts_at")
    seen = {pk: timezone.localdate(at) for pk, at in there.values_list("enrolment_id", "session__starts_at")}
    made = []
    for enrolment in Enrolment.objects.filter(memberships=None):
        spans = spans_of(enrolment, changes.get(enrolment.pk, []), seen.get(enrolment.pk))
        over = timezone.localdate(enrolment.withdrawn_at) + timedelta(days=1) if enrolment.withdrawn_at else None
        if over:  # what was changed after leaving changes nothing of the time before
            spans = [spans[0], *(span for span in spans[1:] if span[0] < over)]
            over = max(over, spans[-1][0] + timedelta(days=1))
        ends = [day for day, _ in spans[1:]] + [over]
        made += [
            Membership(
                enrolment_id=enrolment.pk, starts_on=day, ends_on=end, **dict(zip(BELONGS_TO, belonged, strict=True))
            )
            for (day, belonged), end in zip(spans, ends, strict=True)
        ]
    Membership.objects.bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0009_as_of_its_day")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
