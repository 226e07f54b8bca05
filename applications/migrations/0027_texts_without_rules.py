"""Rules that programmes got for their texts (cohorts 0041) ask the usual."""

from django.db import migrations

PARTS = ("details", "eligibility", "work", "support", "statements", "cv", "access", "equality")
REASONS = (
    ("score", "score", "Other applications scored higher against the criteria"),
    ("not_eligible", "not_eligible", "The programme’s conditions are not met"),
    ("not_ready", "own", "More experience of leading is needed first"),
    ("incomplete", "incomplete", "Something we needed was missing"),
    ("late", "late", "It arrived after the closing time"),
    ("interview", "interview", "The interview did not show what the criteria ask for"),
    ("places", "places", "There were no places left"),
    ("cancelled", "cancelled", "This cohort will not take place"),
)


def ask_the_usual(apps, schema_editor):
    part, reason = (apps.get_model("applications", name) for name in ("FormPart", "Reason"))
    for given in apps.get_model("cohorts", "RuleSet").objects.filter(form_parts=None):
        part.objects.bulk_create(
            part(rule_set=given, key=kind, kind=kind, is_required=kind != "equality", order=order)
            for order, kind in enumerate(PARTS)
        )
        if not given.reasons.exists():
            reason.objects.bulk_create(
                reason(rule_set=given, key=key, meaning=meaning, words=words, order=order)
                for order, (key, meaning, words) in enumerate(REASONS)
            )


class Migration(migrations.Migration):
    dependencies = [("applications", "0026_asked_as_graduates"), ("cohorts", "0041_texts_of_the_rules")]

    operations = [
        migrations.RunPython(ask_the_usual, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
