import django.db.models.deletion
import steppingup.clock
from django.conf import settings
from django.db import migrations, models

from steppingup.history.schema_changes import SchemaChanges


class Migration(SchemaChanges):

    replaces = [('steps', '0001_takings'), ('steps', '0002_names_of_records'), ('steps', '0003_steps_taken_for_somebody'), ('steps', '0004_the_clock')]

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Taking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=100)),
                ('content_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
                ('object_id', models.PositiveBigIntegerField()),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='record')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('by_name', models.CharField(blank=True, max_length=254)),
                ('at', models.DateTimeField(default=steppingup.clock.now, verbose_name='when')),
                ('for_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='for whom')),
                ('for_name', models.CharField(blank=True, max_length=254, verbose_name='for whom')),
                ('asked_how', models.CharField(blank=True, choices=[('telephone', 'By telephone'), ('letter', 'By letter, or on a paper form'), ('email', 'By email'), ('in_person', 'In person')], max_length=20, verbose_name='how they asked')),
                ('asked_on', models.DateField(null=True, verbose_name='when they asked')),
                ('asked_why', models.TextField(blank=True, verbose_name='what they said')),
                ('taken_back_at', models.DateTimeField(null=True, verbose_name='taken back')),
                ('taken_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reason', models.TextField(blank=True, verbose_name='why it was taken back')),
            ],
            options={
                'verbose_name': 'step that was taken',
                'verbose_name_plural': 'steps that were taken',
                'ordering': ('-pk',),
                'indexes': [models.Index(fields=['content_type', 'object_id', '-id'], name='taking_by_record')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('taken_back_at', None), ('taken_back_by', None)), models.Q(('taken_back_at__isnull', False), ('taken_back_by__isnull', False)), _connector='OR'), name='taking_taken_back_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('asked_how', ''), ('asked_on', None), ('asked_why', ''), ('for_name', ''), ('for_user', None)), models.Q(models.Q(('asked_how', ''), _negated=True), models.Q(('for_name', ''), _negated=True), models.Q(('asked_why', ''), _negated=True), ('asked_on__isnull', False)), _connector='OR'), name='taking_for_somebody_says_how')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('taking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='steps.taking')),
                ('table', models.CharField(max_length=63)),
                ('key', models.BigIntegerField()),
                ('before', models.JSONField(null=True)),
                ('after', models.JSONField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
