"""The learning agreement of each programme becomes an agreement of its rules of admission, of every version; and what was signed
becomes a signature under it, with its text, name and time."""

import hashlib

from django.db import migrations

from steppingup.history.schema_changes import SchemaChanges

KEY = "learning-agreement"


def write(apps, schema_editor):
    get = lambda name: apps.get_model("cohorts", name)  # noqa: E731
    templates = {
        rules.pk: get("AgreementTemplate").objects.create(
            rule_set=rules,
            key=KEY,
            title="Learning agreement",
            text=rules.programme.learning_agreement,
            participant_signs=True,
            needed="place",
        )
        for rules in get("RuleSet").objects.select_related("programme").order_by("pk")
        if rules.programme.learning_agreement.strip()
    }
    for signed in get("LearningAgreement").objects.select_related("enrolment__cohort", "signed_by").order_by("pk"):
        place, rules = signed.enrolment, signed.enrolment.cohort.rule_set_id
        if rules not in templates:  # the programme has no text any more
            templates[rules] = get("AgreementTemplate").objects.create(
                rule_set_id=rules, key=KEY, title="Learning agreement", text=signed.text, participant_signs=True,
                needed="place", is_required=False,
            )  # fmt: skip
        agreement = get("Agreement").objects.create(
            template=templates[rules],
            person_id=place.participant_id,
            cohort_id=place.cohort_id,
            enrolment=place,
            asked_at=signed.signed_at,
        )
        signature = get("Signature").objects.create(
            agreement=agreement,
            role="participant",
            name=signed.legal_name,
            email=signed.signed_by.email,
            how="account",
            signed_by=signed.signed_by,
            signed_at=signed.signed_at,
            text=signed.text,
            digest=hashlib.sha256(signed.text.encode()).hexdigest(),
        )
        _steps_speak_of(schema_editor, signed.pk, agreement.pk, signature.pk)


def _steps_speak_of(schema_editor, before, agreement, signature):
    """A step by which somebody took a place can still be taken back: it made these rows instead."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('steps_change')")
        if cursor.fetchone()[0] is None:
            return
        of_it = ["cohorts_learningagreement", before]
        cursor.execute(
            """INSERT INTO steps_change (taking_id, "table", key, before, after)
               SELECT c.taking_id, 'cohorts_signature', s.id, NULL, to_jsonb(s) FROM steps_change c, cohorts_signature s
                WHERE c."table" = %s AND c.key = %s AND s.id = %s""",
            [*of_it, signature],
        )
        cursor.execute(
            """UPDATE steps_change c SET "table" = 'cohorts_agreement', key = a.id, after = to_jsonb(a)
                 FROM cohorts_agreement a WHERE c."table" = %s AND c.key = %s AND a.id = %s""",
            [*of_it, agreement],
        )


def forget_kind(apps, schema_editor):
    """Nothing speaks of it any more."""
    apps.get_model("contenttypes", "ContentType").objects.filter(
        app_label="cohorts", model="learningagreement"
    ).delete()


def put_back(apps, schema_editor):
    """Where it was: one text for a programme, and one signature for a place."""
    get = lambda name: apps.get_model("cohorts", name)  # noqa: E731
    for template in get("AgreementTemplate").objects.filter(key=KEY).order_by("rule_set__version", "pk"):
        get("Programme").objects.filter(pk=template.rule_set.programme_id).update(learning_agreement=template.text)
    signatures = get("Signature").objects.filter(role="participant", agreement__enrolment__isnull=False)
    for one in signatures.filter(agreement__template__key=KEY, signed_by__isnull=False).order_by("signed_at"):
        get("LearningAgreement").objects.get_or_create(
            enrolment=one.agreement.enrolment,
            defaults={
                "text": one.text,
                "legal_name": one.name,
                "signed_at": one.signed_at,
                "signed_by": one.signed_by,
            },
        )


class Migration(SchemaChanges):
    dependencies = [("cohorts", "0021_agreements"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [
        migrations.RunPython(write, put_back),
        migrations.RunPython(forget_kind, migrations.RunPython.noop),
    ]
