"""Pairs that there are, are for the first part of their plan that has mentoring; in plans without one they are for none."""

import pgtrigger
from django.db import migrations

#: Hosts are held apart from mentors only where the mentor is to come from another organisation.
BY_RULE = """
CREATE OR REPLACE FUNCTION mentoring_host_apart() RETURNS trigger LANGUAGE plpgsql AS $host$
BEGIN
    IF EXISTS (
        SELECT 1 FROM mentoring_pair p
        JOIN mentoring_mentor m ON m.id = p.mentor_id
        JOIN cohorts_enrolment e ON e.id = p.enrolment_id
        JOIN cohorts_cohort c ON c.id = e.cohort_id
        JOIN cohorts_programme g ON g.id = c.programme_id
        LEFT JOIN cohorts_component k ON k.id = p.component_id
        WHERE COALESCE(k.counterpart, 'another') = 'another'
          AND p.enrolment_id = NEW.enrolment_id AND p.status IN ('proposed', 'confirmed')
          AND organisations_related(NEW.host_id, m.organisation_id, g.reach)
    ) THEN
        RAISE EXCEPTION 'The host must be another organisation than the mentor''s.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $host$;
"""
ALWAYS = """
CREATE OR REPLACE FUNCTION mentoring_host_apart() RETURNS trigger LANGUAGE plpgsql AS $host$
BEGIN
    IF EXISTS (
        SELECT 1 FROM mentoring_pair p
        JOIN mentoring_mentor m ON m.id = p.mentor_id
        JOIN cohorts_enrolment e ON e.id = p.enrolment_id
        JOIN cohorts_cohort c ON c.id = e.cohort_id
        JOIN cohorts_programme g ON g.id = c.programme_id
        WHERE p.enrolment_id = NEW.enrolment_id AND p.status IN ('proposed', 'confirmed')
          AND organisations_related(NEW.host_id, m.organisation_id, g.reach)
    ) THEN
        RAISE EXCEPTION 'The host must be another organisation than the mentor''s.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $host$;
"""
KEPT = ("mentoring.Pair:mentor_is_from_another_organisation", "mentoring.Pair:mentor_is_not_of_the_host")


def carry(apps, schema_editor):
    Pair, Component = apps.get_model("mentoring", "Pair"), apps.get_model("cohorts", "Component")
    with pgtrigger.ignore(*KEPT):  # which part it is for is told apart; who may be paired is not asked anew
        for pair in Pair.objects.filter(component=None).select_related("enrolment__cohort"):
            parts = Component.objects.filter(recording="pair").order_by("order", "pk")
            found = (
                parts.filter(plan=pair.enrolment.cohort.plan_id).first()
                or parts.filter(plan__cohorts__memberships__enrolment=pair.enrolment).first()
            )
            if found:
                Pair.objects.filter(pk=pair.pk).update(component=found)


class Migration(migrations.Migration):
    dependencies = [("mentoring", "0008_pairs_are_for_a_part")]

    operations = [migrations.RunSQL(BY_RULE, ALWAYS), migrations.RunPython(carry, migrations.RunPython.noop)]
