import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
import steppingup.clock
import steppingup.history.encryption
import uuid
from django.conf import settings
from django.db import migrations, models

from steppingup.history.schema_changes import SchemaChanges


class Migration(SchemaChanges):

    replaces = [('messaging', '0001_initial'), ('messaging', '0002_email_in_one_spelling'), ('messaging', '0003_messages_stopped'), ('messaging', '0004_letters_by_post'), ('messaging', '0005_failed_emails_can_be_stopped'), ('messaging', '0006_the_clock'), ('messaging', '0007_attachments'), ('messaging', '0008_replies'), ('messaging', '0009_calendars'), ('messaging', '0010_cohorts_of_emails'), ('messaging', '0011_letters_that_come_back')]

    initial = True

    dependencies = [
        ('accounts', '0016_died_on'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('files', '0001_squashed_0003_the_clock'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='MailboxPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mailbox', models.CharField(max_length=200, unique=True)),
                ('validity', models.PositiveBigIntegerField(default=0)),
                ('last_uid', models.PositiveBigIntegerField(default=0)),
                ('read_at', models.DateTimeField(null=True)),
                ('last_problem', models.TextField(blank=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MessageTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_type', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ('provider', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('kind', models.CharField(max_length=80)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField(help_text='Say first what happened or what to do. A blank line starts a paragraph, - a list item; **stars** make bold.')),
                ('button_label', models.CharField(blank=True, help_text='What the button says. Without it the message has no button.', max_length=80)),
                ('edited', models.BooleanField(default=False, editable=False)),
                ('changed_at', models.DateTimeField(default=steppingup.clock.now, editable=False)),
            ],
            options={
                'verbose_name': 'email text',
                'verbose_name_plural': 'email texts',
                'ordering': ('kind', 'content_type', 'object_id'),
                'constraints': [models.UniqueConstraint(fields=('kind', 'content_type', 'object_id'), name='message_template_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('content_type', None), ('object_id', None)), models.Q(('content_type__isnull', False), ('object_id__isnull', False)), _connector='OR'), name='message_template_scope_whole')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_messagetemplateevent" ("body", "button_label", "changed_at", "content_type_id", "edited", "id", "kind", "object_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "subject") VALUES (NEW."body", NEW."button_label", NEW."changed_at", NEW."content_type_id", NEW."edited", NEW."id", NEW."kind", NEW."object_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider_id", NEW."subject"); RETURN NULL;', hash='32e44fd120997f0e15221faf0ed203b91d7402d9', operation='INSERT', pgid='pgtrigger_insert_insert_550b1', table='messaging_messagetemplate', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "messaging_messagetemplateevent" ("body", "button_label", "changed_at", "content_type_id", "edited", "id", "kind", "object_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "subject") VALUES (NEW."body", NEW."button_label", NEW."changed_at", NEW."content_type_id", NEW."edited", NEW."id", NEW."kind", NEW."object_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider_id", NEW."subject"); RETURN NULL;', hash='a4b1938db18d367443103a7ce0f6e442c5051299', operation='UPDATE', pgid='pgtrigger_update_update_be409', table='messaging_messagetemplate', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=80)),
                ('template', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='messaging.messagetemplate')),
                ('provider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to='accounts.organisation')),
                ('cohort', models.PositiveBigIntegerField(editable=False, null=True)),
                ('to', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='messages', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('to_email', models.EmailField(max_length=254, verbose_name='address')),
                ('to_name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                ('reply_to', models.EmailField(blank=True, max_length=254)),
                ('content_type', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField(null=True)),
                ('subject', models.CharField(max_length=300)),
                ('text', models.TextField()),
                ('html', models.TextField()),
                ('context', models.JSONField(default=dict)),
                ('calendar', models.TextField(blank=True, editable=False)),
                ('sealed', steppingup.history.encryption.EncryptedJSONField(null=True)),
                ('secrets_forgotten', models.BooleanField(default=False, editable=False)),
                ('status', models.CharField(choices=[('queued', 'Waiting to be sent'), ('sending', 'Being sent'), ('handing_over', 'Being handed to the mail server'), ('retry', 'Will be tried again'), ('sent', 'Sent'), ('failed', 'Could not be sent'), ('uncertain', 'May or may not have arrived'), ('stopped', 'Stopped before it was sent'), ('to_post', 'To be printed and posted'), ('posted', 'Posted')], default='queued', max_length=20)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=steppingup.clock.now, verbose_name='written')),
                ('next_attempt_at', models.DateTimeField(default=steppingup.clock.now, null=True, verbose_name='next attempt')),
                ('claim', models.UUIDField(editable=False, null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='no longer useful after')),
                ('last_error', models.TextField(blank=True, verbose_name='what went wrong')),
                ('message_id_header', models.CharField(max_length=200, unique=True, verbose_name='Message-ID')),
            ],
            options={
                'verbose_name': 'email',
                'ordering': ('-created_at', '-pk'),
                'indexes': [models.Index(condition=models.Q(('status__in', ('queued', 'retry'))), fields=['next_attempt_at'], name='message_due'), models.Index(fields=['status', 'claimed_at'], name='message_by_status'), models.Index(fields=['kind', '-created_at'], name='message_by_kind'), models.Index(fields=['to_email'], name='message_by_address'), models.Index(fields=['provider', '-created_at'], name='message_by_provider'), models.Index(fields=['cohort', '-created_at'], name='message_by_cohort')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('status__in', ('sent', 'posted'))), models.Q(models.Q(('status__in', ('sent', 'posted')), _negated=True), ('sent_at', None)), _connector='OR'), name='message_sent_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('sent', 'posted', 'to_post')), _negated=True), ('sealed', None), _connector='OR'), name='message_sent_keeps_no_secret'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('queued', 'retry')), _negated=True), ('next_attempt_at__isnull', False), _connector='OR'), name='message_due_has_time')],
                'triggers': [pgtrigger.compiler.Trigger(name='status_begins_right', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'queued\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='7a996d86eaf81f9a708dd2e3ab77546a1b68964d', operation='INSERT', pgid='pgtrigger_status_begins_right_77c67', table='messaging_message', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MessageTemplateEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='messaging.messagetemplate')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('content_type', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ('provider', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation')),
                ('kind', models.CharField(max_length=80)),
                ('subject', models.CharField(max_length=200)),
                ('body', models.TextField(help_text='Say first what happened or what to do. A blank line starts a paragraph, - a list item; **stars** make bold.')),
                ('button_label', models.CharField(blank=True, help_text='What the button says. Without it the message has no button.', max_length=80)),
                ('edited', models.BooleanField(default=False, editable=False)),
                ('changed_at', models.DateTimeField(default=steppingup.clock.now, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReminderRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_type', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ('provider', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organisation')),
                ('kind', models.CharField(max_length=80, verbose_name='what')),
                ('days', models.PositiveSmallIntegerField(help_text='How many days before or after the date.')),
                ('when', models.CharField(choices=[('before', 'before'), ('after', 'after')], max_length=10, verbose_name='before or after')),
                ('until', models.SmallIntegerField(default=0, help_text='It stops this many days after the date: 0 is the day itself, -2 is two days before.')),
                ('active', models.BooleanField(default=True)),
                ('last_run_at', models.DateTimeField(editable=False, null=True)),
                ('last_problem', models.TextField(blank=True, editable=False)),
            ],
            options={
                'ordering': ('kind', 'when', 'days'),
                'constraints': [models.UniqueConstraint(fields=('kind', 'content_type', 'object_id', 'days', 'when'), name='reminder_rule_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('content_type', None), ('object_id', None)), models.Q(('content_type__isnull', False), ('object_id__isnull', False)), _connector='OR'), name='reminder_rule_scope_whole'), models.CheckConstraint(condition=models.Q(models.Q(('until__gte', django.db.models.expressions.CombinedExpression(models.Value(-1), '*', models.F('days'))), ('when', 'before')), models.Q(('until__gte', models.F('days')), ('when', 'after')), _connector='OR'), name='reminder_rule_can_be_due', violation_error_message='With these numbers the reminder would never be sent: “until” comes before it.')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_reminderruleevent" ("active", "content_type_id", "days", "id", "kind", "object_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "until", "when") VALUES (NEW."active", NEW."content_type_id", NEW."days", NEW."id", NEW."kind", NEW."object_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider_id", NEW."until", NEW."when"); RETURN NULL;', hash='6683c3d731e9fff845b109cc39a3046b993f108d', operation='INSERT', pgid='pgtrigger_insert_insert_fffc2', table='messaging_reminderrule', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."content_type_id" IS DISTINCT FROM (NEW."content_type_id") OR OLD."days" IS DISTINCT FROM (NEW."days") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."object_id" IS DISTINCT FROM (NEW."object_id") OR OLD."provider_id" IS DISTINCT FROM (NEW."provider_id") OR OLD."until" IS DISTINCT FROM (NEW."until") OR OLD."when" IS DISTINCT FROM (NEW."when"))', func='INSERT INTO "messaging_reminderruleevent" ("active", "content_type_id", "days", "id", "kind", "object_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "until", "when") VALUES (NEW."active", NEW."content_type_id", NEW."days", NEW."id", NEW."kind", NEW."object_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider_id", NEW."until", NEW."when"); RETURN NULL;', hash='f59d484e2a6323a39757aefb83c6c119c7bbb6ee', operation='UPDATE', pgid='pgtrigger_update_update_6b109', table='messaging_reminderrule', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ReminderRuleEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='messaging.reminderrule')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('content_type', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField(blank=True, editable=False, null=True)),
                ('provider', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation')),
                ('kind', models.CharField(max_length=80, verbose_name='what')),
                ('days', models.PositiveSmallIntegerField(help_text='How many days before or after the date.')),
                ('when', models.CharField(choices=[('before', 'before'), ('after', 'after')], max_length=10, verbose_name='before or after')),
                ('until', models.SmallIntegerField(default=0, help_text='It stops this many days after the date: 0 is the day itself, -2 is two days before.')),
                ('active', models.BooleanField(default=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReminderSent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sent', to='messaging.reminderrule')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField()),
                ('anchor', models.DateField()),
                ('recipient', models.CharField(max_length=254)),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reminders', to='messaging.message')),
                ('created_at', models.DateTimeField(default=steppingup.clock.now)),
            ],
            options={
                'verbose_name_plural': 'reminders sent',
                'constraints': [models.UniqueConstraint(fields=('rule', 'content_type', 'object_id', 'anchor', 'recipient'), name='reminder_sent_once')],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='messaging.message')),
                ('provider', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.organisation')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replies', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('reply', 'Reply'), ('away', 'Automatic reply'), ('failed', 'Could not be delivered')], default='reply', max_length=20)),
                ('from_name', models.CharField(blank=True, max_length=150, verbose_name='from')),
                ('from_email', models.EmailField(blank=True, max_length=254, verbose_name='address')),
                ('is_from_them', models.BooleanField(default=False, verbose_name='from the address that we wrote to')),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('text', models.TextField(blank=True)),
                ('left_out', models.TextField(blank=True)),
                ('received_at', models.DateTimeField(default=steppingup.clock.now)),
                ('key', models.CharField(editable=False, max_length=64, unique=True)),
                ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('answered_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'replies',
                'ordering': ('-received_at', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None)), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='reply_answered_by_somebody')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_replyevent" ("answered_at", "answered_by_id", "from_email", "from_name", "id", "is_from_them", "key", "kind", "left_out", "message_id", "noted_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "received_at", "subject", "text") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."from_email", NEW."from_name", NEW."id", NEW."is_from_them", NEW."key", NEW."kind", NEW."left_out", NEW."message_id", NEW."noted_by_id", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."provider_id", NEW."received_at", NEW."subject", NEW."text"); RETURN NULL;', hash='ec57f6bfb85f3cd9534515b733f24082ddfa8138', operation='INSERT', pgid='pgtrigger_insert_insert_e706d', table='messaging_reply', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "messaging_replyevent" ("answered_at", "answered_by_id", "from_email", "from_name", "id", "is_from_them", "key", "kind", "left_out", "message_id", "noted_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "received_at", "subject", "text") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."from_email", NEW."from_name", NEW."id", NEW."is_from_them", NEW."key", NEW."kind", NEW."left_out", NEW."message_id", NEW."noted_by_id", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."provider_id", NEW."received_at", NEW."subject", NEW."text"); RETURN NULL;', hash='894a9cd3c66deaa560c8add53fe5f51f2e3cdb05', operation='UPDATE', pgid='pgtrigger_update_update_d5ee2', table='messaging_reply', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "messaging_replyevent" ("answered_at", "answered_by_id", "from_email", "from_name", "id", "is_from_them", "key", "kind", "left_out", "message_id", "noted_by_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "provider_id", "received_at", "subject", "text") VALUES (OLD."answered_at", OLD."answered_by_id", OLD."from_email", OLD."from_name", OLD."id", OLD."is_from_them", OLD."key", OLD."kind", OLD."left_out", OLD."message_id", OLD."noted_by_id", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."provider_id", OLD."received_at", OLD."subject", OLD."text"); RETURN NULL;', hash='6ec7abff062b45acd6daa263291e18e88fd143bd', operation='DELETE', pgid='pgtrigger_delete_delete_77b61', table='messaging_reply', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ReplyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='messaging.reply')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('message', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='messaging.message')),
                ('provider', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation')),
                ('person', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('reply', 'Reply'), ('away', 'Automatic reply'), ('failed', 'Could not be delivered')], default='reply', max_length=20)),
                ('from_name', models.CharField(blank=True, max_length=150, verbose_name='from')),
                ('from_email', models.EmailField(blank=True, max_length=254, verbose_name='address')),
                ('is_from_them', models.BooleanField(default=False, verbose_name='from the address that we wrote to')),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('text', models.TextField(blank=True)),
                ('left_out', models.TextField(blank=True)),
                ('received_at', models.DateTimeField(default=steppingup.clock.now)),
                ('key', models.CharField(editable=False, max_length=64)),
                ('noted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('answered_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('answered_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReplyFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reply', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='messaging.reply')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
            ],
            options={
                'verbose_name': 'file of a reply',
                'verbose_name_plural': 'files of replies',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='messaging.message')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='files.storedfile')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('message', 'file'), name='attachment_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageSubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subjects', to='messaging.message')),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('content_type', 'object_id', 'message'), name='message_subject_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='status_follows_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{failed:queued,failed:stopped,handing_over:failed,handing_over:retry,handing_over:sent,handing_over:uncertain,posted:to_post,queued:failed,queued:sending,queued:stopped,queued:to_post,retry:failed,retry:sending,retry:stopped,sending:failed,sending:handing_over,sending:retry,sent:failed,to_post:posted,to_post:stopped,uncertain:failed,uncertain:queued,uncertain:sent}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='166179b0553d040cd100deb601f03704946f2685', operation='UPDATE', pgid='pgtrigger_status_follows_table_ba75b', table='messaging_message', when='BEFORE')),
        ),
    ]
