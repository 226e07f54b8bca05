import datetime
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import steppingup.clock
import uuid
from django.conf import settings
from django.db import migrations, models

from steppingup.history.schema_changes import SchemaChanges


class Migration(SchemaChanges):

    replaces = [('jobs', '0001_initial'), ('jobs', '0002_provider'), ('jobs', '0003_heartbeat'), ('jobs', '0004_forget_what_was_shown'), ('jobs', '0005_getting_on'), ('jobs', '0006_running_time'), ('jobs', '0007_the_clock'), ('jobs', '0008_of_a_cohort')]

    initial = True

    dependencies = [
        ('accounts', '0016_died_on'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('worker', 'Worker'), ('beat', 'Beat')], max_length=20)),
                ('process', models.CharField(max_length=200)),
                ('heard_at', models.DateTimeField(default=steppingup.clock.now)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('part', 'process'), name='heartbeat_once_a_process')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=80)),
                ('title', models.CharField(max_length=200)),
                ('content_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField(null=True)),
                ('provider', models.ForeignKey(help_text='Whose staff see it in the admin.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.organisation')),
                ('cohort', models.PositiveBigIntegerField(editable=False, null=True)),
                ('key', models.CharField(blank=True, max_length=120)),
                ('arguments', models.JSONField(default=dict)),
                ('status', models.CharField(choices=[('queued', 'Waiting to start'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Stopped by a problem')], default='queued', max_length=20)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('result', models.JSONField(default=dict)),
                ('error', models.TextField(blank=True)),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='jobs', to=settings.AUTH_USER_MODEL)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('futile', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('furthest', models.PositiveIntegerField(default=0, editable=False)),
                ('got_on_at', models.DateTimeField(editable=False, null=True)),
                ('begun_at', models.DateTimeField(editable=False, null=True)),
                ('ran_for', models.DurationField(default=datetime.timedelta, editable=False)),
                ('claim', models.UUIDField(editable=False, null=True)),
                ('created_at', models.DateTimeField(default=steppingup.clock.now, verbose_name='requested')),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'ordering': ('-created_at', '-pk'),
                'indexes': [models.Index(condition=models.Q(('status__in', ('queued', 'running'))), fields=['status', 'heartbeat_at'], name='job_unfinished'), models.Index(fields=['content_type', 'object_id'], name='job_by_object')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('queued', 'running')), models.Q(('key', ''), _negated=True)), fields=('kind', 'key'), name='job_once_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('status__in', ('queued', 'running'))), models.Q(models.Q(('status__in', ('queued', 'running')), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='job_finished_has_time')],
                'triggers': [pgtrigger.compiler.Trigger(name='status_begins_right', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'queued\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='19b61cd272910fdb061914a1d38cba2d0e89499d', operation='INSERT', pgid='pgtrigger_status_begins_right_0024c', table='jobs_job', when='BEFORE'))],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='job',
            trigger=pgtrigger.compiler.Trigger(name='status_follows_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{failed:queued,queued:failed,queued:running,running:done,running:failed,running:queued}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='e26357438c9c6d99fdff9e6b0d17611a131b4469', operation='UPDATE', pgid='pgtrigger_status_follows_table_1064c', table='jobs_job', when='BEFORE')),
        ),
    ]
