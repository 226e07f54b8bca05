"""Agreements about assignments that hold now say under which terms: those that the assignment has."""

from django.db import migrations


def say_terms(apps, schema_editor):
    agreements = apps.get_model("cohorts", "Agreement")
    placements = apps.get_model("cohorts", "Placement")
    kinds = {"project": "project", "consultancy": "consultancy"}

    def in_words(day):
        return f"{day.day} {day:%B %Y}" if day else ""

    for one in agreements.objects.filter(ended_at=None, host__isnull=False, enrolment__isnull=False):
        found = placements.objects.filter(enrolment=one.enrolment_id, host=one.host_id)
        one.terms = [
            {
                "What": f"{row.title} ({kinds[row.kind]})",
                "What it is about": row.description.strip(),
                "Days": row.working_pattern,
                "From": in_words(row.starts_on),
                "To": in_words(row.ends_on),
            }
            for row in found.order_by("component__order", "pk")
        ]
        one.save(update_fields=["terms"])


class Migration(migrations.Migration):

    dependencies = [
        ("cohorts", "0162_terms_of_assignments"),
    ]

    operations = [migrations.RunPython(say_terms, migrations.RunPython.noop)]
