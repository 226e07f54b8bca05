"""Programmes that have texts and no rules yet get rules that ask the usual, with these texts: they would be lost."""

from django.db import migrations
from django.db.models import Q

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


def give_rules(apps, schema_editor):
    rules, part, reason = (
        apps.get_model("cohorts", "RuleSet"),
        apps.get_model("applications", "FormPart"),
        apps.get_model("applications", "Reason"),
    )
    written = Q(who_can_apply="") & Q(how_it_is_funded="")
    for programme in apps.get_model("cohorts", "Programme").objects.filter(rule_sets=None).exclude(written):
        given = rules.objects.create(
            programme=programme,
            who_can_apply=programme.who_can_apply,
            how_it_is_funded=programme.how_it_is_funded,
        )
        part.objects.bulk_create(
            part(rule_set=given, key=kind, kind=kind, is_required=kind != "equality", order=order)
            for order, kind in enumerate(PARTS)
        )
        reason.objects.bulk_create(
            reason(rule_set=given, key=key, meaning=meaning, words=words, order=order)
            for order, (key, meaning, words) in enumerate(REASONS)
        )


class Migration(migrations.Migration):
    dependencies = [("applications", "0026_asked_as_graduates"), ("cohorts", "0041_texts_of_the_rules")]
    run_before = [("cohorts", "0042_no_texts_of_the_programme")]

    operations = [
        migrations.RunPython(give_rules, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
