import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import steppingup.clock
import steppingup.formats.sameness_sql
from django.conf import settings
from django.db import migrations, models

from steppingup.history.schema_changes import SchemaChanges


# The table is of the app below, which knows no mentors, so the trigger is made here (B8, B13).
MAKE = """
CREATE FUNCTION mentoring_host_apart() RETURNS trigger LANGUAGE plpgsql AS $host$
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
CREATE TRIGGER mentoring_host_apart BEFORE INSERT OR UPDATE OF host_id ON cohorts_placement
    FOR EACH ROW EXECUTE FUNCTION mentoring_host_apart();
"""
UNMAKE = """
DROP TRIGGER mentoring_host_apart ON cohorts_placement;
DROP FUNCTION mentoring_host_apart();
"""


class Migration(SchemaChanges):

    replaces = [('mentoring', '0001_initial'), ('mentoring', '0002_pairs_ended_by_the_system'), ('mentoring', '0003_another_organisation'), ('mentoring', '0004_names_as_given'), ('mentoring', '0005_hosts_apart_from_mentors'), ('mentoring', '0006_addresses_as_given'), ('mentoring', '0007_names_once'), ('mentoring', '0008_pairs_are_for_a_part'), ('mentoring', '0009_pairs_of_before'), ('mentoring', '0010_the_clock'), ('mentoring', '0011_ended_as_planned')]

    initial = True

    dependencies = [
        ('accounts', '0016_died_on'),
        ('cohorts', '0001_squashed_0232_invited_to_talks'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='MatchRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='match_runs', to='cohorts.cohort')),
                ('started_at', models.DateTimeField(default=steppingup.clock.now)),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name='points')),
                ('unmatched', models.JSONField(default=list, help_text='Participants without a mentor, each with the reason.')),
            ],
            options={
                'ordering': ('-started_at',),
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentoring_themes', to='cohorts.programme')),
                ('key', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ('order', 'name'),
                'constraints': [models.UniqueConstraint(fields=('programme', 'key'), name='theme_once'), models.UniqueConstraint(models.F('programme'), steppingup.formats.sameness_sql.NameKey('name'), name='theme_name_once', violation_error_message='This programme has a theme with this name already. Choose another name.')],
            },
        ),
        migrations.CreateModel(
            name='Mentor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentors', to='cohorts.programme')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentor_profiles', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentors', to='accounts.organisation')),
                ('name', models.CharField(blank=True, editable=False, max_length=150, verbose_name='name here')),
                ('email_here', models.EmailField(blank=True, editable=False, max_length=254, verbose_name='address here')),
                ('job_title', models.CharField(blank=True, max_length=150)),
                ('about', models.TextField(blank=True, help_text='What the participant reads about the mentor.')),
                ('area', models.CharField(blank=True, max_length=120, verbose_name='where they can meet')),
                ('capacity', models.PositiveSmallIntegerField(default=1, help_text='How many people at a time.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(20)])),
                ('is_available', models.BooleanField(default=True, verbose_name='can take somebody on')),
                ('themes', models.ManyToManyField(blank=True, related_name='mentors', to='mentoring.theme')),
            ],
            options={
                'ordering': ('user__full_name', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('programme', 'user'), name='mentor_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='stays_from_another_organisation', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT 1 FROM mentoring_pair p\n                        JOIN cohorts_enrolment e ON e.id = p.enrolment_id\n                        JOIN cohorts_cohort c ON c.id = e.cohort_id\n                        JOIN cohorts_programme g ON g.id = c.programme_id\n                        LEFT JOIN cohorts_component k ON k.id = p.component_id\n                        LEFT JOIN cohorts_placement h ON h.enrolment_id = e.id\n                        WHERE p.mentor_id = NEW.id AND p.status IN ('proposed', 'confirmed')\n                          AND CASE COALESCE(k.counterpart, 'another')\n                              WHEN 'another' THEN organisations_related(NEW.organisation_id, e.employer_id, g.reach)\n                                               OR organisations_related(NEW.organisation_id, h.host_id, g.reach)\n                              WHEN 'own' THEN NOT organisations_related(NEW.organisation_id, e.employer_id, g.reach)\n                              ELSE false END\n                    ) THEN\n                        RAISE EXCEPTION 'The mentor has a mentee of this organisation, or for whom it must be.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='cb4ff2242669c7f802c65c72d42662991ac113a2', operation='UPDATE OF "organisation_id"', pgid='pgtrigger_stays_from_another_organisation_d240d', table='mentoring_mentor', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "mentoring_mentorevent" ("about", "area", "capacity", "email_here", "id", "is_available", "job_title", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "user_id") VALUES (NEW."about", NEW."area", NEW."capacity", NEW."email_here", NEW."id", NEW."is_available", NEW."job_title", NEW."name", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."user_id"); RETURN NULL;', hash='687c773f49e4bbd2207c96adeea4af1cb40ee47c', operation='INSERT', pgid='pgtrigger_insert_insert_cc33b', table='mentoring_mentor', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "mentoring_mentorevent" ("about", "area", "capacity", "email_here", "id", "is_available", "job_title", "name", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "user_id") VALUES (NEW."about", NEW."area", NEW."capacity", NEW."email_here", NEW."id", NEW."is_available", NEW."job_title", NEW."name", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."programme_id", NEW."user_id"); RETURN NULL;', hash='a01879eb33ac58d531758cadc6f31317bf43286b', operation='UPDATE', pgid='pgtrigger_update_update_561fd', table='mentoring_mentor', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MentorEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='mentoring.mentor')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('programme', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cohorts.programme')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('organisation', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation')),
                ('name', models.CharField(blank=True, editable=False, max_length=150, verbose_name='name here')),
                ('email_here', models.EmailField(blank=True, editable=False, max_length=254, verbose_name='address here')),
                ('job_title', models.CharField(blank=True, max_length=150)),
                ('about', models.TextField(blank=True, help_text='What the participant reads about the mentor.')),
                ('area', models.CharField(blank=True, max_length=120, verbose_name='where they can meet')),
                ('capacity', models.PositiveSmallIntegerField(default=1, help_text='How many people at a time.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(20)])),
                ('is_available', models.BooleanField(default=True, verbose_name='can take somebody on')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Pair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentoring_pairs', to='cohorts.enrolment')),
                ('component', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mentoring_pairs', to='cohorts.component', verbose_name='part of the plan')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairs', to='mentoring.mentor')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='pairs', to='mentoring.matchrun')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('dropped', 'Not taken up'), ('ended', 'Ended')], default='proposed', editable=False, max_length=20)),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='points')),
                ('reason', models.TextField(blank=True, help_text='Why these two, in a sentence.')),
                ('created_at', models.DateTimeField(default=steppingup.clock.now, editable=False)),
                ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('ended_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('end_reason', models.TextField(blank=True, editable=False)),
                ('as_planned', models.BooleanField(default=False, editable=False, verbose_name='came to its end as planned')),
            ],
            options={
                'ordering': ('enrolment__participant__full_name',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('proposed', 'confirmed'))), fields=('enrolment', 'component'), name='one_mentor_at_a_time', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='pair_confirmation_paired'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', False), ('status__in', ('confirmed', 'ended'))), models.Q(models.Q(('status__in', ('confirmed', 'ended')), _negated=True), ('confirmed_at', None)), _connector='OR'), name='pair_confirmed_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', 'ended'), models.Q(('end_reason', ''), _negated=True)), models.Q(models.Q(('status', 'ended'), _negated=True), ('end_reason', ''), ('ended_at', None), ('ended_by', None)), _connector='OR'), name='pair_ended_has_time_and_reason'), models.CheckConstraint(condition=models.Q(('as_planned', False), ('status', 'ended'), _connector='OR'), name='pair_ended_as_planned_ended')],
                'triggers': [pgtrigger.compiler.Trigger(name='status_begins_right', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'proposed\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='3b5dbfa8c866f4c9bbf5be7d94dbc60552fc8a3a', operation='INSERT', pgid='pgtrigger_status_begins_right_8c6af', table='mentoring_pair', when='BEFORE')), pgtrigger.compiler.Trigger(name='mentor_is_from_another_organisation', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."status" IN (\'proposed\', \'confirmed\'))', func="\n            IF (COALESCE((SELECT counterpart FROM cohorts_component WHERE id = NEW.component_id), 'another')) = 'another' AND organisations_related((SELECT organisation_id FROM mentoring_mentor WHERE id = NEW.mentor_id), (SELECT employer_id FROM cohorts_enrolment WHERE id = NEW.enrolment_id), (SELECT p.reach FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id JOIN cohorts_programme p ON p.id = c.programme_id WHERE e.id = NEW.enrolment_id)) THEN\n                RAISE EXCEPTION 'The mentor must be from another organisation.' USING ERRCODE = 'check_violation';\n            END IF;\n            IF (COALESCE((SELECT counterpart FROM cohorts_component WHERE id = NEW.component_id), 'another')) = 'own' AND NOT organisations_related((SELECT organisation_id FROM mentoring_mentor WHERE id = NEW.mentor_id), (SELECT employer_id FROM cohorts_enrolment WHERE id = NEW.enrolment_id), (SELECT p.reach FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id JOIN cohorts_programme p ON p.id = c.programme_id WHERE e.id = NEW.enrolment_id)) THEN\n                RAISE EXCEPTION 'The mentor must be from their own organisation.' USING ERRCODE = 'check_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='35915b4f53d0c01c67e152fc347cd87f4c9bb6b1', operation='INSERT OR UPDATE', pgid='pgtrigger_mentor_is_from_another_organisation_82b2d', table='mentoring_pair', when='BEFORE')), pgtrigger.compiler.Trigger(name='mentor_is_not_of_the_host', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."status" IN (\'proposed\', \'confirmed\'))', func="\n                    IF (COALESCE((SELECT counterpart FROM cohorts_component WHERE id = NEW.component_id), 'another')) = 'another' AND EXISTS (\n                        SELECT 1 FROM cohorts_placement h JOIN mentoring_mentor m ON m.id = NEW.mentor_id\n                        WHERE h.enrolment_id = NEW.enrolment_id\n                          AND organisations_related(m.organisation_id, h.host_id, (SELECT p.reach FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id JOIN cohorts_programme p ON p.id = c.programme_id WHERE e.id = NEW.enrolment_id))\n                    ) THEN\n                        RAISE EXCEPTION 'The mentor must be from another organisation than the host.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='428d0f87896f216b123fde848574b1a354fa9df0', operation='INSERT OR UPDATE', pgid='pgtrigger_mentor_is_not_of_the_host_26968', table='mentoring_pair', when='BEFORE')), pgtrigger.compiler.Trigger(name='mentor_has_a_place', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    PERFORM 1 FROM mentoring_mentor WHERE id = NEW.mentor_id FOR NO KEY UPDATE;\n                    IF (SELECT m.programme_id FROM mentoring_mentor m WHERE m.id = NEW.mentor_id) <>\n                       (SELECT c.programme_id FROM cohorts_enrolment e JOIN cohorts_cohort c ON c.id = e.cohort_id\n                        WHERE e.id = NEW.enrolment_id) THEN\n                        RAISE EXCEPTION 'The mentor is of another programme.' USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF (SELECT count(*) FROM mentoring_pair p JOIN cohorts_enrolment e ON e.id = p.enrolment_id\n                        WHERE p.mentor_id = NEW.mentor_id AND e.status = 'enrolled'\n                          AND p.status IN ('proposed', 'confirmed'))\n                       >= (SELECT capacity FROM mentoring_mentor WHERE id = NEW.mentor_id) THEN\n                        RAISE EXCEPTION 'The mentor has no free place.' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='1320a5721035c21038f2a668583591dc3001c1a3', operation='INSERT', pgid='pgtrigger_mentor_has_a_place_4f7ff', table='mentoring_pair', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "mentoring_pairevent" ("as_planned", "component_id", "confirmed_at", "confirmed_by_id", "created_at", "end_reason", "ended_at", "ended_by_id", "enrolment_id", "id", "mentor_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "run_id", "score", "status") VALUES (NEW."as_planned", NEW."component_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."created_at", NEW."end_reason", NEW."ended_at", NEW."ended_by_id", NEW."enrolment_id", NEW."id", NEW."mentor_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason", NEW."run_id", NEW."score", NEW."status"); RETURN NULL;', hash='6f8761d5d85686a540d460a2e9cdef4cc0fdfb6b', operation='INSERT', pgid='pgtrigger_insert_insert_8164e', table='mentoring_pair', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "mentoring_pairevent" ("as_planned", "component_id", "confirmed_at", "confirmed_by_id", "created_at", "end_reason", "ended_at", "ended_by_id", "enrolment_id", "id", "mentor_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "run_id", "score", "status") VALUES (NEW."as_planned", NEW."component_id", NEW."confirmed_at", NEW."confirmed_by_id", NEW."created_at", NEW."end_reason", NEW."ended_at", NEW."ended_by_id", NEW."enrolment_id", NEW."id", NEW."mentor_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason", NEW."run_id", NEW."score", NEW."status"); RETURN NULL;', hash='0d85160e11d6abed98e472f895db150104ca6839', operation='UPDATE', pgid='pgtrigger_update_update_90d34', table='mentoring_pair', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MentoringSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pair', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='mentoring.pair')),
                ('on', models.DateField()),
                ('minutes', models.PositiveSmallIntegerField()),
                ('mode', models.CharField(choices=[('face_to_face', 'Face to face'), ('video', 'Video call'), ('email', 'Email'), ('phone', 'Telephone')], max_length=20)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('recorded_at', models.DateTimeField(default=steppingup.clock.now, editable=False)),
                ('submission', models.UUIDField(editable=False, null=True, unique=True)),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('removed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-on', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 600)), name='mentoring_session_minutes'), models.CheckConstraint(condition=models.Q(models.Q(('removed_at', None), ('removed_by', None)), models.Q(('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='mentoring_session_removal_paired')],
                'triggers': [pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."pair_id" IS DISTINCT FROM (NEW."pair_id") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."mode" IS DISTINCT FROM (NEW."mode") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0fa0f3d83cf71277062b52e0000bf3ce343bd482', operation='UPDATE', pgid='pgtrigger_frozen_9d0d9', table='mentoring_mentoringsession', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='PairEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='mentoring.pair')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('enrolment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cohorts.enrolment')),
                ('component', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cohorts.component', verbose_name='part of the plan')),
                ('mentor', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='mentoring.mentor')),
                ('run', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='mentoring.matchrun')),
                ('status', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('dropped', 'Not taken up'), ('ended', 'Ended')], default='proposed', editable=False, max_length=20)),
                ('score', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='points')),
                ('reason', models.TextField(blank=True, help_text='Why these two, in a sentence.')),
                ('created_at', models.DateTimeField(default=steppingup.clock.now, editable=False)),
                ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('ended_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('end_reason', models.TextField(blank=True, editable=False)),
                ('as_planned', models.BooleanField(default=False, editable=False, verbose_name='came to its end as planned')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MentoringWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mentoring_wish', to='cohorts.enrolment')),
                ('area', models.CharField(blank=True, max_length=120, verbose_name='where you can meet')),
                ('note', models.TextField(blank=True, verbose_name='anything else')),
                ('updated_at', models.DateTimeField(default=steppingup.clock.now)),
                ('themes', models.ManyToManyField(blank=True, related_name='wishes', to='mentoring.theme')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MatchingWeights',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='matching_weights', to='cohorts.programme')),
                ('theme_points', models.PositiveSmallIntegerField(default=10, help_text='For each theme the mentor offers and the participant wants.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='points for a shared theme')),
                ('area_points', models.PositiveSmallIntegerField(default=5, help_text='When they can both meet in the same area.', validators=[django.core.validators.MaxValueValidator(100)], verbose_name='points for a shared area')),
            ],
            options={
                'verbose_name': 'matching weights',
                'verbose_name_plural': 'matching weights',
                'constraints': [models.CheckConstraint(condition=models.Q(('area_points__lte', 100), ('theme_points__lte', 100)), name='matching_weights_to_100')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pair',
            trigger=pgtrigger.compiler.Trigger(name='status_follows_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{confirmed:ended,proposed:confirmed,proposed:dropped}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='0afb89df45c8a6706ea9de587cfb68ea0649bb38', operation='UPDATE', pgid='pgtrigger_status_follows_table_5164d', table='mentoring_pair', when='BEFORE')),
        ),
        migrations.RunSQL(MAKE, UNMAKE),
    ]
