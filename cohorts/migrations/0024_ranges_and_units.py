"""Parts of a plan have a range, a unit, a mode, and say how they are recorded and where hosts and mentors come from. What there is keeps
its numbers: so many days, no less and no more, recorded as the word for it decided until now."""

import pgtrigger.migrations
from django.db import migrations, models
from django.db.models import BigIntegerField, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from steppingup.history.schema_changes import SchemaChanges

RECORDING = {"stretch": "host", "mentoring": "pair"}


def carry(apps, schema_editor):
    for name in ("Component", "ComponentEvent"):
        model = apps.get_model("cohorts", name)
        model.objects.update(least=F("most"), recording="register")
        for kind, recording in RECORDING.items():
            model.objects.filter(kind=kind).update(recording=recording)
        model.objects.filter(kind="peer").update(in_groups=True)


def place(apps, schema_editor):
    """Each assignment is for the first part of its plan that was one; else, of the plan that the participant was on before, or of
    another of the programme."""
    Placement, Component = (apps.get_model("cohorts", name) for name in ("Placement", "Component"))
    for placement in Placement.objects.filter(component=None).select_related("enrolment__cohort"):
        enrolment = placement.enrolment
        hosts = Component.objects.filter(recording="host").order_by("order", "pk")
        found = (
            hosts.filter(plan=enrolment.cohort.plan_id).first()
            or hosts.filter(plan__cohorts__memberships__enrolment=enrolment).first()
            or hosts.filter(plan__programme=enrolment.cohort.programme_id).first()
            or Component.objects.filter(plan__programme=enrolment.cohort.programme_id).order_by("pk").first()
        )
        Placement.objects.filter(pk=placement.pk).update(component=found)
    Event = apps.get_model("cohorts", "PlacementEvent")
    now = Placement.objects.filter(pk=OuterRef("pgh_obj_id")).values("component")
    any_part = Component.objects.order_by("pk").values_list("pk", flat=True).first()
    Event.objects.update(component_id=Coalesce(Subquery(now), Value(any_part, BigIntegerField())))


class Migration(SchemaChanges):
    dependencies = [("cohorts", "0023_agreements_hold")]

    operations = [
        *(
            pgtrigger.migrations.RemoveTrigger(model_name=model, name=name)
            for model, names in (
                ("component", ("frozen_with_its_version", "insert_insert", "update_update")),
                ("completionrule", ("insert_insert", "update_update", "delete_delete")),
                ("placement", ("host_is_another_organisation", "insert_insert", "update_update")),
                ("dayentry", ("one_day_a_day", "reversal_mirrors")),
                ("session", ("at_most_a_day",)),
            )
            for name in names
        ),
        migrations.RemoveConstraint("component", "component_has_days"),
        migrations.RemoveConstraint("completionrule", "completion_rule_days"),
        migrations.RenameField("component", "days", "most"),
        migrations.RenameField("componentevent", "days", "most"),
        migrations.RenameField("completionrule", "minimum_days", "minimum"),
        migrations.RenameField("completionruleevent", "minimum_days", "minimum"),
        *(
            migrations.AddField(model, name, field)
            for model in ("component", "componentevent")
            for name, field in (
                ("least", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("recording", models.CharField(default="register", max_length=20)),
                ("in_groups", models.BooleanField(default=False)),
            )
        ),
        migrations.AlterField(
            "placement",
            "enrolment",
            models.ForeignKey(on_delete=models.deletion.PROTECT, related_name="placements", to="cohorts.enrolment"),
        ),
        migrations.AddField(
            "placement",
            "component",
            models.ForeignKey(
                null=True, on_delete=models.deletion.PROTECT, related_name="placements", to="cohorts.component"
            ),
        ),
        migrations.AddField(
            "placementevent",
            "component",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="cohorts.component",
            ),
        ),
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RunPython(place, migrations.RunPython.noop),
    ]
