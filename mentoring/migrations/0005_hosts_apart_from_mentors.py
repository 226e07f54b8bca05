"""A host that changes is looked at too: it is another organisation than the mentor's (B8, B13).

The table is of the app below, which knows no mentors, so the trigger is made here."""

from django.db import migrations

MAKE = """
CREATE FUNCTION mentoring_host_apart() RETURNS trigger LANGUAGE plpgsql AS $host$
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
CREATE TRIGGER mentoring_host_apart BEFORE INSERT OR UPDATE OF host_id ON cohorts_placement
    FOR EACH ROW EXECUTE FUNCTION mentoring_host_apart();
"""
UNMAKE = """
DROP TRIGGER mentoring_host_apart ON cohorts_placement;
DROP FUNCTION mentoring_host_apart();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cohorts', '0008_another_organisation'),
        ('mentoring', '0004_names_as_given'),
    ]

    operations = [migrations.RunSQL(MAKE, UNMAKE)]
