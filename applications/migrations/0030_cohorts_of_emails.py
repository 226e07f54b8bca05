"""Which cohort an email is about was not kept: found out from the record that it is listed with."""

from collections import deque

from django.db import migrations
from django.db.models import OuterRef, Subquery

#: Records lead to their cohort in so many steps at most: an invoice by its agreement, a meeting by its pair and enrolment.
FAR = 4


def way_to_cohort(model, cohort):
    """The shortest way by foreign keys ("pair__enrolment__cohort"); "pk" for a cohort itself, nothing where there is none."""
    if model is cohort:
        return "pk"
    seen, waits = {model}, deque([(model, ())])
    while waits:
        at, way = waits.popleft()
        links = [field for field in at._meta.concrete_fields if field.remote_field]
        if any(field.name == "cohort" and field.related_model is cohort for field in links):
            return "__".join((*way, "cohort"))
        if len(way) < FAR:
            new = [field for field in links if field.related_model not in seen]
            seen.update(field.related_model for field in new)
            waits.extend((field.related_model, (*way, field.name)) for field in new)
    return None


def find_cohorts(apps, schema_editor):
    Message, ContentType = apps.get_model("messaging", "Message"), apps.get_model("contenttypes", "ContentType")
    cohort = apps.get_model("cohorts", "Cohort")
    without = Message.objects.filter(cohort=None, provider__isnull=False)
    for kind in ContentType.objects.filter(pk__in=without.order_by().values("content_type").distinct()):
        try:
            model = apps.get_model(kind.app_label, kind.model)
        except LookupError:
            continue
        if way := way_to_cohort(model, cohort):
            record = model.objects.filter(pk=OuterRef("object_id"))
            without.filter(content_type=kind).update(cohort=Subquery(record.values(way)[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0029_interview_sequence"),
        ("cohorts", "0170_stories"),
        ("funding", "0016_the_clock"),
        ("mentoring", "0011_ended_as_planned"),
        ("messaging", "0010_cohorts_of_emails"),
        ("modules", "0010_answers_of_speakers"),
    ]

    operations = [migrations.RunPython(find_cohorts, migrations.RunPython.noop, elidable=True)]
