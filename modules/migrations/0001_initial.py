import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from steppingup.history.schema_changes import SchemaChanges


class Migration(SchemaChanges):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('cohorts', '0001_initial'),
        ('files', '0001_stored_files'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Module',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cohort', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='modules', to='cohorts.cohort')),
                ('number', models.PositiveSmallIntegerField()),
                ('title', models.CharField(max_length=150)),
                ('summary', models.TextField(blank=True, help_text='Markdown.')),
                ('sessions', models.ManyToManyField(blank=True, related_name='modules', to='cohorts.session')),
            ],
            options={
                'ordering': ('cohort', 'number'),
                'constraints': [models.UniqueConstraint(fields=('cohort', 'number'), name='module_once')],
            },
        ),
        migrations.CreateModel(
            name='Speaker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.ForeignKey(limit_choices_to={'is_provider': True}, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('name', models.CharField(max_length=150)),
                ('post', models.CharField(blank=True, max_length=150)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='speakers', to='accounts.organisation')),
            ],
            options={
                'ordering': ('name',),
                'constraints': [models.UniqueConstraint(fields=('provider', 'name', 'organisation'), name='speaker_once')],
            },
        ),
        migrations.CreateModel(
            name='SessionSpeaker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speakers', to='cohorts.session')),
                ('speaker', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='talks', to='modules.speaker')),
                ('subject', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('session', 'speaker'), name='session_speaker_once')],
                'triggers': [pgtrigger.compiler.Trigger(name='speaker_is_from_a_partner', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM cohorts_session s\n                        JOIN cohorts_cohort c ON c.id = s.cohort_id\n                        JOIN cohorts_programme p ON p.id = c.programme_id\n                        JOIN modules_speaker k ON k.id = NEW.speaker_id\n                        WHERE s.id = NEW.session_id\n                          AND (p.provider_id = k.organisation_id OR EXISTS (\n                              SELECT 1 FROM cohorts_partner r\n                              WHERE r.programme_id = p.id AND r.organisation_id = k.organisation_id))\n                    ) THEN\n                        RAISE EXCEPTION 'The speaker must be from a partner organisation.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='b346289a08ab34234b808ee256a3f7e1e6ff27db', operation='INSERT OR UPDATE', pgid='pgtrigger_speaker_is_from_a_partner_29588', table='modules_sessionspeaker', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Qualification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='qualifications', to='cohorts.programme')),
                ('key', models.SlugField(max_length=40)),
                ('name', models.CharField(max_length=150)),
                ('awarding_body', models.CharField(max_length=80)),
                ('level', models.PositiveSmallIntegerField()),
                ('credits', models.PositiveSmallIntegerField()),
                ('least_courses', models.PositiveSmallIntegerField()),
                ('most_courses', models.PositiveSmallIntegerField()),
                ('months', models.PositiveSmallIntegerField(help_text='Months from registration to the due date.')),
                ('least_pages', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('most_pages', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('least_weekly_hours', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ('most_weekly_hours', models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ('about', models.TextField(blank=True, help_text='Markdown.')),
                ('by_levy', models.BooleanField(default=False, verbose_name='can be paid from the apprenticeship levy')),
            ],
            options={
                'ordering': ('level', 'name'),
                'constraints': [models.UniqueConstraint(fields=('programme', 'key'), name='qualification_once'), models.CheckConstraint(condition=models.Q(('most_courses__gte', models.F('least_courses'))), name='qualification_courses_in_order'), models.CheckConstraint(condition=models.Q(('least_pages', None), ('most_pages__gte', models.F('least_pages')), _connector='OR'), name='qualification_pages_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='courses', to='accounts.organisation')),
                ('code', models.CharField(max_length=20)),
                ('title', models.CharField(max_length=200)),
                ('level', models.PositiveSmallIntegerField()),
                ('credits', models.PositiveSmallIntegerField()),
                ('guided_hours', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('summary', models.TextField(blank=True)),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered')),
            ],
            options={
                'ordering': ('level', 'title', 'code'),
                'constraints': [models.UniqueConstraint(fields=('provider', 'code'), name='course_once'), models.CheckConstraint(condition=models.Q(('credits__gt', 0)), name='course_has_credits')],
            },
        ),
        migrations.CreateModel(
            name='Registration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='cohorts.enrolment')),
                ('qualification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='registrations', to='modules.qualification')),
                ('status', models.CharField(choices=[('registered', 'Working towards it'), ('achieved', 'Achieved'), ('withdrawn', 'Withdrawn')], default='registered', editable=False, max_length=20)),
                ('registered_on', models.DateField()),
                ('due_on', models.DateField()),
                ('achieved_on', models.DateField(blank=True, editable=False, null=True)),
                ('withdrawn_on', models.DateField(blank=True, editable=False, null=True)),
                ('withdrawal_reason', models.TextField(blank=True, editable=False)),
            ],
            options={
                'ordering': ('due_on', 'pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'registered')), fields=('enrolment',), name='registration_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), ('withdrawn_on__isnull', False)), models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('withdrawn_on', None)), _connector='OR'), name='registration_withdrawal_dated'), models.UniqueConstraint(fields=('enrolment', 'qualification'), name='registration_once'), models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('registered_on'))), name='registration_due_after'), models.CheckConstraint(condition=models.Q(models.Q(('achieved_on__isnull', False), ('status', 'achieved')), models.Q(models.Q(('status', 'achieved'), _negated=True), ('achieved_on', None)), _connector='OR'), name='registration_achievement_dated')],
                'triggers': [pgtrigger.compiler.Trigger(name='status_follows_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{achieved:registered,registered:achieved,registered:withdrawn,withdrawn:registered}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='f3a6cfeb1a997160e69b9f2845d780002c84b204', operation='UPDATE', pgid='pgtrigger_status_follows_table_512e4', table='modules_registration', when='BEFORE')), pgtrigger.compiler.Trigger(name='status_begins_right', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'registered\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='0eedc541e55784c69c4d94a5d7b744e7b5297267', operation='INSERT', pgid='pgtrigger_status_begins_right_37603', table='modules_registration', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "modules_registrationevent" ("achieved_on", "due_on", "enrolment_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qualification_id", "registered_on", "status", "withdrawal_reason", "withdrawn_on") VALUES (NEW."achieved_on", NEW."due_on", NEW."enrolment_id", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."qualification_id", NEW."registered_on", NEW."status", NEW."withdrawal_reason", NEW."withdrawn_on"); RETURN NULL;', hash='606f44e5b46901fa406b309bde1ecc6a2cbe4233', operation='INSERT', pgid='pgtrigger_insert_insert_66e29', table='modules_registration', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "modules_registrationevent" ("achieved_on", "due_on", "enrolment_id", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qualification_id", "registered_on", "status", "withdrawal_reason", "withdrawn_on") VALUES (NEW."achieved_on", NEW."due_on", NEW."enrolment_id", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."qualification_id", NEW."registered_on", NEW."status", NEW."withdrawal_reason", NEW."withdrawn_on"); RETURN NULL;', hash='829dfe7ddde3a952b533f9fe283d40c6bc9af346', operation='UPDATE', pgid='pgtrigger_update_update_f4af0', table='modules_registration', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='RegistrationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='modules.registration')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('enrolment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cohorts.enrolment')),
                ('qualification', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='modules.qualification')),
                ('status', models.CharField(choices=[('registered', 'Working towards it'), ('achieved', 'Achieved'), ('withdrawn', 'Withdrawn')], default='registered', editable=False, max_length=20)),
                ('registered_on', models.DateField()),
                ('due_on', models.DateField()),
                ('achieved_on', models.DateField(blank=True, editable=False, null=True)),
                ('withdrawn_on', models.DateField(blank=True, editable=False, null=True)),
                ('withdrawal_reason', models.TextField(blank=True, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='extensions', to='modules.registration')),
                ('due_before', models.DateField()),
                ('due_after', models.DateField()),
                ('reason', models.TextField()),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ('given_at', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('due_after__gt', models.F('due_before'))), name='extension_is_later'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='extension_has_a_reason')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dd1076dc23e2285cf1649885aac01bbf5041e75b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_30096', table='modules_extension', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='CourseChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='modules.registration')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='modules.course')),
                ('credits', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('taking', 'Taking it'), ('passed', 'Passed'), ('not_passed', 'Not passed yet'), ('dropped', 'Dropped')], default='taking', editable=False, max_length=20)),
                ('chosen_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('result_on', models.DateField(blank=True, editable=False, null=True)),
                ('recorded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'chosen course',
                'ordering': ('chosen_at', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('registration', 'course'), name='course_choice_once'), models.CheckConstraint(condition=models.Q(models.Q(('result_on__isnull', False), ('status__in', ('passed', 'not_passed'))), models.Q(models.Q(('status__in', ('passed', 'not_passed')), _negated=True), ('result_on', None)), _connector='OR'), name='course_result_dated')],
                'triggers': [pgtrigger.compiler.Trigger(name='status_follows_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{dropped:taking,not_passed:dropped,not_passed:passed,not_passed:taking,passed:taking,taking:dropped,taking:not_passed,taking:passed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='a011ff59f0ca0590bf1961fe6767ad96b8c1cbe6', operation='UPDATE', pgid='pgtrigger_status_follows_table_915c0', table='modules_coursechoice', when='BEFORE')), pgtrigger.compiler.Trigger(name='status_begins_right', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'taking\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='75892a63e5f8024ffd5aad5cf7a4580de39401f1', operation='INSERT', pgid='pgtrigger_status_begins_right_53730', table='modules_coursechoice', when='BEFORE')), pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((OLD."credits" IS DISTINCT FROM (NEW."credits") OR OLD."course_id" IS DISTINCT FROM (NEW."course_id")) AND NOT (OLD."status" = \'dropped\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ca5ded366fd469c9bc25a8b78ce18d080fe10417', operation='UPDATE', pgid='pgtrigger_frozen_f2245', table='modules_coursechoice', when='BEFORE')), pgtrigger.compiler.Trigger(name='never_too_many_courses', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.status = 'dropped' THEN RETURN NEW; END IF;\n                    PERFORM 1 FROM modules_registration WHERE id = NEW.registration_id FOR NO KEY UPDATE;\n                    IF (SELECT count(*) FROM modules_coursechoice\n                        WHERE registration_id = NEW.registration_id AND status <> 'dropped' AND id <> NEW.id)\n                       >= (SELECT q.most_courses FROM modules_registration r\n                           JOIN modules_qualification q ON q.id = r.qualification_id WHERE r.id = NEW.registration_id)\n                    THEN\n                        RAISE EXCEPTION 'The registration has as many courses as it may have.'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='16861d55236e0a13dbd46f137e4f44e83c393b0f', operation='INSERT OR UPDATE', pgid='pgtrigger_never_too_many_courses_c3fdf', table='modules_coursechoice', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "modules_coursechoiceevent" ("chosen_at", "course_id", "credits", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "registration_id", "result_on", "status") VALUES (NEW."chosen_at", NEW."course_id", NEW."credits", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recorded_by_id", NEW."registration_id", NEW."result_on", NEW."status"); RETURN NULL;', hash='1ff188b5ae502a53ccefd971744ed3232f14987e', operation='INSERT', pgid='pgtrigger_insert_insert_faae0', table='modules_coursechoice', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "modules_coursechoiceevent" ("chosen_at", "course_id", "credits", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_by_id", "registration_id", "result_on", "status") VALUES (NEW."chosen_at", NEW."course_id", NEW."credits", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recorded_by_id", NEW."registration_id", NEW."result_on", NEW."status"); RETURN NULL;', hash='bbdf1adf77981fecea67838420e5a32c3ab2910f', operation='UPDATE', pgid='pgtrigger_update_update_f06d5', table='modules_coursechoice', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='CourseChoiceEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='modules.coursechoice')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('registration', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='modules.registration')),
                ('course', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='modules.course')),
                ('credits', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('taking', 'Taking it'), ('passed', 'Passed'), ('not_passed', 'Not passed yet'), ('dropped', 'Dropped')], default='taking', editable=False, max_length=20)),
                ('chosen_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('result_on', models.DateField(blank=True, editable=False, null=True)),
                ('recorded_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('registration', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='modules.registration')),
                ('version', models.PositiveSmallIntegerField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('pages', models.PositiveSmallIntegerField()),
                ('placement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='cohorts.placement')),
                ('status', models.CharField(choices=[('submitted', 'Handed in'), ('passed', 'Passed'), ('referred', 'Needs revising'), ('replaced', 'Replaced by a newer version')], default='submitted', editable=False, max_length=20)),
                ('submitted_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('marked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('marked_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('feedback', models.TextField(blank=True)),
            ],
            options={
                'ordering': ('registration', '-version'),
                'constraints': [models.UniqueConstraint(fields=('registration', 'version'), name='assignment_version_once'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status__in', ('passed', 'referred')), _negated=True), ('marked_at', None), ('marked_by', None)), models.Q(('marked_at__isnull', False), ('marked_by__isnull', False), ('status__in', ('passed', 'referred'))), _connector='OR'), name='assignment_mark_paired'), models.UniqueConstraint(condition=models.Q(('status__in', ['submitted', 'passed'])), fields=('registration',), name='assignment_one_to_mark')],
                'triggers': [pgtrigger.compiler.Trigger(name='status_follows_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{submitted:passed,submitted:referred,submitted:replaced}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='c5662f0e2ef5641eccb2002c4f74370e65042b09', operation='UPDATE', pgid='pgtrigger_status_follows_table_f0820', table='modules_assignment', when='BEFORE')), pgtrigger.compiler.Trigger(name='status_begins_right', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'submitted\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='480ec419a67270e64d54755a1e5c41e7d998127b', operation='INSERT', pgid='pgtrigger_status_begins_right_473dd', table='modules_assignment', when='BEFORE')), pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."registration_id" IS DISTINCT FROM (NEW."registration_id") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."file_id" IS DISTINCT FROM (NEW."file_id") OR OLD."pages" IS DISTINCT FROM (NEW."pages") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8df16e69601bd56b031fcdeadc1b51ded174ae63', operation='UPDATE', pgid='pgtrigger_frozen_d9f1e', table='modules_assignment', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "modules_assignmentevent" ("feedback", "file_id", "id", "marked_at", "marked_by_id", "pages", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placement_id", "registration_id", "status", "submitted_at", "version") VALUES (NEW."feedback", NEW."file_id", NEW."id", NEW."marked_at", NEW."marked_by_id", NEW."pages", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."placement_id", NEW."registration_id", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='8f4f8a8db764daef02bb2bef45eb2ea10592dd75', operation='INSERT', pgid='pgtrigger_insert_insert_f1dec', table='modules_assignment', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "modules_assignmentevent" ("feedback", "file_id", "id", "marked_at", "marked_by_id", "pages", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placement_id", "registration_id", "status", "submitted_at", "version") VALUES (NEW."feedback", NEW."file_id", NEW."id", NEW."marked_at", NEW."marked_by_id", NEW."pages", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."placement_id", NEW."registration_id", NEW."status", NEW."submitted_at", NEW."version"); RETURN NULL;', hash='c46b55c7aa69871343f0c64b8e433f9c88c7c6e6', operation='UPDATE', pgid='pgtrigger_update_update_1c7cf', table='modules_assignment', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='AssignmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='modules.assignment')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('registration', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='modules.registration')),
                ('version', models.PositiveSmallIntegerField()),
                ('file', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='files.storedfile')),
                ('pages', models.PositiveSmallIntegerField()),
                ('placement', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='cohorts.placement')),
                ('status', models.CharField(choices=[('submitted', 'Handed in'), ('passed', 'Passed'), ('referred', 'Needs revising'), ('replaced', 'Replaced by a newer version')], default='submitted', editable=False, max_length=20)),
                ('submitted_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('marked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('marked_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('feedback', models.TextField(blank=True)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
